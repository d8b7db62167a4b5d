"""Who joins a relationship and who leaves it: groups alone take somebody in, and too few do not go on."""

from typing import Any

import pytest

from domain import joining
from domain.admission import ProgramIsArchived
from domain.guards import StillChanging
from domain.mentorship import (
    MENTORSHIP,
    Concluded,
    EndedEarly,
    EndReason,
    MemberJoined,
    MemberLeft,
    Migrated,
    Outcome,
)
from domain.program_settings import Kind, RelationshipType, Settings, Side, Size
from domain.refusal import Refusal
from domain.relationship import (
    Member,
    NotInThisRelationship,
    Relationship,
    RelationshipHasEnded,
    RelationshipIsUnknown,
)
from tests.domain.related import (
    ARCHIVED,
    CIRCLE,
    TOGETHER,
    UNKNOWN,
    began,
    circle,
    mentee,
    mentor,
    pair,
    within,
)
from tests.people import ADA, EVE, KIM, LIN, NOOR, OLA, SAM, Person
from tests.scenario import Given, When, given

CONCLUDED = Concluded(outcome=Outcome.ACHIEVED)
PEERS = RelationshipType(id="peers", kind=Kind.PEER, name="Peers")


def add(history: Given[Any], member: Member, terms: Any = TOGETHER) -> When[Any]:
    return history.when(joining.add_member, within=terms, member=member)


def leave(history: Given[Any], who: Person, terms: Any = TOGETHER) -> When[Any]:
    return history.when(joining.leave, within=terms, by=who.id, reason="No time")


def left(who: Person) -> MemberLeft:
    return MemberLeft(participant=who.id, reason="No time")


def test_a_group_takes_somebody_in() -> None:
    add(circle(), mentee(KIM)).then(MemberJoined(member=mentee(KIM)))
    add(circle(), mentor(KIM)).then(MemberJoined(member=mentor(KIM)))
    add(circle(), mentee(NOOR)).then_nothing()
    add(circle(left(NOOR)), mentee(NOOR)).then(MemberJoined(member=mentee(NOOR)))


def test_nobody_is_on_both_sides() -> None:
    add(circle(), mentor(NOOR)).then_refused(joining.OnTheOtherSide, role=Side.MENTEE)


def test_a_pair_takes_nobody_in() -> None:
    add(pair(), mentee(LIN)).then_refused(joining.NobodyElseFits)


def test_a_group_has_the_size_that_its_type_has_in_the_version_kept() -> None:
    full = circle(MemberJoined(member=mentee(KIM)))
    add(full, mentee(OLA)).then_refused(joining.RelationshipIsFull, mentors=2, mentees=4)
    add(full, mentor(OLA)).then(MemberJoined(member=mentor(OLA)))
    add(circle(MemberJoined(member=mentor(KIM))), mentor(OLA)).then_refused(
        joining.RelationshipIsFull, mentors=2, mentees=4
    )
    wider = CIRCLE.model_copy(update={"mentees": Size(least=2, most=6)})
    moved = Migrated(settings_version=2)
    terms = within(moved, settings=Settings(relationship_types=(wider,)))
    add(circle(MemberJoined(member=mentee(KIM)), moved), mentee(OLA), terms).then(
        MemberJoined(member=mentee(OLA))
    )


def test_what_is_offered_no_longer_stays_as_it_began() -> None:
    moved = Migrated(settings_version=2)
    add(circle(moved), mentee(KIM), within(moved, settings=Settings())).then(MemberJoined(member=mentee(KIM)))


@pytest.mark.parametrize("decision", [joining.leave, joining.remove_member])
def test_a_group_goes_on_without_who_leaves(decision: Any) -> None:
    who = "by" if decision is joining.leave else "person"
    wish = {"within": TOGETHER, who: NOOR.id, "reason": "No time"}
    circle().when(decision, **wish).then(left(NOOR))
    circle(left(NOOR)).when(decision, **wish).then_nothing()
    circle(left(NOOR), CONCLUDED).when(decision, **wish).then_nothing()
    circle().when(decision, **{**wish, who: KIM.id}).then_refused(NotInThisRelationship)


def test_who_has_left_may_be_taken_in_and_leave_again() -> None:
    leave(circle(left(NOOR), MemberJoined(member=mentee(NOOR))), NOOR).then(left(NOOR))


def test_too_few_do_not_go_on() -> None:
    too_few = joining.TooFewWouldRemain
    leave(circle(left(SAM)), NOOR).then_refused(too_few)
    leave(circle(), ADA).then_refused(too_few)
    leave(circle(MemberJoined(member=mentor(KIM))), ADA).then(left(ADA))
    leave(pair(), NOOR).then_refused(too_few)


def test_nobody_stays_alone_whatever_the_least_size_is() -> None:
    loose = CIRCLE.model_copy(update={"mentors": Size(least=0, most=2), "mentees": Size(least=1, most=4)})
    terms = within(settings=Settings(relationship_types=(loose,)))
    leave(circle(left(SAM), left(LIN)), NOOR, terms).then_refused(joining.TooFewWouldRemain)
    leave(circle(left(SAM)), ADA, terms).then(left(ADA))


def test_peers_need_no_mentor() -> None:
    three = given(MENTORSHIP, began(PEERS, *(mentee(who) for who in (NOOR, LIN, SAM))))
    leave(three, SAM).then(left(SAM))
    add(three, mentee(KIM)).then(MemberJoined(member=mentee(KIM)))


def test_nobody_comes_or_goes_once_it_has_ended() -> None:
    refused: list[tuple[Given[Any], Relationship, type[Refusal]]] = [
        (circle(CONCLUDED), TOGETHER, RelationshipHasEnded),
        (circle(), ARCHIVED, ProgramIsArchived),
        (given(MENTORSHIP), UNKNOWN, RelationshipIsUnknown),
        (circle(Migrated(settings_version=2)), TOGETHER, StillChanging),
    ]
    for history, terms, refusal in refused:
        add(history, mentee(KIM), terms).then_refused(refusal)
        leave(history, NOOR, terms).then_refused(refusal)


def lose(history: Given[Any], *gone: Person, terms: Any = TOGETHER) -> When[Any]:
    people = frozenset(who.id for who in gone)
    return history.when(joining.part_with, within=terms, gone=people, reason=EndReason.LEFT_PROGRAM)


def test_a_group_goes_on_without_those_who_are_gone() -> None:
    lose(circle(), NOOR, EVE).then(MemberLeft(participant=NOOR.id))
    lose(circle(), EVE).then_nothing()


def test_what_cannot_go_on_without_them_ends_without_fault() -> None:
    ended = EndedEarly(reason=EndReason.LEFT_PROGRAM)
    lose(circle(), NOOR, SAM).then(ended)
    lose(pair(), ADA).then(ended)
    assert ended.no_fault
    lose(pair(CONCLUDED), ADA).then_refused(RelationshipHasEnded)
