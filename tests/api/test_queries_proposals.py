"""What is shown of proposals and relationships, to whom, and what a blind review leaves out."""

from typing import Any

import pytest

from domain.permissions import Actor, Role
from tests.api import proposed
from tests.api import world as cast
from tests.api.world import ADMIN, AS_MAX, AS_NOOR, AS_SAM, AUDITOR, World, gid, mid, pid, qid

AS_ADA = Actor("ada", frozenset({Role.PARTICIPANT}), cast.ADA)
AS_LIN = Actor("lin", frozenset({Role.PARTICIPANT}), cast.LIN)
AS_BOTH = Actor("max", frozenset({Role.PARTICIPANT, Role.FACILITATOR}), cast.MAX)

WORDS = "words question answer askedBy { role } answeredBy { role }"
NAMES = "members { label role reason forGood participant { id } }"
WHY = """explanation { engine digest score menteeScore mentorScore answered asked rank eligible run
    parts { criterion score weight } alternatives { score rank participant { id } } barred { rule count } }"""


def shown(world: World, actor: Actor, proposal: Any, selection: str) -> Any:
    document = f"query ($id: ID!) {{ proposal(id: $id) {{ {selection} }} }}"
    return world.data(document, actor, id=qid(proposal))["proposal"]


def of(actor: Actor, people: Any) -> list[str | None]:
    return [one["participant"] and one["participant"]["id"] for one in people]


@pytest.mark.parametrize("actor", [AS_ADA, AS_NOOR, AS_SAM, AS_MAX, ADMIN])
def test_members_and_staff_see_what_was_said(world: World, actor: Actor) -> None:
    assert shown(world, actor, proposed.ASKED, WORDS) == {
        "words": "Please, Ada",
        "question": "Why me, Noor?",
        "answer": "You know engines",
        "askedBy": {"role": "MENTOR"},
        "answeredBy": {"role": "MENTEE"},
    }


def test_an_auditor_sees_the_proposal_without_what_was_said(world: World) -> None:
    told = shown(world, AUDITOR, proposed.ASKED, "state rank score " + WORDS)
    assert (told["state"], told["rank"], told["score"]) == ("WAITING", 1, 7_000)
    assert (told["words"], told["question"], told["answer"]) == (None, None, None)


def test_nobody_else_sees_anything(world: World) -> None:
    assert shown(world, AS_LIN, proposed.ASKED, "state") is None
    everything = """query ($program: ID!) {
      proposals { totalCount } mentorships(filter: {program: $program}) { totalCount } }"""
    assert world.data(everything, AS_LIN, program=gid(cast.LEADERSHIP)) == {
        "proposals": {"totalCount": 0},
        "mentorships": {"totalCount": 0},
    }
    counts = {"proposals": {"totalCount": 2}, "mentorships": {"totalCount": 0}}
    assert world.data(everything, AS_NOOR, program=gid(cast.LEADERSHIP)) == counts


def test_a_reason_is_for_the_staff_and_who_declined(world: World) -> None:
    told = ("We have worked together", True)
    for actor, expected in ((AS_ADA, told), (AS_SAM, told), (ADMIN, told), (AUDITOR, (None, None))):
        mentor, _ = shown(world, actor, proposed.DECLINED, NAMES)["members"]
        assert (mentor["reason"], mentor["forGood"]) == expected
    as_max = Actor("max", frozenset({Role.PARTICIPANT}), cast.MAX)
    mentor, mentee = shown(world, as_max, proposed.DECLINED, NAMES)["members"]
    assert (mentor["reason"], mentor["forGood"], mentee["forGood"]) == (None, None, False)


