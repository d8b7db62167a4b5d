"""Noor finds an expert from outside, asks, agrees on an hour, meets and says how it was."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from domain.permissions import Role
from tests.house import Caller, House, key_of
from tests.projections.given import eventually

SEARCH: Final = """query ($for: String) { directory(search: $for) {
    totalCount nodes { headline guest rating ratings participant { id name } }
    facets { topics { value count } } } }"""
ANSWERS: Final = "{ inbox(first: 10) { nodes { kind command about } } }"


@pytest.fixture(scope="module")
def noor(house: House) -> Caller:
    return house.person("Noor Haddad", timeZone="Europe/Berlin")


@pytest.fixture(scope="module")
def gia(house: House) -> Caller:
    """Comes from outside, by invitation, and agrees to be listed."""
    given = {"name": "Gia Rossi", "email": "gia@elsewhere.example", "until": "2999-01-01"}
    made = house.done(house.registrar, "inviteGuest", given, "participant { id }")["participant"]
    return house.caller(Role.GUEST, participant=key_of(made["id"]))


@pytest.fixture(scope="module")
def asked(house: House, noor: Caller, gia: Caller) -> str:
    house.done(gia, "listAsExpert", {"headline": "Thirty years of glaciers", "topics": ["Glaciology"]})
    [found] = house.ask(noor, SEARCH, **{"for": "glacier"})["directory"]["nodes"]
    assert (found["participant"]["name"], found["guest"], found["rating"]) == ("Gia Rossi", True, None)
    given = {"expert": gia.id, "text": "How fast does ours melt?", "topics": ["Glaciology"], "session": True}
    inquiry: str = house.done(noor, "askExpert", given, "inquiry { id }")["inquiry"]["id"]
    return inquiry


def test_nobody_is_found_who_has_not_agreed(house: House, noor: Caller) -> None:
    given = {"name": "Hal Silent", "email": "hal@elsewhere.example", "until": "2999-01-01"}
    house.done(house.registrar, "inviteGuest", {**given, "topics": ["Silence"]})
    assert house.ask(noor, SEARCH, **{"for": "silence"})["directory"]["totalCount"] == 0


def a_guest_sees_what_is_theirs_and_nothing_else(house: House, noor: Caller, gia: Caller, asked: str) -> None:
    lin = house.person("Lin Wei")
    person = "query ($id: ID!) { participant(id: $id) { name } }"
    assert house.ask(gia, person, id=noor.id)["participant"] == {"name": "Noor Haddad"}
    assert house.ask(gia, person, id=lin.id)["participant"] is None
    [waiting] = house.ask(gia, ANSWERS)["inbox"]["nodes"]
    assert waiting == {"kind": "INQUIRY", "command": "answerInquiry", "about": asked}


def from_the_answer_to_the_hour_and_what_it_was_worth(
    house: House, noor: Caller, gia: Caller, asked: str
) -> None:
    house.done(
        gia, "answerInquiry", {"inquiry": asked, "text": "A metre a year. Let us look at it together."}
    )
    told = "query ($id: ID!) { inquiry(id: $id) { words { text } } }"
    words = [one["text"] for one in house.ask(noor, told, id=asked)["inquiry"]["words"]]
    assert words == ["How fast does ours melt?", "A metre a year. Let us look at it together."]
    shown = "mentorship { id kind state }"
    agreed = house.done(gia, "agreeSession", {"inquiry": asked}, shown)["mentorship"]
    assert (agreed["kind"], agreed["state"]) == ("FLASH", "RUNNING")
    outside = "query ($id: ID!) { mentorship(id: $id) { program { id } inquiry { id } } }"
    came_of = house.ask(noor, outside, id=agreed["id"])["mentorship"]
    assert came_of == {"program": None, "inquiry": {"id": asked}}
    starts = datetime.now(UTC) + timedelta(milliseconds=600)
    slot = {"startsAt": starts.isoformat(), "minutes": 30}
    given = {"mentorship": agreed["id"], "timeZone": "Europe/Berlin", "slots": [slot]}
    meeting = house.done(noor, "proposeMeeting", given, "meeting { id }")["meeting"]["id"]
    house.done(gia, "confirmMeeting", {"meeting": meeting, "slot": slot})
    eventually(lambda: datetime.now(UTC) > starts)
    held = {"startedAt": (starts - timedelta(minutes=31)).isoformat(), "durationMinutes": 30}
    house.done(gia, "recordMeetingHeld", {"meeting": meeting, **held, "attendance": [gia.id, noor.id]})
    house.done(noor, "concludeMentorship", {"mentorship": agreed["id"], "outcome": "ACHIEVED"})
    house.done(noor, "rateInquiry", {"inquiry": asked, "rating": 5, "comment": "An hour well spent."})
    history = "query ($id: ID!) { mentorship(id: $id) { history { nodes { name } } } }"
    names = [
        one["name"] for one in house.ask(gia, history, id=agreed["id"])["mentorship"]["history"]["nodes"]
    ]
    assert {"mentorship.began", "meeting.held", "mentorship.concluded"} <= set(names)
    colleague = house.person("Max Curious")
    assert house.ask(colleague, "query ($id: ID!) { inquiry(id: $id) { id } }", id=asked)["inquiry"] is None


def test_nobody_asks_whom_they_cannot_ask(house: House, noor: Caller) -> None:
    lin = house.person("Lin Unlisted")
    given = {"expert": lin.id, "text": "May I?"}
    assert "EXPERT" in house.refused(noor, "askExpert", given)["code"]
    house.done(noor, "listAsExpert", {"headline": "Asks", "topics": ["Asking"]})
    itself = house.refused(noor, "askExpert", {"expert": noor.id, "text": "Do I know?"})
    assert itself["code"] != "FORBIDDEN"


def test_from_the_invitation_to_the_rating(house: House, noor: Caller, gia: Caller, asked: str) -> None:
    """One story: each step stands on those before it."""
    a_guest_sees_what_is_theirs_and_nothing_else(house, noor, gia, asked)
    from_the_answer_to_the_hour_and_what_it_was_worth(house, noor, gia, asked)
