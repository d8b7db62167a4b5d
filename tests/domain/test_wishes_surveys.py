"""Whatever is wished of a survey, in whatever order: the same wish again decides nothing."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import survey as s
from domain.relationship import Status
from domain.survey import SURVEY
from tests.domain.related import ARCHIVED, TOGETHER
from tests.domain.test_survey import DUE, FINE, asked
from tests.domain.test_wishes import Wish, each_decides_nothing_again, wish
from tests.people import ADA, NOOR

people = st.sampled_from([ADA.id, NOOR.id])
where = st.sampled_from([TOGETHER, ARCHIVED, replace(TOGETHER, status=Status.CONCLUDED)])
ratings = st.sampled_from([FINE["ratings"], {"satisfaction": 1, "recommend": 0, "mentor_effectiveness": 1}])
choices = st.sampled_from([FINE["choices"], {"goals": "No"}, {"goals": "Perhaps"}])
text = st.sampled_from([{}, FINE["text"]])
OF_A_SURVEY = st.one_of(
    wish(s.ask, within=where, asked=st.builds(asked, to=people)),
    wish(s.answer, by=people, ratings=ratings, choices=choices, text=text),
    wish(s.lapse, today=st.sampled_from([DUE, DUE + timedelta(days=1)])),
)


@drawn(st.lists(OF_A_SURVEY, min_size=1, max_size=25))
def test_a_wish_that_already_holds_decides_nothing(lived: list[Wish]) -> None:
    each_decides_nothing_again(SURVEY, lived)
