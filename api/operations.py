"""One GraphQL operation, whichever way it came: admitted, executed or streamed, answered as bytes."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol
from weakref import WeakValueDictionary

import orjson
from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    validate,
)
from graphql.execution import Executor, create_source_event_stream
from graphql.execution.execute import execute_subscription_event

from api.context import Context
from api.limits import REMEMBERED, REMEMBERED_TEXT, Admitted, Gate, Limits
from api.params import Params
from api.refusals import Problem, formatted, masked
from api.trusted import BadManifest, TrustedDocuments

RENDERINGS: Final = 512
"""How many events' finished payloads a way of showing them keeps for the next subscriber."""
TURN: Final = 16
"""So many results, then everybody else has a turn: neither source nor socket need ever make us wait."""
OFF_LOOP: Final = 8_192
"""A text longer than this is read in a thread, so that nobody else waits for it."""


class Answer(NamedTuple):
    """A finished JSON response. Not `executed`: refused before execution, so without data."""

    body: bytes
    executed: bool


class Frame(NamedTuple):
    """One result of a stream; `cursor` is where to go on after it."""

    body: bytes
    cursor: str | None


class Execute(Protocol):
    """api.execution: answer a query or mutation."""

    def __call__(
        self, context: Context, query_text: str, variables: dict[str, Any] | None, operation_name: str | None
    ) -> Awaitable[Answer]: ...


class StreamRefused(Exception):
    """The stream does not start, or ends early; `errors` are finished for the client."""

    def __init__(self, errors: list[Any]) -> None:
        super().__init__("refused")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation within the limits, not yet validated."""

    admitted: Admitted
    kind: OperationType
    variables: dict[str, Any] | None
    operation_name: str | None


class Operations:
    def __init__(
        self,
        schema: GraphQLSchema,
        execute: Execute,
        limits: Limits,
        trusted: TrustedDocuments,
        *,
        introspection: bool = True,
    ) -> None:
        self.schema, self.limits, self.trusted = schema, limits, trusted
        self._execute = execute
        self._gate = Gate(schema, limits, introspection)
        self._ways: WeakValueDictionary[Any, Way] = WeakValueDictionary()
        self._validated: Callable[[str], list[Any]] = lru_cache(REMEMBERED)(self._validate)

    def check_trusted(self) -> None:
        """Every trusted document must pass what any document must; raises BadManifest."""
        for key, text in self.trusted.documents.items():
            try:
                errors = self._validate(text)
            except Problem as refused:
                errors = [refused.formatted]
            if errors:
                raise BadManifest(f"the trusted document {key}: {errors[0]['message']}")

    async def prepare(self, params: Params) -> Prepared:
        """Raises Problem: what is wrong with the request, by code."""
        text = self.trusted.text(params)
        if len(text) > OFF_LOOP:
            admitted = await asyncio.to_thread(self._gate.admit, text)
        else:
            admitted = self._gate.admit(text)
        if params.variables:
            self._gate.check_variables(params.variables)
        operation = admitted.operation(params.operation_name)
        self._gate.charge(admitted, params.operation_name, params.variables)
        return Prepared(admitted, operation.operation, params.variables, params.operation_name)

    async def answer(self, context: Context, prepared: Prepared) -> Answer:
        """A query's or mutation's response, within the time there is; raises Problem where there is none."""
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await self._execute(
                    context, prepared.admitted.text, prepared.variables, prepared.operation_name
                )
        except TimeoutError:
            sentence = "This took too long. Whether a mutation was carried out is unknown."
            raise Problem("TIMEOUT", sentence, limit=self.limits.seconds, retryable=True) from None
        except Problem:
            raise
        except Exception as bug:
            raise masked(bug) from bug

    async def stream(self, context: Context, prepared: Prepared) -> AsyncGenerator[Frame, None]:
        """A subscription's results, or the one of another operation; raises StreamRefused."""
        if prepared.kind is not OperationType.SUBSCRIPTION:
            answer = await self.answer(context, prepared)
            if not answer.executed:
                raise StreamRefused(orjson.loads(answer.body)["errors"])
            yield Frame(answer.body, None)
            return
        text = prepared.admitted.text
        if errors := self._validated(text) if len(text) <= REMEMBERED_TEXT else self._validate(text):
            raise StreamRefused(errors)
        source, way = await self._source(context, prepared)
        try:
            async with aclosing(source) as items:
                turn = 0
                async for item in items:
                    if (turn := turn + 1) % TURN == 0:
                        await asyncio.sleep(0)
                    position = getattr(item, "position", None)
                    yield Frame(await way.show(item, position), None if position is None else str(position))
        except GraphQLError as error:
            raise StreamRefused([formatted(error)]) from error
        except Exception as bug:
            raise StreamRefused([masked(bug).formatted]) from bug

    async def _source(self, context: Context, prepared: Prepared) -> "tuple[Any, Way]":
        executor = Executor.build(
            self.schema,
            prepared.admitted.document,
            context_value=context,
            raw_variable_values=prepared.variables,
            operation_name=prepared.operation_name,
            hide_suggestions=True,
        )
        if isinstance(executor, list):
            raise StreamRefused([formatted(error) for error in executor])
        source = create_source_event_stream(executor)
        if isinstance(source, Awaitable):
            source = await source
        if isinstance(source, ExecutionResult):
            raise StreamRefused([formatted(error) for error in source.errors or ()])
        key = self._way_key(context, prepared)
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = Way(executor)
        return source, way

    def _way_key(self, context: Context, prepared: Prepared) -> Any:
        """Subscribers with the same key are shown the same bytes: scalars depend on the roles only, whatever
        else an item leads to may depend on who asks."""
        actor = context.actor
        who: Any = (actor.roles, actor.scopes)
        if not _only_scalars(self.schema, prepared):
            who = actor
        variables = orjson.dumps(prepared.variables, option=orjson.OPT_SORT_KEYS)
        return prepared.admitted.text, prepared.operation_name, variables, who

    def _validate(self, text: str) -> list[Any]:
        errors = validate(self.schema, self._gate.admit(text).document, hide_suggestions=True)
        return [formatted(coded(error, "INVALID_DOCUMENT")) for error in errors]


