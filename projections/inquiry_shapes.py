"""How questions to experts are read: by the two whom they concern, and by nobody else."""

from typing import Final

from domain.permissions import Action
from projections.attainment_shapes import person
from projections.log_shapes import log_of
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Shape

MODELS: Final = ("inquiries", "directory")
"""The read models these shapes are made of."""

OWN: Final = Guard(Action.SEE_INQUIRIES, own="{viewer} IN ({t}.asker_id, {t}.expert_id)")

INQUIRY: Final = Shape(
    "Inquiry",
    "inquiries",
    key="{t}.inquiry_id",
    seen=(OWN,),
    columns=(
        Column("id", Kind.ID, "{t}.inquiry_id", of="Inquiry"),
        Column("topics", Kind.TEXTS, "{t}.topics"),
        Column("session_wished", Kind.BOOL, "{t}.session_wished"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("decline_reason", Kind.TEXT, "{t}.decline_reason"),
        Column("rating", Kind.INT, "{t}.rating"),
        Column("comment", Kind.TEXT, "{t}.comment"),
        Column("asked_at", Kind.TIMESTAMP, "{t}.asked_at"),
        Column("ended_at", Kind.TIMESTAMP, "{t}.ended_at"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "expert": person("expert_id"),
        "asker": person("asker_id"),
        "words": Many("InquiryWords", "{t}.inquiry_id = {p}.inquiry_id", "{t}.position"),
        "session": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "log": log_of("{p}.inquiry_id"),
    },
)

INQUIRY_WORDS: Final = Shape(
    "InquiryWords",
    "inquiry_words",
    key="{t}.position",
    key_type="bigint",
    columns=(
        Column("kind", Kind.ENUM, "{t}.kind"),
        Column("text", Kind.TEXT, "{t}.text"),
        Column("said_at", Kind.TIMESTAMP, "{t}.said_at"),
    ),
    edges={"by": person("by_id")},
)

INQUIRY_ORDERS: Final = {"": Order((Key("{t}.asked_position", "bigint"),), descending=True)}
INQUIRY_FILTERS: Final = {
    "states": Filter("{t}.state = ANY ({v})", "text[]"),
    "expert": Filter("{t}.expert_id = {v}", "uuid", of="Participant"),
    "asker": Filter("{t}.asker_id = {v}", "uuid", of="Participant"),
}
INQUIRIES: Final = Connection("Inquiry", "true", INQUIRY_ORDERS, INQUIRY_FILTERS)

DIRECTORY_ENTRY: Final = Shape(
    "DirectoryEntry",
    "directory",
    key="{t}.participant_id",
    seen=(Guard(Action.SEE_DIRECTORY),),
    columns=(),
    edges={"participant": person("participant_id")},
)

GUEST_INVITATION: Final = Shape(
    "GuestInvitation",
    "directory_people",
    seen=(Guard(Action.SEE_RECORD, own="{t}.participant_id = {viewer}"),),
    columns=(
        Column("until", Kind.DATE, "{t}.invited_until"),
        Column("headline", Kind.TEXT, "{t}.invited_headline"),
        Column("topics", Kind.TEXTS, "{t}.invited_topics"),
    ),
)

SHAPES: Final = (INQUIRY, INQUIRY_WORDS, DIRECTORY_ENTRY, GUEST_INVITATION)
