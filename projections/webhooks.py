"""Webhooks as they stand, and what each is told of since when: for administrators, and for what sends."""

from typing import Any, Final, assert_never, get_args

from domain.store import RecordedEvent
from domain.webhook import (
    Changed,
    Paused,
    Pinged,
    Registered,
    Removed,
    ReplayAsked,
    Resumed,
    SecretRotated,
    WebhookEvent,
)
from projections.projection import Projection
from projections.statements import Statements

# What is subscribed from a position on holds up to the next one's; no types: nothing, as it was removed.
DDL: Final = """
CREATE TABLE webhooks (
    webhook_id    uuid        PRIMARY KEY,
    url           text        NOT NULL,
    types         text[]      NOT NULL,
    description   text,
    registered_at timestamptz NOT NULL,
    paused        text,
    paused_at     timestamptz,
    resumed_at    timestamptz,
    changed_at    timestamptz,
    generation    int         NOT NULL DEFAULT 1,
    rotated_at    timestamptz,
    removed       boolean     NOT NULL DEFAULT false,
    version       bigint      NOT NULL,
    position      bigint      NOT NULL
);
CREATE INDEX webhooks_by_age ON webhooks (registered_at, webhook_id) WHERE NOT removed;

CREATE TABLE webhook_subscriptions (
    webhook_id uuid   NOT NULL,
    since      bigint NOT NULL,
    types      text[] NOT NULL,
    PRIMARY KEY (webhook_id, since)
);
"""

REGISTERED: Final = """
INSERT INTO webhooks (webhook_id, url, types, description, registered_at, version, position)
VALUES (%(webhook)s, %(url)s, %(types)s, %(description)s, %(at)s, %(version)s, %(position)s)
ON CONFLICT (webhook_id) DO UPDATE
   SET url = excluded.url, types = excluded.types, description = excluded.description
"""
CHANGED: Final = """
UPDATE webhooks SET url = %(url)s, types = %(types)s, description = %(description)s, changed_at = %(at)s
 WHERE webhook_id = %(webhook)s
"""
SUBSCRIBED: Final = """
INSERT INTO webhook_subscriptions (webhook_id, since, types) VALUES (%(webhook)s, %(position)s, %(types)s)
ON CONFLICT (webhook_id, since) DO NOTHING
"""
PAUSED: Final = """
UPDATE webhooks SET paused = %(reason)s, paused_at = %(at)s WHERE webhook_id = %(webhook)s
"""
RESUMED: Final = """
UPDATE webhooks SET paused = NULL, paused_at = NULL, resumed_at = %(at)s WHERE webhook_id = %(webhook)s
"""
ROTATED: Final = """
UPDATE webhooks SET generation = %(generation)s, rotated_at = %(at)s WHERE webhook_id = %(webhook)s
"""
REMOVED: Final = "UPDATE webhooks SET removed = true WHERE webhook_id = %(webhook)s"
SEEN: Final = """
UPDATE webhooks SET version = %(version)s, position = %(position)s WHERE webhook_id = %(webhook)s
"""


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event: WebhookEvent = recorded.event  # type: ignore[assignment]  # PROJECTION.names are this union's
    seen: dict[str, Any] = {
        "webhook": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case Registered() | Changed():
            row = {**seen, **event.model_dump(), "types": list(event.types)}
            sql.execute(REGISTERED if isinstance(event, Registered) else CHANGED, row)
            sql.execute(SUBSCRIBED, row)
        case Paused(reason=reason):
            sql.execute(PAUSED, {**seen, "reason": str(reason)})
        case Resumed():
            sql.execute(RESUMED, seen)
        case SecretRotated(generation=generation):
            sql.execute(ROTATED, {**seen, "generation": generation})
        case Removed():
            sql.execute(REMOVED, seen)
            sql.execute(SUBSCRIBED, {**seen, "types": list[str]()})
        case ReplayAsked() | Pinged():
            """What comes of it is the sender's business."""
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)


PROJECTION: Final = Projection(
    name="webhooks",
    version=1,
    ddl=DDL,
    tables=("webhooks", "webhook_subscriptions"),
    names=frozenset(kind.event_name for kind in get_args(WebhookEvent)),
    apply=project,
)
