"""What a run can be asked: why this one, why not that one, why nobody, how fair, beside which scenarios."""

from typing import Any

import pytest

from domain.permissions import Role
from tests.api.matched import RUN, Matched
from tests.house import Caller, House, Json, key_of

WHY = """
query ($run: ID!, $mentee: ID, $pair: Int) { matchExplanation(run: $run, mentee: $mentee, pair: $pair) {
  pair score rank eligible sentences
  mentee { label participant { id } } mentor { label participant { id } }
  parts { criterion score weight }
  coverage { wish level priority offer offeredLevel score }
  alternatives { score rank fate places taken better mentor { participant { id } }
    onePlaceMore { placed total } }
  obstacles { full belowMinimum rules eligible free barredBy { rule count } mentor { participant { id } }
    onePlaceMore { placed total } }
} }"""
WHY_NOT = """
query ($run: ID!, $mentee: ID!, $mentor: ID!, $exactly: Boolean! = false) {
  whyNot(run: $run, mentee: $mentee, mentor: $mentor, exactly: $exactly) {
    score rules together belowMinimum atLeast exactly { placed total } sentences } }"""
FAIR = """
query ($run: ID!, $each: Boolean! = false) { matchFairness(run: $run, withoutEach: $each) {
  mentees { answers { question answer } n placed { count n share low high } topThree { share }
    meanScore meanWait placedImpact { value n low high flagged } topThreeImpact { value } }
  mentors { n placed { share } placedImpact { value } share exposure }
  suppressedMentees { answer } suppressedMentors { answer } flagged { answer }
  without { criterion changes { placedWith placedWithout topThreeWith topThreeWithout } }
} }"""
BESIDE = """
query ($runs: [ID!]!) { matchComparison(runs: $runs) {
  run label placed total worst fifth mean morePlaced moreTotal moreWorst moreFifth moreMean moved
  impact { answers { answer } value besideReference } open { competency count besideReference } } }"""
WANTED = """
query ($run: ID!) { recruitmentReport(run: $run) {
  competency demand wishing places short open unmatched placesMore } }"""


@pytest.fixture(scope="module")
def matched(house: House) -> Matched:
    return Matched(house)


@pytest.fixture(scope="module")
def run(matched: Matched) -> str:
    """Ada is full with Noor and Ola; of Lin nobody can say why she is with Kim but this run."""
    return matched.drafted()


def ask(matched: Matched, query: str, caller: Caller | None = None, **variables: Any) -> Any:
    [found] = matched.house.ask(caller or matched.sam, query, **variables).values()
    return found


def code(matched: Matched, query: str, caller: Caller | None = None, **variables: Any) -> str:
    answer = matched.house.answer(caller or matched.sam, query, variables)
    [error] = answer["errors"]
    found: str = error["extensions"]["code"]
    return found


def test_an_explanation_tells_the_numbers_that_were_compared(matched: Matched, run: str) -> None:
    told: Json = ask(matched, WHY, run=run, mentee=matched.noor.id)
    assert told["pair"] == matched.number(run, matched.noor)
    assert told["mentor"]["participant"] == {"id": matched.ada.id}
    assert (told["rank"], told["eligible"], told["obstacles"]) == (1, 2, None)
    parts = {part["criterion"]: part for part in told["parts"]}
    assert parts["COMPETENCIES"] == {"criterion": "COMPETENCIES", "score": 10_000, "weight": 5_000}
    assert parts["LANGUAGES"]["score"] is None
    assert told["coverage"] == [
        {"wish": "python", "level": 2, "priority": 1, "offer": "python", "offeredLevel": 4, "score": 10_000}
    ]
    [other] = told["alternatives"]
    assert (other["mentor"]["participant"]["id"], other["fate"]) == (matched.kim.id, "FREE")
    assert (other["rank"], other["places"], other["taken"]) == (2, 2, 1)
    assert other["onePlaceMore"] == {"placed": 0, "total": 0}
    assert told["sentences"][0].startswith(f"The score is {told['score']:,} of 10,000")


def test_a_pair_is_explained_by_its_number(matched: Matched, run: str) -> None:
    number = matched.number(run, matched.lin)
    told = ask(matched, WHY, run=run, pair=number)
    assert (told["pair"], told["mentee"]["participant"]) == (number, {"id": matched.lin.id})
    assert code(matched, WHY, run=run, pair=99) == "NO_SUCH_PAIR"
    assert code(matched, WHY, run=run) == "NO_SUCH_PAIR"
    assert code(matched, WHY, run=run, mentee=matched.ada.id) == "NOT_IN_POOL"


