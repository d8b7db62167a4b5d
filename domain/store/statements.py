"""The log's SQL, and how a batch becomes the arrays that `append_commands` takes."""

from uuid import UUID

from domain.store import arrays
from domain.store.records import Append, Outcome

# Sent by libpq itself: see Writer. Its parameters are those of append_parameters, in that order.
APPEND = b"""
SELECT head, repeated, conflicted FROM append_commands(
    command_ids => $1, command_actors => $2, command_correlations => $3, command_causes => $4,
    command_moments => $5, touched_command => $6, touched_stream => $7, touched_version => $8,
    event_command => $9, event_stream => $10, event_version => $11, event_name => $12, event_schema => $13,
    event_state => $14, event_subjects => $15, quiet => $16)
"""

HINT = "SELECT pg_notify(%(channel)s, '')"

STREAM = """
SELECT * FROM recorded_events WHERE stream_id = %(stream)s AND version > %(after)s
 ORDER BY version LIMIT %(limit)s
"""
STREAMS = "SELECT * FROM recorded_events WHERE stream_id = ANY (%(streams)s) ORDER BY stream_id, version"
BEGINNINGS = "SELECT * FROM recorded_events WHERE stream_id = ANY (%(streams)s) AND version = 1"
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


def append_parameters(batch: list[Append]) -> list[bytes]:
    commands = [append.command for append in batch]
    touched = [(n, stream, version) for n, a in enumerate(batch, 1) for stream, version in a.versions.items()]
    owners = [n for n, append in enumerate(batch, 1) for _ in append.events]
    events = [event for append in batch for event in append.events]
    return [
        arrays.uuids([command.id for command in commands]),
        arrays.texts([command.actor for command in commands]),
        arrays.uuids([command.correlation_id or command.id for command in commands]),
        arrays.texts([command.cause for command in commands]),
        arrays.moments([command.at for command in commands]),
        arrays.integers([n for n, _, _ in touched]),
        arrays.uuids([stream for _, stream, _ in touched]),
        arrays.bigints([version for _, _, version in touched]),
        arrays.integers(owners),
        arrays.uuids([event.stream_id for event in events]),
        arrays.bigints([event.version for event in events]),
        arrays.texts([event.name for event in events]),
        arrays.smallints([event.schema_version for event in events]),
        arrays.binaries([event.state for event in events]),
        arrays.texts([_uuid_array(event.subject_ids) for event in events]),
        arrays.integers([n for n, append in enumerate(batch, 1) if not append.events]),
    ]


def _uuid_array(ids: tuple[UUID, ...]) -> str:
    """An array in an array has to travel as text: PostgreSQL's arrays are rectangular."""
    return "{" + ",".join(map(str, ids)) + "}" if ids else "{}"


def outcomes(batch: list[Append], head: int, repeated: set[int], conflicted: set[int]) -> list[Outcome]:
    """`head` is that before the batch; what was not left out follows on from there.

    Of a command that decided nothing the head was recorded, which a repetition is told as well.
    """
    position = head
    results = []
    for n, append in enumerate(batch, 1):
        if n in repeated:
            results.append(Outcome("repeated"))
        elif n in conflicted:
            results.append(Outcome("conflicted"))
        elif not append.events:
            results.append(Outcome("recorded", head))
        else:
            position += len(append.events)
            results.append(Outcome("recorded", position))
    return results
