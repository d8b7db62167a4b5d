"""What is measured: dated rows of what happens in each relationship, from which any past moment is told.

`projections/measured.py` reads them. Order of arrival never matters, and whatever is erased is gone.
"""

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
    MentorshipEvent,
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
from projections.projection import Projection
from projections.statements import Statements

# `until_at` is when the next of its kind took its place.
DDL: Final = """
CREATE TABLE measure_assignments (
    assignment_id uuid        NOT NULL,
    number        bigint      NOT NULL,
    mentorship_id uuid        NOT NULL,
    at            timestamptz NOT NULL,
    until_at      timestamptz,
    due           date,
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
    until_at       timestamptz,
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
INSERT INTO measure_assignments (assignment_id, number, mentorship_id, at, due)
VALUES (%(stream)s, %(version)s, %(mentorship)s, %(at)s, %(due)s)
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
# Between the rating before it and the one after it, in whichever order they come.
RATED: Final = (
    """
INSERT INTO measure_ratings (survey_id, mentorship_id, participant_id, at, until_at, rating)
SELECT s.survey_id, s.mentorship_id, s.participant_id, %(at)s::timestamptz,
       (SELECT r.at FROM measure_ratings r
         WHERE r.mentorship_id = s.mentorship_id AND r.participant_id = s.participant_id
           AND (r.at, r.survey_id) > (%(at)s::timestamptz, s.survey_id)
         ORDER BY r.at, r.survey_id LIMIT 1),
       a.rating
  FROM measure_surveys s,
       LATERAL (SELECT avg(g.rating) AS rating
                  FROM unnest(%(asked)s::text[], %(ratings)s::float8[]) AS g (question, rating)
                 WHERE g.question = ANY (s.questions)) a
 WHERE s.survey_id = %(stream)s AND a.rating IS NOT NULL
ON CONFLICT DO NOTHING
""",
    """
UPDATE measure_ratings b SET until_at = n.at
  FROM measure_ratings n
 WHERE n.survey_id = %(stream)s
   AND b.survey_id = (SELECT p.survey_id FROM measure_ratings p
                       WHERE p.mentorship_id = n.mentorship_id AND p.participant_id = n.participant_id
                         AND (p.at, p.survey_id) < (n.at, n.survey_id)
                       ORDER BY p.at DESC, p.survey_id DESC LIMIT 1)
