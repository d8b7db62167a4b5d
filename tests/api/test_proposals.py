"""Proposals from the first word to the last: what each command does, repeats and refuses."""

from typing import Any
from uuid import uuid4

import pytest

from api.relay import global_id
from tests.api.meeting import PAIR, PROPOSAL, Meeting, meeting
from tests.house import Caller, House, Json

ANSWERED = "proposal { id state members { role acceptedAt declinedAt } } mentorship { id kind }"
PARTS = "proposal { state mode rank words relationship members { role participant { id } acceptedAt } }"


@pytest.fixture(scope="module")
def here(house: House) -> Meeting:
    return meeting(house)


def code(error: Json) -> str:
    found: str = error["code"]
    return found


def test_a_mentee_asks_a_mentor_who_accepts(house: House, here: Meeting) -> None:
    ada, noor, head = here.mentor(), here.mentee(), house.store.head()
    made = house.done(noor, "requestMentor", here.request(ada, words="Please"), PROPOSAL + PARTS)
    told = made["proposal"]
    assert (told["state"], told["mode"], told["rank"], told["words"]) == (
        "WAITING", "SELF_DIRECTED", None, "Please",
    )  # fmt: skip
    assert [(one["role"], one["participant"]["id"]) for one in told["members"]] == [
        ("MENTOR", ada.id),
        ("MENTEE", noor.id),
    ]
    assert [bool(one["acceptedAt"]) for one in told["members"]] == [False, True]
    assert here.names(head) == ["proposal.made", "proposal.accepted", "enrollment.request_opened"]
    head = house.store.head()
    accepted = house.done(ada, "acceptProposal", {"proposal": told["id"]}, ANSWERED)
    assert accepted["proposal"]["state"] == "CONFIRMED"
    assert accepted["mentorship"]["kind"] == "ONE_TO_ONE"
    assert sorted(here.names(head)) == [
        "enrollment.place_reserved",
        "enrollment.place_reserved",
        "enrollment.request_closed",
        "mentorship.began",
        "proposal.accepted",
        "proposal.confirmed",
    ]


def test_a_facilitator_proposes_two_people_who_both_accept(house: House, here: Meeting) -> None:
    ada, noor = here.mentor(), here.mentee()
    made = house.done(here.fay, "proposePair", here.pair(ada, noor), PROPOSAL + PARTS)
    told = made["proposal"]
    assert (told["mode"], told["rank"], told["relationship"]) == ("FACILITATOR", None, "pair")
    first = house.done(noor, "acceptProposal", {"proposal": told["id"]}, ANSWERED)
    assert (first["proposal"]["state"], first["mentorship"]) == ("WAITING", None)
    last = house.done(ada, "acceptProposal", {"proposal": told["id"]}, ANSWERED)
    assert last["proposal"]["state"] == "CONFIRMED"
    document = """query ($id: ID!) { mentorship(id: $id) {
        state plannedEnd proposal { id } members { role participant { id } } program { id } } }"""
    found = house.ask(noor, document, id=last["mentorship"]["id"])["mentorship"]
    assert (found["state"], found["proposal"]["id"]) == ("RUNNING", told["id"])
    assert [one["participant"]["id"] for one in found["members"]] == [ada.id, noor.id]


def test_a_mentor_asks_before_deciding_and_declines_with_a_reason(house: House, here: Meeting) -> None:
    ada, noor = here.mentor(), here.mentee()
    proposal = {"proposal": here.requested(noor, ada)}
    seen = house.done(ada, "markProposalViewed", proposal, "proposal { members { viewedAt } }")
    assert [bool(one["viewedAt"]) for one in seen["proposal"]["members"]] == [True, False]
    words = "proposal { question answer askedBy { role } answeredBy { role } }"
    asked = house.done(ada, "requestProposalInformation", {**proposal, "question": "Why me?"}, words)
    assert asked["proposal"] == {
        "question": "Why me?", "answer": None, "askedBy": {"role": "MENTOR"}, "answeredBy": None,
    }  # fmt: skip
    told = house.done(noor, "giveProposalInformation", {**proposal, "answer": "You know."}, words)
    assert (told["proposal"]["answer"], told["proposal"]["answeredBy"]) == ("You know.", {"role": "MENTEE"})
    given = {**proposal, "reason": "No time", "forGood": True}
    declined = house.done(ada, "declineProposal", given, ANSWERED)
    assert (declined["proposal"]["state"], declined["mentorship"]) == ("DECLINED", None)
    again = house.refused(noor, "requestMentor", here.request(ada))
    assert code(again) == "MENTOR_ACCEPTS_NOBODY"
    assert code(house.refused(here.fay, "proposePair", here.pair(ada, noor))) == "PAIR_IS_BARRED"


