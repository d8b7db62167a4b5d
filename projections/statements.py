"""Statements on their way to PostgreSQL: each prepared once, all sent without waiting, checked at the end.

psycopg's own pipeline costs some fifteen microseconds a statement; this one a quarter of it, because a
read model's statements are few and fixed, and of their results nobody wants more than whether they failed.
"""

import contextlib
import re
import select
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import orjson
import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.types.json import Jsonb

from domain.event import ERASED

GATHERED: Final = 1_000
"""So many rows are given to a statement at once."""

_PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class _Prepared:
    name: bytes
    parameters: tuple[str, ...]
    formats: tuple[PyFormat, ...]


class Statements:
    """What a projection's `apply` writes to. Parameters are named, as everywhere: `%(name)s`.

    Values travel as text and take the type of the place they stand in, so one plan serves every row.
    Lists and dictionaries of values that are no SQL arrays are wrapped with `jsonb`.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        # With statements of its own, psycopg would deallocate all on a rollback, ours too.
        connection.prepare_threshold = None
        self._transformer = Transformer.from_context(connection)
        self._prepared: dict[str, _Prepared] = {}
        self._unproven: list[str] = []
        self._made = 0
        self._open = False
        self._gathered: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}

    def execute(self, sql: str, params: Mapping[str, Any]) -> None:
        """Queue one statement; `flush` says whether it worked."""
        statement = self._prepared.get(sql)
        if statement is None:
            statement = self._prepare(sql)
        values = self._transformer.dump_sequence(
            [params[name] for name in statement.parameters], statement.formats
        )
        self._enter()
        self._connection.pgconn.send_query_prepared(statement.name, values)

    def gather(self, statements: tuple[str, ...], params: Mapping[str, Any]) -> None:
        """Put one row aside. All that were gathered for the same `statements` are given to each of them at
        once, every parameter an array of the rows' values in the order in which they came: with the flush,
        or as soon as they are many, so that PostgreSQL works meanwhile.
        """
        rows = self._gathered.setdefault(statements, [])
        rows.append(params)
        if len(rows) == GATHERED:
            self._give(statements)

    def flush(self) -> None:
        """Wait for all that is queued; raises what the first statement that failed raises."""
        for statements in list(self._gathered):
            self._give(statements)
        if not self._open:
            return
        pgconn = self._connection.pgconn
        pgconn.pipeline_sync()
        failed: pq.abc.PGresult | None = None
        while (result := self._next_result()) is None or result.status != pq.ExecStatus.PIPELINE_SYNC:
            if failed is None and result is not None and result.status == pq.ExecStatus.FATAL_ERROR:
                failed = result
        pgconn.exit_pipeline_mode()
        self._open = False
        unproven, self._unproven = self._unproven, []
        if failed is not None:
            for sql in unproven:
                del self._prepared[sql]
            raise error_from_result(failed)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """All executed, or all dropped: then the transaction around it is rolled back."""
        if kind is None:
            self.flush()
        else:
            self._gathered.clear()
            with contextlib.suppress(psycopg.Error):
                self.flush()

    def _give(self, statements: tuple[str, ...]) -> None:
        rows = self._gathered.pop(statements)
        arrays = {name: array(row[name] for row in rows) for name in rows[0]}
        for statement in statements:
            self.execute(statement, arrays)

    def _enter(self) -> None:
        if not self._open:
            self._connection.pgconn.enter_pipeline_mode()
            self._open = True

    def _prepare(self, sql: str) -> _Prepared:
        parameters = tuple(dict.fromkeys(_PARAMETER.findall(sql)))
        numbers = {name: f"${number}" for number, name in enumerate(parameters, 1)}
        text = _PARAMETER.sub(lambda found: numbers[found[1]], sql)
        self._made += 1
        statement = _Prepared(b"kept_%d" % self._made, parameters, (PyFormat.TEXT,) * len(parameters))
        self._enter()
        self._connection.pgconn.send_prepare(statement.name, text.encode())
        self._prepared[sql] = statement
        self._unproven.append(sql)
        return statement

    def _next_result(self) -> pq.abc.PGresult | None:
        """Other threads run while this one waits, which `get_result` alone would not let them."""
        pgconn = self._connection.pgconn
        while pgconn.is_busy():
            unsent = pgconn.flush()
            select.select([pgconn.socket], [pgconn.socket] if unsent else [], [])
            pgconn.consume_input()
        result = pgconn.get_result()
        if pgconn.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError("the connection was lost while a read model was written")
        return result


def array(values: Iterable[Any]) -> str:
    """An array as PostgreSQL reads it, of ids, moments, numbers and plain words: a tenth of what psycopg's
    own way costs, which asks each element for its type. Nothing in it needs quoting.
    """
    return "{" + ",".join(["NULL" if value is None else f'"{value}"' for value in values]) + "}"


def known(value: Any) -> Any:
    """A personal field as a column holds it: NULL once it is erased."""
    return None if value is ERASED else value


def jsonb(value: Any) -> Jsonb | None:
    """JSON for a jsonb column; None stays SQL NULL."""
    return None if value is None else Jsonb(value, orjson.dumps)
