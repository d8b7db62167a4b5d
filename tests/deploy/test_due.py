"""`chiron due`: what it shows of every timer, of whom it names nobody, and how it says that it cannot."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from deploy import wiring
from deploy.settings import load
from domain.accountability_settings import Degree
from domain.ids import MentorshipId, ProposalId
from domain.matching_settings import Mode
from domain.mentorship import Concluded, Outcome, Paused
from domain.notification import Sent
from domain.occasions import Occasion
from domain.program import Drafted
from domain.program_settings import Reminder
from domain.proposal import Made
from domain.store import Database, Store
from projections import catalogue, runner
from tests.deploy.conftest import Run
from tests.people import ADA, LEADERSHIP, NOOR, ONBOARDING
from tests.projections.given import happened
from tests.projections.left_undone import START, US, day, programme
from tests.workers.neglected import Neglected
from workers import reminders

PAUSED, OVER = MentorshipId(UUID(int=0x06)), MentorshipId(UUID(int=0x07))
ASKED = ProposalId(UUID(int=0xF2))
THEN = "2030-04-12T09:00Z"
"""A hundred and one days after the relationship began."""


@pytest.fixture
def chiron_due(run: Run) -> Run:
    return partial(run, "due")


@pytest.fixture
def store(chiron_due: Run) -> Iterator[Store]:
    """With the key ring of the command line."""
    with wiring.open_store(load()) as opened:
        yield opened


@pytest.fixture
def we(organisation: Database, store: Store) -> Neglected:
    """One left alone until it was warned of silence, one paused, one ended, and a wish."""
    we = Neglected(organisation, store)
    we.begins(*programme(Degree.STRICT, Reminder(about=Occasion.AGREEMENT, days=(1, 3))))
    for other in (PAUSED, OVER):
        we.pair(other)
    we.lives(1, Paused(until=date(2030, 2, 1)), stream=PAUSED)
    we.lives(60, Concluded(outcome=Outcome.ACHIEVED), stream=OVER)
    we.on(92).works()
    wish = Made(
        program=ONBOARDING,
        settings_version=1,
        relationship="pair",
        mentors=(ADA.id,),
        mentees=(NOOR.id,),
        mode=Mode.SELF_DIRECTED,
        rank=1,
        expires_at=START + timedelta(days=98),
        author=NOOR.id,
    )
    happened(store, ASKED, wish, at=day(95))
    runner.catch_up(organisation, store, catalogue.ALL)
    return we


def told(printed: str) -> set[tuple[str, str, int]]:
    found: list[dict[str, Any]] = json.loads(printed)
    return {(one["what"], f"{one['of']} {one['about']}", one["people"]) for one in found}


def test_it_shows_every_timer(chiron_due: Run, we: Neglected) -> None:
    """The wish has gone on by then, so that nobody is reminded of it any more."""
    code, printed, remark = chiron_due("Onboarding", "--at", THEN, "--json")
    assert (code, remark) == (0, "")
    found = told(printed)
    assert {
        ("tell administrators: agreement version-1", f"mentorship {US}", 1),
        ("tell administrators: meeting meeting-1", f"mentorship {US}", 1),
        ("conclude as lapsed", f"mentorship {US}", 2),
        ("pause ends", f"mentorship {PAUSED}", 2),
        ("wish goes on", f"proposal {ASKED}", 2),
    } <= found
    assert "remind: survey survey" in {what for what, _, _ in found}
    _, printed, _ = chiron_due("--at", "2030-04-08T12:00+02:00", "--json")
    assert ("remind: wish wish", f"proposal {ASKED}", 1) in told(printed)
    _, printed, _ = chiron_due("--at", "2030-06-30T12:00Z", "--json")
    assert {"ask survey: recurring", "survey lapses"} <= {what for what, _, _ in told(printed)}


def test_it_is_what_then_happens(chiron_due: Run, we: Neglected) -> None:
    """Of what is concluded at the same time nobody is told any more."""
    _, printed, _ = chiron_due("--at", THEN, "--json")
    expected = sum(people for what, _, people in told(printed) if what.startswith(("remind", "tell")))
    before = len(we.log(Sent))
    we.on(101).works(reminders.NAME)
    assert 0 < len(we.log(Sent)) - before <= expected
    assert we.became() == [Concluded(outcome=Outcome.LAPSED)]


def test_it_changes_nothing_names_nobody_and_counts_what_it_leaves_out(
    chiron_due: Run, we: Neglected
) -> None:
    head = we.store.head()
    _, printed, _ = chiron_due("--at", THEN)
    assert we.store.head() == head
    assert not [who for who in (ADA, NOOR) if who.name in printed or str(who.id) in printed]
    assert {"Onboarding", f"mentorship {US}"} <= {cell.strip() for cell in re.split("[│\n]", printed)}
    _, printed, _ = chiron_due("--at", THEN, "--limit", "1")
    lines = printed.splitlines()
    assert sum("mentorship " in line or "proposal " in line for line in lines) == 1
    assert "1 conclude as lapsed" in lines[-1]
    assert "due by 2030-04-12 09:00 UTC: " in lines[-1]


def test_of_another_programme_there_is_nothing(chiron_due: Run, organisation: Database, store: Store) -> None:
    we = Neglected(organisation, store)
    we.begins()
    happened(we.store, LEADERSHIP, Drafted(name="Leadership"))
    runner.catch_up(organisation, store, catalogue.ALL)
    code, printed, _ = chiron_due("Leadership", "--at", THEN)
    assert (code, printed) == (0, "0 due by 2030-04-12 09:00 UTC\n")
    we.pair(PAUSED)
    _, _, remark = chiron_due()
    assert "The read models are 1 events behind" in remark


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["Nowhere"], "PROGRAM_UNKNOWN", "There is no programme Nowhere"),
        (["--at", "tomorrow"], "MOMENT_UNUSABLE", "tomorrow is no moment"),
        (["--at", "2030-06-30T12:00"], "MOMENT_UNUSABLE", "with its time zone"),
        (["--at", "2030-06-30"], "MOMENT_UNUSABLE", "such as 2026-06-30T12:00Z"),
        (["--limit", "0"], "USAGE", "greater than or equal to 1"),
        (["--limit", "many"], "USAGE", "should be a valid integer"),
    ],
)
def test_what_cannot_be_is_a_coded_fault(
    chiron_due: Run, arguments: list[str], code: str, sentence: str
) -> None:
    exit_code, printed, remark = chiron_due(*arguments)
    assert (exit_code, printed) == (2, "")
    assert remark.startswith(f"{code}: ")
    assert sentence in remark
