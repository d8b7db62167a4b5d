"""Sends webhooks what they are owed: of each key in order, until it is taken or given up.

Each has a few messages under way at a time, and while it fails a single one now and then; so whoever is slow
or gone holds up nobody else. What was taken is noted after it: killed in between, that is sent again.
"""

import contextlib
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID, uuid5

import psycopg
import structlog
from psycopg.rows import class_row

from domain import webhook
from domain.command import Command
from domain.ids import WebhookId
from domain.store import RecordedEvent, Store
from domain.webhook import WEBHOOK, Pinged, Reason, WebhookIsUnknown
from projections import cloud_events, parking, webhook_log
from projections.webhook_log import Due, Met, Owed, Replay
from workers.clock import utc_now
from workers.leader import POLL
from workers.posting import Answer, post
from workers.webhook_message import headers, secrets
from workers.webhooks import subscriptions

NAME: Final = "calling"
"""As `webhooks` leads who keeps their read model."""
CALLERS: Final = 32
AT_ONCE: Final = 4
"""Messages to one webhook."""
RETRIES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
)
"""How long a message waits after each attempt, as the Standard Webhooks advise; then it is given up."""
JITTER: Final = 0.2
PAUSES: Final = (timedelta(seconds=1), timedelta(minutes=5))
"""The first and the longest wait between attempts at a webhook that fails, whatever waits for it."""
FAILING: Final = timedelta(days=5)
"""A webhook that has done nothing else for so long is paused."""
REPLAYED_AT_ONCE: Final = 500
TIDIED: Final = timedelta(hours=1)
CODES: Final = {
    "AddressIsNotSecure": "address_is_not_secure",
    "AddressIsPrivate": "address_is_private",
    "ConnectionRefusedError": "connection_refused",
    "SSLCertVerificationError": "certificate_invalid",
    "TimeoutError": "timed_out",
    "UnicodeError": "host_unknown",
    "Unreadable": "unreadable",
    "gaierror": "host_unknown",
}
UNREADABLE: Final = "Unreadable"
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)

THERE: Final = """
SELECT webhook_id AS id, url, generation, rotated_at, greatest(registered_at, changed_at, resumed_at) AS anew
  FROM webhooks w WHERE NOT removed AND paused IS NULL
   AND EXISTS (SELECT FROM webhook_deliveries d WHERE d.webhook_id = w.webhook_id AND d.state = 'waiting')
 ORDER BY webhook_id
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Receiver:
    """A webhook that is owed something. What was before it was told to go on `anew` counts no more."""

    id: UUID
    url: str
    generation: int
    rotated_at: datetime | None
    anew: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is sent `until` then, and afterwards one message."""

    until: datetime
    pause: timedelta
    since: datetime


@dataclass(frozen=True, slots=True)
class Sending:
    due: Due
    to: Receiver
    answer: "Future[Answer]"


