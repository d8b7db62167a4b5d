"""Relationships: what is agreed, reached and said in them, and how they come to their end."""

from typing import Any, Final

from tests.house import House, Json

MANAGED: Final = {"organisation_admin", "service"}
ADMINISTERED: Final = MANAGED | {"administrator"}
STAFFED: Final = ADMINISTERED | {"facilitator"}
SELF: Final = {"self"}

MUTATIONS: Final[dict[str, set[str]]] = {
    "signAgreement": SELF,
    "setGoal": SELF,
    "describeGoal": SELF,
    "progressGoal": SELF,
    "achieveGoal": SELF,
    "dropGoal": SELF,
    "reachMilestone": SELF | STAFFED,
    "checkIn": SELF,
    "addMember": STAFFED,
    "removeMember": STAFFED,
    "leaveMentorship": SELF,
    "raiseConcern": SELF,
    "settleConcern": {"facilitator", "administrator"},
    "pauseMentorship": SELF | STAFFED,
    "resumeMentorship": SELF | STAFFED,
    "extendMentorship": SELF | STAFFED,
    "concludeMentorship": SELF | STAFFED,
    "endMentorship": SELF | STAFFED,
    "reopenMentorship": STAFFED,
    "handOverMentorship": STAFFED,
    "migrateMentorship": ADMINISTERED,
    "breakGlass": {"organisation_admin", "auditor"},
}
SEES_IT: Final = SELF | STAFFED | {"auditor"}
QUERIES: Final[dict[str, set[str]]] = {
    "mentorship(id: $mentorship) { goals { nodes { percent } } }": SEES_IT,
    "mentorship(id: $mentorship) { goals { nodes { text } } }": {"self", "facilitator"},
    "mentorship(id: $mentorship) { concerns { nodes { raisedAt } } }": SEES_IT,
    "mentorship(id: $mentorship) { concerns { nodes { text } } }": {"self", "facilitator"},
}
UNVERSIONED: Final[set[str]] = set()
ONES_OWN: Final = frozenset(command for command, who in MUTATIONS.items() if who == SELF)


def scene(house: House, base: Any) -> dict[str, str]:
    """Ada wants something of the relationship with Lee, and something troubles her."""
    own = {"mentorship": base.met.mentorship}
    goal = house.done(base.ada, "setGoal", {**own, "text": "Listen"}, "goal { goalId }")["goal"]["goalId"]
    raised = house.done(base.ada, "raiseConcern", {**own, "text": "Worried"}, "concern { concernId }")
    return {"goal": goal, "concern": raised["concern"]["concernId"]}


def wishes(base: Any) -> dict[str, Json]:
    own = {"mentorship": base.met.mentorship}
    return {**_of_content(base, own), **_of_course(base, own)}


def _of_content(base: Any, own: Json) -> dict[str, Json]:
    goal = {**own, "goal": base.ids.get("goal", "")}
    words = {"text": "Ask better questions", "competency": "Coaching", "due": "2999-01-01"}
    return {
        "signAgreement": own,
        "setGoal": {**own, **words},
        "describeGoal": {**goal, **words},
        "progressGoal": {**goal, "percent": 40, "note": "Half way"},
        "achieveGoal": goal,
        "dropGoal": {**goal, "reason": "Something else matters more"},
        "reachMilestone": {**own, "milestone": "goals"},
        "checkIn": {**own, "ratings": [{"about": "progress", "rating": 4}], "comment": "It goes well"},
        "raiseConcern": {**own, "text": "We never meet", "confidential": True},
        "settleConcern": {**own, "concern": base.ids.get("concern", ""), "note": "We have spoken"},
    }


def _of_course(base: Any, own: Json) -> dict[str, Json]:
    return {
        "addMember": {**own, "participant": base.noor.id, "role": "MENTEE"},
        "removeMember": {**own, "participant": base.ada.id, "reason": "Has moved away"},
        "leaveMentorship": {**own, "reason": "No time any more"},
        "pauseMentorship": {**own, "until": "2999-01-01"},
        "resumeMentorship": own,
        "extendMentorship": {**own, "until": "2999-01-01"},
        "concludeMentorship": {**own, "outcome": "ACHIEVED"},
        "endMentorship": {**own, "reason": "NO_FIT", "words": "We differ", "noFault": True},
        "reopenMentorship": {**own, "until": "2999-01-01"},
        "handOverMentorship": {**own, "mentors": [base.noor.id]},
        "migrateMentorship": own,
        "breakGlass": {**own, "reason": "A complaint", "hours": 4},
    }
