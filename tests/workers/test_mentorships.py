"""What time and rules make of relationships: pauses end on their day, and who has gone is in none of them."""

from datetime import date

import pytest

from domain import enrollment, participant, program
from domain.mentorship import (
    Concluded,
    EndedEarly,
    EndReason,
    MemberLeft,
    Migrated,
    Outcome,
    Paused,
    Resumed,
)
from domain.program import RelationshipTypesSet
from domain.program_settings import Side, Size
from domain.store import Database, Store
from projections import parking
from projections.projection import connect
from tests.people import ADA, KIM, LIN, NOOR, OLA, ONBOARDING, SAM, Person
from tests.programs import PAIR
from tests.projections.given import happened
from tests.workers.accompanied import LEFT, WITHDRAWN, Companion
from tests.workers.wishing import CIRCLE, Clock, everybody_is_in
from workers.mentorships import Mentorships

PAUSED = Paused(until=date(2030, 6, 1))
"""The clock begins on 2 May, at nine."""
OUT_OF_PROGRAM = EndedEarly(reason=EndReason.LEFT_PROGRAM)
OUT_OF_ORGANISATION = EndedEarly(reason=EndReason.LEFT_ORGANISATION)


@pytest.fixture
def people(organisation: Database, store: Store) -> Companion:
    everybody_is_in(store)
    return Companion(organisation, store, Clock())


def test_a_pause_ends_in_the_morning_of_its_day(people: Companion) -> None:
    id_ = people.pair(since=(PAUSED,))
    people.clock.move(days=29, hours=14)
    people.move_on()
    assert people.events(id_) == [PAUSED]
    people.clock.move(hours=1)
    people.move_on()
    *_, resumed = people.became(id_)
    assert (resumed.event, resumed.cause, resumed.actor) == (Resumed(), "timer", "accompanying")


def test_a_pause_ends_once(people: Companion) -> None:
    id_ = people.pair(since=(PAUSED,))
    people.clock.move(days=40)
    people.move_on()
    people.move_on()
    assert people.events(id_) == [PAUSED, Resumed()]
    again = Paused(until=date(2030, 7, 1))
    happened(people.store, id_, again)
    people.move_on()
    assert people.events(id_)[2:] == [again]
    people.clock.move(days=30)
    people.move_on()
    assert people.events(id_)[2:] == [again, Resumed()]


def test_every_pause_that_is_due_ends_and_no_other(people: Companion) -> None:
    due = [people.pair(since=(PAUSED,)) for _ in range(3)]
    later = people.pair(since=(Paused(until=date(2030, 6, 12)),))
    over = people.pair(since=(PAUSED, Concluded(outcome=Outcome.ACHIEVED)))
    people.clock.move(days=31)
    people.move_on()
    assert [people.events(id_)[-1] for id_ in due] == [Resumed()] * 3
    assert [len(people.events(id_)) for id_ in (later, over)] == [1, 2]


def test_who_goes_on_by_hand_is_let_be(people: Companion) -> None:
    """Paused when it was found, and running when it is looked at."""
    id_ = people.pair(since=(PAUSED,))
    people.clock.move(days=31)
    people.shown()
    people.resume(id_)
    with connect(people.database) as connection:
        worker = Mentorships(connection, people.store, people.clock)
        while worker.advance():
            pass
    assert people.events(id_) == [PAUSED, Resumed()]


def test_in_an_archived_programme_nothing_moves(people: Companion) -> None:
    paused, pair = people.pair(since=(PAUSED,)), people.pair(ADA, NOOR)
    people.shown()
    happened(people.store, ONBOARDING, program.Closed(), program.WoundDown(), program.Archived())
    people.clock.move(days=31)
    with connect(people.database) as connection:
        worker = Mentorships(connection, people.store, people.clock)
        while worker.advance():
            pass
    people.goes(NOOR)
    people.move_on()
    assert [people.events(id_) for id_ in (paused, pair)] == [[PAUSED], []]


def test_a_pause_outside_any_programme_ends_too(people: Companion) -> None:
    id_ = people.session()
    happened(people.store, id_, PAUSED)
    people.clock.move(days=31)
    people.move_on()
    assert people.events(id_) == [PAUSED, Resumed()]


REMOVED = enrollment.Removed(participant=NOOR.id, reason="No longer here.")


