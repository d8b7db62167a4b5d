"""Whatever is asked and answered, and whoever is listed: a granted wish that is repeated decides nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import expert, inquiry, participant
from domain.inquiry import INQUIRY
from domain.participant import PARTICIPANT
from domain.profile import LeavingReason
from tests.domain.test_inquiry import ASKED, ASKING, SESSION, WISHED
from tests.domain.test_wishes import Wish, each_decides_nothing_again, texts, wish
from tests.people import ADA, LIN, NOOR

by: dict[str, Any] = {"by": st.sampled_from([ADA.id, NOOR.id, LIN.id])}
asking = st.sampled_from([ASKING, ASKING, replace(ASKING, waiting=10), replace(ASKING, apart=True)])
OF_AN_INQUIRY = st.one_of(
    wish(inquiry.ask, asked=st.sampled_from([ASKED, WISHED]), asking=asking),
    wish(inquiry.follow_up, **by, text=texts, session=st.booleans()),
    wish(inquiry.answer, **by, text=texts),
    wish(inquiry.decline, **by, reason=st.none() | texts),
    wish(inquiry.agree_session, **by, mentorship=st.just(SESSION)),
    wish(inquiry.close, **by),
    wish(inquiry.rate, **by, rating=st.integers(1, 5), comment=st.none() | texts),
)
day = st.dates(date(2030, 5, 1), date(2030, 5, 3))
guest = {"name": texts, "email": st.just("gus@example.com"), "headline": st.none() | texts}
OF_AN_EXPERT = st.one_of(
    wish(participant.register, name=texts, source=st.just("csv")),
    wish(expert.invite_guest, **guest, until=day, today=day),
    wish(
        expert.list_as_expert,
        headline=texts,
        topics=st.just(("Python",)),
        by_themself=st.booleans(),
        today=day,
    ),
    wish(expert.unlist_as_expert),
    wish(participant.leave, reason=st.sampled_from(LeavingReason)),
    wish(participant.come_back),
)


@drawn(st.lists(OF_AN_INQUIRY, max_size=25))
def test_a_repeated_wish_about_a_question_decides_nothing(wishes: list[Wish]) -> None:
    each_decides_nothing_again(INQUIRY, wishes)


@drawn(st.lists(OF_AN_EXPERT, max_size=25))
def test_a_repeated_wish_about_an_expert_decides_nothing(wishes: list[Wish]) -> None:
    each_decides_nothing_again(PARTICIPANT, wishes)
