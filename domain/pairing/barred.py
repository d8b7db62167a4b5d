"""Why somebody has nobody: which rules bar each partner, and the smallest set of rules that bars too many."""

from collections.abc import Iterable
from copy import copy
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import HardRule
from domain.pairing import rules
from domain.pairing.compiled import Compiled
from domain.pairing.market import IndexPair
from domain.pairing.pool import Pool
from domain.pairing.signatures import RULED, Compare, Kinds, Table, Trait
from domain.pairing.singles import Singled

Bits = NDArray[np.int64]

_SINGLED: Final = (rules.ONESELF, rules.AVOIDED, rules.DECLINED, HardRule.NOT_MATCHED_BEFORE, *rules.SINGLE)


class Barred:
    """A bit for each rule, in the order of their names. `forbidden` are pairs that this run must not make."""

    def __init__(self, compiled: Compiled, forbidden: Iterable[IndexPair] = ()) -> None:
        self._compiled = compiled
        self.forbidden = frozenset(forbidden)
        settings = compiled.terms.settings
        shared: dict[str, tuple[Trait, Trait, Compare]] = {
            rule: (RULED[rule], RULED[rule], self._asked(rule))
            for rule in settings.hard_rules
            if rule in RULED
        }
        for test in map(rules.PairRuleTest.of, settings.pair_rules):
            shared[test.name] = (test.asks, test.answers, _broken(test))
        self._tables = {
            name: Table(Kinds.of(compiled.mentees, mine), Kinds.of(compiled.mentors, theirs), compare)
            for name, (mine, theirs, compare) in shared.items()
        }
        names = {*shared, *_SINGLED, rules.CAPACITY, rules.FORBIDDEN}
        self._bit = {name: 1 << at for at, name in enumerate(sorted(names))}
        self._naming_mentors = compiled.sweep.singled
        self._naming_mentees = Singled(compiled.mentees, _mirrored(compiled.pool), compiled.terms)

    def forbidding(self, forbidden: Iterable[IndexPair]) -> "Barred":
        """The same people and rules, and these pairs forbidden."""
        other = copy(self)
        other.forbidden = frozenset(forbidden)
        return other

    def of_mentee(self, mentee: int) -> tuple[str, ...]:
        """The smallest set of rules without which some mentor would be eligible; of equals the first."""
        compiled, person = self._compiled, self._compiled.mentees[mentee]
        bits = self._capacity(compiled.mentor_places, compiled.mentee_places[mentee])
        for name, table in self._tables.items():
            bits |= self._bit[name] * table.row(int(table.kinds[mentee])).astype(np.int64)
        named = set(self._naming_mentors.barred(person).tolist())
        for mentor in named | {mentor for one, mentor in self.forbidden if one == mentee}:
            bits[mentor] = self._of_pair(mentee, mentor)
        return self._smallest(bits, compiled.mentor_index.get(person.id))

    def of_mentor(self, mentor: int) -> tuple[str, ...]:
        """The same for a mentor."""
        compiled, person = self._compiled, self._compiled.mentors[mentor]
        bits = self._capacity(compiled.mentee_places, compiled.mentor_places[mentor])
        for name, table in self._tables.items():
            bits |= self._bit[name] * table.column(int(table.mentors.codes[mentor])).astype(np.int64)
        named = set(self._naming_mentees.barred(person).tolist())
        for mentee in named | {mentee for mentee, one in self.forbidden if one == mentor}:
            bits[mentee] = self._of_pair(mentee, mentor)
        return self._smallest(bits, compiled.mentee_index.get(person.id))

    def _asked(self, rule: HardRule) -> Compare:
        bars, terms = rules.SHARED[rule], self._compiled.terms
        return lambda mentee, mentor: int(bars(mentee, mentor, terms))

    def _capacity(self, others: NDArray[np.int64], own: int) -> Bits:
        full = (others == 0) | (own == 0)
        return np.where(full, self._bit[rules.CAPACITY], 0).astype(np.int64)

    def _of_pair(self, mentee: int, mentor: int) -> int:
        failed = self._compiled.failed(mentee, mentor)
        own = self._bit[rules.FORBIDDEN] if (mentee, mentor) in self.forbidden else 0
        return own | sum(self._bit[name] for name in failed)

    def _smallest(self, bits: Bits, oneself: int | None) -> tuple[str, ...]:
        if oneself is not None:
            bits = np.delete(bits, oneself)
        found = [self._names(kind) for kind in np.unique(bits).tolist()]
        return min(found, key=lambda names: (len(names), names), default=())

    def _names(self, bits: int) -> tuple[str, ...]:
        return tuple(str(name) for name, bit in self._bit.items() if bits & bit)


def _broken(test: rules.PairRuleTest) -> Compare:
    return lambda mentee, mentor: int(test.asks(mentee) and not test.answers(mentor))


def _mirrored(pool: Pool) -> Pool:
    """Mentors and mentees exchanged: bars that name people hold from both sides."""
    before = frozenset((mentor, mentee) for mentee, mentor in pool.matched_before)
    declined = frozenset((mentor, mentee) for mentee, mentor in pool.declined)
    return Pool(pool.mentors, pool.mentees, {}, before, declined)
