"""What is measured, from what happened: the SQL says what plain arithmetic says, in any order of arrival."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from domain import program as g
from domain.accountability import health
from domain.accountability_settings import Metric
from domain.assignment import Assigned, Completed, Dropped, Started, Suggested
from domain.conversation import QuestionAnswered, QuestionAsked
from domain.event import DomainEvent
from domain.ids import MentorshipId, ProgramId, conversation_id
from domain.measuring import Counts, Dated, counts, parts, values
from domain.mentorship import AgreementSigned, Began, Concluded, MilestoneReached, Outcome
from domain.participant import Erased, RecordSynced
from domain.resource import LinkShared
from domain.store import Database, KeyRing, Store
from projections import accountability, programs, projection, relationships, runner
from projections.measured import measured
from projections.projection import connect
from tests import lived
from tests.measured_by_hand import (
    EXAMPLES,
    MENTORSHIP,
    SETTINGS,
    assigned,
    began,
    called_off,
    day,
    elsewhere,
    missed,
    rated,
    rest,
    said,
)
from tests.people import ADA, NOOR, ONBOARDING
from tests.projections.given import happened, rows

PROJECTIONS: Final = (programs.PROJECTION, relationships.PROJECTION, accountability.PROJECTION)
OF_ONE: Final = measured("%(at)s::timestamptz", "m.mentorship_id = %(mentorship)s")
COUNTED: Final[Mapping[str, str]] = {"milestones_on_time_count": "milestones_on_time"}
FIGURES: Final = (
    "active_days", "cadence_days", "elapsed", "members", "held", "missed", "late_cancelled", "minutes",
    "expected", "check_ins", "check_ins_due", "goals", "goals_achieved", "milestones_due",
    "milestones_on_time_count", "assignments_due", "assignments_completed",
)  # fmt: skip


def program_begins(store: Store, program: ProgramId = ONBOARDING) -> None:
    happened(
        store,
        program,
        g.Drafted(name="Onboarding", purpose="Nobody starts alone."),
        g.RelationshipTypesSet(types=SETTINGS.relationship_types),
        g.PlanSet(settings=SETTINGS.plan),
        g.AccountabilitySet(settings=SETTINGS.accountability),
        g.Opened(),
        at=day(-1),
    )


def recorded(store: Store, told: Iterable[Dated]) -> None:
    for one in told:
        happened(store, one.stream, one.event, at=one.at)


def kept_up(database: Database, store: Store) -> None:
    runner.catch_up(database, store, PROJECTIONS)
    assert not any(status.parked for status in projection.status(database))


def measured_as_of(database: Database, mentorship: UUID, at: datetime) -> dict[str, Any] | None:
    with connect(database) as connection:
        asked = {"at": at, "mentorship": mentorship}
        return connection.cursor(row_factory=dict_row).execute(OF_ONE, asked).fetchone()


def agrees(found: dict[str, Any] | None, wanted: Counts) -> None:
    """Figure by figure, metric by metric, and in what they add up to."""
    assert found is not None
    told = {COUNTED.get(figure, figure): found[figure] for figure in FIGURES}
    assert told == pytest.approx({figure: getattr(wanted, figure) for figure in told})
    assert found["replies"] == len(wanted.hours_to_reply)
    known = values(wanted)
    assert {metric: found[metric] for metric in Metric} == {
        metric: pytest.approx(known.get(metric)) for metric in Metric
    }
    judged = health(parts(wanted, SETTINGS), wanted.active_days)
    assert (found["health"], found["verdict"]) == (judged.score, judged.verdict)


def test_the_sql_says_what_was_worked_out_by_hand(organisation: Database, store: Store) -> None:
    """All of them in one organisation, so that none takes what is another's."""
    program_begins(store)
    ids = {name: MentorshipId(UUID(int=0x9000 + number)) for number, name in enumerate(EXAMPLES)}
    for name, example in EXAMPLES.items():
        recorded(store, elsewhere(example.events, ids[name]))
    kept_up(organisation, store)
    for name, example in EXAMPLES.items():
        found = measured_as_of(organisation, ids[name], day(example.at))
        assert found is not None
        assert (name, found[example.metric]) == (name, pytest.approx(example.value))
        agrees(found, counts(example.events, SETTINGS, day(example.at)))


