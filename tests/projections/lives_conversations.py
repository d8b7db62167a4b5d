"""Random talk in two relationships, also before they began, about nothing, and under ids that are taken."""

from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import conversation as c
from domain.event import DomainEvent
from domain.ids import MentorshipId, conversation_id
from domain.relationship import Sharing
from tests.projections.given import ADA, NOOR, SAM

MENTORSHIPS: Final = (MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32)))
CONVERSATIONS: Final = tuple(map(conversation_id, MENTORSHIPS))

said_id = st.integers(71, 75).map(lambda number: UUID(int=number))
by = {"by": st.sampled_from((ADA, NOOR, SAM))}
said = {**by, "text": st.sampled_from(["Listen", "Ask more"])}
where = {"mentorship": st.sampled_from(MENTORSHIPS)}
sharing = {"sharing": st.sampled_from(Sharing)}

of_a_conversation: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(c.MessageSent, message=said_id, reply_to=st.none() | said_id, **where, **said),
    st.builds(c.MessageWithdrawn, message=said_id, **by),
    st.builds(
        c.QuestionAsked, question=said_id, topics=st.sampled_from([(), ("Go", "Python")]), **where, **said,
        **sharing,
    ),
    st.builds(c.QuestionAnswered, question=said_id, answer=said_id, **said, **sharing),
    st.builds(c.AnswerAccepted, question=said_id, answer=said_id, **by),
)  # fmt: skip
