"""How what is said in a relationship is read: its words by whom the policy trusts, that it was by staff."""

from typing import Final

from domain.permissions import Action
from projections.attainment_shapes import person
from projections.confidentiality import content, happened
from projections.log_shapes import log_of
from projections.shape import Column, Connection, Filter, Key, Kind, One, Order, Shape

MODELS: Final = ("conversations",)
"""The read models these shapes are made of."""

ROW: Final = "{t}.mentorship_id"
WORDS: Final = content("messages", Action.SEE_MESSAGES, ROW, "{t}.said_at")
SAID: Final = happened(ROW, "{t}.said_at")
SEEN: Final = happened(ROW)

BY_TIME: Final = (Key("{t}.position", "bigint"),)
NEWEST: Final = {"": Order(BY_TIME, descending=True)}
OLDEST: Final = {"": Order(BY_TIME)}
ANSWERS: Final = "EXISTS (SELECT FROM conversation_said a WHERE a.question_id = {t}.said_id AND {known}"
# Who has left is not told by them either what came after.
QUESTION_FILTERS: Final = {
    "answered": Filter(
        ANSWERS + " AND a.withdrawn_at IS NULL) = {v}",
        "boolean",
        conditions={"known": (happened("a.mentorship_id", "a.said_at"),)},
    ),
    "accepted": Filter(
        ANSWERS + " AND a.accepted_at IS NOT NULL) = {v}",
        "boolean",
        conditions={"known": (happened("a.mentorship_id", "a.accepted_at"),)},
    ),
}

TEXT: Final = Column("text", Kind.TEXT, "{t}.text", WORDS)
WITHDRAWN_AT: Final = Column("withdrawn_at", Kind.TIMESTAMP, "{t}.withdrawn_at")
SHARING: Final = Column("sharing", Kind.ENUM, "{t}.sharing")


def of_kind(kind: str) -> str:
    return f"{{t}}.mentorship_id = {{p}}.mentorship_id AND {{t}}.kind = '{kind}'"


CONVERSATION: Final = Shape(
    "Conversation",
    "conversations",
    key="{t}.conversation_id",
    seen=(SEEN,),
    columns=(
        Column("id", Kind.ID, "{t}.conversation_id", of="Conversation"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "messages": Connection("Message", of_kind("message"), NEWEST),
        "questions": Connection("Question", of_kind("question"), NEWEST, QUESTION_FILTERS),
        "log": log_of("{p}.conversation_id"),
    },
)

MESSAGE: Final = Shape(
    "Message",
    "conversation_said",
    key="{t}.said_id",
    seen=(SAID,),
    columns=(
        Column("message_id", Kind.UUID, "{t}.said_id"),
        TEXT,
        Column("sent_at", Kind.TIMESTAMP, "{t}.said_at"),
        WITHDRAWN_AT,
    ),
    edges={"by": person("by_id"), "replyTo": One("Quote", "{t}.said_id = {p}.reply_to")},
)

QUOTE: Final = Shape(
    "Quote",
    "conversation_said",
    key="{t}.said_id",
    seen=(SAID,),
    columns=(
        Column("said_id", Kind.UUID, "{t}.said_id"),
        Column("kind", Kind.ENUM, "{t}.kind"),
        TEXT,
        WITHDRAWN_AT,
    ),
    edges={"by": person("by_id")},
)

QUESTION: Final = Shape(
    "Question",
    "conversation_said",
    key="{t}.said_id",
    seen=(SAID,),
    columns=(
        Column("question_id", Kind.UUID, "{t}.said_id"),
        TEXT,
        Column("topics", Kind.TEXTS, "{t}.topics", WORDS),
        SHARING,
        Column("asked_at", Kind.TIMESTAMP, "{t}.said_at"),
        WITHDRAWN_AT,
    ),
    edges={
        "by": person("by_id"),
        "answers": Connection("Answer", "{t}.question_id = {p}.said_id", OLDEST),
    },
)

ANSWER: Final = Shape(
    "Answer",
    "conversation_said",
    key="{t}.said_id",
    seen=(SAID,),
    columns=(
        Column("answer_id", Kind.UUID, "{t}.said_id"),
        TEXT,
        SHARING,
        Column("answered_at", Kind.TIMESTAMP, "{t}.said_at"),
        Column("accepted_at", Kind.TIMESTAMP, "{t}.accepted_at", happened(ROW, "{t}.accepted_at")),
        WITHDRAWN_AT,
    ),
    edges={"by": person("by_id"), "question": One("Question", "{t}.said_id = {p}.question_id")},
)

SHAPES: Final = (CONVERSATION, MESSAGE, QUOTE, QUESTION, ANSWER)
