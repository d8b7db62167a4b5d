"""A run is computed once, on the pool as it was; what is locked or barred is solved again around it."""

import threading
from dataclasses import replace
from uuid import UUID

import pytest

from domain import match_run
from domain.enrollment import Withdrawn
from domain.ids import MatchRunId
from domain.match_outcome import Reason
from domain.match_run import MATCH_RUN, Cancelled, Computed, Failed, Requested, Status
from domain.matching_settings import HardRule, Objective
from domain.pairing.grid import Cancelled as LetGo
from domain.pairing.terms import ENGINE
from domain.participant import CompetencyOffered, PersonAvoided
from domain.program_settings import Side
from domain.store import Database, Store
from projections.match_progress import Progress
from projections.projection import connect
from projections.run_inputs import computed_again, load_inputs
from tests.people import ADA, KIM, LIN, NOOR, OLA
from tests.projections.given import eventually, happened, rows
from tests.workers.locks import held_up, waiting_for
from tests.workers.matched import Desk, everybody_is_in
from workers.engine import Engine, Watch
from workers.matching import NAME, Matching

BEST = {(NOOR.id, ADA.id), (OLA.id, ADA.id), (LIN.id, KIM.id)}


@pytest.fixture
def desk(organisation: Database, store: Store) -> Desk:
    everybody_is_in(store)
    return Desk(organisation, store)


def test_a_run_finds_what_fits_best(desk: Desk) -> None:
    run = desk.request()
    asked = desk.recorded(run)[0]
    desk.work()
    assert desk.pairs(run) == BEST
    told = desk.recorded(run)[-1]
    assert (told.cause, told.actor, told.correlation_id) == ("rule", NAME, asked.correlation_id)
    computed = desk.computed(run)
    assert (computed.engine, computed.revision, computed.totals.placed) == (ENGINE, 0, 3)
    assert (desk.status(run), computed.totals.bound) == (Status.DRAFT, computed.totals.total)


def test_it_is_computed_once_however_often_it_is_looked_at(desk: Desk) -> None:
    run = desk.request()
    desk.work()
    with connect(desk.database) as connection:
        connection.execute("UPDATE projections SET position = 0 WHERE name = %(name)s", {"name": NAME})
    head = desk.store.head()
    desk.work()
    assert (desk.store.head(), len(desk.became(run))) == (head, 2)
    assert rows(desk.database, "match_progress") == []


def test_the_same_run_computed_again_is_the_same_to_the_last_byte(desk: Desk) -> None:
    run = desk.request(seed=7)
    desk.work()
    happened(desk.store, KIM.id, CompetencyOffered(competency="Python", level=5))
    happened(desk.store, NOOR.id, CompetencyOffered(competency="Speaking", level=5))
    desk.catch_up()
    with desk.database.connect() as connection:
        inputs = load_inputs(desk.store, connection, run, desk.store.load(MATCH_RUN.stream(run)))
    computed = desk.computed(run)
    assert (inputs.digest, computed_again(inputs).digest) == (computed.inputs_digest, computed.digest)


def test_the_order_in_which_people_are_read_changes_nothing(desk: Desk) -> None:
    run = desk.request(seed=7)
    desk.work()
    with desk.database.connect() as connection:
        inputs = load_inputs(desk.store, connection, run, desk.store.load(MATCH_RUN.stream(run)))
    pool = replace(inputs.pool, mentees=inputs.pool.mentees[::-1], mentors=inputs.pool.mentors[::-1])
    shuffled = replace(inputs, pool=pool, pool_read=pool.digest)
    computed = desk.computed(run)
    assert (shuffled.digest, computed_again(shuffled).digest) == (computed.inputs_digest, computed.digest)


def test_a_scenario_is_computed_on_the_pool_of_another_run(desk: Desk) -> None:
    run = desk.request(seed=7)
    happened(desk.store, NOOR.in_program(desk.program.program), Withdrawn())
    scenario, anew = desk.request(reference=run), desk.request()
    desk.work()
    first, second, third = (desk.requested(one) for one in (run, scenario, anew))
    assert (second.pool_digest, second.pool_position, second.seed) == (
        first.pool_digest,
        first.pool_position,
        7,
    )
    assert third.pool_digest != first.pool_digest
    assert desk.pairs(run) == desk.pairs(scenario) == BEST
    assert desk.pairs(anew) == BEST - {(NOOR.id, ADA.id)}


