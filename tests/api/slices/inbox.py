"""The inbox: Ada's suggestion to herself waits for her, and applications wait for the staff."""

from typing import Any, Final

from tests.house import House, Json

MUTATIONS: Final[dict[str, set[str]]] = {}
UNVERSIONED: Final[frozenset[str]] = frozenset()
ONES_OWN: Final[frozenset[str]] = frozenset()
QUERIES: Final[dict[str, set[str]]] = {
    "inbox { nodes { kind } }": {"self", "facilitator", "administrator"},
    "inbox(filter: {kinds: [SUGGESTION]}) { nodes { about } }": {"self"},
}


def scene(house: House, base: Any) -> dict[str, str]:
    """Somebody applies to where Ada has found a mentor."""
    given = {"program": base.met.program, "role": "MENTEE"}
    house.done(house.person("Ike"), "applyToProgram", given)
    own = {"mentorship": base.met.mentorship, "to": base.ada.id, "title": "Look in"}
    house.done(base.ada, "suggestAssignment", own)
    return {}


def wishes(base: Any) -> dict[str, Json]:
    return {}
