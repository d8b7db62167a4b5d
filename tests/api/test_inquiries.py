"""Questions to experts: from asking to rating, who reads them, and what guests from outside see."""

from typing import Any, Final
from uuid import uuid4

import pytest

from domain.permissions import Role
from tests.house import Caller, House, Json, key_of

SHOWN: Final = """inquiry { id state version topics sessionWished declineReason rating comment endedAt
  expert { name } asker { name } words { kind text by { name } } session { kind state } }"""
ONE: Final = "query ($id: ID!) { inquiry(id: $id) { words { text } } node(id: $id) { id } }"


@pytest.fixture(scope="module")
def ada(house: House) -> Caller:
    return expert(house, "Ada")


@pytest.fixture(scope="module")
def noor(house: House) -> Caller:
    return house.person("Noor")


def expert(house: House, name: str) -> Caller:
    person = house.person(name)
    house.done(person, "listAsExpert", {"headline": "Ask me", "topics": ["Go"]}, "participant { id }")
    return person


def asked(house: House, who: Caller, whom: Caller, **more: Any) -> str:
    given = {"expert": whom.id, "text": "How do I delegate?", "topics": ["Go"], **more}
    found: str = house.done(who, "askExpert", given, "inquiry { id }")["inquiry"]["id"]
    return found


def told(house: House, who: Caller, command: str, inquiry: str, **more: Any) -> Json:
    shown: Json = house.done(who, command, {"inquiry": inquiry, **more}, SHOWN)["inquiry"]
    return shown


def test_a_question_is_asked_answered_led_to_a_session_and_rated(
    house: House, ada: Caller, noor: Caller
) -> None:
    inquiry = asked(house, noor, ada)
    told(house, ada, "answerInquiry", inquiry, text="Begin small.")
    further = told(house, noor, "followUpInquiry", inquiry, text="Shall we meet?", session=True)
    assert (further["state"], further["sessionWished"]) == ("WAITING", True)
    agreed = house.done(
        ada, "agreeSession", {"inquiry": inquiry}, f"{SHOWN} mentorship {{ kind members {{ role }} }}"
    )
    assert agreed["mentorship"] == {"kind": "FLASH", "members": [{"role": "MENTOR"}, {"role": "MENTEE"}]}
    told(house, ada, "answerInquiry", inquiry, text="Gladly.")
    told(house, noor, "rateInquiry", inquiry, rating=4)
    told(house, noor, "closeInquiry", inquiry)
    shown = told(house, noor, "rateInquiry", inquiry, rating=5, comment="Good")
    assert shown.pop("endedAt")
    assert shown == {
        "id": inquiry,
        "state": "CLOSED",
        "version": 8,
        "topics": ["Go"],
        "sessionWished": True,
        "declineReason": None,
        "rating": 5,
        "comment": "Good",
        "expert": {"name": "Ada"},
        "asker": {"name": "Noor"},
        "words": [
            {"kind": "QUESTION", "text": "How do I delegate?", "by": {"name": "Noor"}},
            {"kind": "ANSWER", "text": "Begin small.", "by": {"name": "Ada"}},
            {"kind": "FURTHER_QUESTION", "text": "Shall we meet?", "by": {"name": "Noor"}},
            {"kind": "ANSWER", "text": "Gladly.", "by": {"name": "Ada"}},
        ],
        "session": {"kind": "FLASH", "state": "RUNNING"},
    }
    assert house.refused(noor, "followUpInquiry", {"inquiry": inquiry, "text": "And?"})["code"] == (
        "INQUIRY_HAS_ENDED"
    )


def test_agreeing_again_is_the_same_session(house: House, ada: Caller, noor: Caller) -> None:
    inquiry, key = asked(house, noor, ada, session=True), str(uuid4())
    first = house.done(ada, "agreeSession", {"inquiry": inquiry, "idempotencyKey": key})
    head = house.store.head()
    again = house.done(ada, "agreeSession", {"inquiry": inquiry, "idempotencyKey": key})
    house.done(ada, "agreeSession", {"inquiry": inquiry}, "mentorship { id }")
    assert (first["position"], house.store.head()) == (again["position"], head)


def test_a_repeated_key_is_one_question(house: House, ada: Caller, noor: Caller) -> None:
    given = {"expert": ada.id, "text": "How?", "idempotencyKey": str(uuid4())}
    first, again = (house.done(noor, "askExpert", given, "inquiry { id }") for _ in range(2))
    assert first == again
    other = house.tell(noor, "askExpert", {**given, "text": "Why?"})
    assert [error["code"] for error in other["errors"]] == ["COMMAND_REUSED"]


