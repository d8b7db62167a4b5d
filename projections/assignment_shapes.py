"""How learning assignments are read: their words by whom the policy trusts with goals, the rest by staff."""

from typing import Final

from domain.permissions import Action
from projections.attainment_shapes import person
from projections.confidentiality import content, happened
from projections.log_shapes import log_of
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, One, Order, Shape

MODELS: Final = ("assignments",)
"""The read models these shapes are made of."""

ROW: Final = "{t}.mentorship_id"


def due_of(row: str) -> str:
    """The day it is due, each day that a pause has covered since it was assigned, and before it, added.

    A pause that begins after that day moves it no more; which day that is, the pauses before have moved.
    """
    assigned = f"({row}.assigned_at AT TIME ZONE 'UTC')::date"
    began = f"greatest((p.paused_at AT TIME ZONE 'UTC')::date, {assigned})"
    ended = "coalesce((p.ended_at AT TIME ZONE 'UTC')::date, p.until)"
    return (
        f"({row}.due + (SELECT"  # noqa: S608 every part of it is written here
        f" coalesce(sum(q.days) FILTER (WHERE q.began - q.before <= {row}.due), 0)::int"
        " FROM (SELECT r.began, r.days, coalesce(sum(r.days) OVER (ORDER BY r.number"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::int AS before"
        f" FROM (SELECT p.number, {began} AS began, {ended} - {began} AS days"
        f" FROM mentorship_pauses p WHERE p.mentorship_id = {row}.mentorship_id"
        f" AND {ended} > {assigned}) r) q))"
    )


def overdue(row: str) -> str:
    return (
        f"({row}.state IN ('assigned', 'started', 'returned')"
        f" AND coalesce({due_of(row)} < (now() AT TIME ZONE 'UTC')::date, false))"
    )


def _words(at: str) -> Guard:
    return content("goals", Action.SEE_GOALS, ROW, at)


def _known(at: str) -> Guard:
    return happened(ROW, at)


GIVEN: Final = "greatest({t}.given_at, {t}.assigned_at)"
STANDS: Final = _known("{t}.changed_at")

ASSIGNMENT: Final = Shape(
    "Assignment",
    "assignments",
    key="{t}.assignment_id",
    seen=(_known("{t}.given_at"),),
    columns=(
        Column("id", Kind.ID, "{t}.assignment_id", of="Assignment"),
        Column("state", Kind.ENUM, "{t}.state", STANDS),
        Column("title", Kind.TEXT, "{t}.title", _words(GIVEN)),
        Column("description", Kind.TEXT, "{t}.description", _words(GIVEN)),
        Column("task", Kind.TEXT, "{t}.task"),
        Column("due", Kind.DATE, due_of("{t}"), STANDS),
        Column("overdue", Kind.BOOL, overdue("{t}"), STANDS),
        Column("given_at", Kind.TIMESTAMP, "{t}.given_at"),
        Column("assigned_at", Kind.TIMESTAMP, "{t}.assigned_at", _known("{t}.assigned_at")),
        Column("started_at", Kind.TIMESTAMP, "{t}.started_at", _known("{t}.started_at")),
        Column("submitted_at", Kind.TIMESTAMP, "{t}.submitted_at", _known("{t}.submitted_at")),
        Column("submission", Kind.TEXT, "{t}.submission", _words("{t}.submitted_at")),
        Column("returned_at", Kind.TIMESTAMP, "{t}.returned_at", _known("{t}.returned_at")),
        Column("reason", Kind.TEXT, "{t}.reason", _words("{t}.returned_at")),
        Column("ended_at", Kind.TIMESTAMP, "{t}.ended_at", _known("{t}.ended_at")),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "assignee": person("for_id"),
        "givenBy": person("given_by", happened("{p}.mentorship_id", GIVEN.replace("{t}", "{p}"))),
        "resource": One("Resource", "{t}.resource_id = {p}.resource_id"),
        "submissionResource": One("Resource", "{t}.resource_id = {p}.submission_of"),
        "returnedBy": person("returned_by", happened("{p}.mentorship_id", "{p}.returned_at")),
        "endedBy": person("ended_by", happened("{p}.mentorship_id", "{p}.ended_at")),
        "log": log_of("{p}.assignment_id"),
    },
)

OLDEST: Final = {"": Order((Key("{t}.given_position", "bigint"),))}
FILTERS: Final = {
    "states": Filter("{t}.state = ANY ({v})", "text[]", guard=STANDS),
    "assignee": Filter("{t}.for_id = {v}", "uuid", of="Participant"),
}


def assignments_of(mentorship: str) -> Connection:
    return Connection("Assignment", "{t}.mentorship_id = " + mentorship, OLDEST, FILTERS)


SHAPES: Final = (ASSIGNMENT,)
