"""The least there can be: an ASGI function and one hand-written SQL that returns the finished answer.

`python -m tests.benchmarks.raw_asgi CONNINFO PORT`. No schema, no authorisation, no limits.
"""

import asyncio
import contextlib
import sys
from typing import Any, Final

import orjson
import uvicorn
from psycopg_pool import AsyncConnectionPool

ANSWER: Final = """
SELECT '{"data":{"enrollments":{"nodes":' || coalesce(json_agg(node)::text, '[]') || '}}}' FROM (
    SELECT json_build_object(
        'role', upper(e.role), 'state', upper(e.state),
        'participant', json_build_object('name', p.name, 'jobTitle', p.job_title, 'manager',
            CASE WHEN m.participant_id IS NOT NULL THEN json_build_object('name', m.name) END),
        'program', json_build_object('name', g.name),
        'log', json_build_object('nodes', (
            SELECT json_agg(json_build_object('position', l.position::text, 'name', l.name,
                                              'recordedAt', l.recorded_at) ORDER BY l.version)
              FROM (SELECT v.position, v.version, v.name, v.recorded_at FROM events v
                     WHERE v.stream_id = e.enrollment_id ORDER BY v.version DESC LIMIT 5) l))) AS node
      FROM enrollments e
      JOIN profiles p USING (participant_id)
      LEFT JOIN profiles m ON m.participant_id = p.manager_id
      JOIN programs g ON g.program_id = e.program_id
     WHERE e.program_id = %(program)s
     ORDER BY e.enrollment_id LIMIT 20) nodes
"""
HEADERS: Final = (b"content-type", b"application/json")


class Answering:
    def __init__(self, conninfo: str) -> None:
        self.pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            conninfo, kwargs={"autocommit": True}, min_size=1, max_size=10, open=False
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        asked = orjson.loads(await self._body(receive))
        async with self.pool.connection() as connection:
            found = await connection.execute(ANSWER, {"program": asked["program"]}, prepare=True)
            row = await found.fetchone()
        body = row[0].encode()
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": 200, "headers": [HEADERS, length]})
        await send({"type": "http.response.body", "body": body})

    async def _body(self, receive: Any) -> bytes:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return body

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        await self.pool.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def main(conninfo: str, port: str) -> None:
    config = uvicorn.Config(
        Answering(conninfo),
        port=int(port),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="error",
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.Runner(loop_factory=config.get_loop_factory()).run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
