"""How near what one wishes to learn is to what another offers: by the catalogue first, then by meaning."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray

from domain.matching_settings import WHOLE, MatchingSettings
from domain.profile import key_of
from projections import meaning, meanings
from projections.meaning import Nearness, Vectors

# Where two entries raced for one word, the label holds it before a synonym, and then the lower id.
ENTRIES: Final = """
SELECT DISTINCT ON (key) key, competency_id FROM competency_words
 WHERE key = ANY (%(keys)s) ORDER BY key, synonym, competency_id
"""
PARENTS: Final = "SELECT competency_id, parent_id FROM competencies"
NOWHERE: Final = -1

Places = NDArray[np.int32]
Which = NDArray[np.bool_]


def nearness_of(
    connection: psycopg.Connection,
    settings: MatchingSettings,
    wishes: Iterable[str],
    offers: Iterable[str],
) -> dict[tuple[str, str], int]:
    """By key of the wish and key of the offer; what is worth nothing is not in it, nor a key beside itself.

    The same entry of the catalogue is exact. The same branch is worth what the settings say. What is only
    near in meaning counts up to their cap.
    """
    wished, offered = _keys(wishes), _keys(offers)
    both = list(dict.fromkeys([*wished, *offered]))
    vectors = dict(zip(both, _vectors(connection, both), strict=True))
    scores = _by_meaning(settings, vectors, wished, offered)
    branches = _Branches.read(connection, both)
    some, others = branches.of(wished), branches.of(offered)
    scores = np.maximum(scores, np.where(some.shares_branch(others), settings.branch_score, 0))
    scores = np.where(some.is_same(others), WHOLE, scores)
    found = np.argwhere(scores)
    return {
        (wish, offer): int(scores[row, column])
        for row, column in found.tolist()
        if (wish := wished[row]) != (offer := offered[column])
    }


def _keys(words: Iterable[str]) -> list[str]:
    return sorted({key_of(word) for word in words})


def _vectors(connection: psycopg.Connection, keys: Sequence[str]) -> Vectors:
    """Kept ones, and what nobody has computed yet computed now."""
    known = meanings.kept(connection, keys)
    missing = [key for key in keys if key not in known]
    known.update(zip(missing, map(meaning.packed, meaning.embed(missing)), strict=True))
    return meaning.unpacked([known[key] for key in keys])


def _by_meaning(
    settings: MatchingSettings, vectors: Mapping[str, Vectors], wished: list[str], offered: list[str]
) -> Nearness:
    some, others = (
        np.array([vectors[key] for key in keys], np.int8).reshape(len(keys), meaning.WIDTH)
        for keys in (wished, offered)
    )
    near: Nearness = meaning.nearnesses(some, others) * settings.nearness_cap // WHOLE
    return near


@dataclass(frozen=True, slots=True)
class _Entries:
    """Of each word its entry, the root above it, and the branch: what stands below the root on the way there.

    NOWHERE is the entry and the root of a word that the catalogue does not know, and the branch of a root.
    """

    entry: Places
    root: Places
    branch: Places

    def is_same(self, others: "_Entries") -> Which:
        rows = self.entry[:, np.newaxis]
        same: Which = (rows == others.entry) & (rows != NOWHERE)
        return same

    def shares_branch(self, others: "_Entries") -> Which:
        """A common ancestor below the root; or one of the two is the root that the other stands below."""
        root, branch = self.root[:, np.newaxis], self.branch[:, np.newaxis]
        below = (branch == others.branch) | (branch == NOWHERE) | (others.branch == NOWHERE)
        shared: Which = (root == others.root) & (root != NOWHERE) & below
        return shared


class _Branches:
    def __init__(self, entries: Mapping[str, UUID], parents: Mapping[UUID, UUID | None]) -> None:
        self._entries, self._parents = entries, parents
        self._numbers = {competency: number for number, competency in enumerate(parents)}

    @classmethod
    def read(cls, connection: psycopg.Connection, keys: Sequence[str]) -> "_Branches":
        entries: dict[str, UUID] = dict(connection.execute(ENTRIES, {"keys": list(keys)}).fetchall())
        return cls(entries, dict(connection.execute(PARENTS).fetchall()))

    def of(self, keys: Sequence[str]) -> _Entries:
        places = np.array([self._place(key) for key in keys], np.int32).reshape(len(keys), 3)
        return _Entries(*places.T)

    def _place(self, key: str) -> tuple[int, int, int]:
        competency = self._entries.get(key)
        if competency is None:
            return NOWHERE, NOWHERE, NOWHERE
        way = self._way_up(competency)
        branch = self._numbers[way[-2]] if len(way) > 1 else NOWHERE
        return self._numbers[competency], self._numbers[way[-1]], branch

    def _way_up(self, competency: UUID) -> list[UUID]:
        """From the entry to its root. A parent that is not shown, or shown already, ends it."""
        way, above = [competency], self._parents[competency]
        while above is not None and above in self._parents and above not in way:
            way.append(above)
            above = self._parents[above]
        return way
