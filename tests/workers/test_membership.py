"""Who leaves, or comes to be outside an audience, is in the programme no longer; everybody else stays."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain import enrollment, participant, program
from domain.command import Command
from domain.enrollment import ENROLLMENT, Applied, Invited, Paused, Withdrawn
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.participant import (
    PARTICIPANT,
    AvailabilitySet,
    CompetencyOffered,
    Erased,
    Left,
    PersonAvoided,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
)
from domain.profile import LeavingReason
from domain.program import PROGRAM, Archived, AudienceLimited, Closed, WoundDown
from domain.program_settings import Side
from domain.store import Database, Store
from tests.domain.samples import NAMES, variants
from tests.people import ADA, LEADERSHIP, LIN, NOOR, ONBOARDING
from tests.projections.given import happened, shown
from tests.workers import enrolled
from tests.workers.enrolled import became, hold, joined, part_of, person, programme, removed, synced
from workers import causes, membership

LEFT = Left(reason=LeavingReason.LEFT_ORGANISATION)


@pytest.fixture
def noor_is_in(store: Store) -> None:
    programme(store)
    person(store, NOOR)
    joined(store, NOOR.id)


@pytest.mark.usefixtures("noor_is_in")
def test_who_moves_out_of_the_audience_is_removed_and_told_why(organisation: Database, store: Store) -> None:
    hold(organisation, store)
    sync = Command(uuid4(), "hr", correlation_id=uuid4(), cause="sync")
    store.act(sync, PARTICIPANT.stream(NOOR.id), lambda _: [synced("Finance")])
    hold(organisation, store)
    (told,) = part_of(store, NOOR.id)
    assert told.event == removed(NOOR.id)
    assert (told.cause, told.actor, told.correlation_id) == ("rule", "membership", sync.correlation_id)
    assert shown(organisation, store, "enrollments", "state", "reason") == [
        {"state": "removed", "reason": enrolled.OUTSIDE}
    ]


@pytest.mark.usefixtures("noor_is_in")
def test_who_is_still_inside_stays(organisation: Database, store: Store) -> None:
    happened(store, NOOR.id, AvailabilitySet(hours_a_month=0, accepting=False))
    happened(store, NOOR.id, RecordSynced(source="hr", changed=("job_title",), job_title="Head"))
    happened(store, NOOR.id, ProfileDescribed(changed=("biography",), biography="Likes maps."))
    happened(store, NOOR.id, synced("Finance"))
    happened(store, NOOR.id, synced("sales"))
    before = store.head()
    hold(organisation, store)
    assert (became(store, NOOR.id), store.head()) == ([], before)


@pytest.mark.parametrize(
    ("rule", "change", "reason"),
    [
        ("hours_a_month >= 2", AvailabilitySet(hours_a_month=1), "hours a month must be at least 2"),
        (
            'not languages has "de"',
            ProfileDescribed(changed=("languages",), languages=("de",)),
            'languages must not include "de"',
        ),
        (
            'competencies_offered not has "Python"',
            CompetencyOffered(competency="Python", level=3),
            'competencies offered must not include "Python"',
        ),
        (
            "has_manager == false",
            RecordSynced(source="hr", changed=("manager",), manager=ADA.id),
            "has manager must be false",
        ),
    ],
)
def test_every_field_that_an_audience_names_counts(
    organisation: Database, store: Store, rule: str, change: DomainEvent, reason: str
) -> None:
    programme(store, rule=rule)
    person(store, NOOR)
    happened(store, NOOR.id, AvailabilitySet(hours_a_month=3))
    joined(store, NOOR.id)
    hold(organisation, store)
    assert became(store, NOOR.id) == []
    happened(store, NOOR.id, change)
    hold(organisation, store)
    sentence = f"The programme is not for everybody; as a mentee, {reason}."
    assert became(store, NOOR.id) == [removed(NOOR.id, sentence)]


@pytest.mark.parametrize("gone", [LEFT, Erased()])
def test_whoever_leaves_is_in_no_programme_and_has_no_mark(
    organisation: Database, store: Store, gone: DomainEvent
) -> None:
    for one in (ONBOARDING, LEADERSHIP):
        programme(store, one)
        for who in (NOOR, LIN):
            joined(store, who.id, one)
    for who in (NOOR, LIN):
        person(store, who)
    happened(store, NOOR.in_program(ONBOARDING), Paused(until=date(2030, 6, 1)))
    happened(store, NOOR.id, gone)
    hold(organisation, store)
    assert became(store, NOOR.id)[1:] == became(store, NOOR.id, LEADERSHIP) == [Withdrawn()]
    assert became(store, LIN.id) == became(store, LIN.id, LEADERSHIP) == []
    reasons = shown(organisation, store, "enrollments", "participant_id", "state", "reason")
    assert {(row["participant_id"], row["state"], row["reason"]) for row in reasons} == {
        (NOOR.id, "withdrawn", None),
        (LIN.id, "approved", None),
    }


@pytest.mark.usefixtures("noor_is_in")
@pytest.mark.parametrize(("gone", "back"), [(LEFT, Returned()), (synced("Finance"), synced("Sales"))])
def test_who_returns_may_apply_again(
    organisation: Database, store: Store, gone: DomainEvent, back: DomainEvent
) -> None:
    happened(store, NOOR.id, gone)
    hold(organisation, store)
    happened(store, NOOR.id, back)
    known: dict[str, Any] = {
        "program": program.terms(store.load(PROGRAM.stream(ONBOARDING)).state, ONBOARDING),
        "person": participant.facts(store.load(PARTICIPANT.stream(NOOR.id)).state, NOOR.id),
    }
    wish: dict[str, Any] = {"role": Side.MENTEE, "answers": {}, "today": date(2030, 5, 2)}
    again = Command(uuid4(), str(NOOR.id))
    store.act(again, ENROLLMENT.stream(NOOR.in_program(ONBOARDING)), enrollment.apply, **known, **wish)
    hold(organisation, store)
    assert became(store, NOOR.id)[1:] == [Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTEE)]


def test_a_narrowed_audience_puts_out_who_is_outside_and_nobody_else(
    organisation: Database, store: Store
) -> None:
    for one in (ONBOARDING, LEADERSHIP):
        programme(store, one, None)
        for who in (NOOR, LIN):
            joined(store, who.id, one)
    person(store, NOOR)
    person(store, LIN, "Finance")
    happened(store, ADA.in_program(ONBOARDING), mentoring := Invited(
        program=ONBOARDING, participant=ADA.id, role=Side.MENTOR
    ))  # fmt: skip
    person(store, ADA, "Engineering")
    hold(organisation, store)
    happened(store, ONBOARDING, AudienceLimited(role=Side.MENTEE, rule=enrolled.SALES_ONLY))
    before = store.head()
    hold(organisation, store)
    assert became(store, LIN.id) == [removed(LIN.id)]
    assert became(store, NOOR.id) == became(store, LIN.id, LEADERSHIP) == []
    assert [recorded.event for recorded in store.history(ADA.in_program(ONBOARDING))] == [mentoring]
    assert store.head() == before + 1


@pytest.mark.usefixtures("noor_is_in")
def test_what_is_archived_stays_as_it_was(organisation: Database, store: Store) -> None:
    happened(store, ONBOARDING, Closed(), WoundDown(), Archived())
    happened(store, NOOR.id, LEFT)
    hold(organisation, store)
    assert became(store, NOOR.id) == []


def test_of_many_enrollments_all_are_held_piece_by_piece(
    organisation: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "BATCH", 7)
    monkeypatch.setattr(causes, "PAGE", 10)
    programme(store, rule=None)
    people = [ParticipantId(UUID(int=number)) for number in range(1000, 1040)]
    for number, who in enumerate(people):
        happened(store, who, Registered(name="N", source="csv"), synced("Sales" if number % 2 else "Finance"))
        joined(store, who)
    happened(store, ONBOARDING, AudienceLimited(role=Side.MENTEE, rule=enrolled.SALES_ONLY))
    happened(store, people[1], LEFT)
    hold(organisation, store)
    expected = [[] if number % 2 else [removed(who)] for number, who in enumerate(people)]
    assert [became(store, who) for who in people] == [expected[0], [Withdrawn()], *expected[2:]]


def test_no_change_that_could_put_somebody_outside_is_overlooked() -> None:
    """Whatever changes what rules read of a person is among the causes, unless nobody is out by it."""
    harmless = {"participant.registered", "participant.returned"}
    assert membership.CAUSES - set(NAMES) == set()
    for name in NAMES:
        if not name.startswith("participant."):
            continue
        for sample in variants(name):
            for before in (
                [Registered(name="N", source="csv")],
                [Registered(name="N", source="csv"), *held()],
            ):
                if facts(*before) != facts(*before, sample):
                    assert name in membership.CAUSES | harmless


def held() -> list[DomainEvent]:
    return [
        full
        for name in ("competency_offered", "competency_sought", "listed_as_expert")
        for full in variants(f"participant.{name}")[:1]
    ]


def facts(*events: DomainEvent) -> Any:
    state = PARTICIPANT.initial
    for event in events:
        state = PARTICIPANT.evolve(state, event)
    return participant.facts(state, NOOR.id)


@pytest.mark.usefixtures("noor_is_in")
def test_what_no_rule_reads_is_passed_over(organisation: Database, store: Store) -> None:
    happened(store, NOOR.id, PersonAvoided(person=LIN.id))
    hold(organisation, store)
    assert became(store, NOOR.id) == []
