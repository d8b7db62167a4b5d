"""`chiron report`: which files it writes, that each is whole, and how it says that it cannot."""

import csv
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from deploy import report_desk, wiring
from deploy.settings import load
from domain.program import Drafted
from domain.store import Database
from projections import report_files
from projections.report_files import FILED, File
from tests.deploy.conftest import Run
from tests.people import LEADERSHIP
from tests.projections.given import happened
from tests.projections.growth import ENGINEERING, GROWTH, SALES, Played, day

Reported = Callable[..., tuple[int, list[str], str]]
MARCH = day(3, 31).date().isoformat()


@pytest.fixture
def chiron_report(run: Run, organisation: Database) -> Reported:
    """`chiron report ARGUMENTS`, of five pairs that have met: exit code, lines, remarks."""
    with wiring.open_store(load()) as store:
        played = Played(organisation, store)
        played.draft(day(1, 5), mentor='department == "Engineering"', mentee='department == "Sales"')
        mentors, mentees = played.people(5, day(1, 5), ENGINEERING), played.people(5, day(1, 5), SALES)
        for mentor, mentee in zip(mentors, mentees, strict=True):
            played.meets(played.pair(mentor, mentee, day(1, 20)), day(2, 3))
        happened(store, LEADERSHIP, Drafted(name="Leadership"))

    def report(*arguments: str) -> tuple[int, list[str], str]:
        code, said, remarks = run("report", *arguments)
        return code, said.splitlines(), remarks.lstrip()

    return report


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_one_table(chiron_report: Reported, home: Path) -> None:
    """The read models had not yet read any of it."""
    code, printed, _ = chiron_report(
        "Growth", "--only", "hours", "--as-of", MARCH, "--out", "hours.csv", "--department", "Sales"
    )
    assert (code, printed) == (0, ["hours.csv"])
    [_, line] = csv.reader((home / "hours.csv").read_text().splitlines())
    assert line[:4] == [f"{MARCH}T23:59:59.999999Z", day(2, 1).date().isoformat(), "5", "5.0"]
    assert [name for name in files(home) if "hours" in name] == ["hours.csv"]


def test_all_of_it_in_a_folder(chiron_report: Reported, home: Path) -> None:
    code, printed, _ = chiron_report(str(GROWTH), "--as-of", MARCH, "--out", "reports/2023/")
    folder = home / "reports/2023"
    assert code == 0
    assert printed == [f"reports/2023/{file}" for file in report_files.files(FILED)]
    assert files(folder) == sorted(str(file) for file in report_files.files(FILED))
    assert pq.read_table(folder / "hours.parquet").column("meetings").to_pylist() == [5]
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert "Growth: report" in (folder / "report.html").read_text()


@pytest.mark.parametrize("department", ["Sales", "Engineering", "Nowhere"])
def test_every_table_of_a_part_says_what_it_hides(
    chiron_report: Reported, home: Path, department: str
) -> None:
    assert chiron_report("Growth", "--department", department, "--out", "part/")[0] == 0
    for name in FILED:
        table = pq.read_table(home / f"part/{name}.parquet")
        hidden = [column for column in table.column_names if column.endswith("_suppressed")]
        lines = (home / f"part/{name}.csv").read_text()
        assert any(any(table.column(column).to_pylist()) for column in hidden) == ("suppressed" in lines)


def test_a_report_of_a_programme_in_which_nothing_has_happened(chiron_report: Reported, home: Path) -> None:
    code, printed, _ = chiron_report("Leadership", "--out", "lead.pdf")
    assert (code, printed) == (0, ["lead.pdf"])


def test_nothing_is_overwritten_unless_that_is_said(chiron_report: Reported, home: Path) -> None:
    there = home / "hours.csv"
    there.write_text("mine")
    code, printed, remark = chiron_report("Growth", "--only", "hours", "--out", "hours.csv")
    assert (code, printed, remark.partition(":")[0]) == (2, [], "FILE_IS_THERE")
    assert there.read_text() == "mine"
    assert chiron_report("Growth", "--only", "hours", "--out", "hours.csv", "--force")[0] == 0
    assert there.read_text().startswith("as_of,month,")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["Nowhere", "--out", "a.pdf"], "PROGRAM_UNKNOWN", "There is no programme Nowhere"),
        (["Growth"], "USAGE", "Missing option '--out'"),
        (["Growth", "--out", "a.docx"], "OUT_UNKNOWN", "a.docx does not say what to write"),
        (["Growth", "--out", "a"], "OUT_UNKNOWN", "or with /"),
        (["Growth", "--out", "a.csv"], "ONLY_MISSING", "of dashboard, funnel"),
        (["Growth", "--out", "a.svg"], "ONLY_MISSING", "of health, metrics"),
        (["Growth", "--out", "a.csv", "--only", "health"], "ONLY_UNKNOWN", "There is no health as .csv"),
        (["Growth", "--out", "a.pdf", "--only", "funnel"], "ONLY_USELESS", "a.pdf holds all reports"),
        (["Growth", "--out", "a/", "--only", "funnel"], "ONLY_USELESS", "a/ holds all reports"),
        (["Growth", "--out", "a.pdf", "--as-of", "soon"], "MOMENT_UNREADABLE", "like 2026-06-30"),
        (["Growth", "--out", "a.pdf", "--as-of", "2999-01-01"], "MOMENT_IS_AHEAD", "one that has passed"),
        (["Growth", "--out", "a.pdf", "--began-from", "2023-01-02"], "BEGINNING_IS_NO_QUARTER", "quarters"),
    ],
)
def test_what_cannot_be_is_a_coded_fault(
    chiron_report: Reported, home: Path, arguments: list[str], code: str, sentence: str
) -> None:
    exit_code, printed, remark = chiron_report(*arguments)
    assert (exit_code, printed) == (2, [])
    assert remark.startswith(f"{code}: ")
    assert sentence in " ".join(remark.split())
    assert not [name for name in files(home) if name.startswith(("a", ".a"))]


def test_where_nothing_can_be_written_it_says_so(chiron_report: Reported, home: Path) -> None:
    (home / "taken").write_text("a file, no folder")
    code, _, remark = chiron_report("Growth", "--only", "hours", "--out", "taken/hours.csv")
    assert (code, remark.partition(":")[0]) == (2, "OUT_NOT_WRITABLE")


def test_of_a_half_nothing_stays(tmp_path: Path) -> None:
    def half(_: File) -> list[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(report_desk.write({tmp_path / "a.csv": File("a", "csv")}, half))
    assert files(tmp_path) == []


def test_what_the_docs_show_works(chiron_report: Reported, home: Path) -> None:
    page = (Path(report_desk.__file__).parents[1] / "docs/reports.md").read_text()
    [query] = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    assert chiron_report("Growth", "--as-of", MARCH, "--out", "spring/")[0] == 0
    found = duckdb.sql(query)
    assert found is not None
    [(kind, verdict, relationships, cadence)] = found.fetchall()
    # One of the five meetings that two weeks apart make by the end of March.
    assert (kind, relationships, cadence) == ("one_to_one", 5, 0.2)
    assert verdict in {"at_risk", "too_early"}
    commands = re.findall(r"^chiron report \"Leading People\" (.*?)(?: +#.*)?$", page, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        said = shlex.split(re.sub(r"(?:--as-of|--compare-to) \S+ ?", "", command))
        assert chiron_report("Growth", *said, "--force")[0] == 0
