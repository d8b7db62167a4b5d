"""Who is in which programme, on which side, who waits for a place: the people's half of the programmes."""

from collections.abc import Mapping
from typing import Any, Final, assert_never
from uuid import UUID

from domain.enrollment import (
    Applied,
    Approved,
    Completed,
    EnrollmentEvent,
    InformationGiven,
    InformationRequested,
    Invited,
    Paused,
    PlaceReleased,
    PlaceReserved,
    PreferenceStated,
    Rejected,
    Removed,
    RequestClosed,
    RequestOpened,
    Resumed,
    Waitlisted,
    WishesRanked,
    Withdrawn,
)
from domain.store import RecordedEvent
from projections.statements import Statements, jsonb, known

DDL: Final = """
CREATE TABLE enrollments (
    enrollment_id     uuid PRIMARY KEY,
    program_id        uuid NOT NULL,
    participant_id    uuid NOT NULL,
    role              text NOT NULL CHECK (role IN ('mentor', 'mentee')),
    state             text NOT NULL CHECK (state IN (
        'invited', 'applied', 'information_requested', 'approved', 'rejected', 'waitlisted', 'paused',
        'withdrawn', 'removed', 'completed')),
    invited_at        timestamptz,
    applied_at        timestamptz,
    decided_at        timestamptz,
    waitlisted_at     timestamptz,
    waitlist_position bigint,
    paused_until      date,
    ended_at          timestamptz,
    answers           jsonb,
    question          text,
    answer            text,
    reason            text,
    places_reserved   int    NOT NULL DEFAULT 0,
    hours_reserved    int    NOT NULL DEFAULT 0,
    open_requests     int    NOT NULL DEFAULT 0,
    preference        jsonb,
    version           bigint NOT NULL,
    position          bigint NOT NULL,
    CHECK ((state = 'waitlisted') = (waitlist_position IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX enrollments_by_program ON enrollments (program_id, enrollment_id);
CREATE INDEX enrollments_by_participant ON enrollments (participant_id, enrollment_id);
CREATE INDEX enrollments_applied ON enrollments (program_id) WHERE state = 'applied';
CREATE INDEX enrollments_waiting ON enrollments (program_id, role, waitlist_position)
    WHERE state = 'waitlisted';

CREATE TABLE reserved_places (
    enrollment_id uuid NOT NULL,
    proposal_id   uuid NOT NULL,
    hours_a_month int  NOT NULL,
    PRIMARY KEY (enrollment_id, proposal_id)
);

CREATE TABLE opened_requests (
    enrollment_id uuid NOT NULL,
    proposal_id   uuid NOT NULL,
    PRIMARY KEY (enrollment_id, proposal_id)
);

CREATE TABLE wished_people (
    enrollment_id  uuid NOT NULL,
    rank           int  NOT NULL,
    participant_id uuid NOT NULL,
    PRIMARY KEY (enrollment_id, rank)
);

CREATE TABLE erased_people (participant_id uuid PRIMARY KEY);
"""
TABLES: Final = ("enrollments", "reserved_places", "opened_requests", "wished_people", "erased_people")

