"""Suppression: groups too small to be told of, and those that would give them away by subtraction."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)
Cell = tuple[str, str]

FEWEST: Final = 5
"""Figures of fewer people say something about each of them."""


def hidden(sizes: Mapping[Key, int], also: frozenset[Key] = frozenset()) -> frozenset[Key]:
    """Of groups whose whole is known: the small, and the next smallest until subtraction tells of no small
    one; `also` are hidden for another reason.

    One hidden group alone is the whole less the rest; several that make a small group together are no
    better.
    """
    return _with_company(sizes, also.union(key for key, size in sizes.items() if size < FEWEST))


def tellable(part: int, whole: int) -> bool:
    """Whether figures of a part can stand beside those of the whole: neither it nor the rest is small."""
    return part >= FEWEST and (part == whole or whole - part >= FEWEST)


def hidden_cells(cells: Mapping[Cell, int], rows: frozenset[str], columns: frozenset[str]) -> frozenset[Cell]:
    """Of two questions crossed: `rows` and `columns` are the answers hidden by themselves.

    A cell of a hidden answer is hidden with it: all of them would add up to it. Line by line, the hidden
    cells of every other answer keep each other company; each new one may need some in the line it crosses.
    """
    gone = {cell for cell, size in cells.items() if size < FEWEST or cell[0] in rows or cell[1] in columns}
    lines = [*_lines(cells, 0), *_lines(cells, 1)]
    while True:
        grown = gone.union(*(_with_company(line, gone & line.keys()) for line in lines))
        if grown == gone:
            return frozenset(gone)
        gone = grown


def _lines(cells: Mapping[Cell, int], side: int) -> Iterable[Mapping[Cell, int]]:
    for answer in sorted({cell[side] for cell in cells}):
        yield {cell: size for cell, size in cells.items() if cell[side] == answer}


def _with_company(sizes: Mapping[Key, int], gone: Iterable[Key]) -> frozenset[Key]:
    held = set(gone)
    left = sorted((size, repr(key), key) for key, size in sizes.items() if key not in held)
    while left and held and (len(held) == 1 or sum(sizes[key] for key in held) < FEWEST):
        held.add(left.pop(0)[2])
    return frozenset(held)
