"""Reports of the programme that Sam administers."""

from typing import Any, Final

from tests.house import House, Json

READERS: Final = {"administrator", "organisation_admin", "service", "auditor"}

MUTATIONS: Final[dict[str, set[str]]] = {}
QUERIES: Final[dict[str, set[str]]] = {
    **{
        f"program(id: $open) {{ reports {{ {report} {{ asOf }} }} }}": READERS
        for report in ("dashboard", "funnel", "cohorts", "equity", "equityCrossed", "learning", "hours")
    },
    "program(id: $open) { reports { mentorLoad { totalCount } } }": READERS,
    "program(id: $open) { reports { relationships { totalCount } } }": READERS,
    "program(id: $open) { reports { atRisk { totalCount } } }": READERS | {"facilitator"},
}
UNVERSIONED: Final = frozenset[str]()
ONES_OWN: Final = frozenset[str]()


def scene(_: House, __: Any) -> dict[str, str]:
    return {}


def wishes(_: Any) -> dict[str, Json]:
    return {}
