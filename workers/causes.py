"""The events that a worker acts on: page after page, as far as the read models that it asks show the log."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from typing import Final

import psycopg

from domain.store import RecordedEvent, Store
from workers.bookmark import Bookmark

PAGE: Final = 500
SHOWN: Final = "SELECT coalesce(min(position), 0) FROM projections WHERE name = ANY (%(names)s)"


def shown_up_to(connection: psycopg.Connection, read_models: Collection[str]) -> int:
    """The position up to which all of these show the log."""
    row = connection.execute(SHOWN, {"names": list(read_models)}).fetchone()
    return int(row[0]) if row else 0


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
        self._bookmark = Bookmark(connection, name)

    @property
    def position(self) -> int:
        return self._bookmark.position

    def page(self) -> tuple[int, list[RecordedEvent]]:
        """Up to where it reaches, and what lies there to be done."""
        shown = shown_up_to(self.connection, self._read_models)
        if shown <= self.position:
            return self.position, []
        page = self.store.page(self.position, PAGE, self._events)
        if len(page) == PAGE and page[-1].position <= shown:
            return page[-1].position, page
        return shown, [recorded for recorded in page if recorded.position <= shown]

    def move_on(self, reached: int) -> bool:
        """False: it stood there already."""
        return self._bookmark.move_on(reached)


class Following(ABC):
    """A worker that acts on causes, a step at a time, as `_walk` takes them."""

    def __init__(self, causes: Causes) -> None:
        self.connection, self._store, self._causes = causes.connection, causes.store, causes
        self._steps = self._walk()

    @property
    def position(self) -> int:
        return self._causes.position

    def advance(self) -> bool:
        """The next batch of what is due, or of what events ask for; False: nothing more at present."""
        return next(self._steps)

    @abstractmethod
    def _walk(self) -> Iterator[bool]:
        """Without end; nothing of it is done before the first step."""
