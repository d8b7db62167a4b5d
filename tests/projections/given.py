"""Given these events, the rows are those: how every test of a read model begins and ends."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import sql
from psycopg.rows import dict_row

from domain.aggregate import Aggregate
from domain.assignment import ASSIGNMENT
from domain.calendar_feed import CALENDAR_FEED
from domain.command import Command
from domain.competency import COMPETENCY
from domain.conversation import CONVERSATION
from domain.enrollment import ENROLLMENT
from domain.event import DomainEvent
from domain.inquiry import INQUIRY
from domain.match_run import MATCH_RUN
from domain.meeting import MEETING
from domain.mentorship import MENTORSHIP
from domain.notification import NOTIFICATION
from domain.participant import PARTICIPANT
from domain.program import PROGRAM
from domain.proposal import PROPOSAL
from domain.resource import RESOURCE
from domain.store import Database, Store
from domain.survey import SURVEY
from domain.webhook import WEBHOOK
from projections import catalogue, runner
from projections.projection import Projection, connect
from tests import people

AGGREGATES: Mapping[str, Aggregate[Any]] = {
    a.category: a
    for a in (
        PARTICIPANT, PROGRAM, ENROLLMENT, COMPETENCY, PROPOSAL, MENTORSHIP, MATCH_RUN, MEETING, CONVERSATION,
        CALENDAR_FEED,
        RESOURCE, ASSIGNMENT, INQUIRY, NOTIFICATION, SURVEY, WEBHOOK,
    )
}  # fmt: skip

ADA, NOOR, SAM = (person.id for person in (people.ADA, people.NOOR, people.SAM))


def happened(store: Store, stream: UUID, *events: DomainEvent, at: datetime | None = None) -> int:
    """Record what happened, whatever a rule would have said to it; gives the log's last position."""
    aggregate = AGGREGATES[events[0].event_name.partition(".")[0]]
    command = Command(uuid4(), "tester", at=at)
    return store.act(command, aggregate.stream(stream), lambda _: list(events)).position


def rows(
    database: Database, table: str, columns: Iterable[str] = (), *, rebuilding: bool = False
) -> list[dict[str, Any]]:
    """All of them, in a stable order."""
    wanted = sql.SQL(", ").join(map(sql.Identifier, columns)) if columns else sql.SQL("*")
    query = sql.SQL("SELECT {} FROM {} t ORDER BY t::text").format(wanted, sql.Identifier(table))
    with connect(database, rebuilding=rebuilding) as connection:
        return connection.cursor(row_factory=dict_row).execute(query).fetchall()


def shown(database: Database, store: Store, table: str, *columns: str) -> list[dict[str, Any]]:
    """The rows once the read models have caught up."""
    runner.catch_up(database, store, catalogue.ALL)
    return rows(database, table, columns)


def eventually(condition: Callable[[], object]) -> None:
    """For what another thread or process brings about; waits for it, and fails only when it never comes."""
    deadline, pause = time.monotonic() + 120, 0.005
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def contents(database: Database, projections: Iterable[Projection]) -> dict[str, list[dict[str, Any]]]:
    return {table: rows(database, table) for one in projections for table in one.tables}
