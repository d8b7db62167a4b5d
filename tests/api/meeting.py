"""A programme where people meet: who mentors, who learns, and what they do to find each other."""

from dataclasses import dataclass, field
from typing import Any, Final

from domain.permissions import Role
from tests.api.wishes import open_program
from tests.house import Caller, House, Json, key_of

EVERY_MODE: Final = ["SELF_DIRECTED", "FACILITATOR", "ADMINISTRATOR"]
PAIR: Final = {"id": "pair", "kind": "ONE_TO_ONE", "name": "Pair"}
PROPOSAL: Final = "proposal { id state version }"


@dataclass
class Meeting:
    """Sam administers, Fay facilitates. Everybody comes in by applying, and Fay lets them in."""

    house: House
    sam: Caller
    fay: Caller
    program: str
    parts: dict[str, str] = field(default_factory=dict)

    def mentor(self, name: str = "Ada", **record: Any) -> Caller:
        return self.brought(self.house.person(name, **record), "MENTOR")

    def mentee(self, name: str = "Noor", **record: Any) -> Caller:
        return self.brought(self.house.person(name, **record), "MENTEE")

    def brought(self, person: Caller, role: str) -> Caller:
        given = {"program": self.program, "role": role}
        made = self.house.done(person, "applyToProgram", given, "enrollment { id }")
        self.parts[person.id] = made["enrollment"]["id"]
        approval = {"enrollment": made["enrollment"]["id"]}
        self.house.done(self.fay, "approveEnrollment", approval, "enrollment { id }")
        return person

    def configure(self, **settings: Any) -> None:
        given = {"program": self.program, "settings": {"modes": EVERY_MODE, "hardRules": [], **settings}}
        self.house.done(self.sam, "configureMatching", given)

    def capacity(self, **capacity: int) -> None:
        settings = {"approval": "FACILITATOR", "capacity": capacity}
        self.house.done(self.sam, "configureEnrollment", {"program": self.program, "settings": settings})

    def request(self, mentor: Caller, **more: Any) -> Json:
        return {"program": self.program, "mentor": mentor.id, **more}

    def requested(self, mentee: Caller, mentor: Caller, **more: Any) -> str:
        made = self.house.done(mentee, "requestMentor", self.request(mentor, **more), PROPOSAL)
        proposal: str = made["proposal"]["id"]
        return proposal

    def pair(self, mentor: Caller, mentee: Caller) -> Json:
        return {"program": self.program, "mentors": [mentor.id], "mentees": [mentee.id]}

    def proposed(self, mentor: Caller, mentee: Caller) -> str:
        made = self.house.done(self.fay, "proposePair", self.pair(mentor, mentee), PROPOSAL)
        proposal: str = made["proposal"]["id"]
        return proposal

    def names(self, head: int) -> list[str]:
        return [recorded.name for recorded in self.house.events_since(head)]

    def history(self, proposal: str) -> list[str]:
        return [recorded.name for recorded in self.house.store.history(key_of(proposal))]


def meeting(house: House, **settings: Any) -> Meeting:
    sam, fay = house.person("Sam", Role.ADMINISTRATOR), house.person("Fay", Role.FACILITATOR)
    found = Meeting(house, sam, fay, open_program(house, sam, fay))
    found.configure(**settings)
    return found
