"""Sends what waits to be told by mail, in order, one by one, or notes why it is not sent.

Whether it is, and to whom, is read from the streams themselves when it could be sent: what somebody has just
turned off, read or changed counts. Nothing that is older than `within` is sent, so that neither a server that
was away nor a topic that is read anew tells the past.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import psycopg
import structlog

from domain import mailing, program
from domain.ids import NotificationId, ParticipantId
from domain.mailing import Unsent
from domain.notification import NOTIFICATION, Sent
from domain.participant import PARTICIPANT, Participant
from domain.program_settings import Channel
from domain.store import Store
from projections import mail_links, mail_log, notification_texts
from projections.mail_log import Due
from projections.notification_texts import Message
from workers.causes import shown_up_to
from workers.clock import utc_now
from workers.mail_letter import AddressUnusable, Letter, Mailbox
from workers.mail_server import Answer, Fate, MailServer
from workers.patience import Truce
from workers.related import read_program

MOST: Final = 50
PAUSES: Final = (timedelta(seconds=1), timedelta(minutes=5))
"""The first and the longest wait for a server that is away."""
RETRIES: Final = (timedelta(minutes=5), timedelta(hours=4))
"""The same for a mail that it does not take yet."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Terms:
    """From whom mails come, where the links in them lead, and after what time nothing is sent any more."""

    sender: Mailbox
    client: str
    within: timedelta = timedelta(days=3)


class MailSender:
    """One process sends. Killed before it notes that one is sent, that one is sent again, as the same."""

    def __init__(
        self,
        connection: psycopg.Connection,
        store: Store,
        server: MailServer,
        terms: Terms,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.connection, self._store, self._server = connection, store, server
        self._terms, self._now = terms, now
        self._truce = Truce("mail.held_up", PAUSES, now)
        self.position = 0
        connection.execute("SET synchronous_commit = on")  # what is told elsewhere is not told again

    def advance(self) -> bool:
        """The next batch; False: nothing waits, or all has to."""
        if self._truce.holds:
            return False
        mail_log.give_up(self.connection, self._now() - self._terms.within, self._now())
        shown = shown_up_to(self.connection, notification_texts.MODELS)  # what its words are made of
        some = mail_log.due(self.connection, shown, self._now(), MOST)
        goes_on = bool(some) and all(self._deal_with(one) for one in some)
        if not goes_on:
            self._server.rest()
        return goes_on

    def close(self) -> None:
        self._server.close()

    def _deal_with(self, due: Due) -> bool:
        """False: the server is away, and all has to wait."""
        self.position, id_ = due.position, NotificationId(due.notification)
        told = self._store.load(NOTIFICATION.stream(id_)).state
        if told.sent is None:  # the topic is not of this log
            return self._unsent(id_, Unsent.UNKNOWN)
        person = self._store.load(PARTICIPANT.stream(told.sent.to)).state
        if reason := mailing.against(told.sent, told, person, self._channels(told.sent)):
            return self._unsent(id_, reason)
        if until := mailing.quiet_until(person, self._now()):
            return self._waits(id_, until, mail_log.QUIET)
        said = self._said(id_)
        if said is None:
            return self._waits(id_, self._now() + RETRIES[0], mail_log.NOT_SHOWN)
        return self._note(due, self._send(said, id_, told.sent.to, person))

    def _unsent(self, id_: NotificationId, reason: Unsent) -> bool:
        mail_log.unsent(self.connection, id_, self._now(), reason)
        return True

    def _waits(self, id_: NotificationId, until: datetime, code: str) -> bool:
        mail_log.postpone(self.connection, id_, until, code, tried=False)
        return True

    def _channels(self, sent: Sent) -> Collection[Channel]:
        """What is told outside of programmes comes in every way."""
        if sent.program is None:
            return tuple(Channel)
        held = program.settings_at(read_program(self._store, sent.program), sent.settings_version)
        return held.communications.channels

    def _said(self, id_: NotificationId) -> Message | None:
        """As it reads now."""
        client = self._terms.client
        return notification_texts.messages(self.connection, [id_], client).get(id_)

    def _send(self, said: Message, id_: NotificationId, to: ParticipantId, person: Participant) -> Answer:
        unsubscribe = self._terms.client + mail_links.path(self._store, to)
        try:
            mailbox = Mailbox.of(person.said["name"], person.said["email"])
        except AddressUnusable:
            return Answer(Fate.REFUSED, "address_unusable")
        return self._server.send(Letter(id_, self._terms.sender, mailbox, said, unsubscribe, self._now()))

    def _note(self, due: Due, answer: Answer) -> bool:
        now, id_ = self._now(), due.notification
        match answer.fate:
            case Fate.TAKEN:
                mail_log.sent(self.connection, id_, now)
            case Fate.REFUSED:
                mail_log.failed(self.connection, id_, now, answer.code)
                log.warning("mail.refused", position=due.position, code=answer.code)
            case Fate.LATER:
                mail_log.postpone(self.connection, id_, now + retry_after(due.attempts), answer.code)
            case Fate.HELD_UP:
                mail_log.postpone(self.connection, id_, now + retry_after(due.attempts), answer.code)
                self._truce.begin(answer.code)
                return False
            case Fate.AWAY:
                self._truce.begin(answer.code)
                return False
        self._truce.restore()
        return True


def retry_after(attempts: int) -> timedelta:
    """What it was tried for so often waits ever longer."""
    first, longest = RETRIES
    return min(first * (1 << min(attempts, 16)), longest)
