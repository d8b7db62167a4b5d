"""How webhooks are read: by whoever keeps the organisation in order, and by its auditors."""

from typing import Final

from domain.permissions import Action
from projections.log_shapes import log_of
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Order, Shape

MODELS: Final = ("webhooks",)
"""The read models these shapes are made of."""

COUNT: Final = (
    "(SELECT count(*) FROM webhook_deliveries d"
    " WHERE d.webhook_id = {{t}}.webhook_id AND d.state = '{state}')"
)
LAST_DELIVERED: Final = (
    "(SELECT max(d.settled_at) FROM webhook_deliveries d"
    " WHERE d.webhook_id = {t}.webhook_id AND d.state = 'delivered')"
)
LATEST: Final = {"": Order((Key("{t}.position", "bigint"), Key("{t}.round", "bigint")), descending=True)}

WEBHOOK: Final = Shape(
    "Webhook",
    "webhooks",
    key="{t}.webhook_id",
    seen=(Guard(Action.SEE_WEBHOOKS, when="NOT {t}.removed"),),
    columns=(
        Column("id", Kind.ID, "{t}.webhook_id", of="Webhook"),
        Column("url", Kind.TEXT, "{t}.url"),
        Column("types", Kind.TEXTS, "{t}.types"),
        Column("description", Kind.TEXT, "{t}.description"),
        Column("registered_at", Kind.TIMESTAMP, "{t}.registered_at"),
        Column("paused", Kind.ENUM, "{t}.paused"),
        Column("paused_at", Kind.TIMESTAMP, "{t}.paused_at"),
        Column("generation", Kind.INT, "{t}.generation"),
        Column("waiting", Kind.INT, COUNT.format(state="waiting")),
        Column("failed", Kind.INT, COUNT.format(state="failed")),
        Column("last_delivered_at", Kind.TIMESTAMP, LAST_DELIVERED),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "deliveries": Connection(
            "WebhookDelivery",
            "{t}.webhook_id = {p}.webhook_id",
            LATEST,
            {"state": Filter("{t}.state = {v}", "text")},
        ),
        "log": log_of("{p}.webhook_id"),
    },
)

WEBHOOK_DELIVERY: Final = Shape(
    "WebhookDelivery",
    "webhook_deliveries",
    columns=(
        Column("position", Kind.POSITION, "{t}.position"),
        Column("replay", Kind.POSITION, "nullif({t}.round, 0)"),
        Column("event_id", Kind.TEXT, "{t}.event_id"),
        Column("type", Kind.TEXT, "{t}.type"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("attempts", Kind.INT, "{t}.attempts"),
        Column("status", Kind.INT, "{t}.status"),
        Column("code", Kind.TEXT, "upper({t}.code)"),
        Column("due_at", Kind.TIMESTAMP, "CASE WHEN {t}.state = 'waiting' THEN {t}.due_at END"),
        Column("settled_at", Kind.TIMESTAMP, "{t}.settled_at"),
    ),
)

OLDEST: Final = {"": Order((Key("{t}.registered_at", "timestamptz"), Key("{t}.webhook_id", "uuid")))}
WEBHOOKS: Final = Connection("Webhook", "true", OLDEST)

SHAPES: Final = (WEBHOOK, WEBHOOK_DELIVERY)
