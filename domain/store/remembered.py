"""States of long streams, kept in mind: the next decision then reads only what has happened since."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final, Generic
from uuid import UUID

from domain.aggregate import State, Stream

MOST_EVENTS: Final = 200_000
"""In all states together; a conversation takes some 400 bytes an event."""


@dataclass(frozen=True, slots=True)
class Loaded(Generic[State]):
    """A stream's state; version and position are 0 where nothing has happened in it."""

    state: State
    version: int
    position: int


class Remembered:
    """Which streams qualify their aggregate says. What was not asked for longest is forgotten first.

    A state here is never wrong, at most early: a stream only grows, by whichever process, and whoever goes on
    from here reads on from this version.
    """

    def __init__(self, most: int = MOST_EVENTS) -> None:
        self._most, self._events = most, 0
        self._states: OrderedDict[UUID, Loaded[Any]] = OrderedDict()
        self._one_at_a_time = threading.Lock()

    def of(self, stream: Stream[State]) -> Loaded[State]:
        """As far as it is known here; where it is not, its beginning."""
        if stream.aggregate.remembered:
            with self._one_at_a_time:
                if stream.id in self._states:
                    self._states.move_to_end(stream.id)
                    return self._states[stream.id]
        return Loaded(stream.aggregate.initial, 0, 0)

    def keep(self, stream: Stream[State], loaded: Loaded[State]) -> None:
        if not stream.aggregate.remembered:
            return
        with self._one_at_a_time:
            held = self._states.get(stream.id)
            if held is None or held.version < loaded.version:
                self._states[stream.id] = loaded
                self._events += loaded.version - (held.version if held else 0)
            while self._events > self._most:
                _, forgotten = self._states.popitem(last=False)
                self._events -= forgotten.version
