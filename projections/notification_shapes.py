"""How notifications are read: by nobody but whom they are for."""

from typing import Final

from domain.occasions import Occasion
from domain.permissions import Action
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, One, Order, Shape

MODELS: Final = ("notifications",)
"""The read models these shapes are made of."""

ABOUT: Final = {
    Occasion.INVITATION: "Enrollment",
    Occasion.WISH: "Proposal",
    Occasion.PROPOSAL: "Proposal",
    Occasion.SURVEY: "Survey",
    Occasion.ANNOUNCEMENT: "Program",
}
"""What it leads to where that is no mentorship."""


def about_type(table: str) -> str:
    cases = " ".join(f"WHEN '{occasion}' THEN '{name}'" for occasion, name in ABOUT.items())
    return f"CASE {table}.occasion {cases} ELSE 'Mentorship' END"


def about_id(table: str) -> str:
    """The global id; an announcement, which is part of a programme, leads there."""
    key = (
        f"CASE {table}.occasion WHEN '{Occasion.ANNOUNCEMENT}' THEN {table}.program_id ELSE {table}.about END"
    )
    return f"encode(convert_to({about_type(table)} || ':' || ({key})::text, 'UTF8'), 'base64')"


def link(table: str) -> str:
    """A path: whoever delivers it puts the address of their own client before it."""
    return f"'/' || lower({about_type(table)}) || '/' || {about_id(table)}"


NOTIFICATION: Final = Shape(
    "Notification",
    "notifications",
    key="{t}.notification_id",
    seen=(Guard(Action.SEE_NOTIFICATIONS, own="{t}.to_id = {viewer}"),),
    columns=(
        Column("id", Kind.ID, "{t}.notification_id", of="Notification"),
        Column("occasion", Kind.ENUM, "{t}.occasion"),
        Column("about", Kind.TEXT, about_id("{t}")),
        Column("about_type", Kind.TEXT, about_type("{t}")),
        Column("link", Kind.TEXT, link("{t}")),
        Column("rung", Kind.INT, "{t}.rung"),
        Column("due_on", Kind.DATE, "{t}.on_day"),
        Column("sent_at", Kind.TIMESTAMP, "{t}.sent_at"),
        Column("read_at", Kind.TIMESTAMP, "{t}.read_at"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "program": One("Program", "{t}.program_id = {p}.program_id"),
        "mail": One("MailDelivery", "{t}.notification_id = {p}.notification_id"),
    },
)

MAIL_DELIVERY: Final = Shape(
    "MailDelivery",
    "mails",
    columns=(
        Column("state", Kind.ENUM, "{t}.state"),
        Column("at", Kind.TIMESTAMP, "{t}.settled_at"),
        Column("attempts", Kind.INT, "{t}.attempts"),
        Column("code", Kind.TEXT, "upper({t}.code)"),
    ),
)

NEWEST: Final = {"": Order((Key("{t}.sent_position", "bigint"),), descending=True)}
FILTERS: Final = {
    "unread": Filter("({t}.read_at IS NULL) = {v}", "boolean"),
    "occasions": Filter("{t}.occasion = ANY ({v})", "text[]"),
}
NOTIFICATIONS: Final = Connection("Notification", "true", NEWEST, FILTERS)

SHAPES: Final = (NOTIFICATION, MAIL_DELIVERY)
