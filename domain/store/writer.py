"""A connection that appends batches, by libpq itself: one statement that never changes needs nothing of what
psycopg does for every statement, which would be a third of the work that appending costs here.
"""

from collections.abc import Callable

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

from domain.store import statements
from domain.store.records import Append, Outcome

BINARY, TEXT = 1, 0
NAME = b"append"


class Writer:
    """Opens its connection on first use, and again after it was dropped."""

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        self._connect = connect
        self._connection: psycopg.Connection | None = None

    def append(self, batch: list[Append], parameters: list[bytes]) -> list[Outcome]:
        """Raises psycopg.OperationalError where the connection was lost, else what the database raised."""
        connection = self._connection or self._open()
        result = connection.pgconn.exec_prepared(NAME, parameters, [BINARY] * len(parameters), TEXT)
        self._check(connection, result)
        head, repeated, conflicted = (result.get_value(0, column) for column in range(3))
        return statements.outcomes(batch, int(head or 0), _numbers(repeated), _numbers(conflicted))

    def drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> psycopg.Connection:
        self._connection = connection = self._connect()
        self._check(connection, connection.pgconn.prepare(NAME, statements.APPEND))
        return connection

    def _check(self, connection: psycopg.Connection, result: pq.abc.PGresult) -> None:
        if connection.pgconn.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError("the connection was lost while a batch was appended")
        if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
            raise error_from_result(result)


def _numbers(array: bytes | None) -> set[int]:
    """An array of integers as PostgreSQL writes it: {1,2,3}."""
    return set(map(int, array[1:-1].split(b","))) if array else set()
