"""Writes the lake: a file for each date and type of what waits, each event in one file, once.

A file is planned first: which messages it is of, and so its name, which says the first and the last position.
Then it is put in its place, then noted as written. Whoever is killed in between leaves a plan, and the next
one writes the very same file again. Of days that are over small files are merged, by the same steps.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

import psycopg
import structlog
from psycopg.rows import class_row

from workers import lake
from workers.clock import utc_now
from workers.consumer import Message
from workers.lake_columns import merged, parquet
from workers.lake_place import Place

NAME: Final = "lake"
MOST: Final = 20_000
"""Messages in the files of one plan."""
SMALL: Final = 16 * 2**20
"""Bytes of a file up to which it is merged with others."""
EVERY: Final = timedelta(hours=1)
"""How often days that are over are looked through for small files."""

PATH: Final = """
concat('date=', date, '/type=', type, '/', lpad(first::text, 20, '0'), '-', lpad(last::text, 20, '0'),
       '-', rows, '.parquet')
"""
"""With the number of rows: merged files may have between them what the largest of them has."""
DUE: Final = """
SELECT (SELECT read_at FROM lake_messages WHERE path IS NULL ORDER BY read_at LIMIT 1) <= %(before)s
    OR EXISTS (SELECT FROM lake_messages WHERE path IS NULL ORDER BY read_at, position OFFSET %(most)s - 1)
"""
PLAN: Final = f"""
WITH taken AS (
    SELECT position, date, type FROM lake_messages
     WHERE path IS NULL ORDER BY read_at, position LIMIT %(most)s
), planned AS (
    SELECT {PATH} AS path, *
      FROM (SELECT date, type, min(position) AS first, max(position) AS last, count(*) AS rows
              FROM taken GROUP BY date, type) AS file
), noted AS (
    INSERT INTO lake_files (path, date, type, first, last, rows)
    SELECT path, date, type, first, last, rows FROM planned
)
UPDATE lake_messages AS m SET path = planned.path
  FROM taken, planned
 WHERE m.position = taken.position AND taken.date = planned.date AND taken.type = planned.type
"""  # noqa: S608 it is made of constants
UNWRITTEN: Final = "SELECT path, type FROM lake_files WHERE bytes IS NULL ORDER BY path LIMIT 1"
MESSAGES: Final = """
SELECT message FROM lake_messages WHERE path = %(path)s AND message IS NOT NULL ORDER BY position
"""
PARTS: Final = "SELECT path FROM lake_files WHERE merged_into = %(path)s ORDER BY first"
WRITTEN: Final = "UPDATE lake_files SET bytes = %(bytes)s WHERE path = %(path)s"
LET_GO: Final = """
UPDATE lake_messages SET message = NULL WHERE path = %(path)s AND message IS NOT NULL
"""
REPLACED: Final = """
SELECT part.path FROM lake_files part JOIN lake_files whole ON whole.path = part.merged_into
 WHERE whole.bytes IS NOT NULL ORDER BY part.path LIMIT 1
"""
FORGET_FILE: Final = "DELETE FROM lake_files WHERE path = %(path)s"
MOVE_ON: Final = """
UPDATE projections SET updated_at = now(), position = (
    SELECT coalesce(max(found.position), projections.position)
      FROM (SELECT position, row_number() OVER (ORDER BY position) AS nth
              FROM (SELECT position FROM lake_messages
                     WHERE position > projections.position AND message IS NULL
                     ORDER BY position LIMIT 100000) AS written) AS found
     WHERE found.position = projections.position + found.nth)
 WHERE name = %(name)s RETURNING position
"""
"""Up to where nothing is missing."""
FORGET: Final = "DELETE FROM lake_messages WHERE position <= %(position)s"
SMALL_FILES: Final = """
SELECT path, date, type, first, last, rows, bytes
  FROM (SELECT *, count(*) OVER (PARTITION BY date, type) AS beside FROM lake_files
         WHERE date < %(today)s AND bytes < %(small)s AND merged_into IS NULL) AS file
 WHERE beside > 1 ORDER BY date, type, first
