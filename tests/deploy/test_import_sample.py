"""The sample organisation: the same for the same seed, without a fault, and shaped like a company."""

from collections import Counter, defaultdict
from pathlib import Path
from statistics import mean

import pytest

from deploy import csv_reader
from deploy.csv_reader import Problem, Record
from deploy.import_rows import COLUMNS, Row, parse
from deploy.sample import generate

SAMPLE = Path(generate.__file__).with_name("people.csv")


@pytest.fixture(scope="module")
def people() -> dict[str, Row]:
    read = [
        parse(record)
        for record in csv_reader.read(SAMPLE, csv_reader.examine(SAMPLE, COLUMNS))
        if isinstance(record, Record)
    ]
    assert not [problem for problem in read if isinstance(problem, Problem)]
    return {row.external_id: row for row in read if isinstance(row, Row)}


def test_the_same_seed_makes_the_same_company(tmp_path: Path) -> None:
    assert generate.write(tmp_path / "again.csv", 2009) == 1000
    assert (tmp_path / "again.csv").read_bytes() == SAMPLE.read_bytes()
    generate.write(tmp_path / "other.csv", 2010)
    assert (tmp_path / "other.csv").read_bytes() != SAMPLE.read_bytes()


def test_a_thousand_people_are_told_apart(people: dict[str, Row]) -> None:
    assert len(people) == len({row.email for row in people.values()}) == 1000
    assert all(row.email and row.email.endswith("@velmora.example") for row in people.values())
    assert len({row.name for row in people.values()}) == 1000


def test_everybody_reports_to_one_chief_through_a_team_of_a_plausible_size(people: dict[str, Row]) -> None:
    chiefs = [row for row in people.values() if row.manager is None]
    assert [row.job_title for row in chiefs] == ["Chief Executive Officer"]
    teams = Counter(row.manager for row in people.values() if row.manager)
    assert max(teams.values()) <= 25

    def rungs(row: Row) -> int:
        return 1 + rungs(people[row.manager]) if row.manager else 0

    assert max(rungs(row) for row in people.values()) == 4


def test_places_have_their_own_time_and_tongues(people: dict[str, Row]) -> None:
    zones = defaultdict(set)
    for row in people.values():
        zones[row.location].add(row.time_zone)
        assert "en" in row.languages
    assert len(zones) == 9
    assert all(len(found) == 1 for found in zones.values())


def test_competencies_are_labels_of_the_vocabulary_and_fit_the_department(people: dict[str, Row]) -> None:
    skills = generate.read_skills()
    vocabulary = {label for labels in skills.values() for label in labels}
    assert len(vocabulary) == sum(map(len, skills.values())) > 300
    for row in people.values():
        offered = {offer.competency for offer in row.competencies_offered}
        sought = {wish.competency for wish in row.competencies_sought}
        assert offered | sought <= vocabulary
        assert not offered & sought
    engineers = [row for row in people.values() if row.department == "Engineering"]
    assert all(
        any(o.competency in skills["Engineering"] for o in row.competencies_offered) for row in engineers
    )


def test_the_experienced_offer_more_than_beginners(people: dict[str, Row]) -> None:
    def level(word: str) -> float:
        rows = [row for row in people.values() if row.job_title and row.job_title.startswith(word)]
        return mean(offer.level for row in rows for offer in row.competencies_offered)

    assert level("Junior") < level("Senior") < level("Principal")


def test_careers_follow_one_another_and_end_in_the_present_job(people: dict[str, Row]) -> None:
    for row in people.values():
        *_, present = row.work_history
        assert (present.title, present.organisation, present.until) == (row.job_title, "Velmora", None)
        for before, after in zip(row.work_history, row.work_history[1:], strict=False):
            assert before.until == after.since
    numbered = [people[number].work_history for number in sorted(people)]
    hired = [
        min(job.since for job in jobs if job.organisation == "Velmora" and job.since) for jobs in numbered
    ]
    assert hired == sorted(hired)


def test_the_vocabulary_names_its_source() -> None:
    for name in ("competencies.txt", "README.md"):
        assert "This product uses the ESCO classification of the European Commission." in (
            SAMPLE.with_name(name).read_text(encoding="utf-8")
        )
