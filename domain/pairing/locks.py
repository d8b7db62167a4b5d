"""Pairs that people have decided on: locked ones stand whatever they cost, but no rule bends for them."""

from collections import Counter
from collections.abc import Iterable

from domain.pairing.compiled import Compiled
from domain.pairing.market import IndexPair
from domain.pairing.pool import Pair
from domain.refusal import Refusal


class LockedPairIsUnknown(Refusal):
    """A locked pair names somebody who is not in this pool."""


class LockedPairIsBarred(Refusal):
    """A locked pair breaks a hard rule: {rules}. Change the rule, or unlock the pair."""


class LockedPairIsForbidden(Refusal):
    """A pair is locked and forbidden at the same time; it can be one of the two."""


class LockedPairsNeedMorePlaces(Refusal):
    """More pairs are locked for one person than they have places ({places})."""


def known(compiled: Compiled, pairs: Iterable[Pair]) -> frozenset[IndexPair]:
    """Of those that name people in this pool."""
    mentees, mentors = compiled.mentee_index, compiled.mentor_index
    return frozenset(
        (mentees[mentee], mentors[mentor])
        for mentee, mentor in pairs
        if mentee in mentees and mentor in mentors
    )


def accepted(compiled: Compiled, locked: frozenset[Pair], forbidden: frozenset[Pair]) -> frozenset[IndexPair]:
    """The locked pairs, where they can stand. Raises a Refusal."""
    pairs = known(compiled, locked)
    if len(pairs) < len(locked):
        raise LockedPairIsUnknown
    if locked & forbidden:
        raise LockedPairIsForbidden
    for mentee, mentor in sorted(pairs):
        if failed := compiled.failed(mentee, mentor):
            raise LockedPairIsBarred(rules=", ".join(failed))
    sides = zip(*pairs, strict=True) if pairs else ((), ())
    for taken, places in zip(sides, (compiled.mentee_places, compiled.mentor_places), strict=True):
        for person, count in Counter(taken).items():
            if count > places[person]:
                raise LockedPairsNeedMorePlaces(places=int(places[person]))
    return pairs
