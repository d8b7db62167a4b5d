"""What people have been told, the newest first: for those who read it, and for timers, which tell it once."""

from typing import Any, Final, assert_never, get_args

from domain.notification import NotificationEvent, Read, Sent
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements

DDL: Final = """
CREATE TABLE notifications (
    notification_id  uuid   PRIMARY KEY,
    to_id            uuid   NOT NULL,
    occasion         text   NOT NULL,
    about            uuid   NOT NULL,
    program_id       uuid,
    settings_version int    NOT NULL,
    mentorship_id    uuid,
    rung             int    NOT NULL,
    on_day           date,
    detail           text,
    sent_at          timestamptz NOT NULL,
    read_at          timestamptz,
    sent_position    bigint NOT NULL,
    version          bigint NOT NULL,
    position         bigint NOT NULL
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX notifications_by_person ON notifications (to_id, sent_position);
CREATE INDEX notifications_unread ON notifications (to_id, sent_position) WHERE read_at IS NULL;
CREATE INDEX notifications_by_thing ON notifications (about, to_id, occasion, detail);
"""

SENT: Final = """
INSERT INTO notifications (notification_id, to_id, occasion, about, program_id, settings_version,
                           mentorship_id, rung, on_day, detail, sent_at, sent_position, version, position)
VALUES (%(notification)s, %(to)s, %(occasion)s, %(about)s, %(program)s, %(settings_version)s, %(mentorship)s,
        %(rung)s, %(on)s, %(detail)s, %(at)s, %(position)s, %(version)s, %(position)s)
ON CONFLICT (notification_id) DO NOTHING
"""
READ: Final = """
UPDATE notifications SET read_at = coalesce(read_at, %(at)s) WHERE notification_id = %(notification)s
"""
SEEN: Final = """
UPDATE notifications SET version = %(version)s, position = %(position)s
 WHERE notification_id = %(notification)s
"""


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event: NotificationEvent = recorded.event  # type: ignore[assignment]  # PROJECTION.names are this union's
    seen: dict[str, Any] = {
        "notification": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case Sent():
            sql.execute(SENT, {**seen, **event.model_dump()})
        case Read():
            sql.execute(READ, seen)
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)


PROJECTION: Final = Projection(
    name="notifications",
    version=1,
    ddl=DDL,
    tables=("notifications",),
    names=frozenset(kind.event_name for kind in get_args(NotificationEvent)),
    apply=project,
)
