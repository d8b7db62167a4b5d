"""The events that a worker acts on: page after page, as far as the read models that it asks show the log."""

from collections.abc import Collection
from typing import Final

import psycopg

from domain.store import RecordedEvent, Store
from projections.projection import ENROL
from projections.runner import CLAIM

PAGE: Final = 500
VERSION: Final = 1
SHOWN: Final = "SELECT coalesce(min(position), 0) FROM projections WHERE name = ANY (%(names)s)"
REACHED: Final = "SELECT position FROM projections WHERE name = %(name)s"


class Causes:
    """Where the worker `name` stands in the log. It moves on once all is done that a page asks for."""

    def __init__(
        self,
        connection: psycopg.Connection,
        store: Store,
        name: str,
        events: Collection[str],
        read_models: Collection[str],
    ) -> None:
        self.connection, self.store, self.name = connection, store, name
        self._events, self._read_models = frozenset(events), list(read_models)
        connection.execute(ENROL, {"name": name, "version": VERSION})
        self.position = self._reached()

    def page(self) -> tuple[int, list[RecordedEvent]]:
        """Up to where it reaches, and what lies there to be done."""
        row = self.connection.execute(SHOWN, {"names": self._read_models}).fetchone()
        shown = row[0] if row else 0
        if shown <= self.position:
            return self.position, []
        page = self.store.page(self.position, PAGE, self._events)
        if len(page) == PAGE and page[-1].position <= shown:
            return page[-1].position, page
        return shown, [recorded for recorded in page if recorded.position <= shown]

    def move_on(self, reached: int) -> bool:
        """Only from where this one stood: whoever else has led meanwhile may be further."""
        if reached == self.position:
            return False
        fence = {"name": self.name, "version": VERSION, "position": self.position, "reached": reached}
        moved = self.connection.execute(CLAIM, fence).rowcount == 1
        self.position = reached if moved else self._reached()
        return True

    def _reached(self) -> int:
        row = self.connection.execute(REACHED, {"name": self.name}).fetchone()
        return row[0] if row else 0
