"""A programme whose people are together already: pairs, groups, and the terms they keep."""

from typing import Any, Final

from tests.api.meeting import PAIR, Meeting, meeting
from tests.house import Caller, House, Json

GROUP: Final = {
    "id": "group",
    "kind": "GROUP",
    "name": "Group",
    "mentors": {"least": 1, "most": 1},
    "mentees": {"least": 2, "most": 3},
}
MILESTONE: Final = {"id": "goals", "title": "Goals agreed", "dueDay": 14}
TEXT: Final = "We keep what we hear to ourselves."


class Accompanied:
    """Sam administers and Fay facilitates, as in the meeting that it is made of."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.meeting: Meeting = meeting(house)
        self.sam, self.fay, self.program = self.meeting.sam, self.meeting.fay, self.meeting.program
        self.meeting.capacity(menteesPerMentor=2, mentorsPerMentee=1, hoursAMonth=2)
        self.set("setRelationshipTypes", types=[PAIR, GROUP])
        self.set("setPlan", settings={"milestones": [MILESTONE]})
        self.set("setAgreement", settings={"required": True, "text": TEXT})

    def set(self, command: str, **given: Any) -> None:
        self.house.done(self.sam, command, {"program": self.program, **given})

    def pair(self, mentor: Caller, mentee: Caller) -> str:
        proposal = self.meeting.requested(mentee, mentor)
        return self._begun(mentor, proposal)

    def group(self, mentor: Caller, *mentees: Caller) -> str:
        people = {"mentors": [mentor.id], "mentees": [one.id for one in mentees]}
        given = {"program": self.program, **people, "relationship": "group"}
        made = self.house.done(self.fay, "proposePair", given, "proposal { id }")
        for mentee in mentees:
            self.house.done(mentee, "acceptProposal", {"proposal": made["proposal"]["id"]})
        return self._begun(mentor, made["proposal"]["id"])

    def _begun(self, last: Caller, proposal: str) -> str:
        accepted = self.house.done(last, "acceptProposal", {"proposal": proposal}, "mentorship { id }")
        begun: str = accepted["mentorship"]["id"]
        return begun

    def places(self, person: Caller) -> int:
        query = "query ($id: ID!) { enrollment(id: $id) { placesReserved } }"
        found: int = self.house.ask(self.fay, query, id=self.meeting.parts[person.id])["enrollment"][
            "placesReserved"
        ]
        return found

    def shown(self, mentorship: str, selection: str, caller: Caller) -> Json:
        query = f"query ($id: ID!) {{ mentorship(id: $id) {{ {selection} }} }}"
        found: Json = self.house.ask(caller, query, id=mentorship)["mentorship"]
        return found
