"""The log's SQL, and how a batch becomes the arrays that `append_commands` takes."""

from typing import Any

from domain.store.records import Append, Outcome

APPEND = """
SELECT head, repeated, conflicted FROM append_commands(
    %(command_ids)s::uuid[], %(actors)s::text[], %(correlations)s::uuid[], %(causes)s::text[],
    %(moments)s::timestamptz[],
    %(touched_command)s::int[], %(touched_stream)s::uuid[], %(touched_version)s::bigint[],
    %(event_command)s::int[], %(event_stream)s::uuid[], %(event_version)s::bigint[], %(event_name)s::text[],
    %(event_schema)s::smallint[], %(event_state)s::bytea[], %(event_subjects)s::text[], %(quiet)s::int[])
"""

HINT = "SELECT pg_notify(%(channel)s, '')"

STREAM = """
SELECT * FROM recorded_events WHERE stream_id = %(stream)s AND version > %(after)s ORDER BY version LIMIT %(limit)s
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
OFFER_KEY = "SELECT key, sealed FROM subject_key(%(subject)s, %(key)s, %(wrapped)s)"
DESTROY_KEY = "SELECT destroy_subject_key(%(subject)s)"


def append_parameters(batch: list[Append]) -> dict[str, Any]:
    commands = [append.command for append in batch]
    touched = [(n, stream, version) for n, a in enumerate(batch, 1) for stream, version in a.versions.items()]
    events = [(n, event) for n, append in enumerate(batch, 1) for event in append.events]
    quiet = [n for n, append in enumerate(batch, 1) if not append.events]
    return {
        "command_ids": [command.id for command in commands],
        "actors": [command.actor for command in commands],
        "correlations": [command.correlation_id or command.id for command in commands],
        "causes": [command.cause for command in commands],
        "moments": [command.at for command in commands],
        "touched_command": [n for n, _, _ in touched],
        "touched_stream": [stream for _, stream, _ in touched],
        "touched_version": [version for _, _, version in touched],
        "event_command": [n for n, _ in events],
        "event_stream": [event.stream_id for _, event in events],
        "event_version": [event.version for _, event in events],
        "event_name": [event.name for _, event in events],
        "event_schema": [event.schema_version for _, event in events],
        "event_state": [event.state for _, event in events],
        "event_subjects": ["{%s}" % ",".join(map(str, event.subject_ids)) for _, event in events],
        "quiet": quiet or None,
    }


def outcomes(batch: list[Append], row: Any) -> list[Outcome]:
    """`append_commands` gives the head before the batch; what it did not leave out follows on from there."""
    position, repeated, conflicted = row[0], set(row[1] or ()), set(row[2] or ())
    results = []
    for n, append in enumerate(batch, 1):
        if n in repeated:
            results.append(Outcome("repeated"))
        elif n in conflicted:
            results.append(Outcome("conflicted"))
        else:
            position += len(append.events)
            results.append(Outcome("recorded", position))
    return results
