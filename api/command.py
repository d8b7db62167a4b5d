"""How every command goes: look at the input, ask permission, let the store act, read what became of it."""

import asyncio
import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from itertools import takewhile
from typing import Any, Final, TypeVar
from uuid import UUID, uuid5

import strawberry
from pydantic import BaseModel, ValidationError
from strawberry import UNSET
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types.nodes import SelectedField, Selection

from api.context import Context, Info
from api.refusals import BadInput, Forbidden, Problem, StaleReadError, UserError, as_data, camel
from api.relay import parse_global_id
from api.roots import READ_MODELS
from api.scalars import Position
from domain.aggregate import Stream
from domain.command import Command, Receipt
from domain.event import ERASED, DomainEvent
from domain.guards import StillChanging
from domain.permissions import Action, Thing, may
from domain.refusal import Refusal
from domain.store import CommandReused, Decision, RecordedEvent, Step, Store

ATTEMPTS: Final = 5
RECEIPT = frozenset({"__typename", "errors", "position"})
UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@strawberry.input
class CommandInput:
    idempotency_key: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="A UUID you make up. Sent again, nothing happens again: the first receipt is the answer.",
    )


@strawberry.input
class VersionedInput(CommandInput):
    expected_version: int | None = strawberry.field(
        default=UNSET,
        description="The version you decided upon. Where there is a newer one, nothing is done.",
    )


@dataclass(frozen=True, slots=True)
class Done:
    """A command carried out: on which entity, and where it stands in the log."""

    entity: UUID
    position: int


@strawberry.type
class Payload(ABC):
    position: Position | None = strawberry.field(
        default=None,
        description="Where the log stood when this was done; as minPosition it reads your writes.",
    )
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was not done, or cannot be shown yet; else empty."
    )

    @abstractmethod
    async def read(self, info: Info, entity: UUID) -> None:
        """Take in the entity as the read models now show it."""


P = TypeVar("P", bound=Payload)
V = TypeVar("V", bound=BaseModel)
Told = TypeVar("Told")
Resolver = Callable[..., Any]


def mutation(payload: type[P]) -> Callable[[Resolver], Any]:
    """A mutation by intent; its payload type is named after it, so that each can grow by itself."""

    def named(resolver: Resolver) -> Any:
        name = "".join(word.capitalize() for word in resolver.__name__.split("_"))
        own = strawberry.type(type(f"{name}Payload", (payload,), {"__doc__": None}))
        return strawberry.mutation(
            resolver, graphql_type=own, description=resolver.__doc__, extensions=[Outcome(own)]
        )

    return named


class Outcome(FieldExtension):
    """Expected refusals become data; a success becomes the entity as it reads afterwards."""

    def __init__(self, payload: type[Payload]) -> None:
        self.payload = payload

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Info, **arguments: Any
    ) -> Payload:
        try:
            refuse_unstorable(arguments["input"])
            done: Done = await next_(source, info, **arguments)
        except Exception as error:
            if errors := as_data(error):
                return self.payload(errors=errors)
            raise
        return await self._shown(info, done)

    async def _shown(self, info: Info, done: Done) -> Payload:
        position = Position(done.position)
        if not any(_asks_for_entity(field.selections) for field in info.selected_fields):
            return self.payload(position=position)
        if not await info.context.caught_up(READ_MODELS, position):
            return self.payload(position=position, errors=[StaleReadError.at(position)])
        answer = self.payload(position=position)
        await answer.read(info, done.entity)
        return answer


def _asks_for_entity(selections: Iterable[Selection]) -> bool:
    """A client that only wants its receipt need not wait for read models."""
    return any(
        selection.name not in RECEIPT
        if isinstance(selection, SelectedField)
        else _asks_for_entity(selection.selections)
        for selection in selections
    )


def permit(context: Context, action: Action, thing: Thing) -> None:
    if not may(context.actor, action, thing):
        raise Forbidden


async def act(
    info: Info, given: CommandInput, stream: Stream[Any], decision: Decision, **arguments: Any
) -> Done:
    """Take the decision on the stream. Ask permission first."""
    return await act_together(info, given, Step(stream, decision, arguments))


async def act_together(
    info: Info, given: CommandInput, wish: Step, *others: Step, meant: Step | None = None
) -> Done:
    """The same over several streams, or provided that what guards read does not change meanwhile.

    `meant` is the part of the wish that a repeated key's first use is told from, where the wish itself
    depends on more than what was given.
    """
    store, wished = info.context.store, command(info.context, given)
    receipt = await store.act_together_async(wished, wish, *others, expected_version=_expected(given))
    steps = (meant or wish, *others)
    if receipt.repeated and await asyncio.to_thread(_differs, store, steps, wished, receipt):
        raise CommandReused
    return Done(wish.stream.id, receipt.position)


async def until_unchanged(attempt: Callable[[], Awaitable[Told]]) -> Told:
    """What relies on more than it records is told anew where that has changed meanwhile; not for ever."""
    for _ in range(ATTEMPTS):
        try:
            return await attempt()
        except StillChanging:
            continue
    raise StillChanging


