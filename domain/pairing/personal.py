"""What somebody in particular adds to a score: biographies, and whom people wish for by name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import WHOLE, Criterion
from domain.pairing.criteria import FULL_BIOGRAPHY, rank_score
from domain.pairing.pool import Person
from domain.pairing.signatures import Ints

PERSONAL: Final = (Criterion.COMPETENCIES, Criterion.WISH, Criterion.COMMON_GROUND, Criterion.BIOGRAPHY)
"""Criteria that read who exactly somebody is; no two people need be alike in them."""
_SAYS: Final[Mapping[Criterion, Callable[[Person], bool]]] = {
    Criterion.COMPETENCIES: lambda person: bool(person.wishes),
    Criterion.WISH: lambda person: bool(person.wished),
    Criterion.COMMON_GROUND: lambda person: bool(person.offers or person.wishes),
    Criterion.BIOGRAPHY: lambda person: person.biography is not None,
}


def tells(criterion: Criterion, people: Sequence[Person]) -> NDArray[np.bool_]:
    """Who says anything about it."""
    says = _SAYS[criterion]
    return np.array([says(person) for person in people], np.bool_)


class Biographies:
    """Products of unit vectors in 127ths stay below 2**24, so that single floats are exact."""

    def __init__(self, mentors: Sequence[Person]) -> None:
        lengths = [len(mentor.biography) for mentor in mentors if mentor.biography is not None]
        self._empty = bytes(max(lengths, default=0))
        self._mentors = self._vectors(mentors)

    def alike(self, mentees: Sequence[Person]) -> Ints:
        """A row for each mentee. Where no mentor says anything, nothing is alike."""
        if not self._empty:
            return np.zeros((len(mentees), len(self._mentors)), np.int32)
        product = np.maximum(self._vectors(mentees) @ self._mentors.T, 0).astype(np.int64)
        alike: Ints = np.minimum(product * WHOLE // FULL_BIOGRAPHY, WHOLE).astype(np.int32)
        return alike

    def _vectors(self, people: Sequence[Person]) -> NDArray[np.float32]:
        said = b"".join(person.biography or self._empty for person in people)
        return np.frombuffer(said, np.int8).astype(np.float32).reshape(len(people), len(self._empty))


class Lists:
    """Whom people wish for by name."""

    def __init__(self, mentors: Sequence[Person]) -> None:
        self._size = len(mentors)
        self._index = {mentor.id: at for at, mentor in enumerate(mentors)}
        self._wishing: dict[UUID, list[tuple[int, int]]] = {}
        for at, mentor in enumerate(mentors):
            for rank, mentee in enumerate(mentor.wished):
                value = rank_score(rank, len(mentor.wished))
                self._wishing.setdefault(mentee, []).append((at, value))

    def own(self, mentee: Person) -> Ints:
        row = np.zeros(self._size, np.int32)
        for rank, mentor in enumerate(mentee.wished):
            if mentor in self._index:
                row[self._index[mentor]] = rank_score(rank, len(mentee.wished))
        return row

    def others(self, mentee: Person) -> Ints:
        row = np.zeros(self._size, np.int32)
        for mentor, value in self._wishing.get(mentee.id, ()):
            row[mentor] = value
        return row
