"""A webhook: an address elsewhere that is told of events, which ones, and whether it is told at present.

The secret that its messages are signed with is derived from the webhook's id and a generation: no event holds
it. The address stands in the log for everybody who may read that, so it is no place for secrets.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final, assert_never
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.refusal import Refusal
from domain.words import Line, Url, distinct, shaped

EVERYTHING: Final = "*"
ALL_OF: Final = ".*"
MOST_TYPES: Final = 50


def _each_once(types: tuple[str, ...]) -> tuple[str, ...]:
    distinct(types, "type")
    return types


Type = Annotated[
    str,
    StringConstraints(max_length=200),
    shaped(
        r"\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?",
        "must be the type of an event, the beginning of some followed by .*, or * for all",
    ),
]
Types = Annotated[tuple[Type, ...], Field(min_length=1, max_length=MOST_TYPES), AfterValidator(_each_once)]


class Reason(StrEnum):
    """Why nothing is sent: somebody wished it, the address said that it is gone, or it failed for days."""

    ASKED = "asked"
    GONE = "gone"
    FAILING = "failing"


class Registered(DomainEvent, name="webhook.registered"):
    url: Url
    types: Types
    description: Line | None = None


class Changed(DomainEvent, name="webhook.changed"):
    """As all of it stands from now on."""

    url: Url
    types: Types
    description: Line | None = None


class Paused(DomainEvent, name="webhook.paused"):
    """What happens meanwhile waits."""

    reason: Reason


class Resumed(DomainEvent, name="webhook.resumed"):
    pass


class SecretRotated(DomainEvent, name="webhook.secret_rotated"):
    generation: int = Field(ge=2)


class ReplayAsked(DomainEvent, name="webhook.replay_asked"):
    """What happened after this position of the log, up to this event, is sent again."""

    replay: UUID
    after: int = Field(ge=0)


class Pinged(DomainEvent, name="webhook.pinged"):
    """Sent to this webhook alone, whichever types it is told of: to see whether it arrives."""

    ping: UUID


class Removed(DomainEvent, name="webhook.removed"):
    pass


WebhookEvent = Registered | Changed | Paused | Resumed | SecretRotated | ReplayAsked | Pinged | Removed


@dataclass(frozen=True, slots=True)
class Webhook:
    """`generation` counts the secrets that there have been; `asked` is the last replay, or ping."""

    told: Registered | None = None
    paused: Reason | None = None
    generation: int = 1
    asked: UUID | None = None
    removed: bool = False


class WebhookIsUnknown(Refusal):
    """There is no such webhook."""


class WebhookIsRegistered(Refusal):
    """This webhook is registered already, and otherwise; change it."""


class WebhookIsPaused(Refusal):
    """This webhook is paused; resume it first."""


class AddressIsNotSecure(Refusal):
    """The address of a webhook begins with https://, so that nobody on the way reads or alters a message."""


class AddressHasFragment(Refusal):
    """What stands after # in an address is sent to nobody; leave it out."""


class AddressHasNoHost(Refusal):
    """This address names no host, or no port, that could be reached."""


class TypeIsUnknown(Refusal):
    """There is no event of the type {type}: `chiron docs` shows all."""


class SecretIsUnknown(Refusal):
    """There is no secret of generation {former} yet; the newest is {newest}."""


class ReplayIsAhead(Refusal):
    """The log ends at position {head}; nothing after {after} has happened yet."""


def register(
    state: Webhook,
    *,
    url: str,
    types: tuple[str, ...],
    known: AbstractSet[str],
    description: str | None = None,
    plain_http: bool = False,
) -> list[DomainEvent]:
    """`known` are the types of events that there are; `plain_http`: an address may do without TLS."""
    wished = Registered(url=url, types=types, description=description)
    if state.removed:
        raise WebhookIsUnknown
    if state.told is not None and state.told != wished:
        raise WebhookIsRegistered
    _refuse_address(wished.url, plain_http=plain_http)
    _refuse_unknown_types(wished.types, known)
    return [] if state.told else [wished]


def change(
    state: Webhook,
    *,
    known: AbstractSet[str],
    url: str | None = None,
    types: tuple[str, ...] | None = None,
    description: str | None = None,
    plain_http: bool = False,
) -> list[DomainEvent]:
    """None: it stays as it is."""
    told = _there(state)
    wished = Changed(
        url=told.url if url is None else url,
        types=told.types if types is None else types,
        description=told.description if description is None else description,
    )
    _refuse_address(wished.url, plain_http=plain_http)
    _refuse_unknown_types(wished.types, known)
    return [] if wished.model_dump() == told.model_dump() else [wished]


def pause(state: Webhook, *, reason: Reason = Reason.ASKED) -> list[DomainEvent]:
    _there(state)
    return [] if state.paused else [Paused(reason=reason)]


def resume(state: Webhook) -> list[DomainEvent]:
    _there(state)
    return [Resumed()] if state.paused else []


def rotate_secret(state: Webhook, *, former: int) -> list[DomainEvent]:
    """Unless the `former` generation is one already."""
    _there(state)
    if former > state.generation:
        raise SecretIsUnknown(former=former, newest=state.generation)
    return [SecretRotated(generation=former + 1)] if former == state.generation else []


def ask_replay(state: Webhook, *, replay: UUID, after: int, head: int) -> list[DomainEvent]:
    _there(state)
    if state.asked == replay:
        return []
    if after >= head:
        raise ReplayIsAhead(head=head, after=after)
    return [ReplayAsked(replay=replay, after=after)]


def send_ping(state: Webhook, *, ping: UUID) -> list[DomainEvent]:
    _there(state)
    if state.asked == ping:
        return []
    if state.paused:
        raise WebhookIsPaused
    return [Pinged(ping=ping)]


def remove(state: Webhook) -> list[DomainEvent]:
    if state.told is None:
        raise WebhookIsUnknown
    return [] if state.removed else [Removed()]


def wanted(types: tuple[str, ...], type_: str) -> bool:
    """Whether who is told of `types` is told of this one."""
    return any(
        one in {EVERYTHING, type_} or (one.endswith(ALL_OF) and type_.startswith(one.removesuffix("*")))
        for one in types
    )


def _there(state: Webhook) -> Registered:
    if state.told is None or state.removed:
        raise WebhookIsUnknown
    return state.told


def _refuse_address(url: str, *, plain_http: bool) -> None:
    if not url.startswith("https://") and not plain_http:
        raise AddressIsNotSecure
    if "#" in url:
        raise AddressHasFragment
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressHasNoHost from None
    if not host or port == 0 or not url.isascii():
        raise AddressHasNoHost


def _refuse_unknown_types(types: tuple[str, ...], known: AbstractSet[str]) -> None:
    for one in types:
        if not any(wanted((one,), type_) for type_ in known):
            raise TypeIsUnknown(type=one)


def evolve(state: Webhook, event: WebhookEvent) -> Webhook:
    match event:
        case Registered():
            return replace(state, told=event)
        case Changed():
            return replace(state, told=Registered(**event.model_dump()))
        case Paused(reason=reason):
            return replace(state, paused=reason)
        case Resumed():
            return replace(state, paused=None)
        case SecretRotated(generation=generation):
            return replace(state, generation=generation)
        case Removed():
            return replace(state, removed=True)
        case ReplayAsked(replay=asked) | Pinged(ping=asked):
            return replace(state, asked=asked)
        case _:
            assert_never(event)


WEBHOOK: Final = Aggregate("webhook", Webhook(), evolve)
