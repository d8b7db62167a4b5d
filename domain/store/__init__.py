"""How events are kept: the only corner of the domain that touches a database."""

from domain.aggregate import Decision, Step
from domain.store.database import Database
from domain.store.errors import (
    CommandReused,
    Conflict,
    EventUnreadable,
    NothingOfThisKind,
    StoreUnavailable,
    SubjectForgotten,
)
from domain.store.keys import KeyRing
from domain.store.records import RecordedEvent
from domain.store.remembered import Loaded
from domain.store.store import Act, Store

__all__ = [
    "Act",
    "CommandReused",
    "Conflict",
    "Database",
    "Decision",
    "EventUnreadable",
    "KeyRing",
    "Loaded",
    "NothingOfThisKind",
    "RecordedEvent",
    "Step",
    "Store",
    "StoreUnavailable",
    "SubjectForgotten",
]
