"""The resolvers of fields that lead to other rows.

Their arguments are declared here for the schema; `api.loading` reads them from the document, exactly as the
planner does.
"""

from typing import Any

import strawberry
from strawberry import UNSET

from api.context import Info
from api.enums import EnrollmentState, Kind, MentorshipState, Mode, ProposalState, Side
from api.loading import resolve


async def edge(root: Any, info: Info) -> Any:
    return await resolve(root, info)


async def page(
    root: Any,
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def enrollments(
    root: Any,
    info: Info,
    *,
    role: Side | None = UNSET,
    states: list[EnrollmentState] | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def roster(
    root: Any,
    info: Info,
    *,
    role: Side | None = UNSET,
    state: EnrollmentState | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def waitlist(
    root: Any,
    info: Info,
    *,
    role: Side | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def proposals(
    root: Any,
    info: Info,
    *,
    states: list[ProposalState] | None = UNSET,
    modes: list[Mode] | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def mentorships(
    root: Any,
    info: Info,
    *,
    states: list[MentorshipState] | None = UNSET,
    kinds: list[Kind] | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def log(
    root: Any,
    info: Info,
    *,
    names: list[str] | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


LOG = "What happened to it, in order; `last: 5` are the latest five."


def log_field() -> Any:
    return strawberry.field(resolver=log, description=LOG)
