"""Relationships that are over are settled now and then, and only where something has happened."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.ids import MentorshipId
from domain.measuring import Dated
from domain.mentorship import Concluded, Outcome
from domain.store import Database, Store
from projections.projection import connect
from tests.measured_by_hand import EXAMPLES, MENTORSHIP, day, elsewhere
from tests.projections.given import rows
from tests.projections.test_accountability import kept_up, program_begins, recorded
from workers import settling
from workers.settling import EVERY, Settling

LIFE = [
    *EXAMPLES["three of four meetings"].events,
    Dated(day(70), MENTORSHIP, Concluded(outcome=Outcome.ACHIEVED)),
]


def test_it_settles_all_there_are_and_then_rests(
    organisation: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "AT_ONCE", 2)
    program_begins(store)
    for number in range(3):
        recorded(store, elsewhere(LIFE, MentorshipId(UUID(int=0x9100 + number))))
    kept_up(organisation, store)
    now = day(100)
    with connect(organisation) as connection:
        worker = Settling(connection, now=lambda: now)
        assert [worker.advance() for _ in range(3)] == [True, True, False]
        assert worker.position == store.head()
        recorded(store, LIFE)
        kept_up(organisation, store)
        assert not worker.advance()
        now += EVERY - timedelta(seconds=1)
        assert not worker.advance()
        now += timedelta(seconds=1)
        assert [worker.advance() for _ in range(2)] == [True, False]
    assert len(rows(organisation, "measure_settled", ("mentorship_id",))) == 4
