"""Rules are held once, whoever dies, however many hold them, and whatever cannot be decided about."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.command import Command
from domain.enrollment import ENROLLMENT, Applied, Approved, Withdrawn
from domain.event import DomainEvent
from domain.guards import StillChanging
from domain.ids import enrollment_id
from domain.participant import Left
from domain.profile import LeavingReason
from domain.program import AudienceLimited
from domain.program_settings import Side
from domain.store import Database, Store, StoreUnavailable
from projections import parking, programs, projection, runner
from projections.projection import connect
from tests.people import ADA, KIM, LIN, NOOR, ONBOARDING, SAM, Person
from tests.projections.given import eventually, happened
from tests.workers.at_work import RING
from tests.workers.away import Away
from tests.workers.enrolled import (
    became,
    hold,
    holding,
    joined,
    part_of,
    person,
    programme,
    removed,
    synced,
)
from tests.workers.mortal import Died, Mortal
from tests.workers.racing import racing
from tests.workers.test_app import positions, start
from tests.workers.test_projector import leaders, terminate
from workers import membership
from workers.membership import NAME, Membership

LEFT = Left(reason=LeavingReason.LEFT_ORGANISATION)
CAST: tuple[Person, ...] = (NOOR, LIN, ADA, SAM, KIM)


def all_are_in(store: Store) -> None:
    programme(store)
    for who in CAST:
        person(store, who)
        joined(store, who.id)


def parked(database: Database) -> list[tuple[Any, str]]:
    (found,) = (status for status in projection.status(database) if status.name == NAME)
    return [(one.stream_id, one.reason) for one in found.parked]


def damage(database: Database, who: Person) -> bytes:
    """The last event of a person no longer decodes; gives what it was."""
    return overwrite(database, who.id, b'{"changed": ["department"], "source": 7}')


def overwrite(database: Database, stream: UUID, state: bytes) -> bytes:
    with psycopg.connect(database.url, autocommit=True) as admin:
        admin.execute("SELECT set_config('search_path', %(schema)s, false)", {"schema": database.schema})
        admin.execute("SET session_replication_role = replica")
        last = {"stream": stream, "state": state}
        found = admin.execute(
            "SELECT state, version FROM events WHERE stream_id = %(stream)s ORDER BY version DESC LIMIT 1",
            last,
        ).fetchone()
        assert found is not None
        admin.execute(
            "UPDATE events SET state = %(state)s WHERE stream_id = %(stream)s AND version = %(version)s",
            {**last, "version": found[1]},
        )
        was: bytes = found[0]
        return was


def test_two_at_once_do_each_thing_once(organisation: Database) -> None:
    """Neither leads: both walk the same log at the same time, as after a lead that was lost unnoticed."""
    together = threading.Barrier(2)

    def walk(_: int) -> None:
        with Store.open(organisation, RING) as own, connect(organisation) as connection:
            alone = Membership(connection, own)
            together.wait()
            while alone.advance():
                pass

    with Store.open(organisation, RING) as store:
        all_are_in(store)
        for who in CAST:
            happened(store, who.id, synced("Finance"))
        runner.catch_up(organisation, store, [programs.PROJECTION])
        with ThreadPoolExecutor(2) as both:
            assert list(both.map(walk, range(2))) == [None, None]
        assert [became(store, who.id) for who in CAST] == [[removed(who.id)] for who in CAST]


def test_the_workers_of_two_programs_do_each_thing_once(organisation: Database) -> None:
    with Store.open(organisation, RING) as store, start(organisation) as first, start(organisation) as second:
        all_are_in(store)
        for who in CAST[:3]:
            happened(store, who.id, synced("Finance"))
        eventually(lambda: all(became(store, who.id) for who in CAST[:3]))
        first.kill()
        for who in CAST[3:]:
            happened(store, who.id, LEFT)
        eventually(lambda: all(became(store, who.id) for who in CAST))
        eventually(lambda: positions(organisation) == {store.head()})
        second.terminate()
        assert [became(store, who.id) for who in CAST[:3]] == [[removed(who.id)] for who in CAST[:3]]
        assert [became(store, who.id) for who in CAST[3:]] == [[Withdrawn()], [Withdrawn()]]


@pytest.mark.parametrize(("after", "lives"), [(False, (0, 1, 2)), (True, (0, 1, 0))])
def test_killed_between_two_steps_and_begun_again(
    organisation: Database, monkeypatch: pytest.MonkeyPatch, *, after: bool, lives: tuple[int, ...]
) -> None:
    with Mortal.open(organisation, RING) as mortal, Store.open(organisation, RING) as store:
        all_are_in(store)
        for who in CAST:
            happened(store, who.id, synced("Finance"))
        mortal.after = after
        monkeypatch.setattr(membership, "BATCH", 2)
        for commands in lives:
            mortal.left = commands
            with pytest.raises(Died):
                hold(organisation, mortal)
        hold(organisation, store)
        assert [became(store, who.id) for who in CAST] == [[removed(who.id)] for who in CAST]


def test_a_second_walk_does_not_undo_what_was_decided_in_between(
    organisation: Database, store: Store
) -> None:
    """Removed, then back and in again, before the position was stored: the cause is not used up twice."""
    all_are_in(store)
    hold(organisation, store)
    happened(store, NOOR.id, synced("Finance"))
    runner.catch_up(organisation, store, [programs.PROJECTION])
    with connect(organisation) as connection:
        cut_short = Membership(connection, store)
        assert cut_short.advance()
    assert became(store, NOOR.id) == [removed(NOOR.id)]
    happened(store, NOOR.id, synced("Sales"))
    joined(store, NOOR.id)
    hold(organisation, store)
    assert len(became(store, NOOR.id)) == 3
    happened(store, NOOR.id, synced("Finance"))
    hold(organisation, store)
    assert became(store, NOOR.id)[3:] == [removed(NOOR.id)]


def test_it_comes_back_after_its_connection_was_cut(organisation: Database, store: Store) -> None:
    all_are_in(store)
    with holding(organisation, store):
        for who in CAST:
            eventually(lambda: leaders(organisation, NAME))
            for leader in leaders(organisation, NAME):
                terminate(organisation, leader)
            happened(store, who.id, LEFT)
            runner.catch_up(organisation, store, [programs.PROJECTION])
            eventually(partial(became, store, who.id))
    assert [became(store, who.id) for who in CAST] == [[Withdrawn()] for _ in CAST]


def test_whoever_cannot_be_read_is_parked_and_everybody_else_is_held(
    organisation: Database, store: Store
) -> None:
    all_are_in(store)
    hold(organisation, store)
    for who in CAST:
        happened(store, who.id, synced("Finance"))
    sound = damage(organisation, NOOR)
    hold(organisation, store)
    assert [became(store, who.id) for who in CAST] == [[], *([removed(who.id)] for who in CAST[1:])]
    ((stream, reason),) = parked(organisation)
    assert stream == NOOR.in_program(ONBOARDING)
    assert "does not fit its shape" in reason
    hold(organisation, store)
    assert len(parked(organisation)) == 1
    overwrite(organisation, NOOR.id, sound)
    hold(organisation, store)
    assert (became(store, NOOR.id), parked(organisation)) == ([removed(NOOR.id)], [])


def test_who_is_parked_in_the_roster_is_found_all_the_same(organisation: Database, store: Store) -> None:
    programme(store)
    person(store, NOOR)
    runner.catch_up(organisation, store, [programs.PROJECTION])
    stream, unreadable = NOOR.in_program(ONBOARDING), ADA.in_program(ONBOARDING)
    happened(store, unreadable, Applied(program=ONBOARDING, participant=ADA.id, role=Side.MENTEE))
    overwrite(organisation, unreadable, b"{}")
    with connect(organisation) as connection:
        for unseen in (stream, unreadable, ONBOARDING, enrollment_id(ONBOARDING, LIN.id)):
            parking.park(connection, programs.PROJECTION.name, unseen, store.head(), "for the test")
    joined(store, NOOR.id)
    happened(store, NOOR.id, LEFT)
    hold(organisation, store)
    assert became(store, NOOR.id) == [Withdrawn()]


@pytest.mark.parametrize("what", ["reading", "recording"])
def test_nobody_is_parked_because_the_database_was_away(
    organisation: Database, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    with Away.open(organisation, RING) as store:
        all_are_in(store)
        happened(store, NOOR.id, synced("Finance"))
        monkeypatch.setattr(Away, what, True)
        with pytest.raises(StoreUnavailable):
            hold(organisation, store)
        monkeypatch.setattr(Away, what, False)
        assert parked(organisation) == []
        hold(organisation, store)
        assert became(store, NOOR.id) == [removed(NOOR.id)]


@pytest.mark.parametrize(
    "news", [(NOOR.id, synced("Sales")), (ONBOARDING, AudienceLimited(role=Side.MENTEE, rule=None))]
)
def test_who_is_back_inside_just_in_time_stays(
    organisation: Database, monkeypatch: pytest.MonkeyPatch, news: tuple[UUID, DomainEvent]
) -> None:
    with Store.open(organisation, RING) as store:
        all_are_in(store)
        happened(store, NOOR.id, synced("Finance"))
        with racing(organisation, monkeypatch, news, actors=[NAME]) as quick:
            hold(organisation, quick)
        assert became(store, NOOR.id) == []


def test_who_is_changed_all_the_time_is_neither_lost_nor_parked(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        all_are_in(store)
        happened(store, NOOR.id, synced("Finance"))
        monkeypatch.setattr(membership, "ATTEMPTS", 1)
        with racing(organisation, monkeypatch, (NOOR.id, synced("Legal")), actors=[NAME]) as quick:
            with pytest.raises(StillChanging):
                hold(organisation, quick)
            assert parked(organisation) == []
            hold(organisation, quick)
        assert became(store, NOOR.id) == [removed(NOOR.id)]


def test_whose_key_is_gone_without_a_word_is_parked(organisation: Database, store: Store) -> None:
    all_are_in(store)
    store.forget(NOOR.id)
    happened(store, ONBOARDING, AudienceLimited(role=Side.MENTEE, rule='department == "Legal"'))
    hold(organisation, store)
    assert [stream for stream, _ in parked(organisation)] == [NOOR.in_program(ONBOARDING)]
    assert [len(became(store, who.id)) for who in CAST] == [0, 1, 1, 1, 1]
    happened(store, NOOR.id, LEFT)
    hold(organisation, store)
    assert (became(store, NOOR.id), parked(organisation)) == ([Withdrawn()], [])


def test_however_often_it_is_done_it_is_one_command(organisation: Database, store: Store) -> None:
    all_are_in(store)
    happened(store, NOOR.id, synced("Finance"))
    hold(organisation, store)
    (told,) = part_of(store, NOOR.id)
    applied = Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTEE)
    happened(store, NOOR.in_program(ONBOARDING), applied, Approved())
    same = Command(told.command_id, NAME, cause="rule")
    again = store.act(same, ENROLLMENT.stream(told.stream_id), lambda _: [Withdrawn()])
    assert (again.repeated, again.events) == (True, (told.event,))
