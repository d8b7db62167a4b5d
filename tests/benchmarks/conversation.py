"""What a message costs in a conversation of ten thousand, next to one of ten."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from uuid import UUID

import uuid_utils.compat

from domain import conversation
from domain.aggregate import Stream
from domain.command import Command
from domain.conversation import CONVERSATION, Conversation, MessageSent
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId
from domain.program_settings import Settings, Side
from domain.relationship import Relationship, Status
from domain.store import Store
from tests.benchmarks.append_ours import Ours
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Row, Work

GROUP = "conversation"
SHORT, LONG = 10, 10_000
PEER = f"after {SHORT} messages"
WORK = Work(GROUP, f"a message sent after {LONG:,} messages", "messages/s", Goal(">=", 0.8))
WHO = ParticipantId(UUID(int=0xADA))


def measure(bench: Bench) -> Iterator[Row]:
    """A conversation grows while it is measured: the short one stays short because each round has its own."""
    with closing(Ours(bench.server, "conversation")) as ours:
        long = _conversation(ours.store, LONG)
        sides = {
            "long": lambda: _sending(ours.store, long, bench.seconds),
            PEER: lambda: _sending_short(ours.store, bench.seconds),
        }
        rates = bench.interleaved(WORK.name, sides)
        checked = _check(ours.store, long)
    yield WORK.against(PEER, rates["long"], rates[PEER], checked)


def _conversation(store: Store, messages: int) -> Stream[Conversation]:
    stream = CONVERSATION.stream(uuid_utils.compat.uuid7())
    for begin in range(0, messages, 1_000):
        said = [_message() for _ in range(min(1_000, messages - begin))]
        store.act(Command(uuid_utils.compat.uuid7(), "benchmark"), stream, partial(_happened, said))
    return stream


def _message() -> MessageSent:
    return MessageSent(
        mentorship=MentorshipId(WHO), message=uuid_utils.compat.uuid7(), by=WHO, text="See you on Monday"
    )


def _happened(said: Sequence[DomainEvent], _: object) -> Sequence[DomainEvent]:
    return said


def _send(store: Store, stream: Stream[Conversation], within: Relationship) -> None:
    store.act(
        Command(uuid_utils.compat.uuid7(), "benchmark"),
        stream,
        conversation.send_message,
        within=within,
        by=WHO,
        message=uuid_utils.compat.uuid7(),
        text="See you on Monday",
    )


def _within() -> Relationship:
    return Relationship(
        mentorship=MentorshipId(WHO),
        program=None,
        settings=Settings(),
        settings_version=1,
        members={WHO: Side.MENTOR},
        status=Status.RUNNING,
    )


def _sending(store: Store, stream: Stream[Conversation], seconds: float) -> float:
    within, sent, began = _within(), 0, time.monotonic()
    while time.monotonic() < began + seconds:
        _send(store, stream, within)
        sent += 1
    return sent / (time.monotonic() - began)


def _sending_short(store: Store, seconds: float) -> float:
    """One conversation after the other, each for ten messages more."""
    within, sent, spent = _within(), 0, 0.0
    while spent < seconds:
        stream = _conversation(store, SHORT)
        began = time.monotonic()
        for _ in range(SHORT):
            _send(store, stream, within)
        sent, spent = sent + SHORT, spent + time.monotonic() - began
    return sent / spent


def _check(store: Store, stream: Stream[Conversation]) -> str:
    read = [recorded.version for recorded in store.history(stream.id)]
    known = len(store.load(stream).state.said)
    if read != list(range(1, known + 1)):
        raise Incomplete(f"{known} messages are known of {len(read)} recorded")
    return f"each of {known:,} messages is there once, in order, and known"
