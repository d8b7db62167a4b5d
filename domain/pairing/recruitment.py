"""Recruitment: which competencies lack places, and where one place more would place one person more."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.match_outcome import Found
from domain.matching_settings import Objective
from domain.pairing.compiled import Compiled
from domain.pairing.criteria import urgency
from domain.pairing.grid import Indices, OnProgress, silent
from domain.pairing.locks import known
from domain.pairing.market import by_mentee
from domain.pairing.outcome import Outcome
from domain.pairing.pool import Pair, Pool
from domain.pairing.standing import companions
from domain.pairing.terms import Terms


@dataclass(frozen=True, slots=True)
class Shortage:
    """One competency that mentees wish for.

    `demand` weighs each by the urgency of the wish, `wishing` counts them. `places` are those of mentors
    who offer it at the lowest wished level or above; `short` says how many of the wishing no place at their
    level is left for, were everybody here for this alone: whatever a run does. Of this one, `open` counts
    those to nobody they are with offers it at their level, `unmatched` those of them who got nobody at all.
    `places_more` is 1 where one more place of a mentor who offers it would place one person more, None
    where the run does not count people first.
    """

    competency: str
    demand: int
    wishing: int
    places: int
    short: int
    open: int
    unmatched: int
    places_more: int | None


@dataclass(frozen=True, slots=True)
class _Wish:
    level: int
    weight: int
    placed: bool
    met: bool


def recruitment(
    pool: Pool,
    terms: Terms,
    outcome: Outcome,
    *,
    forbidden: frozenset[Pair] = frozenset(),
    on_progress: OnProgress = silent,
) -> tuple[Shortage, ...]:
    """The competency that lacks most places first. `forbidden` are the pairs that the run was not to make."""
    compiled = Compiled(pool, terms)
    wishes, offers = _wishes(compiled, outcome.found), _offers(compiled)
    helpful = _helpful(compiled, outcome.found, forbidden, on_progress)
    found = [_shortage(key, asked, offers.get(key, {}), helpful) for key, asked in wishes.items()]
    return tuple(sorted(found, key=lambda one: (-one.short, -one.open, -one.demand, one.competency)))


def open_wishes(compiled: Compiled, outcome: Outcome) -> dict[str, int]:
    """By competency, how many wishes nobody fulfils whom the mentee got."""
    wishes = _wishes(compiled, outcome.found)
    counts = {key: sum(not wish.met for wish in asked) for key, asked in wishes.items()}
    return {key: count for key, count in counts.items() if count}


def _wishes(compiled: Compiled, found: tuple[Found, ...]) -> dict[str, list[_Wish]]:
    people = {one.id: one for one in (*compiled.mentees, *compiled.mentors)}
    company = companions(found)
    wishes: dict[str, list[_Wish]] = defaultdict(list)
    for mentee in compiled.mentees:
        own = [people[one] for one in company.get(mentee.id, ())]
        for key, (level, priority) in mentee.wishes.items():
            met = any(one.offers.get(key, 0) >= level for one in own)
            wishes[key].append(_Wish(level, urgency(priority), mentee.id in company, met))
    return wishes


def _offers(compiled: Compiled) -> dict[str, dict[int, tuple[int, int]]]:
    """By competency and mentor: the level and the places."""
    offers: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for at, mentor in enumerate(compiled.mentors):
        for key, level in mentor.offers.items():
            offers[key][at] = level, int(compiled.mentor_places[at]) * compiled.terms.type.mentees.most
    return offers


def _shortage(
    key: str, asked: list[_Wish], offers: Mapping[int, tuple[int, int]], helpful: set[int] | None
) -> Shortage:
    lowest = min(wish.level for wish in asked)
    enough = {mentor: places for mentor, (level, places) in offers.items() if level >= lowest}
    return Shortage(
        competency=key,
        demand=sum(wish.weight for wish in asked),
        wishing=len(asked),
        places=sum(enough.values()),
        short=short([wish.level for wish in asked], list(offers.values())),
        open=sum(not wish.met for wish in asked),
        unmatched=sum(not wish.placed for wish in asked),
        places_more=None if helpful is None else int(not helpful.isdisjoint(enough)),
    )


def short(wished: list[int], offered: list[tuple[int, int]]) -> int:
    """How many find no place at their level or above, however they are seated.

    What is enough for the highest is enough for all, so the worst of the levels decides (Hall's condition).
    """
    lacking = (
        sum(one >= level for one in wished) - sum(places for held, places in offered if held >= level)
        for level in set(wished)
    )
    return max(0, *lacking)


def _helpful(
    compiled: Compiled, found: tuple[Found, ...], forbidden: frozenset[Pair], on_progress: OnProgress
) -> set[int] | None:
    """The mentors with whom one place more places one person more; of pairs, and where people are placed
    first.

    Somebody without a mentor takes the place, or takes that of one who goes there, or of one who goes where
    one goes who goes there: an alternating path. One search from all who are without reaches all such
    mentors. Whoever is locked to somebody goes nowhere, and whoever has one mentor of two is no person
    more.
    """
    pairs = compiled.terms.type.mentees.most == 1
    if not pairs or compiled.terms.settings.objective is not Objective.PLACED_FIRST:
        return None
    holders: dict[int, list[int]] = defaultdict(list)
    waiting = set(np.flatnonzero(compiled.mentee_places).tolist())
    for one in found:
        for mentee in one.mentees:
            waiting.discard(compiled.mentee_index[mentee])
            if not one.locked:
                holders[compiled.mentor_index[one.mentors[0]]].append(compiled.mentee_index[mentee])
    return _reached(compiled, sorted(waiting), holders, by_mentee(known(compiled, forbidden)), on_progress)


def _reached(
    compiled: Compiled,
    waiting: list[int],
    holders: Mapping[int, list[int]],
    closed: Mapping[int, Indices],
    on_progress: OnProgress,
) -> set[int]:
    reached: NDArray[np.bool_] = np.zeros(len(compiled.mentors), dtype=np.bool_)
    asked = set(waiting)
    while waiting and not reached.all():
        on_progress("recruitment", int(reached.sum()), reached.size)
        mentee = waiting.pop()
        able = (compiled.scores(np.array([mentee]))[0] >= 0) & ~reached
        able[closed.get(mentee, [])] = False
        fresh = np.flatnonzero(able)
        reached[fresh] = True
        moved = {holder for mentor in fresh.tolist() for holder in holders.get(mentor, ())} - asked
        asked |= moved
        waiting.extend(sorted(moved))
    return set(np.flatnonzero(reached).tolist())
