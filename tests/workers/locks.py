"""Tables that are held, so that whoever writes to one is caught at that very step."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from domain.store import Database


def waiting_for(database: Database, table: str) -> int:
    """How many wait for a lock on the table."""
    with database.connect() as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = %(table)s::regclass AND NOT granted",
            {"table": f"{database.schema}.{table}"},
        ).fetchone()
    return int(found[0]) if found else 0


@contextmanager
def held_up(database: Database, table: str) -> Iterator[None]:
    """Whoever writes to the table waits meanwhile."""
    with psycopg.connect(database.conninfo) as connection:
        connection.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.Identifier(table)))
        yield


def cut_off(database: Database, table: str) -> None:
    """Whoever waits for the table loses their connection, and what they wait to do is not done."""
    with psycopg.connect(database.url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks"
            " WHERE relation = %(table)s::regclass AND NOT granted",
            {"table": f"{database.schema}.{table}"},
        )


@contextmanager
def locked_away(database: Database, table: str) -> Iterator[None]:
    """Nobody can even read it meanwhile."""
    with psycopg.connect(database.conninfo) as connection:
        statement = sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE")
        connection.execute(statement.format(sql.Identifier(table)))
        yield
