"""What phrases mean, as numbers: near in meaning is a small angle between two vectors.

Nothing is loaded before the first phrase is asked about. A phrase is always computed alone, in the form it
comes in: its vector is the same to the last bit, whatever is asked for beside it.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import WHOLE

FILES: Final = Path(__file__).parent / "minilm"
WIDTH: Final = 384
UNIT: Final = 127
"""What a vector's length is kept as: each of its numbers fits a byte."""
FLOOR: Final = 4_500
"""A cosine below 0.45 is no nearness: of two skills drawn at random, one pair in 250 is above."""
CALLERS: Final = min(4, os.cpu_count() or 1)
BLOCK: Final = 512

Vectors = NDArray[np.int8]
Nearness = NDArray[np.int32]


class _Model:
    """The session computes with one thread, and is safe for any number that ask it."""

    def __init__(self) -> None:
        from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415 50 MB that few processes need
        from tokenizers import Tokenizer  # noqa: PLC0415 the same

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = str(FILES / "model.onnx")
        self.session: Any = InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(FILES / "tokenizer.json"))

    def vector(self, tokens: Sequence[int]) -> Vectors:
        (unit,) = self.session.run(None, {"ids": np.array([tokens], np.int64)})
        whole: Vectors = np.rint(np.asarray(unit)[0] * UNIT).astype(np.int8)
        return whole


_models: list[_Model] = []
_loading: Final = threading.Lock()


def _model() -> _Model:
    with _loading:
        if not _models:
            _models.append(_Model())
        return _models[0]


def embed(phrases: Sequence[str]) -> Vectors:
    """A row a phrase: its unit vector in 127ths."""
    rows = np.empty((len(phrases), WIDTH), np.int8)
    if phrases:
        model = _model()
        tokens = [one.ids for one in model.tokenizer.encode_batch(list(phrases))]
        for number, vector in enumerate(_vectors(model, tokens)):
            rows[number] = vector
    return rows


def _vectors(model: _Model, tokens: Sequence[Sequence[int]]) -> Iterator[Vectors]:
    if len(tokens) == 1:
        yield model.vector(tokens[0])
        return
    with ThreadPoolExecutor(min(CALLERS, len(tokens)), thread_name_prefix="meaning") as callers:
        yield from callers.map(model.vector, tokens)


def packed(vector: Vectors) -> bytes:
    return vector.tobytes()


def unpacked(kept: Sequence[bytes]) -> Vectors:
    """A row each, as they were packed, one by one or many in a piece."""
    return np.frombuffer(b"".join(kept), np.int8).reshape(-1, WIDTH)


def nearness(one: Vectors, other: Vectors) -> int:
    """The cosine of two vectors in ten-thousandths; below the floor it counts nothing."""
    return int(nearnesses(one[np.newaxis], other[np.newaxis])[0, 0])


def nearnesses(some: Vectors, others: Vectors) -> Nearness:
    """A row for each of `some`, a column for each of `others`.

    Products of bytes add up to less than 2^24, so they are exact as floats, in whatever order they are added.
    """
    found = np.empty((len(some), len(others)), np.int32)
    columns = others.astype(np.float32).T
    lengths = _lengths(some), _lengths(others)
    for begin in range(0, len(some), BLOCK):
        rows = slice(begin, begin + BLOCK)
        cosines = some[rows].astype(np.float32) @ columns
        cosines *= WHOLE
        cosines /= np.multiply.outer(lengths[0][rows], lengths[1])
        np.rint(cosines, out=cosines)
        cosines[cosines < FLOOR] = 0
        found[rows] = np.minimum(cosines, WHOLE, out=cosines)
    return found


def _lengths(vectors: Vectors) -> NDArray[np.float32]:
    squares = np.square(vectors, dtype=np.int32).sum(axis=1)
    lengths: NDArray[np.float32] = np.sqrt(squares).astype(np.float32)
    return lengths