class Way:
    """One way of showing the items of a subscription; each item is shown once for all who see it so."""

    __slots__ = ("__weakref__", "_executor", "_shown")

    def __init__(self, executor: Executor[Any]) -> None:
        self._executor = executor
        self._shown: OrderedDict[Any, asyncio.Task[bytes] | bytes] = OrderedDict()

    async def show(self, item: Any, position: Any) -> bytes:
        found = self._shown.get(position)
        if found is None:
            result = execute_subscription_event(self._executor.build_per_event_executor(item))
            if isinstance(result, ExecutionResult):
                found = rendered(result)
            else:
                found = asyncio.ensure_future(_rendered_later(result))
            if position is not None:
                self._keep(position, found)
        return found if isinstance(found, bytes) else await asyncio.shield(found)

    def _keep(self, position: Any, shown: asyncio.Task[bytes] | bytes) -> None:
        self._shown[position] = shown
        if len(self._shown) > RENDERINGS:
            self._shown.popitem(last=False)


async def _rendered_later(result: Awaitable[ExecutionResult]) -> bytes:
    return rendered(await result)


def rendered(result: ExecutionResult) -> bytes:
    response: dict[str, Any] = {"data": result.data}
    if result.errors:
        response["errors"] = [formatted(error) for error in result.errors]
    return orjson.dumps(response)


def refusal(problem: GraphQLError) -> Answer:
    """The response to a request that is not executed."""
    return Answer(orjson.dumps({"errors": [formatted(problem)]}), executed=False)


def coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def _only_scalars(schema: GraphQLSchema, prepared: Prepared) -> bool:
    """Whether the items of the subscription are shown by their own scalars alone."""
    admitted = prepared.admitted
    root = schema.subscription_type
    operation = admitted.operation(prepared.operation_name)
    for field in _fields(admitted, operation.selection_set):
        definition = root.fields.get(field.name.value) if root else None
        item: Any = get_named_type(definition.type) if definition else None
        for selected in _fields(admitted, field.selection_set):
            if selected.name.value == "__typename":
                continue
            if item is None or not is_leaf_type(get_named_type(item.fields[selected.name.value].type)):
                return False
    return True


def _fields(admitted: Admitted, selected: SelectionSetNode | None) -> list[FieldNode]:
    found = []
    for selection in selected.selections if selected else ():
        if isinstance(selection, FieldNode):
            found.append(selection)
        elif isinstance(selection, FragmentSpreadNode):
            found += _fields(admitted, admitted.fragments[selection.name.value].selection_set)
        else:
            found += _fields(admitted, getattr(selection, "selection_set", None))
    return found
