"""Where a worker stands in the log."""

from typing import Final

import psycopg

from projections.projection import ENROL
from projections.runner import CLAIM

VERSION: Final = 1
REACHED: Final = "SELECT position FROM projections WHERE name = %(name)s"
BEGIN_ANEW: Final = "UPDATE projections SET position = 0 WHERE name = %(name)s"


class Bookmark:
    """Of the worker `name`, beside those of the read models."""

    def __init__(self, connection: psycopg.Connection, name: str) -> None:
        self._connection, self._name = connection, name
        connection.execute(ENROL, {"name": name, "version": VERSION})
        self.position = self._stored()

    def move_on(self, reached: int) -> bool:
        """Only from where this one stood: whoever else has led meanwhile may be further. False: it stays."""
        if reached == self.position:
            return False
        fence = {"name": self._name, "version": VERSION, "position": self.position, "reached": reached}
        moved = self._connection.execute(CLAIM, fence).rowcount == 1
        self.position = reached if moved else self._stored()
        return True

    def begin_anew(self) -> None:
        self._connection.execute(BEGIN_ANEW, {"name": self._name})
        self.position = 0

    def _stored(self) -> int:
        row = self._connection.execute(REACHED, {"name": self._name}).fetchone()
        return int(row[0]) if row else 0
