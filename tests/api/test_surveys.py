"""Surveys through the API: asked by the staff, answered once, and what they came to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from api import survey_commands
from domain.permissions import Role
from tests.api.accompanied import Accompanied
from tests.house import Caller, House, Json

FORM: Final = {
    "kind": "PULSE",
    "questions": [
        {"id": "mood", "text": "How are you?", "measures": "SATISFACTION"},
        {"id": "again", "text": "Again?", "kind": "CHOICE", "choices": ["Yes", "No"], "required": False},
        {"id": "recommend", "text": "To a friend?", "kind": "SCORE", "measures": "RECOMMENDATION"},
        {"id": "mentor", "text": "How is your mentor?", "measures": "EFFECTIVENESS", "ofMentees": True},
        {"id": "more", "text": "What else?", "kind": "TEXT", "required": False},
    ],
}
ACCOUNTABILITY: Final = {
    "degree": "STANDARD",
    "timers": {"surveyOpen": 5, "escalation": 3},
    "surveys": [FORM],
}
QUESTIONS: Final = "questions { question text kind measures required choices rating choice words }"
SURVEY: Final = f"id kind state due answeredAt askedOf {{ name }} {QUESTIONS}"
RESULTS: Final = """query ($id: ID!, $asOf: DateTime, $department: String, $from: Date) {
  program(id: $id) { surveyResults(asOf: $asOf, department: $department, beganFrom: $from) {
    asOf
    forms { kind asked answered lapsed responseRate
            questions { question kind n mean suppressed words distribution { answer count share } } }
    netPromoterScore { side score n promoters passives detractors suppressed }
    mentorEffectiveness { n mean suppressed mentors { n mean participant { name } } } } } }"""


@dataclass(frozen=True)
class Surveyed:
    """Ada mentors Noor, Mona mentors Nils: two pairs of one programme."""

    here: Accompanied
    ada: Caller
    noor: Caller
    pairs: tuple[str, str]

    @property
    def house(self) -> House:
        return self.here.house

    def ask(self, *to: Caller, **more: Any) -> list[Json]:
        people = {"to": [one.id for one in to]} if to else {}
        given = {"mentorship": self.pairs[0], **people, **more}
        made = self.house.done(self.here.fay, "askSurvey", given, f"surveys {{ {SURVEY} }}")
        found: list[Json] = made["surveys"]
        return found

    def asked(self, who: Caller) -> str:
        id_: str = self.ask(who)[0]["id"]
        return id_

    def shown(self, survey: str, caller: Caller) -> Json:
        query = f"query ($id: ID!) {{ survey(id: $id) {{ {SURVEY} }} }}"
        found: Json = self.house.ask(caller, query, id=survey)["survey"]
        return found


def said(mood: int = 4, *, mentor: int | None = 5, **more: Any) -> Json:
    of_mentees = [] if mentor is None else [{"question": "mentor", "rating": mentor}]
    ratings = [{"question": "mood", "rating": mood}, {"question": "recommend", "rating": 9}, *of_mentees]
    return {"ratings": ratings, **more}


@pytest.fixture(scope="module")
def stage(house: House) -> Surveyed:
    here = Accompanied(house)
    here.set("setAccountability", settings=ACCOUNTABILITY)
    ada, noor = here.meeting.mentor("Ada"), here.meeting.mentee("Noor")
    mona, nils = here.meeting.mentor("Mona"), here.meeting.mentee("Nils")
    return Surveyed(here, ada, noor, (here.pair(ada, noor), here.pair(mona, nils)))


def test_the_programme_asks_in_its_own_words(stage: Surveyed) -> None:
    query = "query ($id: ID!) { program(id: $id) { settings { accountability } } }"
    held = stage.house.ask(stage.here.sam, query, id=stage.here.program)["program"]["settings"]
    assert [one["kind"] for one in held["accountability"]["surveys"]] == ["pulse"]
    assert (
        held["accountability"]["timers"]["survey_open"],
        held["accountability"]["timers"]["escalation"],
    ) == (5, 3)


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ({"id": "A b", "text": "Why?"}, ["questions", "0", "id"]),
        ({"id": "a", "text": ""}, ["questions", "0", "text"]),
        ({"id": "a", "text": "Why?", "measures": "RECOMMENDATION"}, ["questions", "0"]),
        ({"id": "a", "text": "Why?", "kind": "CHOICE", "choices": ["One"]}, ["questions", "0"]),
        ({"id": "mood", "text": "Why?"}, []),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_where_it_stands(
    stage: Surveyed, question: Json, path: list[str]
) -> None:
    settings = {"surveys": [{"kind": "PULSE", "questions": [question, {"id": "mood", "text": "Well?"}]}]}
    given = {"program": stage.here.program, "settings": settings}
    error = stage.house.refused(stage.here.sam, "setAccountability", given)
    assert error["path"] == ["input", "settings", "surveys", "0", *path]


def test_all_members_are_asked_each_what_is_for_their_side(stage: Surveyed) -> None:
    found = {one["askedOf"]["name"]: one for one in stage.ask()}
    of = {name: [asked["question"] for asked in one["questions"]] for name, one in found.items()}
    assert of == {
        "Ada": ["mood", "again", "recommend", "more"],
        "Noor": ["mood", "again", "recommend", "mentor", "more"],
    }
    assert {(one["kind"], one["state"]) for one in found.values()} == {("PULSE", "ASKED")}
    assert found["Noor"]["questions"][1]["choices"] == ["Yes", "No"]


def test_any_other_form_is_asked_by_hand_too(stage: Surveyed) -> None:
    [asked] = stage.ask(stage.noor, kind="MEETING")
    assert [one["question"] for one in asked["questions"]] == ["usefulness", "words"]


def test_what_is_answered_is_read_by_who_said_it_and_whom_the_policy_trusts(stage: Surveyed) -> None:
    survey = stage.asked(stage.noor)
    given = said(
        choices=[{"question": "again", "choice": "Yes"}], words=[{"question": "more", "text": "Tea."}]
    )
    stage.house.done(stage.noor, "answerSurvey", {"survey": survey, **given})
    for reader in (stage.noor, stage.here.sam, stage.here.fay):
        answers = {one["question"]: one for one in stage.shown(survey, reader)["questions"]}
        assert (answers["mood"]["rating"], answers["again"]["choice"]) == (4, "Yes")
        assert answers["more"]["words"] == "Tea."
    partner = stage.shown(survey, stage.ada)
    assert partner["state"] == "ANSWERED"
    assert partner["answeredAt"]
    assert {one[field] for one in partner["questions"] for field in ("rating", "choice", "words")} == {None}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ratings": []}, "QUESTIONS_ARE_OPEN"),
        (said(mood=6), "NOT_AN_ANSWER"),
        (said(choices=[{"question": "again", "choice": "Perhaps"}]), "NOT_AN_ANSWER"),
        (said(choices=[{"question": "mood", "choice": "Yes"}]), "NO_SUCH_QUESTION"),
        (said(words=[{"question": "nothing", "text": "Hm."}]), "NO_SUCH_QUESTION"),
        ({"ratings": [{"question": "mood", "rating": 4}, {"question": "mood", "rating": 5}]}, "REPEATED"),
        (said(mood=11), "LESS_THAN_EQUAL"),
        (said(mood=-1), "GREATER_THAN_EQUAL"),
        (said(words=[{"question": "more", "text": ""}]), "STRING_TOO_SHORT"),
        (said(words=[{"question": "No Slug", "text": "Hm."}]), "VALUE_ERROR"),
    ],
)
def test_what_is_no_answer_is_refused(stage: Surveyed, given: Json, code: str) -> None:
    survey = stage.asked(stage.noor)
    assert stage.house.refused(stage.noor, "answerSurvey", {"survey": survey, **given})["code"] == code


def test_it_is_answered_once(stage: Surveyed) -> None:
    survey, key = stage.asked(stage.noor), str(uuid4())
    given = {"survey": survey, "idempotencyKey": key, **said()}
    first = stage.house.done(stage.noor, "answerSurvey", given)
    assert stage.house.done(stage.noor, "answerSurvey", given)["position"] == first["position"]
    again = stage.house.done(stage.noor, "answerSurvey", {"survey": survey, **said()})
    assert int(again["position"]) >= int(first["position"])
    other = {"survey": survey, **said(mood=1)}
    assert stage.house.refused(stage.noor, "answerSurvey", other)["code"] == "SURVEY_IS_ANSWERED"
    reused = stage.house.refused(stage.noor, "answerSurvey", {**given, **said(mood=1)})
    assert reused["code"] == "COMMAND_REUSED"


def test_asking_with_the_same_key_asks_once_whoever_has_come_since(stage: Surveyed) -> None:
    given = {"mentorship": stage.pairs[0], "idempotencyKey": str(uuid4())}
    first = stage.house.done(stage.here.fay, "askSurvey", given, "surveys { id }")
    assert stage.house.done(stage.here.fay, "askSurvey", given, "surveys { id }") == first
    reused = stage.house.refused(stage.here.fay, "askSurvey", {**given, "kind": "CLOSING"})
    assert reused["code"] == "COMMAND_REUSED"


def test_nobody_outside_is_asked(stage: Surveyed) -> None:
    stranger, house = stage.house.person("Una"), stage.house
    given: Json = {"mentorship": stage.pairs[0], "to": [stranger.id]}
    assert house.refused(stage.here.fay, "askSurvey", given)["code"] == "NOT_IN_THIS_RELATIONSHIP"
    assert house.refused(stage.here.fay, "askSurvey", {**given, "to": []})["code"] == "BAD_NUMBER"
    assert house.refused(stage.here.fay, "askSurvey", {**given, "to": ["x"]})["path"] == ["input", "to", "0"]


def test_what_is_not_there_cannot_be_answered(stage: Surveyed) -> None:
    nothing = stage.asked(stage.noor)
    assert (
        stage.house.refused(stage.ada, "answerSurvey", {"survey": nothing, **said()})["code"] == "FORBIDDEN"
    )
    for survey in (stage.pairs[0], "x"):
        error = stage.house.refused(stage.noor, "answerSurvey", {"survey": survey, **said()})
        assert (error["code"], error["path"]) == ("BAD_ID", ["input", "survey"])


def _everybody(stage: Surveyed, **more: Any) -> Json:
    return {"program": stage.here.program, **more}


def test_a_whole_programme_is_asked_in_one_go(stage: Surveyed) -> None:
    house, key = stage.house, str(uuid4())
    head = house.store.head()
    given = _everybody(stage, idempotencyKey=key)
    first = house.done(stage.here.sam, "askProgramSurvey", given, "program { id }")
    assert [one.name for one in house.events_since(head)] == ["survey.asked"] * 4
    head = house.store.head()
    stage.here.pair(stage.here.meeting.mentor("Mia"), stage.here.meeting.mentee("Nora"))
    asked = [one.name for one in house.events_since(head)].count("survey.asked")
    assert house.done(stage.here.sam, "askProgramSurvey", given, "program { id }") == first
    assert [one.name for one in house.events_since(head)].count("survey.asked") == asked == 0
    reused = house.refused(stage.here.sam, "askProgramSurvey", {**given, "kind": "CLOSING"})
    assert reused["code"] == "COMMAND_REUSED"


def test_a_key_that_asked_one_programme_asks_no_other(stage: Surveyed) -> None:
    house, other = stage.house, Accompanied(stage.house)
    other.pair(other.meeting.mentor("Max"), other.meeting.mentee("Moe"))
    given = _everybody(stage, idempotencyKey=str(uuid4()))
    house.done(house.registrar, "askProgramSurvey", given)
    elsewhere = {**given, "program": other.program}
    assert house.refused(house.registrar, "askProgramSurvey", elsewhere)["code"] == "COMMAND_REUSED"


def test_where_nobody_is_together_nobody_is_asked(stage: Surveyed) -> None:
    late = _everybody(stage, beganFrom="2999-01-01")
    assert stage.house.refused(stage.here.sam, "askProgramSurvey", late)["code"] == "NOBODY_TO_ASK"


def test_more_relationships_than_one_command_asks_are_chosen_by_their_beginning(
    stage: Surveyed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at most, here: a programme of more than five hundred would take the test too long."""
    monkeypatch.setattr(survey_commands, "MOST_AT_ONCE", 1)
    given = _everybody(stage)
    assert stage.house.refused(stage.here.sam, "askProgramSurvey", given)["code"] == "TOO_MANY_TO_ASK"


