"""Which parts of a whole can be told of: of a department, a location, a time, or two of these at once.

Whatever answers are added and subtracted, as long as they cut in two ways at most, what is left must be
nobody or five and more. Think of a table of two ways to cut, and of each filled cell as a road between its
row and its column, as wide as it has people. What sums and differences of rows, columns and told cells can
single out is what crosses a border over the roads that are not told: so no border may be crossed by one to
four people. Rows that are hidden are one together, as are columns.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final, TypeVar

from domain.suppression import FEWEST, hidden

Place = tuple[str, str, str]
"""Department, location and the quarter it began in; what is not known is a place, too."""

Node = tuple[int, str | None]
"""A way to cut and an answer; None is all its hidden ones together."""
Roads = Mapping[tuple[Node, Node], int]
Key = TypeVar("Key", bound=Hashable)

_WAYS: Final = range(3)


@dataclass(frozen=True, slots=True)
class Part:
    """None leaves nothing out."""

    department: str | None = None
    location: str | None = None
    quarters: frozenset[str] | None = None

    @property
    def cuts(self) -> tuple[frozenset[str] | None, ...]:
        return (_only(self.department), _only(self.location), self.quarters)


class Whole:
    """So many are in each place."""

    def __init__(self, sizes: Mapping[Place, int]) -> None:
        self._sizes = {place: size for place, size in sizes.items() if size}
        self._of = [_summed((place[way], size) for place, size in self._sizes.items()) for way in _WAYS]

    def tells(self, part: Part) -> bool:
        """Three cuts at once are never told."""
        if sum(self._sizes.values()) < FEWEST:
            return False
        cuts = {
            way: answers & self._of[way].keys()
            for way, answers in enumerate(part.cuts)
            if answers is not None and not answers >= self._of[way].keys()
        }
        if len(cuts) > 2 or not all(cuts.values()):
            return False
        return all(self._is_told(way, answers) for way, answers in cuts.items()) and self._is_told_crossed(
            cuts
        )

    def _is_told(self, way: int, answers: frozenset[str]) -> bool:
        """Of the hidden ones all together, or none."""
        gone = self._hidden[way]
        return gone.isdisjoint(answers) or gone <= answers

    def _is_told_crossed(self, cuts: Mapping[int, frozenset[str]]) -> bool:
        if len(cuts) < 2:
            return True
        (one, rows), (other, columns) = cuts.items()
        cells = [
            (row, column) for row, column in self._table(one, other) if row in rows and column in columns
        ]
        return bool(cells) and self._told_cells(one, other).issuperset(cells)

    def _table(self, one: int, other: int) -> Mapping[tuple[str, str], int]:
        return _summed(((place[one], place[other]), size) for place, size in self._sizes.items())

    @cached_property
    def _hidden(self) -> Mapping[int, frozenset[str]]:
        """What is hidden of one way narrows what the next pair of ways may tell, so this goes round."""
        gone = {way: hidden(self._of[way]) for way in _WAYS}
        while weak := next(self._weak_borders(gone), None):
            way, answer = self._given_up(weak, gone)
            gone[way] = hidden(self._of[way], gone[way] | {answer})
        return gone

    def _weak_borders(self, gone: Mapping[int, frozenset[str]]) -> Iterator[list[tuple[Node, Node]]]:
        for one, other in combinations(_WAYS, 2):
            roads = self._roads(one, other, gone)
            if weak := _weak_border(roads):
                yield weak

    def _given_up(
        self, border: Iterable[tuple[Node, Node]], gone: Mapping[int, frozenset[str]]
    ) -> tuple[int, str]:
        """The smallest answer at the border, of the later way if there is one; else the smallest of all."""
        crossing = [node for road in border for node in road]
        at_it = [(way, answer) for way, answer in crossing if answer is not None]
        ways = {way for way, _ in crossing}
        anywhere = [(way, a) for way in ways for a in self._of[way] if a not in gone[way]]
        return min(at_it or anywhere, key=lambda node: (-node[0], self._of[node[0]][node[1]], node[1]))

    def _roads(self, one: int, other: int, gone: Mapping[int, frozenset[str]]) -> Roads:
        def node(way: int, answer: str) -> Node:
            return way, None if answer in gone[way] else answer

        cells = self._table(one, other).items()
        return _summed(((node(one, row), node(other, column)), size) for (row, column), size in cells)

    def _told_cells(self, one: int, other: int) -> frozenset[tuple[str, str]]:
        """The largest first, each where no border is crossed by too few without it."""
        roads = dict(self._roads(one, other, self._hidden))
        told = set()
        for (start, end), size in sorted(roads.items(), key=lambda road: (-road[1], road[0][0][1] or "")):
            if start[1] is None or end[1] is None or size < FEWEST:
                continue
            without = {road: width for road, width in roads.items() if road != (start, end)}
            width, _ = _flow(without, start, end)
            if width == 0 or width >= FEWEST:
                roads = without
                told.add((start[1], end[1]))
        return frozenset(told)


def _only(answer: str | None) -> frozenset[str] | None:
    return None if answer is None else frozenset({answer})


def _summed(sizes: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    found: dict[Key, int] = defaultdict(int)
    for key, size in sizes:
        found[key] += size
    return found


def _weak_border(roads: Roads) -> list[tuple[Node, Node]] | None:
    """Roads over which fewer than five reach what else is connected with them; None where there are none."""
    left = {node for road in roads for node in road}
    while left:
        start = min(left, key=repr)
        reached = _flow(roads, start, None)[1]
        for end in sorted(reached - {start}, key=repr):
            width, side = _flow(roads, start, end)
            if width < FEWEST:
                return [road for road in roads if (road[0] in side) is not (road[1] in side)]
        left -= reached
    return None


def _flow(roads: Roads, start: Node, end: Node | None) -> tuple[int, frozenset[Node]]:
    """How many get from `start` to `end`, counted up to five, and what can be reached when no more can."""
    free: dict[Node, dict[Node, int]] = defaultdict(lambda: defaultdict(int))
    for (one, other), width in roads.items():
        free[one][other] += width
        free[other][one] += width
    total = 0
    while total < FEWEST:
        before = _reach(free, start, end)
        if end is None or end not in before:
            return total, frozenset(before)
        way = list(_path(before, start, end))
        width = min(free[one][other] for one, other in way)
        for one, other in way:
            free[one][other] -= width
            free[other][one] += width
        total += width
    return total, frozenset()


def _reach(free: Mapping[Node, Mapping[Node, int]], start: Node, end: Node | None) -> dict[Node, Node]:
    """Each node that can be reached, and the one before it."""
    before, queue = {start: start}, deque([start])
    while queue and end not in before:
        here = queue.popleft()
        for there, width in free[here].items():
            if width and there not in before:
                before[there] = here
                queue.append(there)
    return before


def _path(before: Mapping[Node, Node], start: Node, end: Node) -> Iterator[tuple[Node, Node]]:
    while end != start:
        yield before[end], end
        end = before[end]
