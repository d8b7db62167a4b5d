"""Runs as an administrator meets them: requested, corrected, approved, published; and who sees what."""

import threading
import uuid

import pytest

from api.relay import global_id
from domain.permissions import Role
from tests.api.matched import RUN, Matched
from tests.api.meeting import PROPOSAL
from tests.api.wishes import open_program
from tests.house import House, open_house
from tests.people import ONBOARDING
from tests.projections.given import eventually
from tests.workers.matched import everybody_is_in


@pytest.fixture(scope="module")
def matched(house: House) -> Matched:
    return Matched(house)


def test_a_run_is_requested_and_its_board_read(matched: Matched) -> None:
    run = matched.drafted(label="Spring", seed="9223372036854775807")
    board = matched.board(run)
    assert (board["label"], board["seed"], board["revision"]) == ("Spring", "9223372036854775807", 0)
    assert (board["engine"], board["shownRevision"], board["program"]) == (1, 0, {"id": matched.program})
    assert (board["pairCount"], board["approvedCount"], board["unmatchedCount"]) == (3, 0, 0)
    assert board["progress"] is board["failure"] is board["reference"] is None
    assert board["totals"]["placed"] == board["totals"]["mentees"] == 3
    assert (board["totals"]["gap"], board["totals"]["total"]) == (0, board["totals"]["bound"])
    ada, kim = matched.ada.id, matched.kim.id
    assert matched.pairs(run) == {
        (matched.noor.id, ada), (matched.ola.id, ada), (matched.lin.id, kim),
    }  # fmt: skip


def test_runs_are_listed_by_programme_and_state(matched: Matched) -> None:
    first, second = matched.drafted(), matched.drafted()
    matched.house.done(matched.sam, "discardMatchRun", {"run": first}, RUN)
    query = """query ($program: ID!) {
      matchRuns(first: 100, orderBy: REQUESTED_AT_DESC, filter: {program: $program, states: [DRAFT]}) {
        nodes { id } }
      program(id: $program) { matchRuns(last: 2, states: [DISCARDED, DRAFT]) { nodes { id } } } }"""
    found = matched.house.ask(matched.sam, query, program=matched.program)
    assert found["matchRuns"]["nodes"][0]["id"] == second
    assert first not in {node["id"] for node in found["matchRuns"]["nodes"]}
    assert [node["id"] for node in found["program"]["matchRuns"]["nodes"]] == [first, second]
    assert matched.house.ask(matched.sam, "query ($id: ID!) { node(id: $id) { id } }", id=first) == {
        "node": {"id": first}
    }


def test_a_repeated_request_is_the_first_run_whatever_has_happened_since(matched: Matched) -> None:
    house, key = matched.house, str(uuid.uuid4())
    given = {"program": matched.program, "idempotencyKey": key, "label": "Once"}
    first = house.done(matched.sam, "requestMatchRun", given, RUN)
    wishes = {"participant": matched.noor.id, "competency": "Speaking", "level": 1, "priority": 3}
    house.done(matched.noor, "seekCompetency", wishes)
    again = house.done(matched.sam, "requestMatchRun", given, RUN)
    assert (again["matchRun"]["id"], again["position"]) == (first["matchRun"]["id"], first["position"])
    matched.until(first["matchRun"]["id"], "DRAFT")
    other = {**given, "settings": {"minimumScore": 1}}
    assert house.refused(matched.sam, "requestMatchRun", other)["code"] == "COMMAND_REUSED"


def test_a_request_is_repeated_even_when_the_programme_is_over(house: House) -> None:
    matched = Matched(house)
    given = {"program": matched.program, "idempotencyKey": str(uuid.uuid4())}
    first = house.done(matched.sam, "requestMatchRun", given, RUN)
    other = {"id": "other", "kind": "ONE_TO_ONE", "name": "Other"}
    house.done(matched.sam, "setRelationshipTypes", {"program": matched.program, "types": [other]})
    house.done(matched.sam, "closeProgram", {"program": matched.program})
    house.done(matched.sam, "windDownProgram", {"program": matched.program})
    again = house.done(matched.sam, "requestMatchRun", given, RUN)
    assert again["position"] == first["position"]
    matched.until(first["matchRun"]["id"], "DRAFT")
    anew = house.refused(matched.sam, "requestMatchRun", {"program": matched.program})
    assert anew["code"] == "PROGRAM_IS_WOUND_DOWN"