"""
PLAN_WHOLE: Final = f"""
INSERT INTO lake_files (path, date, type, first, last, rows)
SELECT {PATH}, * FROM (VALUES (
    %(date)s::date, %(type)s::text, %(first)s::bigint, %(last)s::bigint, %(rows)s::bigint
)) AS file (date, type, first, last, rows)
RETURNING path
"""  # noqa: S608 it is made of constants
PLAN_PARTS: Final = "UPDATE lake_files SET merged_into = %(path)s WHERE path = ANY (%(parts)s)"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class File:
    path: str
    date: date
    type: str
    first: int
    last: int
    rows: int
    bytes: int


class LakeFiles:
    """One process writes what waits: when there is much of it, or when it has waited long enough."""

    def __init__(
        self,
        connection: psycopg.Connection,
        place: Place,
        *,
        after: timedelta,
        now: Callable[[], datetime] = utc_now,
        most: int = MOST,
        small: int = SMALL,
    ) -> None:
        self.connection, self._place = connection, place
        self._after, self._now, self._most, self._small = after, now, most, small
        connection.execute("SET synchronous_commit = on")  # a plan that is carried out is never lost
        place.destroy_halves()
        self._next_round, self._behind = now(), True
        self.position = 0

    def advance(self) -> bool:
        """The next file, plan or merger; False: there is nothing to do."""
        if self._write() or self._remove_part():
            return True
        if self._behind:
            self._behind = self._move_on()
            return True
        if self._due():
            self._behind = True
            with self.connection.transaction():
                self.connection.execute(PLAN, {"most": self._most})
            return True
        return self._now() >= self._next_round and self._look_around()

    def _write(self) -> bool:
        found = self.connection.execute(UNWRITTEN).fetchone()
        if found is None:
            return False
        path, name = found
        content = self._content(path, name)
        self._place.put(path, content)
        with self.connection.transaction():
            self.connection.execute(WRITTEN, {"path": path, "bytes": len(content)})
            self.connection.execute(LET_GO, {"path": path})
        log.info("lake.written", path=path, bytes=len(content))
        return True

    def _content(self, path: str, name: str) -> bytes:
        parts = self.connection.execute(PARTS, {"path": path}).fetchall()
        if parts:
            return merged(self._place.read(part) for (part,) in parts)
        found = self.connection.execute(MESSAGES, {"path": path}).fetchall()
        return parquet(name, [Message.of(raw) for (raw,) in found])

    def _remove_part(self) -> bool:
        """Of a file that was merged, once the other stands."""
        found = self.connection.execute(REPLACED).fetchone()
        if found is None:
            return False
        self._place.destroy(found[0])
        self.connection.execute(FORGET_FILE, {"path": found[0]})
        return True

    def _move_on(self) -> bool:
        """Whether there may be more to forget."""
        with self.connection.transaction():
            row = self.connection.execute(MOVE_ON, {"name": lake.NAME}).fetchone()
            before, self.position = self.position, row[0] if row else 0
            self.connection.execute(FORGET, {"position": self.position})
        return self.position > before

    def _due(self) -> bool:
        asked = {"before": self._now() - self._after, "most": self._most}
        return self.connection.execute(DUE, asked).fetchone() == (True,)

    def _look_around(self) -> bool:
        """Plan the mergers of a round; whether there are any."""
        now = self._now()
        self._next_round = now + EVERY
        asked = {"today": now.astimezone(UTC).date(), "small": self._small}
        with self.connection.transaction(), self.connection.cursor(row_factory=class_row(File)) as cursor:
            files = cursor.execute(SMALL_FILES, asked).fetchall()
            groups = list(_together(files, self._small))
            for group in groups:
                self._plan_merger(group)
        return bool(groups)

    def _plan_merger(self, group: Sequence[File]) -> None:
        whole: Mapping[str, Any] = {
            "date": group[0].date,
            "type": group[0].type,
            "first": group[0].first,
            "last": max(file.last for file in group),
            "rows": sum(file.rows for file in group),
        }
        (path,) = self.connection.execute(PLAN_WHOLE, whole).fetchone() or ("",)
        self.connection.execute(PLAN_PARTS, {"path": path, "parts": [file.path for file in group]})


def _together(files: Iterable[File], small: int) -> Iterator[list[File]]:
    """Neighbours of a date and type that are small even together."""
    for _, some in groupby(files, lambda file: (file.date, file.type)):
        group: list[File] = []
        for file in some:
            if group and sum(one.bytes for one in group) + file.bytes > small:
                yield from _several(group)
                group = []
            group.append(file)
        yield from _several(group)


def _several(group: list[File]) -> Iterator[list[File]]:
    if len(group) > 1:
        yield group
