"""How wishes become events: read, fold, decide, append; and how events are read again."""

import asyncio
import contextlib
import functools
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

from eventsourcing.persistence import InfrastructureFactory

from domain.aggregate import Decision, State, Step, Stream
from domain.command import Command, Receipt
from domain.event import DomainEvent
from domain.refusal import Refusal
from domain.store.database import Database
from domain.store.errors import CommandReused, Conflict, NothingOfThisKind, StoreUnavailable
from domain.store.folding import folded
from domain.store.keys import KeyRing, KeyVault
from domain.store.listener import Listener
from domain.store.mapper import EventMapper
from domain.store.records import Append, EventRow, Outcome, RecordedEvent
from domain.store.remembered import Loaded, Remembered

ATTEMPTS = 100
"""How often a decision lost to another process is taken again before its caller is told."""
TURNS = 1_024
PAGE = 1_000
ASYNC_CALLERS = 32
POLL = 0.2
"""Seconds after which a follower looks for itself, whatever hints it got."""

Result = TypeVar("Result")


class Recorder(Protocol):
    """What the store asks of a recorder; domain.store.postgres and domain.store.memory have one each."""

    def append(self, append: Append) -> Outcome: ...
    def append_all(self, appends: Sequence[Append]) -> list[Outcome | BaseException]: ...
    def stream(self, stream_id: UUID, after: int = 0, limit: int = PAGE) -> list[EventRow]: ...
    def streams(self, stream_ids: Collection[UUID]) -> list[EventRow]: ...
    def beginnings(self, stream_ids: Collection[UUID]) -> list[EventRow]: ...
    def page(self, after: int, limit: int, names: Collection[str] = ()) -> list[EventRow]: ...
    def command(self, command_id: UUID) -> list[EventRow]: ...
    def quiet_command(self, command_id: UUID) -> tuple[UUID, int, int] | None: ...
    def head(self) -> int: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Act:
    """One command of a bulk."""

    command: Command
    stream: Stream[Any]
    decision: Decision
    arguments: Mapping[str, Any] = field(default_factory=dict)


