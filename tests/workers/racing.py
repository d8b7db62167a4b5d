"""Somebody who is quicker than a worker, each time just before it records what it has decided."""

import threading
from collections import deque
from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import pytest

from domain.command import Command
from domain.event import DomainEvent
from domain.store import Database, Step, Store
from tests.projections.given import happened
from tests.workers.at_work import RING

News = tuple[UUID, *tuple[DomainEvent, ...]]
"""A stream, and what happens in it."""


class Racing(Store):
    """Of however many callers at once, one each is overtaken by a piece of news, as long as there are any."""

    news: ClassVar[deque[News]] = deque()
    actors: ClassVar[Collection[str]] = ()
    at: ClassVar[datetime | None] = None
    one_each: ClassVar[threading.Lock] = threading.Lock()

    def act_together(self, command: Command, *steps: Step, expected_version: int | None = None) -> Any:
        if command.actor in Racing.actors:
            with Racing.one_each:
                if Racing.news:
                    happened(self, *Racing.news.popleft(), at=Racing.at)
        return super().act_together(command, *steps, expected_version=expected_version)


def racing(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    *news: News,
    actors: Collection[str],
    at: datetime | None = None,
) -> Store:
    monkeypatch.setattr(Racing, "news", deque(news))
    monkeypatch.setattr(Racing, "actors", actors)
    monkeypatch.setattr(Racing, "at", at)
    return Racing.open(database, RING)
