"""Closed-loop HTTP load from a process of its own, told on standard input what to do.

The same small client drives every server, so that a server's own CPU time is all that differs.
"""

import asyncio
import json
import sys
import time
from functools import partial
from typing import Any

from tests.benchmarks.figures import percentile


class Caller(asyncio.Protocol):
    """One connection that sends the request again as soon as its answer is whole."""

    def __init__(self, request: bytes, until: float, done: asyncio.Future[None]) -> None:
        self.request, self.until, self.done = request, until, done
        self.latencies: list[float] = []
        self.bodies: set[bytes] = set()
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self.received += data
        body = answer(self.received)
        if body is None:
            return
        self.latencies.append(time.perf_counter() - self.sent)
        self.bodies.add(body)
        self.received.clear()
        if time.perf_counter() < self.until and len(self.bodies) == 1:
            self._send()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self.sent = time.perf_counter()
        self.transport.write(self.request)


def answer(received: bytearray) -> bytes | None:
    """The body once it is whole, of a 200 with a length or in chunks."""
    head, found, body = bytes(received).partition(b"\r\n\r\n")
    if not found:
        return None
    fields = head.lower()
    if b" 200 " not in fields.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"the server answered {head[:200]!r} {body[:500]!r}")
    if b"transfer-encoding: chunked" in fields:
        return _joined(body) if body.endswith(b"0\r\n\r\n") else None
    length = int(fields.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    return body if len(body) == length else None


def _joined(chunks: bytes) -> bytes:
    body = b""
    while (size := int(chunks.split(b"\r\n", 1)[0], 16)) > 0:
        start = chunks.index(b"\r\n") + 2
        body += chunks[start : start + size]
        chunks = chunks[start + size + 2 :]
    return body


async def load(port: int, request: bytes, callers: int, seconds: float) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    began = time.perf_counter()
    running: list[Caller] = []
    for _ in range(callers):
        caller = Caller(request, until, loop.create_future())
        await loop.create_connection(partial(_same, caller), "127.0.0.1", port)
        running.append(caller)
    await asyncio.gather(*(caller.done for caller in running))
    took = time.perf_counter() - began
    latencies = sorted(latency for caller in running for latency in caller.latencies)
    bodies = set[bytes]().union(*(caller.bodies for caller in running))
    return {
        "count": len(latencies),
        "seconds": took,
        "p50_ms": percentile(latencies, 0.5) * 1000,
        "p99_ms": percentile(latencies, 0.99) * 1000,
        "bodies": [body.decode() for body in sorted(bodies)[:2]],
    }


def _same(caller: Caller) -> Caller:
    return caller


def main() -> None:
    """A line of JSON in, {port, request, callers, seconds}; a line out."""
    for line in sys.stdin:
        told = json.loads(line)
        done = asyncio.run(load(told["port"], told["request"].encode(), told["callers"], told["seconds"]))
        print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