class Store:
    """One organisation's log. Safe for any number of threads; a process needs one."""

    def __init__(
        self, recorder: Recorder, mapper: EventMapper, ring: KeyRing, listener: Listener | None = None
    ) -> None:
        self._recorder, self._mapper, self._ring, self._listener = recorder, mapper, ring, listener
        self._turns = [threading.Lock() for _ in range(TURNS)]
        self._remembered = Remembered()
        self._callers = ThreadPoolExecutor(ASYNC_CALLERS, thread_name_prefix="store")

    @classmethod
    def open(cls, database: Database, keys: KeyRing) -> Self:
        settings = {
            "PERSISTENCE_MODULE": "domain.store.postgres",
            "CHIRON_DATABASE_URL": database.url,
            "CHIRON_SCHEMA": database.schema,
        }
        return cls._construct(settings, keys, Listener(database))

    @classmethod
    def in_memory(cls, keys: KeyRing | None = None) -> Self:
        return cls._construct({"PERSISTENCE_MODULE": "domain.store.memory"}, keys or KeyRing.random())

    @classmethod
    def _construct(cls, settings: dict[str, str], keys: KeyRing, listener: Listener | None = None) -> Self:
        factory: Any = InfrastructureFactory.construct(settings)
        recorder = factory.application_recorder()
        return cls(recorder, factory.event_mapper(KeyVault(keys, factory.shelf())), keys, listener)

    # -- deciding

    def act(
        self,
        command: Command,
        stream: Stream[State],
        decision: Decision,
        *,
        expected_version: int | None = None,
        **arguments: Any,
    ) -> Receipt:
        """Take `decision(state, **arguments)` and record what it decides, exactly once by `command.id`.

        Raises the decision's Refusal, Conflict, CommandReused, SubjectForgotten, StoreUnavailable.
        """
        return self.act_together(
            command, Step(stream, decision, arguments), expected_version=expected_version
        )

    def act_together(self, command: Command, *steps: Step, expected_version: int | None = None) -> Receipt:
        """The same over several streams, in one append; `expected_version` is the first stream's."""
        known: dict[UUID, Loaded[Any]] = {}
        wished = [step.stream.id for step in steps if not step.guard]
        with self._turn(wished):
            for _ in range(ATTEMPTS):
                try:
                    append, events = self._decide(command, steps, expected_version, known)
                except Refusal:
                    if receipt := self._first_receipt(command.id, steps[0].stream.id, *wished):
                        return receipt
                    raise
                outcome = self._recorder.append(append)
                if receipt := self._receipt(append, events, outcome, *wished):
                    return receipt
        raise Conflict(current_version=self.load(steps[0].stream).version)

    async def act_async(
        self, command: Command, stream: Stream[State], decision: Decision, **arguments: Any
    ) -> Receipt:
        return await self._in_thread(self.act, command, stream, decision, **arguments)

    async def act_together_async(
        self, command: Command, *steps: Step, expected_version: int | None = None
    ) -> Receipt:
        return await self._in_thread(self.act_together, command, *steps, expected_version=expected_version)

    def act_all(self, acts: Sequence[Act]) -> list[Receipt | Refusal]:
        """A bulk: one read, one append. At most one act a stream; each succeeds or is refused by itself."""
        with self._turn([act.stream.id for act in acts]):
            loaded = self.load_all([act.stream for act in acts])
            decisions = [self._try_decision(act, loaded[act.stream.id]) for act in acts]
            self._mapper.make_keys(
                (act.stream.id, event)
                for act, events in zip(acts, decisions, strict=True)
                if not isinstance(events, Receipt | Refusal)
                for event in events
            )
            results: list[Receipt | Refusal | None] = []
            pending: list[tuple[int, Append, tuple[DomainEvent, ...]]] = []
            for n, (act, events) in enumerate(zip(acts, decisions, strict=True)):
                if isinstance(events, Receipt | Refusal):
                    results.append(events)
                    continue
                decided = [(act.stream, loaded[act.stream.id], events)]
                encoded = _told(self._append_of, act.command, decided)
                results.append(encoded if isinstance(encoded, Refusal) else None)
                if not isinstance(encoded, Refusal):
                    pending.append((n, *encoded))
            outcomes = self._recorder.append_all([append for _, append, _ in pending])
        for (n, append, events), outcome in zip(pending, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            results[n] = _told(self._receipt, append, events, outcome)
        # Lost to another process: once more, alone.
        return [
            _told(self.act, act.command, act.stream, act.decision, **act.arguments)
            if result is None
            else result
            for result, act in zip(results, acts, strict=True)
        ]

    def _try_decision(self, act: Act, loaded: Loaded[Any]) -> Sequence[DomainEvent] | Receipt | Refusal:
        try:
            return act.decision(loaded.state, **act.arguments)
        except Refusal as refusal:
            return _told(self._first_receipt, act.command.id, act.stream.id) or refusal

    def _decide(
        self,
        command: Command,
        steps: Sequence[Step],
        expected_version: int | None,
        known: dict[UUID, Loaded[Any]],
    ) -> tuple[Append, tuple[DomainEvent, ...]]:
        """`known` holds what an earlier attempt has read: only what came since is read again."""
        decided = []
        for step in steps:
            loaded = known[step.stream.id] = self._load(step.stream, known.get(step.stream.id))
            if expected_version not in (None, loaded.version) and step is steps[0]:
                raise Conflict(current_version=loaded.version)
            decided.append((step.stream, loaded, step.decision(loaded.state, **step.arguments)))
        return self._append_of(command, decided)

    def _append_of(
        self, command: Command, decided: Sequence[tuple[Stream[Any], Loaded[Any], Sequence[DomainEvent]]]
    ) -> tuple[Append, tuple[DomainEvent, ...]]:
        encoded = [
            self._mapper.encode(event, stream.id, version)
            for stream, loaded, events in decided
            for version, event in enumerate(events, loaded.version + 1)
        ]
        versions = {stream.id: loaded.version for stream, loaded, _ in decided}
        if len(versions) < len(decided):
            raise ValueError("a command decides once about a stream")
        return Append(command, versions, encoded), tuple(
            event for _, _, events in decided for event in events
        )

    def _receipt(
        self, append: Append, events: tuple[DomainEvent, ...], outcome: Outcome, *wished: UUID
    ) -> Receipt | None:
        """None: lost the race, decide again. `wished`: the streams that the command may write to."""
        main = append.main_stream
        if outcome.kind == "recorded":
            version = append.versions[main] + sum(event.stream_id == main for event in append.events)
            return Receipt(outcome.position, version, events)
        if outcome.kind == "repeated":
            return self._first_receipt(append.command.id, main, *wished)
        return None

    def _first_receipt(self, command_id: UUID, main: UUID, *wished: UUID) -> Receipt | None:
        """What the command got when it was first recorded. Raises CommandReused where that was elsewhere."""
        recorded = self._decoded(self._recorder.command(command_id))
        if recorded:
            if not {main, *wished} & {event.stream_id for event in recorded}:
                raise CommandReused
            position, events = recorded[-1].position, tuple(event.event for event in recorded)
            in_main = [e for e in recorded if e.stream_id == main] or self.history(main)
            version = max((e.version for e in in_main if e.position <= position), default=0)
            return Receipt(position, version, events, repeated=True)
        if quiet := self._recorder.quiet_command(command_id):
            if quiet[0] != main:
                raise CommandReused
            return Receipt(quiet[1], quiet[2], (), repeated=True)
        return None

    @contextlib.contextmanager
    def _turn(self, streams: Sequence[UUID]) -> Iterator[None]:
        """Callers of this process take turns on a stream instead of losing races; always in one order."""
        with contextlib.ExitStack() as stack:
            for number in sorted({stream.int % TURNS for stream in streams}):
                stack.enter_context(self._turns[number])
            yield

    async def _in_thread(self, call: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._callers, functools.partial(call, *args, **kwargs))

    # -- reading

    def load(self, stream: Stream[State]) -> Loaded[State]:
        return self._load(stream, None)

    def _load(self, stream: Stream[State], known: Loaded[State] | None) -> Loaded[State]:
        loaded = known or self._remembered.of(stream)
        state, version, position = loaded.state, loaded.version, loaded.position
        for recorded in self.history(stream.id, version):
            if not version and not stream.aggregate.has(recorded.name):
                raise NothingOfThisKind(kind=stream.aggregate.category)
            state = stream.aggregate.evolve(state, recorded.event)
            version, position = recorded.version, recorded.position
        if version > loaded.version:
            loaded = Loaded(state, version, position)
            self._remembered.keep(stream, loaded)
        return loaded

    async def load_async(self, stream: Stream[State]) -> Loaded[State]:
        return await self._in_thread(self.load, stream)

    def load_all(self, streams: Sequence[Stream[Any]], as_of: int | None = None) -> dict[UUID, Loaded[Any]]:
        """Many streams' states, a thousand in a read; `as_of` a position, as they were there."""
        loaded = {stream.id: Loaded(stream.aggregate.initial, 0, 0) for stream in streams}
        for begin in range(0, len(streams), PAGE):
            some = {stream.id: stream.aggregate for stream in streams[begin : begin + PAGE]}
            rows = self._decoded(self._recorder.streams(list(some)))
            for raw, life in groupby(rows, attrgetter("raw_stream_id")):
                id_ = UUID(bytes=raw)
                loaded[id_] = folded(some[id_], life, as_of) or loaded[id_]
        return loaded

    def history(self, stream_id: UUID, after: int = 0) -> Iterator[RecordedEvent]:
        """A stream's events after a version in order, a page at a time."""
        while page := self._decoded(self._recorder.stream(stream_id, after, PAGE)):
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1].version

    def page(
        self, after: int, limit: int = PAGE, names: Collection[str] = (), *, sealed: bool = False
    ) -> list[RecordedEvent]:
        """At most `limit` events after a position, in the log's order; `sealed`: nobody will decode them."""
        rows = self._recorder.page(after, limit, names)
        return self._recorded(rows) if sealed else self._decoded(rows)

    def beginnings(self, stream_ids: Collection[UUID]) -> list[RecordedEvent]:
        """The first event of each stream, in any order; nobody will decode them."""
        return self._recorded(self._recorder.beginnings(stream_ids))

    def log(self, after: int = 0, limit: int = PAGE) -> Iterator[RecordedEvent]:
        """The whole log, a page at a time; the next page is on its way while one is looked at."""
        with ThreadPoolExecutor(1, thread_name_prefix="log-ahead") as ahead:
            coming = ahead.submit(self.page, after, limit)
            while page := coming.result():
                coming = ahead.submit(self.page, page[-1].position, limit)
                yield from page

    def head(self) -> int:
        """The last position; 0 where nothing has happened."""
        return self._recorder.head()

    def follow(
        self,
        after: int,
        stop: threading.Event,
        *,
        names: Collection[str] = (),
        poll: float = POLL,
        limit: int = PAGE,
    ) -> Iterator[list[RecordedEvent]]:
        """Pages of the log after a position, then of what is added, until `stop`; each event once, in order.

        Survives a lost connection: hints only shorten the wait of `poll` seconds. Close the iterator, or set
        `stop`, to end it.
        """
        grown = threading.Event()
        unsubscribe = self._listener.subscribe(lambda _: grown.set()) if self._listener else grown.clear
        try:
            while not stop.is_set():
                grown.clear()
                try:
                    page = self.page(after, limit, names)
                except StoreUnavailable:
                    stop.wait(poll)
                    continue
                if page:
                    yield page
                    after = page[-1].position
                if len(page) < limit:
                    grown.wait(poll)
        finally:
            unsubscribe()

    def on_growth(self, call: Callable[[], None]) -> Callable[[], None]:
        """`call()` after each hint that the log has grown, in another thread; gives what ends it."""
        return self._listener.subscribe(lambda _: call()) if self._listener else lambda: None

    def _decoded(self, rows: list[EventRow]) -> list[RecordedEvent]:
        if rows:
            self._mapper.keys.heed(rows[-1][12])
            self._mapper.prepare(rows)
        return self._recorded(rows)

    def _recorded(self, rows: list[EventRow]) -> list[RecordedEvent]:
        decode = self._mapper.decode
        make = tuple.__new__  # what the named tuple's own constructor does, without its call an event
        return [make(RecordedEvent, (*row, decode)) for row in rows]

    # -- personal data

    def forget(self, subject: UUID) -> None:
        """Destroy the subject's key for good: everything personal about them reads as ERASED from now on."""
        self._mapper.keys.destroy(subject)

    def pseudonym(self, *parts: str) -> UUID:
        """The same parts give the same id in this organisation, and say nothing about the person."""
        return self._ring.pseudonym(*parts)

    def close(self) -> None:
        self._callers.shutdown()
        if self._listener:
            self._listener.close()
        self._recorder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _told(call: Callable[..., Result], *arguments: Any, **named: Any) -> Result | Refusal:
    """What was refused is an answer like any other."""
    try:
        return call(*arguments, **named)
    except Refusal as refusal:
        return refusal
