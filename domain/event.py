"""Domain events: immutable facts with a permanent name, a closed shape and marked personal fields."""

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, ClassVar, Final, TypeVar, Union, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


class Erased(Enum):
    """What a personal field reads as once its data subject's key is destroyed."""

    ERASED = "erased"


class _PersonalMark:
    """Marks a field as encrypted under the data subject's own key.

    A value that does not fit is told about in the words of its own type: nobody is asked for 'erased'.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        said = handler.generate_schema(Union[tuple(kind for kind in get_args(source) if kind is not Erased)])  # noqa: UP007 built at run time
        return core_schema.no_info_wrap_validator_function(
            lambda value, check: value if value is ERASED else check(value),
            said,
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda value, write: value if value is ERASED else write(value), schema=said
            ),
        )


ERASED: Final = Erased.ERASED
Personal = Annotated[T | Erased, _PersonalMark()]

THE_STREAM: Final = "the stream"
"""As an event's `subject`: the data subject is the stream itself (a participant)."""


class DomainEvent(BaseModel):
    """A fact. Subclasses give `name` (permanent, dotted), `version` of their shape, and, where
    they hold personal fields, the `subject`: the field with the data subject's id, or THE_STREAM.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    event_name: ClassVar[str]
    schema_version: ClassVar[int]
    subject: ClassVar[str | None]
    personal_fields: ClassVar[frozenset[str]]

    def __init_subclass__(cls, *, name: str, version: int = 1, subject: str | None = None) -> None:
        super().__init_subclass__()
        cls.event_name, cls.schema_version, cls.subject = name, version, subject

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls.personal_fields = frozenset(
            field
            for field, info in cls.model_fields.items()
            if any(isinstance(mark, _PersonalMark) for mark in info.metadata)
        )
        if cls.personal_fields and cls.subject is None:
            raise TypeError(f"{cls.event_name} has personal fields but names no subject")
        if cls.subject not in (None, THE_STREAM, *cls.model_fields):
            raise TypeError(f"{cls.event_name} has no field {cls.subject!r} to be its subject")
        if cls.event_name in REGISTRY:
            raise TypeError(f"the event name {cls.event_name} is taken; names are permanent")
        REGISTRY[cls.event_name] = cls


REGISTRY: Final[dict[str, type[DomainEvent]]] = {}

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: Final[dict[tuple[str, int], Upcast]] = {}


def grew(name: str, version: int) -> None:
    """From `version` to the next, only fields came that may be missing: what was stored reads as it was."""
    upcasts(name, version)(lambda data: data)


def upcasts(name: str, version: int) -> Callable[[Upcast], Upcast]:
    """Register the pure function that turns the JSON of `name` at `version` into `version` + 1."""

    def register(upcast: Upcast) -> Upcast:
        if (name, version) in UPCASTS:
            raise TypeError(f"{name} already has an upcast from version {version}")
        UPCASTS[name, version] = upcast
        return upcast

    return register
