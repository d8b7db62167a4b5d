"""What people call a CSV file, and what its rows say."""

import codecs
from datetime import date
from pathlib import Path

import pytest

from deploy import csv_reader
from deploy.csv_reader import FileUnreadable, Problem, Record
from deploy.import_rows import COLUMNS, Offer, Row, Wish, parse
from domain.profile import Job

HEADINGS = "external_id,name,email"


def records(path: Path) -> list[Record | Problem]:
    return list(csv_reader.read(path, csv_reader.examine(path, COLUMNS)))


def written(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def row(**cells: str) -> Row:
    parsed = parse(Record(2, {"external_id": "A1", "name": "Ada", **cells}))
    assert isinstance(parsed, Row), parsed
    return parsed


def reason(**cells: str) -> str:
    parsed = parse(Record(2, {"external_id": "A1", "name": "Ada", **cells}))
    assert isinstance(parsed, Problem), parsed
    assert parsed.line == 2
    return parsed.reason


@pytest.mark.parametrize(
    ("bytes_before", "encoding", "spoken"),
    [
        (b"", "utf-8", "UTF-8, separated by commas"),
        (codecs.BOM_UTF8, "utf-8", "UTF-8 with a byte order mark, separated by commas"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16, separated by commas"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16, separated by commas"),
        (b"", "utf-16-le", "UTF-16 without a byte order mark, separated by commas"),
        (b"", "utf-16-be", "UTF-16 without a byte order mark, separated by commas"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32, separated by commas"),
        (b"", "cp1252", "Windows Latin-1, because it is not valid UTF-8, separated by commas"),
    ],
)
def test_reads_what_programs_write(tmp_path: Path, bytes_before: bytes, encoding: str, spoken: str) -> None:
    path = written(tmp_path, bytes_before + f"{HEADINGS}\nA1,Zoë Brontë,zoe@example.org\n".encode(encoding))
    assert csv_reader.examine(path, COLUMNS).spoken == spoken
    assert records(path) == [
        Record(2, {"external_id": "A1", "name": "Zoë Brontë", "email": "zoe@example.org"})
    ]


def test_reads_bytes_that_even_windows_does_not_know_as_latin_1(tmp_path: Path) -> None:
    path = written(tmp_path, b"id,name\nA1,Zo\xeb\x81\n")
    assert csv_reader.examine(path, COLUMNS).spoken.startswith("Latin-1")


@pytest.mark.parametrize(("delimiter", "word"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs")])
def test_finds_the_delimiter(tmp_path: Path, delimiter: str, word: str) -> None:
    path = written(tmp_path, delimiter.join(["id", "name"]) + "\r\n" + delimiter.join(["A1", "Ada"]) + "\r\n")
    assert csv_reader.examine(path, COLUMNS).spoken == f"UTF-8, separated by {word}"
    assert records(path) == [Record(2, {"external_id": "A1", "name": "Ada"})]


def test_knows_headings_by_other_names_and_names_the_rest(tmp_path: Path) -> None:
    path = written(
        tmp_path, 'Employee No.;"Full  Name";E-MAIL Address;Shoe\x07 size;;time-zone\nA1;Ada;;39;;\n'
    )
    layout = csv_reader.examine(path, COLUMNS)
    assert layout.columns == ("external_id", "name", "email", None, None, "time_zone")
    assert layout.unknown == ("Shoe? size",)


def test_a_quoted_cell_holds_delimiters_and_lines(tmp_path: Path) -> None:
    path = written(tmp_path, f'{HEADINGS}\nA1,"Lovelace, Ada\nCountess",a@example.org\n\n , ,\nB2,Bob,\n')
    assert records(path) == [
        Record(2, {"external_id": "A1", "name": "Lovelace, Ada\nCountess", "email": "a@example.org"}),
        Record(6, {"external_id": "B2", "name": "Bob", "email": ""}),
    ]


def test_a_stray_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    others = "".join(f"B{n},Bob,b{n}@example.org\n" for n in range(2_000))
    found = records(written(tmp_path, f'{HEADINGS}\nA1,"Ada,a@example.org\n{others}C1,"Cleo"x,\nD1,Dan,\n'))
    assert [problem.line for problem in found if isinstance(problem, Problem)] == [2, 2003]
    assert [record.line for record in found if isinstance(record, Record)] == [*range(3, 2003), 2004]


def test_a_row_of_another_length_is_reported(tmp_path: Path) -> None:
    found = records(
        written(tmp_path, f"{HEADINGS}\nA1,Ada\nB2,Bob,b@example.org,,\nC3,Cleo,c@example.org,x\n")
    )
    assert found == [
        Problem(2, "has 2 cells, but the first line names 3 columns"),
        Record(3, {"external_id": "B2", "name": "Bob", "email": "b@example.org"}),
        Problem(4, "has 4 cells, but the first line names 3 columns"),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"\n\nid,name\n", "it is empty"),
        (b"PK\x03\x04\x00\x00\x08\x00 a spreadsheet\n", "not a text file"),
        (b"id,name,Employee ID\n", "more than one column means external_id"),
        (codecs.BOM_UTF16_LE + b"i\x00d", "damaged"),
        (codecs.BOM_UTF8 + b"id,name\n\xff\xfe\n", "damaged"),
        (b'"id,name\nA1,Ada\n' + b"x" * 30_000, "does not name columns"),
        (b'id,"na"me\nA1,Ada\n', "does not name columns"),
        (b"id,name\n" + b"x" * 1_200_000, "line 2 is endless"),
    ],
)
def test_says_why_nothing_can_be_read(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(FileUnreadable) as refusal:
        records(written(tmp_path, content))
    assert why in refusal.value.sentence


def test_progress_reaches_towards_the_end_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, HEADINGS + "\n" + "A1,Ada,\n" * 5_123)
    steps: list[int] = []
    assert len(list(csv_reader.read(path, csv_reader.examine(path, COLUMNS), steps.append))) == 5_123
    assert sum(steps) == path.stat().st_size


def test_a_row_says_what_the_domain_takes() -> None:
    said = row(
        email=" ada@example.org ",
        time_zone="Europe/Berlin",
        languages="en, DE; pt_br",
        work_history="2014-09/2019-02 Buyer, Nordhaven; 2019-02-15/ Senior Buyer | 2020-01..2021-01 Lead",
        hours_a_month="4",
        competencies_offered="Python:4; public speaking ;python:5",
        competencies_sought="lead a team:4:1\nnegotiation:2; writing",
        biography="",
    )
    assert (said.email, said.languages, said.hours_a_month) == ("ada@example.org", ("en", "de", "pt-BR"), 4)
    assert said.work_history == (
        Job(title="Buyer", organisation="Nordhaven", since=date(2014, 9, 1), until=date(2019, 2, 1)),
        Job(title="Senior Buyer", since=date(2019, 2, 15)),
        Job(title="Lead", since=date(2020, 1, 1), until=date(2021, 1, 1)),
    )
    assert said.competencies_offered == (
        Offer(competency="python", level=5),
        Offer(competency="public speaking", level=3),
    )
    assert said.competencies_sought == (
        Wish(competency="lead a team", level=4, priority=1),
        Wish(competency="negotiation", level=2, priority=3),
        Wish(competency="writing", level=3, priority=3),
    )


def test_a_name_may_stand_in_two_columns_and_an_address_serve_as_id() -> None:
    parsed = parse(Record(2, {"given_name": "Ada", "family_name": "Lovelace", "email": "Ada@Example.org"}))
    assert isinstance(parsed, Row)
    assert (parsed.name, parsed.external_id, parsed.email) == (
        "Ada Lovelace",
        "ada@example.org",
        "Ada@Example.org",
    )


def test_an_empty_cell_empties_its_field_and_a_missing_column_says_nothing() -> None:
    assert row(department="", location="Lisbon").record().said() == {
        "name": "Ada",
        "department": None,
        "location": "Lisbon",
    }


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"name": ""}, "name: is missing"),
        ({"external_id": ""}, "external_id: is missing"),
        ({"email": "ada at example"}, "email: must be an e-mail address"),
        ({"time_zone": "Europe/Berln"}, "time_zone: must be a time zone"),
        ({"languages": "english"}, "languages: must be a language tag"),
        ({"name": "A" * 201}, "name: is longer than 200 characters"),
        ({"biography": "A" * 10_001}, "biography: is longer than 10000 characters"),
        ({"name": "Ada\x00"}, "name: control characters are not allowed"),
        ({"job_title": "Engi\x1bneer"}, "job_title: control characters are not allowed"),
        ({"department": "Sales\nSouth"}, "department: must be a single line"),
        ({"hours_a_month": "many"}, "hours_a_month: must be a whole number"),
        ({"hours_a_month": "201"}, "hours_a_month: must be a whole number up to 200"),
        ({"hours_a_month": "-1"}, "hours_a_month: must be a whole number"),
        ({"competencies_offered": "Python:9"}, "competencies_offered: level: must be a whole number up to 5"),
        ({"competencies_offered": "Python:high"}, "competencies_offered: each reads like competency:level"),
        ({"competencies_offered": "Python:٣"}, "competencies_offered:"),
        (
            {"competencies_sought": "Python:3:0"},
            "competencies_sought: priority: must be a whole number from 1 on",
        ),
        (
            {"competencies_sought": "Python:3:2:1"},
            "competencies_sought: each reads like competency:level:priority",
        ),
        ({"competencies_offered": ":3"}, "competencies_offered: competency: is empty"),
        (
            {"competencies_offered": ";".join(f"skill {n}" for n in range(51))},
            "competencies_offered: has more than 50 entries",
        ),
        ({"work_history": "since ever"}, "work_history: each job reads like"),
        ({"work_history": "2019-13 Buyer"}, "work_history: there is no such date"),
        ({"work_history": "2019-05/2018-01 Buyer"}, "work_history: a job cannot end before it began"),
    ],
)
def test_a_row_that_does_not_hold_says_why(cells: dict[str, str], why: str) -> None:
    assert reason(**cells).startswith(why)


def test_every_fault_of_a_row_is_said_and_no_personal_cell_is_repeated() -> None:
    said = reason(email="secret person", time_zone="Mars/Olympus", name="Ada\x07 Secret")
    assert [part.split(":")[0] for part in said.split("; ")] == ["name", "email", "time_zone"]
    assert "ecret" not in said
