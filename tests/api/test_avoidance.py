"""An avoided person is never proposed and never told: each answer is the one of a mentor who takes nobody."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.api.meeting import Meeting, meeting
from tests.house import Caller, House, Json

SHOWN: Final = "participant { id }"
"""Asked for with a command, so that the read models show what it did."""

Avoid = Callable[[House, Caller, Caller], Any]
Ask = Callable[[Meeting, Caller, Caller], tuple[Caller, str, Json]]


@pytest.fixture(scope="module")
def here(house: House) -> Meeting:
    return meeting(house)


def the_mentor_avoids(house: House, ada: Caller, noor: Caller) -> None:
    house.done(ada, "avoidPerson", {"person": noor.id}, SHOWN)


def the_mentee_avoids(house: House, ada: Caller, noor: Caller) -> None:
    house.done(noor, "avoidPerson", {"person": ada.id}, SHOWN)


def request(here: Meeting, ada: Caller, noor: Caller) -> tuple[Caller, str, Json]:
    return noor, "requestMentor", here.request(ada)


def propose(here: Meeting, ada: Caller, noor: Caller) -> tuple[Caller, str, Json]:
    return here.fay, "proposePair", here.pair(ada, noor)


@pytest.mark.parametrize("ask", [request, propose])
@pytest.mark.parametrize("avoid", [the_mentor_avoids, the_mentee_avoids])
def test_whoever_asks_for_who_avoids_them_is_told_what_a_mentor_who_takes_nobody_says(
    house: House, here: Meeting, avoid: Avoid, ask: Ask
) -> None:
    ada, zoe, noor = here.mentor(), here.mentor("Zoe"), here.mentee()
    house.done(zoe, "setAvailability", {"hoursAMonth": 9, "accepting": False})
    avoid(house, ada, noor)
    selection = "proposal { id }"
    avoided = house.tell(*ask(here, ada, noor), selection)
    unwilling = house.tell(*ask(here, zoe, noor), selection)
    assert avoided == unwilling
    assert [error["code"] for error in avoided["errors"]] == ["MENTOR_ACCEPTS_NOBODY"]
    head = house.store.head()
    house.tell(*ask(here, ada, noor), selection)
    assert house.store.head() == head


def test_avoidance_is_told_no_sooner_and_no_later_than_a_mentor_who_takes_nobody(house: House) -> None:
    """Where more than one thing is in the way, the same one is told in both cases."""
    here = meeting(house, hardRules=["SHARED_LANGUAGE"])
    here.capacity(menteesPerMentor=1, openRequests=1)
    ada, zoe = here.mentor(languages=["en"]), here.mentor("Zoe", languages=["en"])
    noor, lin = here.mentee(languages=["de"]), here.mentee("Lin", languages=["en"])
    house.done(zoe, "setAvailability", {"hoursAMonth": 9, "accepting": False})
    the_mentor_avoids(house, ada, noor)
    told = [house.tell(noor, "requestMentor", here.request(one)) for one in (ada, zoe)]
    assert told[0] == told[1]
    house.done(noor, "requestMentor", here.request(here.mentor("Kai", languages=["de"])))
    told = [house.tell(noor, "requestMentor", here.request(one)) for one in (ada, zoe)]
    assert told[0] == told[1]
    house.done(ada, "acceptProposal", {"proposal": here.requested(lin, ada)})
    told = [house.tell(noor, "requestMentor", here.request(one)) for one in (ada, zoe)]
    assert told[0] == told[1]
    assert {error["code"] for one in told for error in one["errors"]} == {"MENTOR_ACCEPTS_NOBODY"}


def test_a_wish_for_who_avoids_the_mentee_is_kept_and_passed_over(house: House, here: Meeting) -> None:
    ada, zoe, kai, noor = here.mentor(), here.mentor("Zoe"), here.mentor("Kai"), here.mentee()
    house.done(zoe, "setAvailability", {"hoursAMonth": 9, "accepting": False})
    the_mentor_avoids(house, ada, noor)
    wishes = [ada.id, zoe.id, kai.id]
    selection = "enrollment { wishes { id } proposals { nodes { rank members { participant { id } } } } }"
    ranked = house.done(noor, "rankWishes", {"program": here.program, "wishes": wishes}, selection)
    assert [one["id"] for one in ranked["enrollment"]["wishes"]] == wishes
    [made] = ranked["enrollment"]["proposals"]["nodes"]
    assert made["rank"] == 3
    assert [one["participant"]["id"] for one in made["members"]] == [kai.id, noor.id]


def test_who_looks_for_mentors_finds_neither(house: House, here: Meeting) -> None:
    ada, zoe, kai, noor = here.mentor("Ada X"), here.mentor("Zoe X"), here.mentor("Kai X"), here.mentee()
    lin = here.mentor("Lin X")
    house.done(zoe, "setAvailability", {"hoursAMonth": 9, "accepting": False}, SHOWN)
    the_mentor_avoids(house, ada, noor)
    the_mentee_avoids(house, lin, noor)
    document = """query ($program: ID!) {
        participants(filter: {mentorsIn: $program, text: " x"}) { nodes { id } totalCount } }"""
    found = house.ask(noor, document, program=here.program)["participants"]
    assert found == {"nodes": [{"id": kai.id}], "totalCount": 1}
    others = house.ask(here.mentee("Max"), document, program=here.program)["participants"]
    assert {one["id"] for one in others["nodes"]} == {ada.id, kai.id, lin.id}


@pytest.mark.parametrize("apart", ["avoids", "avoided", "declined"])
def test_neither_a_profile_nor_a_search_contradicts_the_answer(
    house: House, here: Meeting, apart: str
) -> None:
    """Else whoever is told that somebody takes nobody, and reads that they do, knows why."""
    ada, noor = here.mentor("Ada Z"), here.mentee()
    if apart == "declined":
        declined = {"proposal": here.requested(noor, ada), "forGood": True}
        house.done(ada, "declineProposal", declined, "proposal { id }")
    else:
        (the_mentor_avoids if apart == "avoids" else the_mentee_avoids)(house, ada, noor)
    assert house.refused(noor, "requestMentor", here.request(ada))["code"] == "MENTOR_ACCEPTS_NOBODY"
    document = """query ($program: ID!, $ada: ID!) { participant(id: $ada) { accepting }
        here: participants(filter: {mentorsIn: $program, text: "ada z"}) { nodes { id } }
        anywhere: participants(filter: {accepting: true, text: "ada z"}) { nodes { id } } }"""
    for caller, takes in ((noor, False), (here.mentee("Max"), True), (ada, True), (here.fay, True)):
        found = house.ask(caller, document, program=here.program, ada=ada.id)
        assert found["participant"]["accepting"] is takes
        for searched in ("here", "anywhere"):
            assert ({"id": ada.id} in found[searched]["nodes"]) is takes


def test_of_who_mentors_nowhere_avoidance_changes_nothing(house: House) -> None:
    ada, noor = house.person("Ada"), house.person("Noor")
    the_mentor_avoids(house, ada, noor)
    document = "query ($ada: ID!) { participant(id: $ada) { accepting } }"
    assert house.ask(noor, document, ada=ada.id)["participant"]["accepting"] is True
