"""What is announced reaches everybody whom it is for, once, whatever happens to who tells it."""

import signal
from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest

from domain.aggregate import Stream
from domain.command import Command, Receipt
from domain.enrollment import Approved, Paused, Withdrawn
from domain.ids import ParticipantId, enrollment_id
from domain.notification import Sent
from domain.occasions import Occasion
from domain.program_settings import Side
from domain.store import Database, Decision, EventUnreadable, Store
from projections import parking
from projections.projection import connect, parked_streams
from tests.people import ADA, KIM, LIN, NOOR, ONBOARDING
from tests.projections.given import eventually, happened
from tests.workers.announced import IN_IT, NEWS, Board, notice
from tests.workers.at_work import RING
from tests.workers.test_app import start
from workers import announcing

LATER: Final = UUID(int=0xC2)


@pytest.fixture
def board(organisation: Database) -> Iterator[Board]:
    with Store.open(organisation, RING) as store:
        board = Board(organisation, store)
        board.people_are_in()
        yield board


def test_everybody_who_is_in_is_told_once(board: Board) -> None:
    board.announce()
    board.move_on()
    assert board.told() == {who.id for who in IN_IT}
    (told,) = board.became(NOOR.id)
    assert told.event == Sent(
        to=NOOR.id, occasion=Occasion.ANNOUNCEMENT, about=NEWS, program=ONBOARDING, settings_version=1
    )
    assert (told.actor, told.cause) == ("announcing", "rule")
    head = board.store.head()
    board.move_on()
    assert board.store.head() == head


def test_one_side_alone_is_told_of_what_is_for_it(board: Board) -> None:
    board.announce(side=Side.MENTOR)
    board.announce(LATER, side=Side.MENTEE)
    board.move_on()
    assert board.told() == {ADA.id}
    assert board.told(LATER) == {NOOR.id, LIN.id}


def test_who_came_later_or_has_gone_is_not_told(board: Board) -> None:
    happened(board.store, enrollment_id(ONBOARDING, LIN.id), Withdrawn())
    happened(board.store, enrollment_id(ONBOARDING, ADA.id), Paused(until=date(2999, 1, 1)))
    board.announce()
    happened(board.store, enrollment_id(ONBOARDING, KIM.id), Approved())
    happened(board.store, enrollment_id(ONBOARDING, NOOR.id), Withdrawn())
    board.move_on()
    assert board.told() == {ADA.id}


def test_it_goes_out_in_batches(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.tasks.BATCH", 2)
    board.announce()
    board.announce(LATER)
    board.move_on()
    assert board.told() == board.told(LATER) == {who.id for who in IN_IT}


class Blind(Store):
    """Reads no notification of Noor's."""

    def act(self, command: Command, stream: Stream[Any], decision: Decision, **more: Any) -> Receipt:
        if stream.id == notice(NOOR.id):
            raise EventUnreadable("it is of a newer version")
        return super().act(command, stream, decision, **more)


def test_who_cannot_be_told_is_told_when_the_next_process_begins(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.announce()
    with monkeypatch.context() as patched:
        patched.setattr(board.store, "__class__", Blind)
        board.move_on()
        board.move_on()
    with connect(board.database) as connection:
        assert [one.stream_id for one in parked_streams(connection, announcing.NAME)] == [notice(NOOR.id)]
    board.move_on()
    with connect(board.database) as connection:
        assert parking.parked(connection, announcing.NAME) == frozenset()
    assert NOOR.id in board.told()


def test_workers_killed_on_the_way_tell_everybody_once(board: Board) -> None:
    crowd = [ParticipantId(UUID(int=0xD000 + number)) for number in range(100)]
    for who in crowd:
        board.applied(who, Side.MENTEE)
        happened(board.store, enrollment_id(ONBOARDING, who), Approved())
    board.announce(side=Side.MENTEE)
    with start(board.database) as workers:
        eventually(lambda: told_of(board.database) > 0)
        workers.kill()
        assert workers.wait() == -signal.SIGKILL
    everybody = {*crowd, NOOR.id, LIN.id}
    with start(board.database) as first, start(board.database) as second:
        eventually(lambda: told_of(board.database) >= len(everybody))
        first.terminate()
        second.terminate()
    assert told_of(board.database) == len(everybody)
    assert all(len(board.became(who)) == 1 for who in everybody)


def told_of(database: Database) -> int:
    with database.connect() as connection:
        found = connection.execute("SELECT count(*) FROM events WHERE name = 'notification.sent'").fetchone()
    return int(found[0]) if found else 0