def test_who_asked_takes_it_back_and_so_does_the_staff(house: House, here: Meeting) -> None:
    ada, noor, lin = here.mentor(), here.mentee(), here.mentee("Lin")
    own, other = here.requested(noor, ada), here.proposed(ada, lin)
    assert code(house.refused(ada, "withdrawProposal", {"proposal": own})) == "FORBIDDEN"
    assert code(house.refused(lin, "withdrawProposal", {"proposal": other})) == "FORBIDDEN"
    head = house.store.head()
    house.done(noor, "withdrawProposal", {"proposal": own})
    house.done(here.fay, "withdrawProposal", {"proposal": other})
    assert here.names(head) == ["proposal.withdrawn", "enrollment.request_closed", "proposal.withdrawn"]


def test_repeating_a_wish_appends_nothing(house: House, here: Meeting) -> None:
    ada, noor, lin, max_ = here.mentor(), here.mentee(), here.mentee("Lin"), here.mentee("Max")
    asked, other, third = here.requested(noor, ada), here.proposed(ada, lin), here.requested(max_, ada)
    calls: list[tuple[Caller, str, Json]] = [
        (noor, "requestMentor", here.request(ada)),
        (here.fay, "proposePair", here.pair(ada, lin)),
        (ada, "markProposalViewed", {"proposal": asked}),
        (ada, "requestProposalInformation", {"proposal": asked, "question": "Why?"}),
        (noor, "giveProposalInformation", {"proposal": asked, "answer": "So."}),
        (ada, "acceptProposal", {"proposal": asked}),
        (lin, "declineProposal", {"proposal": other}),
        (max_, "withdrawProposal", {"proposal": third}),
    ]
    for caller, command, given in calls:
        house.done(caller, command, given)
        head = house.store.head()
        repeated = house.done(caller, command, given, "proposal { id }")
        assert (command, house.store.head()) == (command, head)
        assert repeated["proposal"]["id"] in {asked, other, third}


def test_a_repeated_key_answers_with_the_first_receipt(house: House, here: Meeting) -> None:
    ada, noor, lin = here.mentor(), here.mentee(), here.mentee("Lin")
    key = {"idempotencyKey": str(uuid4())}
    given = here.request(ada, words="  Please ", **key)
    first = house.done(noor, "requestMentor", given, PROPOSAL)
    proposal = {"proposal": first["proposal"]["id"]}
    assert house.done(noor, "requestMentor", given, PROPOSAL) == first
    other = house.refused(noor, "requestMentor", {**given, "words": "At once"})
    assert (code(other), other["path"]) == ("COMMAND_REUSED", ["input", "idempotencyKey"])
    said = house.done(ada, "acceptProposal", {**proposal, **key}, ANSWERED)
    assert house.done(ada, "acceptProposal", {**proposal, **key}, ANSWERED) == said
    second = {"proposal": here.requested(lin, ada)}
    assert code(house.refused(ada, "acceptProposal", {**second, **key})) == "COMMAND_REUSED"
    key = {"idempotencyKey": str(uuid4())}
    no = {**second, **key, "reason": "No time"}
    declined = house.done(ada, "declineProposal", no)
    assert house.done(ada, "declineProposal", no) == declined
    assert code(house.refused(ada, "declineProposal", {**no, "reason": "Other"})) == "COMMAND_REUSED"
    assert house.done(noor, "requestMentor", given)["position"] == first["position"]


def test_who_has_asked_cannot_ask_for_the_same_in_other_words(house: House, here: Meeting) -> None:
    ada, noor = here.mentor(), here.mentee()
    here.requested(noor, ada, words="Please")
    assert code(house.refused(noor, "requestMentor", here.request(ada, words="Now"))) == "ALREADY_ASKED"
    house.done(noor, "requestMentor", here.request(ada, words="Please "))


