"""A database that is away now and then."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from domain.aggregate import Stream
from domain.command import Command
from domain.store import Loaded, Step, Store, StoreUnavailable


class Away(Store):
    """A store whose database is away now and then."""

    reading: ClassVar[bool] = False
    recording: ClassVar[bool] = False

    def load_all(self, streams: Sequence[Stream[Any]], as_of: int | None = None) -> dict[UUID, Loaded[Any]]:
        if Away.reading:
            raise StoreUnavailable
        return super().load_all(streams, as_of)

    def act_together(self, command: Command, *steps: Step, expected_version: int | None = None) -> Any:
        if Away.recording:
            raise StoreUnavailable
        return super().act_together(command, *steps, expected_version=expected_version)
