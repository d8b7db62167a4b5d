"""Lost connections, unreadable streams and lost races: what can come about does, the rest says why not."""

import threading
from uuid import UUID

import pytest

from domain.guards import StillChanging
from domain.ids import MatchRunId, proposal_id
from domain.match_run import Failed, Published, Status
from domain.participant import AvailabilitySet
from domain.proposal import PROPOSAL
from domain.store import Conflict, Database, Store
from projections.projection import connect
from tests.people import ADA, NOOR
from tests.projections.given import eventually, happened, rows
from tests.workers.locks import cut_off, held_up, locked_away, waiting_for
from tests.workers.matched import Desk, everybody_is_in
from tests.workers.test_membership_faults import damage, overwrite
from tests.workers.test_publishing import number_of, reached
from workers import causes, publishing
from workers.matching import Matching
from workers.publishing import Publishing


@pytest.fixture
def desk(organisation: Database, store: Store) -> Desk:
    everybody_is_in(store)
    return Desk(organisation, store)


def test_a_run_goes_on_when_its_connection_was_lost(desk: Desk) -> None:
    run = desk.request()
    desk.catch_up()
    with desk.working():
        with held_up(desk.database, "match_progress"):
            eventually(lambda: waiting_for(desk.database, "match_progress"))
            cut_off(desk.database, "match_progress")
        eventually(lambda: desk.status(run) is Status.DRAFT)
    assert len(desk.became(run)) == 2


def test_proposals_go_on_when_the_connection_was_lost(desk: Desk) -> None:
    happened(desk.store, ADA.id, AvailabilitySet(hours_a_month=40))
    run = desk.request()
    desk.work()
    desk.publish(run)
    desk.catch_up()
    with desk.working(Publishing):
        with locked_away(desk.database, "programs"):
            eventually(lambda: waiting_for(desk.database, "programs"))
            cut_off(desk.database, "programs")
        eventually(lambda: reached(desk) >= desk.recorded(run)[-1].position)
    desk.catch_up()
    assert [row["state"] for row in rows(desk.database, "proposals", ["state"])] == ["waiting"] * 3


def test_somebody_who_cannot_be_read_fails_the_run(desk: Desk) -> None:
    run = desk.request()
    damage(desk.database, NOOR)
    desk.work()
    failed = desk.became(run)[-1]
    assert isinstance(failed, Failed)
    assert failed.code == "ENGINE_FAILED"
    assert failed.reason.startswith("The engine could not compute this run: ")


def test_where_the_pool_cannot_be_read_nobody_is_proposed(desk: Desk) -> None:
    run = desk.request()
    desk.work()
    desk.publish(run)
    damage(desk.database, NOOR)
    desk.work(Publishing)
    codes = [row["code"] for row in rows(desk.database, "match_not_proposed")]
    assert codes == ["PAIR_UNREADABLE"] * 3


def test_whoever_cannot_be_read_any_more_is_left_out_alone(desk: Desk) -> None:
    run = desk.request()
    desk.work()
    happened(desk.store, NOOR.id, AvailabilitySet(hours_a_month=3))
    overwrite(desk.database, NOOR.id, b'{"hours_a_month": "many"}')
    desk.publish(run)
    desk.work(Publishing)
    [row] = rows(desk.database, "match_not_proposed")
    assert (row["number"], row["code"]) == (number_of(desk, run, NOOR), "PAIR_UNREADABLE")


def test_a_run_that_cannot_be_read_holds_up_no_other(desk: Desk) -> None:
    broken, run = desk.request(), desk.request()
    overwrite(desk.database, broken, b'{"program": 7}')
    desk.work()
    assert desk.status(run) is Status.DRAFT
    desk.publish(run)
    overwrite(desk.database, run, b'{"no": "field"}')
    desk.work(Publishing)
    assert rows(desk.database, "match_not_proposed") == []


def test_what_was_never_computed_has_nothing_to_propose(desk: Desk) -> None:
    run = desk.request()
    happened(desk.store, run, Published())
    happened(desk.store, MatchRunId(UUID(int=0xAB)), Published())
    head = desk.store.head()
    desk.work(Publishing)
    assert desk.store.head() == head


def test_a_race_that_is_always_lost_is_tried_again_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.request()
    desk.catch_up()
    with monkeypatch.context() as patched, connect(desk.database) as connection:
        patched.setattr("domain.store.store.ATTEMPTS", 0)
        with pytest.raises(Conflict):
            Matching(connection, desk.store, desk.database, threading.Event()).advance()
    desk.work()
    desk.publish(run)
    desk.catch_up()
    with monkeypatch.context() as patched, connect(desk.database) as connection:
        patched.setattr(publishing, "ATTEMPTS", 0)
        with pytest.raises(StillChanging):
            Publishing(connection, desk.store, desk.database, threading.Event()).advance()
    desk.work(Publishing)
    made = PROPOSAL.stream(proposal_id(run, number_of(desk, run, NOOR)))
    assert desk.store.load(made).state.made


def test_more_runs_than_a_page_holds_are_all_computed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causes, "PAGE", 1)
    runs = [desk.request() for _ in range(3)]
    desk.work()
    assert {desk.status(run) for run in runs} == {Status.DRAFT}