def answer(house: House, caller: Caller, command: str, proposal: str, **more: Any) -> str:
    return code(house.refused(caller, command, {"proposal": proposal, **more}))


def test_what_has_ended_cannot_be_answered(house: House, here: Meeting) -> None:
    ada, noor = here.mentor(), here.mentee()
    proposal = here.requested(noor, ada)
    assert answer(house, noor, "declineProposal", proposal) == "ALREADY_ACCEPTED"
    assert answer(house, ada, "giveProposalInformation", proposal, answer="So.") == "NOTHING_WAS_ASKED"
    house.done(noor, "withdrawProposal", {"proposal": proposal})
    assert answer(house, ada, "acceptProposal", proposal) == "PROPOSAL_HAS_ENDED"
    assert answer(house, ada, "declineProposal", proposal) == "PROPOSAL_HAS_ENDED"
    ended = answer(house, ada, "requestProposalInformation", proposal, question="Why?")
    assert ended == "PROPOSAL_HAS_ENDED"
    house.done(ada, "markProposalViewed", {"proposal": proposal})
    second = here.requested(noor, ada)
    house.done(ada, "acceptProposal", {"proposal": second})
    assert answer(house, here.fay, "withdrawProposal", second) == "PROPOSAL_HAS_ENDED"


def test_strangers_and_what_is_not_there(house: House, here: Meeting) -> None:
    ada, noor, lin = here.mentor(), here.mentee(), here.mentee("Lin")
    proposal = here.requested(noor, ada)
    for command in ("markProposalViewed", "acceptProposal", "declineProposal", "withdrawProposal"):
        assert answer(house, lin, command, proposal) == "FORBIDDEN"
        nowhere = house.refused(noor, command, {"proposal": global_id("Proposal", uuid4())})
        assert code(nowhere) == "FORBIDDEN"
    unknown = {"proposal": global_id("Proposal", uuid4())}
    missing = house.refused(house.registrar, "withdrawProposal", unknown)
    assert (code(missing), missing["path"]) == ("NOT_FOUND", ["input", "proposal"])


def test_places_and_requests_are_limited(house: House) -> None:
    here = meeting(house)
    here.capacity(menteesPerMentor=1, mentorsPerMentee=1, openRequests=1)
    ada, zoe, kai = here.mentor(), here.mentor("Zoe"), here.mentor("Kai")
    noor, lin = here.mentee(), here.mentee("Lin")
    first = here.requested(noor, ada)
    assert code(house.refused(noor, "requestMentor", here.request(zoe))) == "TOO_MANY_REQUESTS"
    house.done(ada, "acceptProposal", {"proposal": first})
    assert code(house.refused(lin, "requestMentor", here.request(ada))) == "MENTOR_IS_FULL"
    assert code(house.refused(here.fay, "proposePair", here.pair(kai, noor))) == "MENTEE_IS_FULL"


def test_a_mentor_with_no_hours_or_no_wish_for_more_is_not_asked(house: House, here: Meeting) -> None:
    ada, zoe, noor = here.mentor(), here.mentor("Zoe"), here.mentee()
    house.done(ada, "setAvailability", {"hoursAMonth": 1, "accepting": True})
    house.done(zoe, "setAvailability", {"hoursAMonth": 9, "accepting": False})
    assert code(house.refused(noor, "requestMentor", here.request(ada))) == "MENTOR_HAS_NO_HOURS"
    assert code(house.refused(noor, "requestMentor", here.request(zoe))) == "MENTOR_ACCEPTS_NOBODY"


def test_everybody_takes_part_on_their_own_side(house: House, here: Meeting) -> None:
    ada, noor, stranger = here.mentor(), here.mentee(), house.person("Stranger")
    for caller, mentor in ((noor, stranger), (stranger, ada), (ada, noor)):
        assert code(house.refused(caller, "requestMentor", here.request(mentor))) == "NOT_ON_THAT_SIDE"
    assert code(house.refused(noor, "requestMentor", here.request(noor))) == "NOBODY_MENTORS_THEMSELF"
    house.done(ada, "pauseEnrollment", {"enrollment": here.parts[ada.id], "until": "2999-01-01"})
    assert code(house.refused(noor, "requestMentor", here.request(ada))) == "ENROLLMENT_IS_PAUSED"


