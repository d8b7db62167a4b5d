"""The log's SQL, and how a batch becomes the arrays that `append_commands` takes."""

from typing import Any
from uuid import UUID

from domain.store import arrays
from domain.store.records import Append, Outcome

APPEND = """
SELECT head, repeated, conflicted FROM append_commands(
    %(command_ids)b::uuid[], %(actors)b::text[], %(correlations)b::uuid[], %(causes)b::text[],
    %(moments)b::timestamptz[],
    %(touched_command)b::int[], %(touched_stream)b::uuid[], %(touched_version)b::bigint[],
    %(event_command)b::int[], %(event_stream)b::uuid[], %(event_version)b::bigint[], %(event_name)b::text[],
    %(event_schema)b::smallint[], %(event_state)b::bytea[], %(event_subjects)b::text[], %(quiet)b::int[])
"""

HINT = "SELECT pg_notify(%(channel)s, '')"

STREAM = """
SELECT * FROM recorded_events WHERE stream_id = %(stream)s AND version > %(after)s
 ORDER BY version LIMIT %(limit)s
"""
STREAMS = "SELECT * FROM recorded_events WHERE stream_id = ANY (%(streams)s) ORDER BY stream_id, version"
PAGE = "SELECT * FROM recorded_events WHERE position > %(after)s ORDER BY position LIMIT %(limit)s"
NAMED = """
SELECT * FROM recorded_events WHERE position > %(after)s AND name = ANY (%(names)s)
 ORDER BY position LIMIT %(limit)s
"""
COMMAND = "SELECT * FROM recorded_events WHERE command_id = %(command)s ORDER BY position"
QUIET_COMMAND = "SELECT stream_id, position, version FROM quiet_commands WHERE command_id = %(command)s"
HEAD = "SELECT position FROM events ORDER BY position DESC LIMIT 1"

KEYS = "SELECT subject_id, key_id, wrapped FROM subject_keys WHERE subject_id = ANY (%(subjects)s)"
OFFER_KEYS = """
SELECT o.subject, k.key, k.sealed
  FROM unnest(%(subjects)s::uuid[], %(keys)s::uuid[], %(wrapped)s::bytea[]) AS o (subject, key, sealed)
 CROSS JOIN LATERAL subject_key(o.subject, o.key, o.sealed) AS k
"""
DESTROY_KEY = "SELECT destroy_subject_key(%(subject)s)"


def append_parameters(batch: list[Append]) -> dict[str, Any]:
    commands = [append.command for append in batch]
    touched = [(n, stream, version) for n, a in enumerate(batch, 1) for stream, version in a.versions.items()]
    events = [(n, event) for n, append in enumerate(batch, 1) for event in append.events]
    quiet = [n for n, append in enumerate(batch, 1) if not append.events]
    return {
        "command_ids": arrays.uuids([command.id for command in commands]),
        "actors": arrays.texts([command.actor for command in commands]),
        "correlations": arrays.uuids([command.correlation_id or command.id for command in commands]),
        "causes": arrays.texts([command.cause for command in commands]),
        "moments": arrays.moments([command.at for command in commands]),
        "touched_command": arrays.integers([n for n, _, _ in touched]),
        "touched_stream": arrays.uuids([stream for _, stream, _ in touched]),
        "touched_version": arrays.bigints([version for _, _, version in touched]),
        "event_command": arrays.integers([n for n, _ in events]),
        "event_stream": arrays.uuids([event.stream_id for _, event in events]),
        "event_version": arrays.bigints([event.version for _, event in events]),
        "event_name": arrays.texts([event.name for _, event in events]),
        "event_schema": arrays.smallints([event.schema_version for _, event in events]),
        "event_state": arrays.binaries([event.state for _, event in events]),
        "event_subjects": arrays.texts([_uuid_array(event.subject_ids) for _, event in events]),
        "quiet": arrays.integers(quiet),
    }


def _uuid_array(ids: tuple[UUID, ...]) -> str:
    """An array in an array has to travel as text: PostgreSQL's arrays are rectangular."""
    return "{" + ",".join(map(str, ids)) + "}" if ids else "{}"


def outcomes(batch: list[Append], row: Any) -> list[Outcome]:
    """`append_commands` gives the head before the batch; what it did not leave out follows on from there.

    Of a command that decided nothing it has recorded that head, which a repetition is told as well.
    """
    position, repeated, conflicted = row[0], set(row[1] or ()), set(row[2] or ())
    results = []
    for n, append in enumerate(batch, 1):
        if n in repeated:
            results.append(Outcome("repeated"))
        elif n in conflicted:
            results.append(Outcome("conflicted"))
        elif not append.events:
            results.append(Outcome("recorded", row[0]))
        else:
            position += len(append.events)
            results.append(Outcome("recorded", position))
    return results
