"""`chiron match`: what it prints, what it records, and how it says that it cannot."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from typing import Any

import pytest

from deploy import wiring
from deploy.settings import load
from domain import match_run
from domain.matching_settings import HardRule, MatchingSettings, Mode
from domain.participant import RecordSynced
from domain.program import Drafted, MatchingConfigured
from domain.store import Database, Store
from tests.deploy.conftest import Run
from tests.people import ADA, KIM, LEADERSHIP, LIN, NOOR, OLA, ONBOARDING
from tests.projections.given import eventually, happened, rows
from tests.workers.locks import held_up, waiting_for
from tests.workers.matched import Desk, everybody_is_in


@pytest.fixture
def chiron_match(run: Run) -> Run:
    return partial(run, "match")


@pytest.fixture
def store(chiron_match: Run) -> Iterator[Store]:
    """With the key ring of the command line."""
    with wiring.open_store(load()) as opened:
        yield opened


@pytest.fixture
def desk(organisation: Database, store: Store) -> Desk:
    everybody_is_in(store)
    return Desk(organisation, store)


@contextmanager
def working_elsewhere() -> Iterator[None]:
    stop = Event()
    workers = Thread(target=wiring.work, args=(load(), stop))
    workers.start()
    try:
        yield
    finally:
        stop.set()
        workers.join()


def told(printed: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.mark.usefixtures("desk")
def test_it_computes_where_nobody_works_and_prints_who_is_with_whom(chiron_match: Run) -> None:
    code, printed, _ = chiron_match("Onboarding", "--label", "Spring")
    assert code == 0
    assert "Spring" in printed
    lines = [line for line in printed.splitlines() if NOOR.name in line]
    assert len(lines) == 1
    assert ADA.name in lines[0]
    assert str(ADA.id) in lines[0]
    assert "3 of 3 mentees placed with 2 mentors (4 places)" in printed
    assert "at most 0.0000% below the best there is" in printed


def test_it_waits_for_workers_elsewhere(chiron_match: Run, desk: Desk) -> None:
    with working_elsewhere():
        code, printed, _ = chiron_match(str(ONBOARDING), "--json")
    assert code == 0
    found = told(printed)
    assert {(pair["mentees"][0]["id"], pair["mentors"][0]["id"]) for pair in found["pairs"]} == {
        (str(NOOR.id), str(ADA.id)),
        (str(OLA.id), str(ADA.id)),
        (str(LIN.id), str(KIM.id)),
    }
    assert (found["state"], found["unmatched"], found["totals"]["gap"]) == ("draft", [], 0.0)
    [row] = rows(desk.database, "match_runs")
    assert found["digest"] == row["digest"]


def test_it_publishes_all_pairs_and_says_who_could_not_be_proposed(chiron_match: Run, desk: Desk) -> None:
    code, printed, _ = chiron_match("Onboarding", "--publish", "--json")
    assert code == 0
    found = told(printed)
    assert (found["state"], [pair["not_proposed"] for pair in found["pairs"]]) == ("published", [None] * 3)
    desk.catch_up()
    assert [row["state"] for row in rows(desk.database, "proposals")] == ["waiting"] * 3


def test_names_and_labels_are_shown_as_they_are(chiron_match: Run, desk: Desk) -> None:
    happened(desk.store, NOOR.id, RecordSynced(changed=("name",), name="Noor [/b] Okafor", source="hr"))
    desk.catch_up()
    code, printed, _ = chiron_match("Onboarding", "--label", "[red]Spring[/b]")
    assert code == 0
    assert all(told in printed for told in ("[red]Spring[/b]", "Noor [/b] Okafor"))


def test_where_nobody_can_be_paired_it_says_why_and_publishes_nothing(
    chiron_match: Run, organisation: Database, store: Store
) -> None:
    everybody_is_in(store, hard_rules=(HardRule.SHARED_LANGUAGE,))
    Desk(organisation, store).catch_up()
    code, printed, remark = chiron_match("Onboarding", "--publish")
    assert (code, "NOTHING_TO_PUBLISH: " in remark) == (2, True)
    assert "barred by rules" in printed
    assert "shared_language" in printed
    assert "0 of 3 mentees placed with 2 mentors" in printed
    assert "None" not in printed
    [row] = rows(organisation, "match_runs", ["state"])
    assert row["state"] == "draft"


def test_it_computes_with_other_weights_and_another_objective(chiron_match: Run, desk: Desk) -> None:
    more = ["--weights", "languages=4000, location=6000", "--objective", "score_first"]
    code, printed, _ = chiron_match("Onboarding", *more)
    assert code == 0
    assert "below minimum" in printed
    [row] = rows(desk.database, "match_runs", ["settings"])
    assert row["settings"]["objective"] == "score_first"
    assert {one["criterion"]: one["parts"] for one in row["settings"]["weights"]} == {
        "languages": 4_000,
        "location": 6_000,
    }


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["Nowhere"], "PROGRAM_UNKNOWN", "There is no programme Nowhere"),
        (["Onboarding", "--weights", "languages=1"], "MATCHING_UNUSABLE", "the weights add up to 1 instead"),
        (["Onboarding", "--weights", "charm=10000"], "MATCHING_UNUSABLE", "Input should be 'competencies'"),
        (["Onboarding", "--weights", ""], "MATCHING_UNUSABLE", "Input should be"),
        (["Onboarding", "--objective", "luck"], "USAGE", "'luck' is not one of"),
        (["Onboarding", "--label", ""], "LABEL_UNUSABLE", "String should have at least 1 character"),
    ],
)
def test_what_cannot_be_is_a_coded_fault(
    chiron_match: Run, arguments: list[str], code: str, sentence: str
) -> None:
    exit_code, printed, remark = chiron_match(*arguments)
    assert (exit_code, printed) == (2, "")
    assert remark.startswith(f"{code}: ")
    assert sentence in remark


def test_a_name_that_two_programmes_have_is_not_enough(chiron_match: Run, desk: Desk) -> None:
    happened(desk.store, LEADERSHIP, Drafted(name="Onboarding"))
    desk.catch_up()
    _, _, remark = chiron_match("Onboarding")
    assert remark.startswith("PROGRAM_AMBIGUOUS: ")


def test_a_programme_that_is_not_matched_by_administrators_says_so(chiron_match: Run, desk: Desk) -> None:
    settings = MatchingSettings(modes=(Mode.SELF_DIRECTED,))
    happened(desk.store, ONBOARDING, MatchingConfigured(settings=settings))
    desk.catch_up()
    code, _, remark = chiron_match("Onboarding")
    assert (code, remark.partition(":")[0]) == (2, "MODE_IS_NOT_OFFERED")


def test_a_run_that_somebody_cancels_meanwhile_is_no_answer(chiron_match: Run, desk: Desk) -> None:
    done: list[tuple[int, str, str]] = []
    with held_up(desk.database, "match_progress"):
        thread = Thread(target=lambda: done.append(chiron_match("Onboarding")))
        thread.start()
        eventually(lambda: waiting_for(desk.database, "match_progress"))
        [row] = rows(desk.database, "match_runs", ["run_id"])
        desk.act(row["run_id"], match_run.cancel)
    thread.join()
    [(code, _, remark)] = done
    assert (code, "RUN_IS_OVER: Somebody else has decided: the run is cancelled." in remark) == (2, True)


def test_a_blind_run_shows_labels_for_people(chiron_match: Run, organisation: Database, store: Store) -> None:
    everybody_is_in(store, blind=True)
    Desk(organisation, store).catch_up()
    code, printed, _ = chiron_match("Onboarding")
    assert code == 0
    assert not any(word in printed for who in (ADA, NOOR) for word in (who.name, str(who.id)))
