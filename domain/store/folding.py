"""What a stream's events, read back, make of its state."""

from collections.abc import Iterable

from domain.aggregate import Aggregate, State
from domain.store.errors import NothingOfThisKind
from domain.store.records import RecordedEvent
from domain.store.remembered import Loaded


def folded(
    aggregate: Aggregate[State], life: Iterable[RecordedEvent], as_of: int | None
) -> Loaded[State] | None:
    """One stream's events, in order; None where there is none up to the position."""
    state, last = aggregate.initial, None
    for recorded in life:
        if as_of is not None and recorded.position > as_of:
            break
        if last is None and not aggregate.has(recorded.name):
            raise NothingOfThisKind(kind=aggregate.category)
        state, last = aggregate.evolve(state, recorded.event), recorded
    return Loaded(state, last.version, last.position) if last else None
