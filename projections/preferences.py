"""What everybody prefers of being told things: the usual, until they say otherwise."""

from typing import Final, assert_never

from domain.participant import Erased, Registered
from domain.preferences import THE_USUAL, NotificationsPreferred
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements

DDL: Final = """
CREATE TABLE notification_preferences (
    participant_id uuid    PRIMARY KEY,
    mail           boolean NOT NULL,
    muted          text[]  NOT NULL,
    quiet_since    text,
    quiet_until    text
);
"""

PREFERRED: Final = """
INSERT INTO notification_preferences (participant_id, mail, muted, quiet_since, quiet_until)
VALUES (%(person)s, %(mail)s, %(muted)s, %(since)s, %(until)s)
ON CONFLICT (participant_id)
DO UPDATE SET mail = excluded.mail, muted = excluded.muted, quiet_since = excluded.quiet_since,
              quiet_until = excluded.quiet_until
"""
ERASED: Final = "DELETE FROM notification_preferences WHERE participant_id = %(person)s"

PreferenceEvent = Registered | NotificationsPreferred | Erased


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event: PreferenceEvent = recorded.event  # type: ignore[assignment]  # PROJECTION.names are these
    match event:
        case Registered():
            _prefer(sql, recorded, THE_USUAL)
        case NotificationsPreferred():
            _prefer(sql, recorded, event)
        case Erased():
            sql.execute(ERASED, {"person": recorded.stream_id})
        case _:
            assert_never(event)


def _prefer(sql: Statements, recorded: RecordedEvent, preferred: NotificationsPreferred) -> None:
    quiet = preferred.quiet
    row = {
        "person": recorded.stream_id,
        "mail": preferred.mail,
        "muted": list(preferred.muted),
        "since": quiet.since if quiet else None,
        "until": quiet.until if quiet else None,
    }
    sql.execute(PREFERRED, row)


PROJECTION: Final = Projection(
    name="preferences",
    version=1,
    ddl=DDL,
    tables=("notification_preferences",),
    names=frozenset({Registered.event_name, NotificationsPreferred.event_name, Erased.event_name}),
    apply=project,
)
