"""Proposals are moved on once, whoever dies, however many do it, and whatever cannot be read."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from domain import proposal
from domain.enrollment import Withdrawn
from domain.participant import Left
from domain.profile import LeavingReason
from domain.proposal import Status
from domain.store import Database, Store, StoreUnavailable
from projections import parking
from projections.projection import connect
from tests.people import ADA, KIM, NOOR, OLA, ONBOARDING, SAM, Person
from tests.projections.given import eventually, happened
from tests.workers.at_work import RING
from tests.workers.away import Away
from tests.workers.mortal import Died, Mortal
from tests.workers.test_app import start
from tests.workers.test_membership_faults import overwrite
from tests.workers.test_projector import leaders, terminate
from tests.workers.wishing import MENTEES, Clock, Matchmaker, everybody_is_in, moving_on, parked
from workers.proposals import NAME, Proposals

LONG_AGO = datetime(2020, 5, 2, 9, tzinfo=UTC)
ASKED_IN_VAIN = [(ADA.id, 1, "expired"), (KIM.id, 2, "waiting")]


def all_wish(database: Database, store: Store, clock: Clock | None = None) -> Matchmaker:
    """Ada first, then Kim."""
    everybody_is_in(store)
    people = Matchmaker(database, store, clock or Clock())
    for who in MENTEES:
        people.rank(who, ADA, KIM)
        people.ask(who, ADA)
    return people


def break_beginning(database: Database, stream: UUID) -> None:
    """The first event no longer decodes."""
    with psycopg.connect(database.url, autocommit=True) as admin:
        admin.execute("SELECT set_config('search_path', %(schema)s, false)", {"schema": database.schema})
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE events SET state = '{}' WHERE stream_id = %(stream)s AND version = 1", {"stream": stream}
        )


def test_two_at_once_do_each_thing_once(organisation: Database) -> None:
    """Neither leads: both walk the same log at the same time, as after a lead that was lost unnoticed."""
    together = threading.Barrier(2)

    def walk(clock: Clock) -> None:
        with Store.open(organisation, RING) as own, connect(organisation) as connection:
            alone = Proposals(connection, own, clock)
            together.wait()
            while alone.advance():
                pass

    with Store.open(organisation, RING) as store:
        people = all_wish(organisation, store)
        people.clock.move(days=3)
        for _ in range(2):
            people.shown()
            both_clocks = (people.clock, Clock(people.clock() + timedelta(seconds=1)))
            with ThreadPoolExecutor(2) as both:
                assert list(both.map(walk, both_clocks)) == [None, None]
        assert [people.wishes(who) for who in MENTEES] == [ASKED_IN_VAIN] * 3
        assert [len(people.part(who).requests) for who in MENTEES] == [1, 1, 1]


def test_the_workers_of_two_programs_do_each_thing_once(organisation: Database) -> None:
    """Time, and then Kim, who leaves: their part ends by the rules of membership, and what waits for it."""
    with Store.open(organisation, RING) as store, start(organisation) as first, start(organisation) as second:
        people = all_wish(organisation, store, Clock(LONG_AGO))
        eventually(lambda: all(len(list(asked(people, who))) == 2 for who in MENTEES))
        first.kill()
        happened(store, KIM.id, Left(reason=LeavingReason.LEFT_ORGANISATION))
        eventually(lambda: not any(people.part(who).requests for who in MENTEES))
        second.terminate()
        second.wait()
        expected = [(ADA.id, 1, "expired"), (KIM.id, 2, "withdrawn")]
        assert [people.wishes(who) for who in MENTEES] == [expected] * 3


def asked(people: Matchmaker, who: Person) -> list[UUID]:
    """The requests they have opened, as the log tells."""
    history = people.store.history(who.in_program(ONBOARDING))
    return [told.event.proposal for told in history if told.name == "enrollment.request_opened"]  # type: ignore[attr-defined]  # by its name


@pytest.mark.parametrize(("after", "lives"), [(False, (0, 1, 2, 0, 1)), (True, (0, 1))])
def test_killed_between_two_steps_and_begun_again(
    organisation: Database, *, after: bool, lives: tuple[int, ...]
) -> None:
    with Mortal.open(organisation, RING) as mortal, Store.open(organisation, RING) as store:
        people = all_wish(organisation, store)
        people.clock.move(days=3)
        mortal.after = after
        for commands in lives:
            mortal.left = commands
            with pytest.raises(Died):
                Matchmaker(organisation, mortal, people.clock).move_on()
        people.move_on()
        assert [people.wishes(who) for who in MENTEES] == [ASKED_IN_VAIN] * 3


def test_the_whole_log_again_moves_nothing(organisation: Database, store: Store) -> None:
    people = all_wish(organisation, store)
    people.clock.move(days=3)
    people.move_on()
    happened(store, KIM.in_program(ONBOARDING), Withdrawn())
    people.move_on()
    head = store.head()
    with connect(organisation) as connection:
        connection.execute("UPDATE projections SET position = 0 WHERE name = %(name)s", {"name": NAME})
    people.move_on()
    assert store.head() == head


def test_it_comes_back_after_its_connection_was_cut(organisation: Database, store: Store) -> None:
    people = all_wish(organisation, store)
    with moving_on(organisation, store, people.clock):
        eventually(lambda: leaders(organisation, NAME))
        for leader in leaders(organisation, NAME):
            terminate(organisation, leader)
        people.clock.move(days=3)

        def done() -> bool:
            people.shown()
            return all(len(asked(people, who)) == 2 for who in MENTEES)

        eventually(done)
    assert [people.wishes(who) for who in MENTEES] == [ASKED_IN_VAIN] * 3


def test_what_cannot_be_read_is_parked_and_everything_else_moves_on(
    organisation: Database, store: Store
) -> None:
    people = all_wish(organisation, store)
    people.shown()
    broken = people.latest(NOOR)
    sound = overwrite(organisation, broken, b"{}")
    people.clock.move(days=3)
    people.move_on()
    assert [people.wishes(who) for who in (SAM, OLA)] == [ASKED_IN_VAIN] * 2
    ((stream, reason),) = parked(organisation)
    assert stream == broken
    assert "does not fit its shape" in reason
    people.move_on()
    assert [one for one, _ in parked(organisation)] == [broken]
    overwrite(organisation, broken, sound)
    people.move_on()
    assert people.wishes(NOOR) == ASKED_IN_VAIN
    assert parked(organisation) == []


def test_whose_enrollment_has_no_beginning_stays_parked(organisation: Database, store: Store) -> None:
    people = all_wish(organisation, store)
    people.shown()
    people.decline(people.latest(NOOR), ADA)
    people.shown()
    own = NOOR.in_program(ONBOARDING)
    break_beginning(organisation, own)
    for _ in range(2):
        people.move_on()
        assert [stream for stream, _ in parked(organisation)] == [own]


def test_what_ends_without_a_word_in_between_is_let_be(organisation: Database, store: Store) -> None:
    """It waited when it was found, and has ended when it is looked at."""
    people = all_wish(organisation, store)
    people.shown()
    people.decline(people.latest(NOOR), ADA)
    people.clock.move(days=3)
    with connect(organisation) as connection:
        worker = Proposals(connection, store, people.clock)
        while worker.advance():
            pass
    assert people.wishes(NOOR)[0] == (ADA.id, 1, "declined")


def test_whose_wishes_cannot_be_read_waits_until_they_can(organisation: Database, store: Store) -> None:
    people = all_wish(organisation, store)
    people.shown()
    first, own = people.latest(NOOR), NOOR.in_program(ONBOARDING)
    people.decline(first, ADA)
    people.shown()
    sound = overwrite(organisation, own, b"{}")
    people.move_on()
    assert [stream for stream, _ in parked(organisation)] == [own]
    overwrite(organisation, own, sound)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, "declined"), (KIM.id, 2, "waiting")]
    assert parked(organisation) == []


@pytest.mark.parametrize("what", ["reading", "recording"])
def test_nothing_is_parked_because_the_database_was_away(
    organisation: Database, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    with Away.open(organisation, RING) as store:
        people = all_wish(organisation, store)
        people.clock.move(days=3)
        monkeypatch.setattr(Away, what, True)
        with pytest.raises(StoreUnavailable):
            people.move_on()
        monkeypatch.setattr(Away, what, False)
        assert parked(organisation) == []
        people.move_on()
        assert [people.wishes(who) for who in MENTEES] == [ASKED_IN_VAIN] * 3


def test_what_the_read_model_has_set_aside_is_not_looked_at_for_ever(
    organisation: Database, store: Store
) -> None:
    """It still shows there that it waits, whatever has become of it."""
    people = all_wish(organisation, store)
    stale = people.propose(KIM, OLA)
    people.shown()
    with connect(organisation) as connection:
        parking.park(connection, "proposals", stale, store.head() + 1, "for a test")
        people.end(stale, proposal.withdraw)
        people.clock.move(days=14)
        worker = Proposals(connection, store, people.clock)
        steps = []
        for _ in range(20):
            steps.append(worker.advance())
            people.shown()
    assert not steps[-1]
    assert people.status(stale) is Status.WITHDRAWN
    assert people.wishes(NOOR)[0] == ASKED_IN_VAIN[0]