def test_only_what_the_programme_offers(house: House) -> None:
    here = meeting(house, modes=["ADMINISTRATOR"])
    ada, noor = here.mentor(), here.mentee()
    assert code(house.refused(noor, "requestMentor", here.request(ada))) == "MODE_IS_NOT_OFFERED"
    assert code(house.refused(here.fay, "proposePair", here.pair(ada, noor))) == "MODE_IS_NOT_OFFERED"
    here.configure()
    unknown = house.refused(noor, "requestMentor", here.request(ada, relationship="circle"))
    assert code(unknown) == "RELATIONSHIP_IS_UNKNOWN"
    two = {**here.pair(ada, noor), "mentees": [noor.id, here.mentee("Lin").id]}
    assert code(house.refused(here.fay, "proposePair", two)) == "SIZES_DO_NOT_FIT"
    for command in ("closeProgram", "windDownProgram"):
        house.done(here.sam, command, {"program": here.program})
    assert code(house.refused(noor, "requestMentor", here.request(ada))) == "PROGRAM_IS_WOUND_DOWN"


def test_no_relationship_begins_without_a_type(house: House, here: Meeting) -> None:
    sam, fay = here.sam, here.fay
    made = house.done(house.registrar, "draftProgram", {"name": "Bare"}, "program { id }")
    given = {"program": made["program"]["id"], "mentors": [sam.id], "mentees": [fay.id]}
    assert code(house.refused(house.registrar, "proposePair", given)) == "RELATIONSHIP_IS_UNKNOWN"


@pytest.mark.parametrize(
    ("rule", "because"),
    [
        ("NOT_SAME_DEPARTMENT", "they work in the same department"),
        ("SHARED_LANGUAGE", "they share no language"),
        ("MENTOR_IS_SENIOR", "the mentor is not senior enough"),
    ],
)
def test_hard_rules_are_told_by_name(house: House, here: Meeting, rule: str, because: str) -> None:
    here.configure(hardRules=[rule])
    try:
        record = {"department": "Research", "jobTitle": "Engineer"}
        ada = here.mentor(languages=["en"], **record)
        noor = here.mentee(languages=["de"], **record)
        for caller, command, given in (
            (noor, "requestMentor", here.request(ada)),
            (here.fay, "proposePair", here.pair(ada, noor)),
        ):
            refused = house.refused(caller, command, given)
            assert code(refused) == "PAIR_IS_BARRED"
            assert because in refused["message"]
    finally:
        here.configure()


def test_a_rule_of_the_programme_itself_is_told_without_its_words(house: House, here: Meeting) -> None:
    here.configure(pairRules=[{"id": "same-city", "mentor": 'location == "Lagos"'}])
    try:
        refused = house.refused(here.mentee(), "requestMentor", here.request(here.mentor()))
        assert refused["message"].endswith("one of its own rules does not let them.")
    finally:
        here.configure()


GROUP = {"id": "group", "kind": "GROUP", "name": "Group", "mentors": {"least": 1, "most": 2}}


def test_a_group_begins_when_those_who_stay_have_agreed(house: House) -> None:
    here = meeting(house)
    types = [PAIR, GROUP]
    house.done(here.sam, "setRelationshipTypes", {"program": here.program, "types": types})
    ada, people = here.mentor(), [here.mentee(name) for name in ("Noor", "Lin", "Max")]
    given = {
        "program": here.program,
        "mentors": [ada.id],
        "mentees": [one.id for one in people],
        "relationship": "group",
    }
    proposal = house.done(here.fay, "proposePair", given, PROPOSAL)["proposal"]["id"]
    for caller in (ada, *people[:2]):
        house.done(caller, "acceptProposal", {"proposal": proposal})
    declined = house.done(people[2], "declineProposal", {"proposal": proposal}, ANSWERED)
    assert (declined["proposal"]["state"], declined["mentorship"]) == ("CONFIRMED", None)
    begun = house.done(ada, "acceptProposal", {"proposal": proposal}, ANSWERED)
    assert begun["mentorship"]["kind"] == "GROUP"


