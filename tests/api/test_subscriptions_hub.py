"""The hub: one tail of the log, any number of followers, each event exactly once to each."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.events_hub import EventsHub, Published, SlowConsumer
from domain.command import Command
from domain.participant import PARTICIPANT, offer_competency
from domain.store import Database, RecordedEvent, Store
from tests.api.registering import register_people

PATIENCE = 30


def running(store: Store, test: Callable[[EventsHub], Awaitable[None]], **options: Any) -> None:
    async def main() -> None:
        async with asyncio.timeout(PATIENCE), EventsHub(store, **options) as hub:
            await test(hub)

    asyncio.run(main())


async def take(followed: AsyncGenerator[Published[Any], None], count: int) -> list[int]:
    return [(await anext(followed)).recorded.position for _ in range(count)]


async def caught_up(hub: EventsHub, position: int) -> None:
    """Once the hub itself has seen it."""
    async with aclosing(hub.follow(position - 1)) as followed:
        assert await take(followed, 1) == [position]


def test_backfills_from_the_log_then_follows(store: Store) -> None:
    register_people(store, 1_200)

    async def test(hub: EventsHub) -> None:
        async with aclosing(hub.follow(0)) as followed:
            assert await take(followed, 1_200) == list(range(1, 1_201))
            await asyncio.to_thread(register_people, store, 3)
            assert await take(followed, 3) == [1_201, 1_202, 1_203]

    running(store, test, buffer=64)


def test_without_a_place_to_start_only_what_happens_from_now_on(store: Store) -> None:
    register_people(store, 5)

    async def test(hub: EventsHub) -> None:
        async with aclosing(hub.follow(None)) as followed:
            first = asyncio.ensure_future(anext(followed))
            await asyncio.sleep(0)
            await asyncio.to_thread(register_people, store, 1)
            assert (await first).recorded.position == 6

    running(store, test)


def test_exactly_once_across_the_seam_while_others_write(store: Store) -> None:
    register_people(store, 50)
    writer = threading.Thread(target=register_people, args=(store, 150))

    async def from_(hub: EventsHub, after: int) -> list[int]:
        async with aclosing(hub.follow(after)) as followed:
            return await take(followed, 200 - after)

    async def test(hub: EventsHub) -> None:
        writer.start()
        starts = [0, 1, 10, 49, 50, 51, 120]
        found = await asyncio.gather(*(from_(hub, after) for after in starts))
        assert found == [list(range(after + 1, 201)) for after in starts]
        await asyncio.to_thread(writer.join)

    running(store, test, buffer=512)


def test_a_follower_may_start_where_the_log_has_not_arrived_yet(store: Store) -> None:
    async def test(hub: EventsHub) -> None:
        async with aclosing(hub.follow(3)) as followed:
            fourth = asyncio.ensure_future(anext(followed))
            await asyncio.to_thread(register_people, store, 4)
            assert (await fourth).recorded.position == 4

    running(store, test)


def test_only_the_names_asked_for_from_the_log_and_from_the_ring(store: Store) -> None:
    person = PARTICIPANT.stream(uuid4())

    def offer(competency: str) -> int:
        return store.act(
            Command(uuid4(), "ada"), person, offer_competency, competency=competency, level=3
        ).position

    register_people(store, 1)
    history = store.page(0, 1)[0]
    person = PARTICIPANT.stream(history.stream_id)
    offered = [offer("python")]
    register_people(store, 40)
    offered.append(offer("sql"))
    register_people(store, 40)

    async def test(hub: EventsHub) -> None:
        async with aclosing(hub.follow(0, ["participant.competency_offered"])) as followed:
            assert await take(followed, 2) == offered
            later = asyncio.ensure_future(anext(followed))
            await asyncio.to_thread(register_people, store, 40)
            offered.append(await asyncio.to_thread(offer, "erlang"))
            assert (await later).recorded.position == offered[-1]

    running(store, test, buffer=8)


def test_a_slow_follower_is_cut_off_and_resumes_without_a_gap(store: Store) -> None:
    async def test(hub: EventsHub) -> None:
        async with aclosing(hub.follow(0)) as followed:
            first = asyncio.ensure_future(anext(followed))
            await asyncio.to_thread(register_people, store, 1)
            assert (await first).recorded.position == 1
            second = asyncio.ensure_future(anext(followed))
            await asyncio.to_thread(register_people, store, 1)
            assert (await second).recorded.position == 2
            await asyncio.to_thread(register_people, store, 40)
            await caught_up(hub, 42)
            with pytest.raises(SlowConsumer) as cut:
                await take(followed, 41)
        last = cut.value.last
        assert cut.value.extensions == {"code": "SLOW_CONSUMER", "lastCursor": str(last), "retryable": True}
        async with aclosing(hub.follow(last)) as resumed:
            assert await take(resumed, 42 - last) == list(range(last + 1, 43))

    running(store, test, buffer=8, patience=0)


def test_a_follower_overtaken_through_no_fault_of_its_own_reads_on_from_the_log(store: Store) -> None:
    async def test(hub: EventsHub) -> None:
        async with aclosing(hub.follow(0)) as followed:
            first = asyncio.ensure_future(anext(followed))
            await asyncio.to_thread(register_people, store, 1)
            assert (await first).recorded.position == 1
            await asyncio.to_thread(register_people, store, 2_000)
            await caught_up(hub, 2_001)
            assert await take(followed, 2_000) == list(range(2, 2_002))

    running(store, test, buffer=8, patience=PATIENCE)


def test_a_page_is_read_once_for_all_who_go_through_it(store: Store) -> None:
    register_people(store, 2_600)
    counting = Counting(store)

    async def test(hub: EventsHub) -> None:
        async def from_(after: int) -> list[int]:
            async with aclosing(hub.follow(after)) as followed:
                return await take(followed, 2_500 - after)

        starts = [0, 0, 7, 499, 500, 1_234]
        assert await asyncio.gather(*map(from_, starts)) == [list(range(n + 1, 2_501)) for n in starts]

    running(counting, test, buffer=8)  # type: ignore[arg-type] # a store that counts
    assert sorted(counting.pages) == [0, 500, 1_000, 1_500, 2_000]


class Counting:
    """A store that remembers which pages were asked of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.pages: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def page(self, after: int, limit: int, names: Sequence[str]) -> list[RecordedEvent]:
        self.pages.append(after)
        return self.store.page(after, limit, names)


