"""What people say in the relationships of the small organisation, beyond what its history tells."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID, uuid5

from domain import conversation as c
from domain.aggregate import Aggregate
from domain.conversation import CONVERSATION
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, conversation_id
from domain.relationship import Sharing
from tests.api.mentorships_told import CIRCLE, SESSION

TOLD: Final = tuple(map(conversation_id, (CIRCLE, SESSION)))

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _talk(mentorship: MentorshipId, noor: ParticipantId, ada: ParticipantId) -> Lives:
    hello, reply, question, *answers = (uuid5(mentorship, f"said: {n}") for n in range(5))
    words: dict[str, Any] = {
        "question": question,
        "text": 'How do "engines" learn?',
        "topics": ("Python", 'the "snake"'),
        "sharing": Sharing.NAMED,
    }
    yield (
        conversation_id(mentorship),
        [
            c.MessageSent(mentorship=mentorship, message=hello, by=noor, text="First\nsecond, 漢字"),
            c.MessageSent(mentorship=mentorship, message=reply, by=ada, text="Hm?", reply_to=hello),
            c.QuestionAsked(mentorship=mentorship, by=noor, **words),
            *(
                c.QuestionAnswered(question=question, answer=one, by=ada, text=text, sharing=sharing)
                for one, text, sharing in zip(
                    answers, ("Engines learn by <b>repetition</b>.", "Slowly."), Sharing, strict=False
                )
            ),
            c.AnswerAccepted(question=question, answer=answers[1], by=noor),
        ],
    )


def told(people: dict[str, ParticipantId]) -> list[tuple[Aggregate[Any], Lives]]:
    return [(CONVERSATION, _talk(one, people["Noor"], people["Ada"])) for one in (CIRCLE, SESSION)]
