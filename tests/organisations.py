"""Organisations for tests: each kind is installed once a server, then copied whole for whoever needs one.

A copy is a database of its own, and made in a tenth of the time. Schema and role bear the kind's name, so two
of one kind share the role and what stands in `pg_stat_activity`; what lives long is a kind of its own.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from domain.store import Database
from projections import catalogue, projection

COPY = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
DROP = sql.SQL("DROP DATABASE {} WITH (FORCE)")


@contextmanager
def organisation(server: str, kind: str, *, read_models: bool = True) -> Iterator[Database]:
    """A fresh one; without `read_models` it has the log alone."""
    installed, copy = _installed(server, kind, read_models=read_models), f"{kind}_{uuid4().hex[:12]}"
    _tell(server, COPY.format(sql.Identifier(copy), sql.Identifier(installed)))
    yield Database(_in(server, copy), kind)
    _tell(server, DROP.format(sql.Identifier(copy)))


@functools.cache
def _installed(server: str, kind: str, *, read_models: bool) -> str:
    """The database to copy; nobody is connected to it any more."""
    name = f"installed_{kind}"
    _tell(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    database = Database(_in(server, name), kind)
    database.install()
    if read_models:
        projection.install(database, catalogue.ALL)
    return name


def _in(server: str, database: str) -> str:
    return urlsplit(server)._replace(path=f"/{database}").geturl()


def _tell(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