def test_before_its_beginning_nothing_is_measured(organisation: Database, store: Store) -> None:
    program_begins(store)
    recorded(store, EXAMPLES["three of four meetings"].events)
    kept_up(organisation, store)
    assert measured_as_of(organisation, MENTORSHIP, day(-0.5)) is None
    assert measured_as_of(organisation, MENTORSHIP, day(0)) is not None


def test_outside_every_programme_there_are_metrics_and_no_verdict(
    organisation: Database, store: Store
) -> None:
    first, *others = EXAMPLES["three of four meetings"].events
    assert isinstance(first.event, Began)
    alone = Dated(first.at, first.stream, first.event.model_copy(update={"program": None}))
    recorded(store, [alone, *others])
    kept_up(organisation, store)
    found = measured_as_of(organisation, MENTORSHIP, day(60))
    assert found is not None
    assert (found[Metric.MEETING_CADENCE], found["health"], found["verdict"]) == (0.75, None, None)


def test_as_of_then_it_was_as_it_was_then(organisation: Database, store: Store) -> None:
    """An end that came later is not told of before."""
    program_begins(store)
    told = [*EXAMPLES["three of four meetings"].events]
    end = Dated(day(70), MENTORSHIP, Concluded(outcome=Outcome.ACHIEVED))
    recorded(store, [*told, end])
    kept_up(organisation, store)
    then, now = (measured_as_of(organisation, MENTORSHIP, day(at)) for at in (69, 71))
    assert then is not None
    assert now is not None
    assert (then["state"], then["ended_at"], then["outcome"]) == ("running", None, None)
    assert (now["state"], now["ended_at"], now["outcome"]) == ("concluded", day(70), "achieved")
    assert now["active_days"] == 70


def test_where_people_are_as_of_a_moment(organisation: Database, store: Store) -> None:
    """Each department and location for as long as it held; of who has been erased, none."""
    for at, changed, place in (
        (1, ("department", "location"), {"department": "Sales", "location": "Berlin"}),
        (5, ("location",), {"location": "Paris"}),
        (7, ("job_title",), {"job_title": "Lead"}),
        (9, ("department",), {"department": None}),
    ):
        synced = RecordSynced.model_validate({"source": "hr", "changed": changed, **place})
        happened(store, ADA.id, synced, at=day(at))
    happened(store, NOOR.id, RecordSynced(source="hr", changed=("location",), location="Rome"), at=day(1))
    kept_up(organisation, store)
    places = rows(organisation, "person_places", ("participant_id", "at", "until", "department", "location"))
    assert sorted(tuple(row.values())[1:] for row in places if row["participant_id"] == ADA.id) == [
        (day(1), day(5), "Sales", "Berlin"),
        (day(5), day(9), "Sales", "Paris"),
        (day(9), None, None, "Paris"),
    ]
    happened(store, ADA.id, Erased(), at=day(10))
    kept_up(organisation, store)
    left = rows(organisation, "person_places", ("participant_id", "location"))
    assert left == [{"participant_id": NOOR.id, "location": "Rome"}]


TALK, READING = conversation_id(MENTORSHIP), UUID(int=0x88)
QUESTION, LATER = UUID(int=0x71), UUID(int=0x72)
IN_IT: Final[dict[str, Any]] = {"mentorship": MENTORSHIP, "by": NOOR.id}
TITLED: Final[dict[str, Any]] = {**IN_IT, "to": ADA.id, "title": "Read"}
ACTS: Final[list[tuple[UUID, DomainEvent]]] = [
    (TALK, QuestionAsked(question=QUESTION, text="How?", **IN_IT)),
    (TALK, QuestionAnswered(question=QUESTION, answer=LATER, by=ADA.id, text="So.")),
    (UUID(int=0x81), LinkShared(title="Read", url="https://example.org/", **IN_IT)),
    (READING, Suggested(**TITLED)),
    (READING, Assigned(**TITLED)),
    (READING, Started(by=ADA.id)),
    (READING, Completed(by=ADA.id)),
    (UUID(int=0x89), Assigned(**TITLED)),
    (UUID(int=0x89), Dropped(by=NOOR.id)),
    (MENTORSHIP, AgreementSigned(by=ADA.id, version=1)),
    (MENTORSHIP, MilestoneReached(milestone="goals")),
]


