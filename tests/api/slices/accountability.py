"""What is measured of the relationship of Ada and Lee, and of Ada."""

from typing import Any, Final

from tests.house import House, Json

STAFF: Final = {"facilitator", "administrator", "organisation_admin", "service"}
READERS: Final = {"self", "auditor"} | STAFF

MUTATIONS: Final[dict[str, set[str]]] = {}
QUERIES: Final[dict[str, set[str]]] = {
    "mentorship(id: $mentorship) { metrics { held } }": READERS,
    "mentorship(id: $mentorship) { health { verdict } }": STAFF | {"auditor"},
    "participant(id: $ada) { accountability { relationships } }": READERS,
}
UNVERSIONED: Final = frozenset[str]()
ONES_OWN: Final = frozenset[str]()


def scene(_: House, __: Any) -> dict[str, str]:
    return {}


def wishes(_: Any) -> dict[str, Json]:
    return {}
