"""Meetings as they stand: when, who comes, how it went and what was noted; and who reads them by calendar."""

from typing import Any, Final, assert_never, get_args
from uuid import UUID

from domain.calendar_feed import Issued, Revoked
from domain.event import DomainEvent
from domain.meeting import (
    Answer,
    Answered,
    Cancelled,
    Confirmed,
    Described,
    Held,
    MeetingEvent,
    Missed,
    Noted,
    Proposed,
    Rescheduled,
    Slot,
    SlotsProposed,
)
from domain.participant import Erased
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, known

# `starts_at` is the time agreed on, else the first of those proposed.
DDL: Final = """
CREATE TABLE meetings (
    meeting_id        uuid   PRIMARY KEY,
    mentorship_id     uuid   NOT NULL,
    series            uuid,
    state             text   NOT NULL CHECK (state IN (
        'proposed', 'confirmed', 'cancelled', 'held', 'missed')),
    time_zone         text   NOT NULL,
    starts_at         timestamptz NOT NULL,
    minutes           int    NOT NULL,
    sequence          int    NOT NULL DEFAULT 0,
    title             text,
    agenda            text,
    place             text,
    link              text,
    described_by      uuid   NOT NULL,
    described_at      timestamptz NOT NULL,
    proposed_by       uuid   NOT NULL,
    proposed_at       timestamptz NOT NULL,
    confirmed_at      timestamptz,
    cancelled_by      uuid,
    late              boolean,
    cancel_reason     text,
    recorded_by       uuid,
    held_at           timestamptz,
    duration_minutes  int,
    record            text,
    ended_at          timestamptz,
    changed_at        timestamptz NOT NULL,
    proposed_position bigint NOT NULL,
    version           bigint NOT NULL,
    position          bigint NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX meetings_by_mentorship ON meetings (mentorship_id, starts_at, meeting_id);
CREATE UNIQUE INDEX meetings_by_proposal ON meetings (proposed_position);
CREATE INDEX meetings_by_time ON meetings (starts_at, meeting_id);
CREATE INDEX meetings_by_series ON meetings (series) WHERE series IS NOT NULL;
CREATE INDEX meetings_by_describing ON meetings (described_by);
CREATE INDEX meetings_by_cancelling ON meetings (cancelled_by) WHERE cancelled_by IS NOT NULL;
CREATE INDEX meetings_by_recording ON meetings (recorded_by) WHERE recorded_by IS NOT NULL;

CREATE TABLE meeting_slots (
    meeting_id    uuid        NOT NULL,
    mentorship_id uuid        NOT NULL,
    number        int         NOT NULL,
    starts_at     timestamptz NOT NULL,
    minutes       int         NOT NULL,
    proposed_by   uuid        NOT NULL,
    proposed_at   timestamptz NOT NULL,
    PRIMARY KEY (meeting_id, number)
);

CREATE TABLE meeting_answers (
    meeting_id     uuid        NOT NULL,
    mentorship_id  uuid        NOT NULL,
    participant_id uuid        NOT NULL,
    answer         text        NOT NULL,
    answered_at    timestamptz NOT NULL,
    PRIMARY KEY (meeting_id, participant_id)
);

CREATE TABLE meeting_attendance (
    meeting_id     uuid        NOT NULL,
    mentorship_id  uuid        NOT NULL,
    participant_id uuid        NOT NULL,
    came           boolean     NOT NULL,
    recorded_at    timestamptz NOT NULL,
    PRIMARY KEY (meeting_id, participant_id)
);

CREATE TABLE meeting_notes (
    note_id       uuid        PRIMARY KEY,
    meeting_id    uuid        NOT NULL,
    mentorship_id uuid        NOT NULL,
    by_id         uuid        NOT NULL,
    text          text,
    visibility    text        NOT NULL CHECK (visibility IN ('author', 'members', 'staff')),
    noted_at      timestamptz NOT NULL,
    position      bigint      NOT NULL
);
CREATE INDEX meeting_notes_by_meeting ON meeting_notes (meeting_id, position);
CREATE INDEX meeting_notes_by_person ON meeting_notes (by_id);

CREATE TABLE calendar_feeds (
    participant_id uuid        PRIMARY KEY,
    digest         text        NOT NULL,
    issued_at      timestamptz NOT NULL
);
CREATE INDEX calendar_feeds_by_digest ON calendar_feeds (digest);

CREATE TABLE meeting_erased (participant_id uuid PRIMARY KEY);
"""

