"""Ranked wishes and preferences: the list and its first proposal in one append; what only oneself sees."""

from uuid import uuid4

import pytest

from tests.api.meeting import Meeting, meeting
from tests.house import Caller, House, Json

SEEN = """enrollment { version openRequests wishes { id }
    proposals { nodes { id state rank members { role participant { id } } } } }"""


@pytest.fixture(scope="module")
def here(house: House) -> Meeting:
    return meeting(house)


def ranking(here: Meeting, *wishes: Caller) -> Json:
    return {"program": here.program, "wishes": [one.id for one in wishes]}


def ranked(house: House, here: Meeting, mentee: Caller, *wishes: Caller) -> Json:
    found: Json = house.done(mentee, "rankWishes", ranking(here, *wishes), SEEN)["enrollment"]
    return found


def asked(enrollment: Json) -> list[tuple[str, int | None, str]]:
    """State, rank and mentor of each proposal; the newest first."""
    return [
        (one["state"], one["rank"], one["members"][0]["participant"]["id"])
        for one in enrollment["proposals"]["nodes"]
    ]


def test_the_list_is_kept_and_the_first_is_asked_in_one_append(house: House, here: Meeting) -> None:
    ada, zoe, noor, head = here.mentor(), here.mentor("Zoe"), here.mentee(), house.store.head()
    found = ranked(house, here, noor, ada, zoe)
    assert [one["id"] for one in found["wishes"]] == [ada.id, zoe.id]
    assert (asked(found), found["openRequests"]) == ([("WAITING", 1, ada.id)], 1)
    written = house.events_since(head)
    assert [one.name for one in written] == [
        "enrollment.wishes_ranked", "enrollment.request_opened", "proposal.made", "proposal.accepted",
    ]  # fmt: skip
    assert len({one.command_id for one in written}) == 1


def test_who_cannot_be_asked_is_passed_over(house: House, here: Meeting) -> None:
    ada, zoe, noor = here.mentor(), here.mentor("Zoe"), here.mentee()
    stranger = house.person("Stranger")
    house.done(ada, "setAvailability", {"hoursAMonth": 0, "accepting": True})
    found = ranked(house, here, noor, ada, stranger, zoe)
    assert asked(found) == [("WAITING", 3, zoe.id)]


def test_while_one_wish_waits_no_other_is_made(house: House, here: Meeting) -> None:
    ada, zoe, kai, noor = here.mentor(), here.mentor("Zoe"), here.mentor("Kai"), here.mentee()
    ranked(house, here, noor, ada, zoe)
    head = house.store.head()
    assert asked(ranked(house, here, noor, ada, zoe)) == [("WAITING", 1, ada.id)]
    assert house.store.head() == head
    assert asked(ranked(house, here, noor, kai, zoe)) == [("WAITING", 1, ada.id)]
    assert here.names(head) == ["enrollment.wishes_ranked"]


def test_a_direct_request_to_somebody_on_the_list_is_their_wish(house: House, here: Meeting) -> None:
    ada, zoe, noor = here.mentor(), here.mentor("Zoe"), here.mentee()
    here.requested(noor, zoe)
    assert asked(ranked(house, here, noor, ada, zoe)) == [("WAITING", None, zoe.id)]
    other = here.mentee("Lin")
    house.done(other, "rankWishes", ranking(here, ada))
    second = here.requested(other, zoe)
    document = "query ($id: ID!) { proposal(id: $id) { rank } }"
    assert house.ask(other, document, id=second)["proposal"]["rank"] is None


def test_who_has_declined_is_not_asked_again_by_a_list(house: House, here: Meeting) -> None:
    ada, zoe, noor = here.mentor(), here.mentor("Zoe"), here.mentee()
    first = ranked(house, here, noor, ada)["proposals"]["nodes"][0]["id"]
    house.done(ada, "declineProposal", {"proposal": first}, "proposal { id }")
    found = ranked(house, here, noor, ada, zoe)
    assert asked(found) == [("WAITING", 2, zoe.id), ("DECLINED", 1, ada.id)]


@pytest.mark.parametrize("answer", ["acceptProposal", "declineProposal"])
def test_nor_who_has_answered_what_the_staff_proposed(house: House, answer: str) -> None:
    here = meeting(house)
    here.capacity(mentorsPerMentee=2)
    ada, zoe, noor = here.mentor(), here.mentor("Zoe"), here.mentee()
    by_hand = {"proposal": here.proposed(ada, noor)}
    house.done(ada, answer, by_hand, "proposal { id }")
    if answer == "acceptProposal":
        house.done(noor, answer, by_hand, "proposal { id }")
    assert asked(ranked(house, here, noor, ada, zoe))[0] == ("WAITING", 2, zoe.id)


def test_an_empty_list_takes_wishes_back(house: House, here: Meeting) -> None:
    ada, noor = here.mentor(), here.mentee()
    ranked(house, here, noor, ada)
    found = ranked(house, here, noor)
    assert (found["wishes"], asked(found)) == ([], [("WAITING", 1, ada.id)])


def test_a_mentors_own_list_asks_nobody(house: House, here: Meeting) -> None:
    ada, noor = here.mentor(), here.mentee()
    found = ranked(house, here, ada, noor)
    assert ([one["id"] for one in found["wishes"]], asked(found)) == ([noor.id], [])


def test_where_nobody_asks_for_themself_a_list_is_only_kept(house: House) -> None:
    here = meeting(house, modes=["ADMINISTRATOR"])
    ada, noor = here.mentor(), here.mentee()
    found = ranked(house, here, noor, ada)
    assert ([one["id"] for one in found["wishes"]], asked(found)) == ([ada.id], [])


