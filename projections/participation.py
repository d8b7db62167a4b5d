"""Who could take part, who did, and for whom there was a place, at any moment: dated rows, for reports."""

from typing import Final, assert_never, get_args

from domain import enrollment as e
from domain import mentorship as r
from domain import program as g
from domain.program_settings import Capacity
from domain.store import RecordedEvent
from projections import people_as_of
from projections.projection import Projection
from projections.statements import Statements

DDL: Final = """
CREATE TABLE participation_sides (
    enrollment_id  uuid PRIMARY KEY,
    program_id     uuid NOT NULL,
    participant_id uuid NOT NULL,
    role           text NOT NULL CHECK (role IN ('mentor', 'mentee'))
);

CREATE TABLE participation (
    enrollment_id  uuid PRIMARY KEY,
    program_id     uuid NOT NULL,
    participant_id uuid NOT NULL,
    invited_at     timestamptz,
    applied_at     timestamptz,
    enrolled_at    timestamptz,
    mentee_at      timestamptz,
    matched_at     timestamptz
) WITH (fillfactor = 80);
CREATE INDEX participation_by_program ON participation (program_id, participant_id);

CREATE TABLE participation_mentorships (
    mentorship_id uuid PRIMARY KEY,
    program_id    uuid NOT NULL
);

CREATE TABLE participation_spans (
    enrollment_id  uuid   NOT NULL,
    position       bigint NOT NULL,
    program_id     uuid   NOT NULL,
    participant_id uuid   NOT NULL,
    role           text   NOT NULL,
    at             timestamptz NOT NULL,
    until          timestamptz,
    PRIMARY KEY (enrollment_id, position)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX participation_spans_open ON participation_spans (enrollment_id) WHERE until IS NULL;
CREATE INDEX participation_spans_by_program ON participation_spans (program_id, at);

CREATE TABLE participation_places (
    enrollment_id  uuid   NOT NULL,
    proposal_id    uuid   NOT NULL,
    position       bigint NOT NULL,
    program_id     uuid   NOT NULL,
    participant_id uuid   NOT NULL,
    at             timestamptz NOT NULL,
    until          timestamptz,
    PRIMARY KEY (enrollment_id, proposal_id, position)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX participation_places_held ON participation_places (enrollment_id, proposal_id)
    WHERE until IS NULL;
CREATE INDEX participation_places_by_program ON participation_places (program_id, at);

CREATE TABLE participation_terms (
    program_id         uuid   NOT NULL,
    position           bigint NOT NULL,
    at                 timestamptz NOT NULL,
    until              timestamptz,
    mentor_rule        text,
    mentee_rule        text,
    mentees_per_mentor int    NOT NULL,
    hours_a_month      int    NOT NULL,
    PRIMARY KEY (program_id, position)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX participation_terms_now ON participation_terms (program_id) WHERE until IS NULL;
"""
TABLES: Final = (
    "participation_sides",
    "participation",
    "participation_mentorships",
    "participation_spans",
    "participation_places",
    "participation_terms",
)

SIDE_TAKEN: Final = """
INSERT INTO participation_sides (enrollment_id, program_id, participant_id, role)
VALUES (%(enrollment)s, %(program)s, %(participant)s, %(role)s)
ON CONFLICT (enrollment_id) DO UPDATE SET role = excluded.role
"""
# The first time counts, also of who comes again: what was reported of a moment stays.
INVITED: Final = """
INSERT INTO participation (enrollment_id, program_id, participant_id, invited_at)
VALUES (%(enrollment)s, %(program)s, %(participant)s, %(at)s)
ON CONFLICT (enrollment_id)
DO UPDATE SET invited_at = least(participation.invited_at, excluded.invited_at)
"""
APPLIED: Final = """
INSERT INTO participation (enrollment_id, program_id, participant_id, applied_at)
VALUES (%(enrollment)s, %(program)s, %(participant)s, %(at)s)
ON CONFLICT (enrollment_id)
DO UPDATE SET applied_at = least(participation.applied_at, excluded.applied_at)
"""
ENROLLED: Final = """
UPDATE participation p
   SET enrolled_at = least(p.enrolled_at, %(at)s),
       mentee_at = CASE WHEN s.role = 'mentee' THEN least(p.mentee_at, %(at)s) ELSE p.mentee_at END
  FROM participation_sides s
 WHERE p.enrollment_id = %(enrollment)s AND s.enrollment_id = p.enrollment_id
"""
OF_PROGRAM: Final = """
INSERT INTO participation_mentorships (mentorship_id, program_id) VALUES (%(mentorship)s, %(program)s)
ON CONFLICT DO NOTHING
"""
MATCHED: Final = """
UPDATE participation p SET matched_at = least(p.matched_at, %(at)s)
  FROM participation_mentorships m
 WHERE m.mentorship_id = %(mentorship)s AND p.program_id = m.program_id
   AND p.participant_id = ANY (%(people)s::uuid[])
"""
SPAN_BEGAN: Final = """
INSERT INTO participation_spans (enrollment_id, position, program_id, participant_id, role, at)
SELECT enrollment_id, %(position)s, program_id, participant_id, role, %(at)s FROM participation_sides
 WHERE enrollment_id = %(enrollment)s
ON CONFLICT (enrollment_id) WHERE until IS NULL DO NOTHING
"""
SPAN_ENDED: Final = """
UPDATE participation_spans SET until = %(at)s WHERE enrollment_id = %(enrollment)s AND until IS NULL
"""
PLACE_RESERVED: Final = """
INSERT INTO participation_places (enrollment_id, proposal_id, position, program_id, participant_id, at)
SELECT enrollment_id, %(proposal)s, %(position)s, program_id, participant_id, %(at)s FROM participation_sides
 WHERE enrollment_id = %(enrollment)s
ON CONFLICT (enrollment_id, proposal_id) WHERE until IS NULL DO NOTHING
"""
PLACE_RELEASED: Final = """
UPDATE participation_places SET until = %(at)s
 WHERE enrollment_id = %(enrollment)s AND proposal_id = %(proposal)s AND until IS NULL
"""
DRAFTED: Final = """
INSERT INTO participation_terms (program_id, position, at, mentees_per_mentor, hours_a_month)
VALUES (%(program)s, %(position)s, %(at)s, %(mentees_per_mentor)s, %(hours_a_month)s)
ON CONFLICT (program_id) WHERE until IS NULL DO NOTHING
"""
CONFIGURED: Final = """
WITH before AS (
    UPDATE participation_terms SET until = %(at)s
     WHERE program_id = %(program)s AND until IS NULL RETURNING *)
INSERT INTO participation_terms (program_id, position, at, mentor_rule, mentee_rule, mentees_per_mentor,
                                 hours_a_month)
SELECT program_id, %(position)s, %(at)s, mentor_rule, mentee_rule, %(mentees_per_mentor)s, %(hours_a_month)s
  FROM before
"""
LIMITED: Final = """
WITH before AS (
    UPDATE participation_terms SET until = %(at)s
     WHERE program_id = %(program)s AND until IS NULL RETURNING *)
INSERT INTO participation_terms (program_id, position, at, mentor_rule, mentee_rule, mentees_per_mentor,
                                 hours_a_month)
SELECT program_id, %(position)s, %(at)s,
       CASE WHEN %(side)s::text = 'mentor' THEN %(rule)s::text ELSE mentor_rule END,
       CASE WHEN %(side)s::text = 'mentee' THEN %(rule)s::text ELSE mentee_rule END,
       mentees_per_mentor, hours_a_month
  FROM before
"""

