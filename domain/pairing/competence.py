"""Competencies as sparse rows: a wish reaches only the people who offer something like it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import WHOLE
from domain.pairing.criteria import level_score, named, urgency
from domain.pairing.pool import Person
from domain.pairing.signatures import Ints
from domain.pairing.terms import Yardstick

Indices = NDArray[np.intp]
Skill = tuple[str, int]
"""A competency and a level of it."""


_SPARSE: Final = 16
"""Rows with fewer than one entry in so many are kept as lists."""


class Offered:
    """Who offers what, by competency and level; `best` is asked once for every kind of wish."""

    def __init__(self, mentors: Sequence[Person], yardstick: Yardstick) -> None:
        self._size = len(mentors)
        known: dict[Skill, int] = {}
        held = [[known.setdefault(offer, len(known)) for offer in one.offers.items()] for one in mentors]
        counts = np.array([len(one) for one in held], np.intp)
        # First who offers most: the n-th offers are those of the first so many.
        self._order = np.argsort(-counts, kind="stable")
        most = [held[at] for at in self._order.tolist()]
        self._nth = [
            np.array([one[turn] for one in most[: int((counts > turn).sum())]], np.intp)
            for turn in range(counts.max(initial=0))
        ]
        self._levels: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for (key, level), at in known.items():
            self._levels[key].append((level, at))
        self._offers = len(known)
        self._near = _near(yardstick)
        self._known: dict[Skill, _Reach] = {}

    def coverage(self, mentee: Person) -> Ints:
        """The competencies of the mentee's side, with every mentor."""
        covered = np.zeros(self._size, np.int32)
        total = 0
        for key, (level, priority) in mentee.wishes.items():
            weight = urgency(priority)
            total += weight
            reach = self._reach((key, level))
            if reach.mentors is None:
                covered += weight * reach.values.astype(np.int32)
            else:
                covered[reach.mentors] += weight * reach.values
        return covered // total if total > 1 else covered

    def rest(self) -> None:
        self._known.clear()

    def _reach(self, wish: Skill) -> "_Reach":
        if wish not in self._known:
            self._known[wish] = self._found(*wish)
        return self._known[wish]

    def reach(self, key: str, level: int) -> NDArray[np.int16]:
        """How well each mentor covers one wish."""
        values = np.zeros(self._offers, np.int16)
        for offer, near in ((key, WHOLE), *self._near.get(key, ())):
            for held, at in self._levels.get(offer, ()):
                values[at] = level_score(near, held, level)
        best, ordered = np.zeros(self._size, np.int16), np.zeros(self._size, np.int16)
        for nth in self._nth:
            np.maximum(ordered[: len(nth)], values[nth], out=ordered[: len(nth)])
        best[self._order] = ordered
        return best

    def _found(self, key: str, level: int) -> "_Reach":
        best = self.reach(key, level)
        reached = np.flatnonzero(best)
        if len(reached) * _SPARSE > self._size:
            return _Reach(None, best)
        return _Reach(reached, best[reached].astype(np.int32))


@dataclass(frozen=True, slots=True)
class _Reach:
    """How well a wish is covered: by whom, or, where by many, by everybody in order."""

    mentors: Indices | None
    values: NDArray[np.integer]


class Wished:
    """What the mentors wish themselves; a mentee's offers reach only some of their wishes."""

    def __init__(self, mentors: Sequence[Person], yardstick: Yardstick) -> None:
        slots = [
            (at, key, level, urgency(priority))
            for at, mentor in enumerate(mentors)
            for key, (level, priority) in mentor.wishes.items()
        ]
        self._mentors = np.array([at for at, *_ in slots], np.intp)
        self._weights = np.array([weight for *_, weight in slots], np.int32)
        self._totals = np.maximum(1, np.bincount(self._mentors, self._weights, len(mentors)).astype(np.int32))
        self._levels = _holders(((key, level), slot) for slot, (_, key, level, _) in enumerate(slots))
        self._near = _turned(yardstick)
        self._known: dict[Skill, tuple[Indices, Ints]] = {}

    @property
    def any(self) -> bool:
        return len(self._mentors) > 0

    @property
    def who(self) -> NDArray[np.bool_]:
        """Which mentors wish anything."""
        return np.bincount(self._mentors, minlength=len(self._totals)) > 0

    def coverage(self, mentee: Person) -> Ints:
        """The competencies of the mentors' sides, with this mentee."""
        best = np.zeros(len(self._mentors), np.int32)
        for offer in mentee.offers.items():
            slots, values = self._reached(offer)
            best[slots] = np.maximum(best[slots], values)
        covered = np.bincount(self._mentors, self._weights * best, len(self._totals)).astype(np.int32)
        return covered // self._totals

    def _reached(self, offer: Skill) -> tuple[Indices, Ints]:
        if offer not in self._known:
            key, held = offer
            found = [
                (slots, level_score(near, held, level))
                for wish, near in ((key, WHOLE), *self._near.get(key, ()))
                for level, slots in self._levels.get(wish, {}).items()
            ]
            slots = np.concatenate([np.empty(0, np.intp), *(slots for slots, _ in found)])
            values = np.concatenate(
                [np.full(len(slots), value, np.int32) for slots, value in found] or [_NONE]
            )
            self._known[offer] = slots, values
        return self._known[offer]


class Named:
    """Which competencies the mentors name at all."""

    def __init__(self, mentors: Sequence[Person]) -> None:
        names = [named(mentor) for mentor in mentors]
        self._counts = np.array([len(name) for name in names], np.int32)
        holders: dict[str, list[int]] = defaultdict(list)
        for at, keys in enumerate(names):
            for key in keys:
                holders[key].append(at)
        self._holders = {key: np.array(held, np.intp) for key, held in holders.items()}

    def coverage(self, mentee: Person) -> Ints:
        mine = named(mentee)
        common = np.zeros(len(self._counts), np.int32)
        for key in mine:
            common[self._holders.get(key, _NOBODY)] += 1
        return WHOLE * common // np.maximum(1, np.minimum(self._counts, len(mine)))


_NONE = np.empty(0, np.int32)
_NOBODY = np.empty(0, np.intp)


def _holders(held: Iterable[tuple[Skill, int]]) -> dict[str, dict[int, Indices]]:
    gathered: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for (key, level), at in held:
        gathered[key][level].append(at)
    return {
        key: {level: np.array(found, np.intp) for level, found in levels.items()}
        for key, levels in gathered.items()
    }


def _near(yardstick: Yardstick) -> dict[str, list[tuple[str, int]]]:
    near: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (wish, offer), value in yardstick.nearness.items():
        if wish != offer:
            near[wish].append((offer, value))
    return near


def _turned(yardstick: Yardstick) -> dict[str, list[tuple[str, int]]]:
    near: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (wish, offer), value in yardstick.nearness.items():
        if wish != offer:
            near[offer].append((wish, value))
    return near
