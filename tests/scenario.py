"""Given, when, then: what happened, what is wished, what is decided.

    given(PARTICIPANT, ADA.registered).when(offer_competency, competency="Python", level=4).then(
        CompetencyOffered(competency="Python", level=4)
    )

`then` checks more than it says: every event survives its JSON, and the same wish again decides nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pytest

from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.refusal import Refusal

State = TypeVar("State")
Decision = Callable[..., list[DomainEvent]]


def fold(aggregate: Aggregate[State], events: Sequence[DomainEvent]) -> State:
    state = aggregate.initial
    for event in events:
        state = aggregate.evolve(state, event)
    return state


def through_json(event: DomainEvent) -> DomainEvent:
    return type(event).model_validate_json(event.model_dump_json())


@dataclass(frozen=True)
class When(Generic[State]):
    aggregate: Aggregate[State]
    history: tuple[DomainEvent, ...]
    decision: Decision
    wish: dict[str, Any]

    def then(self, *expected: DomainEvent) -> None:
        decided = self.decision(fold(self.aggregate, self.history), **self.wish)
        assert decided == list(expected)
        assert [through_json(event) for event in decided] == decided
        assert self.decision(fold(self.aggregate, [*self.history, *decided]), **self.wish) == []

    def then_nothing(self) -> None:
        self.then()

    def then_refused(self, refusal: type[Refusal], **details: Any) -> None:
        with pytest.raises(refusal) as refused:
            self.decision(fold(self.aggregate, self.history), **self.wish)
        assert type(refused.value) is refusal
        assert refused.value.details == details
        assert "{" not in refused.value.sentence


@dataclass(frozen=True)
class Given(Generic[State]):
    aggregate: Aggregate[State]
    history: tuple[DomainEvent, ...]

    def when(self, decision: Decision, **wish: Any) -> When[State]:
        return When(self.aggregate, self.history, decision, wish)

    @property
    def state(self) -> State:
        return fold(self.aggregate, self.history)


def given(aggregate: Aggregate[State], *history: DomainEvent) -> Given[State]:
    return Given(aggregate, history)
