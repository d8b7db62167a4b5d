"""Places as a flow: from everybody who wants somebody, over the pairs, into the places there are."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.max_flow import SimpleMaxFlow  # type: ignore[import-untyped]  # it ships no types
from ortools.graph.python.min_cost_flow import (  # type: ignore[import-untyped]  # it ships no types
    SimpleMinCostFlow,
)

from domain.pairing.edges import Edges

Chosen = NDArray[np.bool_]
"""Which of the edges are taken."""

_BITS: Final = 62
"""What the solver's costs may have: it multiplies them by the number of nodes, and adds up along paths."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Why no more can be placed: whoever is inside `mentees` finds places only in `mentors`, which are full.

    `left` are those of them who were left without.
    """

    placed: int
    mentees: NDArray[np.bool_]
    mentors: NDArray[np.bool_]
    left: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Network:
    """Mentees, mentors, then the source and the sink."""

    edges: Edges
    wanting: NDArray[np.bool_]
    places: NDArray[np.int64]

    @property
    def source(self) -> int:
        return len(self.wanting) + len(self.places)

    def arcs(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        """Tails, heads and capacities: the edges first, then what everybody wants, then the places."""
        mentees, mentors = len(self.wanting), len(self.places)
        tails = (self.edges.mentees, np.full(mentees, self.source), np.arange(mentees, self.source))
        heads = (self.edges.mentors + mentees, np.arange(mentees), np.full(mentors, self.source + 1))
        capacities = (np.ones(len(self.edges)), self.wanting, self.places)
        return (
            np.concatenate(tails).astype(np.int32),
            np.concatenate(heads).astype(np.int32),
            np.concatenate(capacities).astype(np.int64),
        )


def most(network: Network) -> Cut:
    """As many as can be placed at all."""
    solver = SimpleMaxFlow()
    solver.add_arcs_with_capacity(*network.arcs())
    mentees = len(network.wanting)
    solver.solve(network.source, network.source + 1)
    reached = np.zeros(network.source + 2, np.bool_)
    reached[np.array(solver.get_source_side_min_cut(), np.intp)] = True
    edges = len(network.edges)
    placed = np.asarray(solver.flows(np.arange(edges, edges + mentees, dtype=np.int32))) > 0
    left = network.wanting & ~placed
    return Cut(int(solver.optimal_flow()), reached[:mentees], reached[mentees : network.source], left)


def best(network: Network, gains: NDArray[np.int64], *, everybody: bool) -> Chosen:
    """The highest gain; where `everybody`, of those that place as many as can be placed."""
    tails, heads, capacities = network.arcs()
    costs = np.concatenate([-gains, np.zeros(len(tails) - len(gains), np.int64)])
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    wanted = int(network.wanting.sum())
    if not everybody:
        solver.add_arc_with_capacity_and_unit_cost(network.source, network.source + 1, wanted, 0)
    ends = np.array([network.source, network.source + 1], np.int32)
    solver.set_nodes_supplies(ends, np.array([wanted, -wanted], np.int64))
    return _solved(solver, solver.solve_max_flow_with_min_cost(), len(gains))


@dataclass(frozen=True, slots=True)
class Bound:
    """Who has to be placed, and whose places have to be filled, in whatever is among the best."""

    mentees: NDArray[np.bool_]
    mentors: NDArray[np.bool_]


def of_equals(network: Network, marks: NDArray[np.int64], bound: Bound) -> Chosen:
    """Of the solutions that keep to `bound`, the one with the highest sum of marks."""
    tails, heads, capacities = network.arcs()
    edges, mentees = len(network.edges), len(network.wanting)
    capacities[edges : edges + mentees] *= ~bound.mentees
    capacities[edges + mentees :] *= ~bound.mentors
    solver = SimpleMinCostFlow()
    costs = np.concatenate([-marks, np.zeros(len(tails) - edges, np.int64)])
    solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    supplies = np.zeros(network.source + 2, np.int64)
    supplies[:mentees] = network.wanting & bound.mentees
    supplies[mentees : network.source] = -(network.places * bound.mentors)
    supplies[network.source] = (network.wanting & ~bound.mentees).sum()
    supplies[network.source + 1] = -supplies.sum()
    solver.add_arc_with_capacity_and_unit_cost(
        network.source, network.source + 1, int(supplies[network.source]), 0
    )
    solver.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
    return _solved(solver, solver.solve(), edges)


def mark_bits(nodes: int) -> int:
    """How many bits a mark can have, so that the solver's numbers hold a path of them."""
    return min(40, _BITS - 2 * (nodes + 2).bit_length())


def _solved(solver: SimpleMinCostFlow, status: "SimpleMinCostFlow.Status", edges: int) -> Chosen:
    if status != SimpleMinCostFlow.Status.OPTIMAL:
        raise ArithmeticError(f"the flow has no solution: {status.name}")
    return np.asarray(solver.flows(np.arange(edges, dtype=np.int32))) > 0
