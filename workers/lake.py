"""Every event on its way to the lake: held in PostgreSQL until a file of it is written (see lake_files).

What was held before is not held again, also where the topic is another one, or was made anew: positions are
remembered up to the one before which nothing is missing.
"""

from collections.abc import Sequence
from datetime import UTC
from itertools import groupby
from operator import attrgetter
from typing import Final

import psycopg

from workers.consumer import Message
from workers.lake_columns import table

NAME: Final = "lake"
TABLES: Final = """
CREATE TABLE IF NOT EXISTS lake_messages (
    position bigint      PRIMARY KEY,
    date     date        NOT NULL,
    type     text        NOT NULL,
    read_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    path     text,  -- of the file that it is to stand in
    message  bytea  -- until it stands there
);
CREATE INDEX IF NOT EXISTS lake_messages_waiting ON lake_messages (read_at, position) WHERE path IS NULL;
CREATE INDEX IF NOT EXISTS lake_messages_planned ON lake_messages (path, position) WHERE message IS NOT NULL;
CREATE TABLE IF NOT EXISTS lake_files (
    path        text   PRIMARY KEY,
    date        date   NOT NULL,
    type        text   NOT NULL,
    first       bigint NOT NULL,
    last        bigint NOT NULL,
    rows        bigint NOT NULL,
    bytes       bigint,  -- null until it is written
    merged_into text
);
CREATE INDEX IF NOT EXISTS lake_files_unwritten ON lake_files (path) WHERE bytes IS NULL;
CREATE INDEX IF NOT EXISTS lake_files_merged ON lake_files (merged_into) WHERE merged_into IS NOT NULL;
INSERT INTO projections (name, version) VALUES ('lake', 1) ON CONFLICT (name) DO NOTHING;
"""
REACHED: Final = "SELECT position FROM projections WHERE name = %(name)s FOR SHARE"
"""Held, so that no position is forgotten while it comes again."""
HOLD: Final = """
INSERT INTO lake_messages (position, date, type, message)
SELECT * FROM unnest(%(positions)s::bigint[], %(dates)s::date[], %(types)s::text[], %(messages)s::bytea[])
ON CONFLICT (position) DO NOTHING
"""


class Lake:
    """The consumer."""

    name = NAME
    tables = TABLES

    def take(self, connection: psycopg.Connection, messages: Sequence[Message]) -> None:
        """A message that no file could be made of is refused here, where it can be parked."""
        for name, some in groupby(sorted(messages, key=attrgetter("name")), attrgetter("name")):
            table(name, list(some))
        row = connection.execute(REACHED, {"name": NAME}).fetchone()
        reached = row[0] if row else 0
        new = [message for message in messages if message.position > reached]
        held = {
            "positions": [message.position for message in new],
            "dates": [message.time.astimezone(UTC).date() for message in new],
            "types": [message.name for message in new],
            "messages": [message.raw for message in new],
        }
        connection.execute(HOLD, held)
