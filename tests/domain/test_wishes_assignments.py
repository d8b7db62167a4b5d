"""Whatever is wished of an assignment, in whatever order: the same wish again decides nothing."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import assignment as a
from domain.assignment import ASSIGNMENT, Returned, Submitted
from domain.relationship import Status
from tests.domain.test_assignment import ENDED, FRIDAY, TODAY, WITHIN, assigned, suggested
from tests.domain.test_wishes import Wish, each_decides_nothing_again, texts, wish
from tests.people import ADA, LIN, NOOR, SAM

people = st.sampled_from([ADA.id, NOOR.id, LIN.id])
days = st.sampled_from([None, FRIDAY, FRIDAY + timedelta(days=7)])
where = st.sampled_from([WITHIN, ENDED, replace(WITHIN, status=Status.PAUSED)])
tasks = st.sampled_from([None, "reading", "listening"])
OF_AN_ASSIGNMENT = st.one_of(
    wish(a.suggest, within=where, suggested=st.builds(suggested, by=people, to=people, task=tasks)),
    wish(
        a.assign,
        within=where,
        assigned=st.builds(assigned, by=people | st.just(SAM.id), to=people, due=days),
        today=st.just(TODAY),
    ),
    wish(a.schedule, within=where, by=people, due=days, today=st.just(TODAY)),
    wish(a.start, within=where, by=people),
    wish(a.submit, within=where, submitted=st.builds(Submitted, by=people, text=st.none() | texts)),
    wish(a.complete, within=where, by=people),
    wish(a.send_back, within=where, returned=st.builds(Returned, by=people, reason=texts)),
    wish(a.drop, within=where, by=people),
)


@drawn(st.lists(OF_AN_ASSIGNMENT, min_size=1, max_size=25))
def test_a_wish_that_already_holds_decides_nothing(lived: list[Wish]) -> None:
    each_decides_nothing_again(ASSIGNMENT, lived)
