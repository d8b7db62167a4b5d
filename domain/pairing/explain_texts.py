"""The sentences of explanations: all of them stand here, made of codes and figures, never of people's
names.
"""

from collections.abc import Callable, Iterator
from typing import Final

from domain.matching_settings import WHOLE, Criterion, HardRule
from domain.pairing import rules
from domain.pairing.coverage import Covered
from domain.pairing.explain import Alternative, Blocked, Explanation, Fate, Part, WhyNot

Name = Callable[[str], str]
"""What a competency is called."""

CRITERIA: Final = {
    Criterion.COMPETENCIES: "what is wished and what is offered",
    Criterion.LANGUAGES: "a shared language",
    Criterion.TIME_ZONE: "shared working hours",
    Criterion.LOCATION: "the location",
    Criterion.DEPARTMENT: "the department",
    Criterion.EXPERIENCE: "the step in seniority",
    Criterion.AVAILABILITY: "the mentor's time",
    Criterion.BIOGRAPHY: "what both write about themselves",
    Criterion.COMMON_GROUND: "competencies in common",
    Criterion.ANSWERS: "answers to the programme's questions",
    Criterion.WISH: "each other's wishes",
}
RULES: Final = {
    rules.ONESELF: "nobody can mentor themself",
    rules.DECLINED: "one of the two has declined the other for good",
    rules.CAPACITY: "one of the two has no place or no hours left",
    rules.FORBIDDEN: "this pair is forbidden in this run",
    HardRule.NOT_IN_REPORTING_LINE: "one of the two reports to the other",
    HardRule.NOT_SAME_MANAGER: "both report to the same manager",
    HardRule.NOT_SAME_DEPARTMENT: "both are in the same department",
    HardRule.SAME_LOCATION: "they are not known to be in the same location",
    HardRule.SHARED_LANGUAGE: "they are not known to share a language",
    HardRule.OVERLAPPING_HOURS: "too few of their working hours are known to fall together",
    HardRule.NOT_MATCHED_BEFORE: "they were matched before",
    HardRule.TIME_ZONE_SPAN: "their time zones are too far apart",
    HardRule.MENTOR_IS_SENIOR: "the mentor is not known to be senior enough",
}


def rule_text(rule: str) -> str:
    """A programme's own rules are called by their ids."""
    return RULES.get(rule, f"the programme's own rule {rule.partition(':')[2]} does not allow it")


def explanation_texts(told: Explanation, name: Name = str) -> tuple[str, ...]:
    return tuple(_explained(told, name))


def _explained(told: Explanation, name: Name) -> Iterator[str]:
    if told.found and told.score is not None:
        told_of = f"{told.found.answered} of {told.found.asked} criteria"
        yield f"The score is {told.score:,} of {WHOLE:,}, based on {told_of}."
    if told.rank is not None:
        yield f"That is number {told.rank:,} among {_many(told.eligible, 'eligible mentor')}."
    yield from map(_part, told.parts)
    yield from (_wish(wish, name) for wish in told.coverage)
    yield from map(_alternative, told.alternatives)
    if told.blocked:
        yield _blocked(told.blocked)


def _part(part: Part) -> str:
    subject = _capital(CRITERIA[part.criterion])
    if part.score is None:
        return f"{subject}: too little is known; the other criteria count for it."
    return f"{subject}: {part.score:,} of {WHOLE:,}, counting {part.weight / 100:g} %."


def _wish(wish: Covered, name: Name) -> str:
    asked = f"{name(wish.wish)} at level {wish.level}"
    if wish.offer is None:
        return f"The wish for {asked} stays open."
    offer = f"{name(wish.offer)} at level {wish.offered}"
    return f"The wish for {asked} is covered by {offer}: {wish.score:,} of {WHOLE:,}."


def _alternative(other: Alternative) -> str:
    begin = f"Number {other.rank:,}, with a score of {other.score:,}"
    if other.fate is Fate.OWN:
        return f"{begin}, is matched too."
    if other.fate is Fate.FREE:
        return f"{begin}, still has room: {other.taken} of {_many(other.places, 'place')} taken."
    holders = f"{other.better} of them by mentees with a higher score there"
    return f"{begin}, is full: {_many(other.taken, 'place')} taken, {holders}."


def _blocked(blocked: Blocked) -> str:
    if blocked.mentor is None:
        return "There is no mentor in the pool."
    if blocked.below_minimum:
        return f"All {_many(blocked.eligible, 'eligible mentor')} fall short of the minimum score."
    obstacles = [*map(rule_text, blocked.rules), *(["all places are taken"] if blocked.full else [])]
    if not obstacles:
        return f"{_many(blocked.free, 'eligible mentor')} had room, but no group could be filled."
    counts = f"{_many(blocked.eligible, 'mentor')} eligible, {blocked.free} of them with room"
    return f"What stands least in the way: {' and '.join(obstacles)} ({counts})."


def why_not_texts(told: WhyNot) -> tuple[str, ...]:
    return tuple(_why_not(told))


def _why_not(told: WhyNot) -> Iterator[str]:
    if told.together:
        yield "These two are matched."
        return
    yield f"The score of these two is {told.score:,} of {WHOLE:,}."
    yield from (f"{_capital(rule_text(rule))}." for rule in told.rules)
    if told.below_minimum:
        yield "That is below the minimum score."
    if told.exactly:
        yield _cost(told.exactly.placed, told.exactly.total)
    elif told.at_least:
        yield f"At least {_many(told.at_least, 'point')} of the whole would be lost."
    elif told.at_least == 0:
        yield "It need not cost any of the total."


def _cost(placed: int, total: int) -> str:
    people = f"{_many(abs(placed), 'person', 'people')} {'fewer' if placed < 0 else 'more'} placed"
    points = f"{_many(abs(total), 'point')} of the whole {'lost' if total < 0 else 'gained'}"
    if placed and total:
        return f"Together they would mean {people}, and {points}."
    return (
        f"Together they would mean {people if placed else points}."
        if placed or total
        else "Together they would cost nothing."
    )


def _many(count: int, one: str, several: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