def test_a_scenario_has_the_pool_of_another_run_and_settings_of_its_own(matched: Matched) -> None:
    run = matched.drafted()
    weights = [{"criterion": "LANGUAGES", "parts": 10_000}]
    scenario = matched.drafted(reference=run, settings={"weights": weights, "objective": "SCORE_FIRST"})
    first, second = matched.board(run), matched.board(scenario)
    same = ("poolDigest", "poolPosition", "seed")
    assert [first[name] for name in same] == [second[name] for name in same]
    assert second["reference"] == {"id": run}
    assert second["settings"]["weights"] == [{"criterion": "languages", "parts": 10_000}]
    assert second["settings"]["hard_rules"] == first["settings"]["hard_rules"] == []
    assert first["digest"] != second["digest"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"settings": {"weights": [{"criterion": "LANGUAGES", "parts": 9_999}]}}, "VALUE_ERROR"),
        ({"settings": {"weights": []}}, "TOO_SHORT"),
        ({"settings": {"relationship": "circle"}}, "RELATIONSHIP_IS_UNKNOWN"),
        ({"seed": "9223372036854775808"}, "BAD_SEED"),
        ({"seed": "-1"}, "BAD_SEED"),
        ({"label": "x" * 5_000}, "STRING_TOO_LONG"),
    ],
)
def test_a_request_that_cannot_be_is_refused_with_its_reason(
    matched: Matched, more: dict[str, object], code: str
) -> None:
    given = {"program": matched.program, **more}
    assert matched.house.refused(matched.sam, "requestMatchRun", given)["code"] == code


def test_an_empty_or_one_sided_pool_is_refused(house: House) -> None:
    lonely = Lonely(house)
    assert lonely.refused() == ("POOL_IS_EMPTY", "")
    lonely.bring("Ida", "MENTOR")
    assert lonely.refused()[0] == "POOL_IS_ONE_SIDED"
    lonely.bring("Max", "MENTEE")
    house.done(lonely.sam, "requestMatchRun", {"program": lonely.program}, RUN)


class Lonely:
    def __init__(self, house: House) -> None:
        self.house = house
        self.sam, self.fay = house.person("Sam", Role.ADMINISTRATOR), house.person("Fay", Role.FACILITATOR)
        self.program = open_program(house, self.sam, self.fay)
        settings = {"modes": ["ADMINISTRATOR"]}
        house.done(self.sam, "configureMatching", {"program": self.program, "settings": settings})

    def bring(self, name: str, role: str) -> None:
        person = self.house.person(name)
        given = {"program": self.program, "role": role}
        made = self.house.done(person, "applyToProgram", given, "enrollment { id }")
        self.house.done(self.fay, "approveEnrollment", {"enrollment": made["enrollment"]["id"]})

    def refused(self) -> tuple[str, str]:
        error = self.house.refused(self.sam, "requestMatchRun", {"program": self.program})
        return error["code"], "".join(error["path"])


def test_a_reference_is_of_the_same_programme(matched: Matched, house: House) -> None:
    run = matched.drafted()
    lonely = Lonely(house)
    given = {"program": lonely.program, "reference": run}
    assert house.refused(lonely.sam, "requestMatchRun", given)["code"] == "REFERENCE_IS_ELSEWHERE"
    nobody = {
        "program": lonely.program,
        "reference": "TWF0Y2hSdW46MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAx",
    }
    error = house.refused(lonely.sam, "requestMatchRun", nobody)
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "reference"])


