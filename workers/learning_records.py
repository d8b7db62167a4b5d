"""What is to be told to a learning record store: made of events here, sent by `learning_sender`.

Of each relationship its members are kept, and of each assignment whose it is: later events do not say so.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg

from workers.consumer import Message
from workers.learning_statements import TELL, Known, statements

NAME: Final = "learning"
TABLES: Final = """
CREATE TABLE IF NOT EXISTS learning_members (
    mentorship uuid,
    person     uuid,
    role       text NOT NULL,
    PRIMARY KEY (mentorship, person)
);
CREATE TABLE IF NOT EXISTS learning_assignees (assignment uuid PRIMARY KEY, person uuid NOT NULL);
CREATE TABLE IF NOT EXISTS learning_statements (
    id        uuid   PRIMARY KEY,
    position  bigint NOT NULL,
    statement bytea,  -- until it is sent
    sent_at   timestamptz,
    refused   int  -- the status that it was answered with
);
CREATE INDEX IF NOT EXISTS learning_statements_waiting ON learning_statements (position, id)
 WHERE sent_at IS NULL AND refused IS NULL;
"""
JOIN: Final = """
INSERT INTO learning_members (mentorship, person, role) VALUES (%(mentorship)s, %(participant)s, %(role)s)
ON CONFLICT (mentorship, person) DO UPDATE SET role = excluded.role
"""
LEAVE: Final = "DELETE FROM learning_members WHERE mentorship = %(mentorship)s AND person = %(participant)s"
ASSIGN: Final = """
INSERT INTO learning_assignees (assignment, person) VALUES (%(assignment)s, %(to)s)
ON CONFLICT (assignment) DO UPDATE SET person = excluded.person
"""
MEMBERS: Final = "SELECT person, role FROM learning_members WHERE mentorship = %(key)s ORDER BY person"
ASSIGNEE: Final = "SELECT person FROM learning_assignees WHERE assignment = %(stream)s"
TELL_LATER: Final = """
INSERT INTO learning_statements (id, position, statement) VALUES (%(id)s, %(position)s, %(statement)s)
ON CONFLICT (id) DO NOTHING
"""


class LearningRecords:
    """The consumer; `home` is the page that accounts belong to."""

    name = NAME
    tables = TABLES

    def __init__(self, home: str) -> None:
        self._home = home.rstrip("/")

    def take(self, connection: psycopg.Connection, messages: Sequence[Message]) -> None:
        for message in messages:
            _remember(connection, message)
            if message.name in TELL:
                self._tell(connection, message)

    def _tell(self, connection: psycopg.Connection, message: Message) -> None:
        rows = [
            {"id": UUID(one["id"]), "position": message.position, "statement": orjson.dumps(one)}
            for one in statements(message, _known(connection, message), self._home)
        ]
        with connection.cursor() as cursor:
            cursor.executemany(TELL_LATER, rows)


def _known(connection: psycopg.Connection, message: Message) -> Known:
    about: dict[str, Any] = {"key": message.key, "stream": message.stream}
    whose = connection.execute(ASSIGNEE, about).fetchone()
    return Known(dict(connection.execute(MEMBERS, about).fetchall()), whose[0] if whose else None)


def _remember(connection: psycopg.Connection, message: Message) -> None:
    data = message.data
    match message.name:
        case "mentorship.began":
            for member in data["members"]:
                connection.execute(JOIN, {"mentorship": message.stream, **member})
        case "mentorship.member_joined":
            connection.execute(JOIN, {"mentorship": message.stream, **data["member"]})
        case "mentorship.member_left":
            left = {"mentorship": message.stream, "participant": data["participant"]}
            connection.execute(LEAVE, left)
        case "assignment.suggested" | "assignment.assigned":
            connection.execute(ASSIGN, {"assignment": message.stream, "to": data["to"]})