def test_why_it_was_made(world: World) -> None:
    """The weights are those of the run that found it."""
    told = shown(world, AS_SAM, proposed.ASKED, WHY)["explanation"]
    assert {name: told[name] for name in ("engine", "digest", "score", "menteeScore", "mentorScore")} == {
        "engine": 1, "digest": "d1", "score": 7_000, "menteeScore": 6_000, "mentorScore": 8_400,
    }  # fmt: skip
    assert (told["answered"], told["asked"], told["rank"], told["eligible"]) == (6, 9, 2, 4)
    assert told["parts"] == [
        {"criterion": "COMPETENCIES", "score": 6_000, "weight": 6_000},
        {"criterion": "LANGUAGES", "score": 9_000, "weight": 4_000},
    ]
    assert told["alternatives"] == [{"score": 7_100, "rank": 1, "participant": {"id": pid(cast.MAX)}}]
    assert told["run"] is not None
    assert shown(world, AS_SAM, proposed.BEGUN, WHY)["explanation"] is None


def test_avoidance_is_counted_as_having_no_place(world: World) -> None:
    for actor in (AS_NOOR, AS_SAM, ADMIN, AUDITOR):
        told = shown(world, actor, proposed.ASKED, WHY)["explanation"]
        assert told["barred"] == [{"rule": "capacity", "count": 3}, {"rule": "shared_language", "count": 1}]


def test_members_see_neither_weights_nor_the_run(world: World) -> None:
    told = shown(world, AS_NOOR, proposed.ASKED, WHY)["explanation"]
    assert ([one["weight"] for one in told["parts"]], told["run"]) == ([None, None], None)
    assert told["alternatives"][0]["rank"] == 1


def test_a_mentor_does_not_see_whom_else_the_mentee_could_have_had(world: World) -> None:
    told = shown(world, AS_ADA, proposed.ASKED, WHY)["explanation"]
    assert (told["score"], told["alternatives"], told["barred"]) == (7_000, [], [])


def test_a_blind_review_hides_from_the_staff_who_it_is_about(world: World) -> None:
    told = shown(world, AS_MAX, proposed.UNSEEN, NAMES + WORDS + WHY)
    assert of(AS_MAX, told["members"]) == [None, None]
    assert of(AS_MAX, told["explanation"]["alternatives"]) == [None]
    assert told["explanation"]["score"] == 7_000
    assert told["question"] is None
    labels = [one["label"] for one in told["members"]]
    assert [label.split()[0] for label in labels] == ["Mentor", "Mentee"]
    assert len(set(labels)) == 2
    assert all(len(label.split()[1]) == 4 for label in labels)


@pytest.mark.parametrize("actor", [AS_ADA, AS_NOOR, ADMIN, AUDITOR])
def test_a_blind_review_hides_nothing_from_members_and_those_above(world: World, actor: Actor) -> None:
    told = shown(world, actor, proposed.UNSEEN, NAMES)
    assert of(actor, told["members"]) == [pid(cast.ADA), pid(cast.NOOR)]


def test_what_is_reviewed_blindly_hangs_on_nobody(world: World) -> None:
    """Or else the staff would find the person by their proposals, and the other way round."""
    document = """query ($who: ID!, $program: ID!) {
        participant(id: $who) { proposals { nodes { id } } }
        program(id: $program) { proposals { nodes { id } } roster { nodes { proposals { nodes { id } } } } }
        proposals(filter: {participant: $who, program: $program}) { nodes { id } } }"""
    for actor, seen in ((AS_BOTH, []), (ADMIN, [{"id": qid(proposed.UNSEEN)}])):
        found = world.data(document, actor, who=pid(cast.ADA), program=gid(cast.ONBOARDING))
        assert found["proposals"]["nodes"] == seen
        of_ada = [one["id"] for one in found["participant"]["proposals"]["nodes"]]
        assert (qid(proposed.UNSEEN) in of_ada) is bool(seen)
        assert found["program"]["proposals"]["nodes"] == [{"id": qid(proposed.UNSEEN)}]
        assert found["program"]["roster"]["nodes"][0]["proposals"]["nodes"] == seen