@pytest.fixture(scope="module")
def rated(house: House) -> Surveyed:
    """Ada mentors five of Sales, who all answer; of their mentors, nobody does. One of Finance waits."""
    here = Accompanied(house)
    here.meeting.capacity(menteesPerMentor=9, mentorsPerMentee=1, hoursAMonth=0)
    here.set("setAccountability", settings=ACCOUNTABILITY)
    ada = here.meeting.mentor("Ada", department="Sales")
    mentees = [here.meeting.mentee(f"Mentee {n}", department="Sales") for n in range(5)]
    pairs = [here.pair(ada, one) for one in mentees]
    late = here.pair(ada, here.meeting.mentee("Late", department="Finance"))
    for number, (pair, mentee) in enumerate(zip(pairs, mentees, strict=True)):
        given = {"mentorship": pair, "to": [mentee.id]}
        survey = house.done(here.fay, "askSurvey", given, "surveys { id }")["surveys"][0]["id"]
        words = [{"question": "more", "text": f"Word {9 - number}"}]
        house.done(mentee, "answerSurvey", {"survey": survey, **said(mood=1 + number, words=words)})
    house.done(here.fay, "askSurvey", {"mentorship": late})
    return Surveyed(here, ada, mentees[0], (pairs[0], late))


def results(stage: Surveyed, caller: Caller | None = None, **given: Any) -> Json:
    asked = {"id": stage.here.program, **given}
    found: Json = stage.house.ask(caller or stage.here.sam, RESULTS, **asked)["program"]["surveyResults"]
    return found