def test_pairs_are_locked_barred_and_released(matched: Matched) -> None:
    run = matched.drafted()
    matched.choose("lockPair", run, matched.noor, matched.kim)
    matched.choose("forbidPair", run, matched.ola, matched.ada)
    matched.until(run, "DRAFT")
    board = matched.board(run)
    assert (board["revision"], board["shownRevision"]) == (2, 2)
    chosen = {
        (one["choice"], one["mentee"]["participant"]["id"], one["mentor"]["participant"]["id"])
        for one in board["choices"]
    }
    assert chosen == {
        ("LOCKED", matched.noor.id, matched.kim.id),
        ("FORBIDDEN", matched.ola.id, matched.ada.id),
    }
    assert {(matched.noor.id, matched.kim.id), (matched.ola.id, matched.kim.id)} <= matched.pairs(run)
    matched.choose("releasePair", run, matched.ola, matched.ada)
    matched.until(run, "DRAFT")
    assert (matched.ola.id, matched.ada.id) in matched.pairs(run)


def test_pairs_are_approved_one_by_one_or_all(matched: Matched) -> None:
    house, run = matched.house, matched.drafted()
    number = matched.number(run, matched.noor)
    house.done(matched.sam, "approvePairs", {"run": run, "numbers": [number]}, RUN)
    query = """query ($run: ID!) { matchRun(id: $run) { approvedCount
      pairs(filter: {approved: true}) { totalCount nodes { number } } } }"""
    found = house.ask(matched.sam, query, run=run)["matchRun"]
    assert found == {"approvedCount": 1, "pairs": {"totalCount": 1, "nodes": [{"number": number}]}}
    house.done(matched.sam, "approvePairs", {"run": run}, RUN)
    assert house.ask(matched.sam, query, run=run)["matchRun"]["approvedCount"] == 3
    house.done(matched.sam, "withdrawApproval", {"run": run, "numbers": [number]}, RUN)
    assert house.ask(matched.sam, query, run=run)["matchRun"]["approvedCount"] == 2
    house.done(matched.sam, "withdrawApproval", {"run": run, "numbers": None}, RUN)
    assert house.ask(matched.sam, query, run=run)["matchRun"]["approvedCount"] == 0
    unknown = {"run": run, "numbers": [99]}
    assert house.refused(matched.sam, "approvePairs", unknown)["code"] == "PAIRS_ARE_UNKNOWN"


def test_a_published_run_proposes_what_is_approved(house: House) -> None:
    matched = Matched(house)
    run = matched.drafted()
    assert house.refused(matched.sam, "publishMatchRun", {"run": run})["code"] == "NOTHING_IS_APPROVED"
    house.done(matched.lin, "withdrawEnrollment", {"enrollment": matched.meeting.parts[matched.lin.id]})
    house.done(matched.sam, "approvePairs", {"run": run}, RUN)
    done = house.done(matched.sam, "publishMatchRun", {"run": run}, RUN)
    assert done["matchRun"]["state"] == "PUBLISHED"
    eventually(lambda: proposed(matched, run) == {"WAITING": 2, None: 1})
    left = [pair for pair in matched.board(run)["pairs"]["nodes"] if pair["notProposedCode"]]
    assert [(pair["notProposedCode"], pair["mentees"][0]["participant"]["id"]) for pair in left] == [
        ("NOT_ON_THAT_SIDE", matched.lin.id)
    ]
    [mine] = house.ask(matched.noor, "{ proposals { nodes { id } } }")["proposals"]["nodes"]
    for who in (matched.noor, matched.ada):
        house.done(who, "acceptProposal", {"proposal": mine["id"]}, PROPOSAL)
    assert proposed(matched, run) == {"WAITING": 1, "CONFIRMED": 1, None: 1}
    again = house.done(matched.sam, "publishMatchRun", {"run": run}, RUN)
    assert again["matchRun"]["state"] == "PUBLISHED"
    refused = house.refused(matched.sam, "lockPair", {"run": run, **_two(matched)})
    assert refused["code"] == "RUN_IS_OVER"


def _two(matched: Matched) -> dict[str, str]:
    return {"mentee": matched.noor.id, "mentor": matched.ada.id}


def proposed(matched: Matched, run: str) -> dict[str | None, int]:
    states = [
        pair["proposal"]["state"] if pair["proposal"] else None
        for pair in matched.board(run)["pairs"]["nodes"]
    ]
    return {state: states.count(state) for state in states}


