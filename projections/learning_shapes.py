"""Who reads what of the library: what is of their own relationships, and what is shared beyond these."""

from typing import Final

from domain.permissions import Action
from projections.attainment_shapes import person
from projections.confidentiality import member_of, staff_of_mentorship
from projections.learning_search import FOUND, FRAGMENTS
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Search, Shape

MODELS: Final = ("learning",)
"""The read models these shapes are made of."""

ROW: Final = "{t}.mentorship_id"
MEMBER: Final = member_of(ROW, "{t}.listed_at")
STAFF: Final = staff_of_mentorship(ROW)
# Guests see of the organisation what they are part of.
TAKES_PART: Final = (
    "({role} = 'participant' AND {t}.audience = 'program' AND EXISTS (SELECT FROM mentorships w"
    " JOIN enrollments e ON e.program_id = w.program_id"
    f" WHERE w.mentorship_id = {ROW} AND e.participant_id = {{viewer}}"
    " AND e.state IN ('approved', 'paused', 'completed')))"
)
OPEN: Final = "({role} <> 'guest' AND {t}.audience = 'directory')"
LISTED: Final = Guard(
    Action.SEE_LIBRARY,
    own=f"({MEMBER} OR {TAKES_PART} OR {OPEN})",
    staffed=f"({STAFF} OR {OPEN})",
    when=f"({{t}}.audience <> 'members' OR {MEMBER})",
)


def _named(column: str) -> Guard:
    """By whoever finds it where its author said so; members know anyway who said what."""
    known = f"({{p}}.{column} OR {member_of('{p}.mentorship_id', '{p}.listed_at')})"
    return Guard(Action.SEE_LIBRARY, own="true", staffed="true", when=known)


INSIDE: Final = Guard(Action.SEE_LIBRARY, own="true", staffed="true", when=member_of("{p}.mentorship_id"))
"""Where it came from would say of whom it came."""

LIBRARY_ENTRY: Final = Shape(
    "LibraryEntry",
    "(SELECT e.*, 0 AS rank FROM library_entries e)",
    key="{t}.entry_id",
    seen=(LISTED,),
    columns=(
        Column("entry_id", Kind.UUID, "{t}.entry_id"),
        Column("kind", Kind.ENUM, "{t}.kind"),
        Column("title", Kind.TEXT, "{t}.title"),
        Column("text", Kind.TEXT, "{t}.body"),
        Column("topics", Kind.TEXTS, "{t}.topics"),
        Column("rank", Kind.INT, "{t}.rank"),
        Column("listed_at", Kind.TIMESTAMP, "{t}.listed_at"),
    ),
    edges={
        "author": person("author_id", _named("author_named")),
        "asker": person("asker_id", _named("asker_named")),
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id", INSIDE),
        "question": One("Question", "{t}.said_id = {p}.question_id", INSIDE),
        "answer": One("Answer", "{t}.said_id = {p}.entry_id", INSIDE),
        "resource": One("Resource", "{t}.resource_id = {p}.entry_id"),
        "excerpt": Many(
            "LibraryFragment",
            "{t}.entry_id = {p}.entry_id",
            "{t}.number",
            given={"search": Filter("", "text")},
        ),
    },
)

LIBRARY_FRAGMENT: Final = Shape(
    "LibraryFragment",
    FRAGMENTS,
    seen=(LISTED,),
    columns=(
        Column("text", Kind.TEXT, "{t}.fragment"),
        Column("found", Kind.BOOL, "({t}.number % 2 = 0)"),
    ),
)

LIBRARY_ORDERS: Final = {
    "": Order((Key("{t}.rank", "int"), Key("{t}.position", "bigint")), descending=True),
}
LIBRARY_FILTERS: Final = {
    "program": Filter(
        f"EXISTS (SELECT FROM mentorships w WHERE w.mentorship_id = {ROW} AND w.program_id = {{v}})",
        "uuid",
        of="Program",
    ),
    "kinds": Filter("{t}.kind = ANY ({v})", "text[]"),
    "topics": Filter("{t}.topic_keys && ARRAY(SELECT lower(x) FROM unnest({v}) x)", "text[]"),
}
LIBRARY: Final = Connection(
    "LibraryEntry", "true", LIBRARY_ORDERS, LIBRARY_FILTERS, search=Search("search", FOUND)
)

SHAPES: Final = (LIBRARY_ENTRY, LIBRARY_FRAGMENT)
