"""Learning assignments as they stand: who gave what to whom, by which day, and what came of it."""

from typing import Any, Final, assert_never, get_args
from uuid import UUID

from domain.assignment import (
    Assigned,
    AssignmentEvent,
    Completed,
    Dropped,
    Returned,
    Started,
    Submitted,
    Suggested,
)
from domain.participant import Erased
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, known

DDL: Final = """
CREATE TABLE assignments (
    assignment_id    uuid   PRIMARY KEY,
    mentorship_id    uuid   NOT NULL,
    state            text   NOT NULL CHECK (state IN (
        'suggested', 'assigned', 'started', 'submitted', 'returned', 'completed', 'dropped')),
    for_id           uuid   NOT NULL,
    title            text,
    description      text,
    words_by         uuid   NOT NULL,
    given_by         uuid   NOT NULL,
    task             text,
    resource_id      uuid,
    due              date,
    given_at         timestamptz NOT NULL,
    assigned_at      timestamptz,
    started_at       timestamptz,
    submitted_at     timestamptz,
    submitted_by     uuid,
    submission       text,
    submission_of    uuid,
    returned_at      timestamptz,
    returned_by      uuid,
    reason           text,
    ended_at         timestamptz,
    ended_by         uuid,
    changed_at       timestamptz NOT NULL,
    given_position   bigint NOT NULL,
    version          bigint NOT NULL,
    position         bigint NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX assignments_by_giving ON assignments (given_position);
CREATE INDEX assignments_by_mentorship ON assignments (mentorship_id, given_position);
CREATE INDEX assignments_waiting ON assignments (for_id)
 WHERE state IN ('suggested', 'assigned', 'started', 'returned');
CREATE INDEX assignments_submitted ON assignments (mentorship_id) WHERE state = 'submitted';
CREATE INDEX assignments_by_words ON assignments (words_by);
CREATE INDEX assignments_by_submitting ON assignments (submitted_by) WHERE submitted_by IS NOT NULL;
CREATE INDEX assignments_by_returning ON assignments (returned_by) WHERE returned_by IS NOT NULL;

CREATE TABLE assignment_erased (participant_id uuid PRIMARY KEY);
"""

SUGGESTED: Final = """
INSERT INTO assignments (assignment_id, mentorship_id, state, for_id, title, description, words_by, given_by,
                         task, resource_id, given_at, changed_at, given_position, version, position)
VALUES (%(assignment)s, %(mentorship)s, 'suggested', %(to)s, %(title)s, %(description)s, %(by)s, %(by)s,
        %(task)s, %(resource)s, %(at)s, %(at)s, %(position)s, %(version)s, %(position)s)
ON CONFLICT (assignment_id) DO NOTHING
"""
# Without a title it is what was said before; what was begun stays begun.
ASSIGNED: Final = """
INSERT INTO assignments AS held (
    assignment_id, mentorship_id, state, for_id, title, description, words_by, given_by, task, resource_id,
    due, given_at, assigned_at, changed_at, given_position, version, position)
VALUES (%(assignment)s, %(mentorship)s, 'assigned', %(to)s, %(title)s, %(description)s, %(by)s, %(by)s,
        %(task)s, %(resource)s, %(due)s, %(at)s, %(at)s, %(at)s, %(position)s, %(version)s, %(position)s)
ON CONFLICT (assignment_id) DO UPDATE
   SET state = CASE WHEN held.state IN ('started', 'returned') THEN held.state ELSE 'assigned' END,
       given_by = excluded.given_by, due = excluded.due, assigned_at = excluded.assigned_at,
       title = CASE WHEN %(said)s THEN excluded.title ELSE held.title END,
       description = CASE WHEN %(said)s THEN excluded.description ELSE held.description END,
       words_by = CASE WHEN %(said)s THEN excluded.words_by ELSE held.words_by END
"""
STARTED: Final = """
UPDATE assignments SET state = 'started', started_at = %(at)s WHERE assignment_id = %(assignment)s
"""
SUBMITTED: Final = """
UPDATE assignments
   SET state = 'submitted', submitted_at = %(at)s, submitted_by = %(by)s, submission = %(text)s,
       submission_of = %(resource)s
 WHERE assignment_id = %(assignment)s
"""
RETURNED: Final = """
UPDATE assignments
   SET state = 'returned', returned_at = %(at)s, returned_by = %(by)s, reason = %(reason)s
 WHERE assignment_id = %(assignment)s
"""
ENDED: Final = """
UPDATE assignments SET state = %(state)s, ended_at = %(at)s, ended_by = %(by)s
 WHERE assignment_id = %(assignment)s
"""
SEEN: Final = """
UPDATE assignments SET changed_at = %(at)s, version = %(version)s, position = %(position)s
 WHERE assignment_id = %(assignment)s
"""
ERASED: Final = """
INSERT INTO assignment_erased (participant_id) VALUES (%(person)s) ON CONFLICT DO NOTHING
"""
WORDS_CLEARED: Final = """
UPDATE assignments SET title = NULL, description = NULL
 WHERE words_by = %(person)s AND EXISTS (SELECT FROM assignment_erased WHERE participant_id = %(person)s)
"""
SUBMISSIONS_CLEARED: Final = """
UPDATE assignments SET submission = NULL
 WHERE submitted_by = %(person)s
   AND EXISTS (SELECT FROM assignment_erased WHERE participant_id = %(person)s)
"""
REASONS_CLEARED: Final = """
UPDATE assignments SET reason = NULL
 WHERE returned_by = %(person)s AND EXISTS (SELECT FROM assignment_erased WHERE participant_id = %(person)s)
"""
CLEARED: Final = (WORDS_CLEARED, SUBMISSIONS_CLEARED, REASONS_CLEARED)


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, Erased):
        sql.execute(ERASED, {"person": recorded.stream_id})
        _clear(sql, recorded.stream_id)
    else:
        _project_assignment(sql, recorded, event)  # type: ignore[arg-type]  # what PROJECTION.names leaves


def _clear(sql: Statements, person: UUID) -> None:
    """What they said may follow their erasure in the log, and be readable until the key is gone."""
    for statement in CLEARED:
        sql.execute(statement, {"person": person})


def _project_assignment(sql: Statements, recorded: RecordedEvent, event: AssignmentEvent) -> None:
    seen: dict[str, Any] = {
        "assignment": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case Suggested():
            sql.execute(SUGGESTED, {**seen, **_terms(event)})
        case Assigned():
            said = {"due": event.due, "said": event.title is not None}
            sql.execute(ASSIGNED, {**seen, **_terms(event), **said})
        case Started():
            sql.execute(STARTED, seen)
        case Submitted():
            what = {"by": event.by, "text": known(event.text), "resource": event.resource}
            sql.execute(SUBMITTED, {**seen, **what})
        case Returned():
            sql.execute(RETURNED, {**seen, "by": event.by, "reason": known(event.reason)})
        case Completed() | Dropped():
            state = "completed" if isinstance(event, Completed) else "dropped"
            sql.execute(ENDED, {**seen, "state": state, "by": event.by})
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)
    if event.personal_fields:
        _clear(sql, getattr(event, str(event.subject)))


def _terms(event: Suggested | Assigned) -> dict[str, Any]:
    plain = event.model_dump(include={"mentorship", "by", "to", "task", "resource"})
    return {**plain, "title": known(event.title), "description": known(event.description)}


PROJECTION: Final = Projection(
    name="assignments",
    version=1,
    ddl=DDL,
    tables=("assignments", "assignment_erased"),
    names=frozenset(kind.event_name for kind in (*get_args(AssignmentEvent), Erased)),
    apply=project,
)
