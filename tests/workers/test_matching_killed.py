"""Workers killed in the middle of a run, or of its proposals: the next lose nothing and do nothing twice."""

import signal
from collections.abc import Iterator

import pytest

from domain.ids import proposal_id
from domain.match_run import Computed, Requested, Status
from domain.proposal import PROPOSAL
from domain.store import Database, Store
from tests.projections.given import eventually
from tests.workers.at_work import RING
from tests.workers.locks import held_up, waiting_for
from tests.workers.matched import Desk, everybody_is_in
from tests.workers.test_app import start


@pytest.fixture
def desk(organisation: Database) -> Iterator[Desk]:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        yield Desk(organisation, store)


def killed_while_it_tells_progress(desk: Desk) -> None:
    with held_up(desk.database, "match_progress"), start(desk.database) as workers:
        eventually(lambda: waiting_for(desk.database, "match_progress"))
        workers.kill()
        assert workers.wait() == -signal.SIGKILL


def test_a_run_survives_whoever_computes_it(desk: Desk) -> None:
    run = desk.request()
    killed_while_it_tells_progress(desk)
    assert desk.status(run) is Status.COMPUTING
    with start(desk.database) as workers:
        eventually(lambda: desk.status(run) is Status.DRAFT)
        workers.terminate()
    assert [type(event) for event in desk.became(run)] == [Requested, Computed]


def test_proposals_survive_whoever_makes_them(desk: Desk) -> None:
    run = desk.request()
    desk.work()
    desk.publish(run)
    killed_while_it_tells_progress(desk)
    streams = [PROPOSAL.stream(proposal_id(run, pair.number)) for pair in desk.computed(run).pairs]
    before = [list(desk.store.history(stream.id)) for stream in streams]
    assert [len(history) for history in before] == [1, 1, 1]
    with start(desk.database) as workers:
        eventually(lambda: reached(desk) >= desk.recorded(run)[-1].position)
        workers.terminate()
    assert [list(desk.store.history(stream.id)) for stream in streams] == before


def reached(desk: Desk) -> int:
    with desk.database.connect() as connection:
        row = connection.execute("SELECT position FROM projections WHERE name = 'publishing'").fetchone()
    return int(row[0]) if row else 0