@pytest.mark.parametrize(
    ("gone", "ended"),
    [
        (WITHDRAWN, OUT_OF_PROGRAM),
        (REMOVED, OUT_OF_PROGRAM),
        (LEFT, OUT_OF_ORGANISATION),
        (participant.Erased(), OUT_OF_ORGANISATION),
    ],
)
def test_what_cannot_go_on_without_who_goes_ends_without_fault(
    people: Companion, gone: participant.Left, ended: EndedEarly
) -> None:
    id_, other = people.pair(ADA, NOOR), people.pair(KIM, SAM)
    people.goes(NOOR, gone)
    people.move_on()
    (told,) = people.became(id_)
    assert (told.event, told.cause, told.actor) == (ended, "rule", "accompanying")
    assert people.became(other) == []
    assert people.holding() == {KIM.id, SAM.id}


def test_a_paused_one_ends_as_well(people: Companion) -> None:
    id_ = people.pair(since=(PAUSED,))
    people.goes(ADA)
    people.clock.move(days=31)
    people.move_on()
    assert people.events(id_)[-1] == OUT_OF_PROGRAM


@pytest.mark.parametrize("gone", [WITHDRAWN, LEFT])
def test_a_group_that_is_large_enough_goes_on(people: Companion, gone: enrollment.Withdrawn) -> None:
    id_ = people.circle()
    people.goes(NOOR, gone)
    people.move_on()
    assert people.events(id_) == [MemberLeft(participant=NOOR.id)]
    assert people.holding() == {ADA.id, SAM.id, OLA.id}
    people.goes(SAM, gone)
    people.move_on()
    assert isinstance(people.events(id_)[-1], EndedEarly)
    assert people.holding() == set()


def test_several_who_go_at_once_are_gone_at_once(people: Companion) -> None:
    id_ = people.circle()
    people.goes(NOOR)
    people.goes(SAM, LEFT)
    people.move_on()
    assert people.events(id_) == [OUT_OF_ORGANISATION]


def test_how_large_a_group_must_be_is_said_by_the_version_that_it_keeps(people: Companion) -> None:
    id_ = people.circle()
    loose = CIRCLE.model_copy(update={"mentees": Size(least=1, most=4)})
    happened(people.store, ONBOARDING, RelationshipTypesSet(types=(PAIR, loose)))
    held = people.store.load(program.PROGRAM.stream(ONBOARDING)).state
    happened(people.store, id_, Migrated(settings_version=held.settings_version))
    for who in (NOOR, SAM):
        people.goes(who)
    people.move_on()
    assert people.events(id_)[1:] == [MemberLeft(participant=NOOR.id), MemberLeft(participant=SAM.id)]


def test_who_leaves_the_organisation_is_out_of_every_programme_and_of_none(people: Companion) -> None:
    pair, session = people.pair(LIN, NOOR), people.session()
    people.goes(LIN, LEFT)
    people.move_on()
    assert [people.events(id_) for id_ in (pair, session)] == [[OUT_OF_ORGANISATION]] * 2


def test_who_leaves_a_programme_keeps_what_is_outside_it(people: Companion) -> None:
    session = people.session()
    people.goes(LIN)
    people.move_on()
    assert people.became(session) == []


def back_in(people: Companion, who: Person) -> None:
    applied = enrollment.Applied(program=ONBOARDING, participant=who.id, role=Side.MENTEE)
    happened(people.store, who.in_program(ONBOARDING), applied, enrollment.Approved())


def test_who_is_back_before_it_is_looked_at_stays(people: Companion) -> None:
    id_ = people.pair()
    people.goes(NOOR)
    back_in(people, NOOR)
    people.goes(ADA, LEFT)
    happened(people.store, ADA.id, participant.Returned())
    people.move_on()
    assert people.became(id_) == []


def test_what_has_ended_in_between_is_let_be(people: Companion) -> None:
    id_ = people.pair()
    people.goes(NOOR)
    people.shown()
    concluded = Concluded(outcome=Outcome.ACHIEVED)
    happened(people.store, id_, concluded)
    with connect(people.database) as connection:
        worker = Mentorships(connection, people.store, people.clock)
        while worker.advance():
            pass
    assert people.events(id_) == [concluded]


def test_what_a_read_model_has_set_aside_is_not_looked_at_for_ever(people: Companion) -> None:
    """It still shows there that it is paused, whatever has become of it."""
    id_ = people.pair(since=(PAUSED,))
    people.shown()
    with connect(people.database) as connection:
        parking.park(connection, "relationships", id_, people.store.head() + 1, "for a test")
        people.clock.move(days=31)
        people.resume(id_)
        worker = Mentorships(connection, people.store, people.clock)
        steps = []
        for _ in range(20):
            steps.append(worker.advance())
            people.shown()
    assert not steps[-1]
    assert people.events(id_) == [PAUSED, Resumed()]
