"""Noor looks for somebody who teaches Python, is turned down once, asks again, and begins with Zoe."""

import pytest

from tests.api.meeting import Meeting, meeting
from tests.house import Caller, House, Json

SEARCH = """query ($program: ID!, $at: Position) {
    participants(filter: {mentorsIn: $program, competencyOffered: "Python"}, minPosition: $at) {
        nodes { id name } } }"""
SUGGESTED = """query ($program: ID!, $at: Position) {
    suggestions(program: $program, minPosition: $at) {
        eligible poolIsThin suggestions { score participant { id name } coverage { wish offer } } } }"""
INBOX = """{ proposals(filter: {states: [WAITING]}) {
    nodes { id words question answer members { role participant { name } } } } }"""
BEGUN = """{ mentorships { nodes { id kind state plannedEnd members { role participant { name } }
    program { name } proposal { state } } } }"""


@pytest.fixture
def here(house: House) -> Meeting:
    weights = [{"criterion": "COMPETENCIES", "parts": 8_000}, {"criterion": "LANGUAGES", "parts": 2_000}]
    here = meeting(house, weights=weights)
    here.capacity(menteesPerMentor=1)
    return here


def teaches(here: Meeting, name: str, level: int) -> Caller:
    person = here.mentor(name, languages=["en"])
    given = {"competency": "Python", "level": level}
    here.house.done(person, "offerCompetency", given, "participant { id }")
    return person


def found(here: Meeting, caller: Caller, document: str) -> Json:
    at = str(here.house.store.head())
    told: Json = here.house.ask(caller, document, program=here.program, at=at)
    return told


def test_from_the_search_to_the_relationship(house: House, here: Meeting) -> None:
    ada, zoe = teaches(here, "Ada", 5), teaches(here, "Zoe", 3)
    noor = here.mentee(languages=["en"])
    wish = {"competency": "Python", "level": 4, "priority": 1}
    house.done(noor, "seekCompetency", wish, "participant { id }")

    names = [one["name"] for one in found(here, noor, SEARCH)["participants"]["nodes"]]
    assert names == ["Ada", "Zoe"]
    told = found(here, noor, SUGGESTED)["suggestions"]
    assert (told["eligible"], told["poolIsThin"]) == (2, True)
    assert [one["participant"]["name"] for one in told["suggestions"]] == ["Ada", "Zoe"]
    assert told["suggestions"][0]["coverage"] == [{"wish": "python", "offer": "python"}]

    listed = {"program": here.program, "wishes": [ada.id, zoe.id]}
    selection = "enrollment { openRequests proposals { nodes { id rank } } }"
    enrollment = house.done(noor, "rankWishes", listed, selection)["enrollment"]
    assert (enrollment["openRequests"], enrollment["proposals"]["nodes"][0]["rank"]) == (1, 1)
    first = enrollment["proposals"]["nodes"][0]["id"]
    assert [one["id"] for one in house.ask(ada, INBOX)["proposals"]["nodes"]] == [first]
    no = {"proposal": first, "reason": "I am away all summer"}
    house.done(ada, "declineProposal", no, "proposal { state }")

    ask = here.request(zoe, words="You explain so well")
    proposal = house.done(noor, "requestMentor", ask, "proposal { id }")["proposal"]["id"]
    house.done(zoe, "markProposalViewed", {"proposal": proposal})
    question = {"proposal": proposal, "question": "How often?"}
    house.done(zoe, "requestProposalInformation", question)
    answer = {"proposal": proposal, "answer": "Every other week"}
    house.done(noor, "giveProposalInformation", answer, "proposal { id }")
    [waiting] = house.ask(zoe, INBOX)["proposals"]["nodes"]
    assert (waiting["words"], waiting["question"], waiting["answer"]) == (
        "You explain so well", "How often?", "Every other week",
    )  # fmt: skip
    accepted = house.done(zoe, "acceptProposal", {"proposal": proposal}, "mentorship { id }")

    for caller in (noor, zoe, here.fay):
        nodes = house.ask(caller, BEGUN)["mentorships"]["nodes"]
        [begun] = [one for one in nodes if one["id"] == accepted["mentorship"]["id"]]
        assert (begun["kind"], begun["state"]) == ("ONE_TO_ONE", "RUNNING")
        assert [one["participant"]["name"] for one in begun["members"]] == ["Zoe", "Noor"]
    assert house.ask(zoe, INBOX)["proposals"]["nodes"] == []
    names = [one["name"] for one in found(here, here.fay, SEARCH)["participants"]["nodes"]]
    assert names == ["Ada"], "Zoe has no place left"
