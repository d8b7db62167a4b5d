"""Noor and Ada agree, talk, meet and work; what they made of it outlives them, and stays theirs."""

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

import pytest

from tests.api.accompanied import Accompanied
from tests.house import Caller, House, Json
from tests.projections.given import eventually

INBOX: Final = "{ inbox(first: 20) { nodes { kind command title } totalCount } }"
HISTORY: Final = """query ($id: ID!) { mentorship(id: $id) { state
    history(first: 50) { totalCount nodes { kind name sentence text actor { name } position at } } } }"""
FOUND: Final = """query ($for: String!) { library(search: $for) {
    nodes { kind title text author { name } asker { name } mentorship { id } } } }"""


@pytest.fixture(scope="module")
def here(house: House) -> Accompanied:
    return Accompanied(house)


@pytest.fixture(scope="module")
def ada(here: Accompanied) -> Caller:
    return here.meeting.mentor("Ada Okafor")


@pytest.fixture(scope="module")
def noor(here: Accompanied) -> Caller:
    return here.meeting.mentee("Noor Haddad")


@pytest.fixture(scope="module")
def lin(here: Accompanied) -> Caller:
    return here.meeting.mentee("Lin Wei")


@pytest.fixture(scope="module")
def us(here: Accompanied, ada: Caller, noor: Caller) -> str:
    return here.pair(ada, noor)


def waits(house: House, who: Caller) -> dict[str, str]:
    found = house.ask(who, INBOX)["inbox"]["nodes"]
    return {one["kind"]: one["command"] for one in found}


def nothing_counts_before_both_have_signed(house: House, us: str, ada: Caller, noor: Caller) -> None:
    eventually(lambda: waits(house, noor).get("AGREEMENT") == "signAgreement")
    held = _met(house, us, ada, noor)
    refused = house.refused(ada, "recordMeetingHeld", held)
    assert refused["code"] == "AGREEMENT_IS_UNSIGNED"
    for one in (ada, noor):
        house.done(one, "signAgreement", {"mentorship": us})
        assert "AGREEMENT" not in waits(house, one)
    house.done(ada, "recordMeetingHeld", held)


def _met(house: House, us: str, ada: Caller, noor: Caller) -> Json:
    """A meeting proposed for a moment that has come when it is recorded."""
    starts = datetime.now(UTC) + timedelta(milliseconds=600)
    slot = {"startsAt": starts.isoformat(), "minutes": 30}
    given = {"mentorship": us, "timeZone": "Africa/Lagos", "title": "Getting to know", "slots": [slot]}
    meeting = house.done(noor, "proposeMeeting", given, "meeting { id state }")["meeting"]
    assert meeting["state"] == "PROPOSED"
    eventually(lambda: datetime.now(UTC) > starts)
    began = (starts - timedelta(minutes=31)).isoformat()
    people = [ada.id, noor.id]
    return {"meeting": meeting["id"], "startedAt": began, "durationMinutes": 30, "attendance": people}


def they_agree_on_a_goal_and_get_on(here: Accompanied, us: str, ada: Caller, noor: Caller) -> None:
    house = here.house
    given = {"mentorship": us, "text": "Hold the Monday meeting without a script"}
    goal = house.done(noor, "setGoal", given, "goal { goalId }")["goal"]["goalId"]
    house.done(noor, "progressGoal", {"mentorship": us, "goal": goal, "percent": 60, "note": "Twice!"})
    house.done(noor, "achieveGoal", {"mentorship": us, "goal": goal})
    after = house.refused(noor, "progressGoal", {"mentorship": us, "goal": goal, "percent": 10})
    assert "GOAL" in after["code"]
    house.done(ada, "reachMilestone", {"mentorship": us, "milestone": "goals"})
    unknown = house.refused(ada, "reachMilestone", {"mentorship": us, "milestone": "fame"})
    assert "MILESTONE" in unknown["code"]
    ratings = [{"about": "progress", "rating": 5}]
    house.done(noor, "checkIn", {"mentorship": us, "ratings": ratings, "comment": "It goes well."})


def a_question_is_answered_and_found_again(
    here: Accompanied, us: str, ada: Caller, noor: Caller, lin: Caller
) -> None:
    house = here.house
    house.done(noor, "sendMessage", {"mentorship": us, "text": "May I ask something silly?"})
    asked = {"mentorship": us, "text": "How do you begin a retrospective?", "sharing": "ANONYMOUS"}
    question = house.done(noor, "askQuestion", asked, "question { questionId }")["question"]["questionId"]
    assert waits(house, ada)["QUESTION"] == "answerQuestion"
    told = {"mentorship": us, "question": question, "text": "With thanks, and a timer.", "sharing": "NAMED"}
    answer = house.done(ada, "answerQuestion", told, "answer { answerId }")["answer"]["answerId"]
    assert "QUESTION" not in waits(house, ada)
    assert house.ask(lin, FOUND, **{"for": "retrospective"})["library"]["nodes"] == []
    house.done(noor, "acceptAnswer", {"mentorship": us, "answer": answer})
    [found] = house.ask(lin, FOUND, **{"for": "retrospective"})["library"]["nodes"]
    assert (found["author"], found["asker"], found["mentorship"]) == ({"name": "Ada Okafor"}, None, None)


