"""A round looks once, does what it has found by pages, and looks again where too much has happened."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.ids import MentorshipId
from domain.mentorship import MilestoneReached
from domain.program_settings import AgreementSettings, PlanSettings
from domain.store import Database, Store
from projections import due
from projections.projection import connect
from tests.people import ADA, NOOR
from tests.projections.left_undone import programme
from tests.workers.neglected import Neglected
from workers import reminders
from workers.rounds import Rounds
from workers.tasks import Task

THINGS = [UUID(int=number) for number in range(1, 6)]
OTHERS = [MentorshipId(UUID(int=0x100 + number)) for number in range(4)]


@pytest.fixture
def we(organisation: Database, store: Store, monkeypatch: pytest.MonkeyPatch) -> Neglected:
    monkeypatch.setattr("workers.rounds.PAGE", 2)
    return Neglected(organisation, store)


class Five:
    """Things that are due until they are done."""

    def __init__(self) -> None:
        self.done: list[UUID] = []
        self.looked: list[datetime] = []

    def look(self, now: datetime, shown: int) -> Sequence[Task]:
        self.looked.append(now)
        left = [one for one in THINGS if one not in self.done]
        return [Task(one, shown, self._doing(one)) for one in left]

    def _doing(self, one: UUID) -> Callable[[], None]:
        return lambda: self.done.append(one)


def turns(worker: Rounds, we: Neglected) -> None:
    """More than the five things need."""
    for _ in range(20):
        we.shown()
        worker.advance()


def test_it_looks_once_for_all_that_it_finds(we: Neglected) -> None:
    we.begins()
    five = Five()
    with connect(we.database) as connection:
        worker = Rounds("counting", due.READ, connection, we.store, look=five.look, now=we.clock)
        turns(worker, we)
        assert (five.done, five.looked) == (THINGS, [we.clock.now])
        began, we.clock.now = we.clock.now, we.clock.now + timedelta(seconds=61)
        turns(worker, we)
    assert five.looked == [began, we.clock.now]


def test_it_looks_again_where_too_much_has_happened_since(we: Neglected) -> None:
    we.begins()
    five, asked = Five(), []

    def stale(shown: int) -> bool:
        asked.append(shown)
        return len(asked) == 1

    with connect(we.database) as connection:
        worker = Rounds("counting", due.READ, connection, we.store, look=five.look, stale=stale, now=we.clock)
        turns(worker, we)
    assert (five.done, len(five.looked)) == (THINGS, 2)


def test_everybody_is_reminded_over_many_pages_while_much_happens(
    we: Neglected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.related.LATELY", 1)
    we.begins(*programme(agreement=AgreementSettings(), plan=PlanSettings()))
    for one in OTHERS:
        we.pair(one)
    we.on(11)
    with connect(we.database) as connection:
        worker = reminders.rounds(connection, we.store, we.clock)
        while not we.sent():
            we.shown()
            worker.advance()
        assert len(we.sent()) < 2 * (1 + len(OTHERS))
        we.lives(10.5, MilestoneReached(milestone="plan", by=ADA.id))
        we.walk(worker)
    assert len(we.sent()) == 2 * (1 + len(OTHERS))
    assert {one[3] for one in we.sent()} == {ADA.id, NOOR.id}
