"""Whatever is wished in a relationship, in whatever order: what was granted and is repeated is no news."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import course, goals, joining
from domain.ids import MentorshipId
from domain.mentorship import MENTORSHIP, EndReason, Outcome
from domain.refusal import Refusal
from domain.relationship import RUNNING
from tests.domain.related import AROUND, SETTINGS, TODAY, mentee, mentor, within
from tests.domain.test_wishes import Wish, days, each_decides_nothing_again, ids, texts, wish
from tests.people import ADA, KIM, LIN, NOOR, SAM

PEOPLE = (ADA, KIM, NOOR, LIN, SAM)
terms: dict[str, Any] = {
    "within": st.integers(1, 2).map(lambda version: replace(within(first=AROUND), settings_version=version))
}
by: dict[str, Any] = {**terms, "by": st.sampled_from([who.id for who in PEOPLE])}
goal: dict[str, Any] = {**by, "goal": ids}
maybe_texts = st.none() | texts
untils = {"until": days | st.just(date(2030, 12, 1))}
today = {"today": st.just(TODAY)}
ratings = st.just({"progress": 4})
members = st.sampled_from([mentor(ADA), mentor(KIM), *map(mentee, (NOOR, LIN, SAM, KIM))])
OF_A_MENTORSHIP = st.one_of(
    wish(goals.sign_agreement, **by),
    wish(goals.set_goal, **goal, text=texts),
    wish(goals.describe_goal, **goal, text=texts),
    wish(goals.progress_goal, **goal, percent=st.sampled_from([0, 50, 100]), note=maybe_texts),
    wish(goals.achieve_goal, **goal),
    wish(goals.drop_goal, **goal, reason=maybe_texts),
    wish(goals.reach_milestone, **by, milestone=st.sampled_from(["first-talk", "second-talk"])),
    wish(goals.check_in, **by, check_in=ids, ratings=ratings, comment=maybe_texts),
    wish(goals.raise_concern, **by, concern=ids, text=texts),
    wish(goals.settle_concern, **by, concern=ids, note=maybe_texts),
    wish(joining.add_member, **terms, member=members),
    wish(joining.leave, **by, reason=maybe_texts),
    wish(joining.part_with, **terms, gone=by["by"].map(lambda who: {who}), reason=st.just(EndReason.OTHER)),
    wish(course.pause, **terms, **untils, **today),
    wish(course.resume, **terms),
    wish(course.resume_in_time, today=days),
    wish(course.extend, **terms, **untils, **today),
    wish(course.migrate, **terms, version=st.integers(1, 2), settings=st.just(SETTINGS)),
    wish(course.break_glass, glass=ids, reason=texts),
)
AN_END = st.one_of(
    wish(course.conclude, **terms, outcome=st.sampled_from(Outcome)),
    wish(course.end_early, **by, reason=st.sampled_from(EndReason), words=maybe_texts),
    wish(course.hand_over, **terms, mentors=st.just((KIM.id,)), successor=ids.map(MentorshipId)),
    wish(course.reopen, **terms, **untils, **today),
)
lives = st.lists(st.one_of(OF_A_MENTORSHIP, OF_A_MENTORSHIP, OF_A_MENTORSHIP, AN_END), max_size=25)


@drawn(lives)
def test_a_repeated_wish_decides_nothing(lived: list[Wish]) -> None:
    each_decides_nothing_again(MENTORSHIP, lived, [AROUND])


@drawn(lives)
def test_nothing_but_a_reopening_a_settlement_and_broken_glass_follows_an_end(lived: list[Wish]) -> None:
    state = MENTORSHIP.evolve(MENTORSHIP.initial, AROUND)
    for decision, arguments in lived:
        over = state.status not in RUNNING
        try:
            decided = decision(state, **arguments)
        except Refusal:
            continue
        assert not (over and decided) or decision in {
            course.reopen,
            course.break_glass,
            goals.settle_concern,
        }
        for event in decided:
            state = MENTORSHIP.evolve(state, event)
