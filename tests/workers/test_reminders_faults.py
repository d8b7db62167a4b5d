"""Everybody is told once, whoever dies, however many work at once, and whatever cannot be read."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.accountability_settings import AccountabilitySettings
from domain.command import Command
from domain.conversation import MessageSent
from domain.guards import StillChanging
from domain.ids import MentorshipId, conversation_id
from domain.mentorship import AgreementSigned, Concluded, MilestoneReached, Outcome
from domain.notification import Sent
from domain.program import AccountabilitySet
from domain.program_settings import AgreementSettings, PlanSettings
from domain.store import Database, RecordedEvent, Store, StoreUnavailable
from domain.survey import Asked
from projections.projection import connect
from tests.people import ADA, NOOR, ONBOARDING, SAM
from tests.projections.given import eventually, happened
from tests.projections.left_undone import US, day, programme
from tests.workers.at_work import RING
from tests.workers.away import Away
from tests.workers.mortal import Died, Mortal
from tests.workers.neglected import BEGIN, Neglected, at_it, parked
from tests.workers.racing import racing
from tests.workers.test_app import start
from tests.workers.test_membership_faults import overwrite
from tests.workers.test_projector import leaders, terminate
from workers import reminders, surveying, tasks

CALM: Any = {"agreement": AgreementSettings(), "plan": PlanSettings()}
THEM = MentorshipId(UUID(int=0x06))
OTHERS = [MentorshipId(UUID(int=0x100 + number)) for number in range(4)]


def everything_is_due(database: Database, store: Store) -> Neglected:
    """After a week's outage: agreements, meetings, check-ins, milestones, surveys, silence and an end."""
    we = Neglected(database, store)
    we.begins(*programme())
    for one in OTHERS:
        we.pair(one)
    we.pair(THEM, -20)
    we.on(71).works(reminders.NAME)
    we.pair(MentorshipId(UUID(int=0x07)), 60)
    return we.on(79)


def all_done(we: Neglected) -> None:
    """Each thing, person and rung, and each survey, once; the silent one has ended."""
    told = [told.event for told in we.log(Sent)]
    keys = {(one.about, one.occasion, one.detail, one.to, one.rung) for one in told if isinstance(one, Sent)}
    assert len(told) == len(keys) == EXPECTED
    asked = [one.event for one in we.log(Asked)]
    whom = [(one.mentorship, one.kind, one.to) for one in asked if isinstance(one, Asked)]
    assert len(set(whom)) == len(whom)
    assert len([one for one in whom if one[0] != THEM]) == ASKED
    assert we.became(THEM) == [Concluded(outcome=Outcome.LAPSED)]


EXPECTED = 6 * 8 + 3 + 6
"""Four occasions for both members of six, Ada, Noor and Sam warned; and the seventh's agreement, meeting and
check-in.
"""
ASKED = 2 * 5
"""The newest of five relationships; of the sixth it depends on whether it is asked before it has ended."""


def test_two_at_once_do_each_thing_once(organisation: Database) -> None:
    """Neither leads: both look at the same things at once, as after a lead that was lost unnoticed."""
    together = threading.Barrier(4)

    def walk(name: str, clock: Callable[[], datetime]) -> None:
        with Store.open(organisation, RING) as own, connect(organisation) as connection:
            alone = BEGIN[name](connection, own, clock)
            together.wait()
            while alone.advance():
                pass

    with Store.open(organisation, RING) as store:
        we = everything_is_due(organisation, store)
        we.shown()
        with ThreadPoolExecutor(4) as both:
            jobs = [both.submit(walk, name, we.clock) for name in (*BEGIN, *BEGIN)]
            assert [job.result() for job in jobs] == [None] * 4
        we.works()
        all_done(we)


class OnDuty(Mortal):
    """Dies of what the workers do, not of what is told them."""

    def counts(self, command: Command) -> bool:
        return command.actor in BEGIN


@pytest.mark.parametrize(("after", "lives"), [(False, (0, 2, 4)), (True, (0, 3))])
def test_killed_between_two_steps_and_begun_again(
    organisation: Database, *, after: bool, lives: tuple[int, ...]
) -> None:
    with OnDuty.open(organisation, RING) as mortal, Store.open(organisation, RING) as store:
        we = everything_is_due(organisation, store)
        mortal.after = after
        for commands in lives:
            mortal.left = commands
            with pytest.raises(Died):
                Neglected(organisation, mortal, we.clock).works()
        we.works()
        all_done(we)


def test_killed_workers_are_taken_over_from(organisation: Database) -> None:
    """By the clock of today, in two programs, of which the first is killed. New terms begin a round."""
    with Store.open(organisation, RING) as store:
        we = Neglected(organisation, store)
        since = (datetime.now(UTC) - timedelta(days=9) - day(0)) / timedelta(days=1)
        we.begins(*programme(), at=since)
    with Store.open(organisation, RING) as store, start(organisation) as first, start(organisation) as second:
        we = Neglected(organisation, store)
        eventually(lambda: len(we.log(Sent)) == 2)
        first.kill()
        we.pair(THEM, since)
        happened(store, ONBOARDING, AccountabilitySet(settings=AccountabilitySettings()))
        eventually(lambda: len(we.log(Sent)) == 4)
        second.terminate()
        second.wait()
        assert {told[3] for told in we.sent()} == {ADA.id, NOOR.id}