PROPOSED: Final = """
INSERT INTO meetings (meeting_id, mentorship_id, series, state, time_zone, starts_at, minutes, title, agenda,
                      place, link, described_by, described_at, proposed_by, proposed_at, changed_at,
                      proposed_position, version, position)
VALUES (%(meeting)s, %(mentorship)s, %(series)s, 'proposed', %(time_zone)s, %(starts_at)s, %(minutes)s,
        %(title)s, %(agenda)s, %(place)s, %(link)s, %(by)s, %(at)s, %(by)s, %(at)s, %(at)s, %(position)s,
        %(version)s, %(position)s)
ON CONFLICT (meeting_id) DO NOTHING
"""
DESCRIBED: Final = """
UPDATE meetings
   SET title = %(title)s, agenda = %(agenda)s, place = %(place)s, link = %(link)s, described_by = %(by)s,
       described_at = %(at)s, changed_at = %(at)s
 WHERE meeting_id = %(meeting)s
"""
SLOTS_GONE: Final = "DELETE FROM meeting_slots WHERE meeting_id = %(meeting)s"
SLOTS: Final = """
INSERT INTO meeting_slots (meeting_id, mentorship_id, number, starts_at, minutes, proposed_by, proposed_at)
SELECT m.meeting_id, m.mentorship_id, s.number, s.starts_at, s.minutes, %(by)s, %(at)s
  FROM meetings m,
       unnest(%(starts)s::timestamptz[], %(lengths)s::int[])
           WITH ORDINALITY AS s (starts_at, minutes, number)
 WHERE m.meeting_id = %(meeting)s
"""
# Where a time has been agreed on, it and what was answered to it stand.
OFFERED: Final = """
UPDATE meetings SET starts_at = %(starts_at)s, minutes = %(minutes)s, sequence = sequence + 1
 WHERE meeting_id = %(meeting)s AND confirmed_at IS NULL
"""
TOUCHED: Final = "UPDATE meetings SET changed_at = %(at)s WHERE meeting_id = %(meeting)s"
ANSWERS_GONE: Final = """
DELETE FROM meeting_answers a USING meetings m
 WHERE a.meeting_id = %(meeting)s AND m.meeting_id = a.meeting_id AND m.confirmed_at IS NULL
"""
# Answers to a single time that was proposed are answers to the same time confirmed.
OLD_ANSWERS_GONE: Final = """
DELETE FROM meeting_answers a USING meetings m
 WHERE a.meeting_id = %(meeting)s AND m.meeting_id = a.meeting_id
   AND NOT (%(confirmed)s AND m.confirmed_at IS NULL AND m.starts_at = %(starts_at)s
            AND m.minutes = %(minutes)s
            AND (SELECT count(*) FROM meeting_slots s WHERE s.meeting_id = m.meeting_id) = 1)
"""
ANSWERED: Final = """
INSERT INTO meeting_answers (meeting_id, mentorship_id, participant_id, answer, answered_at)
SELECT m.meeting_id, m.mentorship_id, %(by)s, %(answer)s, %(at)s FROM meetings m
 WHERE m.meeting_id = %(meeting)s
ON CONFLICT (meeting_id, participant_id)
DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at
"""
OFFERER_ACCEPTS: Final = """
INSERT INTO meeting_answers (meeting_id, mentorship_id, participant_id, answer, answered_at)
SELECT m.meeting_id, m.mentorship_id, %(by)s, 'accepted', %(at)s FROM meetings m
 WHERE m.meeting_id = %(meeting)s AND m.confirmed_at IS NULL
ON CONFLICT (meeting_id, participant_id)
DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at
"""
AGREED: Final = """
UPDATE meetings
   SET state = 'confirmed', starts_at = %(starts_at)s, minutes = %(minutes)s, sequence = sequence + 1,
       confirmed_at = %(at)s, changed_at = %(at)s
 WHERE meeting_id = %(meeting)s
"""
CANCELLED: Final = """
UPDATE meetings
   SET state = 'cancelled', cancelled_by = %(by)s, late = %(late)s, cancel_reason = %(reason)s,
       sequence = sequence + 1, ended_at = %(at)s, changed_at = %(at)s
 WHERE meeting_id = %(meeting)s
"""
HELD: Final = """
UPDATE meetings
   SET state = 'held', held_at = %(started_at)s, duration_minutes = %(duration)s, record = %(record)s,
       recorded_by = %(by)s, ended_at = %(at)s, changed_at = %(at)s
 WHERE meeting_id = %(meeting)s
"""
MISSED: Final = """
UPDATE meetings SET state = 'missed', recorded_by = %(by)s, ended_at = %(at)s, changed_at = %(at)s
 WHERE meeting_id = %(meeting)s
"""
ATTENDANCE: Final = """
INSERT INTO meeting_attendance (meeting_id, mentorship_id, participant_id, came, recorded_at)
SELECT DISTINCT m.meeting_id, m.mentorship_id, p.person, %(came)s::boolean, %(at)s::timestamptz
  FROM meetings m, unnest(%(people)s::uuid[]) AS p (person)
 WHERE m.meeting_id = %(meeting)s
ON CONFLICT (meeting_id, participant_id)
DO UPDATE SET came = excluded.came, recorded_at = excluded.recorded_at
"""
NOTED: Final = """
INSERT INTO meeting_notes (meeting_id, note_id, mentorship_id, by_id, text, visibility, noted_at, position)
SELECT m.meeting_id, %(note)s, m.mentorship_id, %(by)s, %(text)s, %(visibility)s, %(at)s, %(position)s
  FROM meetings m WHERE m.meeting_id = %(meeting)s
ON CONFLICT (note_id) DO NOTHING
"""
SEEN: Final = """
UPDATE meetings SET version = %(version)s, position = %(position)s WHERE meeting_id = %(meeting)s
"""
FEED_ISSUED: Final = """
INSERT INTO calendar_feeds (participant_id, digest, issued_at)
SELECT %(person)s, %(digest)s, %(at)s
 WHERE NOT EXISTS (SELECT FROM meeting_erased WHERE participant_id = %(person)s)
ON CONFLICT (participant_id) DO UPDATE SET digest = excluded.digest, issued_at = excluded.issued_at
"""
FEED_REVOKED: Final = "DELETE FROM calendar_feeds WHERE participant_id = %(person)s"
ERASED: Final = (
    "INSERT INTO meeting_erased (participant_id) VALUES (%(person)s) ON CONFLICT DO NOTHING",
    FEED_REVOKED,
)
CLEARED: Final = tuple(
    f"UPDATE {table} SET {words} WHERE {by} = %(person)s"  # noqa: S608 every part of it is written here
    " AND EXISTS (SELECT FROM meeting_erased WHERE participant_id = %(person)s)"
    for table, words, by in (
        ("meetings", "title = NULL, agenda = NULL, place = NULL, link = NULL", "described_by"),
        ("meetings", "cancel_reason = NULL", "cancelled_by"),
        ("meetings", "record = NULL", "recorded_by"),
        ("meeting_notes", "text = NULL", "by_id"),
    )
)

