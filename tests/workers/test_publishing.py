"""Each approved pair of a published run becomes one proposal, whatever happens to who makes it."""

import threading
from datetime import timedelta

import pytest

from domain.enrollment import PlaceReserved, Withdrawn
from domain.event import DomainEvent
from domain.ids import MatchRunId, ProposalId, proposal_id
from domain.matching_settings import Mode
from domain.participant import AvailabilitySet, Left, PersonAvoided
from domain.profile import LeavingReason
from domain.program import Drafted
from domain.proposal import PROPOSAL, Made, Status
from domain.store import Database, Store
from projections.projection import connect
from tests.people import ADA, KIM, LEADERSHIP, LIN, NOOR, OLA, ONBOARDING, Person
from tests.projections.given import eventually, happened, rows
from tests.workers.locks import held_up, waiting_for
from tests.workers.matched import Desk, everybody_is_in
from workers import publishing
from workers.publishing import NAME, Publishing


@pytest.fixture
def desk(organisation: Database, store: Store) -> Desk:
    everybody_is_in(store)
    return Desk(organisation, store)


@pytest.fixture
def drafted(desk: Desk) -> MatchRunId:
    run = desk.request()
    desk.work()
    return run


def number_of(desk: Desk, run: MatchRunId, mentee: Person) -> int:
    [pair] = [pair for pair in desk.computed(run).pairs if pair.mentees == (mentee.id,)]
    return pair.number


def made(desk: Desk, run: MatchRunId, mentee: Person) -> Made | None:
    found = PROPOSAL.stream(proposal_id(run, number_of(desk, run, mentee)))
    return desk.store.load(found).state.made


def proposals(desk: Desk) -> list[str]:
    desk.catch_up()
    return [row["state"] for row in rows(desk.database, "proposals", ["state"])]


def test_what_is_approved_is_proposed_with_all_that_explains_it(desk: Desk, drafted: MatchRunId) -> None:
    command = desk.publish(drafted)
    published = desk.recorded(drafted)[-1]
    desk.work(Publishing)
    assert proposals(desk) == ["waiting"] * 3
    found = made(desk, drafted, NOOR)
    assert found is not None
    assert (found.mentors, found.mentees, found.relationship) == ((ADA.id,), (NOOR.id,), "pair")
    assert (found.mode, found.author, found.settings_version) == (Mode.ADMINISTRATOR, None, 3)
    assert found.expires_at == published.recorded_at + timedelta(days=desk.program.timers.proposal_expires)
    why, computed = found.provenance, desk.computed(drafted)
    assert why is not None
    assert (why.run, why.engine, why.digest) == (drafted, computed.engine, computed.inputs_digest)
    [pair] = [pair for pair in computed.pairs if pair.mentees == (NOOR.id,)]
    assert (why.score, why.parts, why.rank, why.eligible) == (pair.score, pair.parts, 1, 2)
    [other] = why.alternatives
    assert (other.person, other.rank) == (KIM.id, 2)
    [told] = desk.store.history(proposal_id(drafted, pair.number))
    assert (told.cause, told.actor, told.correlation_id) == ("rule", NAME, command.correlation_id)
    assert rows(desk.database, "match_progress") == []


def test_what_is_not_approved_is_not_proposed(desk: Desk, drafted: MatchRunId) -> None:
    desk.publish(drafted, number_of(desk, drafted, LIN))
    desk.work(Publishing)
    assert len(proposals(desk)) == 1
    assert made(desk, drafted, LIN)
    assert made(desk, drafted, NOOR) is made(desk, drafted, OLA) is None


@pytest.mark.parametrize(
    ("stream", "change", "code"),
    [
        (NOOR.in_program(ONBOARDING), Withdrawn(), "NOT_ON_THAT_SIDE"),
        (NOOR.id, Left(reason=LeavingReason.OWN_WISH), "PERSON_IS_NOT_ACTIVE"),
        (ADA.id, AvailabilitySet(hours_a_month=4, accepting=False), "MENTOR_ACCEPTS_NOBODY"),
    ],
)
def test_who_no_longer_fits_is_left_out_and_the_board_says_why(
    desk: Desk, drafted: MatchRunId, stream: ProposalId, change: DomainEvent, code: str
) -> None:
    happened(desk.store, stream, change)
    desk.publish(drafted)
    desk.work(Publishing)
    number = number_of(desk, drafted, NOOR)
    found = {row["number"]: row for row in rows(desk.database, "match_not_proposed")}
    assert (found[number]["run_id"], found[number]["code"]) == (drafted, code)
    assert made(desk, drafted, NOOR) is None
    assert made(desk, drafted, LIN)


