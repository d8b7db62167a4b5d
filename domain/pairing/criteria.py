"""What each criterion gives two people: a whole number up to 10,000, or None where it cannot be told.

These functions are the definition; the arrays elsewhere only compute the same faster.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np

from domain.matching_settings import WHOLE, Criterion, Gap, Likeness
from domain.pairing.pool import Person
from domain.pairing.terms import Yardstick

Told = int | None
Measure = Callable[[Person, Person, Yardstick], Told]

DAY: Final = 24 * 60
WORKING_DAY: Final = 10 * 60
"""Eight to eighteen on everybody's own clock, in minutes."""
LEAST_URGENT: Final = 6
"""A wish of priority 1 weighs 5, one of priority 5 weighs 1."""
FULL_BIOGRAPHY: Final = 127 * 127


def minutes_apart(one: int, other: int) -> int:
    """Clocks go round: 23 hours apart is one hour apart."""
    apart = abs(one - other) % DAY
    return min(apart, DAY - apart)


def shared_minutes(one: int, other: int) -> int:
    """How much of both working days falls together."""
    return max(0, WORKING_DAY - minutes_apart(one, other))


def level_score(near: int, offered: int, wished: int) -> int:
    return near * min(offered, wished) // wished if wished > 0 else near


def urgency(priority: int) -> int:
    return max(1, LEAST_URGENT - priority)


def near(wish: str, offer: str, yardstick: Yardstick) -> int:
    return WHOLE if wish == offer else yardstick.nearness.get((wish, offer), 0)


def best_offer(wish: str, level: int, offers: Mapping[str, int], yardstick: Yardstick) -> tuple[int, str]:
    """The best there is for one wish and the offer it comes from, the first by name of equals."""
    best, named = 0, ""
    for offer, held in offers.items():
        score = level_score(near(wish, offer, yardstick), held, level)
        if not named or score > best or (score == best and offer < named):
            best, named = score, offer
    return best, named


def competencies(own: Person, other: Person, yardstick: Yardstick) -> Told:
    """How well the other's offers cover one's own wishes, the urgent ones counting more."""
    weights = {wish: urgency(priority) for wish, (_, priority) in own.wishes.items()}
    covered = sum(
        weights[wish] * best_offer(wish, level, other.offers, yardstick)[0]
        for wish, (level, _) in own.wishes.items()
    )
    return covered // sum(weights.values()) if weights else None


def languages(mentee: Person, mentor: Person, _: Yardstick) -> Told:
    """One shared language is all that two people need."""
    if not mentee.languages or not mentor.languages:
        return None
    return WHOLE if shares_language(mentee, mentor) else 0


def shares_language(mentee: Person, mentor: Person) -> bool:
    return not {name.casefold() for name in mentee.languages}.isdisjoint(
        name.casefold() for name in mentor.languages
    )


def time_zone(mentee: Person, mentor: Person, _: Yardstick) -> Told:
    if mentee.utc_offset is None or mentor.utc_offset is None:
        return None
    return WHOLE * shared_minutes(mentee.utc_offset, mentor.utc_offset) // WORKING_DAY


def location(mentee: Person, mentor: Person, yardstick: Yardstick) -> Told:
    return _likeness(mentee.location, mentor.location, yardstick.terms.settings.location)


def department(mentee: Person, mentor: Person, yardstick: Yardstick) -> Told:
    return _likeness(mentee.department, mentor.department, yardstick.terms.settings.department)


def _likeness(one: str | None, other: str | None, wanted: Likeness) -> Told:
    if one is None or other is None:
        return None
    return WHOLE if (one == other) is (wanted is Likeness.SAME) else 0


def experience(mentee: Person, mentor: Person, yardstick: Yardstick) -> Told:
    if mentee.title_step is None or mentor.title_step is None:
        return None
    return _of_gap(mentor.title_step - mentee.title_step, yardstick.terms.settings.gaps)


def _of_gap(rungs: int, gaps: Iterable[Gap]) -> int:
    """The widest listed step that is not wider; below them all, the narrowest."""
    listed = sorted(gaps, key=lambda gap: gap.rungs)
    reached = [gap.score for gap in listed if gap.rungs <= rungs]
    return reached[-1] if reached else listed[0].score


