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
from projections.meaning import Vectors

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
    both = sorted({*wished, *offered})
    at = {key: number for number, key in enumerate(both)}
    rows, columns = [at[key] for key in wished], [at[key] for key in offered]
    vectors, entries = _vectors(connection, both), _entries(connection, both)
    scores = meaning.nearnesses(vectors[rows], vectors[columns])
    scores *= settings.nearness_cap
    scores //= WHOLE
    some, others = entries.at(rows), entries.at(columns)
    np.maximum(scores, settings.branch_score, out=scores, where=some.shares_branch(others))
    scores[some.is_same(others)] = WHOLE
    scores[np.equal.outer(rows, columns)] = 0
    worth = np.nonzero(scores)
    pairs = zip(worth[0].tolist(), worth[1].tolist(), scores[worth].tolist(), strict=True)
    return {(wished[row], offered[column]): score for row, column, score in pairs}


def _keys(words: Iterable[str]) -> list[str]:
    return sorted({key_of(word) for word in words})


def _vectors(connection: psycopg.Connection, keys: Sequence[str]) -> Vectors:
    """Kept ones, and what nobody has computed yet computed now."""
    known = meanings.kept(connection, keys)
    missing = [key for key in keys if key not in known]
    known.update(zip(missing, map(meaning.packed, meaning.embed(missing)), strict=True))
    return meaning.unpacked([known[key] for key in keys])


@dataclass(frozen=True, slots=True)
class _Entries:
    """Of each word its entry, the root above it, and the branch: what stands below the root on the way there.

    NOWHERE is the entry and the root of a word that the catalogue does not know, and the branch of a root.
    """

    entry: Places
    root: Places
    branch: Places

    def at(self, numbers: Sequence[int]) -> "_Entries":
        return _Entries(self.entry[numbers], self.root[numbers], self.branch[numbers])

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


def _entries(connection: psycopg.Connection, keys: Sequence[str]) -> _Entries:
    entries: dict[str, UUID] = dict(connection.execute(ENTRIES, {"keys": list(keys)}).fetchall())
    parents: dict[UUID, UUID | None] = dict(connection.execute(PARENTS).fetchall())
    numbers = {competency: number for number, competency in enumerate(parents)}
    places = np.full((3, len(keys)), NOWHERE, np.int32)
    for number, key in enumerate(keys):
        if (competency := entries.get(key)) is not None:
            way = _way_up(competency, parents)
            branch = numbers[way[-2]] if len(way) > 1 else NOWHERE
            places[:, number] = numbers[competency], numbers[way[-1]], branch
    return _Entries(*places)


def _way_up(competency: UUID, parents: Mapping[UUID, UUID | None]) -> list[UUID]:
    """From the entry to its root. A parent that is not shown, or shown already, ends it."""
    way, above = [competency], parents[competency]
    while above is not None and above in parents and above not in way:
        way.append(above)
        above = parents[above]
    return way
