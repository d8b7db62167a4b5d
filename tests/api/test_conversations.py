"""What members say to each other through the API: written, quoted, taken back, asked, answered, accepted."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from api.relay import global_id
from domain.ids import MentorshipId, ParticipantId, conversation_id
from domain.mentorship import Began, Concluded, MemberJoined, MemberLeft, Outcome
from domain.permissions import Role
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from tests.house import Caller, House, Json
from tests.projections.given import eventually, happened

GROUP: Final = RelationshipType(id="group", kind=Kind.GROUP, name="Group")
MANY: Final = 200


@dataclass(frozen=True)
class Group:
    house: House
    key: MentorshipId
    members: tuple[Caller, ...]

    @property
    def id(self) -> str:
        return global_id("Mentorship", self.key)

    def given(self, **words: Any) -> Json:
        return {"mentorship": self.id, **words}

    def send(self, who: Caller, text: str, **more: Any) -> str:
        payload = self.house.done(
            who, "sendMessage", self.given(text=text, **more), "message { messageId text }"
        )
        assert payload["message"]["text"] == text
        message: str = payload["message"]["messageId"]
        return message

    def question(self, who: Caller, text: str = "How?") -> str:
        asked = self.house.done(who, "askQuestion", self.given(text=text), "question { questionId }")
        question: str = asked["question"]["questionId"]
        return question

    def answer(self, who: Caller, question: str, text: str = "So.") -> str:
        given = self.given(question=question, text=text)
        answered = self.house.done(who, "answerQuestion", given, "answer { answerId }")
        answer: str = answered["answer"]["answerId"]
        return answer

    def asked(self, who: Caller, selection: str) -> Any:
        query = f"query ($id: ID!) {{ mentorship(id: $id) {{ conversation {{ {selection} }} }} }}"
        return self.house.ask(who, query, id=self.id)["mentorship"]["conversation"]


def begin(house: House, *members: Caller) -> Group:
    people = [ParticipantId(one.participant) for one in members if one.participant]
    sides = [Member(participant=who, role=Side.MENTEE if n else Side.MENTOR) for n, who in enumerate(people)]
    key = MentorshipId(uuid4())
    began = Began(settings_version=1, type=GROUP, members=tuple(sides[:2]), planned_end=date(2999, 1, 1))
    happened(house.store, key, began, *(MemberJoined(member=one) for one in sides[2:]))
    return Group(house, key, members)


@pytest.fixture
def group(house: House) -> Group:
    return begin(house, *(house.person(name) for name in ("Ada", "Noor", "Lin")))


def test_the_newest_come_first_and_the_next_page_goes_on_from_there(group: Group) -> None:
    ada, noor, _ = group.members
    for number in range(5):
        group.send((ada, noor)[number % 2], f"Message {number}")
    page = "messages(first: 2%s) { totalCount nodes { text by { name } } pageInfo { endCursor hasNextPage } }"
    first = group.asked(noor, page % "")["messages"]
    assert first["totalCount"] == 5
    assert first["nodes"][0] == {"text": "Message 4", "by": {"name": "Ada"}}
    cursor = first["pageInfo"]["endCursor"]
    second = group.asked(noor, page % f', after: "{cursor}"')["messages"]
    assert [one["text"] for one in second["nodes"]] == ["Message 2", "Message 1"]
    assert second["pageInfo"]["hasNextPage"]


def test_a_reply_quotes_what_it_replies_to_until_that_is_withdrawn(group: Group) -> None:
    ada, noor, _ = group.members
    hello = group.send(ada, "Hello")
    group.send(noor, "Welcome", replyTo=hello)
    quote = "messages(first: 1) { nodes { replyTo { saidId kind text by { name } } } }"
    said = {"saidId": hello, "kind": "MESSAGE", "by": {"name": "Ada"}}
    assert group.asked(noor, quote)["messages"]["nodes"] == [{"replyTo": {**said, "text": "Hello"}}]
    gone = group.given(message=hello)
    payload = group.house.done(ada, "withdrawMessage", gone, "withdrawn { saidId text withdrawnAt }")
    assert payload["withdrawn"]["text"] is None
    assert payload["withdrawn"]["withdrawnAt"] is not None
    assert group.asked(noor, quote)["messages"]["nodes"] == [{"replyTo": {**said, "text": None}}]
    assert group.house.done(ada, "withdrawMessage", gone)["position"] is not None
    refused = group.house.refused(noor, "sendMessage", group.given(text="Why?", replyTo=hello))
    assert refused["code"] == "MESSAGE_IS_WITHDRAWN"


def test_questions_by_whether_they_are_answered_and_accepted(group: Group) -> None:
    ada, noor, lin = group.members
    open_, answered, accepted = (group.question(noor, text) for text in ("Why?", "How?", "When?"))
    group.answer(ada, answered)
    group.answer(lin, accepted, "Never.")
    group.house.done(noor, "acceptAnswer", group.given(answer=group.answer(ada, accepted, "Now.")))
    for words, expected in (
        ("answered: false", [open_]),
        ("answered: true", [accepted, answered]),
        ("accepted: true", [accepted]),
        ("answered: true, accepted: false", [answered]),
    ):
        found = group.asked(ada, f"questions({words}) {{ nodes {{ questionId }} }}")["questions"]
        assert [one["questionId"] for one in found["nodes"]] == expected
    one = "questions(accepted: true) { nodes { answers { nodes { text by { name } acceptedAt } } } }"
    [question] = group.asked(ada, one)["questions"]["nodes"]
    never, now = question["answers"]["nodes"]
    assert (never["text"], never["by"], never["acceptedAt"]) == ("Never.", {"name": "Lin"}, None)
    assert (now["text"], now["acceptedAt"] is None) == ("Now.", False)


OUTSIDE_LIMITS: Final[list[tuple[str, Json, list[str], str]]] = [
    ("sendMessage", {"text": " "}, ["input", "text"], "STRING_TOO_SHORT"),
    ("sendMessage", {"text": "x" * 10_001}, ["input", "text"], "STRING_TOO_LONG"),
    ("askQuestion", {"text": ""}, ["input", "text"], "STRING_TOO_SHORT"),
    ("askQuestion", {"text": "How?", "topics": ["Go", ""]}, ["input", "topics", "1"], "STRING_TOO_SHORT"),
    ("askQuestion", {"text": "How?", "topics": ["Go"] * 21}, ["input", "topics"], "TOO_LONG"),
]


@pytest.mark.parametrize(("command", "words", "path", "code"), OUTSIDE_LIMITS)
def test_words_outside_their_limits_are_refused_where_they_stand(
    group: Group, command: str, words: Json, path: list[str], code: str
) -> None:
    refused = group.house.refused(group.members[0], command, group.given(**words))
    assert (refused["path"], refused["code"]) == (path, code)


def test_what_is_not_possible_is_refused_by_name(group: Group) -> None:
    house, (ada, noor, _) = group.house, group.members
    unknown, question = str(uuid4()), group.question(noor)
    answer, message = group.answer(ada, question), group.send(ada, "Hello")
    stranger = house.person("Sam", Role.PARTICIPANT)
    for who, command, words, code in (
        (ada, "sendMessage", {"text": "Hm", "replyTo": unknown}, "NOTHING_TO_REPLY_TO"),
        (noor, "withdrawMessage", {"message": message}, "SOMEBODY_ELSE_SAID_THIS"),
        (noor, "withdrawMessage", {"message": unknown}, "MESSAGE_IS_UNKNOWN"),
        (ada, "answerQuestion", {"question": message, "text": "So."}, "QUESTION_IS_UNKNOWN"),
        (ada, "acceptAnswer", {"answer": answer}, "SOMEBODY_ELSE_ASKED"),
        (noor, "acceptAnswer", {"answer": question}, "ANSWER_IS_UNKNOWN"),
        (stranger, "sendMessage", {"text": "May I?"}, "FORBIDDEN"),
    ):
        assert house.refused(who, command, group.given(**words))["code"] == code
    nowhere = {"mentorship": global_id("Mentorship", uuid4()), "text": "Anybody?"}
    assert house.refused(ada, "sendMessage", nowhere)["code"] == "FORBIDDEN"


def test_what_was_said_stays_and_can_be_taken_back_once_it_has_ended(group: Group) -> None:
    ada, noor, _ = group.members
    message = group.send(ada, "Hello")
    happened(group.house.store, group.key, Concluded(outcome=Outcome.ACHIEVED))
    refused = group.house.refused(noor, "sendMessage", group.given(text="One more thing"))
    assert refused["code"] == "RELATIONSHIP_HAS_ENDED"
    assert group.asked(noor, "messages { nodes { text } }")["messages"]["nodes"] == [{"text": "Hello"}]
    group.house.done(ada, "withdrawMessage", group.given(message=message))


def test_who_has_left_takes_back_what_is_theirs_and_adds_nothing(group: Group) -> None:
    house, (_, noor, *_) = group.house, group.members
    message = group.send(noor, "Hello")
    link = {"title": "Delegation", "url": "https://example.org"}
    shared = house.done(noor, "shareLink", group.given(**link), "resource { id }")["resource"]["id"]
    house.done(noor, "publishResource", {"resource": shared, "to": "DIRECTORY"})
    assert noor.participant is not None
    happened(house.store, group.key, MemberLeft(participant=ParticipantId(noor.participant)))
    house.done(noor, "withdrawMessage", group.given(message=message))
    house.done(noor, "publishResource", {"resource": shared, "to": "MEMBERS"})
    assert house.refused(noor, "sendMessage", group.given(text="And"))["code"] == "FORBIDDEN"


def test_a_message_sent_again_with_its_key_is_there_once(group: Group) -> None:
    ada, key = group.members[0], str(uuid4())
    given = group.given(text="Once", idempotencyKey=key)
    first, again = (group.house.done(ada, "sendMessage", given, "message { messageId }") for _ in range(2))
    assert first == again
    other = group.house.refused(ada, "sendMessage", {**given, "text": "Twice"})
    assert other["code"] == "COMMAND_REUSED"
    assert group.asked(ada, "messages { totalCount }")["messages"] == {"totalCount": 1}


def insist(house: House, who: Caller, given: Json) -> Json:
    """A connection that breaks says nothing of what was done; the same key finds out."""
    receipts: list[Json] = []

    def answered() -> bool:
        with contextlib.suppress(httpx.TransportError):
            receipts.append(house.done(who, "sendMessage", given))
        return bool(receipts)

    eventually(answered)
    return receipts[0]


def test_two_hundred_who_speak_at_once_are_all_heard_once_and_in_order(house: House) -> None:
    people = [house.caller(Role.PARTICIPANT, participant=uuid4()) for _ in range(MANY)]
    group = begin(house, *people)

    def send(number: int) -> Json:
        given = group.given(text=f"Message {number}", idempotencyKey=str(UUID(int=number)))
        sent = insist(house, people[number], given)
        if number % 10 == 0:
            assert insist(house, people[number], given) == sent
        return sent

    with ThreadPoolExecutor(MANY) as pool:
        receipts = list(pool.map(send, range(MANY)))
    recorded = list(house.store.history(conversation_id(group.key)))
    heard = {str(one.position): (one.actor, one.event.text) for one in recorded}  # type: ignore[attr-defined]  # only messages
    assert len(recorded) == len(heard) == MANY
    assert heard == {
        receipt["position"]: (str(people[number].participant), f"Message {number}")
        for number, receipt in enumerate(receipts)
    }
    shown = group.asked(people[0], "messages(first: 100) { totalCount nodes { messageId } }")["messages"]
    assert shown["totalCount"] == MANY
    newest = [str(one.event.message) for one in reversed(recorded)]  # type: ignore[attr-defined]  # only messages
    assert [one["messageId"] for one in shown["nodes"]] == newest[:100]
