"""The log as the API shows it: every event with its envelope and its public fields."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson
import strawberry
from strawberry import UNSET

from api.context import Info
from api.enums import Cause
from api.loading import resolve
from api.relay import Connection, Cursors, Node, global_id
from api.roots import LOG_CURSOR
from api.scalars import Json, Position
from domain.store import RecordedEvent
from projections.log_shapes import NODES


@strawberry.type(description="A domain event, as it was recorded for good.")
class LogEntry(Node):
    id: strawberry.ID
    position: Position
    name: str = strawberry.field(description="Permanent, such as participant.registered.")
    stream: strawberry.ID | None = strawberry.field(description="What it happened to, where that is a node.")
    stream_id: UUID
    version: int = strawberry.field(description="Its number in the stream.")
    schema_version: int
    recorded_at: datetime
    actor: str
    command_id: UUID
    correlation_id: UUID
    cause: Cause
    payload: Json = strawberry.field(description="The fields that are not personal.")
    withheld: list[str] = strawberry.field(description="The personal fields, which the log shows to nobody.")
    key: strawberry.Private[str]


@strawberry.input(description="All conditions given must hold.")
class EventFilter:
    names: list[str] | None = UNSET
    stream: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The id of what they happened to."
    )
    actor: str | None = UNSET
    since: datetime | None = UNSET
    until: datetime | None = strawberry.field(default=UNSET, description="Before this moment.")
    as_of: Position | None = strawberry.field(default=UNSET, description="Up to this position.")


async def _events(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: EventFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class LogQueries:
    events: Connection[LogEntry] | None = strawberry.field(
        resolver=_events, description="The log, in the order things happened; it is never behind."
    )


def event_position(cursors: Cursors, cursor: str) -> int:
    """Where a cursor of `events` stands; raises a Problem coded BAD_CURSOR."""
    return int(cursors.open(LOG_CURSOR, cursor)[0])


NODE_STREAMS: Final = {name: name.title().replace("_", "") for name in NODES}
"""The type of what an event happened to, by the first part of its name."""


def log_entry(recorded: RecordedEvent) -> LogEntry:
    """The same entry as a query would show, from the recorded event itself."""
    state = orjson.loads(recorded.state)
    _, personal = state.pop("~", (None, {}))
    kind = NODE_STREAMS.get(recorded.name.partition(".")[0])
    return LogEntry(
        id=global_id("LogEntry", recorded.position),
        position=Position(recorded.position),
        name=recorded.name,
        stream=global_id(kind, recorded.stream_id) if kind else None,
        stream_id=recorded.stream_id,
        version=recorded.version,
        schema_version=recorded.schema_version,
        recorded_at=recorded.recorded_at.astimezone(UTC),
        actor=recorded.actor,
        command_id=recorded.command_id,
        correlation_id=recorded.correlation_id,
        cause=Cause(recorded.cause),
        payload=Json(state),
        withheld=sorted(personal),
        key=str(recorded.position),
    )