def test_while_the_choice_is_thin_a_list_is_kept_and_nobody_is_asked(house: House) -> None:
    thin = meeting(house, thinPool=2, pauseWhenThin=True)
    ada, noor = thin.mentor(), thin.mentee()
    assert asked(ranked(house, thin, noor, ada)) == []
    request = {"program": thin.program, "mentor": ada.id}
    refused = house.refused(noor, "requestMentor", request)
    assert (refused["code"], "fewer than 2" in refused["message"]) == ("POOL_IS_TOO_THIN", True)
    zoe = thin.mentor("Zoe")
    house.done(zoe, "setAvailability", {"hoursAMonth": 1, "accepting": True}, "participant { id }")
    assert house.refused(noor, "requestMentor", request)["code"] == "POOL_IS_TOO_THIN"
    house.done(zoe, "setAvailability", {"hoursAMonth": 2, "accepting": True}, "participant { id }")
    house.done(noor, "requestMentor", request)


def test_a_list_that_cannot_be(house: House, here: Meeting) -> None:
    ada, zoe, kai, lee, noor = (
        here.mentor(), here.mentor("Zoe"), here.mentor("Kai"), here.mentor("Lee"), here.mentee(),
    )  # fmt: skip
    for wishes, code in (
        ((ada, zoe, kai, lee), "TOO_MANY_WISHES"),
        ((ada, ada), "WISHED_TWICE"),
        ((ada, noor), "NOBODY_MENTORS_THEMSELF"),
    ):
        assert house.refused(noor, "rankWishes", ranking(here, *wishes))["code"] == code
    stranger = house.person("Stranger")
    assert house.refused(stranger, "rankWishes", ranking(here, ada))["code"] == "NOT_IN_PROGRAM"
    bad = {"program": here.program, "wishes": [ada.id, here.program]}
    assert house.refused(noor, "rankWishes", bad)["path"] == ["input", "wishes", "1"]


def test_a_repeated_key_of_a_list(house: House, here: Meeting) -> None:
    ada, zoe, noor = here.mentor(), here.mentor("Zoe"), here.mentee()
    given = {**ranking(here, ada, zoe), "idempotencyKey": str(uuid4())}
    first = house.done(noor, "rankWishes", given, SEEN)
    assert house.done(noor, "rankWishes", given, SEEN) == first
    other = {**given, "wishes": [zoe.id]}
    assert house.refused(noor, "rankWishes", other)["code"] == "COMMAND_REUSED"
    version = first["enrollment"]["version"]
    late = house.refused(noor, "rankWishes", {**ranking(here, zoe), "expectedVersion": version - 1})
    assert late["code"] == "CONFLICT"


def test_whose_second_choice_they_are_is_not_told_to_mentors(house: House, here: Meeting) -> None:
    stranger, ada, noor = house.person("Stranger"), here.mentor(), here.mentee()
    made = ranked(house, here, noor, stranger, ada)["proposals"]["nodes"][0]["id"]
    document = "query ($id: ID!) { proposal(id: $id) { rank } }"
    for caller, rank in ((noor, 2), (ada, None), (here.fay, 2)):
        assert house.ask(caller, document, id=made)["proposal"]["rank"] == rank


def test_a_preference_is_for_nobody_elses_eyes(house: House, here: Meeting) -> None:
    noor = here.mentee()
    preference = [{"question": "gender", "answer": "woman"}]
    given = {"program": here.program, "preference": preference}
    stated = house.done(noor, "statePreference", given, "enrollment { id preference }")
    assert stated["enrollment"]["preference"] == {"gender": "woman"}
    head = house.store.head()
    house.done(noor, "statePreference", given)
    assert house.store.head() == head
    document = "query ($id: ID!) { enrollment(id: $id) { preference wishes { id } } }"
    for caller in (here.fay, here.sam, house.registrar):
        found = house.ask(caller, document, id=stated["enrollment"]["id"])["enrollment"]
        assert found == {"preference": None, "wishes": []}
    back = house.done(noor, "statePreference", {**given, "preference": []}, "enrollment { preference }")
    assert back["enrollment"]["preference"] == {}


@pytest.mark.parametrize(
    ("preference", "path"),
    [
        ([{"question": "gender", "answer": "a"}, {"question": "gender", "answer": "b"}], ["preference"]),
        ([{"question": "What?", "answer": "a"}], ["preference", "What?", "[key]"]),
        ([{"question": "gender", "answer": ""}], ["preference", "gender"]),
    ],
)
def test_a_preference_that_makes_no_sense(
    house: House, here: Meeting, preference: list[Json], path: list[str]
) -> None:
    given = {"program": here.program, "preference": preference}
    assert house.refused(here.mentee(), "statePreference", given)["path"] == ["input", *path]


def test_only_who_is_in_it_looks_for_its_mentors(house: House, here: Meeting) -> None:
    ada = here.mentor("Ada Y")
    document = """query ($program: ID!) {
        participants(filter: {mentorsIn: $program, text: " y"}) { nodes { id } } }"""
    found = [
        [one["id"] for one in house.ask(caller, document, program=here.program)["participants"]["nodes"]]
        for caller in (here.mentee(), here.fay, house.registrar, house.person("Stranger"))
    ]
    assert found == [[ada.id], [ada.id], [ada.id], []]
    full = meeting(house)
    full.capacity(menteesPerMentor=1, hoursAMonth=2)
    bea, cleo, noor = full.mentor("Bea Y"), full.mentor("Cleo Y"), full.mentee()
    house.done(cleo, "setAvailability", {"hoursAMonth": 1, "accepting": True}, "participant { id }")
    house.done(bea, "acceptProposal", {"proposal": full.requested(noor, bea)}, "proposal { id }")
    assert house.ask(noor, document, program=full.program)["participants"]["nodes"] == []
