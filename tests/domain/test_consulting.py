"""What asking and agreeing take: who is kept apart, and the session that begins with the word for it."""

from datetime import date
from typing import Any, Final

import pytest

from domain import consulting, mentorship
from domain.admission import PersonIsNotActive
from domain.guards import StillChanging, same_person
from domain.inquiry import FLASH, INQUIRY, Asking
from domain.mentorship import MENTORSHIP, Began
from domain.participant import PARTICIPANT, Left, Participant, PersonAvoided, facts
from domain.profile import LeavingReason
from domain.program_settings import Side
from domain.relationship import Member
from tests.domain.test_inquiry import AGREED, ASKED, LISTED, QUESTION, SESSION, WISHED
from tests.people import ADA, NOOR
from tests.scenario import fold, given

TODAY: Final = date(2030, 5, 2)


def of(*history: Any) -> Participant:
    return fold(PARTICIPANT, history)


NOOR_NOW: Final = of(NOOR.registered)
ADA_NOW: Final = of(ADA.registered, LISTED)


@pytest.mark.parametrize(
    ("asker", "expert", "declined", "apart"),
    [
        (NOOR_NOW, ADA_NOW, False, False),
        (NOOR_NOW, ADA_NOW, True, True),
        (of(NOOR.registered, PersonAvoided(person=ADA.id)), ADA_NOW, False, True),
        (NOOR_NOW, of(ADA.registered, LISTED, PersonAvoided(person=NOOR.id)), False, True),
    ],
)
def test_whoever_avoids_or_has_declined_is_apart(
    asker: Participant, expert: Participant, declined: bool, apart: bool
) -> None:
    wish, *guards = consulting.asking(QUESTION, ASKED, asker, expert, waiting=3, declined=declined)
    known = Asking(facts(asker, NOOR.id), facts(expert, ADA.id), waiting=3, apart=apart)
    assert wish.arguments == {"asked": ASKED, "asking": known}
    assert [(step.stream.id, step.guard) for step in guards] == [(NOOR.id, True), (ADA.id, True)]
    with pytest.raises(StillChanging):
        same_person(of(), **guards[0].arguments)


def test_a_session_begins_with_the_word_for_it() -> None:
    held = given(INQUIRY, WISHED).state
    agreed, begun, *guards = consulting.agreeing(QUESTION, held, by=ADA.id, today=TODAY)
    assert agreed.decision(held, **agreed.arguments) == [AGREED]
    members = (
        Member(participant=ADA.id, role=Side.MENTOR),
        Member(participant=NOOR.id, role=Side.MENTEE),
    )
    began = Began(type=FLASH, members=members, planned_end=date(2030, 6, 1), inquiry=QUESTION)
    assert begun.stream == MENTORSHIP.stream(SESSION)
    given(MENTORSHIP).when(mentorship.begin, **begun.arguments).then(began)
    assert [guard.stream.id for guard in guards] == [ADA.id, NOOR.id]
    left = Left(reason=LeavingReason.OWN_WISH)
    for guard in guards:
        assert guard.decision(NOOR_NOW, **guard.arguments) == []
        with pytest.raises(PersonIsNotActive):
            guard.decision(of(NOOR.registered, left), **guard.arguments)
        with pytest.raises(consulting.SessionIsNotPossible):
            guard.decision(of(NOOR.registered, PersonAvoided(person=ADA.id)), **guard.arguments)


@pytest.mark.parametrize("history", [(), (WISHED, AGREED)])
def test_nothing_begins_where_nothing_was_asked_or_it_has_begun(history: Any) -> None:
    held = given(INQUIRY, *history).state
    (alone,) = consulting.agreeing(QUESTION, held, by=ADA.id, today=TODAY)
    assert alone.stream == INQUIRY.stream(QUESTION)
