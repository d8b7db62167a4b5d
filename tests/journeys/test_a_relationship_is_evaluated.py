"""Five pairs are asked how it goes, and at the end how it went: who answers, who reads that, what is told."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from projections.projection import connect
from tests.api.accompanied import Accompanied
from tests.house import Caller, House, Json
from tests.projections.given import eventually
from workers import reminders, surveying

WAITING: Final = (
    "{ inbox(filter: {kinds: [SURVEY]}) { nodes { about command dueAt overdue program { name } } } }"
)
TOLD: Final = "{ notifications(first: 50) { nodes { occasion } } }"
ASKED: Final = "surveys(kinds: [%s]) { nodes { state askedOf { name } questions { question rating words } } }"
RESULTS: Final = """query ($id: ID!) { program(id: $id) { surveyResults {
  forms { kind questions { question n mean suppressed words } }
  netPromoterScore { side score n } mentorEffectiveness { n mean } } } }"""
PAIRS: Final = 5

Pair = tuple[Caller, Caller, str]


@pytest.fixture(scope="module")
def here(house: House) -> Accompanied:
    return Accompanied(house)


@pytest.fixture(scope="module")
def pairs(here: Accompanied) -> list[Pair]:
    people = [(here.meeting.mentor(f"Mentor {n}"), here.meeting.mentee(f"Mentee {n}")) for n in range(PAIRS)]
    return [(mentor, mentee, here.pair(mentor, mentee)) for mentor, mentee in people]


def days_later(house: House, days: int) -> None:
    """So many days from now the workers make their rounds, until nothing is left to be done."""
    now = datetime.now(UTC) + timedelta(days=days)
    for begin in (reminders.rounds, surveying.rounds):
        with connect(house.database) as connection:
            worker = begin(connection, house.store, lambda: now)
            eventually(lambda: not worker.advance() and worker.position >= house.store.head())  # noqa: B023 used before the next round


def waits(house: House, who: Caller) -> list[Json]:
    found: list[Json] = house.ask(who, WAITING)["inbox"]["nodes"]
    return found


def answers(house: House, who: Caller, *ratings: tuple[str, int], words: str = "", choice: str = "") -> None:
    """The one survey that waits for them."""
    [survey] = waits(house, who)
    assert survey["command"] == "answerSurvey"
    given = {
        "survey": survey["about"],
        "ratings": [{"question": question, "rating": rating} for question, rating in ratings],
        "words": [{"question": "words", "text": words}] if words else [],
        "choices": [{"question": "goals", "choice": choice}] if choice else [],
    }
    house.done(who, "answerSurvey", given)
    assert waits(house, who) == []


def results(here: Accompanied, kind: str) -> tuple[Json, Json]:
    """Of one kind of survey, by question; and all that stands beside."""
    found = here.house.ask(here.sam, RESULTS, id=here.program)["program"]["surveyResults"]
    [form] = [one for one in found["forms"] if one["kind"] == kind]
    return {one["question"]: one for one in form["questions"]}, found


def after_a_month_everybody_is_asked(here: Accompanied, pairs: list[Pair]) -> None:
    house = here.house
    days_later(house, 29)
    assert waits(house, pairs[0][1]) == []
    days_later(house, 30)
    days_later(house, 30)
    for mentor, mentee, pair in pairs:
        for who in (mentor, mentee):
            [survey] = waits(house, who)
            assert survey["overdue"] is False
        found = here.shown(pair, ASKED % "FIRST", mentee)["surveys"]["nodes"]
        assert sorted(one["askedOf"]["name"][:6] for one in found) == ["Mentee", "Mentor"]


def who_has_not_answered_is_reminded_once(here: Accompanied, pairs: list[Pair]) -> None:
    house, (mentor, mentee, _) = here.house, pairs[0]
    answers(house, mentee, ("satisfaction", 4), ("mentor_effectiveness", 5), words="We meet every week.")
    days_later(house, 32)
    days_later(house, 33)
    reminded = [
        [one["occasion"] for one in house.ask(who, TOLD)["notifications"]["nodes"]]
        for who in (mentor, mentee)
    ]
    assert [told.count("SURVEY") for told in reminded] == [1, 0]


def what_one_says_is_not_for_the_other(here: Accompanied, pairs: list[Pair]) -> None:
    mentor, mentee, pair = pairs[0]
    own = ASKED % "FIRST"
    said = [
        {"question": "satisfaction", "rating": 4, "words": None},
        {"question": "mentor_effectiveness", "rating": 5, "words": None},
    ]
    for reader, read in ((mentee, True), (here.sam, True), (mentor, False)):
        nodes = here.shown(pair, own, reader)["surveys"]["nodes"]
        [found] = [one for one in nodes if one["askedOf"]["name"] == "Mentee 0"]
        assert found["state"] == "ANSWERED"
        assert (found["questions"][:2] == said) is read
        assert (found["questions"][2]["words"] is None) is not read
    entries = "history(kinds: [SURVEY]) { nodes { sentence text } }"
    told = here.shown(pair, entries, mentor)["history"]["nodes"]
    sentences = {one["sentence"].partition(" by ")[0] for one in told}
    assert "Mentee 0 answered a survey." in sentences
    assert "Mentee 0 was asked to answer a survey" in sentences
    assert {one["text"] for one in told} == {None}


def four_answers_tell_nothing_and_five_do(here: Accompanied, pairs: list[Pair]) -> None:
    for _, mentee, _ in pairs[1:4]:
        answers(here.house, mentee, ("satisfaction", 3), ("mentor_effectiveness", 3))
    questions, beside = results(here, "FIRST")
    assert {one["suppressed"] for one in questions.values()} == {True}
    assert beside["mentorEffectiveness"] == {"n": None, "mean": None}
    answers(here.house, pairs[4][1], ("satisfaction", 2), ("mentor_effectiveness", 1))
    questions, beside = results(here, "FIRST")
    assert (questions["satisfaction"]["n"], questions["satisfaction"]["mean"]) == (5, 3)
    assert questions["words"]["suppressed"]
    assert questions["words"]["words"] == []
    assert beside["mentorEffectiveness"] == {"n": 5, "mean": 3}


def unanswered_it_lapses(here: Accompanied, pairs: list[Pair]) -> None:
    house, (mentor, _, pair) = here.house, pairs[0]
    [survey] = waits(house, mentor)
    days_later(house, 45)
    assert waits(house, mentor) == []
    given = {"survey": survey["about"], "ratings": [{"question": "satisfaction", "rating": 5}]}
    assert house.refused(mentor, "answerSurvey", given)["code"] == "SURVEY_HAS_LAPSED"
    states = {one["state"] for one in here.shown(pair, ASKED % "FIRST", mentor)["surveys"]["nodes"]}
    assert states == {"ANSWERED", "LAPSED"}


def after_the_end_they_say_how_it_was(here: Accompanied, pairs: list[Pair]) -> None:
    house = here.house
    for mentor, _, pair in pairs:
        house.done(mentor, "concludeMentorship", {"mentorship": pair, "outcome": "ACHIEVED"})
    days_later(house, 1)
    for number, (_, mentee, pair) in enumerate(pairs):
        score = 10 if number < 4 else 5
        ratings = (("satisfaction", 5), ("mentor_effectiveness", 4), ("recommend", score))
        answers(house, mentee, *ratings, choice="In part", words=f"It was good {number}.")
        assert here.shown(pair, "state", mentee)["state"] == "CONCLUDED"
    questions, beside = results(here, "CLOSING")
    assert (questions["recommend"]["n"], questions["recommend"]["mean"]) == (5, 9)
    assert questions["words"]["words"] == [f"It was good {number}." for number in range(PAIRS)]
    assert beside["netPromoterScore"][0] == {"side": None, "score": 60, "n": 5}


def test_from_the_first_question_to_the_last(here: Accompanied, pairs: list[Pair]) -> None:
    """One story: each step stands on those before it."""
    after_a_month_everybody_is_asked(here, pairs)
    who_has_not_answered_is_reminded_once(here, pairs)
    what_one_says_is_not_for_the_other(here, pairs)
    four_answers_tell_nothing_and_five_do(here, pairs)
    unanswered_it_lapses(here, pairs)
    after_the_end_they_say_how_it_was(here, pairs)
