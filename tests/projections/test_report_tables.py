"""Reports as CSV and as Parquet: each value is read back as it was, and a million rows need little memory."""

import csv
import io
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import duckdb
import psycopg
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.report_asked import columns_of, rows_of
from projections.report_csv import as_csv, defused
from projections.report_parquet import as_parquet
from projections.reporting import SUPPRESSED, Column, Kind
from tests.projections.reported import AS_OF, BEFORE, FEW, MANY, WANTED

ROOT: Final = Path(__file__).resolve().parents[2]
CEILING: Final = 64_000_000
SEEN: Final = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def connection(postgres_url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(postgres_url, autocommit=True)


def test_a_csv_has_a_head_and_a_line_a_row(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    text = b"".join(as_csv(columns_of(FEW), rows_of(connection, FEW, WANTED))).decode()
    assert text.startswith("as_of,who,said,people,rate,health,days,hours,began,seen\r\n")
    lines = list(csv.reader(io.StringIO(text, newline="")))[1:]
    june, march = "2026-06-30T23:59:59.999999Z", "2026-03-31T23:59:59.999999Z"
    first = [
        "00000000-0000-0000-0000-000000000001",
        'He said "yes", then\nleft',
        *("12", "0.75", "68", "3", "1.5", "2026-01-31", "2026-06-01T08:30:00.000000Z"),
    ]
    assert lines[0] == [june, *first]
    assert lines[1][2:] == ["'=1+1", "suppressed", "suppressed", "", "", "", "", ""]
    assert lines[2][2:5] == ["Zürich, 漢字", "0", "0.0"]
    assert lines[3] == [march, *first]
    assert len(lines) == 4


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_is_a_formula(mark: str) -> None:
    assert defused(f"{mark}HYPERLINK(A1)") == f"'{mark}HYPERLINK(A1)"
    assert defused(f"a {mark}") == f"a {mark}"


def test_numbers_below_nothing_stay_numbers() -> None:
    column = Column("change", "Change", Kind.SHARE)
    assert b"".join(as_csv((column,), [[-0.5]])) == b"change\r\n-0.5\r\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_text_is_read_back(texts: list[str]) -> None:
    column = Column("said", "Said", Kind.TEXT)
    written = b"".join(as_csv((column,), ([text] for text in texts))).decode()
    read = [line[0] if line else "" for line in csv.reader(io.StringIO(written, newline=""))]
    assert read == ["said", *map(defused, texts)]


def test_parquet_has_types_and_says_what_is_hidden(
    connection: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    file, metadata = tmp_path / "few.parquet", {"report": "few", "as_of": AS_OF.isoformat()}
    rows = rows_of(connection, FEW, WANTED)
    file.write_bytes(b"".join(as_parquet(columns_of(FEW), rows, metadata)))
    table = pq.read_table(file)
    assert table.schema.metadata[b"chiron.report"] == b"few"
    assert [str(field.type) for field in table.schema] == [
        *("timestamp[us, tz=UTC]", "string", "string", "int64"),
        *("double", "double", "double", "double", "date32[day]", "timestamp[us, tz=UTC]", "bool", "bool"),
    ]
    one, two, three, four = table.to_pylist()
    assert (one["as_of"], four["as_of"]) == (AS_OF, BEFORE)
    assert (one["people"], one["rate"], one["days"], one["began"], one["seen"]) == (
        *(12, 0.75, 3.0),
        *(date(2026, 1, 31), SEEN),
    )
    assert (two["people"], two["people_suppressed"], two["rate_suppressed"]) == (None, True, True)
    assert (two["said"], two["health"], "health_suppressed" in two) == ("=1+1", None, False)
    assert (three["people"], three["people_suppressed"]) == (0, False)


def test_a_figure_is_hidden_only_where_the_column_says_so() -> None:
    with pytest.raises(TypeError):
        b"".join(as_parquet((Column("people", "People", Kind.COUNT),), [[SUPPRESSED]], {}))


def test_a_report_without_rows_is_a_file_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "none.parquet"
    file.write_bytes(b"".join(as_parquet(columns_of(FEW), [], {})))
    assert pq.read_table(file).num_rows == 0
    assert b"".join(as_csv(columns_of(FEW), [])).count(b"\r\n") == 1


@pytest.mark.long
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_million_rows_are_written_in_little_memory(postgres_url: str, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"large.{suffix}"
    grown = subprocess.run(
        [sys.executable, "-m", "tests.projections.written_large", postgres_url, suffix, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(grown.stdout) < CEILING
    read = {"csv": duckdb.read_csv, "parquet": duckdb.read_parquet}[suffix](str(file))
    hidden = "people_suppressed" if suffix == "parquet" else "people = 'suppressed'"
    figures = read.aggregate(
        "count(*), count(DISTINCT who), sum(TRY_CAST(people AS BIGINT)),"
        f" count(*) FILTER (WHERE {hidden}), round(sum(rate), 3), max(said)"
    )
    tenths, whole = MANY // 10, MANY * (MANY + 1) // 2
    told = whole - 10 * tenths * (tenths + 1) // 2
    assert figures.fetchall() == [(MANY, MANY, told, tenths, round(whole / MANY, 3), "row 999999")]
