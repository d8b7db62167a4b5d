"""Surveys: Ada has been asked by Sam what she thinks of learning from Lee, and has answered another time."""

from typing import Any, Final

from tests.house import House, Json

SELF: Final = {"self"}
STAFF: Final = {"facilitator", "administrator"}
MANAGED: Final = {"organisation_admin", "service"}
SEES_IT: Final = SELF | STAFF | MANAGED | {"auditor"}

MUTATIONS: Final[dict[str, set[str]]] = {
    "answerSurvey": SELF,
    "askSurvey": STAFF | MANAGED,
    "askProgramSurvey": STAFF | MANAGED,
}
QUERIES: Final[dict[str, set[str]]] = {
    "survey(id: $pulse) { state }": SEES_IT,
    "survey(id: $opinion) { questions { rating } }": SELF | STAFF,
    "mentorship(id: $mentorship) { surveys { nodes { askedAt } } }": SEES_IT,
    "program(id: $met) { surveyResults { asOf } }": {"administrator", "auditor"} | MANAGED,
}
UNVERSIONED: Final = frozenset(MUTATIONS)
ONES_OWN: Final = frozenset({"answerSurvey"})

FINE: Final = {"ratings": [{"question": "satisfaction", "rating": 4}]}


def _asked(house: House, base: Any) -> str:
    given = {"mentorship": base.met.mentorship, "to": [base.ada.id]}
    made = house.done(base.sam, "askSurvey", given, "surveys { id }")
    id_: str = made["surveys"][0]["id"]
    return id_


def scene(house: House, base: Any) -> dict[str, str]:
    answered = _asked(house, base)
    house.done(base.ada, "answerSurvey", {"survey": answered, **FINE})
    return {"pulse": _asked(house, base), "opinion": answered}


def wishes(base: Any) -> dict[str, Json]:
    return {
        "answerSurvey": {
            "survey": base.ids.get("pulse", ""),
            **FINE,
            "words": [{"question": "words", "text": "It helps."}],
            "choices": [],
        },
        "askSurvey": {"mentorship": base.met.mentorship, "kind": "PULSE", "to": [base.ada.id]},
        "askProgramSurvey": {
            "program": base.met.program,
            "kind": "PULSE",
            "beganFrom": "2020-01-01",
            "beganUntil": "2999-01-01",
        },
    }
