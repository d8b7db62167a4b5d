"""Subscribers in a process of their own: graphql-transport-ws clients that note when each event arrived.

Told on standard input {port, token, clients, after, events}; says `ready` once all are subscribed, and
what arrived, with the machine's monotonic clock, once each has its events or none came for a while.
"""

import asyncio
import json
import sys
import time
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect

SUBSCRIPTION: Final = "subscription Follow($after: String) { events(after: $after) { position name } }"
PATIENCE: Final = 20.0
CONNECTING_AT_ONCE: Final = 50


class Subscriber:
    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told
        self.arrived: list[tuple[float, str | bytes]] = []

    async def subscribe(self, turns: asyncio.Semaphore) -> None:
        async with turns:
            self.socket: ClientConnection = await connect(
                f"ws://127.0.0.1:{self.told['port']}/graphql",
                subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]  # the library's NewType of str
                compression=None,
                ping_interval=None,
            )
            await self._say(type="connection_init", payload={"Authorization": f"Bearer {self.told['token']}"})
            await self._expect("connection_ack")
            variables = {"after": str(self.told["after"])}
            await self._say(type="subscribe", id="1", payload={"query": SUBSCRIPTION, "variables": variables})
            # Messages are handled in order: the answer to this one says that the subscription has been taken.
            await self._say(type="ping")
            await self._expect("pong")

    async def follow(self) -> None:
        while len(self.arrived) < self.told["events"]:
            try:
                message = await asyncio.wait_for(self.socket.recv(), PATIENCE)
            except TimeoutError:
                return
            self.arrived.append((time.monotonic(), message))

    def positions(self) -> list[int]:
        """Read after the last has arrived, so that reading delays nothing."""
        return [int(_event(message)["position"]) for _, message in self.arrived]

    async def _say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def _expect(self, kind: str) -> None:
        message = json.loads(await self.socket.recv())
        if message["type"] != kind:
            raise RuntimeError(f"expected {kind}, the server sent {message}")


def _event(message: str | bytes) -> Any:
    told = json.loads(message)
    if told["type"] != "next" or "errors" in told["payload"]:
        raise RuntimeError(f"the server sent {told}")
    return told["payload"]["data"]["events"]


async def run(told: dict[str, Any]) -> None:
    turns = asyncio.Semaphore(CONNECTING_AT_ONCE)
    subscribers = [Subscriber(told) for _ in range(told["clients"])]
    await asyncio.gather(*(subscriber.subscribe(turns) for subscriber in subscribers))
    print("ready", flush=True)
    await asyncio.gather(*(subscriber.follow() for subscriber in subscribers))
    print(json.dumps([[s.positions(), [at for at, _ in s.arrived]] for s in subscribers]), flush=True)
    # They stay connected until the server's memory has been read.
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(subscriber.socket.close() for subscriber in subscribers))


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.stdin.readline())))