def they_share_a_document_and_work_with_it(house: House, us: str, ada: Caller, noor: Caller) -> None:
    document = _shared(house, us, ada, "Ein Plan für Montag.txt", b"1. Ask. 2. Count to ten.")
    assert house._http.get(f"/documents/{quote(document)}", headers=_as(noor)).content.startswith(b"1. Ask")
    work = {
        "mentorship": us,
        "to": [noor.id],
        "title": "Try the plan",
        "resource": document,
        "due": "2999-01-01",
    }
    made = house.done(ada, "assignTask", work, "assignments { id state }")["assignments"][0]
    assert waits(house, noor)["ASSIGNMENT"] == "submitAssignment"
    house.done(noor, "startAssignment", {"assignment": made["id"]})
    house.done(noor, "submitAssignment", {"assignment": made["id"], "text": "Counted to seven."})
    assert waits(house, ada)["SUBMISSION"] == "completeAssignment"
    house.done(ada, "returnAssignment", {"assignment": made["id"], "reason": "Ten!"})
    house.done(noor, "submitAssignment", {"assignment": made["id"], "text": "Counted to ten."})
    house.done(ada, "completeAssignment", {"assignment": made["id"]})


def _as(who: Caller) -> dict[str, str]:
    return {"authorization": f"Bearer {who.token}"}


def _shared(house: House, us: str, by: Caller, name: str, content: bytes) -> str:
    headers = {**_as(by), "content-type": "text/plain"}
    found = house._http.post(
        "/documents", params={"mentorship": us, "name": name}, content=content, headers=headers
    )
    assert found.status_code == 201, found.text
    document: str = found.json()["id"]
    return document


def it_ends_and_nothing_is_added_to_it(
    here: Accompanied, us: str, ada: Caller, noor: Caller, lin: Caller
) -> None:
    house = here.house
    assert (here.places(ada), here.places(noor)) == (1, 1)
    house.done(ada, "pauseMentorship", {"mentorship": us, "until": "2999-01-01"})
    house.done(noor, "resumeMentorship", {"mentorship": us})
    house.done(ada, "concludeMentorship", {"mentorship": us, "outcome": "ACHIEVED"})
    assert (here.places(ada), here.places(noor)) == (0, 0)
    for command, given in (
        ("sendMessage", {"text": "One more thing"}),
        ("setGoal", {"text": "Another goal"}),
        ("shareLink", {"title": "Late", "url": "https://example.org/late"}),
        ("checkIn", {"ratings": [{"about": "progress", "rating": 1}]}),
    ):
        refused = house.refused(noor, command, {"mentorship": us, **given})
        assert refused["code"] == "RELATIONSHIP_HAS_ENDED", command
    assert waits(house, noor) == waits(house, ada) == {}
    assert len(house.ask(lin, FOUND, **{"for": "retrospective"})["library"]["nodes"]) == 1


def its_history_is_read_by_each_as_they_may(
    here: Accompanied, us: str, ada: Caller, noor: Caller, lin: Caller
) -> None:
    house = here.house
    mine = house.ask(noor, HISTORY, id=us)["mentorship"]["history"]
    assert mine["totalCount"] == len(mine["nodes"]) > 20
    assert [int(one["position"]) for one in mine["nodes"]] == sorted(
        int(o["position"]) for o in mine["nodes"]
    )
    assert all(one["sentence"] and "{" not in one["sentence"] for one in mine["nodes"])
    said = {one["text"] for one in mine["nodes"]} - {None}
    assert {"May I ask something silly?", "Counted to ten.", "It goes well."} <= said
    kinds = {one["kind"] for one in mine["nodes"]}
    assert {
        "AGREEMENT",
        "GOAL",
        "MILESTONE",
        "CHECK_IN",
        "MEETING",
        "MESSAGE",
        "QUESTION",
        "DOCUMENT",
    } <= kinds

    theirs = house.ask(here.fay, HISTORY, id=us)["mentorship"]["history"]
    assert theirs["totalCount"] == mine["totalCount"]
    texts = {one["name"]: one["text"] for one in theirs["nodes"]}
    assert (texts["conversation.message_sent"], texts["resource.document_shared"]) == (None, None)
    assert texts["mentorship.goal_set"] == "Hold the Monday meeting without a script"
    assert house.ask(lin, HISTORY, id=us)["mentorship"] is None


def it_is_taken_along(house: House, us: str, noor: Caller, lin: Caller) -> None:
    found = house._http.get(f"/history/{quote(us)}.md", headers=_as(noor))
    assert (found.status_code, "May I ask something silly?" in found.text) == (200, True)
    assert house._http.get(f"/history/{quote(us)}.json", headers=_as(noor)).json()
    assert house._http.get(f"/history/{quote(us)}.md", headers=_as(lin)).status_code == 404


def it_is_taken_up_again(here: Accompanied, us: str, ada: Caller, noor: Caller) -> None:
    house = here.house
    assert (
        house.refused(noor, "reopenMentorship", {"mentorship": us, "until": "2999-01-01"})["code"]
        == "FORBIDDEN"
    )
    house.done(here.fay, "reopenMentorship", {"mentorship": us, "until": "2999-01-01"})
    assert (here.places(ada), here.places(noor)) == (1, 1)
    house.done(noor, "sendMessage", {"mentorship": us, "text": "Where were we?"})


def test_from_the_agreement_to_a_new_beginning(
    here: Accompanied, us: str, ada: Caller, noor: Caller, lin: Caller
) -> None:
    """One story: each step stands on those before it."""
    house = here.house
    nothing_counts_before_both_have_signed(house, us, ada, noor)
    they_agree_on_a_goal_and_get_on(here, us, ada, noor)
    a_question_is_answered_and_found_again(here, us, ada, noor, lin)
    they_share_a_document_and_work_with_it(house, us, ada, noor)
    it_ends_and_nothing_is_added_to_it(here, us, ada, noor, lin)
    its_history_is_read_by_each_as_they_may(here, us, ada, noor, lin)
    it_is_taken_along(house, us, noor, lin)
    it_is_taken_up_again(here, us, ada, noor)
