"""What is measured: dated rows of what happens in each relationship, from which any past moment is told.

`projections/measured.py` reads them. Order of arrival never matters, and whatever is erased is gone.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, assert_never, get_args

from domain import assignment, conversation, meeting, participant, resource, survey
from domain.event import DomainEvent
from domain.mentorship import (
    AgreementSigned,
    Began,
    CheckedIn,
    Concluded,
    EndedEarly,
    Extended,
    GoalAchieved,
    GoalDescribed,
    GoalDropped,
    GoalProgressed,
    GoalSet,
    HandedOver,
    MemberJoined,
    MemberLeft,
    Migrated,
    MilestoneReached,
    Paused,
    Reopened,
    Resumed,
)
from domain.store import RecordedEvent
from domain.survey_forms import Measure
from projections import accountability_course as course
from projections import accountability_totals as totals
from projections import settled
from projections.accountability_totals import FOLD, fact
from projections.projection import Projection
from projections.statements import Statements

# `until_at` is when something else took its place. An assignment is due at `due_at` where nothing is paused:
# when `due_active` seconds of its relationship have counted.
DDL: Final = """
CREATE TABLE measure_assignments (
    assignment_id uuid        NOT NULL,
    number        bigint      NOT NULL,
    mentorship_id uuid        NOT NULL,
    at            timestamptz NOT NULL,
    until_at      timestamptz,
    due_at        timestamptz,
    due_active    float8,
    completed_at  timestamptz,
    PRIMARY KEY (assignment_id, number)
);
CREATE INDEX measure_assignments_by_mentorship ON measure_assignments (mentorship_id);

CREATE TABLE measure_surveys (
    survey_id      uuid   PRIMARY KEY,
    mentorship_id  uuid   NOT NULL,
    participant_id uuid   NOT NULL,
    questions      text[] NOT NULL
);

CREATE TABLE measure_ratings (
    survey_id      uuid        PRIMARY KEY,
    mentorship_id  uuid        NOT NULL,
    participant_id uuid        NOT NULL,
    at             timestamptz NOT NULL,
    rating         float8      NOT NULL
);
CREATE INDEX measure_ratings_of ON measure_ratings (mentorship_id, participant_id, at, survey_id);

CREATE TABLE person_places (
    participant_id uuid        NOT NULL,
    number         bigint      NOT NULL,
    at             timestamptz NOT NULL,
    until          timestamptz,
    department     text,
    location       text,
    PRIMARY KEY (participant_id, number)
);
"""

ASSIGNED_NO_LONGER: Final = """
UPDATE measure_assignments SET until_at = greatest(%(at)s::timestamptz, at)
 WHERE assignment_id = %(stream)s AND until_at IS NULL
"""
ASSIGNED: Final = """
INSERT INTO measure_assignments (assignment_id, number, mentorship_id, at, due_at)
VALUES (%(stream)s, %(version)s, %(mentorship)s, %(at)s,
        (%(due)s::date + 1)::timestamp AT TIME ZONE 'UTC')
ON CONFLICT DO NOTHING
"""
COMPLETED: Final = """
UPDATE measure_assignments SET completed_at = greatest(%(at)s::timestamptz, at)
 WHERE assignment_id = %(stream)s AND until_at IS NULL AND completed_at IS NULL
"""
ASKED: Final = """
INSERT INTO measure_surveys (survey_id, mentorship_id, participant_id, questions)
VALUES (%(stream)s, %(mentorship)s, %(to)s, %(questions)s) ON CONFLICT DO NOTHING
"""
RATED: Final = """
INSERT INTO measure_ratings (survey_id, mentorship_id, participant_id, at, rating)
SELECT s.survey_id, s.mentorship_id, s.participant_id, %(at)s::timestamptz, a.rating
  FROM measure_surveys s,
       LATERAL (SELECT avg(g.rating) AS rating
                  FROM unnest(%(asked)s::text[], %(ratings)s::float8[]) AS g (question, rating)
                 WHERE g.question = ANY (s.questions)) a
 WHERE s.survey_id = %(stream)s AND a.rating IS NOT NULL
ON CONFLICT DO NOTHING
"""
MOVED_AWAY: Final = """
UPDATE person_places SET until = greatest(%(at)s::timestamptz, at)
 WHERE participant_id = %(stream)s AND until IS NULL
