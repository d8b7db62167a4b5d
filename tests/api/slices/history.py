"""The history of relationships: Ada's with Lee, and all that anybody sees."""

from typing import Any, Final

from tests.house import House, Json

MUTATIONS: Final[dict[str, set[str]]] = {}
UNVERSIONED: Final[frozenset[str]] = frozenset()
ONES_OWN: Final[frozenset[str]] = frozenset()

STAFF: Final = {"facilitator", "administrator", "organisation_admin", "service"}
SEEN: Final = {"self", "auditor"} | STAFF
QUERIES: Final[dict[str, set[str]]] = {
    "mentorship(id: $mentorship) { history { nodes { sentence } } }": SEEN,
    "mentorship(id: $mentorship) { history(kinds: [MESSAGE], last: 1) { nodes { position } } }": SEEN,
    "mentorship(id: $mentorship) { history(kinds: [MESSAGE], last: 1) { nodes { text } } }": {"self"},
    "history(first: 1, filter: {mentorship: $mentorship}) { nodes { at } }": SEEN,
    'history(search: "remembered", filter: {mentorship: $mentorship}) { nodes { text } }': {"self"},
}


def scene(house: House, base: Any) -> dict[str, str]:
    given = {"mentorship": base.met.mentorship, "text": "To be remembered"}
    house.done(base.ada, "sendMessage", given)
    return {}


def wishes(base: Any) -> dict[str, Json]:
    return {}
