"""A read model for trying the runner: it counts, so an event applied twice or not at all shows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

from domain.participant import CompetencyOffered, CompetencyOfferWithdrawn, Erased
from domain.store import Database, RecordedEvent, Store
from projections import projection
from projections.projection import Projection, connect
from projections.statements import Statements
from tests.projections.given import happened

DDL: Final = """
CREATE TABLE tallies (person uuid PRIMARY KEY, offers int NOT NULL, levels int[] NOT NULL, share numeric);
"""
COUNTED: Final = """
INSERT INTO tallies (person, offers, levels, share)
VALUES (%(person)s, 1, ARRAY[%(level)s::int], 60 / %(divisor)s::int)
ON CONFLICT (person) DO UPDATE SET offers = tallies.offers + 1, levels = tallies.levels || excluded.levels
"""
ERASED: Final = "DELETE FROM tallies WHERE person = %(person)s"

PYTHON_POISON, SQL_POISON = "raises Secret Name", "divides Secret Name"


def count(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, Erased):
        sql.execute(ERASED, {"person": recorded.stream_id})
    elif isinstance(event, CompetencyOffered):
        if event.competency == PYTHON_POISON:
            raise ValueError(f"cannot take {event.competency}")
        divisor = 0 if event.competency == SQL_POISON else 1
        sql.execute(COUNTED, {"person": recorded.stream_id, "level": event.level, "divisor": divisor})


TALLY: Final = Projection(
    name="tally",
    version=1,
    ddl=DDL,
    tables=("tallies",),
    names=frozenset({CompetencyOffered.event_name, Erased.event_name}),
    apply=count,
)


def forgiving(sql: Statements, recorded: RecordedEvent) -> None:
    """The same after the fault was mended."""
    if isinstance(recorded.event, CompetencyOffered):
        mended = {"person": recorded.stream_id, "level": recorded.event.level, "divisor": 1}
        sql.execute(COUNTED, mended)
    else:
        count(sql, recorded)


def when(position: int, do: Callable[[], None]) -> Projection:
    """The tally, with something happening just before it applies the event at that position."""

    def apply(sql: Statements, recorded: RecordedEvent) -> None:
        if recorded.position == position:
            do()
        count(sql, recorded)

    return replace(TALLY, apply=apply)


def install(database: Database, tally: Projection = TALLY) -> None:
    projection.install(database, [tally])


def offer(store: Store, person: UUID, *levels: int, competency: str = "Python") -> int:
    return happened(
        store, person, *[CompetencyOffered(competency=competency, level=level) for level in levels]
    )


def unrelated(store: Store, person: UUID) -> int:
    return happened(store, person, CompetencyOfferWithdrawn(competency="Python"))


def tallies(database: Database) -> dict[UUID, list[int]]:
    """The levels each person offered, in the order they were counted."""
    with connect(database) as connection:
        rows = connection.execute("SELECT person, offers, levels FROM tallies").fetchall()
    assert all(offers == len(levels) for _, offers, levels in rows)
    return {person: levels for person, _, levels in rows}
