"""How surveys are read: what was answered by who answered it, and by whom the policy trusts with surveys.

The other members of the relationship see that somebody was asked, and whether they have answered.
"""

from typing import Final

from domain.permissions import Action
from projections.attainment_shapes import person
from projections.confidentiality import broken, known_of, member_of, staff_of_mentorship, trusted
from projections.log_shapes import log_of
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Shape

MODELS: Final = ("surveys",)
"""The read models these shapes are made of."""

ROW: Final = "{t}.mentorship_id"
OWN: Final = "{t}.to_id = {viewer}"
ANSWERS: Final = Guard(Action.SEE_SURVEYS, own=OWN, staffed=trusted("surveys", ROW), opened=broken(ROW))


def _known(at: str) -> Guard:
    """Who was asked knows it after leaving, too."""
    return Guard(
        Action.SEE_MENTORSHIPS,
        own=f"({OWN} OR {member_of(ROW, at)})",
        staffed=staff_of_mentorship(ROW),
        when=known_of(ROW),
    )


SURVEY: Final = Shape(
    "Survey",
    "surveys",
    key="{t}.survey_id",
    seen=(_known("{t}.asked_at"),),
    columns=(
        Column("id", Kind.ID, "{t}.survey_id", of="Survey"),
        Column("kind", Kind.ENUM, "{t}.kind"),
        Column("state", Kind.ENUM, "{t}.state", _known("coalesce({t}.answered_at, {t}.lapsed_at)")),
        Column("due", Kind.DATE, "{t}.due"),
        Column("asked_at", Kind.TIMESTAMP, "{t}.asked_at"),
        Column("answered_at", Kind.TIMESTAMP, "{t}.answered_at", _known("{t}.answered_at")),
        Column("lapsed_at", Kind.TIMESTAMP, "{t}.lapsed_at", _known("{t}.lapsed_at")),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "askedOf": person("to_id"),
        "meeting": One("Meeting", "{t}.meeting_id = {p}.meeting_id"),
        "questions": Many("SurveyQuestion", "{t}.survey_id = {p}.survey_id", "{t}.number"),
        "log": log_of("{p}.survey_id"),
    },
)

QUESTION: Final = Shape(
    "SurveyQuestion",
    "(SELECT q.*, s.mentorship_id, s.to_id FROM survey_questions q JOIN surveys s USING (survey_id))",
    columns=(
        Column("question", Kind.TEXT, "{t}.question"),
        Column("text", Kind.TEXT, "{t}.text"),
        Column("kind", Kind.ENUM, "{t}.kind"),
        Column("measures", Kind.ENUM, "{t}.measures"),
        Column("required", Kind.BOOL, "{t}.required"),
        Column("choices", Kind.TEXTS, "{t}.choices"),
        Column("rating", Kind.INT, "{t}.rating", ANSWERS),
        Column("choice", Kind.TEXT, "{t}.choice", ANSWERS),
        Column("words", Kind.TEXT, "{t}.words", ANSWERS),
    ),
)

NEWEST: Final = {"": Order((Key("{t}.asked_position", "bigint"),), descending=True)}
FILTERS: Final = {
    "kinds": Filter("{t}.kind = ANY ({v})", "text[]"),
    "askedOf": Filter("{t}.to_id = {v}", "uuid", of="Participant"),
}


def surveys_of(mentorship: str) -> Connection:
    return Connection("Survey", f"{ROW} = {mentorship}", NEWEST, FILTERS)


SHAPES: Final = (SURVEY, QUESTION)