# Whoever comes again, after having withdrawn say, begins anew in the same row.
INVITED: Final = """
INSERT INTO enrollments (enrollment_id, program_id, participant_id, role, state, invited_at,
                         version, position)
VALUES (%(enrollment)s, %(program)s, %(participant)s, %(role)s, 'invited', %(at)s,
        %(version)s, %(position)s)
ON CONFLICT (enrollment_id) DO UPDATE
   SET role = excluded.role, state = excluded.state, invited_at = excluded.invited_at, applied_at = NULL,
       decided_at = NULL, waitlisted_at = NULL, waitlist_position = NULL, paused_until = NULL,
       ended_at = NULL, answers = NULL, question = NULL, answer = NULL, reason = NULL
"""
APPLIED: Final = """
INSERT INTO enrollments (enrollment_id, program_id, participant_id, role, state, applied_at, answers,
                         version, position)
VALUES (%(enrollment)s, %(program)s, %(participant)s, %(role)s, 'applied', %(at)s, %(answers)s,
        %(version)s, %(position)s)
ON CONFLICT (enrollment_id) DO UPDATE
   SET role = excluded.role, state = excluded.state, applied_at = excluded.applied_at,
       answers = excluded.answers, decided_at = NULL, waitlisted_at = NULL, waitlist_position = NULL,
       paused_until = NULL, ended_at = NULL, question = NULL, answer = NULL, reason = NULL, preference = NULL
"""
INFORMATION_REQUESTED: Final = """
UPDATE enrollments
   SET state = 'information_requested', waitlist_position = NULL, question = %(question)s, answer = NULL
 WHERE enrollment_id = %(enrollment)s
"""
INFORMATION_GIVEN: Final = """
UPDATE enrollments SET state = 'applied', waitlist_position = NULL, answer = %(answer)s
 WHERE enrollment_id = %(enrollment)s
"""
APPROVED: Final = """
UPDATE enrollments SET state = 'approved', waitlist_position = NULL, decided_at = %(at)s
 WHERE enrollment_id = %(enrollment)s
"""
REJECTED: Final = """
UPDATE enrollments
   SET state = 'rejected', waitlist_position = NULL, decided_at = %(at)s, ended_at = %(at)s,
       reason = %(reason)s
 WHERE enrollment_id = %(enrollment)s
"""
WAITLISTED: Final = """
UPDATE enrollments SET state = 'waitlisted', waitlisted_at = %(at)s, waitlist_position = %(position)s
 WHERE enrollment_id = %(enrollment)s
"""
PLACE_RESERVED: Final = """
INSERT INTO reserved_places (enrollment_id, proposal_id, hours_a_month)
VALUES (%(enrollment)s, %(proposal)s, %(hours)s) ON CONFLICT DO NOTHING
"""
PLACE_RELEASED: Final = """
DELETE FROM reserved_places WHERE enrollment_id = %(enrollment)s AND proposal_id = %(proposal)s
"""
REQUEST_OPENED: Final = """
INSERT INTO opened_requests (enrollment_id, proposal_id)
VALUES (%(enrollment)s, %(proposal)s) ON CONFLICT DO NOTHING
"""
REQUEST_CLOSED: Final = """
DELETE FROM opened_requests WHERE enrollment_id = %(enrollment)s AND proposal_id = %(proposal)s
"""
REQUESTS_COUNTED: Final = """
UPDATE enrollments
   SET open_requests = (SELECT count(*) FROM opened_requests r WHERE r.enrollment_id = %(enrollment)s)
 WHERE enrollment_id = %(enrollment)s
"""
UNWISHED: Final = "DELETE FROM wished_people WHERE enrollment_id = %(enrollment)s"
WISHED: Final = """
INSERT INTO wished_people (enrollment_id, rank, participant_id)
SELECT %(enrollment)s, rank, person FROM unnest(%(wishes)s::uuid[]) WITH ORDINALITY AS w (person, rank)
"""
PREFERENCE_STATED: Final = """
UPDATE enrollments SET preference = %(preference)s WHERE enrollment_id = %(enrollment)s
"""
PLACES_COUNTED: Final = """
UPDATE enrollments
   SET (places_reserved, hours_reserved) = (SELECT count(*), coalesce(sum(p.hours_a_month), 0)
                                              FROM reserved_places p WHERE p.enrollment_id = %(enrollment)s)
 WHERE enrollment_id = %(enrollment)s
"""
PAUSED: Final = """
UPDATE enrollments SET state = 'paused', waitlist_position = NULL, paused_until = %(until)s
 WHERE enrollment_id = %(enrollment)s
"""
RESUMED: Final = """
UPDATE enrollments SET state = 'approved', waitlist_position = NULL, paused_until = NULL
 WHERE enrollment_id = %(enrollment)s
"""
ENDED: Final = """
UPDATE enrollments
   SET state = %(state)s, waitlist_position = NULL, paused_until = NULL, ended_at = %(at)s,
       reason = %(reason)s
 WHERE enrollment_id = %(enrollment)s
"""
SEEN: Final = """
UPDATE enrollments SET version = %(version)s, position = %(position)s WHERE enrollment_id = %(enrollment)s
"""
ERASED: Final = "INSERT INTO erased_people (participant_id) VALUES (%(participant)s) ON CONFLICT DO NOTHING"
PERSON_CLEARED: Final = """
UPDATE enrollments
   SET answers = NULL, question = NULL, answer = NULL, reason = NULL, preference = NULL
 WHERE participant_id = %(participant)s
"""
# An application may follow the erasure in the log, and be readable still until the key is gone.
CLEARED_IF_ERASED: Final = """
UPDATE enrollments e
   SET answers = NULL, question = NULL, answer = NULL, reason = NULL, preference = NULL
  FROM erased_people p
 WHERE e.enrollment_id = %(enrollment)s AND p.participant_id = e.participant_id
"""


