"""What phrases mean: the same bytes for the same phrase, and neighbours that people would name."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.matching_settings import WHOLE
from projections import meaning

SAMPLE: Final = Path(__file__).parents[2] / "deploy" / "sample" / "competencies.txt"
LABELS: Final = tuple(
    dict.fromkeys(
        line for line in SAMPLE.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#["
    )
)
NEIGHBOURS: Final = [
    ("financial statements", {"prepare financial statements", "interpret financial statements"}),
    ("machine learning", {"utilise machine learning", "deep learning"}),
    ("coaching techniques", {"coach employees"}),
    ("conduct public presentations", {"give live presentation", "use presentation software"}),
    ("data protection", {"protect personal data and privacy", "respect data protection principles"}),
    ("recruit employees", {"recruit personnel", "hire new personnel"}),
    ("cyber security", {"ICT security standards", "ensure information security", "ICT network security risks",
                        "security threats"}),
    ("manage inventory", {"inventory management rules", "carry out inventory planning"}),
    ("Lean project management", {"Agile project management", "Prince2 project management",
                                 "lean manufacturing", "project management"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.int8]:
    return meaning.embed(LABELS)


def test_a_vector_has_length_one_in_127ths(vectors: NDArray[np.int8]) -> None:
    assert vectors.shape == (len(LABELS), meaning.WIDTH)
    assert vectors.dtype == np.int8
    lengths = np.linalg.norm(vectors.astype(float), axis=1) / meaning.UNIT
    assert np.abs(lengths - 1).max() < 0.01


def test_nothing_has_no_vectors() -> None:
    assert meaning.embed([]).shape == (0, meaning.WIDTH)
    assert meaning.nearnesses(meaning.embed([]), meaning.embed(["a"])).shape == (0, 1)


def test_the_same_phrase_has_the_same_bytes_whatever_stands_beside_it(vectors: NDArray[np.int8]) -> None:
    backwards = meaning.embed(LABELS[::-1])[::-1]
    alone = np.concatenate([meaning.embed([label]) for label in LABELS[:100]])
    assert backwards.tobytes() == vectors.tobytes()
    assert alone.tobytes() == vectors[:100].tobytes()


def test_the_same_phrase_has_the_same_bytes_in_another_process(vectors: NDArray[np.int8]) -> None:
    script = "import sys; from projections.meaning import embed; print(embed(sys.argv[1:]).tobytes().hex())"
    command = [sys.executable, "-c", script, *LABELS[:20]]
    told = subprocess.run(command, cwd=SAMPLE.parents[2], capture_output=True, text=True, check=True).stdout
    assert bytes.fromhex(told) == vectors[:20].tobytes()


def test_of_a_long_text_the_beginning_counts() -> None:
    short, long, longer = meaning.embed(
        ["budget " * 20, "budget " * 126, "budget " * 126 + "sailing " * 5_000]
    )
    assert long.tobytes() == longer.tobytes() != short.tobytes()


def test_many_threads_get_what_one_gets(vectors: NDArray[np.int8]) -> None:
    found: dict[int, bytes] = {}
    threads = [
        threading.Thread(target=lambda at=at: found.update({at: meaning.embed(LABELS[at::4]).tobytes()}))
        for at in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {at: vectors[at::4].tobytes() for at in range(4)}


def test_nothing_is_loaded_before_the_first_phrase() -> None:
    script = (
        "import sys, projections.catalogue; print('numpy' in sys.modules); "
        "import projections.meaning; print('onnxruntime' in sys.modules, 'tokenizers' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=SAMPLE.parents[2], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["False"] * 3


@pytest.mark.parametrize(("label", "expected"), NEIGHBOURS)
def test_the_nearest_of_the_sample_are_those_that_people_would_name(
    vectors: NDArray[np.int8], label: str, expected: set[str]
) -> None:
    at = LABELS.index(label)
    near = meaning.nearnesses(vectors[at : at + 1], vectors)[0]
    near[at] = -1
    assert LABELS[int(near.argmax())] in expected


def test_the_rounded_weights_stay_near_the_figures_that_the_models_authors_show() -> None:
    """sbert.net, Semantic Textual Similarity."""
    awesome, cat, great, dog = meaning.embed(
        [
            "The new movie is awesome",
            "The cat sits outside",
            "The new movie is so great",
            "The dog plays in the garden",
        ]
    )
    assert abs(meaning.nearness(awesome, great) - 8_939) < 100
    assert abs(float(cat.astype(int) @ dog) / meaning.UNIT**2 - 0.2838) < 0.03
    assert meaning.nearness(cat, dog) == meaning.nearness(awesome, cat) == 0


def test_nearness_is_the_cosine_and_nothing_below_the_floor() -> None:
    same, alike, apart, word = meaning.embed(["Public speaking", "public  speaking", "tax law", "speaking"])
    assert meaning.nearness(same, alike) == WHOLE
    assert meaning.nearness(same, apart) == 0
    exact = (
        float(same.astype(int) @ word)
        / np.linalg.norm(same.astype(float))
        / np.linalg.norm(word.astype(float))
    )
    assert meaning.FLOOR < meaning.nearness(same, word) == round(exact * WHOLE)


def test_nearness_is_symmetric_and_the_same_one_by_one_as_in_blocks(vectors: NDArray[np.int8]) -> None:
    many = np.concatenate([vectors] * 2)
    near = meaning.nearnesses(many, vectors)
    assert near.shape == (2 * len(LABELS), len(LABELS))
    assert near.min() == 0
    assert near.max() == WHOLE
    assert (near[: len(LABELS)] == near[len(LABELS) :]).all()
    assert (near[: len(LABELS)] == near[: len(LABELS)].T).all()
    assert near[3, 5] == meaning.nearness(vectors[3], vectors[5])


def test_vectors_survive_being_packed(vectors: NDArray[np.int8]) -> None:
    rows = [meaning.packed(vector) for vector in vectors[:3]]
    assert [len(row) for row in rows] == [meaning.WIDTH] * 3
    assert (meaning.unpacked(rows) == vectors[:3]).all()
    assert meaning.unpacked([]).shape == (0, meaning.WIDTH)
