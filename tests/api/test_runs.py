"""What a process holds of runs: a few pools, and long work that stops when nobody waits for it."""

import asyncio
import threading
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from api.runs import KEPT, OnProgress, Runs
from domain.ids import MatchRunId
from domain.match_run import MATCH_RUN
from domain.pairing.grid import Cancelled
from domain.participant import ProfileDescribed
from domain.store import Database, Store
from tests.people import ADA, NOOR
from tests.projections.given import happened
from tests.workers.matched import Desk, everybody_is_in


@pytest.fixture
def runs(organisation: Database) -> Runs:
    return Runs(organisation)


def test_long_work_that_nobody_waits_for_stops_at_the_next_progress(runs: Runs) -> None:
    begun, given_up, ended = threading.Event(), threading.Event(), threading.Event()

    def work(go_on: OnProgress) -> None:
        go_on("scores", 1, 2)
        begun.set()
        given_up.wait(30)
        try:
            go_on("scores", 2, 2)
        except Cancelled:
            ended.set()

    async def scene() -> None:
        task = asyncio.create_task(runs.compute(work))
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        given_up.set()
        assert await asyncio.to_thread(ended.wait, 30)

    asyncio.run(scene())


def test_what_nobody_waits_for_is_over_before_the_next_begins(runs: Runs) -> None:
    begun, let_go = threading.Event(), threading.Event()
    order: list[str] = []

    def first(_: OnProgress) -> None:
        begun.set()
        let_go.wait(30)
        order.append("first")
        raise Cancelled

    async def scene() -> None:
        given_up = asyncio.create_task(runs.compute(first))
        await asyncio.to_thread(begun.wait, 30)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        waiting = asyncio.create_task(runs.compute(lambda _: order.append("never")))
        other = asyncio.create_task(runs.compute(lambda _: order.append("second")))
        await asyncio.sleep(0)
        waiting.cancel()
        let_go.set()
        await other

    asyncio.run(scene())
    assert order == ["first", "second"]


def test_a_pool_is_not_held_when_somebody_has_been_erased(
    organisation: Database, store: Store, runs: Runs
) -> None:
    everybody_is_in(store)
    happened(store, NOOR.id, ProfileDescribed(changed=("demographics",), demographics={"gender": "woman"}))
    desk = Desk(organisation, store)
    asked, other = desk.request(), desk.request()
    desk.work()
    with organisation.connect() as connection:
        read: Any = partial(runs._computed, store=store, connection=connection)
        said: Any = lambda run: {one.id: one.groups for one in read(run).inputs.pool.mentees}[NOOR.id]
        assert [said(run) for run in (asked, other)] == [{"gender": "woman"}] * 2
        store.forget(NOOR.id)
        assert said(asked) == {}
        assert [run for run, _ in runs._held] == [asked]


def test_only_the_pools_of_the_last_runs_are_held(organisation: Database, store: Store, runs: Runs) -> None:
    everybody_is_in(store)
    desk = Desk(organisation, store)
    asked = [desk.request() for _ in range(KEPT + 1)]
    desk.work()
    with organisation.connect() as connection:
        read: Any = partial(runs._computed, store=store, connection=connection)
        first = read(asked[0])
        assert read(asked[0]) is first
        for other in asked[1:KEPT]:
            read(other)
        assert read(asked[0]) is first
        read(asked[KEPT])
        assert [run for run, _ in runs._held] == [*asked[2:KEPT], asked[0], asked[KEPT]]
        desk.lock(asked[0], NOOR, ADA)
        desk.work()
        again = read(asked[0])
    assert again is not first
    assert again.inputs.revision == desk.store.load(MATCH_RUN.stream(asked[0])).state.revision == 1


def test_hints_are_of_the_run_that_is_followed(runs: Runs) -> None:
    one, other = MatchRunId(UUID(int=1)), MatchRunId(UUID(int=2))

    async def scene() -> list[bool]:
        async with runs.hints(one) as moved:
            [heed] = runs._hints._subscribers.values()
            seen = []
            for payload in (str(other), str(one), ""):
                moved.clear()
                heed(payload)
                await asyncio.sleep(0)
                seen.append(moved.is_set())
        return seen

    runs.close()  # so that nothing but the test gives hints
    assert asyncio.run(scene()) == [False, True, True]