"""
MOVED: Final = """
INSERT INTO person_places (participant_id, number, at, department, location)
SELECT %(stream)s::uuid, %(version)s::bigint, greatest(%(at)s::timestamptz, p.until),
       CASE WHEN 'department' = ANY (%(changed)s::text[]) THEN %(department)s::text ELSE p.department END,
       CASE WHEN 'location' = ANY (%(changed)s::text[]) THEN %(location)s::text ELSE p.location END
  FROM (SELECT) AS one
  LEFT JOIN LATERAL (SELECT * FROM person_places WHERE participant_id = %(stream)s
                      ORDER BY number DESC LIMIT 1) p ON true
ON CONFLICT DO NOTHING
"""
ERASED: Final = "DELETE FROM person_places WHERE participant_id = %(stream)s"

Course = (
    Began | MemberJoined | MemberLeft | Paused | Resumed | Extended | Concluded | EndedEarly | Reopened
    | HandedOver | Migrated
)  # fmt: skip
OfAGoal = GoalSet | GoalProgressed | GoalAchieved | GoalDropped
OfAMeeting = meeting.Proposed | meeting.Held | meeting.Cancelled
OfAnAssignment = assignment.Suggested | assignment.Assigned | assignment.Completed | assignment.Dropped
Said = conversation.MessageSent | conversation.QuestionAsked | conversation.QuestionAnswered
Shared = resource.DocumentShared | resource.LinkShared
OfASurvey = survey.Asked | survey.Answered

# Of these nothing more is measured than that they happened, so what they say is not even read.
HAPPENED: Final[Mapping[str, str]] = {
    CheckedIn.event_name: "check_in",
    meeting.Missed.event_name: "missed",
    **dict.fromkeys(
        (
            kind.event_name
            for kind in (
                AgreementSigned, GoalDescribed, meeting.Described, meeting.SlotsProposed, meeting.Answered,
                meeting.Confirmed, meeting.Rescheduled, meeting.Noted, assignment.Started,
                assignment.Submitted, assignment.Returned,
            )
        ),
        "other",
    ),
}  # fmt: skip


def project(sql: Statements, recorded: RecordedEvent) -> None:
    kind = HAPPENED.get(recorded.name)
    if kind is None:
        CATEGORIES[recorded.name.partition(".")[0]](sql, recorded, recorded.event)
    else:
        own = recorded.stream_id if recorded.name.startswith("mentorship.") else None
        sql.gather(FOLD, fact(kind, recorded, own))


def _of_a_mentorship(sql: Statements, recorded: RecordedEvent, event: Any) -> None:
    mentorship, seen = recorded.stream_id, _seen(recorded)
    if isinstance(event, OfAGoal):
        _of_a_goal(sql, recorded, event)
    elif isinstance(event, MilestoneReached):
        course.project(sql, event, seen)
        sql.gather(FOLD, fact("other", recorded, mentorship))
    else:
        course.project(sql, event, seen)
        moved = isinstance(event, MemberJoined | MemberLeft)
        sql.gather(FOLD, fact("members" if moved else "course", recorded, mentorship))


def _of_a_goal(sql: Statements, recorded: RecordedEvent, event: OfAGoal) -> None:
    match event:
        case GoalSet():
            kind, percent = "goal", 0
        case GoalProgressed():
            kind, percent = "goal", event.percent
        case GoalAchieved():
            kind, percent = "achieved", 100
        case GoalDropped():
            kind, percent = "dropped", 0
        case _:
            assert_never(event)
    sql.gather(FOLD, fact(kind, recorded, recorded.stream_id, amount=percent, who=event.goal))


def _of_a_meeting(sql: Statements, recorded: RecordedEvent, event: OfAMeeting) -> None:
    match event:
        case meeting.Proposed():
            sql.gather(FOLD, fact("other", recorded, event.mentorship, opens=True))
        case meeting.Held():
            sql.gather(FOLD, fact("held", recorded, amount=event.duration_minutes))
        case meeting.Cancelled():
            if event.by is not None:  # else it fell with its relationship, which is nobody's doing
                sql.gather(FOLD, fact("late" if event.late else "other", recorded))
        case _:
            assert_never(event)


def _of_a_conversation(sql: Statements, recorded: RecordedEvent, event: Said) -> None:
    match event:
        case conversation.MessageSent():
            sql.gather(FOLD, fact("said", recorded, event.mentorship, who=event.by))
        case conversation.QuestionAsked():
            sql.gather(FOLD, fact("said", recorded, event.mentorship, opens=True, who=event.by))
        case conversation.QuestionAnswered():
            sql.gather(FOLD, fact("said", recorded, who=event.by))
        case _:
            assert_never(event)


def _of_a_resource(sql: Statements, recorded: RecordedEvent, event: Shared) -> None:
    sql.gather(FOLD, fact("other", recorded, event.mentorship))


def _of_an_assignment(sql: Statements, recorded: RecordedEvent, event: OfAnAssignment) -> None:
    seen = _seen(recorded)
    match event:
        case assignment.Suggested():
            sql.gather(FOLD, fact("other", recorded, event.mentorship, opens=True))
        case assignment.Assigned():
            sql.execute(ASSIGNED_NO_LONGER, seen)
            sql.execute(ASSIGNED, {**seen, "mentorship": event.mentorship, "due": event.due})
            sql.gather(FOLD, fact("assigned", recorded, event.mentorship, opens=True))
        case assignment.Completed():
            sql.execute(COMPLETED, seen)
            sql.gather(FOLD, fact("other", recorded))
        case assignment.Dropped():
            sql.execute(ASSIGNED_NO_LONGER, seen)
            # What fell with its relationship is nobody's doing; but what was settled of it is so no longer.
            sql.gather(FOLD, fact("asked" if event.by is None else "other", recorded))
        case _:
            assert_never(event)


def _of_a_survey(sql: Statements, recorded: RecordedEvent, event: OfASurvey) -> None:
    seen = _seen(recorded)
    match event:
        case survey.Asked():
            counting = [one.id for one in event.questions if one.measures is Measure.SATISFACTION]
            told = {"mentorship": event.mentorship, "to": event.to, "questions": counting}
            sql.execute(ASKED, {**seen, **told})
            sql.gather(FOLD, fact("asked", recorded, event.mentorship, opens=True))
        case survey.Answered():
            given = {"asked": list(event.ratings), "ratings": list(event.ratings.values())}
            sql.execute(RATED, {**seen, **given})
            sql.gather(FOLD, fact("rated", recorded))
        case _:
            assert_never(event)


def _of_a_participant(sql: Statements, recorded: RecordedEvent, event: Any) -> None:
    seen = _seen(recorded)
    if isinstance(event, participant.Erased):
        sql.execute(ERASED, seen)
    elif {"department", "location"} & set(event.changed):
        place = {"department": event.department, "location": event.location}
        sql.execute(MOVED_AWAY, seen)
        sql.execute(MOVED, {**seen, **place, "changed": list(event.changed)})


def _seen(recorded: RecordedEvent) -> dict[str, Any]:
    """The event's place, under both names that its stream can have."""
    return {
        "stream": recorded.stream_id,
        "mentorship": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
    }


CATEGORIES: Final[Mapping[str, Callable[[Statements, RecordedEvent, Any], None]]] = {
    "mentorship": _of_a_mentorship,
    "meeting": _of_a_meeting,
    "conversation": _of_a_conversation,
    "resource": _of_a_resource,
    "assignment": _of_an_assignment,
    "survey": _of_a_survey,
    "participant": _of_a_participant,
}


def _named(*unions: Any) -> frozenset[str]:
    kinds: list[type[DomainEvent]] = [kind for union in unions for kind in get_args(union)]
    return frozenset(kind.event_name for kind in kinds)


PROJECTION: Final = Projection(
    name="accountability",
    version=3,
    ddl=DDL + course.DDL + totals.DDL + settled.DDL,
    tables=(
        *course.TABLES,
        *totals.TABLES,
        *settled.TABLES,
        "measure_assignments",
        "measure_surveys",
        "measure_ratings",
        "person_places",
    ),
    names=frozenset(HAPPENED)
    | _named(
        Course | OfAGoal | MilestoneReached,
        OfAMeeting,
        OfAnAssignment,
        Said,
        Shared,
        OfASurvey,
        participant.RecordSynced | participant.Erased,
    ),
    apply=project,
)
