"""What people are told: Ada of the end of her learning; and what it reads like, before it is told."""

from typing import Any, Final
from uuid import UUID, uuid5

from api.relay import global_id, parse_global_id
from domain.ids import MentorshipId, ParticipantId
from domain.notification import Sent
from domain.occasions import Occasion
from tests.house import House, Json
from tests.projections.given import happened

MUTATIONS: Final[dict[str, set[str]]] = {"markNotificationRead": {"self"}, "markNotificationsRead": {"self"}}
UNVERSIONED: Final = frozenset({"markNotificationsRead"})
ONES_OWN: Final = frozenset(MUTATIONS)

STAFF: Final = {"facilitator", "administrator", "organisation_admin", "service"}
ASKED: Final = 'occasion: WISH, subject: "Hello", body: "{{ name }}"'
EVERYBODY: Final = {
    "self", "colleague", "facilitator", "other_facilitator", "administrator", "other_administrator",
    "facilitator_as_administrator", "organisation_admin", "auditor", "service", "service_without_scope",
    "guest", "nobody",
}  # fmt: skip
QUERIES: Final[dict[str, set[str]]] = {
    "notification(id: $notification) { wording { subject } }": {"self"},
    "notifications(filter: {occasions: [ENDING]}) { nodes { link } }": {"self"},
    "node(id: $notification) { id }": {"self"},
    "templateVariables(occasion: WISH) { subject }": EVERYBODY,
    f"previewTemplate(program: $met, {ASKED}) {{ body }}": STAFF,
    'previewAnnouncement(program: $met, title: "Hello", text: "All") { body }': STAFF,
}


def scene(house: House, base: Any) -> dict[str, str]:
    mentorship = MentorshipId(UUID(parse_global_id(base.met.mentorship).key))
    key = uuid5(mentorship, "it ends")
    to = ParticipantId(base.ada.participant)
    sent = Sent(to=to, occasion=Occasion.ENDING, about=mentorship, mentorship=mentorship)
    happened(house.store, key, sent)
    return {"notification": global_id("Notification", key), "met": base.met.program}


def wishes(base: Any) -> dict[str, Json]:
    notification = base.ids.get("notification", "")
    return {
        "markNotificationRead": {"notification": notification},
        "markNotificationsRead": {"upTo": notification},
    }
