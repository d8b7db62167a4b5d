"""A page of a relationship's history, be it long or short, and a word found in it."""

import asyncio
import time
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson
import uuid_utils.compat

from api.context import Services, open_services
from api.execution import execute
from api.relay import global_id
from domain import conversation, mentorship
from domain.conversation import CONVERSATION
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, conversation_id
from domain.mentorship import MENTORSHIP
from domain.permissions import Actor, Role
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from domain.store import KeyRing
from projections import catalogue, runner
from tests.benchmarks import organisation
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Row, Work
from tests.benchmarks.organisation import Organisation

GROUP = "history"
LONG, SHORT, PAGE = 10_000, 10, 10
AT_ONCE: Final = 500
ASKED: Final = 300
PAGED: Final = Work(GROUP, f"a page of {PAGE} of {LONG:,} entries", "ms", Goal("<=", 1.5))
FOUND: Final = Work(GROUP, f"one word found among {LONG:,} entries", "ms")
PEER: Final = f"of {SHORT} entries"
PAGE_OF: Final = """
query ($id: ID!, $after: String, $asOf: AsOf) { mentorship(id: $id) {
  history(first: 10, after: $after, asOf: $asOf) {
    nodes { position at kind sentence text actor { name } } pageInfo { endCursor hasNextPage } } } }
"""
SEARCH: Final = """
query ($id: ID!, $search: String) { mentorship(id: $id) {
  history(search: $search) { nodes { position sentence text } } } }
"""

T = TypeVar("T")


@dataclass
class Reader:
    """A member of both relationships, who asks in this very process."""

    loop: asyncio.Runner
    services: Services
    actor: Actor

    def ask(self, query: str, **variables: Any) -> Any:
        answer = self.loop.run(self._answer(query, variables))
        return orjson.loads(answer)["data"]["mentorship"]["history"]

    def milliseconds(self, query: str, **variables: Any) -> float:
        """The median of many."""
        return median(self.loop.run(self._timed(query, variables)))

    async def _answer(self, query: str, variables: dict[str, Any]) -> bytes:
        return (await execute(self.services.context(self.actor), query, variables, None)).body

    async def _timed(self, query: str, variables: dict[str, Any]) -> list[float]:
        took = []
        for _ in range(ASKED):
            began = time.perf_counter()
            await self._answer(query, variables)
            took.append((time.perf_counter() - began) * 1000)
        return took


def measure(bench: Bench) -> Iterator[Row]:
    bench.say("history: living through two relationships")
    asked = organisation.build(bench.server, "history")
    long, short = (_lived(asked, many) for many in (LONG, SHORT))
    with asyncio.Runner() as loop:
        stack = AsyncExitStack()
        try:
            reader = _reader(loop, stack, asked)
            yield from _paged(bench, reader, long, short)
            yield _searched(reader, long)
        finally:
            loop.run(stack.aclose())


def _reader(loop: asyncio.Runner, stack: AsyncExitStack, asked: Organisation) -> Reader:
    opening: Coroutine[Any, Any, Services] = stack.enter_async_context(
        open_services(asked.database, KeyRing(asked.keys["kek"]), b"k" * 32)
    )
    me = asked.people[0]
    return Reader(loop, loop.run(opening), Actor(str(me), frozenset({Role.PARTICIPANT}), me))


def _paged(bench: Bench, reader: Reader, long: str, short: str) -> Iterator[Row]:
    middle = _cursor(reader, long, LONG // 2)
    times = bench.interleaved(
        PAGED.name,
        {
            "Chiron": lambda: reader.milliseconds(PAGE_OF, id=long, after=middle),
            PEER: lambda: reader.milliseconds(PAGE_OF, id=short, after=None),
        },
    )
    checked = f"{_walked(reader, long)} entries met in order, each once; the page is from the middle"
    yield PAGED.against(PEER, times["Chiron"], times[PEER], checked)


def _cursor(reader: Reader, mentorship_: str, number: int) -> str:
    """Where so many entries are behind one."""
    cursor: str | None = None
    for _ in range(number // PAGE):
        cursor = reader.ask(PAGE_OF, id=mentorship_, after=cursor)["pageInfo"]["endCursor"]
    return str(cursor)


def _walked(reader: Reader, mentorship_: str) -> int:
    positions: list[int] = []
    page: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        found = reader.ask(PAGE_OF, id=mentorship_, after=page["endCursor"])
        positions += [int(node["position"]) for node in found["nodes"]]
        page = found["pageInfo"]
    if positions != sorted(set(positions)) or len(positions) != LONG:
        raise Incomplete(f"of {LONG} entries {len(positions)} were met")
    return len(positions)


def _searched(reader: Reader, long: str) -> Row:
    found = [node["text"] for node in reader.ask(SEARCH, id=long, search="7777")["nodes"]]
    if found != ["Thought 7777"]:
        raise Incomplete(f"one text was looked for, and {len(found)} were found")
    return FOUND.alone(reader.milliseconds(SEARCH, id=long, search="7777"), "the one text is found")


def _lived(asked: Organisation, many: int) -> str:
    """A relationship of the first two people in which so much has happened; its global id."""
    id_ = MentorshipId(uuid_utils.compat.uuid7())
    ada, noor = asked.people[:2]
    pair = (Member(participant=ada, role=Side.MENTOR), Member(participant=noor, role=Side.MENTEE))
    kind = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")
    began = mentorship.Began(type=kind, members=pair, planned_end=date(2030, 1, 1), program=asked.program)
    with asked.store() as store:
        organisation.record(store, [(MENTORSHIP.stream(id_), [began])])
        talk = CONVERSATION.stream(conversation_id(id_))
        said = [_said(id_, (ada, noor)[number % 2], number) for number in range(1, many)]
        for start in range(0, len(said), AT_ONCE):
            organisation.record(store, [(talk, said[start : start + AT_ONCE])])
        runner.catch_up(asked.database, store, catalogue.ALL)
    with asked.database.connect() as connection:
        connection.execute("ANALYZE history, mentorships, mentorship_members")
    return global_id("Mentorship", id_)


def _said(id_: UUID, by: ParticipantId, number: int) -> DomainEvent:
    message = uuid_utils.compat.uuid7()
    text = f"Thought {number}"
    return conversation.MessageSent(mentorship=MentorshipId(id_), message=message, by=by, text=text)