def test_who_has_another_than_in_the_reference_has_moved(desk: Desk) -> None:
    run = desk.request()
    desk.work()
    same, other = desk.request(reference=run), desk.request(reference=run)
    desk.forbid(other, NOOR, ADA)
    desk.work()
    assert (desk.computed(same).totals.moved, desk.computed(other).totals.moved) == (0, 1)
    assert desk.computed(same).inputs_digest != desk.computed(run).inputs_digest


def test_a_lock_is_solved_again_by_the_engine_that_is_kept(desk: Desk) -> None:
    run = desk.request()
    with connect(desk.database) as connection:
        matching = Matching(connection, desk.store, desk.database, threading.Event())
        desk.work_off(matching)
        kept = matching._engines[run]
        desk.lock(run, NOOR, KIM)
        desk.work_off(matching)
        assert matching._engines[run] is kept
    assert (NOOR.id, KIM.id) in desk.pairs(run)
    assert desk.computed(run).revision == 1
    assert [pair.locked for pair in desk.computed(run).pairs if pair.mentees == (NOOR.id,)] == [True]
    desk.act(run, match_run.release_pair, mentee=NOOR.id, mentor=KIM.id)
    desk.work()
    assert desk.pairs(run) == BEST


def test_only_the_engines_of_the_last_runs_are_kept(desk: Desk) -> None:
    runs = [desk.request() for _ in range(3)]
    with connect(desk.database) as connection:
        matching = Matching(connection, desk.store, desk.database, threading.Event())
        desk.work_off(matching)
        assert list(matching._engines) == runs[1:]


def test_an_engine_that_knew_somebody_who_is_erased_is_not_kept(desk: Desk) -> None:
    run, other = desk.request(), desk.request()
    with connect(desk.database) as connection:
        matching = Matching(connection, desk.store, desk.database, threading.Event())
        desk.work_off(matching)
        before = matching._engines[run]
        desk.store.forget(LIN.id)
        desk.lock(run, NOOR, KIM)
        desk.work_off(matching)
    assert list(matching._engines) == [run]
    assert matching._engines[run] is not before
    assert desk.status(other) is Status.DRAFT


def test_a_run_that_has_ended_shows_no_progress_of_who_was_killed(desk: Desk) -> None:
    run = desk.request()
    desk.catch_up()
    with connect(desk.database) as connection:
        Progress(connection, desk.database).reached(run, "scores", 1, 9)
    desk.act(run, match_run.cancel)
    desk.work()
    assert rows(desk.database, "match_progress") == []


def test_of_several_revisions_only_the_last_is_computed(desk: Desk) -> None:
    run = desk.request()
    desk.forbid(run, NOOR, ADA)
    desk.forbid(run, NOOR, KIM)
    desk.work()
    assert [event.revision for event in desk.became(run) if isinstance(event, Computed)] == [2]
    [alone] = [one for one in desk.computed(run).unmatched if one.side is Side.MENTEE]
    assert (alone.participant, alone.reason) == (NOOR.id, Reason.BARRED_BY_RULES)


def test_rules_that_nobody_fulfils_are_named(organisation: Database, store: Store) -> None:
    everybody_is_in(store, hard_rules=(HardRule.SHARED_LANGUAGE,))
    desk = Desk(organisation, store)
    run = desk.request()
    desk.work()
    computed = desk.computed(run)
    assert (computed.pairs, computed.totals.placed) == ((), 0)
    assert {(one.reason, one.rules) for one in computed.unmatched} == {
        (Reason.BARRED_BY_RULES, ("shared_language",))
    }


@pytest.mark.parametrize(
    ("settings", "groups"),
    [({"relationship": "group"}, {1, 2}), ({"objective": Objective.STABLE}, {3})],
)
def test_every_kind_and_objective_has_its_way(
    desk: Desk, settings: dict[str, object], groups: set[int]
) -> None:
    run = desk.request(**settings)
    desk.work()
    computed = desk.computed(run)
    assert len(computed.pairs) in groups
    assert computed.totals.placed == 3


