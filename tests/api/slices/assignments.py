"""Assignments: Ada has suggested one to herself where she learns from Lee, and handed in another.

She mentors Ila besides, to whom she can assign.
"""

from datetime import date
from typing import Any, Final
from uuid import uuid4

from api.relay import global_id
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.mentorship import Began
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from tests.house import House, Json, key_of
from tests.projections.given import happened

SELF: Final = {"self"}
STAFF: Final = {"facilitator", "administrator"}
SEES_IT: Final = SELF | STAFF | {"organisation_admin", "service", "auditor"}

MUTATIONS: Final[dict[str, set[str]]] = {
    "suggestAssignment": SELF,
    "assignTask": SELF | STAFF,
    "scheduleAssignment": SELF | STAFF,
    "startAssignment": SELF,
    "submitAssignment": SELF,
    "completeAssignment": SELF,
    "returnAssignment": SELF,
    "dropAssignment": SELF | STAFF,
}
QUERIES: Final[dict[str, set[str]]] = {
    "assignment(id: $assignment) { state }": SEES_IT,
    "assignment(id: $assignment) { title }": SELF | {"facilitator"},
    "mentorship(id: $mentorship) { assignments { totalCount } }": SEES_IT,
}
UNVERSIONED: Final = frozenset({"suggestAssignment", "assignTask"})
ONES_OWN: Final = frozenset(command for command, who in MUTATIONS.items() if who == SELF)


def _suggested(house: House, base: Any, title: str) -> str:
    given = {"mentorship": base.met.mentorship, "to": base.ada.id, "title": title}
    made = house.done(base.ada, "suggestAssignment", given, "assignment { id }")
    id_: str = made["assignment"]["id"]
    return id_


def _mentoring(house: House, base: Any) -> dict[str, str]:
    ila = house.person("Ila")
    sides = ((base.ada, Side.MENTOR), (ila, Side.MENTEE))
    members = tuple(Member(participant=ParticipantId(key_of(who.id)), role=side) for who, side in sides)
    pair = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")
    program, key = ProgramId(key_of(base.met.program)), MentorshipId(uuid4())
    began = Began(
        program=program, settings_version=1, type=pair, members=members, planned_end=date(2999, 1, 1)
    )
    happened(house.store, key, began)
    return {"mentoring": global_id("Mentorship", key), "learner": ila.id}


def scene(house: House, base: Any) -> dict[str, str]:
    submitted = _suggested(house, base, "Listen")
    house.done(base.ada, "submitAssignment", {"assignment": submitted, "text": "Heard"})
    return {
        "assignment": _suggested(house, base, "Read"),
        "submitted": submitted,
        **_mentoring(house, base),
    }


def wishes(base: Any) -> dict[str, Json]:
    own = {"mentorship": base.met.mentorship}
    read, listened = ({"assignment": base.ids.get(word, "")} for word in ("assignment", "submitted"))
    return {
        "suggestAssignment": {**own, "to": base.ada.id, "title": "Write", "description": "A letter"},
        "assignTask": {
            "mentorship": base.ids.get("mentoring", ""),
            "to": [base.ids.get("learner", "")],
            "title": "Write",
            "due": "2999-01-01",
        },
        "scheduleAssignment": {**read, "due": "2999-01-01"},
        "startAssignment": read,
        "submitAssignment": {**read, "text": "Done"},
        "completeAssignment": listened,
        "returnAssignment": {**listened, "reason": "Listen again"},
        "dropAssignment": read,
    }
