"""The demo's people act as everybody does: by commands and queries of the API, each with their own rights."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from starlette.types import Message

from api import uploads
from api.context import Services, open_services
from api.execution import execute
from api.over_http import Exchange
from api.relay import parse_global_id
from deploy import wiring
from deploy.demo_programs import DEMO
from deploy.settings import Settings
from domain.ids import ParticipantId
from domain.permissions import Actor, Role

PATIENCE: Final = 60.0
"""Seconds that the workers have for what follows from a command."""
BREATH: Final = 0.05
LIFE: Final = frozenset(
    {"COMMAND_REUSED", "PROPOSAL_HAS_ENDED", "MENTOR_IS_FULL", "MENTEE_IS_FULL", "MENTOR_HAS_NO_HOURS"}
)
"""Done in an earlier attempt, or somebody else was quicker: no reason to stop."""

Json = dict[str, Any]


class DemoIsStuck(Exception):
    """Something that the demo does was refused, or never came about; the text names the command."""


@dataclass(frozen=True, slots=True)
class Stage:
    services: Services

    async def ask(self, who: Actor, document: str, **variables: Any) -> Any:
        answer = await execute(self.services.context(who), document, variables, None)
        found = orjson.loads(answer.body)
        if "errors" in found:
            raise DemoIsStuck(found["errors"][0]["message"])
        return found["data"]

    async def tell(self, who: Actor, command: str, key: str, given: Json, selection: str = "") -> Json:
        """`key` makes it one command, however often the demo is begun again; what was done before stands."""
        kind = f"{command[0].upper()}{command[1:]}Input"
        document = (
            f"mutation ($input: {kind}!) {{ {command}(input: $input)"
            f" {{ position errors {{ code message }} {selection} }} }}"
        )
        held = {**given, "idempotencyKey": str(uuid5(DEMO, key))}
        payload: Json = (await self.ask(who, document, input=held))[command]
        faults = [error for error in payload["errors"] if error["code"] not in LIFE]
        if faults:
            raise DemoIsStuck(f"{command}: {faults[0]['code']}: {faults[0]['message']}")
        return payload

    async def share(self, who: Actor, mentorship: str, name: str, content: bytes, key: str) -> None:
        """A document, as POST /documents takes it; done again, it is the first one."""
        sent = iter([{"type": "http.request", "body": content, "more_body": False}])
        headers = [
            (b"content-type", b"text/markdown"),
            (b"content-length", b"%d" % len(content)),
            (b"idempotency-key", str(uuid5(DEMO, key)).encode()),
        ]

        async def receive() -> Message:
            return next(sent)

        async def send(_: Message) -> None:
            """What is answered is a receipt; a refusal is raised."""

        exchange = Exchange.of({"type": "http", "method": "POST", "headers": headers}, receive, send)
        given = {"mentorship": mentorship, "name": name}
        await uploads.serve(exchange, self.services.context(who), self.services.blobs, given)

    async def until(self, look: Callable[[], Awaitable[Json | None]]) -> Json:
        """What the workers bring about."""
        async with asyncio.timeout(PATIENCE):
            while (found := await look()) is None:  # noqa: ASYNC110 no event of this loop tells of a read model
                await asyncio.sleep(BREATH)
        return found


@contextlib.asynccontextmanager
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    services = open_services(
        wiring.database(settings),
        wiring.key_ring(settings),
        wiring.cursor_key(settings),
        blobs=wiring.blobs(settings),
    )
    async with services as opened:
        yield Stage(opened)


@contextlib.contextmanager
def working(settings: Settings) -> Iterator[None]:
    """Workers of our own, in case nobody else is at it; where others lead, these only wait."""
    stop = threading.Event()
    work = threading.Thread(target=wiring.work, args=(settings, stop), name="demo-workers")
    work.start()
    try:
        yield
    finally:
        stop.set()
        work.join()


def key_of(given: str) -> ParticipantId:
    """Of a person's global id."""
    return ParticipantId(UUID(parse_global_id(given, "Participant").key))


def participant(who: UUID) -> Actor:
    return Actor(str(who), frozenset({Role.PARTICIPANT}), ParticipantId(who))


def staff(who: UUID, role: Role) -> Actor:
    return Actor(str(who), frozenset({role}), ParticipantId(who))
