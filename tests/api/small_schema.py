"""A schema with just what the transport has to cope with, and the plainest way to execute it."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, Final

import strawberry
from graphql import ExecutionResult, execute, parse, validate
from strawberry.schema.config import StrawberryConfig

from api.context import Context
from api.operations import Answer, coded, refusal, rendered
from api.scalars import SCALARS
from api.subscription import Subscription as LogSubscription


@strawberry.type
class Thing:
    name: str

    @strawberry.field
    def parts(self, first: int | None = None) -> "ThingConnection":
        return ThingConnection(nodes=[Thing(name=f"{self.name}.{n}") for n in range(first or 20)])

    @strawberry.field
    def tags(self) -> list["Thing"]:
        return []


@strawberry.type
class ThingConnection:
    nodes: list[Thing]


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def words(self, given: list[str]) -> list[str]:
        return given

    @strawberry.field
    def things(self, first: int | None = None, last: int | None = None) -> ThingConnection:
        return ThingConnection(nodes=[Thing(name=str(n)) for n in range(first or last or 20)])

    @strawberry.field
    def chosen(self, ids: list[strawberry.ID]) -> list[Thing]:
        return [Thing(name=one) for one in ids]

    @strawberry.field
    async def endless(self) -> str:
        await asyncio.Event().wait()
        raise AssertionError

    @strawberry.field
    def broken(self) -> str | None:
        raise ValueError("Ada Lovelace lives at 12 Example Street")

    @strawberry.field
    def who(self, info: strawberry.Info[Context, None]) -> str:
        return info.context.actor.id


@strawberry.type
class Mutation:
    @strawberry.mutation
    def shout(self, word: str) -> str:
        return word.upper()


@strawberry.type
class Owner:
    id: str


@strawberry.type
class Item:
    """With a place in a log, like an event, and a field that depends on who asks."""

    position: int

    @strawberry.field
    async def owner(self, info: strawberry.Info[Context, None]) -> Owner:
        return Owner(id=info.context.actor.id)


@strawberry.type
class Subscription(LogSubscription):
    @strawberry.subscription
    async def items(self) -> AsyncGenerator[Item, None]:
        yield Item(position=1)
        await asyncio.Event().wait()

    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int, None]:
        for n in range(1, to + 1):
            yield n

    @strawberry.subscription
    async def silence(self) -> AsyncGenerator[int, None]:
        await asyncio.Event().wait()
        yield 0

    @strawberry.subscription
    async def breaks(self) -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError("Ada Lovelace lives at 12 Example Street")


SMALL: Final = strawberry.Schema(
    query=Query, mutation=Mutation, subscription=Subscription, config=StrawberryConfig(scalar_map=SCALARS)
)._schema


async def execute_small(
    context: Context, query_text: str, variables: dict[str, Any] | None, operation_name: str | None
) -> Answer:
    document = parse(query_text)
    if errors := validate(SMALL, document, hide_suggestions=True):
        return refusal(coded(errors[0], "INVALID_DOCUMENT"))
    result = execute(
        SMALL,
        document,
        context_value=context,
        variable_values=variables,
        operation_name=operation_name,
        hide_suggestions=True,
    )
    if not isinstance(result, ExecutionResult):
        result = await result
    if result.data is None and result.errors and result.errors[0].path is None:
        return refusal(coded(result.errors[0], "BAD_VARIABLES"))
    return Answer(rendered(result), executed=True)


GRAPHQL: Final = (SMALL, execute_small)
