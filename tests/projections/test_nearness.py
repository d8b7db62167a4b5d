"""How near a wish is to an offer: one entry, one branch, one meaning, in that order."""

from typing import Final

import pytest

from domain import competency as c
from domain.ids import CompetencyId, competency_id
from domain.matching_settings import WHOLE, MatchingSettings
from domain.participant import CompetencyOffered, CompetencySought
from domain.profile import key_of
from domain.store import Database, Store
from projections import catalogue, meaning, meanings, runner
from projections.nearness import nearness_of
from tests.projections.given import ADA, NOOR, happened, shown

SETTINGS: Final = MatchingSettings(branch_score=6_000, nearness_cap=4_000)


def define(store: Store, label: str, parent: str | None = None, *synonyms: str) -> CompetencyId:
    above = None if parent is None else competency_id(key_of(parent))
    entry = competency_id(key_of(label))
    happened(store, entry, c.Defined(label=label, parent=above, synonyms=synonyms))
    return entry


@pytest.fixture
def tree(organisation: Database, store: Store) -> Database:
    define(store, "Technology")
    define(store, "Programming languages", "Technology")
    define(store, "Python", "Programming languages", "CPython", "Pythonic")
    define(store, "Haskell", "Programming languages")
    define(store, "Databases", "Technology")
    define(store, "PostgreSQL", "Databases")
    define(store, "Law")
    define(store, "Tax law", "Law")
    runner.catch_up(organisation, store, catalogue.ALL)
    return organisation


def near(database: Database, wish: str, offer: str, settings: MatchingSettings = SETTINGS) -> int:
    with database.connect() as connection:
        found = nearness_of(connection, settings, [wish], [offer])
    return found.get((key_of(wish), key_of(offer)), 0)


def cosine(one: str, other: str) -> int:
    return meaning.nearness(*meaning.embed([key_of(one), key_of(other)]))


def test_two_words_for_one_entry_are_exact(tree: Database) -> None:
    assert near(tree, "PYTHON", "cpython") == near(tree, "CPython", "pythonic") == WHOLE


def test_one_branch_is_worth_what_the_settings_say(tree: Database) -> None:
    assert near(tree, "Python", "Haskell") == near(tree, "CPython", "Haskell") == 6_000
    assert (
        near(tree, "Python", "Programming languages")
        == near(tree, "Programming languages", "Python")
        == 6_000
    )
    assert near(tree, "Technology", "PostgreSQL") == near(tree, "PostgreSQL", "Technology") == 6_000
    assert near(tree, "Python", "Haskell", MatchingSettings(branch_score=700, nearness_cap=0)) == 700


def test_a_common_root_alone_is_no_branch(tree: Database) -> None:
    assert near(tree, "Haskell", "PostgreSQL") < 6_000
    assert near(tree, "Tax law", "Python") == 0


def test_roots_and_words_that_nobody_has_defined_share_no_branch(tree: Database) -> None:
    assert near(tree, "Technology", "Law") == 0
    assert near(tree, "beekeeping", "juggling") == 0


def test_meaning_counts_up_to_the_cap(tree: Database) -> None:
    wish, offer = "public speaking", "giving presentations in public"
    assert near(tree, wish, offer) == cosine(wish, offer) * 4_000 // WHOLE > 0
    assert (
        near(tree, wish, offer, MatchingSettings(nearness_cap=1_000)) == cosine(wish, offer) * 1_000 // WHOLE
    )
    assert near(tree, wish, offer, MatchingSettings(nearness_cap=0)) == 0


def test_what_is_nearer_in_meaning_than_its_branch_counts_as_near_as_that(tree: Database) -> None:
    settings = MatchingSettings(branch_score=1, nearness_cap=9_000)
    assert near(tree, "programming languages", "python", settings) == (
        cosine("programming languages", "python") * 9_000 // WHOLE
    ) > 1  # fmt: skip


def test_only_what_is_worth_something_is_told_and_no_word_beside_itself(tree: Database) -> None:
    with tree.connect() as connection:
        found = nearness_of(connection, SETTINGS, ["Python", " HASKELL ", "tax law"], ["python", "Tax Law"])
        assert found == {("haskell", "python"): 6_000}
        assert nearness_of(connection, SETTINGS, [], ["python"]) == {}
        assert nearness_of(connection, SETTINGS, ["python"], []) == {}


def test_a_word_that_two_entries_claim_is_the_label_of_one(organisation: Database, store: Store) -> None:
    for label, synonyms in (("Go", ()), ("Golang", ("Go",)), ("Board games", ("Go",))):
        define(store, label, None, *synonyms)
    runner.catch_up(organisation, store, catalogue.ALL)
    assert near(organisation, "go", "golang") < WHOLE
    assert near(organisation, "go", "board games") < WHOLE


def test_a_circle_of_parents_ends(organisation: Database, store: Store) -> None:
    """No decision makes one."""
    for label, parent in (("A", "C"), ("B", "A"), ("C", "B")):
        define(store, label, parent)
    define(store, "D", "somebody who is not shown")
    runner.catch_up(organisation, store, catalogue.ALL)
    assert near(organisation, "A", "B") >= 0
    assert near(organisation, "A", "D") < 6_000


def test_each_word_has_one_vector_whoever_names_it(organisation: Database, store: Store) -> None:
    entry = define(store, "Python", None, "CPython")
    happened(store, entry, c.Described(label="Python 3"), c.SynonymsSet(synonyms=("Py",)), c.Retired())
    happened(store, ADA, CompetencyOffered(competency="PYTHON", level=3))
    happened(store, NOOR, CompetencySought(competency="Public speaking", level=3, priority=1))
    kept = {row["key"]: row["vector"] for row in shown(organisation, store, "meanings")}
    keys = ["cpython", "public speaking", "py", "python", "python 3"]
    assert sorted(kept) == keys
    assert (meaning.unpacked([kept[key] for key in keys]) == meaning.embed(keys)).all()


def test_kept_vectors_are_not_computed_again(tree: Database) -> None:
    """Planted ones are believed: that of another word makes two words the same."""
    with tree.connect() as connection:
        for key in ("beekeeping", "juggling"):
            vector = meaning.packed(meaning.embed(["juggling"]))
            connection.execute(meanings.MEANS, {"key": key, "vector": vector})
    assert near(tree, "beekeeping", "juggling") == 4_000
