"""What comes after somebody has left is told to them by no field, and by nothing that can be filtered by."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.accompanied import Accompanied
from tests.house import Caller, House

QUESTIONS = "query ($id: ID!) { mentorship(id: $id) { conversation { questions%s { nodes { text } } } } }"
ANSWERS = """query ($id: ID!) { mentorship(id: $id) { conversation { questions(accepted: false) {
    nodes { answers { nodes { text acceptedAt } } } } } } }"""


@dataclass(frozen=True)
class Left:
    """Noor has left the group of Ada and Lin; since then two questions are settled, and Bo has come."""

    house: House
    group: str
    ada: Caller
    noor: Caller
    bo: Caller

    def questions(self, who: Caller, filters: str) -> list[str]:
        found = self.house.ask(who, QUESTIONS % f"({filters})", id=self.group)
        return [one["text"] for one in found["mentorship"]["conversation"]["questions"]["nodes"]]

    def relationships_with(self, who: Caller, other: Caller) -> list[dict[str, Any]]:
        query = f'{{ mentorships(filter: {{ participant: "{other.id}" }}) {{ nodes {{ id }} totalCount }} }}'
        found: list[dict[str, Any]] = self.house.ask(who, query)["mentorships"]["nodes"]
        return found


@pytest.fixture(scope="module")
def left(house: House) -> Left:
    here = Accompanied(house)
    ada, noor = here.meeting.mentor(), here.meeting.mentee()
    lin, bo, ola = (here.meeting.mentee(name) for name in ("Lin", "Bo", "Ola"))
    group = here.group(ada, noor, lin, ola)
    for who in (ada, noor, lin, ola):
        house.done(who, "signAgreement", {"mentorship": group})
    asked = {text: _asked(house, lin, group, text) for text in ("Why?", "How?")}
    answer = _answered(house, ada, group, asked["How?"])
    house.done(noor, "leaveMentorship", {"mentorship": group})
    _answered(house, ada, group, asked["Why?"])
    house.done(lin, "acceptAnswer", {"mentorship": group, "answer": answer})
    house.done(here.fay, "addMember", {"mentorship": group, "participant": bo.id, "role": "MENTEE"})
    return Left(house, group, ada, noor, bo)


def _asked(house: House, who: Caller, group: str, text: str) -> str:
    given = {"mentorship": group, "text": text}
    asked: str = house.done(who, "askQuestion", given, "question { questionId }")["question"]["questionId"]
    return asked


def _answered(house: House, who: Caller, group: str, question: str) -> str:
    given = {"mentorship": group, "question": question, "text": "So."}
    said: str = house.done(who, "answerQuestion", given, "answer { answerId }")["answer"]["answerId"]
    return said


def test_whether_a_question_was_answered_or_an_answer_accepted_since(left: Left) -> None:
    assert left.questions(left.ada, "answered: true") == ["How?", "Why?"]
    assert left.questions(left.ada, "accepted: true") == ["How?"]
    assert left.questions(left.noor, "answered: true") == ["How?"]
    assert left.questions(left.noor, "answered: false") == ["Why?"]
    assert left.questions(left.noor, "accepted: true") == []
    found = left.house.ask(left.noor, ANSWERS, id=left.group)["mentorship"]["conversation"]["questions"]
    assert [one["answers"]["nodes"] for one in found["nodes"]] == [[{"text": "So.", "acceptedAt": None}], []]


def test_who_has_come_since(left: Left) -> None:
    assert [one["id"] for one in left.relationships_with(left.ada, left.bo)] == [left.group]
    assert left.relationships_with(left.noor, left.bo) == []
    assert [one["id"] for one in left.relationships_with(left.noor, left.ada)] == [left.group]
