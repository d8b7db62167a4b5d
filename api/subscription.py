"""What can be followed: the log, and a match run while it is computed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry
from strawberry import UNSET

from api.context import Context, Info
from api.events_hub import Published
from api.log import LogEntry, event_position, log_entry
from api.match_run_progress import MatchRunProgress, run_progress
from api.refusals import Problem
from domain.ids import ParticipantId
from domain.permissions import Action, Actor, Scope, Thing, may, scopes_for


async def _start(context: Context, after: str | None) -> int | None:
    """A resumed stream goes on where it broke off, whatever its document says."""
    if context.resume_after is not None:
        position = context.resume_after
    elif not after:
        return None
    elif after.isascii() and after.isdigit() and len(after) < 19:
        position = int(after)
    else:
        position = event_position(context.cursors, after)
    if position > context.hub.head and position > await asyncio.to_thread(context.store.head):
        raise Problem("POSITION_UNKNOWN", "The log does not reach that position.")
    return position


def _sees_all(actor: Actor) -> bool:
    scopes = scopes_for(actor, Action.SEE_LOG)
    if not scopes:
        raise Problem("FORBIDDEN", "You are not allowed to read this.")
    return any(scope is Scope.ANY for _, scope in scopes)


def _sees(actor: Actor, published: Published[LogEntry]) -> bool:
    """As the query `events` has it: one's own things are those of one's own stream."""
    return may(actor, Action.SEE_LOG, Thing(person=ParticipantId(published.recorded.stream_id)))


After = Annotated[
    str | None,
    strawberry.argument(
        description="A position, or a cursor of `events`; without it, what happens from now on."
    ),
]


async def _events(
    info: Info, after: After = UNSET, names: list[str] | None = UNSET
) -> AsyncGenerator[LogEntry, None]:
    context = info.context
    sees_all = _sees_all(context.actor)
    start = await _start(context, after)
    async with aclosing(context.hub.follow(start, names or ())) as followed:
        async for published in followed:
            if sees_all or _sees(context.actor, published):
                yield published.shown(log_entry)


@strawberry.type
class Subscription:
    events: AsyncGenerator[LogEntry, None] = strawberry.subscription(
        resolver=_events,
        description="The log, from a place in it and then as it grows: each event once, in order. "
        "A reader who falls too far behind is cut off with SLOW_CONSUMER and goes on after its lastCursor.",
    )
    match_run_progress: AsyncGenerator[MatchRunProgress, None] = strawberry.subscription(
        resolver=run_progress,
        description="How a run comes along, the newest first; it ends when the run is computed or given up.",
    )
