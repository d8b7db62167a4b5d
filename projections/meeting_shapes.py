"""How meetings are read: that they are by the staff, what they are about by whom the policy trusts."""

from typing import Final

from domain.permissions import Action
from projections.attainment_shapes import person
from projections.confidentiality import broken, content, happened, member_of, staff_of_mentorship, trusted
from projections.log_shapes import log_of
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Shape

MODELS: Final = ("meetings",)
"""The read models these shapes are made of."""

ROW: Final = "{t}.mentorship_id"
OF_MEETING: Final = "{t}.meeting_id = {p}.meeting_id"
SEEN: Final = happened(ROW, "{t}.proposed_at")
CHANGED: Final = happened(ROW, "{t}.changed_at")
SETTLED: Final = happened(ROW, "{t}.ended_at")
WORDS: Final = content("meetings", Action.SEE_MEETINGS, ROW, "{t}.described_at")
OUTCOME: Final = content("meetings", Action.SEE_MEETINGS, ROW, "{t}.ended_at")

# What was open, and still to come, when the relationship ended has fallen with it.
FELL: Final = (
    "({t}.state IN ('proposed', 'confirmed') AND EXISTS (SELECT FROM mentorships w"
    f" WHERE w.mentorship_id = {ROW} AND w.ended_at IS NOT NULL"
    " AND ({t}.state = 'proposed' OR {t}.starts_at > w.ended_at)))"
)
STATE: Final = f"CASE WHEN {FELL} THEN 'cancelled' ELSE {{t}}.state END"
SEQUENCE: Final = f"({{t}}.sequence + CASE WHEN {FELL} THEN 1 ELSE 0 END)"


def _person(column: str, at: str) -> One:
    """Told to whoever sees what they did."""
    return person(column, content("meetings", Action.SEE_MEETINGS, "{p}.mentorship_id", f"{{p}}.{at}"))


MEETING: Final = Shape(
    "Meeting",
    "meetings",
    key="{t}.meeting_id",
    seen=(SEEN,),
    columns=(
        Column("id", Kind.ID, "{t}.meeting_id", of="Meeting"),
        Column("state", Kind.ENUM, STATE, CHANGED),
        Column("time_zone", Kind.TEXT, "{t}.time_zone"),
        Column("starts_at", Kind.TIMESTAMP, "{t}.starts_at", CHANGED),
        Column("planned_minutes", Kind.INT, "{t}.minutes", CHANGED),
        Column("sequence", Kind.INT, SEQUENCE, CHANGED),
        Column("title", Kind.TEXT, "{t}.title", WORDS),
        Column("agenda", Kind.TEXT, "{t}.agenda", WORDS),
        Column("place", Kind.TEXT, "{t}.place", WORDS),
        Column("link", Kind.TEXT, "{t}.link", WORDS),
        Column("proposed_at", Kind.TIMESTAMP, "{t}.proposed_at"),
        Column("confirmed_at", Kind.TIMESTAMP, "{t}.confirmed_at", happened(ROW, "{t}.confirmed_at")),
        Column("late", Kind.BOOL, "{t}.late", SETTLED),
        Column("cancel_reason", Kind.TEXT, "{t}.cancel_reason", OUTCOME),
        Column("held_at", Kind.TIMESTAMP, "{t}.held_at", SETTLED),
        Column("duration_minutes", Kind.INT, "{t}.duration_minutes", SETTLED),
        Column("minutes", Kind.TEXT, "{t}.record", OUTCOME),
        Column("ended_at", Kind.TIMESTAMP, "{t}.ended_at", SETTLED),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "series": One("MeetingSeries", "{t}.series = {p}.series"),
        "proposedBy": person("proposed_by"),
        "cancelledBy": _person("cancelled_by", "ended_at"),
        "recordedBy": _person("recorded_by", "ended_at"),
        "slots": Many("MeetingSlot", OF_MEETING, "{t}.number"),
        "answers": Many("MeetingAnswer", OF_MEETING, "{t}.answered_at, {t}.participant_id"),
        "attendance": Many("MeetingAttendance", OF_MEETING, "{t}.participant_id"),
        "notes": Connection("MeetingNote", OF_MEETING, {"": Order((Key("{t}.position", "bigint"),))}),
        "log": log_of("{p}.meeting_id"),
    },
)

MEETING_SERIES: Final = Shape(
    "MeetingSeries",
    "(SELECT DISTINCT m.series FROM meetings m WHERE m.series IS NOT NULL)",
    key="{t}.series",
    columns=(Column("series_id", Kind.UUID, "{t}.series"),),
    edges={"meetings": Many("Meeting", "{t}.series = {p}.series", "{t}.proposed_position")},
)

