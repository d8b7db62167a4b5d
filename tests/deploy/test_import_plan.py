"""Which rows of a file hold beside each other and beside who is there already."""

from pathlib import Path

import pytest

from deploy.csv_reader import FileUnreadable, Problem
from domain.store import Database, Store
from tests.deploy.import_desk import Desk


@pytest.fixture
def desk(organisation: Database, store: Store, tmp_path: Path) -> Desk:
    return Desk(organisation, store, tmp_path)


def test_the_same_id_or_address_counts_once(desk: Desk) -> None:
    drawn = desk.plan(
        desk.file(
            "A1,Ada,ada@example.org,,,",
            "A1,Ada again,other@example.org,,,",
            "B2,Bob,ADA@example.org,,,",
            "C3,Cleo,,,,",
            "D4,Dan,,,,",
        )
    )
    assert drawn.problems == [
        Problem(3, "external_id: the same as in line 2"),
        Problem(4, "email: the same as in line 2"),
    ]
    assert (drawn.rows, drawn.left_out) == (5, {3, 4})


def test_an_address_of_somebody_else_here_is_refused(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada,ada@example.org,,,"), source="hr")
    assert desk.plan(desk.file("B2,Bob,Ada@Example.org,,,"), source="csv").problems == [
        Problem(2, "email: belongs to somebody who is already in the organisation under another id")
    ]
    assert desk.plan(desk.file("A1,Ada,Ada@Example.org,,,"), source="hr").problems == []


def test_a_manager_is_found_by_id_or_address_before_or_after_and_in_the_organisation(desk: Desk) -> None:
    desk.run(desk.file("Z9,Zoe,zoe@example.org,,,"))
    drawn = desk.plan(
        desk.file(
            "A1,Ada,ada@example.org,,,B2",
            "B2,Bob,bob@example.org,,,BOSS@example.org",
            "C3,Cleo,boss@example.org,,,",
            "D4,Dan,,,,Z9",
            "E5,Eve,,,,zoe@example.org",
        )
    )
    assert drawn.problems == []
    assert drawn.managers == {
        desk.person("A1"): desk.person("B2"),
        desk.person("B2"): desk.person("C3"),
        desk.person("C3"): None,
        desk.person("D4"): desk.person("Z9"),
        desk.person("E5"): desk.person("Z9"),
    }


def test_a_manager_who_is_nobody_or_oneself_is_refused(desk: Desk) -> None:
    drawn = desk.plan(desk.file("A1,Ada,,,,X7", "B2,Bob,bob@example.org,,,bob@example.org", "C3,Cleo,,,,A1"))
    assert drawn.problems == [
        Problem(2, "manager: nobody in the file or the organisation has this id or address"),
        Problem(3, "manager: nobody can be their own manager"),
    ]
    assert drawn.remarks == [
        Problem(4, "imported without a manager, because the manager's own row is left out")
    ]
    assert desk.person("C3") not in drawn.managers


def test_a_manager_whose_own_row_is_bad_costs_nobody_else_their_row(desk: Desk) -> None:
    lines = ("A1,Ada,no address,,,", "B2,Bob,,,,A1")
    drawn = desk.plan(desk.file(*lines))
    assert [problem.line for problem in drawn.problems] == [2]
    assert [remark.line for remark in drawn.remarks] == [3]

    desk.run(desk.file("A1,Ada,ada@example.org,,,"))
    again = desk.plan(desk.file(*lines))
    assert again.remarks == []
    assert again.managers == {desk.person("B2"): desk.person("A1")}


def test_reporting_lines_in_a_circle_are_refused_and_who_reports_into_one_is_not(desk: Desk) -> None:
    drawn = desk.plan(
        desk.file(
            "A1,Ada,,,,C3", "B2,Bob,,,,A1", "C3,Cleo,,,,B2", "D4,Dan,,,,A1", "E5,Eve,,,,", "F6,Fay,,,,E5"
        )
    )
    assert drawn.problems == [
        Problem(line, "manager: reporting lines go in a circle (lines 2, 3, 4)") for line in (2, 3, 4)
    ]
    assert [remark.line for remark in drawn.remarks] == [5]
    assert drawn.managers == {desk.person("E5"): None, desk.person("F6"): desk.person("E5")}


def test_a_circle_over_somebody_who_is_not_in_the_file_is_found(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada,,,,", "B2,Bob,,,,A1"))
    assert [problem.line for problem in desk.plan(desk.file("A1,Ada,,,,B2")).problems] == [2]


def test_a_long_circle_names_its_first_lines(desk: Desk) -> None:
    drawn = desk.plan(desk.file(*(f"P{n},Person,,,,P{(n + 1) % 8}" for n in range(8))))
    assert {problem.reason for problem in drawn.problems} == {
        "manager: reporting lines go in a circle (lines 2, 3, 4, 5, 6, ...)"
    }


def test_who_is_not_in_the_file_any_more_is_known_by_source(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada,,,,", "B2,Bob,,,,", "C3,Cleo,,,,"))
    desk.run(desk.file("S1,Sam,,,,"), source="scim")
    drawn = desk.plan(desk.file("A1,Ada,,,,", "C3,Cleo,not an address,,,"))
    assert drawn.absent == [desk.person("B2")]


@pytest.mark.parametrize(
    ("headings", "why"),
    [
        ("external_id,email", "no column with names"),
        ("external_id,first name", "no column with names"),
        ("name,department", "no column external_id, nor email"),
    ],
)
def test_without_names_or_ids_nothing_is_planned(desk: Desk, headings: str, why: str) -> None:
    with pytest.raises(FileUnreadable) as refusal:
        desk.plan(desk.file(headings=headings))
    assert why in refusal.value.sentence
