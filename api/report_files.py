"""GET /reports/<programme>/<report>.csv, .parquet or .svg, and /reports/<programme>/report.html or .pdf.

A table is sent as it is read, and needs no memory for the whole of it. Errors are the same JSON, with the
same codes, as a GraphQL request's.
"""

import asyncio
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import structlog
from starlette.types import Receive, Scope, Send

from api.context import Services
from api.downloads import disposition, gone_away
from api.over_http import STATUS, BadRequest, Exchange, asking, refuse
from api.params import Malformed
from api.program_staff import staff_of
from api.query_string import query_of
from api.refusals import Problem, camel, masked
from api.relay import parse_global_id
from api.tokens import Tokens
from domain.ids import ProgramId
from domain.permissions import Action, Actor, Thing, may, scopes_for
from domain.program import PROGRAM
from domain.program_settings import Stage
from domain.refusal import Refusal
from projections import report_files
from projections.report_asked import NAMES, Asked, asked, snapshot
from projections.report_files import FILED, MEDIA_TYPES, File
from projections.reporting import Reports

log = structlog.get_logger(__name__)

PATH: Final = "/reports/{program}/{name}.{suffix}"
AT_ONCE: Final = 2
"""So many are made at a time: the other connections are for others."""
STATEMENT_SECONDS: Final[float] = 60
STALLED_SECONDS: Final = 60
"""A client that takes nothing for so long is cut off: it holds a connection to the database."""
STATUS_OF: Final[Mapping[str, int]] = {
    **STATUS,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "FILE_UNKNOWN": 404,
    "STALE": 503,
}
"""Every other refusal is a 400: it is about what was asked."""
ACTIONS: Final = {"at_risk": Action.SEE_HEALTH}
"""Of reports that more people see than the others."""
GIVEN: Final = {camel(name): name for name in NAMES}
POLICY: Final = b"sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Of a page that a browser shows all the same: it runs nothing and fetches nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`name` is the programme's."""

    name: str
    file: File
    asked: Asked
    made: datetime

    @property
    def saved_as(self) -> str:
        return f"{self.name} {self.file.name} {self.asked.scope.as_of:%Y-%m-%d}.{self.file.suffix}"


class Pulled:
    """What is made piece by piece, in threads, and closed in the end, wherever it was left."""

    def __init__(self, made: Generator[bytes]) -> None:
        self._made, self._one_at_it = made, threading.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._close)

    async def next(self) -> bytes | None:
        return await asyncio.to_thread(self._next)

    def _next(self) -> bytes | None:
        with self._one_at_it:
            return next(self._made, None)

    def _close(self) -> None:
        with self._one_at_it:
            self._made.close()


class ReportFiles:
    """The ASGI endpoint."""

    reports: Reports = FILED

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._makes = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope, receive, send)
        structlog.contextvars.bind_contextvars(request_id=str(exchange.request_id))
        try:
            services: Services = scope["app"].state.services
            wanted = await self._wanted(exchange, services)
            async with self._makes, Pulled(self._made(services, wanted)) as made:
                first = await made.next()
                await _send(exchange, wanted, first, made)
        except Problem as problem:
            await refuse(exchange, problem, STATUS_OF)
        except Refusal as told:
            await refuse(exchange, Problem(told.code, told.sentence), STATUS_OF)
        except Exception as bug:  # noqa: BLE001 the last place where a bug becomes an answer
            await refuse(exchange, masked(bug), STATUS_OF)

    async def _wanted(self, exchange: Exchange, services: Services) -> Wanted:
        """Raises a Problem or a Refusal where it is not for who asks, or cannot be."""
        if exchange.scope["method"] != "GET":
            raise BadRequest("METHOD_NOT_ALLOWED", "A report is asked by GET.", (b"allow", b"GET"))
        actor, _ = asking(exchange, self._tokens)
        path = exchange.scope["path_params"]
        program = _program(path["program"])
        await _permit(services, actor, program, path["name"])
        file = report_files.known(self.reports, path["name"], path["suffix"])
        context = services.context(actor, exchange.request_id)
        now = context.now()
        return Wanted(await _called(services, program), file, asked(program, _given(exchange), now), now)

    def _made(self, services: Services, wanted: Wanted) -> Generator[bytes]:
        with (
            services.readers.connection() as connection,
            snapshot(connection, STATEMENT_SECONDS),
        ):
            yield from report_files.pieces(connection, self.reports, wanted.file, wanted.asked, wanted.made)


def _program(given: str) -> ProgramId:
    try:
        return ProgramId(UUID(parse_global_id(given, "Program").key))
    except Problem:
        raise _unseen() from None


def _unseen() -> Problem:
    return Problem("NOT_FOUND", "There is no such programme, or none whose reports you may see.")


async def _permit(services: Services, actor: Actor, program: ProgramId, report: str) -> None:
    """Who may see no reports at all is told so; of whose programme it is, nobody else hears."""
    state = (await services.store.load_async(PROGRAM.stream(program))).state
    action = ACTIONS.get(report, Action.SEE_REPORTS)
    if not scopes_for(actor, action):
        raise Problem("FORBIDDEN", "You are not allowed to do this.")
    if state.stage is Stage.UNKNOWN or not may(actor, action, Thing(None, program, staff_of(state))):
        raise _unseen()


async def _called(services: Services, program: ProgramId) -> str:
    async with services.pool.connection() as connection:
        row = await (await connection.execute(report_files.CALLED, {"program": program})).fetchone()
    if row is None:
        raise Problem("STALE", "This programme is not shown yet. Try again.", retryable=True)
    return str(row[0])


def _given(exchange: Exchange) -> dict[str, str]:
    given = query_of(exchange)
    unknown = sorted(given.keys() - GIVEN.keys())
    if unknown:
        raise Malformed("BAD_REQUEST", f"A report is asked by {', '.join(GIVEN)}.")
    return {GIVEN[name]: value for name, value in given.items()}


async def _send(exchange: Exchange, wanted: Wanted, first: bytes | None, made: Pulled) -> None:
    """The next piece is made while one is sent. Where it breaks off, so does the connection: nobody takes a
    part for the whole.
    """
    await exchange.send({"type": "http.response.start", "status": 200, "headers": _headers(exchange, wanted)})
    gone = asyncio.ensure_future(gone_away(exchange.receive))
    piece = first
    try:
        while piece is not None and not gone.done():
            following = asyncio.ensure_future(made.next())
            async with asyncio.timeout(STALLED_SECONDS):
                await exchange.send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await following
        await exchange.send({"type": "http.response.body"})
    except Exception as error:  # noqa: BLE001 as above, but the answer has begun
        log.warning("report.broken_off", reason=type(error).__name__)
    finally:
        gone.cancel()


def _headers(exchange: Exchange, wanted: Wanted) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", MEDIA_TYPES[wanted.file.suffix].encode("ascii")),
        (b"content-disposition", disposition(wanted.saved_as).encode("ascii")),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", POLICY),
        (b"x-request-id", str(exchange.request_id).encode("ascii")),
    ]
