"""What every recorder promises: the same tests on PostgreSQL and on the library's recorder in memory."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.command import Command, Receipt
from domain.participant import AvailabilitySet, CompetencyOffered
from domain.program import PROGRAM
from domain.refusal import Refusal
from domain.store import (
    Act,
    CommandReused,
    Conflict,
    Loaded,
    NothingOfThisKind,
    RecordedEvent,
    Step,
    Store,
    SubjectForgotten,
)
from domain.store.arrays import unpack_uuids, uuids
from domain.store.queue import CommitQueue
from domain.store.records import Append, EncodedEvent, Outcome
from tests.domain.store.lives import (
    ADA,
    NOOR,
    NotToday,
    command,
    never,
    nothing,
    offer_once,
    register,
    stream,
    work,
    work_again_and_again,
)


@pytest.fixture(params=["memory_store", "store"], ids=["memory", "postgres"])
def any_store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


def log(store: Store) -> list[tuple[int, object, int]]:
    return [(e.position, e.stream_id, e.version) for e in store.log()]


def test_a_decision_is_recorded_and_folded(any_store: Store) -> None:
    receipt = any_store.act(command(), stream(ADA), work, hours=3)
    assert (receipt.position, receipt.version, receipt.events) == (1, 1, (AvailabilitySet(hours_a_month=3),))
    loaded = any_store.load(stream(ADA))
    assert (loaded.state.availability, loaded.version, loaded.position) == (receipt.events[0], 1, 1)


def test_nothing_has_happened_in_a_new_stream(any_store: Store) -> None:
    loaded = any_store.load(stream(ADA))
    assert loaded == Loaded(stream(ADA).aggregate.initial, 0, 0)
    assert any_store.head() == 0


def test_an_id_of_something_else_is_refused_without_a_word_about_it(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), register, name="Ada")
    for read in (any_store.load, lambda taken: any_store.load_all([taken])):
        with pytest.raises(NothingOfThisKind, match=r"^There is no program with this id\.$"):
            read(PROGRAM.stream(ADA))


def test_positions_count_the_log_and_versions_the_stream(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), work_again_and_again, times=2)
    any_store.act(command(), stream(NOOR), work, hours=1)
    any_store.act(command(), stream(ADA), work, hours=9)
    assert log(any_store) == [(1, ADA, 1), (2, ADA, 2), (3, NOOR, 1), (4, ADA, 3)]
    assert [e.version for e in any_store.history(ADA)] == [1, 2, 3]
    assert any_store.head() == 4


def test_the_envelope_says_who_when_and_why(any_store: Store) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    plain, sync = command(), Command(uuid4(), "scim", correlation_id=uuid4(), cause="sync")
    any_store.act(plain, stream(ADA), register, name="Ada")
    any_store.act(sync, stream(NOOR), work, hours=2)
    first, second = any_store.page(0)
    assert (first.name, first.schema_version) == ("participant.registered", 1)
    assert (first.command_id, first.correlation_id, first.actor, first.cause) == (
        plain.id,
        plain.id,
        "tester",
        "command",
    )
    assert (second.command_id, second.correlation_id, second.actor, second.cause) == (
        sync.id,
        sync.correlation_id,
        "scim",
        "sync",
    )
    assert before < first.recorded_at <= second.recorded_at < before + timedelta(minutes=5)
    assert first.subject_ids == (ADA,)
    assert second.subject_ids == ()


def test_a_moment_may_be_given(any_store: Store) -> None:
    moment = datetime(1999, 12, 31, 23, 59, 59, 123456, tzinfo=UTC)
    any_store.act(Command(uuid4(), "simulation", at=moment), stream(ADA), work, hours=2)
    assert any_store.page(0)[0].recorded_at == moment


def test_a_repeated_command_gets_its_first_receipt(any_store: Store) -> None:
    once = command()
    first = any_store.act(once, stream(ADA), work_again_and_again, times=3)
    any_store.act(command(), stream(ADA), work, hours=50)
    again = any_store.act(once, stream(ADA), work_again_and_again, times=3)
    assert again.repeated
    assert (again.position, again.version, again.events) == (first.position, first.version, first.events)
    assert any_store.head() == 4


def test_also_where_it_would_be_refused_by_now(any_store: Store) -> None:
    once = command()
    first = any_store.act(once, stream(ADA), offer_once, competency="Python")
    again = any_store.act(once, stream(ADA), offer_once, competency="Python")
    assert (again.position, again.events, again.repeated) == (first.position, first.events, True)
    with pytest.raises(NotToday):
        any_store.act(command(), stream(ADA), offer_once, competency="Python")


def test_also_where_its_expected_version_has_passed(any_store: Store) -> None:
    once = command()
    any_store.act(once, stream(ADA), work, hours=1, expected_version=0)
    assert any_store.act(once, stream(ADA), work, hours=1, expected_version=0).repeated


def test_also_where_it_decided_nothing(any_store: Store) -> None:
    once = command()
    any_store.act(command(), stream(ADA), work, hours=1)
    first = any_store.act(once, stream(ADA), nothing)
    any_store.act(command(), stream(ADA), work, hours=2)
    again = any_store.act(once, stream(ADA), work, hours=3)
    assert (first.position, first.version, first.events, first.repeated) == (1, 1, (), False)
    assert (again.position, again.version, again.events, again.repeated) == (1, 1, (), True)
    assert any_store.head() == 2


@pytest.mark.parametrize("decision", [work, work_again_and_again])
def test_a_command_id_serves_one_stream_only(any_store: Store, decision: object) -> None:
    once = command()
    any_store.act(once, stream(ADA), work, hours=1)
    with pytest.raises(CommandReused):
        any_store.act(once, stream(NOOR), work, hours=1)
    quiet = command()
    any_store.act(quiet, stream(ADA), nothing)
    with pytest.raises(CommandReused):
        any_store.act(quiet, stream(NOOR), nothing)
    assert any_store.head() == 1


def test_an_expected_version_is_checked(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), work, hours=1, expected_version=0)
    any_store.act(command(), stream(ADA), work, hours=2, expected_version=1)
    with pytest.raises(Conflict) as conflict:
        any_store.act(command(), stream(ADA), work, hours=3, expected_version=1)
    assert (conflict.value.current_version, conflict.value.code) == (2, "CONFLICT")
    assert any_store.head() == 2


def test_a_refusal_records_nothing(any_store: Store) -> None:
    with pytest.raises(NotToday):
        any_store.act(command(), stream(ADA), never)
    assert any_store.head() == 0


def test_several_streams_change_together(any_store: Store) -> None:
    receipt = any_store.act_together(
        command(),
        Step(stream(ADA), work_again_and_again, {"times": 2}),
        Step(stream(NOOR), work, {"hours": 7}),
    )
    assert (receipt.position, receipt.version, len(receipt.events)) == (3, 2, 3)
    assert log(any_store) == [(1, ADA, 1), (2, ADA, 2), (3, NOOR, 1)]


def test_a_command_decides_once_about_a_stream(any_store: Store) -> None:
    twice = (Step(stream(ADA), work, {"hours": 1}), Step(stream(ADA), work, {"hours": 2}))
    with pytest.raises(ValueError, match="once about a stream"):
        any_store.act_together(command(), *twice)


def test_many_streams_are_read_as_they_are_and_as_they_were(any_store: Store) -> None:
    for hours in (1, 2):
        any_store.act(command(), stream(ADA), work, hours=hours)
    asked = [stream(ADA), stream(NOOR)]
    now, before, at_first = (any_store.load_all(asked, as_of) for as_of in (None, 1, 0))
    assert [found[ADA].version for found in (now, before, at_first)] == [2, 1, 0]
    assert now[ADA] == any_store.load(stream(ADA))
    assert now[NOOR] == any_store.load(stream(NOOR))


def test_or_not_at_all(any_store: Store) -> None:
    with pytest.raises(NotToday):
        any_store.act_together(command(), Step(stream(ADA), work, {"hours": 1}), Step(stream(NOOR), never))
    assert any_store.head() == 0


def test_a_step_that_decides_nothing_guards_its_stream(any_store: Store) -> None:
    """The guarded stream changes between reading and appending: the decision is taken again."""
    seen = []

    def slip_in(_: object) -> list[AvailabilitySet]:
        seen.append(any_store.load(stream(NOOR)).version)
        if len(seen) == 1:
            other.act(command(), stream(NOOR), work, hours=1)
        return []

    other = Store(any_store._recorder, any_store._mapper, any_store._ring)
    receipt = any_store.act_together(
        command(), Step(stream(ADA), work, {"hours": 4}), Step(stream(NOOR), slip_in)
    )
    assert seen == [0, 1]
    assert receipt.position == 2


def test_a_repetition_is_known_by_any_stream_it_wrote_to(any_store: Store) -> None:
    once = command()
    any_store.act(command(), stream(ADA), work_again_and_again, times=3)
    steps = Step(stream(ADA), nothing), Step(stream(NOOR), offer_once, {"competency": "Python"})
    first = any_store.act_together(once, *steps)
    assert (first.position, first.version) == (4, 3)
    any_store.act(command(), stream(ADA), work, hours=4)
    again = any_store.act_together(once, *steps)
    assert again == Receipt(4, 3, first.events, repeated=True)
    willing = Step(stream(ADA), nothing), Step(stream(NOOR), work, {"hours": 1})
    assert any_store.act_together(once, *willing) == again
    guarding = Step(stream(ADA), nothing), Step(stream(NOOR), nothing, guard=True)
    with pytest.raises(CommandReused):
        any_store.act_together(once, *guarding)
    assert any_store.head() == 5


def test_guards_of_one_stream_share_a_batch() -> None:
    """What one writes another may neither write nor guard; guarding the same is no reason to wait."""

    def wish(writes: list[UUID], guards: list[UUID]) -> Append:
        events = [EncodedEvent(s, 1, "participant.returned", 1, b"{}", ()) for s in writes]
        return Append(command(), dict.fromkeys([*writes, *guards], 0), events)

    def commit(batch: list[Append]) -> list[Outcome]:
        batches.append(batch)
        return [Outcome("recorded")] * len(batch)

    batches: list[list[Append]] = []
    wishes = [
        wish([ADA], [NOOR]),
        wish([uuid4()], [NOOR]),
        wish([uuid4()], [ADA]),
        wish([], [NOOR]),
        wish([NOOR], []),
    ]
    CommitQueue(commit).submit_all(wishes)
    assert batches == [[wishes[0], wishes[1], wishes[3]], [wishes[2], wishes[4]]]


def test_a_bulk_gives_each_command_its_own_answer(any_store: Store) -> None:
    repeated = command()
    any_store.act(repeated, stream(ADA), work, hours=1)
    acts = [
        Act(repeated, stream(ADA), work, {"hours": 1}),
        Act(command(), stream(NOOR), work_again_and_again, {"times": 2}),
        Act(command(), stream(), never),
        Act(command(), stream(), register, {"name": "Sam"}),
        Act(command(), stream(), nothing),
    ]
    first, second, third, fourth, fifth = any_store.act_all(acts)
    assert not any(isinstance(result, Refusal) for result in (first, second, fourth, fifth))
    assert isinstance(third, NotToday)
    assert (first.repeated, first.position) == (True, 1)  # type: ignore[union-attr]  # asserted above
    assert (second.position, fourth.position) == (3, 4)  # type: ignore[union-attr]  # asserted above
    again = [result for result in any_store.act_all(acts) if not isinstance(result, Refusal)]
    assert [receipt.repeated for receipt in again] == [True] * 4
    assert [(receipt.position, receipt.version) for receipt in again] == [
        (receipt.position, receipt.version)
        for receipt in (first, second, fourth, fifth)
        if not isinstance(receipt, Refusal)
    ]
    assert any_store.head() == 4


def test_a_bulk_lets_nobody_pay_for_another(any_store: Store) -> None:
    """Neither for an id already used elsewhere, also where it would be refused, nor for who was erased."""
    used, gone = command(), uuid4()
    any_store.act(used, stream(ADA), work, hours=1)
    any_store.forget(gone)
    acts = [
        Act(used, stream(), work, {"hours": 2}),
        Act(used, stream(), never),
        Act(command(), stream(gone), register, {"name": "Ada again"}),
        Act(command(), stream(NOOR), register, {"name": "Noor"}),
    ]
    *refused, last = any_store.act_all(acts)
    assert [type(refusal) for refusal in refused] == [CommandReused, CommandReused, SubjectForgotten]
    assert not isinstance(last, Refusal)
    assert last.position == any_store.head() == 2


def test_a_bulk_that_lost_a_race_is_decided_again(any_store: Store) -> None:
    def slip_in(_: object, *, once: list[int]) -> list[AvailabilitySet]:
        if once:
            once.clear()
            other.act(command(), stream(ADA), work, hours=1)
        return [AvailabilitySet(hours_a_month=8)]

    other = Store(any_store._recorder, any_store._mapper, any_store._ring)
    (receipt,) = any_store.act_all([Act(command(), stream(ADA), slip_in, {"once": [1]})])
    assert not isinstance(receipt, Refusal)
    assert (receipt.position, receipt.version) == (2, 2)


def test_long_streams_and_logs_are_read_a_page_at_a_time(any_store: Store) -> None:
    for _ in range(3):
        any_store.act(command(), stream(ADA), work_again_and_again, times=999)
    assert [e.version for e in any_store.history(ADA)] == list(range(1, 2998))
    assert [e.position for e in any_store.log(after=7, limit=100)] == list(range(8, 2998))
    assert any_store.load(stream(ADA)).version == 2997


def test_how_streams_began_is_read_at_once(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), work_again_and_again, times=2)
    any_store.act(command(), stream(NOOR), work, hours=1)
    began = any_store.beginnings([ADA, NOOR, uuid4()])
    assert sorted((one.position, one.stream_id, one.version) for one in began) == [(1, ADA, 1), (3, NOOR, 1)]
    assert any_store.page(2, sealed=True)[0].position == 3


def test_a_page_may_be_of_some_names_only(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), work, hours=1)
    any_store.act(command(), stream(ADA), offer_once, competency="Python")
    any_store.act(command(), stream(NOOR), work, hours=1)
    (offered,) = any_store.page(0, names=["participant.competency_offered"])
    assert (offered.position, offered.event) == (2, CompetencyOffered(competency="Python", level=3))
    assert any_store.page(2, names=["participant.competency_offered"]) == []


def test_a_follower_sees_what_was_and_what_comes_once_each(any_store: Store) -> None:
    for hours in range(5):
        any_store.act(command(), stream(ADA), work, hours=hours)
    stop = threading.Event()
    seen: list[RecordedEvent] = []

    def read() -> None:
        for page in any_store.follow(2, stop, poll=0.01, limit=2):
            seen.extend(page)
            if seen[-1].position == 9:
                stop.set()

    reader = threading.Thread(target=read)
    reader.start()
    for hours in range(4):
        any_store.act(command(), stream(NOOR), work, hours=hours)
    reader.join(timeout=30)
    assert [e.position for e in seen] == [3, 4, 5, 6, 7, 8, 9]


def test_ids_of_subjects_travel_packed() -> None:
    assert unpack_uuids(uuids([ADA, NOOR])) == (ADA, NOOR)
    assert unpack_uuids(uuids([])) == ()
