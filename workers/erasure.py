"""Makes sure that an erased person's key is destroyed, whatever happened to the process that erased them."""

from typing import Final

from domain.participant import Erased
from domain.store import RecordedEvent, Store
from projections.projection import Projection
from projections.statements import Statements

NAME: Final = "erasure"


def erasure(store: Store) -> Projection:
    """No tables, only a position: the key is destroyed first, so a crash in between destroys it twice."""

    def forget(_: Statements, recorded: RecordedEvent) -> None:
        store.forget(recorded.stream_id)

    names = frozenset({Erased.event_name})
    return Projection(NAME, version=1, ddl="", tables=(), names=names, apply=forget)
