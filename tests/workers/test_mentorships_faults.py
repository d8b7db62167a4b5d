"""Relationships are moved on once, whoever dies, however many do it, and whatever cannot be read."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from domain.enrollment import Applied, Approved
from domain.event import DomainEvent
from domain.guards import StillChanging
from domain.ids import MentorshipId
from domain.mentorship import (
    EndedEarly,
    EndReason,
    Extended,
    MemberLeft,
    Paused,
    Resumed,
)
from domain.program_settings import Side
from domain.store import Database, Store, StoreUnavailable
from projections.projection import connect
from tests.people import ADA, KIM, LIN, NOOR, OLA, ONBOARDING, SAM
from tests.projections.given import eventually
from tests.workers.accompanied import LEFT, Companion, accompanying, parked
from tests.workers.at_work import RING
from tests.workers.away import Away
from tests.workers.mortal import Died, Mortal
from tests.workers.racing import racing
from tests.workers.test_app import start
from tests.workers.test_membership_faults import overwrite
from tests.workers.test_projector import leaders, terminate
from tests.workers.wishing import Clock, everybody_is_in
from workers import tasks
from workers.mentorships import NAME, Mentorships

PAUSED = Paused(until=date(2030, 6, 1))
LONG_AGO = Paused(until=date(2020, 6, 1))
ENDED = EndedEarly(reason=EndReason.LEFT_PROGRAM)


def everything_moves(database: Database, store: Store, paused: Paused = PAUSED) -> Companion:
    """Two pauses are due; Noor goes from a pair and a circle."""
    everybody_is_in(store)
    people = Companion(database, store, Clock(datetime(2030, 6, 1, tzinfo=UTC)))
    for mentor in (KIM, LIN):
        people.pair(mentor, OLA, since=(paused,))
    people.pair(ADA, NOOR)
    people.circle()
    people.goes(NOOR)
    return people


def all_became(people: Companion) -> list[list[DomainEvent]]:
    ids = [told.stream_id for told in people.store.log() if told.name == "mentorship.began"]
    return [people.events(MentorshipId(id_)) for id_ in ids]


def moved(paused: Paused = PAUSED) -> list[list[DomainEvent]]:
    return [[paused, Resumed()], [paused, Resumed()], [ENDED], [MemberLeft(participant=NOOR.id)]]


def test_two_at_once_do_each_thing_once(organisation: Database) -> None:
    """Neither leads: both walk the same log at the same time, as after a lead that was lost unnoticed."""
    together = threading.Barrier(2)

    def walk(clock: Clock) -> None:
        with Store.open(organisation, RING) as own, connect(organisation) as connection:
            alone = Mentorships(connection, own, clock)
            together.wait()
            while alone.advance():
                pass

    with Store.open(organisation, RING) as store:
        people = everything_moves(organisation, store)
        people.shown()
        with ThreadPoolExecutor(2) as both:
            assert list(both.map(walk, [people.clock] * 2)) == [None, None]
        assert all_became(people) == moved()


def test_the_workers_of_two_programs_do_each_thing_once(organisation: Database) -> None:
    """By the clock of today; the first program is killed, the second takes over."""
    with Store.open(organisation, RING) as store, start(organisation) as first, start(organisation) as second:
        people = everything_moves(organisation, store, LONG_AGO)
        eventually(lambda: all_became(people) == moved(LONG_AGO))
        first.kill()
        people.goes(SAM, LEFT)
        last = EndedEarly(reason=EndReason.LEFT_ORGANISATION)
        eventually(lambda: all_became(people)[-1][1:] == [last])
        second.terminate()
        second.wait()
        assert people.holding() == {KIM.id, LIN.id, OLA.id}


@pytest.mark.parametrize(("after", "lives"), [(False, (0, 1, 0, 2)), (True, (0, 0))])
def test_killed_between_two_steps_and_begun_again(
    organisation: Database, *, after: bool, lives: tuple[int, ...]
) -> None:
    with Mortal.open(organisation, RING) as mortal, Store.open(organisation, RING) as store:
        people = everything_moves(organisation, store)
        mortal.after = after
        for commands in lives:
            mortal.left = commands
            with pytest.raises(Died):
                Companion(organisation, mortal, people.clock).move_on()
        people.move_on()
        assert all_became(people) == moved()
        assert people.holding() == {KIM.id, LIN.id, ADA.id, SAM.id, OLA.id}


def test_the_whole_log_again_moves_nothing(organisation: Database, store: Store) -> None:
    people = everything_moves(organisation, store)
    people.move_on()
    head = store.head()
    with connect(organisation) as connection:
        connection.execute("UPDATE projections SET position = 0 WHERE name = %(name)s", {"name": NAME})
    people.move_on()
    assert store.head() == head


def test_it_comes_back_after_its_connection_was_cut(organisation: Database, store: Store) -> None:
    everybody_is_in(store)
    people = Companion(organisation, store, Clock())
    id_ = people.pair()
    with accompanying(organisation, store, people.clock):
        eventually(lambda: leaders(organisation, NAME))
        for leader in leaders(organisation, NAME):
            terminate(organisation, leader)
        people.goes(NOOR)
        people.shown()
        eventually(lambda: people.events(id_) == [ENDED])


def test_what_cannot_be_read_is_parked_and_everything_else_moves_on(
    organisation: Database, store: Store
) -> None:
    people = everything_moves(organisation, store)
    people.shown()
    broken = next(told.stream_id for told in store.log() if told.event == PAUSED)
    sound = overwrite(organisation, broken, b"{}")
    people.move_on()
    ((stream, reason),) = parked(organisation)
    assert stream == broken
    assert "does not fit its shape" in reason
    people.move_on()
    assert [one for one, _ in parked(organisation)] == [broken]
    overwrite(organisation, broken, sound)
    people.move_on()
    assert (all_became(people), parked(organisation)) == (moved(), [])


@pytest.mark.parametrize("what", ["reading", "recording"])
def test_nothing_is_parked_because_the_database_was_away(
    organisation: Database, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    with Away.open(organisation, RING) as store:
        people = everything_moves(organisation, store)
        monkeypatch.setattr(Away, what, True)
        with pytest.raises(StoreUnavailable):
            people.move_on()
        monkeypatch.setattr(Away, what, False)
        assert parked(organisation) == []
        people.move_on()
        assert all_became(people) == moved()


BACK = (Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTEE), Approved())


def test_who_is_back_just_in_time_stays(organisation: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Companion(organisation, store, Clock())
        id_ = people.pair()
        people.goes(NOOR)
        with racing(organisation, monkeypatch, (NOOR.in_program(ONBOARDING), *BACK), actors=[NAME]) as quick:
            Companion(organisation, quick, people.clock).move_on()
        assert people.became(id_) == []


def test_who_else_leaves_just_before_is_counted(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Companion(organisation, store, Clock())
        id_ = people.circle()
        people.goes(NOOR)
        left = MemberLeft(participant=SAM.id)
        with racing(organisation, monkeypatch, (id_, left), actors=[NAME]) as quick:
            Companion(organisation, quick, people.clock).move_on()
        assert people.events(id_) == [left, ENDED]


def test_what_changes_all_the_time_is_ended_later(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Companion(organisation, store, Clock())
        id_ = people.circle()
        people.goes(NOOR)
        monkeypatch.setattr(tasks, "ATTEMPTS", 1)
        with racing(organisation, monkeypatch, (id_, MemberLeft(participant=OLA.id)), actors=[NAME]) as quick:
            changed = Companion(organisation, quick, people.clock)
            with pytest.raises(StillChanging):
                changed.move_on()
            assert parked(organisation) == []
            changed.move_on()
        assert people.events(id_)[-1] == ENDED


def test_what_else_happens_in_it_is_no_hindrance(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a lively group nobody waits until all are silent."""
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Companion(organisation, store, Clock())
        id_ = people.circle()
        people.goes(NOOR, LEFT)
        monkeypatch.setattr(tasks, "ATTEMPTS", 1)
        extended = Extended(until=date(2031, 1, 31))
        with racing(organisation, monkeypatch, (id_, extended), actors=[NAME]) as quick:
            Companion(organisation, quick, people.clock).move_on()
        assert people.events(id_) == [extended, MemberLeft(participant=NOOR.id)]
