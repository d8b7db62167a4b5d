"""Conversations in the tests over every command, query and role: Ada and Lee talk in their relationship."""

from typing import Any, Final

from tests.house import House, Json

MUTATIONS: Final[dict[str, set[str]]] = {
    "withdrawMessage": {"self"},
    "sendMessage": {"self"},
    "askQuestion": {"self"},
    "answerQuestion": {"self"},
    "acceptAnswer": {"self"},
}
UNVERSIONED: Final = frozenset(MUTATIONS)
ONES_OWN: Final = frozenset(MUTATIONS)

STAFF: Final = {"facilitator", "administrator", "organisation_admin", "service", "auditor"}
QUERIES: Final[dict[str, set[str]]] = {
    "mentorship(id: $mentorship) { conversation { version } }": {"self"} | STAFF,
    "mentorship(id: $mentorship) { conversation { messages { totalCount } } }": {"self"} | STAFF,
    "mentorship(id: $mentorship) { conversation { messages { nodes { text } } } }": {"self"},
    "mentorship(id: $mentorship) { conversation { questions { nodes { text } } } }": {"self"},
    "library(first: 1, filter: {program: $met}) { nodes { entryId } }": {"self"} | (STAFF - {"auditor"}),
    "libraryTopics(filter: {program: $met}) { count }": {"self"} | (STAFF - {"auditor"}),
}


def scene(house: House, base: Any) -> dict[str, str]:
    """Ada's own words, and her question, which she has answered herself for all in the programme."""
    where, ada = {"mentorship": base.met.mentorship}, base.ada
    sent = house.done(ada, "sendMessage", {**where, "text": "Hello"}, "message { messageId }")
    how = {**where, "text": "How?", "topics": ["Go"], "sharing": "NAMED"}
    asked = house.done(ada, "askQuestion", how, "question { questionId }")
    question: str = asked["question"]["questionId"]
    answer = {**where, "question": question, "text": "So.", "sharing": "ANONYMOUS"}
    answered = house.done(ada, "answerQuestion", answer, "answer { answerId }")
    house.done(ada, "acceptAnswer", {**where, "answer": answered["answer"]["answerId"]})
    return {
        "message": sent["message"]["messageId"],
        "question": question,
        "answer": answered["answer"]["answerId"],
    }


def wishes(base: Any) -> dict[str, Json]:
    where = {"mentorship": base.met.mentorship}
    message, question, answer = (base.ids.get(word, "") for word in ("message", "question", "answer"))
    return {
        "sendMessage": {**where, "text": "Hello again", "replyTo": answer},
        "withdrawMessage": {**where, "message": message},
        "askQuestion": {**where, "text": "And then?", "topics": ["Go"], "sharing": "ANONYMOUS"},
        "answerQuestion": {**where, "question": question, "text": "So.", "sharing": "NAMED"},
        "acceptAnswer": {**where, "answer": answer},
    }
