"""Ties are broken by who the people are, not by the order they came in or by what a solver does first."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.pairing.edges import Edges
from domain.pairing.pool import Person

Seeds = NDArray[np.uint64]

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))


class Marks:
    """A number for any pair, drawn from both ids and the run's seed; two pairs hardly ever have the same."""

    def __init__(self, mentees: Sequence[Person], mentors: Sequence[Person], seed: int) -> None:
        self._mentees, self._mentors = _seeds(mentees, f"mentee {seed}"), _seeds(mentors, f"mentor {seed}")

    def of(self, edges: Edges, bits: int) -> NDArray[np.int64]:
        mixed = self._mentees[edges.mentees] + self._mentors[edges.mentors] * _ODD
        for shift, factor in _MIX:
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return (mixed >> np.uint64(64 - bits)).astype(np.int64)


def _seeds(people: Sequence[Person], salt: str) -> Seeds:
    drawn = b"".join(blake2b(person.id.bytes, digest_size=8, key=salt.encode()).digest() for person in people)
    return np.frombuffer(drawn, "<u8").astype(np.uint64)
