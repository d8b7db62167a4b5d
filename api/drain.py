"""Connections that live long, so that a process that stops can say goodbye to each of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Goodbye = Callable[[], object]


class Drain:
    def __init__(self) -> None:
        self._live: set[Goodbye] = set()
        self.draining = False

    @contextmanager
    def present(self, goodbye: Goodbye) -> Iterator[None]:
        """While the block runs, draining calls `goodbye`; at once where it has already begun."""
        self._live.add(goodbye)
        if self.draining:
            goodbye()
        try:
            yield
        finally:
            self._live.discard(goodbye)

    def drain(self) -> None:
        self.draining = True
        for goodbye in list(self._live):
            goodbye()