MatchingEvent = (
    PreferenceStated | WishesRanked | RequestOpened | RequestClosed | PlaceReserved | PlaceReleased
)


def project(sql: Statements, recorded: RecordedEvent, event: EnrollmentEvent) -> None:
    seen: Mapping[str, Any] = {
        "enrollment": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case Invited():
            sql.execute(INVITED, {**seen, **event.model_dump()})
        case Applied():
            said = {"program": event.program, "participant": event.participant, "role": event.role}
            sql.execute(APPLIED, {**seen, **said, "answers": jsonb(known(event.answers))})
            sql.execute(UNWISHED, seen)
        case InformationRequested():
            sql.execute(INFORMATION_REQUESTED, {**seen, "question": known(event.question)})
        case InformationGiven():
            sql.execute(INFORMATION_GIVEN, {**seen, "answer": known(event.answer)})
        case Approved():
            sql.execute(APPROVED, seen)
        case Rejected():
            sql.execute(REJECTED, {**seen, "reason": known(event.reason)})
        case Waitlisted():
            sql.execute(WAITLISTED, seen)
        case (
            PreferenceStated()
            | WishesRanked()
            | RequestOpened()
            | RequestClosed()
            | PlaceReserved()
            | PlaceReleased()
        ):
            _match(sql, seen, event)
        case Paused():
            sql.execute(PAUSED, {**seen, "until": event.until})
        case Resumed():
            sql.execute(RESUMED, seen)
        case Withdrawn():
            sql.execute(ENDED, {**seen, "state": "withdrawn", "reason": None})
        case Removed():
            sql.execute(ENDED, {**seen, "state": "removed", "reason": known(event.reason)})
        case Completed():
            sql.execute(ENDED, {**seen, "state": "completed", "reason": None})
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)
    if event.personal_fields:
        sql.execute(CLEARED_IF_ERASED, seen)


def _match(sql: Statements, seen: Mapping[str, Any], event: MatchingEvent) -> None:
    match event:
        case PreferenceStated():
            sql.execute(PREFERENCE_STATED, {**seen, "preference": jsonb(known(event.preference))})
        case WishesRanked():
            sql.execute(UNWISHED, seen)
            sql.execute(WISHED, {**seen, "wishes": list(event.wishes)})
        case RequestOpened() | RequestClosed():
            opened = REQUEST_OPENED if isinstance(event, RequestOpened) else REQUEST_CLOSED
            sql.execute(opened, {**seen, "proposal": event.proposal})
            sql.execute(REQUESTS_COUNTED, seen)
        case PlaceReserved():
            sql.execute(PLACE_RESERVED, {**seen, "proposal": event.proposal, "hours": event.hours_a_month})
            sql.execute(PLACES_COUNTED, seen)
        case PlaceReleased():
            sql.execute(PLACE_RELEASED, {**seen, "proposal": event.proposal})
            sql.execute(PLACES_COUNTED, seen)
        case _:
            assert_never(event)


def erase(sql: Statements, participant: UUID) -> None:
    sql.execute(ERASED, {"participant": participant})
    sql.execute(PERSON_CLEARED, {"participant": participant})