def availability(_: Person, mentor: Person, yardstick: Yardstick) -> Told:
    """Whole where the mentor has twice the hours that a relationship takes."""
    if mentor.hours_left is None:
        return None
    comfortable = 2 * yardstick.terms.hours_a_month
    return WHOLE * min(mentor.hours_left, comfortable) // comfortable if comfortable else WHOLE


def biography(mentee: Person, mentor: Person, _: Yardstick) -> Told:
    if mentee.biography is None or mentor.biography is None:
        return None
    one, other = (
        np.frombuffer(text, np.int8).astype(np.int64) for text in (mentee.biography, mentor.biography)
    )
    return biography_score(int(one @ other))


def biography_score(product: int) -> int:
    return min(WHOLE, max(0, product) * WHOLE // FULL_BIOGRAPHY)


def named(person: Person) -> frozenset[str]:
    return frozenset(person.offers) | frozenset(person.wishes)


def common_ground(mentee: Person, mentor: Person, _: Yardstick) -> Told:
    """The share of what the one who names less has in common with the other."""
    one, other = named(mentee), named(mentor)
    return WHOLE * len(one & other) // min(len(one), len(other)) if one and other else None


def answers(mentee: Person, mentor: Person, _: Yardstick) -> Told:
    both = mentee.answers.keys() & mentor.answers.keys()
    equal = sum(mentee.answers[question] == mentor.answers[question] for question in both)
    return WHOLE * equal // len(both) if both else None


def wish(own: Person, other: Person, _: Yardstick) -> Told:
    """The first of one's own list is worth the whole, falling evenly to the last."""
    if not own.wished:
        return None
    return rank_score(own.wished.index(other.id), len(own.wished)) if other.id in own.wished else 0


def rank_score(rank: int, of: int) -> int:
    return WHOLE * (of - rank) // of


def preference(own: Person, other: Person, _: Yardstick) -> Told:
    if not own.preference:
        return None
    met = sum(other.groups.get(question) == answer for question, answer in own.preference.items())
    return WHOLE * met // len(own.preference)


SYMMETRIC: Final[Mapping[Criterion, Measure]] = {
    Criterion.LANGUAGES: languages,
    Criterion.TIME_ZONE: time_zone,
    Criterion.LOCATION: location,
    Criterion.DEPARTMENT: department,
    Criterion.EXPERIENCE: experience,
    Criterion.AVAILABILITY: availability,
    Criterion.BIOGRAPHY: biography,
    Criterion.COMMON_GROUND: common_ground,
    Criterion.ANSWERS: answers,
}
"""Mentee first, mentor second: both sides see the same."""
OWN: Final[Mapping[Criterion, Measure]] = {
    Criterion.COMPETENCIES: competencies,
    Criterion.WISH: wish,
    Criterion.PREFERENCE: preference,
}
"""One's own side first: each sees their own."""


def told(criterion: Criterion, mentee: Person, mentor: Person, yardstick: Yardstick) -> tuple[Told, Told]:
    """What the mentee's and the mentor's side see."""
    if criterion in SYMMETRIC:
        value = SYMMETRIC[criterion](mentee, mentor, yardstick)
        return value, value
    measure = OWN[criterion]
    return measure(mentee, mentor, yardstick), measure(mentor, mentee, yardstick)


def side(values: Mapping[Criterion, int], weights: Mapping[Criterion, int]) -> Told:
    """What can be told, weighted; the weights of the rest fall to it."""
    weight = sum(weights[criterion] for criterion in values)
    return (
        sum(weights[criterion] * value for criterion, value in values.items()) // weight if weight else None
    )


def both_sides(mentee: Told, mentor: Told) -> int:
    """The harmonic mean: a pair is not good because one side finds it so."""
    if mentee is None or mentor is None:
        return (mentee if mentor is None else mentor) or 0
    return 2 * mentee * mentor // (mentee + mentor) if mentee + mentor else 0