Seen = dict[str, Any]


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    match event:
        case Erased():
            for statement in (*ERASED, *CLEARED):
                sql.execute(statement, {"person": recorded.stream_id})
        case Issued():
            told = {"person": event.participant, "digest": event.digest, "at": recorded.recorded_at}
            sql.execute(FEED_ISSUED, told)
        case Revoked():
            sql.execute(FEED_REVOKED, {"person": event.participant})
        case _:
            _project_meeting(sql, recorded, event)


def _project_meeting(sql: Statements, recorded: RecordedEvent, event: DomainEvent) -> None:
    seen: Seen = {
        "meeting": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    told: MeetingEvent = event  # type: ignore[assignment]  # what PROJECTION.names leaves
    match told:
        case Proposed() | SlotsProposed():
            _offered(sql, told, seen)
        case Confirmed() | Rescheduled():
            _agreed(sql, told, seen)
        case Cancelled() | Held() | Missed():
            _settled(sql, told, seen)
        case Described():
            sql.execute(DESCRIBED, {**seen, **_words(told)})
        case Answered():
            sql.execute(ANSWERED, {**seen, "by": told.by, "answer": told.answer})
            sql.execute(TOUCHED, seen)
        case Noted():
            sql.execute(NOTED, {**seen, **told.model_dump(exclude={"text"}), "text": known(told.text)})
        case _:
            assert_never(told)
    sql.execute(SEEN, seen)
    if told.personal_fields:
        _clear(sql, getattr(told, str(told.subject)))


def _clear(sql: Statements, person: UUID | None) -> None:
    """Words may follow the erasure in the log, and be readable still until the key is gone."""
    for statement in CLEARED:
        sql.execute(statement, {"person": person})


def _words(event: Proposed | Described) -> Seen:
    said = {name: known(getattr(event, name)) for name in ("title", "agenda", "place", "link")}
    return {**said, "by": event.by}


def _when(slot: Slot) -> Seen:
    return {"starts_at": slot.starts_at, "minutes": slot.minutes}


def _offered(sql: Statements, event: Proposed | SlotsProposed, seen: Seen) -> None:
    first = min(event.slots, key=lambda slot: slot.starts_at)
    given = {**seen, **_when(first), "by": event.by}
    if isinstance(event, Proposed):
        terms = {"mentorship": event.mentorship, "series": event.series, "time_zone": event.time_zone}
        sql.execute(PROPOSED, {**given, **terms, **_words(event)})
    else:
        sql.execute(OFFERED, given)
        sql.execute(ANSWERS_GONE, given)
        sql.execute(TOUCHED, seen)
    starts, lengths = [slot.starts_at for slot in event.slots], [slot.minutes for slot in event.slots]
    sql.execute(SLOTS_GONE, given)
    sql.execute(SLOTS, {**given, "starts": starts, "lengths": lengths})
    sql.execute(OFFERER_ACCEPTS, given)


def _agreed(sql: Statements, event: Confirmed | Rescheduled, seen: Seen) -> None:
    given = {**seen, **_when(event.slot), "by": event.by, "confirmed": isinstance(event, Confirmed)}
    sql.execute(OLD_ANSWERS_GONE, given)
    sql.execute(AGREED, given)
    sql.execute(SLOTS_GONE, given)
    sql.execute(ANSWERED, {**given, "answer": Answer.ACCEPTED})


def _settled(sql: Statements, event: Cancelled | Held | Missed, seen: Seen) -> None:
    match event:
        case Cancelled():
            told = {"by": event.by, "late": event.late, "reason": known(event.reason)}
            sql.execute(CANCELLED, {**seen, **told})
        case Held():
            told = {"started_at": event.started_at, "duration": event.duration_minutes}
            sql.execute(HELD, {**seen, **told, "by": event.by, "record": known(event.minutes)})
            sql.execute(ATTENDANCE, {**seen, "people": list(event.attendance), "came": True})
        case Missed():
            sql.execute(MISSED, {**seen, "by": event.by})
            sql.execute(ATTENDANCE, {**seen, "people": list(event.missed_by), "came": False})
        case _:
            assert_never(event)


PROJECTION: Final = Projection(
    name="meetings",
    version=1,
    ddl=DDL,
    tables=(
        "meetings",
        "meeting_slots",
        "meeting_answers",
        "meeting_attendance",
        "meeting_notes",
        "calendar_feeds",
        "meeting_erased",
    ),
    names=frozenset(kind.event_name for kind in (*get_args(MeetingEvent), Issued, Revoked, Erased)),
    apply=project,
)