def test_an_expert_declines(house: House, ada: Caller, noor: Caller) -> None:
    declined = told(house, ada, "declineInquiry", asked(house, noor, ada), reason="No idea.")
    assert (declined["state"], declined["declineReason"]) == ("DECLINED", "No idea.")
    assert told(house, ada, "declineInquiry", asked(house, noor, ada))["declineReason"] is None


def test_only_the_two_read_it(house: House, ada: Caller, noor: Caller) -> None:
    inquiry = asked(house, noor, ada)
    for reader in (ada, noor):
        found = house.ask(reader, ONE, id=inquiry)
        assert found == {"inquiry": {"words": [{"text": "How do I delegate?"}]}, "node": {"id": inquiry}}
    colleague = house.person("Max")
    assert house.ask(colleague, ONE, id=inquiry) == {"inquiry": None, "node": None}
    assert house.ask(colleague, "{ inquiries { totalCount } }") == {"inquiries": {"totalCount": 0}}
    for staff in (Role.ORGANISATION_ADMIN, Role.AUDITOR):
        denied = house.answer(house.caller(staff), ONE, {"id": inquiry})
        assert {error["extensions"]["code"] for error in denied["errors"]} == {"FORBIDDEN"}
    for command in ("answerInquiry", "followUpInquiry"):
        refused = house.refused(colleague, command, {"inquiry": inquiry, "text": "So."})
        assert refused["code"] == "FORBIDDEN"


def test_each_finds_what_waits(house: House, noor: Caller) -> None:
    kai = expert(house, "Kai")
    first, second = (asked(house, noor, kai) for _ in range(2))
    told(house, kai, "answerInquiry", first, text="So.")
    document = """query ($kai: ID!, $states: [InquiryState!]) {
      inquiries(filter: {expert: $kai, states: $states}) { nodes { id } } }"""
    for reader in (kai, noor):
        found = house.ask(reader, document, kai=kai.id)["inquiries"]["nodes"]
        assert [one["id"] for one in found] == [second, first]
        found = house.ask(reader, document, kai=kai.id, states=["WAITING"])["inquiries"]["nodes"]
        assert [one["id"] for one in found] == [second]


def test_ten_questions_wait_at_most(house: House, ada: Caller) -> None:
    max_ = house.person("Max")
    first, *_ = (asked(house, max_, ada) for _ in range(10))
    refused = house.refused(max_, "askExpert", {"expert": ada.id, "text": "How?"})
    assert refused["code"] == "TOO_MANY_QUESTIONS_WAIT"
    told(house, max_, "closeInquiry", first)
    asked(house, max_, ada)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expert": "bad"}, "BAD_ID"),
        ({"text": " "}, "STRING_TOO_SHORT"),
        ({"text": "x" * 10_001}, "STRING_TOO_LONG"),
        ({"topics": ["x"] * 21}, "TOO_LONG"),
    ],
)
def test_bad_input_is_refused_by_its_place(
    house: House, ada: Caller, noor: Caller, change: Json, code: str
) -> None:
    refused = house.refused(noor, "askExpert", {"expert": ada.id, "text": "How?", **change})
    assert (refused["code"], refused["path"][:2]) == (code, ["input", *change])


def test_nobody_asks_who_is_no_expert_or_themself(house: House, ada: Caller, noor: Caller) -> None:
    refused = house.refused(noor, "askExpert", {"expert": house.person("Max").id, "text": "How?"})
    assert refused["code"] == "EXPERT_IS_NOT_LISTED"
    assert (
        house.refused(ada, "askExpert", {"expert": ada.id, "text": "How?"})["code"] == "NOBODY_ASKS_THEMSELF"
    )


def test_what_does_not_exist_is_nobodys(house: House, noor: Caller, ada: Caller) -> None:
    for stranger in (ada.id, "bad"):
        refused = house.refused(noor, "closeInquiry", {"inquiry": stranger})
        assert (refused["code"], refused["path"]) == ("BAD_ID", ["input", "inquiry"])