def test_whatever_members_do_is_activity(organisation: Database, store: Store) -> None:
    """Neither what a rule does nor what is answered to a survey is: on day 90 nothing has happened lately."""
    program_begins(store)
    recorded(store, [began(), *rated(60, NOOR.id, 4), *called_off(70, late=False, by=None)])
    for number, (stream, event) in enumerate(ACTS, 1):
        happened(store, stream, event, at=day(number))
    dropped = [Assigned(**TITLED), Dropped()]
    for number, event in enumerate(dropped):
        happened(store, UUID(int=0x90), event, at=day(20 + 10 * number))
    kept_up(organisation, store)
    for number in range(1, len(ACTS) + 1):
        found = measured_as_of(organisation, MENTORSHIP, day(number))
        assert found is not None
        assert found["last_activity_at"] == day(number)
    last = measured_as_of(organisation, MENTORSHIP, day(90))
    assert last is not None
    # A meeting had been proposed on day 69, which then fell.
    assert (last["last_activity_at"], last["replies"], last["response_time"]) == (day(69), 1, 24)


def test_a_pause_that_is_read_late_is_put_right(organisation: Database, store: Store) -> None:
    """A stream that was parked is read again after all others: here the relationship's own."""
    program_begins(store)
    first, *others = lived.in_order(
        [began(), *assigned(1, 20, 0xB1), said(2, NOOR.id), *rest(3, 5), said(6, ADA.id), *missed(4)]
    )
    own = [one for one in others if one.stream == MENTORSHIP]
    recorded(store, [one for one in others if one.stream != MENTORSHIP])
    kept_up(organisation, store)
    recorded(store, [first, *own])
    kept_up(organisation, store)
    agrees(measured_as_of(organisation, MENTORSHIP, day(30)), counts([first, *others], SETTINGS, day(30)))


@contextlib.contextmanager
def fresh_organisation(url: str) -> Iterator[tuple[Database, Store]]:
    database = Database(url, f"t{uuid4().hex[:12]}")
    database.install()
    projection.install(database, PROJECTIONS)
    with Store.open(database, KeyRing.random()) as store:
        yield database, store
    database.drop()


@settings(max_examples=25)
@drawn(lived.lives(), st.randoms(use_true_random=False), st.lists(lived.moments, min_size=3, max_size=3))
def test_the_order_of_arrival_never_matters(
    measuring: "Measuring", told: list[Dated], chance: Any, moments: list[datetime]
) -> None:
    """The SQL says what plain arithmetic says of a life, also where its streams arrive one before the other,
    a batch at a time.
    """
    in_order, shuffled = (MentorshipId(uuid4()) for _ in range(2))
    recorded(measuring.store, elsewhere(told, in_order))
    measuring.keep_up()
    arrived = interleaved(elsewhere(told, shuffled), chance)
    for begin in range(0, len(arrived), 7):
        recorded(measuring.store, arrived[begin : begin + 7])
        measuring.keep_up()
    for at in (*moments, day(lived.LAST_DAY + 1)):
        wanted = counts(told, SETTINGS, at)
        for mentorship in (in_order, shuffled):
            agrees(measured_as_of(measuring.database, mentorship, at), wanted)


def interleaved(told: Sequence[Dated], chance: Any) -> list[Dated]:
    """Each stream in its own order, the streams in any; what began it comes first."""
    streams: dict[UUID, list[Dated]] = {}
    for one in told[1:]:
        streams.setdefault(one.stream, []).append(one)
    turns = [stream for stream, events in streams.items() for _ in events]
    chance.shuffle(turns)
    left = {stream: iter(events) for stream, events in streams.items()}
    return [told[0], *(next(left[stream]) for stream in turns)]


class Measuring:
    """One organisation for all lives of a property: each has a relationship of its own."""

    def __init__(self, database: Database, store: Store) -> None:
        self.database, self.store = database, store
        program_begins(store)

    def keep_up(self) -> None:
        kept_up(self.database, self.store)


@pytest.fixture(scope="module")
def measuring(postgres_url: str) -> Iterator[Measuring]:
    with fresh_organisation(postgres_url) as (database, store):
        yield Measuring(database, store)
