"""How a run comes along, as it goes: until it is computed, has failed or is given up."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, Final
from uuid import UUID

import strawberry

from api.context import Info
from api.enums import MatchRunState
from api.loading import load
from api.match_run import MatchRun
from api.plan_sql import refuse_forbidden
from api.refusals import Problem
from api.relay import global_id, parse_global_id
from api.roots import by_id
from projections.board_shapes import MATCH_RUN
from projections.match_progress import FOUND

NOWHERE: Final = (None, 0, 0)
POLL: Final = 0.5
"""Seconds after which it is looked at without a hint."""


@strawberry.type(description="How far a match run has come.")
class MatchRunProgress:
    run: strawberry.ID
    state: MatchRunState
    revision: int
    stage: str | None = strawberry.field(description="Null before it is begun, and when it is over.")
    done: int
    total: int


async def run_progress(info: Info, run: strawberry.ID) -> AsyncGenerator[MatchRunProgress, None]:
    """What is newest whenever the reader is ready: whoever is slow misses what is over, not the end."""
    key = UUID(parse_global_id(run, "MatchRun").key)
    refuse_forbidden(info.context.actor, by_id(MATCH_RUN), MATCH_RUN)
    told: MatchRunProgress | None = None
    async with info.context.runs.hints(key) as moved:
        while told is None or told.state is MatchRunState.COMPUTING:
            moved.clear()
            found = await _undisturbed(_now(info, key))
            if found == told:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(moved.wait(), POLL)
                continue
            told = found
            yield told


async def _undisturbed(reading: Coroutine[Any, Any, MatchRunProgress]) -> MatchRunProgress:
    """Whoever goes away in the middle of a statement would take its connection out of the pool."""
    task = asyncio.ensure_future(reading)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(task)


async def _now(info: Info, key: UUID) -> MatchRunProgress:
    shown: MatchRun | None = await load(info, "MatchRun", key)
    if shown is None:
        raise Problem("NOT_FOUND", "There is no such match run, or it is not yours to see.")
    state = MatchRunState(shown.state)
    computing = state is MatchRunState.COMPUTING
    stage, done, total = await _reached(info, key) if computing else NOWHERE
    return MatchRunProgress(
        run=global_id("MatchRun", key),
        state=state,
        revision=shown.revision,
        stage=stage,
        done=done,
        total=total,
    )


async def _reached(info: Info, key: UUID) -> tuple[str | None, int, int]:
    async with info.context.pool.connection() as connection:
        row = await (await connection.execute(FOUND, {"run": key})).fetchone()
    return (row[0], row[1], row[2]) if row else NOWHERE
