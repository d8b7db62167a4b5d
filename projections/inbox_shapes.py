"""How one's inbox is read: nobody's but the viewer's own."""

from typing import Final

from domain.permissions import Action
from projections.inbox import ALL, TABLE
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, One, Order, Shape

PLAIN: Final = ("Question", "Answer", "Concern")
"""What is called by its plain id, not by a global one."""
KEY: Final = "({t}.kind || '/' || {t}.about_key)"
ABOUT: Final = (
    "CASE WHEN {t}.about_type IN (" + ", ".join(f"'{name}'" for name in PLAIN) + ") THEN {t}.about_key"
    " ELSE encode(convert_to({t}.about_type || ':' || {t}.about_key, 'UTF8'), 'base64') END"
)

TOLD: Final = "{t}.about_type = 'Notification'"
"""What staff are told themselves, they read who are nothing else in the organisation, too."""

INBOX_ITEM: Final = Shape(
    "InboxItem",
    TABLE,
    key=KEY,
    key_type="text",
    seen=(Guard(Action.SEE_INBOX, own="NOT {t}.for_staff", staffed=f"({{t}}.for_staff OR {TOLD})"),),
    columns=(
        Column("kind", Kind.ENUM, "{t}.kind"),
        Column("about", Kind.TEXT, ABOUT),
        Column("about_type", Kind.TEXT, "{t}.about_type"),
        Column("title", Kind.TEXT, "{t}.title"),
        Column("since", Kind.TIMESTAMP, "{t}.since"),
        Column("due_at", Kind.TIMESTAMP, "{t}.due_at"),
        Column("overdue", Kind.BOOL, "coalesce({t}.due_at <= now(), false)"),
        Column("command", Kind.TEXT, "{t}.command"),
    ),
    edges={
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "program": One("Program", "{t}.program_id = {p}.program_id"),
    },
)

NEWEST: Final = {"": Order((Key("{t}.since", "timestamptz"), Key(KEY, "text")), descending=True)}
INBOX: Final = Connection("InboxItem", "true", NEWEST, {"kinds": Filter("{t}.kind = ANY ({v})", "text[]")})

COMMANDS: Final = {waiting.kind: waiting.command for waiting in ALL}
"""What settles each kind."""

SHAPES: Final = (INBOX_ITEM,)