def test_why_these_two_are_not_together(matched: Matched, run: str) -> None:
    pair: Json = {"mentee": matched.noor.id, "mentor": matched.kim.id}
    told = ask(matched, WHY_NOT, run=run, **pair)
    assert (told["rules"], told["together"], told["exactly"]) == ([], False, None)
    exactly = ask(matched, WHY_NOT, run=run, exactly=True, **pair)["exactly"]
    assert (exactly["placed"], -exactly["total"] >= told["atLeast"]) == (0, True)
    assert exactly["total"] < 0
    together: Json = {"mentee": matched.noor.id, "mentor": matched.ada.id}
    assert ask(matched, WHY_NOT, run=run, **together)["sentences"] == ["These two are matched."]
    backwards: Json = {"mentee": matched.kim.id, "mentor": matched.noor.id}
    assert code(matched, WHY_NOT, run=run, **backwards) == "NOT_IN_POOL"


def test_what_was_decided_by_hand_is_a_reason_too(house: House) -> None:
    matched = Matched(house)
    run = matched.drafted()
    matched.choose("forbidPair", run, matched.noor, matched.ada)
    matched.choose("lockPair", run, matched.lin, matched.ada)
    matched.until(run, "DRAFT")
    told = ask(matched, WHY, run=run, mentee=matched.noor.id)
    assert (told["eligible"], told["rank"], told["alternatives"]) == (1, 1, [])
    barred: Json = {"mentee": matched.noor.id, "mentor": matched.ada.id, "exactly": True}
    assert ask(matched, WHY_NOT, run=run, **barred)["rules"] == ["forbidden"]
    placed: Json = {"mentee": matched.lin.id, "mentor": matched.kim.id, "exactly": True}
    assert code(matched, WHY_NOT, run=run, **placed) == "LOCKED_PAIRS_NEED_MORE_PLACES"


def test_nobody_is_told_that_somebody_avoids_them(house: House) -> None:
    matched = Matched(house)
    for mentor in (matched.ada, matched.kim):
        given = {"participant": mentor.id, "person": matched.noor.id}
        house.done(mentor, "avoidPerson", given)
    run = matched.drafted()
    told = ask(matched, WHY_NOT, run=run, mentee=matched.noor.id, mentor=matched.ada.id)
    assert told["rules"] == ["capacity"]
    why = ask(matched, WHY, run=run, mentee=matched.noor.id)
    assert why["obstacles"]["barredBy"] == [{"rule": "capacity", "count": 2}]
    assert why["obstacles"]["rules"] == ["capacity"]
    assert (why["pair"], why["mentor"], why["score"], why["parts"]) == (None, None, None, [])
    [alone] = matched.board(run)["unmatched"]["nodes"]
    assert (alone["reason"], alone["rules"]) == ("BARRED_BY_RULES", ["capacity"])
    assert "avoid" not in str([told, why])


def test_what_somebody_prefers_is_no_part_that_is_told(house: House) -> None:
    weights = [{"criterion": "COMPETENCIES", "parts": 5_000}, {"criterion": "PREFERENCE", "parts": 5_000}]
    matched = Matched(house, weights=weights)
    given = {"program": matched.program, "preference": [{"question": "gender", "answer": "woman"}]}
    house.done(matched.noor, "statePreference", given)
    run = matched.drafted()
    why = ask(matched, WHY, run=run, mentee=matched.noor.id)
    assert [part["criterion"] for part in why["parts"]] == ["COMPETENCIES"]
    assert why["score"] == 5_000
    board = "query ($run: ID!) { matchRun(id: $run) { pairs { nodes { parts } } } }"
    parts = [pair["parts"] for pair in ask(matched, board, run=run)["pairs"]["nodes"]]
    assert {name for told in parts for name in told} == {"competencies"}
    [computed] = [e for e in house.store.history(key_of(run)) if e.name == "match_run.computed"]
    assert b"preference" not in computed.state


def test_what_one_more_place_would_bring_to_who_has_nobody(house: House) -> None:
    matched = Matched(house)
    house.done(matched.kim, "withdrawEnrollment", {"enrollment": matched.meeting.parts[matched.kim.id]})
    run = matched.drafted()
    [alone] = matched.board(run)["unmatched"]["nodes"]
    assert (alone["reason"], alone["side"]) == ("ALL_TAKEN", "MENTEE")
    obstacles = ask(matched, WHY, run=run, mentee=alone["person"]["participant"]["id"])["obstacles"]
    assert (obstacles["full"], obstacles["rules"], obstacles["onePlaceMore"]["placed"]) == (True, [], 1)
    query = (
        "query ($run: ID!, $who: ID!) { matchExplanation(run: $run, mentee: $who) { obstacles { full } } }"
    )
    assert ask(matched, query, run=run, who=matched.noor.id)["obstacles"] is None