def test_an_event_is_shown_once_for_all_followers(store: Store) -> None:
    shown: list[int] = []

    def show(recorded: RecordedEvent) -> str:
        shown.append(recorded.position)
        return f"event {recorded.position}"

    async def test(hub: EventsHub) -> None:
        async def follower() -> list[str]:
            async with aclosing(hub.follow(0)) as followed:
                return [(await anext(followed)).shown(show) for _ in range(3)]

        followers = [asyncio.ensure_future(follower()) for _ in range(20)]
        await asyncio.sleep(0)
        await asyncio.to_thread(register_people, store, 3)
        assert await asyncio.gather(*followers) == [["event 1", "event 2", "event 3"]] * 20

    running(store, test)
    assert shown == [1, 2, 3]


def test_survives_cut_connections(store: Store, organisation: Database) -> None:
    def cut() -> None:
        with psycopg.connect(organisation.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %(name)s",
                {"name": organisation.name},
            )

    async def test(hub: EventsHub) -> None:
        async with aclosing(hub.follow(0)) as followed:
            await asyncio.to_thread(register_people, store, 1)
            assert await take(followed, 1) == [1]
            await asyncio.to_thread(cut)
            with Store.open(organisation, store._ring) as another:
                await asyncio.to_thread(register_people, another, 3)
            assert await take(followed, 3) == [2, 3, 4]

    running(store, test)


class Stumbling:
    """A store whose first tail breaks by a bug."""

    def __init__(self, store: Store) -> None:
        self.store, self.broken = store, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def follow(self, after: int, stop: threading.Event, *, poll: float) -> Iterator[list[RecordedEvent]]:
        for page in self.store.follow(after, stop, poll=poll):
            yield page
            if not self.broken:
                self.broken = True
                raise RuntimeError("somebody's name")


def test_a_tail_that_breaks_is_taken_up_where_it_broke(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("api.events_hub.RETRY_SECONDS", 0.01)

    async def test(hub: EventsHub) -> None:
        async with aclosing(hub.follow(0)) as followed:
            await asyncio.to_thread(register_people, store, 1)
            assert await take(followed, 1) == [1]
            await asyncio.to_thread(register_people, store, 2)
            assert await take(followed, 2) == [2, 3]

    running(Stumbling(store), test)  # type: ignore[arg-type] # all of a store but one method
    told = capsys.readouterr().out
    assert "the tail of the log broke" in told
    assert "somebody's name" not in told


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), min_size=1, max_size=6),
    st.integers(4, 40),
    st.sampled_from([0, PATIENCE]),
)
def test_any_followers_get_exactly_what_comes_after(
    plans: list[tuple[int, int]], buffer: int, patience: float
) -> None:
    """Over a log in memory: each follower reads so many at a time, pausing while the log grows."""
    cuts: list[tuple[int, int]] = []
    with Store.in_memory() as store:
        register_people(store, 30)

        async def follower(hub: EventsHub, after: int, stride: int) -> None:
            position = after
            while position < 60:
                try:
                    async with aclosing(hub.follow(position)) as followed:
                        async for published in followed:
                            assert published.recorded.position == position + 1
                            position += 1
                            if position >= 60:
                                break
                            if position % stride == 0:
                                await asyncio.sleep(0)
                except SlowConsumer as slow:
                    cuts.append((slow.last, position))

        async def test(hub: EventsHub) -> None:
            followers = [
                asyncio.ensure_future(follower(hub, min(after, 59), stride)) for after, stride in plans
            ]
            await asyncio.to_thread(register_people, store, 30)
            await asyncio.gather(*followers)

        running(store, test, buffer=buffer, poll=0.005, patience=patience)
    assert all(last == position for last, position in cuts)
