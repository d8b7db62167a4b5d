"""An inquiry: who asks whom, what they answer, when it leads to a session, and how it is rated."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest

from domain import inquiry
from domain.admission import PersonIsNotActive
from domain.ids import InquiryId, flash_id
from domain.inquiry import (
    INQUIRY,
    AlreadyAnswered,
    Answered,
    Asked,
    Asking,
    Closed,
    Declined,
    ExpertAcceptsNobody,
    ExpertIsNotListed,
    FollowedUp,
    Inquiry,
    InquiryExists,
    InquiryHasEnded,
    InquiryIsUnknown,
    NoSessionIsWished,
    NotAnsweredYet,
    Rated,
    SessionAgreed,
    Status,
    TheOtherDoesThis,
    TooManyQuestionsWait,
)
from domain.participant import (
    PARTICIPANT,
    AvailabilitySet,
    Erased,
    Left,
    ListedAsExpert,
    UnlistedAsExpert,
    facts,
)
from domain.profile import LeavingReason, PersonFacts
from domain.refusal import Refusal
from tests.people import ADA, LIN, NOOR
from tests.scenario import Given, fold, given

QUESTION: Final = InquiryId(UUID(int=0x1F))
SESSION: Final = flash_id(QUESTION)
ASKED: Final = Asked(expert=ADA.id, by=NOOR.id, text="How do I delegate?", topics=("Delegation",))
WISHED: Final = ASKED.model_copy(update={"session": True})
ANSWERED: Final = Answered(by=ADA.id, text="Begin small.")
FURTHER: Final = FollowedUp(by=NOOR.id, text="And then?")
DECLINED: Final = Declined(by=ADA.id, reason="No idea.")
AGREED: Final = SessionAgreed(by=ADA.id, mentorship=SESSION)
CLOSED: Final = Closed(by=NOOR.id)
RATED: Final = Rated(by=NOOR.id, rating=5, comment="Good")
BY_NOOR: Final = {"by": NOOR.id}
BY_ADA: Final = {"by": ADA.id}


def of(*history: Any) -> PersonFacts:
    return facts(fold(PARTICIPANT, history), ADA.id)


LISTED: Final = ListedAsExpert(headline="Ask me", topics=("Delegation",))
NOOR_NOW: Final = of(NOOR.registered)
ADA_NOW: Final = of(ADA.registered, LISTED)
ASKING: Final = Asking(asker=NOOR_NOW, expert=ADA_NOW)
LEFT: Final = Left(reason=LeavingReason.LEFT_ORGANISATION)


def so_far(*more: Any) -> Given[Inquiry]:
    return given(INQUIRY, ASKED, *more)


def test_somebody_asks_an_expert() -> None:
    given(INQUIRY).when(inquiry.ask, asked=ASKED, asking=ASKING).then(ASKED)
    busy_but_willing = of(ADA.registered, LISTED, AvailabilitySet(hours_a_month=1))
    asking = replace(ASKING, expert=busy_but_willing, waiting=9)
    given(INQUIRY).when(inquiry.ask, asked=WISHED, asking=asking).then(WISHED)


def test_one_id_is_one_question() -> None:
    other = ASKED.model_copy(update={"text": "How do I present?"})
    so_far().when(inquiry.ask, asked=other, asking=ASKING).then_refused(InquiryExists)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"asker": of(NOOR.registered, LEFT)}, PersonIsNotActive),
        ({"expert": of(ADA.registered)}, ExpertIsNotListed),
        ({"expert": of(ADA.registered, LISTED, UnlistedAsExpert())}, ExpertIsNotListed),
        ({"expert": of(ADA.registered, LISTED, LEFT)}, ExpertIsNotListed),
        ({"expert": of(ADA.registered, LISTED, Erased())}, ExpertIsNotListed),
        ({"expert": of()}, ExpertIsNotListed),
        ({"apart": True}, ExpertAcceptsNobody),
        (
            {"expert": of(ADA.registered, LISTED, AvailabilitySet(hours_a_month=4, accepting=False))},
            ExpertAcceptsNobody,
        ),
        ({"expert": of(ADA.registered, LISTED, AvailabilitySet(hours_a_month=0))}, ExpertAcceptsNobody),
    ],
)
def test_only_who_is_there_and_willing_is_asked(change: dict[str, Any], refusal: type[Refusal]) -> None:
    given(INQUIRY).when(inquiry.ask, asked=ASKED, asking=replace(ASKING, **change)).then_refused(refusal)


def test_nobody_asks_themself() -> None:
    oneself = ASKED.model_copy(update={"by": ADA.id})
    asking = Asking(asker=ADA_NOW, expert=ADA_NOW)
    given(INQUIRY).when(inquiry.ask, asked=oneself, asking=asking).then_refused(inquiry.NobodyAsksThemself)


def test_there_is_an_end_to_asking() -> None:
    asking = replace(ASKING, waiting=10)
    given(INQUIRY).when(inquiry.ask, asked=ASKED, asking=asking).then_refused(TooManyQuestionsWait, limit=10)


def test_the_limit_is_told_before_what_could_tell_of_avoidance() -> None:
    asking = replace(ASKING, apart=True, waiting=10)
    given(INQUIRY).when(inquiry.ask, asked=ASKED, asking=asking).then_refused(TooManyQuestionsWait, limit=10)


def test_the_expert_answers_and_adds_to_it() -> None:
    so_far().when(inquiry.answer, **BY_ADA, text="Begin small.").then(ANSWERED)
    more = Answered(by=ADA.id, text="And be patient.")
    so_far(ANSWERED).when(inquiry.answer, **BY_ADA, text="And be patient.").then(more)


def test_whoever_asked_asks_further_once_it_is_answered() -> None:
    so_far(ANSWERED).when(inquiry.follow_up, **BY_NOOR, text="And then?").then(FURTHER)
    so_far().when(inquiry.follow_up, **BY_NOOR, text="And then?").then_refused(NotAnsweredYet)
    assert so_far(ANSWERED, FURTHER).state.status is Status.WAITING


def test_the_expert_declines_what_is_not_answered() -> None:
    so_far().when(inquiry.decline, **BY_ADA, reason="No idea.").then(DECLINED)
    so_far(DECLINED).when(inquiry.decline, **BY_ADA, reason="Another").then_nothing()
    so_far(ANSWERED).when(inquiry.decline, **BY_ADA).then_refused(AlreadyAnswered)
    so_far(ANSWERED, FURTHER).when(inquiry.decline, **BY_ADA).then_refused(AlreadyAnswered)
    so_far(CLOSED).when(inquiry.decline, **BY_ADA).then_refused(InquiryHasEnded)


def test_a_session_is_agreed_upon_where_one_is_wished() -> None:
    agree = {**BY_ADA, "mentorship": SESSION}
    given(INQUIRY, WISHED).when(inquiry.agree_session, **agree).then(AGREED)
    so_far().when(inquiry.agree_session, **agree).then_refused(NoSessionIsWished)
    wishing = FURTHER.model_copy(update={"session": True})
    so_far(ANSWERED, wishing).when(inquiry.agree_session, **agree).then(AGREED)
    given(INQUIRY, WISHED, CLOSED).when(inquiry.agree_session, **agree).then_refused(InquiryHasEnded)
    given(INQUIRY, WISHED, AGREED).when(inquiry.decline, **BY_ADA).then_refused(AlreadyAnswered)


@pytest.mark.parametrize("who", [ADA, NOOR])
def test_either_closes_it(who: Any) -> None:
    so_far(ANSWERED).when(inquiry.close, by=who.id).then(Closed(by=who.id))
    so_far(DECLINED).when(inquiry.close, by=who.id).then_refused(InquiryHasEnded)


def test_whoever_asked_rates_what_they_got() -> None:
    rate = {**BY_NOOR, "rating": 5, "comment": "Good"}
    so_far(ANSWERED).when(inquiry.rate, **rate).then(RATED)
    so_far(ANSWERED, CLOSED).when(inquiry.rate, **rate).then(RATED)
    given(INQUIRY, WISHED, AGREED).when(inquiry.rate, **rate).then(RATED)
    again = Rated(by=NOOR.id, rating=2)
    so_far(ANSWERED, RATED).when(inquiry.rate, **BY_NOOR, rating=2).then(again)
    so_far().when(inquiry.rate, **rate).then_refused(NotAnsweredYet)
    so_far(DECLINED).when(inquiry.rate, **rate).then_refused(NotAnsweredYet)


def test_where_somebody_is_gone_what_is_open_is_closed() -> None:
    so_far().when(inquiry.let_go).then(Closed())
    so_far(ANSWERED).when(inquiry.let_go).then(Closed())
    so_far(DECLINED).when(inquiry.let_go).then_nothing()


OF_THE_EXPERT: Final[tuple[tuple[Any, dict[str, Any]], ...]] = (
    (inquiry.answer, {"text": "So."}),
    (inquiry.decline, {}),
    (inquiry.agree_session, {"mentorship": SESSION}),
)
OF_THE_ASKER: Final[tuple[tuple[Any, dict[str, Any]], ...]] = (
    (inquiry.follow_up, {"text": "And?"}),
    (inquiry.rate, {"rating": 3}),
)


@pytest.mark.parametrize(("wish", "words"), [*OF_THE_EXPERT, *OF_THE_ASKER, (inquiry.close, {})])
def test_of_what_was_never_asked_nothing_is_decided(wish: Any, words: dict[str, Any]) -> None:
    given(INQUIRY).when(wish, **BY_NOOR, **words).then_refused(InquiryIsUnknown)


@pytest.mark.parametrize(
    ("wish", "words", "by"),
    [
        *((*wish, NOOR.id) for wish in OF_THE_EXPERT),
        *((*wish, ADA.id) for wish in OF_THE_ASKER),
        (inquiry.close, {}, LIN.id),
    ],
)
def test_each_does_their_own_part(wish: Any, words: dict[str, Any], by: Any) -> None:
    so_far(ANSWERED).when(wish, by=by, **words).then_refused(TheOtherDoesThis)


@pytest.mark.parametrize("end", [DECLINED, CLOSED])
def test_nothing_is_said_once_it_has_ended(end: Any) -> None:
    so_far(ANSWERED, end).when(inquiry.follow_up, **BY_NOOR, text="And?").then_refused(InquiryHasEnded)
    so_far(ANSWERED, end).when(inquiry.answer, **BY_ADA, text="So.").then_refused(InquiryHasEnded)