MEETING_SLOT: Final = Shape(
    "MeetingSlot",
    "meeting_slots",
    seen=(happened(ROW, "{t}.proposed_at"),),
    columns=(
        Column("starts_at", Kind.TIMESTAMP, "{t}.starts_at"),
        Column("minutes", Kind.INT, "{t}.minutes"),
        Column("proposed_at", Kind.TIMESTAMP, "{t}.proposed_at"),
    ),
)

MEETING_ANSWER: Final = Shape(
    "MeetingAnswer",
    "meeting_answers",
    key="({t}.meeting_id::text || '/' || {t}.participant_id::text)",
    key_type="text",
    seen=(happened(ROW, "{t}.answered_at"),),
    columns=(
        Column(
            "answer",
            Kind.ENUM,
            "{t}.answer",
            content("meetings", Action.SEE_MEETINGS, ROW, "{t}.answered_at"),
        ),
        Column("answered_at", Kind.TIMESTAMP, "{t}.answered_at"),
    ),
    edges={"by": _person("participant_id", "answered_at")},
)

MEETING_ATTENDANCE: Final = Shape(
    "MeetingAttendance",
    "meeting_attendance",
    key="({t}.meeting_id::text || '/' || {t}.participant_id::text)",
    key_type="text",
    seen=(happened(ROW, "{t}.recorded_at"),),
    columns=(
        Column(
            "came",
            Kind.BOOL,
            "{t}.came",
            content("meetings", Action.SEE_MEETINGS, ROW, "{t}.recorded_at"),
        ),
        Column("recorded_at", Kind.TIMESTAMP, "{t}.recorded_at"),
    ),
    edges={"participant": _person("participant_id", "recorded_at")},
)

NOT_PRIVATE: Final = "{t}.visibility <> 'author'"
AUTHOR: Final = "{t}.by_id = {viewer}"
ONES_OWN_OR_MEMBERS: Final = f"({AUTHOR} OR ({NOT_PRIVATE} AND {member_of(ROW, '{t}.noted_at')}))"

MEETING_NOTE: Final = Shape(
    "MeetingNote",
    "meeting_notes",
    key="{t}.note_id",
    seen=(
        Guard(
            Action.SEE_MENTORSHIPS,
            own=ONES_OWN_OR_MEMBERS,
            staffed=staff_of_mentorship(ROW),
            when=f"({NOT_PRIVATE} OR {AUTHOR})",
        ),
    ),
    columns=(
        Column("note_id", Kind.UUID, "{t}.note_id"),
        Column(
            "text",
            Kind.TEXT,
            "{t}.text",
            Guard(
                Action.SEE_NOTES,
                own=ONES_OWN_OR_MEMBERS,
                staffed=f"({{t}}.visibility = 'staff' AND {trusted('notes', ROW)})",
                opened=f"({NOT_PRIVATE} AND {broken(ROW)})",
            ),
        ),
        Column("visibility", Kind.ENUM, "{t}.visibility"),
        Column("noted_at", Kind.TIMESTAMP, "{t}.noted_at"),
    ),
    edges={"by": person("by_id")},
)

CALENDAR_FEED: Final = Shape(
    "CalendarFeed",
    "calendar_feeds",
    key="{t}.participant_id",
    seen=(Guard(Action.ISSUE_CALENDAR, own="{t}.participant_id = {viewer}"),),
    columns=(Column("issued_at", Kind.TIMESTAMP, "{t}.issued_at"),),
)

BY_TIME: Final = (
    Key("{t}.starts_at", "timestamptz", CHANGED, hidden="'-infinity'::timestamptz"),
    Key("{t}.meeting_id", "uuid"),
)
MEETING_ORDERS: Final = {
    "starts_at_desc": Order(BY_TIME, descending=True),
    "starts_at": Order(BY_TIME),
    "proposed_at_desc": Order((Key("{t}.proposed_position", "bigint"),), descending=True),
}
# Who may know the time differs from row to row, so that over all relationships no index has that order.
ALL_MEETING_ORDERS: Final = {
    "proposed_at_desc": MEETING_ORDERS["proposed_at_desc"],
    **MEETING_ORDERS,
}
MEETING_FILTERS: Final = {
    "states": Filter(f"{STATE} = ANY ({{v}})", "text[]", guard=CHANGED),
    "from": Filter("{t}.starts_at >= {v}", "timestamptz", guard=CHANGED),
    "to": Filter("{t}.starts_at < {v}", "timestamptz", guard=CHANGED),
}
ALL_MEETING_FILTERS: Final = {
    "mentorship": Filter("{t}.mentorship_id = {v}", "uuid", of="Mentorship"),
    **MEETING_FILTERS,
}


def meetings_of(mentorship: str) -> Connection:
    return Connection("Meeting", "{t}.mentorship_id = " + mentorship, MEETING_ORDERS, MEETING_FILTERS)


SHAPES: Final = (
    MEETING,
    MEETING_SERIES,
    MEETING_SLOT,
    MEETING_ANSWER,
    MEETING_ATTENDANCE,
    MEETING_NOTE,
    CALENDAR_FEED,
)