""",
)
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

OfAGoal = GoalSet | GoalDescribed | GoalProgressed | GoalAchieved | GoalDropped
# fmt: off
_Course = (
    Began | MemberJoined | MemberLeft | Paused | Resumed | Extended | Concluded | EndedEarly | Reopened
    | HandedOver | Migrated
)
_Talk = conversation.MessageSent | conversation.QuestionAsked | conversation.QuestionAnswered
_Shared = resource.DocumentShared | resource.LinkShared
# fmt: on
Seen = dict[str, Any]


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    seen: Seen = {
        "stream": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case _ if isinstance(event, MentorshipEvent):
            _of_a_relationship(sql, event, {**seen, "mentorship": recorded.stream_id})
        case _ if isinstance(event, meeting.MeetingEvent):
            _of_a_meeting(sql, event, seen)
        case _ if isinstance(event, _Talk):
            if not isinstance(event, conversation.QuestionAnswered):
                _within(sql, event, seen)
            _tell(sql, "said", seen, who=event.by)
        case _ if isinstance(event, assignment.AssignmentEvent):
            _of_an_assignment(sql, event, seen)
        case _ if isinstance(event, _Shared):
            _within(sql, event, seen)
            _tell(sql, "other", seen)
        case survey.Asked() | survey.Answered():
            _of_a_survey(sql, event, seen)
        case participant.RecordSynced():
            _moved(sql, event, seen)
        case _:
            sql.execute(ERASED, seen)


def _tell(sql: Statements, kind: str, seen: Seen, *, amount: int | None = None, who: Any = None) -> None:
    sql.gather(totals.FOLD, totals.fact(kind, seen, amount=amount, who=who))


def _within(sql: Statements, event: Any, seen: Seen) -> None:
    """What else happens in this stream happens in that relationship."""
    sql.execute(course.WITHIN, {**seen, "mentorship": event.mentorship})


def _of_a_relationship(sql: Statements, event: MentorshipEvent, seen: Seen) -> None:
    match event:
        case CheckedIn():
            _tell(sql, "check_in", seen)
        case GoalSet() | GoalDescribed() | GoalProgressed() | GoalAchieved() | GoalDropped():
            _of_a_goal(sql, event, seen)
        case MilestoneReached():
            course.project(sql, event, seen)
            _tell(sql, "other", seen)
        case AgreementSigned():
            _tell(sql, "other", seen)
        case _ if isinstance(event, _Course):
            course.project(sql, event, seen)
            _tell(sql, "course", seen)
        case _:
            pass  # of concerns and of broken glass nothing is measured


def _of_a_goal(sql: Statements, event: OfAGoal, seen: Seen) -> None:
    match event:
        case GoalSet():
            _tell(sql, "goal", seen, amount=0, who=event.goal)
        case GoalDescribed():
            _tell(sql, "other", seen)
        case GoalProgressed():
            _tell(sql, "goal", seen, amount=event.percent, who=event.goal)
        case GoalAchieved():
            _tell(sql, "achieved", seen, amount=100, who=event.goal)
        case GoalDropped():
            _tell(sql, "dropped", seen, amount=0, who=event.goal)
        case _:
            assert_never(event)


def _of_a_meeting(sql: Statements, event: meeting.MeetingEvent, seen: Seen) -> None:
    match event:
        case meeting.Proposed():
            _within(sql, event, seen)
            _tell(sql, "other", seen)
        case meeting.Held():
            _tell(sql, "held", seen, amount=event.duration_minutes)
        case meeting.Missed():
            _tell(sql, "missed", seen)
        case meeting.Cancelled(by=None):
            pass  # it fell with its relationship, which nobody did
        case meeting.Cancelled(late=True):
            _tell(sql, "late", seen)
        case _:
            _tell(sql, "other", seen)


def _of_an_assignment(sql: Statements, event: assignment.AssignmentEvent, seen: Seen) -> None:
    match event:
        case assignment.Suggested() | assignment.Assigned():
            _within(sql, event, seen)
            if isinstance(event, assignment.Assigned):
                sql.execute(ASSIGNED_NO_LONGER, seen)
                sql.execute(ASSIGNED, {**seen, "mentorship": event.mentorship, "due": event.due})
        case assignment.Completed():
            sql.execute(COMPLETED, seen)
        case assignment.Dropped():
            sql.execute(ASSIGNED_NO_LONGER, seen)
        case _:
            pass
    if event.by is not None:  # a rule's is nobody's doing
        _tell(sql, "other", seen)


def _of_a_survey(sql: Statements, event: survey.Asked | survey.Answered, seen: Seen) -> None:
    """Answering is nothing that happens between the members."""
    match event:
        case survey.Asked():
            counting = [one.id for one in event.questions if one.measures is Measure.SATISFACTION]
            told = {"mentorship": event.mentorship, "to": event.to, "questions": counting}
            sql.execute(ASKED, {**seen, **told})
        case survey.Answered():
            for statement in RATED:
                given = {"asked": list(event.ratings), "ratings": list(event.ratings.values())}
                sql.execute(statement, {**seen, **given})
        case _:
            assert_never(event)


def _moved(sql: Statements, event: participant.RecordSynced, seen: Seen) -> None:
    if {"department", "location"} & set(event.changed):
        place = {"department": event.department, "location": event.location}
        sql.execute(MOVED_AWAY, seen)
        sql.execute(MOVED, {**seen, **place, "changed": list(event.changed)})


def _named(*events: Any) -> frozenset[str]:
    kinds: list[type[DomainEvent]] = [kind for one in events for kind in get_args(one) or (one,)]
    return frozenset(kind.event_name for kind in kinds)


PROJECTION: Final = Projection(
    name="accountability",
    version=1,
    ddl=DDL + course.DDL + totals.DDL,
    tables=(
        *course.TABLES,
        *totals.TABLES,
        "measure_assignments",
        "measure_surveys",
        "measure_ratings",
        "person_places",
    ),
    names=_named(
        _Course,
        OfAGoal,
        AgreementSigned,
        CheckedIn,
        MilestoneReached,
        meeting.MeetingEvent,
        _Talk,
        assignment.AssignmentEvent,
        _Shared,
        survey.Asked,
        survey.Answered,
        participant.RecordSynced,
        participant.Erased,
    ),
    apply=project,
)
