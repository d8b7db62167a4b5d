"""What happens in a relationship as xAPI 1.0.3 statements: who has learned what, and nothing personal.

A person is an account whose name is their pseudonymous id. A statement's id follows from the event and the
person, so however often it is sent, a learning record store keeps it once. That a relationship ended early is
not told: it leaves no mark on anybody. Nor is what was answered in a survey.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from workers.consumer import Message

Statement = dict[str, Any]

OURS: Final = uuid5(NAMESPACE_URL, "urn:chiron:learning-records")
ADL: Final = "http://adlnet.gov/expapi/"
PROGRESS: Final = "https://w3id.org/xapi/cmi5/result/extensions/progress"
ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier events say: who is in the relationship and in which role, and whose the assignment is."""

    members: Mapping[UUID, str] = field(default_factory=dict)
    assignee: UUID | None = None

    @property
    def learners(self) -> list[UUID]:
        """The mentees; among peers, everybody."""
        mentees = [person for person, role in self.members.items() if role == "mentee"]
        return mentees or list(self.members)


@dataclass(frozen=True, slots=True)
class Told:
    """What one event says of each of these people."""

    verb: str
    people: Iterable[UUID]
    kind: str
    """Of the activity, a word of ours; `part` is its place in the relationship, where it is no stream."""
    part: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    timestamp: str | None = None


TYPES: Final[Mapping[str, str]] = {
    "meeting": f"{ADL}activities/meeting",
    "assignment": "http://id.tincanapi.com/activitytype/school-assignment",
    "milestone": f"{ADL}activities/objective",
    "goal": f"{ADL}activities/objective",
    "survey": "http://id.tincanapi.com/activitytype/survey",
    "relationship": "http://id.tincanapi.com/activitytype/tutor-session",
}


def _began(message: Message, known: Known) -> Told:
    return Told("registered", list(known.members), "relationship")


def _held(message: Message, known: Known) -> Told:
    there = [UUID(person) for person in message.data["attendance"]]
    took = {"duration": f"PT{message.data['duration_minutes']}M"}
    return Told("attended", there, "meeting", result=took, timestamp=message.data["started_at"])


def _done(message: Message, known: Known) -> Told:
    whose = [known.assignee] if known.assignee else []
    return Told("completed", whose, "assignment", result={"completion": True})


def _reached(message: Message, known: Known) -> Told:
    part = f"milestones/{message.data['milestone']}"
    return Told("completed", known.learners, "milestone", part, {"completion": True})


def _progressed(message: Message, known: Known) -> Told:
    told = {"extensions": {PROGRESS: message.data["percent"]}}
    return Told("progressed", known.learners, "goal", f"goals/{message.data['goal']}", told)


def _achieved(message: Message, known: Known) -> Told:
    told = {"completion": True, "success": True}
    return Told("completed", known.learners, "goal", f"goals/{message.data['goal']}", told)


def _answered(message: Message, known: Known) -> Told:
    return Told("responded", [UUID(message.data["by"])], "survey")


def _concluded(message: Message, known: Known) -> Told:
    outcome = message.data["outcome"]
    if outcome == "lapsed":
        return Told("terminated", list(known.members), "relationship", result={"completion": False})
    success = {"achieved": {"success": True}, "not_achieved": {"success": False}}.get(outcome, {})
    return Told("completed", list(known.members), "relationship", result={"completion": True, **success})


TELL: Final[Mapping[str, Callable[[Message, Known], Told]]] = {
    "mentorship.began": _began,
    "meeting.held": _held,
    "assignment.completed": _done,
    "mentorship.milestone_reached": _reached,
    "mentorship.goal_progressed": _progressed,
    "mentorship.goal_achieved": _achieved,
    "survey.answered": _answered,
    "mentorship.concluded": _concluded,
}


def statements(message: Message, known: Known, home: str) -> list[Statement]:
    """One for each person it is about. `home` is the page that accounts and activities belong to."""
    told = TELL[message.name](message, known)
    return [_statement(message, told, person, home) for person in told.people]


def _statement(message: Message, told: Told, person: UUID, home: str) -> Statement:
    relationship = f"{home}/relationships/{message.key}"
    about = f"{relationship}/{told.part}" if told.part else f"{home}/{told.kind}s/{message.stream}"
    context: dict[str, Any] = {"registration": str(message.key), "platform": "Chiron"}
    if about != relationship:
        context["contextActivities"] = {"parent": [_activity(relationship, "relationship")]}
    return {
        "id": str(uuid5(OURS, f"{message.id} {person}")),
        "actor": {"objectType": "Agent", "account": {"homePage": home, "name": str(person)}},
        "verb": {"id": f"{ADL}verbs/{told.verb}", "display": {ENGLISH: told.verb}},
        "object": _activity(about, told.kind),
        **({"result": dict(told.result)} if told.result else {}),
        "context": context,
        "timestamp": told.timestamp or message.time.isoformat(),
    }


def _activity(about: str, kind: str) -> dict[str, Any]:
    definition = {"type": TYPES[kind], "name": {ENGLISH: kind.capitalize()}}
    return {"objectType": "Activity", "id": about, "definition": definition}
