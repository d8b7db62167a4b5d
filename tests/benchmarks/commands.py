"""Commands, and when each was acknowledged: through the store, and as GraphQL mutations over HTTP."""

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import uuid_utils.compat

from api.relay import global_id
from domain import participant
from domain.command import Command
from domain.ids import ParticipantId
from domain.participant import PARTICIPANT
from domain.store import Store
from tests.benchmarks import http_load, processes

CALLERS: Final = 8
MUTATION: Final = """
mutation Set($input: SetAvailabilityInput!) { setAvailability(input: $input) { position errors { code } } }
"""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Position in the log -> the monotonic moment at which whoever gave the command had its receipt."""

    moments: dict[int, float]
    seconds: float

    @property
    def rate(self) -> float:
        return len(self.moments) / self.seconds


Wishes = Iterator[tuple[ParticipantId, int]]


def wishes(people: list[ParticipantId]) -> Wishes:
    """Every one changes somebody's hours, so each command records exactly one event."""
    return ((person, hours) for hours in itertools.cycle(range(1, 40)) for person in people)


class Acting:
    """Eight threads at the store, as fast as they can or so many commands a second."""

    def __init__(self, store: Store, wished: Wishes) -> None:
        self.store, self.wishes = store, wished
        self.one_draws = threading.Lock()

    def send(self, count: int, rate: float | None = None) -> Acknowledged:
        due = iter(range(count))
        moments: dict[int, float] = {}
        began = time.monotonic()

        def caller() -> None:
            for number in due:
                if rate:
                    time.sleep(max(0.0, began + number / rate - time.monotonic()))
                receipt = self._act()
                moments[receipt] = time.monotonic()

        with ThreadPoolExecutor(CALLERS) as pool:
            for running in [pool.submit(caller) for _ in range(CALLERS)]:
                running.result()
        return Acknowledged(moments, time.monotonic() - began)

    def _act(self) -> int:
        with self.one_draws:
            person, hours = next(self.wishes)
        command = Command(uuid_utils.compat.uuid7(), "benchmark")
        wish = {"hours_a_month": hours, "accepting": True, "until": None}
        return self.store.act(
            command, PARTICIPANT.stream(person), participant.set_availability, **wish
        ).position


class Mutating:
    """Eight connections to the API, each with its next command as soon as the last one is answered."""

    def __init__(self, port: int, token: str, wished: Wishes) -> None:
        self.port = port
        self.requests = (
            processes.raw_request({"query": MUTATION, "variables": {"input": wish}}, token).encode()
            for wish in (
                {"participant": global_id("Participant", person), "hoursAMonth": hours}
                for person, hours in wished
            )
        )

    def send(self, count: int) -> Acknowledged:
        return asyncio.run(self._send(count))

    async def _send(self, count: int) -> Acknowledged:
        due = iter(range(count))
        began = time.monotonic()
        moments: dict[int, float] = {}

        async def caller() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for _ in due:
                writer.write(next(self.requests))
                answer = await _answer(reader)
                moments[_position(answer)] = time.monotonic()
            writer.close()
            await writer.wait_closed()

        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        return Acknowledged(moments, time.monotonic() - began)


async def _answer(reader: asyncio.StreamReader) -> Any:
    received = bytearray()
    while (body := http_load.answer(received)) is None:
        data = await reader.read(65_536)
        if not data:
            raise ConnectionError("the server closed the connection before it had answered")
        received += data
    return json.loads(body)


def _position(answer: Any) -> int:
    payload = answer.get("data", {}).get("setAvailability")
    if payload is None or payload["errors"]:
        raise RuntimeError(f"a command was not taken: {str(answer)[:500]}")
    return int(payload["position"])
