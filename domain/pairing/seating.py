"""Seating: people to tables with a least and a most of seats, by a flow of least cost; whole numbers
throughout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import (  # type: ignore[import-untyped]  # it ships no types
    SimpleMinCostFlow,
)

Numbers = NDArray[np.int64]

NOWHERE: Final = -1
TIE_BITS: Final = 10
"""So much room scores leave for what breaks ties: cost times people squared still fits into 63 bits."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Who may sit where, and what it is worth; `tie` orders what is worth the same."""

    person: Numbers
    table: Numbers
    score: Numbers
    tie: Numbers

    def where(self, kept: NDArray[np.bool_]) -> "Edges":
        return Edges(self.person[kept], self.table[kept], self.score[kept], self.tie[kept])


def joined(parts: Sequence[Edges]) -> Edges:
    return Edges(
        np.concatenate([part.person for part in parts]), np.concatenate([part.table for part in parts]),
        np.concatenate([part.score for part in parts]), np.concatenate([part.tie for part in parts]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seats:
    """By table: below `least` people it is short, `most` it holds."""

    least: Numbers
    most: Numbers


@dataclass(frozen=True, slots=True)
class Seated:
    """The table of each person and what it is worth; NOWHERE and 0 without one."""

    table: Numbers
    score: Numbers

    @property
    def worth(self) -> tuple[int, int, int]:
        """How many sit, how well the worst-off does, and the total."""
        sits = self.table != NOWHERE
        return int(sits.sum()), int(min(self.score[sits], default=0)), int(self.score.sum())

    def sizes(self, tables: int) -> Numbers:
        return np.bincount(self.table[self.table != NOWHERE], minlength=tables)


def seated(people: int, offered: Edges, seats: Seats, *, everybody: bool = True) -> Seated:
    """Tables are filled to their least first wherever that is possible without seating fewer.

    With `everybody` as many sit as can, then the sum of scores decides; without it, the sum alone.
    """
    found = Seated(np.full(people, NOWHERE, dtype=np.int64), np.zeros(people, dtype=np.int64))
    if people == 0 or offered.person.size == 0:
        return found
    flow, arcs = _network(people, offered, seats)
    if not everybody:
        _let_stand(flow, people, sink=people + 1 + seats.most.size)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"the flow ended as {status.name}")
    used = flow.flows(arcs) > 0
    found.table[offered.person[used]] = offered.table[used]
    found.score[offered.person[used]] = offered.score[used]
    return found


def _network(people: int, offered: Edges, seats: Seats) -> tuple[SimpleMinCostFlow, NDArray[np.int32]]:
    """Source, people, tables, sink. A seat below the least saves more than any way round it could cost."""
    flow, tables = SimpleMinCostFlow(), seats.most.size
    sink = people + 1 + tables
    worth = (offered.score << TIE_BITS) + offered.tie
    saved = -(int(worth.max()) + 1) * (people + 1)
    persons, rooms = np.arange(1, people + 1), np.arange(people + 1, sink)
    connect = flow.add_arcs_with_capacity_and_unit_cost
    arcs = connect(offered.person + 1, offered.table + people + 1, np.ones(worth.size, int), -worth)
    connect(np.zeros(people, int), persons, np.ones(people, int), np.zeros(people, int))
    connect(rooms, np.full(tables, sink), np.minimum(seats.least, seats.most), np.full(tables, saved))
    connect(rooms, np.full(tables, sink), np.maximum(seats.most - seats.least, 0), np.zeros(tables, int))
    flow.set_node_supply(0, people)
    flow.set_node_supply(sink, -people)
    return flow, arcs


def _let_stand(flow: SimpleMinCostFlow, people: int, sink: int) -> None:
    """To sit nowhere is worth nothing, and costs nothing."""
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(1, people + 1), np.full(people, sink), np.ones(people, int), np.zeros(people, int)
    )
