"""Random questions to experts, also such as nobody would be allowed to ask or to answer."""

from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import inquiry as q
from domain.event import DomainEvent
from domain.ids import InquiryId, MentorshipId
from tests.projections.given import ADA, NOOR, SAM

INQUIRIES: Final = (InquiryId(UUID(int=8001)), InquiryId(UUID(int=8002)))

person = st.sampled_from((ADA, NOOR, SAM))
by = {"by": person}
words = st.sampled_from(["How?", "So."])
of_an_inquiry: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(
        q.Asked, expert=person, text=words, topics=st.sampled_from([(), ("Python",)]), session=st.booleans(),
        **by,
    ),
    st.builds(q.FollowedUp, text=words, session=st.booleans(), **by),
    st.builds(q.Answered, text=words, **by),
    st.builds(q.Declined, reason=st.none() | words, **by),
    st.builds(q.SessionAgreed, mentorship=st.just(MentorshipId(UUID(int=31))), **by),
    st.builds(q.Closed, by=st.none() | person),
    st.builds(q.Rated, rating=st.integers(1, 5), comment=st.none() | words, **by),
)  # fmt: skip