def test_a_place_taken_elsewhere_counts(desk: Desk, drafted: MatchRunId) -> None:
    """Ada offers three hours; two of them are gone in another programme since the run was computed."""
    happened(desk.store, LEADERSHIP, Drafted(name="Leadership"))
    happened(desk.store, ADA.id, AvailabilitySet(hours_a_month=3))
    taken = PlaceReserved(proposal=ProposalId(KIM.id), hours_a_month=2)
    happened(desk.store, ADA.in_program(LEADERSHIP), taken)
    desk.publish(drafted)
    desk.work(Publishing)
    codes = {row["code"] for row in rows(desk.database, "match_not_proposed")}
    assert (codes, len(proposals(desk))) == ({"MENTOR_HAS_NO_HOURS"}, 1)


def test_published_again_from_the_beginning_nothing_is_made_twice(desk: Desk, drafted: MatchRunId) -> None:
    desk.publish(drafted)
    desk.work(Publishing)
    begin_anew(desk)
    head = desk.store.head()
    desk.work(Publishing)
    assert desk.store.head() == head


def test_what_was_left_undone_is_done_by_the_next(
    desk: Desk, drafted: MatchRunId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one is gone after one of three proposals."""
    monkeypatch.setattr(publishing, "BATCH", 1)
    desk.publish(drafted)
    desk.catch_up()
    with connect(desk.database) as connection:
        assert Publishing(connection, desk.store, desk.database, threading.Event()).advance()
    assert (len(proposals(desk)), reached(desk)) == (1, 0)
    desk.work(Publishing)
    assert proposals(desk) == ["waiting"] * 3


def test_two_workers_propose_each_pair_once(desk: Desk, drafted: MatchRunId) -> None:
    desk.publish(drafted)
    workers = [threading.Thread(target=desk.work, args=(Publishing,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert proposals(desk) == ["waiting"] * 3
    streams = [proposal_id(drafted, pair.number) for pair in desk.computed(drafted).pairs]
    assert [len(list(desk.store.history(stream))) for stream in streams] == [1, 1, 1]


def test_a_worker_that_is_stopped_leaves_the_rest_to_the_next(desk: Desk, drafted: MatchRunId) -> None:
    desk.publish(drafted)
    stop = threading.Event()
    stop.set()
    desk.catch_up()
    with connect(desk.database) as connection:
        assert not Publishing(connection, desk.store, desk.database, stop).advance()
    assert reached(desk) == 0
    desk.work(Publishing)
    assert proposals(desk) == ["waiting"] * 3


def test_who_changes_meanwhile_is_read_anew(desk: Desk, drafted: MatchRunId) -> None:
    """Noor states her hours again and again while she is proposed."""
    desk.publish(drafted)
    desk.catch_up()
    with desk.working(Publishing):
        for number in range(100):
            happened(desk.store, NOOR.id, AvailabilitySet(hours_a_month=10 + number % 3))
        eventually(lambda: made(desk, drafted, NOOR))
    assert proposals(desk) == ["waiting"] * 3


def test_that_somebody_is_avoided_looks_like_a_place_that_is_missing(desk: Desk) -> None:
    happened(desk.store, NOOR.id, PersonAvoided(person=KIM.id))
    run = desk.request()
    desk.work()
    desk.publish(run)
    desk.work(Publishing)
    found = made(desk, run, NOOR)
    assert found is not None
    assert found.provenance is not None
    assert (found.provenance.barred, found.provenance.eligible) == ({"capacity": 1}, 1)


def test_progress_is_told_while_proposals_are_made(desk: Desk, drafted: MatchRunId) -> None:
    desk.publish(drafted)
    desk.catch_up()
    with desk.working(Publishing):
        with held_up(desk.database, "match_progress"):
            eventually(lambda: waiting_for(desk.database, "match_progress"))
            assert [made(desk, drafted, who) is not None for who in (NOOR, LIN, OLA)] == [True] * 3
        eventually(lambda: reached(desk) >= desk.recorded(drafted)[-1].position)
    assert rows(desk.database, "match_progress") == []
    assert {desk.store.load(PROPOSAL.stream(one)).state.status for one in made_of(desk, drafted)} == {
        Status.WAITING
    }


def made_of(desk: Desk, run: MatchRunId) -> list[ProposalId]:
    return [proposal_id(run, pair.number) for pair in desk.computed(run).pairs]


def begin_anew(desk: Desk) -> None:
    with connect(desk.database) as connection:
        connection.execute("UPDATE projections SET position = 0 WHERE name = %(name)s", {"name": NAME})


def reached(desk: Desk) -> int:
    with desk.database.connect() as connection:
        found = connection.execute("SELECT position FROM projections WHERE name = %(name)s", {"name": NAME})
        row = found.fetchone()
    return int(row[0]) if row else 0