def ids(found: Any) -> list[str]:
    return [one["id"] for one in found["nodes"]]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, [proposed.BEGUN, proposed.DECLINED, proposed.UNSEEN, proposed.ASKED]),
        ({"program": gid(cast.LEADERSHIP)}, [proposed.BEGUN, proposed.DECLINED, proposed.ASKED]),
        ({"participant": pid(cast.NOOR)}, [proposed.UNSEEN, proposed.ASKED]),
        ({"states": ["WAITING"]}, [proposed.UNSEEN, proposed.ASKED]),
        ({"states": ["CONFIRMED", "DECLINED"]}, [proposed.BEGUN, proposed.DECLINED]),
        ({"modes": ["SELF_DIRECTED"]}, [proposed.ASKED]),
        ({"modes": ["ADMINISTRATOR"]}, []),
    ],
)
def test_proposals_are_found_the_newest_first(
    world: World, condition: dict[str, Any], expected: list[Any]
) -> None:
    document = "query ($filter: ProposalFilter) { proposals(filter: $filter) { nodes { id } totalCount } }"
    found = world.data(document, filter=condition)["proposals"]
    assert ids(found) == [qid(one) for one in expected]
    assert found["totalCount"] == len(expected)


def test_proposals_of_a_run(world: World) -> None:
    document = "query ($run: ID) { proposals(filter: {run: $run}) { nodes { id } } }"
    run = shown(world, ADMIN, proposed.ASKED, "explanation { run }")["explanation"]["run"]
    both = [qid(proposed.UNSEEN), qid(proposed.ASKED)]
    assert ids(world.data(document, run=run)["proposals"]) == both
    assert ids(world.data(document, AS_MAX, run=run)["proposals"]) == both
    assert ids(world.data(document, AS_SAM, run=run)["proposals"]) == both[1:]


def test_a_relationship_and_where_it_hangs(world: World) -> None:
    document = """query ($id: ID!, $ada: ID!, $program: ID!) {
        mentorship(id: $id) { kind state type beganAt plannedEnd settingsVersion version proposal { id }
            program { id } members { role joinedAt participant { id } } log { totalCount } }
        node(id: $id) { id }
        participant(id: $ada) { mentorships(kinds: [ONE_TO_ONE]) { nodes { id } } }
        program(id: $program) { mentorships(states: [RUNNING]) { nodes { id } } }
        of_ada: mentorships(filter: {participant: $ada, kinds: [ONE_TO_ONE]}) { nodes { id } }
        groups: mentorships(filter: {program: $program, kinds: [GROUP]}) { nodes { id } } }"""
    own = mid(proposed.RELATIONSHIP)
    found = world.data(document, id=own, ada=pid(cast.ADA), program=gid(cast.LEADERSHIP))
    told = found["mentorship"]
    assert (told["kind"], told["state"], told["plannedEnd"]) == ("ONE_TO_ONE", "RUNNING", "2026-09-01")
    assert (told["type"]["name"], told["settingsVersion"], told["version"]) == ("Pair", 2, 1)
    assert told["proposal"]["id"] == qid(proposed.BEGUN)
    assert [(one["role"], one["participant"]["id"]) for one in told["members"]] == [
        ("MENTOR", pid(cast.ADA)),
        ("MENTEE", pid(cast.MAX)),
    ]
    assert found["node"]["id"] == own
    assert ids(found["participant"]["mentorships"]) == ids(found["program"]["mentorships"]) == [own]
    assert (ids(found["of_ada"]), ids(found["groups"])) == ([own], [])


def test_wishes_of_an_enrollment_in_their_order(world: World) -> None:
    document = """query ($id: ID!) { enrollment(id: $id) {
        wishes { id } preference openRequests proposals(states: [WAITING]) { nodes { id } } } }"""
    noors = cast.eid(cast.LEADERSHIP, cast.NOOR)
    own = world.data(document, AS_NOOR, id=noors)["enrollment"]
    assert [one["id"] for one in own["wishes"]] == [pid(cast.MAX), pid(cast.ADA)]
    assert (own["preference"], own["openRequests"]) == ({"gender": "woman"}, 1)
    assert ids(own["proposals"]) == [qid(proposed.ASKED)]
    staff = world.data(document, AS_SAM, id=noors)["enrollment"]
    assert staff == {**own, "preference": None}
