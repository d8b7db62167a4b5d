"""What encrypting a personal field costs an append: the same event in the clear, and encrypted."""

from collections.abc import Callable, Iterator
from contextlib import closing
from random import Random
from uuid import UUID, uuid4

import uuid_utils.compat

from domain.command import Command
from domain.event import DomainEvent
from domain.store.records import Append
from tests.benchmarks import callers
from tests.benchmarks.append_ours import Ours
from tests.benchmarks.append_peers import numbered
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Load, Row, Work
from tests.benchmarks.notes import TEXT, Noted, NotedInConfidence

GROUP = "encryption"
PEER = "the same append without it"
PEOPLE = 200
CALLERS = 32
WORK = Work(GROUP, "personal-field encryption, 32 callers", "events/s", Goal(">=", 0.9))


def measure(bench: Bench) -> Iterator[Row]:
    with closing(Ours(bench.server, "encryption")) as ours:
        people = [uuid4() for _ in range(PEOPLE)]
        ours.store._mapper.keys.make(people)
        sealed, plain = _appending(ours, NotedInConfidence, people), _appending(ours, Noted, people)
        done = [0, 0]
        loads = bench.interleaved(
            WORK.name,
            {
                "encrypted": lambda: _round(sealed, bench, done, 0),
                PEER: lambda: _round(plain, bench, done, 1),
            },
        )
        checked = f"{ours.check(sum(done))}; {_check_secrecy(ours, *done)}"
    yield WORK.against(
        PEER, [load.rate for load in loads["encrypted"]], [load.rate for load in loads[PEER]], checked
    )


def _appending(
    ours: Ours, kind: type[Noted | NotedInConfidence], people: list[UUID]
) -> Callable[[], callers.Operation]:
    """An event encoded and recorded, as the store does it once a decision is taken."""
    drawn = Random(1)

    def append(stream: UUID, version: int) -> None:
        event: DomainEvent = kind(person=drawn.choice(people))
        encoded = ours.store._mapper.encode(event, stream, version)
        ours.recorder.append(
            Append(Command(uuid_utils.compat.uuid7(), "benchmark"), {stream: version - 1}, [encoded])
        )

    return lambda: numbered(append)


def _round(appending: Callable[[], callers.Operation], bench: Bench, done: list[int], side: int) -> Load:
    load = callers.call([appending() for _ in range(CALLERS)], bench.seconds)
    done[side] += load.count
    return load


def _check_secrecy(ours: Ours, encrypted: int, plain: int) -> str:
    """Every encrypted text reads as written, and none of them stands in the stored bytes."""
    counts: dict[type[DomainEvent], int] = {Noted: 0, NotedInConfidence: 0}
    for recorded in ours.store.log():
        kind = type(recorded.event)
        visible = TEXT.encode() in recorded.state
        if recorded.event.text != TEXT or visible is not (kind is Noted):  # type: ignore[attr-defined]  # every event here is a note
            raise Incomplete(f"the note at position {recorded.position} is not as it should be stored")
        counts[kind] += 1
    if counts != {Noted: plain, NotedInConfidence: encrypted}:
        raise Incomplete(
            f"{counts} are not the {plain} plain and {encrypted} encrypted notes that were recorded"
        )
    return f"{encrypted:,} texts decrypt as written and stand nowhere in the stored bytes"