def test_a_run_is_cancelled_and_stays_so(matched: Matched) -> None:
    run = matched.drafted()
    done = matched.house.done(matched.sam, "cancelMatchRun", {"run": run}, RUN)
    assert done["matchRun"]["state"] == "CANCELLED"
    refused = matched.house.refused(matched.sam, "discardMatchRun", {"run": run})
    assert refused["code"] == "RUN_IS_OVER"


def test_a_failed_run_says_why(matched: Matched) -> None:
    run = matched.drafted()
    for mentor in (matched.ada, matched.kim):
        matched.choose("lockPair", run, matched.noor, mentor)
    matched.until(run, "FAILED")
    board = matched.board(run)
    assert (board["failureCode"], board["revision"]) == ("LOCKED_PAIRS_NEED_MORE_PLACES", 2)
    assert board["shownRevision"] < 2
    assert board["failure"].startswith("More pairs are locked for one person")


def test_an_unknown_run_is_not_found(matched: Matched) -> None:
    run = "TWF0Y2hSdW46MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAx"
    refused = matched.house.refused(matched.house.registrar, "cancelMatchRun", {"run": run})
    assert (refused["code"], refused["path"]) == ("NOT_FOUND", ["input", "run"])
    assert matched.house.refused(matched.noor, "cancelMatchRun", {"run": run})["code"] == "FORBIDDEN"


def test_a_blind_review_tells_nobody_who_is_who_before_it_is_published(house: House) -> None:
    matched = Matched(house, blind=True)
    run = matched.drafted()
    matched.choose("forbidPair", run, matched.noor, matched.kim)
    matched.until(run, "DRAFT")
    for caller in (matched.sam, matched.fay, house.registrar):
        board = matched.board(run, caller)
        people = [one for pair in board["pairs"]["nodes"] for one in (*pair["mentors"], *pair["mentees"])]
        assert {person["participant"] for person in people} == {None}
        assert len({person["label"] for person in people}) == 5
        assert board["choices"] == [
            {"choice": "FORBIDDEN", "mentee": {"participant": None}, "mentor": {"participant": None}}
        ]
    query = """query ($run: ID!, $who: ID!) {
      matchRun(id: $run) { pairs(filter: {participant: $who}) { totalCount } } }"""
    hidden = house.ask(matched.sam, query, run=run, who=matched.noor.id)
    assert hidden["matchRun"]["pairs"]["totalCount"] == 0
    house.done(matched.sam, "approvePairs", {"run": run}, RUN)
    house.done(matched.sam, "publishMatchRun", {"run": run}, RUN)
    assert house.ask(matched.sam, query, run=run, who=matched.noor.id)["matchRun"]["pairs"]["totalCount"] == 1


def test_no_pool_is_frozen_before_the_read_models_show_it(postgres_url: str) -> None:
    with open_house(postgres_url, kept_up=False, patience=0.05) as house:
        everybody_is_in(house.store)
        head = house.store.head()
        given = {"program": global_id("Program", ONBOARDING)}
        document = "mutation ($input: RequestMatchRunInput!) { requestMatchRun(input: $input) { position } }"
        answer = house.answer(house.registrar, document, {"input": given})
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["STALE"]
        assert house.store.head() == head


def test_terms_that_change_meanwhile_are_read_anew(house: House) -> None:
    """Or it is said that they never stop; once they do, everything is done."""
    matched = Matched(house)
    run = matched.drafted()
    house.done(matched.sam, "approvePairs", {"run": run}, RUN)

    def busy() -> None:
        for number in range(10):
            matched.meeting.configure(minimumScore=number)

    changing = threading.Thread(target=busy)
    changing.start()
    codes = set()
    while changing.is_alive():
        answer = house.tell(matched.sam, "requestMatchRun", {"program": matched.program})
        codes |= {error["code"] for error in answer["errors"]}
    changing.join()
    assert codes <= {"STILL_CHANGING"}
    house.done(matched.sam, "requestMatchRun", {"program": matched.program})
    house.done(matched.sam, "publishMatchRun", {"run": run})
