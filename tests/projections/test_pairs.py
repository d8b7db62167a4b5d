"""What keeps a few people apart: each pair's rules, by as many reads however many pairs there are."""

from datetime import date
from typing import Any, Self
from uuid import uuid4

import psycopg
import pytest

from domain.enrollment import PlaceReserved
from domain.ids import Pair, ProposalId
from domain.matching_settings import HardRule, Mode
from domain.participant import AvailabilitySet, PersonAvoided, RecordSynced
from domain.program_settings import Side
from domain.proposal import Declined, Made
from domain.store import Database, Store
from projections import parking
from projections.pairs import barred, read_parties
from projections.projection import connect
from tests.people import ADA, KIM, LEADERSHIP, LIN, NOOR, OLA, ONBOARDING, SAM, Person
from tests.projections.given import happened
from tests.workers.wishing import Clock, Matchmaker, everybody_is_in, joined, programme

TODAY = date(2030, 5, 2)


class Noted(psycopg.Cursor[Any]):
    """Keeps count of what is asked."""

    asked = 0

    def execute(self, *arguments: Any, **named: Any) -> Self:
        Noted.asked += 1
        return super().execute(*arguments, **named)


@pytest.fixture
def people(organisation: Database, store: Store) -> Matchmaker:
    everybody_is_in(store)
    return Matchmaker(organisation, store, Clock())


def apart(people: Matchmaker, mentees: list[Person], mentors: list[Person]) -> dict[Pair, tuple[str, ...]]:
    people.shown()
    with connect(people.database) as connection:
        connection.cursor_factory = Noted
        known = read_parties(people.store, connection, ONBOARDING, [who.id for who in (*mentees, *mentors)])
        ids = [[who.id for who in side] for side in (mentees, mentors)]
        return barred(people.store, connection, known, *ids, day=TODAY)


def test_each_pair_is_told_its_own_rules(people: Matchmaker) -> None:
    programme(people.store, hard_rules=(HardRule.NOT_IN_REPORTING_LINE,))
    happened(people.store, NOOR.id, RecordSynced(source="hr", changed=("manager",), manager=OLA.id))
    happened(people.store, OLA.id, RecordSynced(source="hr", changed=("manager",), manager=KIM.id))
    happened(people.store, SAM.id, PersonAvoided(person=ADA.id))
    told = Made(
        program=ONBOARDING, settings_version=1, relationship="pair", mentors=(LIN.id,), mentees=(SAM.id,),
        mode=Mode.FACILITATOR, expires_at=people.clock(),
    )  # fmt: skip
    happened(people.store, uuid4(), told, Declined(by=LIN.id, for_good=True))
    assert apart(people, [NOOR, SAM], [ADA, KIM, LIN]) == {
        (NOOR.id, ADA.id): (),
        (NOOR.id, KIM.id): ("not_in_reporting_line",),
        (NOOR.id, LIN.id): (),
        (SAM.id, ADA.id): ("avoided",),
        (SAM.id, KIM.id): (),
        (SAM.id, LIN.id): ("declined_for_good",),
    }


def test_a_group_takes_no_more_reads_than_a_pair(people: Matchmaker) -> None:
    taken = []
    for mentees, mentors in (([NOOR], [ADA]), ([NOOR, SAM, OLA], [ADA, KIM, LIN])):
        before = Noted.asked
        apart(people, mentees, mentors)
        taken.append(Noted.asked - before)
    assert taken[0] == taken[1] > 0


@pytest.mark.parametrize("behind", ["late", "set aside"])
def test_hours_given_in_a_programme_that_is_not_shown_yet_are_counted(
    people: Matchmaker, behind: str
) -> None:
    happened(people.store, ADA.id, AvailabilitySet(hours_a_month=3, accepting=True))
    people.shown()
    programme(people.store, LEADERSHIP)
    joined(people.store, ADA, Side.MENTOR, LEADERSHIP)
    place = PlaceReserved(proposal=ProposalId(uuid4()), hours_a_month=2)
    happened(people.store, ADA.in_program(LEADERSHIP), place)
    with connect(people.database) as connection:
        if behind == "set aside":
            parking.park(connection, "programs", LEADERSHIP, people.store.head(), "for a test")
            people.shown()
        known = read_parties(people.store, connection, ONBOARDING, [ADA.id])
    assert known.parties.elsewhere[ADA.id] == {ADA.in_program(LEADERSHIP): 2}