def test_a_lock_that_cannot_stand_fails_the_run_until_it_is_released(desk: Desk) -> None:
    run = desk.request()
    desk.lock(run, NOOR, ADA)
    desk.lock(run, NOOR, KIM)
    desk.work()
    failed = desk.became(run)[-1]
    assert isinstance(failed, Failed)
    assert failed.revision == 2
    assert desk.status(run) is Status.FAILED
    assert "0000" not in failed.reason
    desk.act(run, match_run.release_pair, mentee=NOOR.id, mentor=KIM.id)
    desk.work()
    assert desk.status(run) is Status.DRAFT


def test_nobody_is_told_that_a_locked_pair_avoid_each_other(desk: Desk) -> None:
    happened(desk.store, NOOR.id, PersonAvoided(person=ADA.id))
    run = desk.request()
    desk.lock(run, NOOR, ADA)
    desk.work()
    failed = desk.became(run)[-1]
    assert isinstance(failed, Failed)
    assert (failed.code, failed.reason) == (
        "LOCKED_PAIR_IS_BARRED",
        "A locked pair breaks a hard rule: capacity. Change the rule, or unlock the pair.",
    )


def test_what_the_engine_cannot_compute_fails_for_good(desk: Desk) -> None:
    asked = desk.requested(desk.request())
    beyond = MatchRunId(UUID(int=0xB3))
    happened(desk.store, beyond, asked.model_copy(update={"pool_position": 10**9}))
    desk.work()
    failed = desk.became(beyond)[-1]
    assert isinstance(failed, Failed)
    assert failed.code == "ENGINE_FAILED"
    assert failed.reason.startswith("The engine could not compute this run: LookupError in ")


def test_whatever_is_over_before_it_is_computed_is_let_be(desk: Desk) -> None:
    run = desk.request()
    desk.act(run, match_run.cancel)
    desk.work()
    assert [type(event) for event in desk.became(run)] == [Requested, Cancelled]


def test_a_run_that_is_cancelled_on_the_way_is_let_go(desk: Desk) -> None:
    run = desk.request()
    desk.catch_up()
    with desk.working():
        with held_up(desk.database, "match_progress"):
            eventually(lambda: waiting_for(desk.database, "match_progress"))
            desk.act(run, match_run.cancel)
        eventually(lambda: reached(desk) >= desk.recorded(run)[0].position)
    assert [type(event) for event in desk.became(run)] == [Requested, Cancelled]
    assert rows(desk.database, "match_progress") == []


def test_a_worker_that_is_stopped_leaves_the_run_to_the_next(desk: Desk) -> None:
    run = desk.request()
    desk.catch_up()
    stopped = threading.Event()
    with connect(desk.database) as connection:
        matching = Matching(connection, desk.store, desk.database, stopped)
        stopped.set()
        assert not matching.advance()
    assert (desk.status(run), reached(desk)) == (Status.COMPUTING, 0)
    desk.work()
    assert desk.status(run) is Status.DRAFT


def test_two_workers_compute_a_run_once(desk: Desk) -> None:
    runs = [desk.request(seed=number) for number in range(3)]
    workers = [threading.Thread(target=desk.work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [len(desk.became(run)) for run in runs] == [2, 2, 2]


def test_progress_is_told_and_the_stop_is_heeded(desk: Desk) -> None:
    run = desk.request()
    loaded = desk.store.load(MATCH_RUN.stream(run))
    with connect(desk.database) as connection:
        inputs = load_inputs(desk.store, connection, run, loaded)
        now = iter([0.0, 0.05, 0.2, 0.3])
        progress = Progress(connection, desk.database)
        watch = Watch(run, desk.store, progress, threading.Event(), clock=lambda: next(now))
        watch.version = inputs.version
        for done, shown in ((1, 1), (2, 1), (3, 3)):
            watch("scores", done, 9)
            assert rows(desk.database, "match_progress", ["stage", "done"]) == [
                {"stage": "scores", "done": shown}
            ]
        happened(desk.store, run, Cancelled())
        with pytest.raises(LetGo):
            watch("prices", 1, 9)
        with pytest.raises(LetGo):
            Engine(inputs, Watch(run, desk.store, progress, threading.Event())).solve(inputs)


def reached(desk: Desk) -> int:
    with desk.database.connect() as connection:
        row = connection.execute("SELECT position FROM projections WHERE name = %(name)s", {"name": NAME})
        found = row.fetchone()
    return int(found[0]) if found else 0