def test_what_five_have_said_is_told(rated: Surveyed) -> None:
    """Moods from 1 to 5 are 3 in the mean; all five would recommend it; seven were asked."""
    found = results(rated)
    [form] = found["forms"]
    assert (form["kind"], form["asked"], form["answered"], form["lapsed"]) == ("PULSE", 7, 5, 0)
    assert form["responseRate"] == 5 / 7
    questions = {one["question"]: one for one in form["questions"]}
    assert (questions["mood"]["n"], questions["mood"]["mean"], questions["mood"]["suppressed"]) == (
        5,
        3,
        False,
    )
    assert questions["mood"]["distribution"][0] == {"answer": "1", "count": 1, "share": 0.2}
    assert questions["more"]["words"] == [f"Word {n}" for n in range(5, 10)]
    whole, mentors, mentees = found["netPromoterScore"]
    assert (whole["side"], whole["score"], whole["n"], whole["promoters"]) == (None, 100, 5, 5)
    assert (mentors["side"], mentors["suppressed"], mentors["score"]) == ("MENTOR", True, None)
    assert (mentees["side"], mentees["suppressed"], mentees["score"]) == ("MENTEE", False, 100)
    effective = found["mentorEffectiveness"]
    assert (effective["n"], effective["mean"], effective["suppressed"]) == (5, 5, False)
    assert effective["mentors"] == [{"n": 5, "mean": 5, "participant": {"name": "Ada"}}]


