"""Experts in the tests over every command, query and role: Ada asks Kim, and Noor asks Ada."""

from typing import Any, Final

from tests.house import House, Json

MANAGED: Final = {"organisation_admin", "service"}
MUTATIONS: Final[dict[str, set[str]]] = {
    "askExpert": {"self", "colleague"},
    "followUpInquiry": {"self"},
    "answerInquiry": {"self"},
    "declineInquiry": {"self"},
    "agreeSession": {"self"},
    "closeInquiry": {"self", "colleague"},
    "rateInquiry": {"self"},
    "inviteGuest": MANAGED,
}
UNVERSIONED: Final = frozenset({"askExpert", "inviteGuest"})
ONES_OWN: Final = frozenset(MUTATIONS.keys() - {"inviteGuest"})

STAFF: Final = {
    "facilitator",
    "other_facilitator",
    "administrator",
    "other_administrator",
    "facilitator_as_administrator",
}
QUERIES: Final[dict[str, set[str]]] = {
    "directory(first: 1) { nodes { headline } }": {"self", "colleague"} | STAFF | MANAGED,
    "directory(first: 1) { facets { topics { count } } }": {"self", "colleague"} | STAFF | MANAGED,
    "inquiry(id: $inquiry) { words { text } }": {"self", "colleague"},
    "inquiries(first: 1, filter: {expert: $ada}) { nodes { state } }": {"self", "colleague"},
    "participant(id: $gus) { guestInvitation { headline } }": MANAGED | {"auditor"},
}


def scene(house: House, base: Any) -> dict[str, str]:
    for expert in (base.ada, base.met.kim):
        house.done(expert, "listAsExpert", {"headline": "Knows", "topics": ["Go"]}, "participant { id }")
    wish = {"expert": base.ada.id, "text": "How?", "session": True}
    to_ada = house.done(base.noor, "askExpert", wish, "inquiry { id }")["inquiry"]["id"]
    wish = {"expert": base.met.kim.id, "text": "How?"}
    of_ada = house.done(base.ada, "askExpert", wish, "inquiry { id }")["inquiry"]["id"]
    house.done(base.met.kim, "answerInquiry", {"inquiry": of_ada, "text": "So."})
    invited = house.done(house.registrar, "inviteGuest", GUEST, "participant { id }")
    return {"inquiry": to_ada, "of_ada": of_ada, "gus": invited["participant"]["id"]}


GUEST: Final[Json] = {
    "name": "Gus Guest",
    "email": "gus@example.com",
    "until": "2999-01-01",
    "headline": "Knows engines",
    "topics": ["Engines"],
}


def wishes(base: Any) -> dict[str, Json]:
    to_ada, of_ada = ({"inquiry": base.ids.get(word, "")} for word in ("inquiry", "of_ada"))
    return {
        "askExpert": {"expert": base.met.kim.id, "text": "And how?", "topics": ["Go"], "session": True},
        "followUpInquiry": {**of_ada, "text": "And then?", "session": True},
        "answerInquiry": {**to_ada, "text": "So."},
        "declineInquiry": {**to_ada, "reason": "No idea."},
        "agreeSession": to_ada,
        "closeInquiry": to_ada,
        "rateInquiry": {**of_ada, "rating": 5, "comment": "Good"},
        "inviteGuest": GUEST,
    }
