"""Coverage: which offer of one person covers which wish of another, and what stays open."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.pairing.criteria import best_offer, urgency
from domain.pairing.pool import Person
from domain.pairing.terms import Yardstick

if TYPE_CHECKING:  # suggestions, which the compiled pool's module may come to know, tell coverage too
    from domain.pairing.compiled import Compiled


@dataclass(frozen=True, slots=True)
class Covered:
    """One wish and the offer that covers it best; `offer` None: it stays open. `score` counts level and
    nearness.

    `weight` is what the wish counts beside the person's others.
    """

    wish: str
    level: int
    priority: int
    weight: int
    offer: str | None
    offered: int
    score: int


def coverage(compiled: "Compiled", mentee: int, mentor: int) -> tuple[Covered, ...]:
    """What the mentee of this pair wishes, and what of it the mentor covers."""
    yardstick = Yardstick(compiled.terms, compiled.pool.nearness)
    return covered(compiled.mentees[mentee], compiled.mentors[mentor], yardstick)


def covered(wisher: Person, offerer: Person, yardstick: Yardstick) -> tuple[Covered, ...]:
    """The wishes of one side, the most urgent first; whichever side wishes."""
    by_urgency = sorted(wisher.wishes.items(), key=lambda wish: (wish[1][1], wish[0]))
    return tuple(_best(wish, *asked, offerer, yardstick) for wish, asked in by_urgency)


def _best(wish: str, level: int, priority: int, offerer: Person, yardstick: Yardstick) -> Covered:
    score, key = best_offer(wish, level, offerer.offers, yardstick)
    offer = key if score else None
    held = offerer.offers[key] if score else 0
    return Covered(wish, level, priority, urgency(priority), offer, held, score)
