"""A meeting that an administrator matches: runs requested, computed and read as clients do."""

from typing import Any, Final

from tests.api.meeting import Meeting, meeting
from tests.house import Caller, House, Json
from tests.projections.given import eventually

RUN: Final = "matchRun { id state version revision }"
BOARD: Final = """
query ($run: ID!) { matchRun(id: $run) {
  state version label seed poolPosition poolDigest engine digest inputsDigest revision shownRevision
  pairCount approvedCount unmatchedCount failureCode failure settings
  totals { mentees mentors places placed total bound gap worst fifth mean topThree moved }
  pairs { nodes {
    number score rank locked approved notProposedCode notProposed
    mentors { label participant { id } } mentees { label participant { id } } proposal { id state } } }
  unmatched { nodes { side reason rules person { label participant { id } } } }
  choices { choice mentee { participant { id } } mentor { participant { id } } }
  progress { stage done total }
  reference { id } program { id }
} }"""


def wishes(house: House, who: Caller, *competencies: str) -> None:
    for priority, competency in enumerate(competencies, 1):
        given = {"participant": who.id, "competency": competency, "level": 2, "priority": priority}
        house.done(who, "seekCompetency", given)


def offers(house: House, who: Caller, *competencies: str) -> None:
    for competency in competencies:
        house.done(who, "offerCompetency", {"participant": who.id, "competency": competency, "level": 4})


class Matched:
    """Ada offers Python, Kim speaking; Noor and Ola wish for Python, Lin for speaking."""

    def __init__(self, house: House, **settings: Any) -> None:
        self.house = house
        self.meeting: Meeting = meeting(house, **settings)
        self.sam, self.fay, self.program = self.meeting.sam, self.meeting.fay, self.meeting.program
        self.ada, self.kim = self.meeting.mentor("Ada"), self.meeting.mentor("Kim")
        self.noor, self.ola, self.lin = map(self.meeting.mentee, ("Noor", "Ola", "Lin"))
        for who, what in ((self.ada, "Python"), (self.kim, "Speaking")):
            offers(house, who, what)
        for who, what in ((self.noor, "Python"), (self.ola, "Python"), (self.lin, "Speaking")):
            wishes(house, who, what)

    def request(self, **more: Any) -> str:
        made = self.house.done(self.sam, "requestMatchRun", {"program": self.program, **more}, RUN)
        run: str = made["matchRun"]["id"]
        return run

    def drafted(self, **more: Any) -> str:
        """A run, once its pairs are there."""
        run = self.request(**more)
        self.until(run, "DRAFT")
        return run

    def until(self, run: str, state: str) -> None:
        eventually(lambda: self.board(run)["state"] == state)

    def board(self, run: str, caller: Caller | None = None) -> Json:
        found: Json = self.house.ask(caller or self.sam, BOARD, run=run)["matchRun"]
        return found

    def pairs(self, run: str) -> set[tuple[str, str]]:
        """Mentee and mentor."""
        return {
            (pair["mentees"][0]["participant"]["id"], pair["mentors"][0]["participant"]["id"])
            for pair in self.board(run)["pairs"]["nodes"]
        }

    def number(self, run: str, mentee: Caller) -> int:
        query = """query ($run: ID!, $who: ID!) {
          matchRun(id: $run) { pairs(filter: {participant: $who}) { nodes { number } } } }"""
        found = self.house.ask(self.sam, query, run=run, who=mentee.id)
        [pair] = found["matchRun"]["pairs"]["nodes"]
        number: int = pair["number"]
        return number

    def choose(self, command: str, run: str, mentee: Caller, mentor: Caller) -> Json:
        given = {"run": run, "mentee": mentee.id, "mentor": mentor.id}
        return self.house.done(self.sam, command, given, RUN)
