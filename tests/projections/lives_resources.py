"""Random lives of what is shared, more disorderly than any rule would let them be."""

from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import resource as r
from domain.event import DomainEvent
from domain.ids import MentorshipId, ResourceId
from tests.projections.given import ADA, NOOR, SAM

RESOURCES: Final = (ResourceId(UUID(int=61)), ResourceId(UUID(int=62)))

by = {"by": st.sampled_from((ADA, NOOR, SAM))}
shared = {"mentorship": st.sampled_from([MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32))]), **by}
words = st.sampled_from(["Exercise", "Reading"])

of_a_resource: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(
        r.DocumentShared, name=words, media_type=st.sampled_from(["text/plain", "image/png"]),
        bytes=st.integers(1, 3), sha256=st.just("ab" * 32), blob=st.sampled_from(["1", "2"]), **shared,
    ),
    st.builds(r.LinkShared, title=words, url=st.just("https://example.org/"), **shared),
    st.builds(
        r.Described, title=st.none() | words, description=st.none() | words,
        topics=st.sampled_from([(), ("Go",), ("Go", "Python")]), **by,
    ),
    st.builds(r.Published, to=st.sampled_from(r.Audience), named=st.booleans(), **by),
    st.builds(r.Withdrawn, by=st.none() | by["by"]),
)  # fmt: skip
