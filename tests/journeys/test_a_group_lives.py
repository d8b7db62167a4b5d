"""Three mentees share a mentor: one comes, one goes, one worries, and the mentor hands them on."""

from typing import Final

import pytest

from tests.api.accompanied import Accompanied
from tests.house import Caller, House
from tests.projections.given import eventually

MEMBERS: Final = "state members { role leftAt participant { name } }"
MESSAGES: Final = "conversation { messages(first: 50) { totalCount nodes { text by { name } } } }"


@pytest.fixture(scope="module")
def here(house: House) -> Accompanied:
    return Accompanied(house)


@pytest.fixture(scope="module")
def ada(here: Accompanied) -> Caller:
    return here.meeting.mentor("Ada Okafor")


@pytest.fixture(scope="module")
def three(here: Accompanied) -> list[Caller]:
    return [here.meeting.mentee(name) for name in ("Noor", "Lin", "Max")]


@pytest.fixture(scope="module")
def us(here: Accompanied, ada: Caller, three: list[Caller]) -> str:
    group = here.group(ada, *three[:2])
    for one in (ada, *three[:2]):
        here.house.done(one, "signAgreement", {"mentorship": group})
    return group


def present(here: Accompanied, us: str, caller: Caller) -> set[str]:
    found = here.shown(us, MEMBERS, caller)["members"]
    return {one["participant"]["name"] for one in found if one["leftAt"] is None}


def somebody_joins(here: Accompanied, us: str, ada: Caller, three: list[Caller]) -> None:
    house, (noor, lin, max_) = here.house, three
    assert house.refused(max_, "sendMessage", {"mentorship": us, "text": "Hello?"})["code"] == "FORBIDDEN"
    house.done(noor, "sendMessage", {"mentorship": us, "text": "Max would fit in here."})
    house.done(here.fay, "addMember", {"mentorship": us, "participant": max_.id, "role": "MENTEE"})
    assert present(here, us, lin) == {"Ada Okafor", "Noor", "Lin", "Max"}
    assert here.places(max_) == 1
    house.done(max_, "sendMessage", {"mentorship": us, "text": "Hello!"})
    told = here.shown(us, MESSAGES, max_)["conversation"]["messages"]
    assert {one["text"] for one in told["nodes"]} == {"Max would fit in here.", "Hello!"}
    again = here.meeting.mentee("Zoe")
    full = house.refused(here.fay, "addMember", {"mentorship": us, "participant": again.id, "role": "MENTEE"})
    assert "FULL" in full["code"] or "MANY" in full["code"]


def the_agreement_waits_for_the_newcomer(here: Accompanied, us: str, three: list[Caller]) -> None:
    shown = "agreement { complete }"
    assert here.shown(us, shown, three[0])["agreement"] == {"complete": False}
    here.house.done(three[2], "signAgreement", {"mentorship": us})
    assert here.shown(us, shown, three[0])["agreement"] == {"complete": True}


def a_worry_reaches_the_staff_and_nobody_else(
    here: Accompanied, us: str, ada: Caller, three: list[Caller]
) -> None:
    house, lin = here.house, three[1]
    given = {"mentorship": us, "text": "I do not feel heard.", "confidential": True}
    concern = house.done(lin, "raiseConcern", given, "concern { concernId }")["concern"]["concernId"]
    shown = "concerns(first: 5) { nodes { text } }"
    assert here.shown(us, shown, here.fay)["concerns"]["nodes"] == [{"text": "I do not feel heard."}]
    assert here.shown(us, shown, lin)["concerns"]["nodes"] == [{"text": "I do not feel heard."}]
    assert here.shown(us, shown, ada)["concerns"]["nodes"] == []
    told = "history(kinds: [CONCERN]) { totalCount }"
    for who, count in ((lin, 1), (here.fay, 1), (ada, 0), (three[0], 0)):
        assert here.shown(us, told, who)["history"]["totalCount"] == count
    house.done(here.fay, "settleConcern", {"mentorship": us, "concern": concern, "note": "We have talked."})


def who_goes_keeps_what_was_and_sees_nothing_new(
    here: Accompanied, us: str, ada: Caller, three: list[Caller]
) -> None:
    house, (noor, lin, _) = here.house, three
    house.done(lin, "leaveMentorship", {"mentorship": us, "reason": "No time in summer"})
    assert (here.places(lin), here.places(noor)) == (0, 1)
    assert present(here, us, noor) == {"Ada Okafor", "Noor", "Max"}
    house.done(noor, "sendMessage", {"mentorship": us, "text": "We will miss Lin."})
    old = {one["text"] for one in here.shown(us, MESSAGES, lin)["conversation"]["messages"]["nodes"]}
    assert old == {"Max would fit in here.", "Hello!"}
    assert house.refused(lin, "sendMessage", {"mentorship": us, "text": "I am back"})["code"] == "FORBIDDEN"


def another_mentor_takes_over(here: Accompanied, us: str, ada: Caller, three: list[Caller]) -> None:
    house, (noor, _, max_) = here.house, three
    kai = here.meeting.mentor("Kai Berg")
    shown = "mentorship { state successor { id state members { role participant { name } } } }"
    given = {"mentorship": us, "mentors": [kai.id]}
    old = house.done(here.fay, "handOverMentorship", given, shown)["mentorship"]
    assert old["state"] == "HANDED_OVER"
    names = {one["participant"]["name"]: one["role"] for one in old["successor"]["members"]}
    assert names == {"Kai Berg": "MENTOR", "Noor": "MENTEE", "Max": "MENTEE"}
    assert [here.places(one) for one in (ada, kai, noor, max_)] == [0, 1, 1, 1]
    ended = house.refused(noor, "sendMessage", {"mentorship": us, "text": "Anybody here?"})
    assert ended["code"] == "RELATIONSHIP_HAS_ENDED"
    new = old["successor"]["id"]
    house.done(noor, "sendMessage", {"mentorship": new, "text": "Welcome, Kai!"})
    house.done(here.house.registrar, "markParticipantLeft", {"participant": max_.id, "reason": "OWN_WISH"})
    eventually(lambda: here.shown(new, "state", noor)["state"] == "ENDED_EARLY")
    assert [here.places(one) for one in (kai, noor)] == [0, 0]


def test_from_the_first_newcomer_to_the_end(
    here: Accompanied, us: str, ada: Caller, three: list[Caller]
) -> None:
    """One story: each step stands on those before it."""
    somebody_joins(here, us, ada, three)
    the_agreement_waits_for_the_newcomer(here, us, three)
    a_worry_reaches_the_staff_and_nobody_else(here, us, ada, three)
    who_goes_keeps_what_was_and_sees_nothing_new(here, us, ada, three)
    another_mentor_takes_over(here, us, ada, three)