def command(context: Context, given: CommandInput) -> Command:
    """The key belongs to who sent it: nobody reaches another's receipt by repeating their key."""
    if given.idempotency_key is None or given.idempotency_key is UNSET:
        return Command(context.new_id(), context.actor.id, context.request_id)
    try:
        key = UUID(given.idempotency_key)
    except ValueError:
        raise BadInput.at("BAD_IDEMPOTENCY_KEY", "An idempotency key is a UUID.", "idempotencyKey") from None
    return Command(uuid5(key, context.actor.id), context.actor.id, context.request_id)


def new_entity(context: Context, given: CommandInput) -> UUID:
    """The id of what a command brings into being: a repetition means the same one."""
    return uuid5(command(context, given).id, "new")


async def first_sent(context: Context, new: Stream[Any]) -> datetime:
    """Now, or when a repeated key brought this into being: what was to come then may have been since."""
    recorded = await asyncio.to_thread(next, context.store.history(new.id), None)
    return recorded.recorded_at.astimezone(UTC) if recorded else context.now()


def entity(type_name: str, given: str, *path: str) -> UUID:
    """The key in a global id of this type."""
    try:
        return UUID(parse_global_id(given, type_name).key)
    except Problem as problem:
        raise BadInput.at("BAD_ID", problem.message, *path) from None


def said(given: CommandInput, within: type[CommandInput] = CommandInput) -> dict[str, Any]:
    """The fields of an input that were given, without those of the envelope it extends."""
    envelope = {field.name for field in dataclasses.fields(within)}
    return {name: value for name, value in plain(given).items() if name not in envelope}


def value(kind: type[V], given: object, *path: str) -> V:
    """The value object that an input describes."""
    try:
        return kind(**plain(given))
    except ValidationError as error:
        raise BadInput.of(error, *path) from None


def plain(given: Any) -> Any:
    """An input as a mapping; what was left out is not in it."""
    if dataclasses.is_dataclass(given):
        held = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
        return {name: plain(value) for name, value in held.items() if value is not UNSET}
    return [plain(item) for item in given] if isinstance(given, list) else given


def _expected(given: CommandInput) -> int | None:
    version = given.expected_version if isinstance(given, VersionedInput) else None
    return None if version is UNSET else version


@dataclass(frozen=True, slots=True)
class _FirstUse:
    """What a repeated key's first use found in the stream of a step, and what it recorded there."""

    step: Step
    before: Sequence[DomainEvent]
    recorded: Sequence[RecordedEvent]


def _differs(store: Store, steps: Sequence[Step], wished: Command, receipt: Receipt) -> bool:
    """Whether the key was first used for something else, as far as the streams can tell that the wish is
    about: that of the first step, and of those that decide the same about others of its kind.
    """
    alike = [step for step in steps if step.decision is steps[0].decision]
    uses = [_first_use(store, step, wished, receipt) for step in alike]
    recorded = [one for use in uses for one in use.recorded]
    if receipt.events and not recorded:
        return True
    then = recorded[0].recorded_at if recorded else None
    return any(_another(_decided_then(use, then), [one.event for one in use.recorded]) for use in uses)


def _first_use(store: Store, step: Step, wished: Command, receipt: Receipt) -> _FirstUse:
    known = takewhile(lambda one: one.position <= receipt.position, store.history(step.stream.id))
    before: list[DomainEvent] = []
    recorded: list[RecordedEvent] = []
    for one in known:
        if one.command_id == wished.id:
            recorded.append(one)
        else:
            before.append(one.event)
    return _FirstUse(step, before, recorded)


def _decided_then(use: _FirstUse, then: datetime | None) -> Sequence[DomainEvent] | None:
    """What the wish would have decided when its key was first used, by the clock of `then`; None where it
    would have been refused.
    """
    step, aggregate = use.step, use.step.stream.aggregate
    clock: dict[str, Any] = {"now": then, "today": then.astimezone(UTC).date()} if then else {}
    arguments = {name: clock.get(name, given) for name, given in step.arguments.items()}
    try:
        return step.decision(reduce(aggregate.evolve, use.before, aggregate.initial), **arguments)
    except Refusal:
        return None


def _another(decided: Sequence[DomainEvent] | None, first: Sequence[DomainEvent]) -> bool:
    """Whether a repeated key stands for another wish now, as far as that can be told. What has been erased
    since is no difference.
    """
    if decided is None:
        return False
    if not decided or not first:
        return bool(decided or first)
    if type(first[0]) is not type(decided[0]):
        return True
    said = decided[0].model_fields_set - {"changed"}
    return any(getattr(first[0], name) not in (getattr(decided[0], name), ERASED) for name in said)


def refuse_unstorable(given: CommandInput) -> None:
    """PostgreSQL stores neither NUL nor half a character, and nobody means to write a control character."""
    for path, text in _texts(given):
        if UNSTORABLE.search(text):
            raise BadInput.at("UNSTORABLE_TEXT", "This text contains a character that cannot be kept.", *path)


def _texts(value: Any, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    match value:
        case str():
            yield path, value
        case list():
            for place, item in enumerate(value):
                yield from _texts(item, *path, str(place))
        case _ if dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                yield from _texts(getattr(value, field.name), *path, camel(field.name))
