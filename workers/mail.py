"""Whatever people are told is to reach them by mail, too: noted here, sent by `mail_sender`."""

from collections.abc import Sequence
from typing import Final

import psycopg

from domain.notification import Sent
from projections import mail_log
from workers.consumer import Message

NAME: Final = "mail"


class Mail:
    """The consumer. Whether it is sent at all is decided when it could be."""

    name = NAME
    tables = mail_log.DDL

    def take(self, connection: psycopg.Connection, messages: Sequence[Message]) -> None:
        told = (one for one in messages if one.name == Sent.event_name)
        mail_log.wait(connection, ((one.stream, one.position, one.time) for one in told))
