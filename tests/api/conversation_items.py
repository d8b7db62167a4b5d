"""What is said in a relationship, as items that not everybody may read."""

from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid5

from domain import conversation as c
from domain.conversation import CONVERSATION
from domain.event import DomainEvent
from domain.ids import conversation_id
from tests.api.confidential_items import Item, Made, Place

Said = Callable[[Place], DomainEvent]


def _said(*events: Said) -> Callable[[Place], Made]:
    def made(place: Place) -> Made:
        stream = CONVERSATION.stream(conversation_id(place.mentorship))
        return ((stream, event(place)) for event in events)

    return made


def _id(place: Place, word: str) -> UUID:
    return uuid5(place.mentorship, word)


def _message(place: Place) -> DomainEvent:
    return c.MessageSent(
        mentorship=place.mentorship, message=_id(place, "message"), by=place.author, text="Hello"
    )


def _reply(place: Place) -> DomainEvent:
    message, to = _id(place, "reply"), _id(place, "message")
    return c.MessageSent(
        mentorship=place.mentorship, message=message, by=place.author, text="Hm", reply_to=to
    )


def _question(place: Place) -> DomainEvent:
    question = _id(place, "question")
    return c.QuestionAsked(
        mentorship=place.mentorship, question=question, by=place.author, text="How?", topics=("Go",)
    )


def _answer(place: Place) -> DomainEvent:
    question, answer = _id(place, "question"), _id(place, "answer")
    return c.QuestionAnswered(question=question, answer=answer, by=place.author, text="So.")


def _of(selection: str) -> str:
    return f"mentorship(id: $mentorship) {{ conversation {{ {selection} }} }}"


ITEMS: Final = (
    Item(
        "message", "messages", _said(_message),
        content=_of("messages { nodes { text } }"), happened=_of("messages { nodes { sentAt } }"),
    ),
    Item(
        "quoted message", "messages", _said(_message, _reply),
        content=_of("messages(first: 1) { nodes { replyTo { text } } }"),
        happened=_of("messages(first: 1) { nodes { replyTo { saidId } } }"),
    ),
    Item(
        "question", "messages", _said(_question),
        content=_of("questions { nodes { text } }"), happened=_of("questions { nodes { askedAt } }"),
    ),
    Item(
        "topics of a question", "messages", _said(_question),
        content=_of("questions { nodes { topics } }"), happened=_of("questions { nodes { sharing } }"),
    ),
    Item(
        "answer", "messages", _said(_question, _answer),
        content=_of("questions { nodes { answers { nodes { text } } } }"),
        happened=_of("questions { nodes { answers { nodes { answeredAt } } } }"),
    ),
)  # fmt: skip