PEOPLE: Final = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Participant { name } }
  participants { nodes { name } totalCount } }"""


def invited(house: House, **more: Any) -> tuple[Caller, Json]:
    given = {"name": "Gus", "email": "gus@example.com", "until": "2999-01-01", "topics": ["Engines"], **more}
    selection = "participant { id guestInvitation { until headline topics } source }"
    made = house.done(house.registrar, "inviteGuest", given, selection)["participant"]
    return house.caller(Role.GUEST, participant=key_of(made["id"])), made


def test_a_guest_is_found_once_they_have_accepted_themself(house: House, noor: Caller) -> None:
    gus, made = invited(house, headline="Knows engines")
    assert (made["source"], made["guestInvitation"]) == (
        "guest",
        {"until": "2999-01-01", "headline": "Knows engines", "topics": ["Engines"]},
    )
    document = "{ directory(filter: {guests: true}) { nodes { headline guest participant { id } } } }"
    assert house.ask(noor, document)["directory"]["nodes"] == []
    listing = {"headline": "Ask me of engines", "topics": ["Engines"]}
    given = {"participant": gus.id, **listing}
    assert house.refused(house.registrar, "listAsExpert", given)["code"] == "GUEST_LISTS_THEMSELF"
    house.done(gus, "listAsExpert", listing, "participant { expertHeadline }")
    shown = {"headline": "Ask me of engines", "guest": True, "participant": {"id": gus.id}}
    assert house.ask(noor, document)["directory"]["nodes"] == [shown]
    house.done(gus, "markParticipantLeft", {"participant": gus.id}, "participant { id }")
    assert house.ask(noor, document)["directory"]["nodes"] == []


def test_a_guest_sees_themself_and_whom_they_have_to_do_with(house: House, ada: Caller) -> None:
    gus, _ = invited(house)
    zoe = house.person("Zoe")
    known, unknown = {"name": "Gus"}, {"nodes": [{"name": "Gus"}], "totalCount": 1}
    before = house.ask(gus, PEOPLE, ids=[gus.id, zoe.id, ada.id])
    assert before == {"nodes": [known, None, None], "participants": unknown}
    house.done(gus, "listAsExpert", {"headline": "Ask me", "topics": ["Go"]})
    inquiry = asked(house, zoe, gus, session=True)
    after = house.ask(gus, PEOPLE, ids=[gus.id, zoe.id, ada.id])
    assert after["nodes"] == [known, {"name": "Zoe"}, None]
    assert after["participants"]["totalCount"] == 2
    shown = told(house, gus, "answerInquiry", inquiry, text="So.")
    assert shown["asker"] == {"name": "Zoe"}
    house.done(gus, "agreeSession", {"inquiry": inquiry}, "mentorship { id }")
    own = "query ($me: ID!) { participant(id: $me) { email sources demographics } }"
    assert house.ask(gus, own, me=gus.id)["participant"]["email"] == "gus@example.com"
    contact = house.ask(gus, "query ($zoe: ID!) { participant(id: $zoe) { email sources } }", zoe=zoe.id)
    assert contact == {"participant": {"email": None, "sources": None}}


def test_an_invitation_is_changed_and_ends(house: House) -> None:
    gus, _ = invited(house, until="2999-01-01")
    _, made = invited(house, participant=gus.id, until="2998-01-01")
    assert (made["id"], made["guestInvitation"]["until"]) == (gus.id, "2998-01-01")
    for change, code in (
        ({"until": "2001-01-01"}, "INVITATION_IS_OVER"),
        ({"email": "nowhere"}, "VALUE_ERROR"),
        ({"name": ""}, "STRING_TOO_SHORT"),
        ({"participant": "bad"}, "BAD_ID"),
        ({"headline": "x" * 201}, "STRING_TOO_LONG"),
        ({"topics": ["x"] * 21}, "TOO_LONG"),
    ):
        given = {"name": "Gil", "email": "gil@example.com", "until": "2999-01-01", **change}
        assert house.refused(house.registrar, "inviteGuest", given)["code"] == code


def test_nobody_is_led_into_a_session_with_whom_they_avoid_by_now(house: House) -> None:
    bea, lou = expert(house, "Bea"), house.person("Lou")
    inquiry = asked(house, lou, bea, session=True)
    house.done(lou, "avoidPerson", {"person": bea.id})
    refused = house.refused(bea, "agreeSession", {"inquiry": inquiry})
    assert refused["code"] == "SESSION_IS_NOT_POSSIBLE"
    assert "avoid" not in refused["message"]
    told(house, bea, "answerInquiry", inquiry, text="Begin small.")
