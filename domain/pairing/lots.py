"""Lots: the order of people where all else is equal, drawn from the seed and from who they are."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from domain.pairing.pool import Person


def drawn_order(seed: int, people: Sequence[Person]) -> NDArray[np.int64]:
    """The rank of each, from 0 on; the order in which they came makes no difference."""
    key = f"order {seed}".encode()
    lots = [blake2b(person.id.bytes, digest_size=16, key=key).digest() for person in people]
    ranks = np.empty(len(lots), dtype=np.int64)
    ranks[sorted(range(len(lots)), key=lots.__getitem__)] = np.arange(len(lots))
    return ranks