class WebhookSender:
    """One process sends."""

    def __init__(
        self,
        connection: psycopg.Connection,
        store: Store,
        source: str,
        *,
        allow_private: bool = False,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.connection, self._store, self._source = connection, store, source
        self._allow_private, self._now = allow_private, now
        self._callers = ThreadPoolExecutor(CALLERS, thread_name_prefix=NAME)
        self._sending: list[Sending] = []
        self._holds: dict[UUID, Hold] = {}
        self._tidied = BEGINNING
        self.position = 0
        connection.execute("SET synchronous_commit = on")  # what is told elsewhere is not told again

    def advance(self) -> bool:
        """Notes what was answered, and sends what can be sent; False: at present there is neither."""
        now = self._now()
        if now - self._tidied >= TIDIED:
            webhook_log.forget(self.connection, now)
            self._tidied = now
        answered = self._answered()
        for sent in answered:
            self._note(sent)
        replays = webhook_log.replays(self.connection)
        for replay in replays:
            self._replay(replay)
        due = [(one, to) for to in self._receivers() for one in self._due(to, now)]
        for one, to in due:
            self._begin(one, to)
        return bool(answered or replays or due) or self._is_answered_soon()

    def close(self) -> None:
        """What is under way is waited for, and noted; what has not begun is not sent."""
        self._callers.shutdown(cancel_futures=True)
        for one in self._answered():
            if not one.answer.cancelled():
                self._note(one)

    def _receivers(self) -> list[Receiver]:
        with self.connection.cursor(row_factory=class_row(Receiver)) as cursor:
            return cursor.execute(THERE).fetchall()

    def _due(self, to: Receiver, now: datetime) -> list[Due]:
        busy = [one.due.key for one in self._sending if one.to.id == to.id]
        hold = self._hold_of(to)
        if hold and (busy or now < hold.until):
            return []
        free = (1 if hold else AT_ONCE) - len(busy)
        if free <= 0:
            return []
        return webhook_log.due(self.connection, to.id, busy, to.anew, now=now, most=free)

    def _hold_of(self, to: Receiver) -> Hold | None:
        hold = self._holds.get(to.id)
        return hold if hold and hold.since >= to.anew else None

    def _begin(self, due: Due, to: Receiver) -> None:
        now, id_ = self._now(), WebhookId(to.id)
        body = self._body(due, now)
        if body is None:
            return
        signed_by = secrets(self._store, id_, to.generation, to.rotated_at, now)
        public_only = not self._allow_private
        sent_with = headers(due.event, body, signed_by, now)
        answer = self._callers.submit(post, to.url, body, sent_with, public_only=public_only)
        self._sending.append(Sending(due, to, answer))

    def _body(self, due: Due, now: datetime) -> bytes | None:
        """The same as in the topic; None: it cannot be read here, as one of a newer version."""
        try:
            (recorded,) = self._store.page(due.position - 1, 1, sealed=True)
            return cloud_events.message(recorded, due.key, self._source)
        except Exception as error:
            if not parking.is_poison(error):
                raise
            self._put_off(due, Answer(None, UNREADABLE), now)
            return None

    def _is_answered_soon(self) -> bool:
        under_way = [one.answer for one in self._sending]
        return bool(under_way) and bool(wait(under_way, POLL, FIRST_COMPLETED).done)

    def _answered(self) -> list[Sending]:
        """Those under way that have ended."""
        ended = [one for one in self._sending if one.answer.done()]
        self._sending = [one for one in self._sending if one not in ended]
        return ended

    def _note(self, sent: Sending) -> None:
        now, answer = self._now(), sent.answer.result()
        self.position = sent.due.position
        with self.connection.transaction():
            if answer.taken:
                webhook_log.delivered(self.connection, sent.due, _met(answer), now)
                webhook_log.works(self.connection, sent.to.id)
                self._holds.pop(sent.to.id, None)
            else:
                self._failed(sent, answer, now)

    def _failed(self, sent: Sending, answer: Answer, now: datetime) -> None:
        to = sent.to
        self._put_off(sent.due, answer, now)
        since = webhook_log.fails(self.connection, to.id, to.anew, now)
        self._hold(to, answer, now)
        if answer.status == HTTPStatus.GONE:
            self._pause(sent, Reason.GONE)
        elif now - since >= FAILING:
            self._pause(sent, Reason.FAILING)

    def _put_off(self, due: Due, answer: Answer, now: datetime) -> None:
        met = _met(answer)
        if due.attempts < len(RETRIES):
            webhook_log.postpone(self.connection, due, met, now, now + retry_after(due.attempts, answer))
            return
        webhook_log.failed(self.connection, due, met, now)
        webhook = str(due.webhook)
        log.warning("webhook.given_up", webhook=webhook, position=due.position, reason=answer.reason)

    def _hold(self, to: Receiver, answer: Answer, now: datetime) -> None:
        first, longest = PAUSES
        hold = self._hold_of(to)
        pause = min(hold.pause * 2, longest) if hold else first
        if hold is None:
            log.warning("webhook.fails", webhook=str(to.id), reason=answer.reason)
        self._holds[to.id] = Hold(now + (answer.wait or pause), pause, now)

    def _pause(self, sent: Sending, reason: Reason) -> None:
        """By an event of its own: whoever looks after webhooks sees why, and resumes it."""
        id_ = uuid5(sent.to.id, f"{NAME} {reason} {sent.due.position} {sent.due.round} {sent.due.attempts}")
        command = Command(id_, NAME, cause="rule")
        with contextlib.suppress(WebhookIsUnknown):  # removed meanwhile
            self._store.act(command, WEBHOOK.stream(WebhookId(sent.to.id)), webhook.pause, reason=reason)
        log.warning("webhook.paused", webhook=str(sent.to.id), reason=str(reason))

    def _replay(self, replay: Replay) -> None:
        """The next events of it are owed once more."""
        told = subscriptions(self.connection).get(replay.webhook, ())
        page = self._store.page(replay.reached, REPLAYED_AT_ONCE, sealed=True)
        page = [recorded for recorded in page if recorded.position <= replay.round]
        newest = told[-1].types if told else ()
        with self.connection.transaction():
            webhook_log.owe(self.connection, self._again(replay, page, newest), self._now())
            webhook_log.replayed(self.connection, replay, page[-1].position)

    def _again(self, replay: Replay, page: Sequence[RecordedEvent], types: tuple[str, ...]) -> Iterator[Owed]:
        """As the webhook is told of types now, not as it was then."""
        keys = cloud_events.Keys(self._store.beginnings).of(page)
        for recorded in page:
            type_ = cloud_events.type_of(recorded.name)
            own = recorded.name != Pinged.event_name or recorded.stream_id == replay.webhook
            if own and webhook.wanted(types, type_):
                key, event = keys[recorded.raw_stream_id], cloud_events.id_of(recorded)
                yield Owed(replay.webhook, recorded.position, event, type_, key, replay.round)


def retry_after(attempts: int, answer: Answer) -> timedelta:
    """Not all at the same moment, and no sooner than is asked for."""
    apart = random.uniform(1, 1 + JITTER)  # noqa: S311 nothing is kept secret by it
    return max(RETRIES[attempts], answer.wait or timedelta()) * apart


def _met(answer: Answer) -> Met:
    code = None if answer.status is not None else CODES.get(answer.reason, "connection_lost")
    return Met(answer.status, code)