def test_before_the_fifth_had_answered_nothing_was_told(rated: Surveyed) -> None:
    events = [one for one in rated.house.store.log() if one.name == "survey.answered"]
    found = results(rated, asOf=(events[-1].recorded_at - timedelta(microseconds=1)).isoformat())
    [form] = found["forms"]
    assert form["answered"] == 4
    assert {one["suppressed"] for one in form["questions"]} == {True}
    assert [one["words"] for one in form["questions"]] == [[]] * len(form["questions"])
    assert found["mentorEffectiveness"] == {"n": None, "mean": None, "suppressed": True, "mentors": []}


def test_of_a_department_too_small_nothing_is_told(rated: Surveyed) -> None:
    found = results(rated, department="Finance")
    assert {one["suppressed"] for one in found["netPromoterScore"]} == {True}
    assert [one["asked"] for one in found["forms"]] == [None]


def test_words_are_for_whom_the_programme_trusts(rated: Surveyed) -> None:
    """An auditor and the organisation read the figures, and no words."""
    for role in (Role.AUDITOR, Role.ORGANISATION_ADMIN):
        found = results(rated, rated.house.caller(role))
        assert found["netPromoterScore"][0]["n"] == 5
        assert [one["words"] for one in found["forms"][0]["questions"]] == [[]] * 4


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"asOf": "2999-01-01T00:00:00Z"}, "MOMENT_IS_AHEAD"),
        ({"asOf": "2026-01-01"}, "BAD_VARIABLES"),
        ({"from": "2026-01-02"}, "BEGINNING_IS_NO_QUARTER"),
        ({"department": "x" * 201}, "PART_UNUSABLE"),
    ],
)
def test_what_cannot_be_asked_is_refused(rated: Surveyed, given: Json, code: str) -> None:
    asked = {"id": rated.here.program, **given}
    found = rated.house.answer(rated.here.sam, RESULTS, asked)
    assert [one["extensions"]["code"] for one in found["errors"]] == [code]


def test_results_are_for_who_reads_reports(rated: Surveyed) -> None:
    for caller in (rated.here.fay, rated.ada):
        found = rated.house.answer(caller, RESULTS, {"id": rated.here.program})
        assert [one["extensions"]["code"] for one in found["errors"]] == ["FORBIDDEN"]
