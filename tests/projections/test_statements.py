"""Rows that are put aside and written together."""

from typing import Any, Final

import psycopg
import pytest

from domain.store import Database
from projections.projection import connect
from projections.statements import GATHERED, Statements

TABLE: Final = "CREATE TEMPORARY TABLE noted (number int PRIMARY KEY, word text, nth int)"
INSERT: Final = """
INSERT INTO noted (number, word, nth)
SELECT n.number, n.word, n.nth + (SELECT count(*) FROM noted)
  FROM unnest(%(number)s::int[], %(word)s::text[]) WITH ORDINALITY AS n (number, word, nth)
"""
DOUBLE: Final = "UPDATE noted SET number = -number WHERE number = ANY (%(number)s::int[])"
NOTE: Final = (INSERT, DOUBLE)


def note(statements: Statements, *numbers: int) -> None:
    for number in numbers:
        statements.gather(NOTE, {"number": number, "word": f"word {number}" if number % 2 else None})


def _note_and_fail(statements: Statements) -> None:
    note(statements, 5)
    raise KeyError


def noted(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return connection.execute("SELECT nth, number, word FROM noted ORDER BY nth").fetchall()


def test_gathered_rows_are_given_to_each_statement_in_order(organisation: Database) -> None:
    with connect(organisation) as connection:
        connection.execute(TABLE)
        with Statements(connection) as statements:
            note(statements, 3, 1, 2)
        assert noted(connection) == [(1, -3, "word 3"), (2, -1, "word 1"), (3, -2, None)]


def test_many_are_given_before_the_end(organisation: Database) -> None:
    many = GATHERED + 2
    with connect(organisation) as connection:
        connection.execute(TABLE)
        with Statements(connection) as statements:
            note(statements, *range(1, many + 1))
        assert [(nth, number) for nth, number, _ in noted(connection)] == [
            (n, -n) for n in range(1, many + 1)
        ]


def test_what_fails_is_told_and_what_was_gathered_is_forgotten(organisation: Database) -> None:
    with connect(organisation) as connection:
        connection.execute(TABLE)
        statements = Statements(connection)
        with pytest.raises(psycopg.errors.UniqueViolation), connection.transaction(), statements:
            note(statements, 1, 1)
        with pytest.raises(KeyError), connection.transaction(), statements:
            _note_and_fail(statements)
        with connection.transaction(), statements:
            note(statements, 7)
        assert noted(connection) == [(1, -7, "word 7")]