def test_nobody_has_to_stay_in_a_group_because_another_cannot_begin(house: House) -> None:
    here = meeting(house)
    here.capacity(menteesPerMentor=1)
    types = [PAIR, GROUP]
    house.done(here.sam, "setRelationshipTypes", {"program": here.program, "types": types})
    ada, people = here.mentor(), [here.mentee(name) for name in ("Noor", "Lin", "Max", "Eve")]
    given = {**here.pair(ada, people[0]), "mentees": [one.id for one in people[:3]], "relationship": "group"}
    proposal = house.done(here.fay, "proposePair", given, PROPOSAL)["proposal"]["id"]
    for caller in (ada, *people[:2]):
        house.done(caller, "acceptProposal", {"proposal": proposal})
    house.done(ada, "acceptProposal", {"proposal": here.requested(people[3], ada)})
    declined = house.done(people[2], "declineProposal", {"proposal": proposal}, ANSWERED)
    assert (declined["proposal"]["state"], declined["mentorship"]) == ("WAITING", None)
    assert answer(house, people[0], "declineProposal", proposal) == "ALREADY_ACCEPTED"


EXPLAINED = """proposal { id explanation { score menteeScore mentorScore answered asked rank eligible
    parts { criterion score weight } alternatives { score rank participant { id } }
    barred { rule count } } }"""


def test_a_facilitators_proposal_tells_its_place_among_all(house: House) -> None:
    weights = [{"criterion": "COMPETENCIES", "parts": 10_000}]
    here = meeting(house, weights=weights, hardRules=["SHARED_LANGUAGE"])
    ada, zoe, noor = (
        here.mentor(languages=["en"]), here.mentor("Zoe", languages=["en"]), here.mentee(languages=["en"]),
    )  # fmt: skip
    silent = here.mentor("Silent", languages=["fr"])
    for who, level in ((ada, 2), (zoe, 4)):
        house.done(who, "offerCompetency", {"competency": "Python", "level": level})
    given = {"competency": "Python", "level": 4, "priority": 1}
    house.done(noor, "seekCompetency", given, "participant { id }")
    made = house.done(here.fay, "proposePair", here.pair(ada, noor), EXPLAINED)["proposal"]
    told = made["explanation"]
    assert (told["score"], told["rank"], told["eligible"]) == (5_000, 2, 2)
    assert told["parts"] == [{"criterion": "COMPETENCIES", "score": 5_000, "weight": 10_000}]
    assert told["alternatives"] == [{"score": 10_000, "rank": 1, "participant": {"id": zoe.id}}]
    assert told["barred"] == [{"rule": "shared_language", "count": 1}]
    assert silent.participant
    own = house.done(noor, "requestMentor", here.request(zoe), EXPLAINED)["proposal"]["explanation"]
    assert (own["score"], own["rank"], own["alternatives"]) == (10_000, None, [])
    assert (own["answered"], own["asked"]) == (1, 1)


def test_of_more_people_than_can_be_read_only_the_two_are_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.pair_score.MOST_READ", 1)
    here = meeting(house)
    made = house.done(here.fay, "proposePair", here.pair(here.mentor(), here.mentee()), EXPLAINED)
    assert made["proposal"]["explanation"]["rank"] is None


def test_a_reason_and_a_list_of_people_have_their_limits(house: House, here: Meeting) -> None:
    ada, noor = here.mentor(), here.mentee()
    proposal = {"proposal": here.requested(noor, ada)}
    for reason in ("", " ", "x" * 10_001):
        bad = house.refused(ada, "declineProposal", {**proposal, "reason": reason})
        assert (bad["__typename"], bad["path"]) == ("InputError", ["input", "reason"])
    twice = {**here.pair(ada, noor), "mentees": [noor.id, noor.id]}
    bad = house.refused(here.fay, "proposePair", twice)
    assert (bad["__typename"], bad["path"]) == ("InputError", ["input", "mentees"])
    nobody = {**here.pair(ada, noor), "mentees": [], "mentors": []}
    assert code(house.refused(here.fay, "proposePair", nobody)) == "SIZES_DO_NOT_FIT"
