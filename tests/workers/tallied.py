"""A consumer for tests: it counts what happened to each stream, and chokes on what it is told to choke on."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import psycopg

from domain.store import Database
from projections.projection import connect
from workers.consumer import Message

TABLES: Final = """
CREATE TABLE IF NOT EXISTS counted (stream_id uuid, position bigint PRIMARY KEY);
CREATE TABLE IF NOT EXISTS poisonous (stream_id uuid PRIMARY KEY);
"""
COUNT: Final = "INSERT INTO counted (stream_id, position) VALUES (%(stream)s, %(position)s)"


class Poisonous(Exception):
    """The message's own fault."""


class Counting:
    name = "counting"
    tables = TABLES

    def take(self, connection: psycopg.Connection, messages: Sequence[Message]) -> None:
        for message in messages:
            row = {"stream": message.stream, "position": message.position}
            if connection.execute("SELECT 1 FROM poisonous WHERE stream_id = %(stream)s", row).fetchone():
                raise Poisonous
            connection.execute(COUNT, row)


def counted(database: Database) -> list[int]:
    with connect(database) as connection:
        return [row[0] for row in connection.execute("SELECT position FROM counted ORDER BY position")]


def poison(database: Database, *streams: UUID) -> None:
    """These, and no others from now on."""
    with connect(database) as connection:
        connection.execute("DELETE FROM poisonous")
        for stream in streams:
            connection.execute("INSERT INTO poisonous VALUES (%(stream)s)", {"stream": stream})