Matching = r.Began | r.MemberJoined
TermsEvent = g.Drafted | g.EnrollmentConfigured | g.AudienceLimited
Leaving = (
    e.InformationRequested | e.InformationGiven | e.Rejected | e.Waitlisted
    | e.Withdrawn | e.Removed | e.Completed
)  # fmt: skip
PartEvent = e.Invited | e.Applied | e.Approved | e.PlaceReserved | e.PlaceReleased | Leaving


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, PartEvent):
        _project_part(sql, recorded, event)
    elif isinstance(event, TermsEvent):
        _project_terms(sql, recorded, event)
    elif isinstance(event, Matching):
        _project_matching(sql, recorded, event)
    else:
        people_as_of.project(sql, recorded, event)  # type: ignore[arg-type]  # what PROJECTION.names leaves


def _project_part(sql: Statements, recorded: RecordedEvent, event: PartEvent) -> None:
    """Whoever pauses still takes part; whoever comes again begins anew."""
    seen = {"enrollment": recorded.stream_id, "at": recorded.recorded_at, "position": recorded.position}
    match event:
        case e.Invited() | e.Applied():
            who = {"program": event.program, "participant": event.participant, "role": event.role}
            sql.execute(SPAN_ENDED, seen)
            sql.execute(SIDE_TAKEN, {**seen, **who})
            sql.execute(INVITED if isinstance(event, e.Invited) else APPLIED, {**seen, **who})
        case e.Approved():
            sql.execute(ENROLLED, seen)
            sql.execute(SPAN_BEGAN, seen)
        case e.PlaceReserved():
            sql.execute(PLACE_RESERVED, {**seen, "proposal": event.proposal})
        case e.PlaceReleased():
            sql.execute(PLACE_RELEASED, {**seen, "proposal": event.proposal})
        case _:
            sql.execute(SPAN_ENDED, seen)


def _project_matching(sql: Statements, recorded: RecordedEvent, event: Matching) -> None:
    seen = {"mentorship": recorded.stream_id, "at": recorded.recorded_at}
    members = event.members if isinstance(event, r.Began) else (event.member,)
    if isinstance(event, r.Began) and event.program is not None:
        sql.execute(OF_PROGRAM, {**seen, "program": event.program})
    sql.execute(MATCHED, {**seen, "people": [member.participant for member in members]})


def _project_terms(sql: Statements, recorded: RecordedEvent, event: TermsEvent) -> None:
    seen = {"program": recorded.stream_id, "at": recorded.recorded_at, "position": recorded.position}
    match event:
        case g.Drafted():
            sql.execute(DRAFTED, {**seen, **_held(Capacity())})
        case g.EnrollmentConfigured():
            sql.execute(CONFIGURED, {**seen, **_held(event.settings.capacity)})
        case g.AudienceLimited():
            sql.execute(LIMITED, {**seen, "side": event.role, "rule": event.rule})
        case _:
            assert_never(event)


def _held(capacity: Capacity) -> dict[str, int]:
    return {"mentees_per_mentor": capacity.mentees_per_mentor, "hours_a_month": capacity.hours_a_month}


PROJECTION: Final = Projection(
    name="participation",
    version=1,
    ddl=DDL + people_as_of.DDL,
    tables=(*TABLES, *people_as_of.TABLES),
    names=frozenset(
        kind.event_name
        for events in (PartEvent, TermsEvent, Matching, people_as_of.PersonEvent)
        for kind in get_args(events)
    ),
    apply=project,
)
