"""What a client is told when something does not work.

What we expect to be refused is data in a mutation's payload (UserError); what concerns the request itself is
a coded top-level error (Problem); a bug is masked, and its error id stands in our log.
"""

import re
import traceback
from typing import Any, Final, Self
from uuid import uuid4

import psycopg
import strawberry
import structlog
from graphql import GraphQLError, GraphQLFormattedError
from pydantic import ValidationError

from api.scalars import Position
from domain.audience import RuleIsUnreadable
from domain.refusal import Refusal
from domain.store import CommandReused, Conflict, StoreUnavailable

UNAVAILABLE: Final = "The database cannot be reached. Repeat a command with its idempotencyKey to be sure."

log = structlog.get_logger(__name__)


@strawberry.interface(
    description="Why a command was not carried out. Nothing was written, unless the code is STALE."
)
class UserError:
    code: str = strawberry.field(description="Stable; programs decide by this.")
    message: str = strawberry.field(description="A sentence for the person; its wording may change.")
    path: list[str] = strawberry.field(
        description="The way to the input field at fault; empty when it is none."
    )


@strawberry.type(description="A rule of mentoring said no.")
class RefusalError(UserError):
    pass


@strawberry.type(
    description="It has changed since the version you expected. Read it again, then decide again."
)
class ConflictError(UserError):
    current_version: int


@strawberry.type(description="An input field holds something that can never be accepted.")
class InputError(UserError):
    pass


@strawberry.type(description="You are not entitled to do this.")
class ForbiddenError(UserError):
    pass


@strawberry.type(
    description="It is done, but the read model has not caught up yet. Read again with minPosition: position."
)
class StaleReadError(UserError):
    position: Position

    @classmethod
    def at(cls, position: Position) -> Self:
        sentence = "It is done, but cannot be shown yet. Read again, from this position."
        return cls(code="STALE", message=sentence, path=[], position=position)


ERROR_TYPES: tuple[type[UserError], ...] = (
    RefusalError,
    ConflictError,
    InputError,
    ForbiddenError,
    StaleReadError,
)


class BadInput(Exception):
    """Raised while a mutation reads its input; the path leads there from the argument."""

    def __init__(self, *errors: UserError) -> None:
        super().__init__(", ".join(error.code for error in errors))
        self.errors = list(errors)

    @classmethod
    def at(cls, code: str, message: str, *path: str) -> Self:
        return cls(InputError(code=code, message=message, path=["input", *path]))

    @classmethod
    def of(cls, error: ValidationError, *path: str) -> Self:
        return cls(*_invalid(error, path))


class Forbidden(Exception):
    """You are not allowed to do this."""


class Problem(GraphQLError):
    """A coded top-level error; whatever stands in it may be read by the client."""

    def __init__(self, code: str, message: str, **extensions: Any) -> None:
        super().__init__(message, extensions={"code": code, **extensions})


def as_data(error: Exception) -> list[UserError]:
    """The errors a mutation answers with; empty when this was not expected and must be masked."""
    match error:
        case BadInput():
            return error.errors
        case ValidationError():
            return _invalid(error, ())
        case RuleIsUnreadable():
            return [InputError(code=error.code, message=error.sentence, path=["input", "rule"])]
        case Forbidden():
            return [ForbiddenError(code="FORBIDDEN", message="You are not allowed to do this.", path=[])]
        case Conflict():
            where, version = ["input", "expectedVersion"], error.current_version
            return [
                ConflictError(code=error.code, message=error.sentence, path=where, current_version=version)
            ]
        case CommandReused():
            where = ["input", "idempotencyKey"]
            return [RefusalError(code=error.code, message=error.sentence, path=where)]
        case Refusal():
            return [RefusalError(code=error.code, message=error.sentence, path=[])]
    return []


def _invalid(error: ValidationError, path: tuple[str, ...]) -> list[UserError]:
    return [
        InputError(
            code=found["type"].upper(),
            message=found["msg"].removeprefix("Value error, "),
            path=["input", *path, *(camel(str(step)) for step in found["loc"])],
        )
        for found in error.errors(include_input=False, include_url=False)
    ]


def camel(name: str) -> str:
    """`hours_a_month` -> `hoursAMonth`."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def formatted(error: GraphQLError) -> GraphQLFormattedError:
    """As it leaves: coded, and with nothing of ours in it when it is a bug."""
    cause = error.original_error
    if cause is not None and not isinstance(cause, GraphQLError):
        told = masked(cause)
        error = GraphQLError(told.message, error.nodes, path=error.path, extensions=told.extensions)
    answer = error.formatted
    answer["extensions"] = {"code": "BAD_REQUEST", **answer.get("extensions", {})}
    return answer


def masked(bug: BaseException) -> Problem:
    """Something that should not have happened: the client gets an id, our log gets where it was."""
    if isinstance(bug, psycopg.errors.QueryCanceled):
        return Problem("TIMEOUT", "This took too long.", retryable=True)
    if isinstance(bug, StoreUnavailable | psycopg.OperationalError):
        return Problem("UNAVAILABLE", UNAVAILABLE, retryable=True)
    error_id = str(uuid4())
    log.error("bug", error_id=error_id, kind=_kind(bug), traceback=where(bug))
    return Problem("INTERNAL", "Something went wrong on our side.", errorId=error_id)


def where(bug: BaseException) -> list[str]:
    """The traceback without any exception's message: messages quote values, and values may be personal."""
    chain = bug.__cause__ or (None if bug.__suppress_context__ else bug.__context__)
    frames = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(bug.__traceback__)
    ]
    return [*(where(chain) if chain else []), *frames, _kind(bug)]


def _kind(bug: BaseException) -> str:
    return f"{type(bug).__module__}.{type(bug).__qualname__}"