def test_groups_that_are_too_small_are_not_told_of(house: House) -> None:
    matched = Matched(house)
    for number in range(10):
        person = matched.meeting.mentee(f"Mia{number}")
        answer = "woman" if number < 5 else "man"
        profile = {"demographics": [{"question": "gender", "answer": answer}]}
        house.done(person, "describeProfile", {"participant": person.id, "profile": profile})
    few = {"demographics": [{"question": "gender", "answer": "none"}]}
    house.done(matched.noor, "describeProfile", {"participant": matched.noor.id, "profile": few})
    run = matched.drafted()
    told = ask(matched, FAIR, run=run, each=True)
    assert told["mentees"] == [] or {group["n"] for group in told["mentees"]} == {5}
    assert {"answer": "none"} in [answer for group in told["suppressedMentees"] for answer in group]
    assert {one["criterion"] for one in told["without"]} == {
        "COMPETENCIES", "LANGUAGES", "TIME_ZONE", "EXPERIENCE", "AVAILABILITY",
    }  # fmt: skip
    assert ask(matched, FAIR, run=run)["without"] == []


def test_scenarios_stand_side_by_side(matched: Matched, run: str) -> None:
    other = matched.drafted(reference=run, label="Without Ada")
    for mentee in (matched.noor, matched.ola):
        matched.choose("forbidPair", other, mentee, matched.ada)
    matched.until(other, "DRAFT")
    first, second = ask(matched, BESIDE, runs=[run, other])
    assert (first["moved"], first["morePlaced"], first["moreTotal"], first["open"]) == (0, 0, 0, [])
    assert (second["label"], second["run"]) == ("Without Ada", other)
    assert (second["placed"], second["morePlaced"], second["moved"]) == (3, 0, 3)
    assert second["moreTotal"] == second["total"] - first["total"] < 0
    assert {"competency": "python", "count": 2, "besideReference": 2} in second["open"]
    assert code(matched, BESIDE, runs=[]) == "BAD_COMPARISON"


def test_runs_on_different_pools_are_not_compared(house: House) -> None:
    matched = Matched(house)
    run = matched.drafted()
    house.done(matched.lin, "withdrawEnrollment", {"enrollment": matched.meeting.parts[matched.lin.id]})
    assert code(matched, BESIDE, runs=[run, matched.drafted()]) == "POOLS_DIFFER"


def test_whom_to_recruit(matched: Matched, run: str) -> None:
    wanted = {one["competency"]: one for one in ask(matched, WANTED, run=run)}
    assert (wanted["python"]["wishing"], wanted["python"]["places"], wanted["python"]["short"]) == (2, 2, 0)
    assert wanted["speaking"]["unmatched"] == 0


def test_there_is_nothing_to_tell_before_the_pairs_are_there(matched: Matched) -> None:
    run = matched.drafted()
    matched.house.done(matched.sam, "cancelMatchRun", {"run": run}, RUN)
    assert ask(matched, WANTED, run=run)
    failed = matched.drafted()
    for mentor in (matched.ada, matched.kim):
        matched.choose("lockPair", failed, matched.noor, mentor)
    matched.until(failed, "FAILED")
    assert code(matched, WANTED, run=failed) == "RUN_IS_NOT_READY"


def test_in_a_blind_review_explanations_name_nobody(house: House) -> None:
    matched = Matched(house, blind=True)
    run = matched.drafted()
    query = "query ($run: ID!) { matchRun(id: $run) { pairs(first: 1) { nodes { number } } } }"
    [pair] = ask(matched, query, run=run)["pairs"]["nodes"]
    told = ask(matched, WHY, run=run, pair=pair["number"])
    people = [told["mentee"], told["mentor"], *(one["mentor"] for one in told["alternatives"])]
    assert {person["participant"] for person in people} == {None}
    assert code(matched, WHY, run=run, mentee=matched.noor.id) == "RUN_IS_BLIND"
    two: Json = {"mentee": matched.noor.id, "mentor": matched.ada.id}
    assert code(matched, WHY_NOT, run=run, **two) == "RUN_IS_BLIND"
    house.done(matched.sam, "approvePairs", {"run": run}, RUN)
    house.done(matched.sam, "publishMatchRun", {"run": run}, RUN)
    assert ask(matched, WHY, run=run, mentee=matched.noor.id)["mentee"]["participant"]


def test_reports_are_for_the_staff_of_the_programme(matched: Matched, run: str) -> None:
    auditor = matched.house.caller(Role.AUDITOR)
    for query, more in ((WANTED, {}), (FAIR, {}), (WHY, {"mentee": matched.noor.id})):
        assert ask(matched, query, matched.fay, run=run, **more)
        assert ask(matched, query, auditor, run=run, **more)
        assert code(matched, query, matched.noor, run=run, **more) == "FORBIDDEN"
        other = matched.house.person("Abe", Role.ADMINISTRATOR)
        assert ask(matched, query, other, run=run, **more) is None
    assert ask(matched, BESIDE, matched.house.person("Abe", Role.ADMINISTRATOR), runs=[run]) is None
