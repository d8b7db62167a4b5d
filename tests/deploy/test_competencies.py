"""`chiron competencies`: a catalogue from a file, looked at first, imported, imported again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from deploy import competency_import, competency_plan
from deploy.competency_plan import Plan
from domain import competency
from domain.command import Command
from domain.competency import COMPETENCY, Competency
from domain.ids import competency_id
from domain.profile import key_of
from domain.store import Database, Store
from tests.deploy.conftest import Run

FILE = """label,parent,synonyms,ESCO,Shoe size!
Public speaking,speaking,Giving talks; Oratory,S1,1
Speaking,Skills,,,
Skills,,,,
Tax law,Skills,,S2,
,Skills,,,
Tax  LAW,Skills,,,
Weaving,Crafts,,,
Hen,Egg,,,
Egg,Hen,,,
Talks,,oratory,,
"""
LEFT_OUT = [
    (6, "has no label"),
    (7, "Tax LAW stands in line 5 already"),
    (8, "its parent Crafts is neither in the catalogue nor in the file"),
    (9, "its parent is the entry itself, or leads in a circle back to it"),
    (10, "its parent is the entry itself, or leads in a circle back to it"),
    (11, "oratory stands in line 2 already"),
]


@dataclass
class Curator:
    database: Database
    store: Store
    file: Path

    def plan(self, text: str) -> Plan:
        self.file.write_text(text, encoding="utf-8")
        return competency_plan.plan(self.file, competency_plan.standing(self.database, self.store))

    def enter(self, text: str) -> Plan:
        drawn = self.plan(text)
        competency_import.run(self.store, drawn, uuid4(), "service:test")
        return drawn

    def entry(self, label: str) -> Competency:
        return self.store.load(COMPETENCY.stream(competency_id(key_of(label)))).state

    def says(self, entry: str, decision: Callable[..., object], /, **wish: object) -> None:
        stream = COMPETENCY.stream(competency_id(key_of(entry)))
        self.store.act(Command(uuid4(), "curator"), stream, decision, **wish)  # type: ignore[arg-type]  # any decision


@pytest.fixture
def curator(organisation: Database, store: Store, tmp_path: Path) -> Curator:
    return Curator(organisation, store, tmp_path / "competencies.csv")


def told(drawn: Plan) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in drawn.problems]


def test_rows_become_entries_below_their_parents_whatever_their_order(curator: Curator) -> None:
    drawn = curator.enter(FILE)
    assert told(drawn) == LEFT_OUT
    assert sorted(change.row.label for change in drawn.changes) == [
        "Public speaking", "Skills", "Speaking", "Tax law",
    ]  # fmt: skip
    speaking = curator.entry("public speaking")
    assert speaking.parent == competency_id("speaking")
    assert speaking.synonyms == ("Giving talks", "Oratory")
    assert speaking.links == {"esco": "S1"}
    assert curator.entry("speaking").parent == competency_id("skills")
    assert curator.entry("tax law").links == {"esco": "S2"}
    assert curator.entry("weaving") == Competency()


def test_the_same_file_again_records_nothing(curator: Curator) -> None:
    curator.enter(FILE)
    head = curator.store.head()
    drawn = curator.enter(FILE)
    assert (drawn.changes, drawn.unchanged, curator.store.head()) == ([], 4, head)


def test_what_the_file_says_anew_changes_and_nothing_else(curator: Curator) -> None:
    curator.enter(FILE)
    curator.says("tax law", competency.link, scheme="onet", external_id="2.B")
    drawn = curator.enter("label,parent,esco\nTAX LAW,Speaking,\nSkills,,\n")
    assert told(drawn) == []
    assert ([change.row.label for change in drawn.changes], drawn.unchanged) == (["TAX LAW"], 1)
    law = curator.entry("tax law")
    assert (law.label, law.parent, law.links) == ("TAX LAW", competency_id("speaking"), {"onet": "2.B"})
    curator.enter("label,synonyms\nPublic speaking,\n")
    assert curator.entry("public speaking").synonyms == ()
    assert curator.entry("public speaking").parent == competency_id("speaking")
    curator.enter("label,parent\nPublic speaking,\n")
    assert curator.entry("public speaking").parent is None


def test_a_parent_in_the_catalogue_is_found_by_any_of_its_words(curator: Curator) -> None:
    curator.enter("label,synonyms\nSkills,Abilities\n")
    curator.enter("label,parent\nPottery,abilities\n")
    assert curator.entry("pottery").parent == competency_id("skills")


def test_rules_of_the_catalogue_hold_for_a_file_too(curator: Curator) -> None:
    curator.enter("label,parent\nSkills,\nSpeaking,Skills\nOld,\n")
    curator.says("old", competency.retire)
    curator.says("skills", competency.describe, label="Abilities")
    drawn = curator.plan(
        "label,parent,synonyms,esco\nAbilities,Speaking,,\nOld,,,\nNew,Old,,\nSkills,,Talents,\n"
        f"{'x' * 121},,,\nLong,,,{'y' * 201}\n"
    )
    assert told(drawn) == [
        (2, "This parent stands below the entry itself; a branch does not grow into itself."),
        (3, "This entry is retired; nothing about it changes until it is restored."),
        (4, "The parent is retired; choose one that is in use."),
        (5, "The catalogue has an entry that was defined under this label."),
        (6, "label: String should have at most 120 characters"),
        (7, "external_ids: String should have at most 200 characters"),
    ]
    assert drawn.changes == []


def test_what_changes_between_plan_and_run_is_told(curator: Curator) -> None:
    curator.enter("label,parent\nSkills,\n")
    drawn = curator.plan("label,parent\nPottery,Skills\nWeaving,\n")
    curator.says("skills", competency.retire)
    competency_import.run(curator.store, drawn, uuid4(), "service:test")
    assert told(drawn) == [(2, "An entry above is being changed just now. Try again.")]
    assert [change.row.label for change in drawn.changes] == ["Weaving"]
    assert curator.entry("pottery") == Competency()


def test_a_word_that_is_free_again_can_be_taken(curator: Curator) -> None:
    curator.enter("label,synonyms\nSpeaking,Oratory\n")
    drawn = curator.enter("label,synonyms\nSpeaking,\nOratory,Speech\n")
    assert told(drawn) == []
    assert curator.entry("oratory").synonyms == ("Speech",)


@dataclass
class Said:
    code: int
    answers: str
    remarks: str


@pytest.fixture
def chiron(home: Path, run: Run) -> Callable[..., Said]:
    (home / "competencies.csv").write_text(FILE, encoding="utf-8")
    return lambda *arguments: Said(*run("competencies", *arguments))


def test_a_dry_run_shows_a_table_and_records_nothing(chiron: Callable[..., Said], store: Store) -> None:
    said = chiron("competencies.csv", "--dry-run", "--show", "2")
    assert said.code == competency_import.SOME_ROWS_LEFT_OUT
    assert "line 6: left out: has no label" in said.answers
    assert "... and 4 more (--show 6 prints all)" in said.answers
    assert "... and 2 more" in said.answers
    assert "below Skills" in said.answers
    assert "this was a dry run" in said.answers
    assert "left aside: Shoe size?" in said.remarks
    assert store.head() == 0


def test_a_run_counts_what_became_of_the_rows(chiron: Callable[..., Said], home: Path, store: Store) -> None:
    assert chiron("competencies.csv").code == competency_import.SOME_ROWS_LEFT_OUT
    assert store.head() == 4
    changed = "label,parent,synonyms,esco\nTax Law,,[/b] law,S3\nSkills,,,\nSpeaking,Skills,,\n"
    (home / "next.csv").write_text(changed, encoding="utf-8")
    looked = chiron("next.csv", "--dry-run")
    assert looked.code == 0
    for words in ("Tax law", "Tax Law", "Skills", "(none)", "[/b] law", "S2", "S3"):
        assert words in looked.answers
    said = chiron("next.csv")
    assert (said.code, "dry run" in said.answers) == (0, False)
    counted = [[cell.strip() for cell in line.split("│")[1:3]] for line in said.answers.splitlines()]
    assert [row for row in counted if row and row[0].isdecimal()] == [["1", "changed"], ["2", "unchanged"]]


def test_a_file_that_cannot_be_read_is_told(chiron: Callable[..., Said], home: Path) -> None:
    assert "FILE_NOT_READABLE" in chiron("nowhere.csv").remarks
    (home / "other.csv").write_text("shoe size\n44\n", encoding="utf-8")
    said = chiron("other.csv")
    assert (said.code, "it has no column with labels" in said.remarks) == (2, True)


def test_the_sample_holds_and_every_label_of_it_stands_below_a_root(curator: Curator) -> None:
    sample = Path(__file__).parents[2] / "deploy" / "sample"
    file = sample / "competencies.csv"
    drawn = competency_plan.plan(file, competency_plan.standing(curator.database, curator.store))
    assert drawn.problems == []
    competency_import.enter_file(curator.database, curator.store, file, uuid4(), "service:test")
    assert len(competency_plan.standing(curator.database, curator.store).entries) == len(drawn.changes)
    listed = (sample / "competencies.txt").read_text(encoding="utf-8").splitlines()
    labels = {line for line in listed if line and line[0] not in "#["}
    parents = {change.row.label: change.row.parent for change in drawn.changes}
    assert labels <= parents.keys()
    roots = {label for label, parent in parents.items() if not parent}
    assert not roots & labels
    assert all(parents[parents[label] or ""] in roots for label in labels)
