"""The catalogue as a read model: entries, and the words by which they are found."""

from uuid import UUID

from domain import competency as c
from domain.ids import competency_id
from domain.store import Database, Store
from projections.competencies import trigrams
from tests.projections.given import happened, shown

PYTHON, SPEAKING, PROGRAMMING = (competency_id(word) for word in ("python", "public speaking", "programming"))
DEFINED = c.Defined(label="Python", parent=PROGRAMMING, synonyms=("CPython",), external_ids={"esco": "S1"})


def words(organisation: Database, store: Store, of: UUID) -> list[tuple[str, bool]]:
    found = shown(organisation, store, "competency_words", "competency_id", "key", "synonym")
    return sorted((row["key"], row["synonym"]) for row in found if row["competency_id"] == of)


def test_an_entry_stands_as_it_was_defined(organisation: Database, store: Store) -> None:
    happened(store, SPEAKING, c.Defined(label="Public  speaking"))
    happened(store, PYTHON, DEFINED)
    columns = ("label", "synonyms", "parent_id", "external_ids", "retired", "version", "position")
    speaking, python = sorted(
        shown(organisation, store, "competencies", *columns), key=lambda row: int(row["position"])
    )
    assert speaking == {
        "label": "Public speaking", "synonyms": [], "parent_id": None, "external_ids": {}, "retired": False,
        "version": 1, "position": 1,
    }  # fmt: skip
    assert python == {
        "label": "Python", "synonyms": ["CPython"], "parent_id": PROGRAMMING,
        "external_ids": {"esco": "S1"}, "retired": False, "version": 1, "position": 2,
    }  # fmt: skip
    assert words(organisation, store, PYTHON) == [("cpython", True), ("python", False)]
    assert words(organisation, store, SPEAKING) == [("public speaking", False)]


def test_what_changes_about_one_entry_leaves_the_others(organisation: Database, store: Store) -> None:
    happened(store, SPEAKING, c.Defined(label="Public speaking", external_ids={"esco": "S2"}))
    happened(
        store, PYTHON, DEFINED, c.Described(label="Python 3"), c.SynonymsSet(synonyms=("Py", "Snake")),
        c.Moved(parent=None), c.Linked(scheme="onet", external_id="2.B"), c.Unlinked(scheme="esco"),
        c.Retired(),
    )  # fmt: skip
    rows = shown(organisation, store, "competencies", "label", "parent_id", "external_ids", "retired")
    assert {row["label"]: (row["parent_id"], row["external_ids"], row["retired"]) for row in rows} == {
        "Python 3": (None, {"onet": "2.B"}, True),
        "Public speaking": (None, {"esco": "S2"}, False),
    }
    assert words(organisation, store, PYTHON) == [("py", True), ("python 3", False), ("snake", True)]
    happened(store, PYTHON, c.Restored())
    assert not any(row["retired"] for row in shown(organisation, store, "competencies", "retired"))


def test_a_word_that_is_label_and_synonym_stays_while_it_is_one_of_both(
    organisation: Database, store: Store
) -> None:
    happened(store, PYTHON, DEFINED, c.Described(label="CPython"), c.Described(label="Python"))
    assert words(organisation, store, PYTHON) == [("cpython", True), ("python", False)]


def test_words_are_cut_into_threes() -> None:
    assert trigrams("go c") == ["  c", "  g", " c ", " go", "go "]
    assert trigrams("aaaa") == ["  a", " aa", "aa ", "aaa"]
