"""Webhooks: one that the organisation has registered."""

from typing import Any, Final

from tests.house import House, Json

MANAGED: Final = {"organisation_admin"}
SEEN: Final = MANAGED | {"auditor"}

MUTATIONS: Final[dict[str, set[str]]] = {
    "registerWebhook": MANAGED,
    "changeWebhook": MANAGED,
    "pauseWebhook": MANAGED,
    "resumeWebhook": MANAGED,
    "rotateWebhookSecret": MANAGED,
    "replayWebhook": MANAGED,
    "pingWebhook": MANAGED,
    "removeWebhook": MANAGED,
}
QUERIES: Final[dict[str, set[str]]] = {
    "webhook(id: $webhook) { url }": SEEN,
    "webhook(id: $webhook) { secret }": MANAGED,
    "webhook(id: $webhook) { deliveries { totalCount } }": SEEN,
    "webhooks(first: 1) { nodes { id } }": SEEN,
    "node(id: $webhook) { id }": SEEN,
}
UNVERSIONED: Final = frozenset({"registerWebhook"})
ONES_OWN: Final = frozenset[str]()

HELD: Final = "org.chiron.meeting.held.v1"


def scene(house: House, base: Any) -> dict[str, str]:
    given = {"url": "https://crm.example.org/hooks", "types": [HELD]}
    made = house.done(house.registrar, "registerWebhook", given, "webhook { id }")
    return {"webhook": made["webhook"]["id"]}


def wishes(base: Any) -> dict[str, Json]:
    webhook = {"webhook": base.ids.get("webhook", "")}
    types = [HELD, "org.chiron.mentorship.*"]
    told = {"url": "https://desk.example.org/", "types": types, "description": "The help desk"}
    return {
        "registerWebhook": told,
        "changeWebhook": {**webhook, **told},
        "pauseWebhook": webhook,
        "resumeWebhook": webhook,
        "rotateWebhookSecret": {**webhook, "generation": 1},
        "replayWebhook": {**webhook, "after": 0},
        "pingWebhook": webhook,
        "removeWebhook": webhook,
    }