def test_the_whole_log_again_tells_nothing(organisation: Database, store: Store) -> None:
    we = everything_is_due(organisation, store)
    we.works()
    all_done(we)
    head = store.head()
    with connect(organisation) as connection:
        for name in BEGIN:
            connection.execute("UPDATE projections SET position = 0 WHERE name = %(name)s", {"name": name})
    we.works()
    assert store.head() == head


def test_it_comes_back_after_its_connection_was_cut(organisation: Database, store: Store) -> None:
    we = Neglected(organisation, store)
    we.begins(*programme(plan=PlanSettings()))
    we.shown()
    we.on(1)
    with at_it(organisation, store, we.clock):
        eventually(lambda: leaders(organisation, reminders.NAME))
        for leader in leaders(organisation, reminders.NAME):
            terminate(organisation, leader)
        we.on(8)
        eventually(lambda: len(we.log(Sent)) == 2)


def test_what_cannot_be_read_is_parked_and_everything_else_goes_on(
    organisation: Database, store: Store
) -> None:
    we = Neglected(organisation, store)
    we.begins(*programme(plan=PlanSettings()))
    we.pair(THEM)
    we.lives(1, AgreementSigned(by=ADA.id, version=1), stream=THEM)
    we.shown()
    sound = overwrite(organisation, THEM, b"{}")
    we.on(8).works()
    ((stream, reason),) = parked(organisation)
    assert stream == THEM
    assert "does not fit its shape" in reason
    assert {one[3] for one in we.sent()} == {ADA.id, NOOR.id}
    overwrite(organisation, THEM, sound)
    we.works()
    assert parked(organisation) == []
    assert [one[3] for one in we.sent()].count(NOOR.id) == 2


class Unread(Away):
    """Neither states nor histories can be had."""

    def history(self, stream: UUID, after: int = 0) -> Iterator[RecordedEvent]:
        if Away.reading:
            raise StoreUnavailable
        return super().history(stream, after)


@pytest.mark.parametrize("what", ["reading", "recording"])
def test_nothing_is_parked_because_the_database_was_away(
    organisation: Database, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    with Unread.open(organisation, RING) as store:
        we = Neglected(organisation, store)
        we.begins(*programme(plan=PlanSettings()))
        we.on(8)
        monkeypatch.setattr(Away, what, True)
        with pytest.raises(StoreUnavailable):
            we.works(reminders.NAME)
        monkeypatch.setattr(Away, what, False)
        assert parked(organisation) == []
        we.works(reminders.NAME)
        assert len(we.sent()) == 2


def test_who_signs_just_in_time_is_not_reminded(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = [(US, AgreementSigned(by=who.id, version=1)) for who in (ADA, NOOR)]
    with Store.open(organisation, RING) as store:
        we = Neglected(organisation, store)
        we.begins(*programme(plan=PlanSettings()))
        with racing(organisation, monkeypatch, *signed, actors=BEGIN, at=day(98)) as quick:
            Neglected(organisation, quick, we.on(8).clock).works()
        assert len(we.sent()) <= 1, "only who has not signed by then"


def test_whoever_is_heard_of_at_the_last_moment_goes_on(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        we = Neglected(organisation, store)
        we.begins(*programme(**CALM))
        we.on(91).works()
        we.shown()
        we.on(98)
        reached = MilestoneReached(milestone="plan", by=ADA.id)
        with (
            racing(organisation, monkeypatch, (US, reached), actors=BEGIN, at=day(98)) as quick,
            connect(organisation) as connection,
        ):
            # One after the other, ends first: the news comes just before the end is recorded.
            for task in reminders.Reminding(connection, quick).look(we.clock(), store.head()):
                task.do()
        assert we.became() == [reached]


def test_a_message_that_the_read_models_do_not_show_yet_is_heard_as_well(
    organisation: Database, store: Store
) -> None:
    we = Neglected(organisation, store)
    we.begins(*programme(**CALM))
    we.on(91).works()
    we.shown()
    we.on(98)
    said = MessageSent(mentorship=US, message=UUID(int=1), by=NOOR.id, text="Are you there?")
    with connect(organisation) as connection:
        looking = reminders.Reminding(connection, store)
        shown = store.head()
        ends = looking.look(we.clock(), shown)
        happened(store, conversation_id(US), said, at=day(98))
        for task in ends:
            task.do()
    assert we.became() == []


def test_what_changes_all_the_time_is_told_later(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        we = Neglected(organisation, store)
        we.begins(*programme(plan=PlanSettings()))
        monkeypatch.setattr(tasks, "ATTEMPTS", 1)
        reached = MilestoneReached(milestone="plan", by=SAM.id)
        with racing(organisation, monkeypatch, (US, reached), actors=BEGIN, at=day(98)) as quick:
            busy = Neglected(organisation, quick, we.on(8).clock)
            with pytest.raises(StillChanging):
                busy.works(reminders.NAME)
            assert parked(organisation) == []
            busy.works(reminders.NAME)
        assert len(we.sent()) == 2


def test_a_survey_is_asked_of_all_or_of_nobody(organisation: Database) -> None:
    with OnDuty.open(organisation, RING) as mortal, Store.open(organisation, RING) as store:
        we = Neglected(organisation, store)
        we.begins(*programme(**CALM))
        mortal.left = 0
        with pytest.raises(Died):
            Neglected(organisation, mortal, we.on(30).clock).works(surveying.NAME)
        assert we.asked() == []
        we.works(surveying.NAME)
        assert len(we.asked()) == 2
