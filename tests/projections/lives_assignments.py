"""Random lives of assignments, more disorderly than any rule would let them be."""

from datetime import date
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import assignment as a
from domain.event import DomainEvent
from domain.ids import AssignmentId, MentorshipId, ResourceId
from tests.projections.given import ADA, NOOR, SAM

ASSIGNMENTS: Final = (AssignmentId(UUID(int=71)), AssignmentId(UUID(int=72)))

people = st.sampled_from((ADA, NOOR, SAM))
by = {"by": people}
words = st.sampled_from(["Read it", "Try it"])
resources = st.sampled_from([None, ResourceId(UUID(int=61))])
terms = {
    "mentorship": st.sampled_from([MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32))]),
    "to": people,
    "description": st.none() | words,
    "task": st.sampled_from([None, "reading"]),
    "resource": resources,
    **by,
}
of_an_assignment: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(a.Suggested, title=words, **terms),
    st.builds(
        a.Assigned, title=st.none() | words, due=st.sampled_from([None, date(2030, 5, 2)]), **terms
    ),
    st.builds(a.Started, **by),
    st.builds(a.Submitted, text=st.none() | words, resource=resources, **by),
    st.builds(a.Returned, reason=words, **by),
    st.builds(a.Completed, **by),
    st.builds(a.Dropped, by=st.none() | people),
)  # fmt: skip
