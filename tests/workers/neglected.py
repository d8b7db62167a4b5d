"""Relationships that nobody looks after, a clock that is moved, and whoever reminds of what is undone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Final
from uuid import UUID

from domain.event import DomainEvent
from domain.ids import MentorshipId
from domain.mentorship import MENTORSHIP, Mentorship
from domain.notification import Sent
from domain.occasions import Occasion
from domain.store import Database, RecordedEvent, Store
from domain.survey import Asked
from projections import projection
from projections.projection import connect
from tests.people import Person
from tests.projections.left_undone import START, US, Undone
from tests.workers.wishing import Clock
from workers import reminders, surveying
from workers.leader import Leader
from workers.rounds import Rounds

BEGIN: Final = {reminders.NAME: reminders.rounds, surveying.NAME: surveying.rounds}


@dataclass(frozen=True)
class Neglected(Undone):
    """Told by days since the relationship began."""

    clock: Clock = field(default_factory=lambda: Clock(START))

    def on(self, number: float) -> "Neglected":
        self.clock.now = START + timedelta(days=number)
        return self

    def works(self, *names: str) -> None:
        """Both until nothing is left to be done."""
        for name in names or BEGIN:
            with connect(self.database) as connection:
                self.walk(BEGIN[name](connection, self.store, self.clock))

    def walk(self, worker: Rounds) -> None:
        while True:
            self.shown()
            if not worker.advance() and worker.position == self.store.head():
                return

    def until(self, number: float, *names: str, every: float = 1) -> None:
        """Day after day from where the clock stands, by workers that go on."""
        with ExitStack() as open_:
            connections = {name: open_.enter_context(connect(self.database)) for name in names or BEGIN}
            workers = [BEGIN[name](one, self.store, self.clock) for name, one in connections.items()]
            while self.clock.now < START + timedelta(days=number):
                self.clock.now += timedelta(days=every)
                for worker in workers:
                    self.walk(worker)

    def held(self, id_: MentorshipId = US) -> Mentorship:
        return self.store.load(MENTORSHIP.stream(id_)).state

    def became(self, id_: MentorshipId = US) -> list[DomainEvent]:
        """Since it began."""
        return [told.event for told in self.store.history(id_)][1:]

    def log(self, kind: type[DomainEvent]) -> list[RecordedEvent]:
        return [told for told in self.store.log() if told.name == kind.event_name]

    def sent(self, *occasions: Occasion) -> list[tuple[float, str, str | None, UUID, int]]:
        """On which day what was told to whom, on which rung."""
        return sorted(
            (self.number(told.recorded_at), one.occasion, one.detail, one.to, one.rung)
            for told in self.log(Sent)
            if isinstance(one := told.event, Sent) and (not occasions or one.occasion in occasions)
        )

    def days(self, occasion: Occasion, to: Person) -> list[tuple[float, int]]:
        """When they were told of it, on which rung."""
        return [(at, number) for at, _, _, who, number in self.sent(occasion) if who == to.id]

    def asked(self) -> list[tuple[float, str, UUID]]:
        """On which day which survey was asked of whom."""
        return sorted(
            (self.number(told.recorded_at), one.kind, one.to)
            for told in self.log(Asked)
            if isinstance(one := told.event, Asked)
        )

    def number(self, at: datetime) -> float:
        return round((at - START) / timedelta(days=1), 3)


def parked(database: Database, name: str = reminders.NAME) -> list[tuple[UUID, str]]:
    (found,) = (status for status in projection.status(database) if status.name == name)
    return [(one.stream_id, one.reason) for one in found.parked]


@contextmanager
def at_it(database: Database, store: Store, clock: Callable[[], datetime]) -> Iterator[None]:
    """Meanwhile, both in threads; somebody else keeps the read models."""
    stop = Event()
    leaders = [
        Leader(database, store, name, lambda connection, _, begin=begin: begin(connection, store, clock))
        for name, begin in BEGIN.items()
    ]
    threads = [Thread(target=one.run, args=(stop,)) for one in leaders]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
