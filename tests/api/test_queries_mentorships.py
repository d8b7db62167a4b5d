"""What a relationship shows of its course, in which order they come, and what who left still sees."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain import mentorship as m
from domain import program as g
from domain.command import Command
from domain.event import DomainEvent
from domain.ids import MentorshipId, ProgramId
from domain.mentorship import MENTORSHIP
from domain.permissions import Actor, Role
from domain.program import PROGRAM
from domain.program_settings import Milestone, PlanSettings, Side
from domain.relationship import Member
from tests.api import mentorships_told as told
from tests.api import proposed
from tests.api import world as cast
from tests.api.world import ADMIN, AS_NOOR, AUDITOR, World, gid, mid, opened, pid

KNOWN = {mid(one) for one in (proposed.RELATIONSHIP, *told.TOLD)}
AS_LIN = Actor("lin", frozenset({Role.PARTICIPANT}), cast.LIN)
AS_ADA = Actor("ada", frozenset({Role.PARTICIPANT}), cast.ADA)


def shown(world: World, selection: str, actor: Actor = AS_NOOR, which: MentorshipId = told.CIRCLE) -> Any:
    document = f"query ($id: ID!) {{ mentorship(id: $id) {{ {selection} }} }}"
    return world.data(document, actor, id=mid(which))["mentorship"]


def test_members_see_who_signed_what(world: World) -> None:
    found = shown(world, "agreement { text required version complete signatures { version by { id } } }")
    signed = [{"version": 1, "by": {"id": pid(cast.ADA)}}]
    text = 'We "keep" it to ourselves.'
    terms = {"text": text, "required": True, "version": 1, "complete": False, "signatures": signed}
    assert found == {"agreement": terms}
    assert shown(world, "agreement { text }", which=told.SESSION) == {"agreement": None}


def test_goals_with_their_steps(world: World) -> None:
    found = shown(
        world,
        """goals { totalCount nodes { goalId text competency due state percent setBy { id }
             steps { nodes { state percent note by { id } } } } }""",
    )["goals"]
    reached, dropped = found["nodes"]
    steps = reached.pop("steps")["nodes"]
    assert reached == {
        "goalId": str(told.GOAL),
        "text": 'Ask "better"',
        "competency": "Python",
        "due": "2026-03-01",
        "state": "ACHIEVED",
        "percent": 100,
        "setBy": {"id": pid(cast.NOOR)},
    }
    half_way = {"state": "OPEN", "percent": 50, "note": "Half way", "by": {"id": pid(cast.ADA)}}
    at_last = {"state": "ACHIEVED", "percent": 100, "note": None, "by": {"id": pid(cast.NOOR)}}
    assert steps == [half_way, at_last]
    assert (found["totalCount"], dropped["state"]) == (2, "DROPPED")
    assert [one["note"] for one in dropped["steps"]["nodes"]] == ["Too much"]


def test_a_concern_in_confidence_is_not_even_counted_for_others(world: World) -> None:
    ask = "concerns { totalCount nodes { text note raisedBy { id } settledBy { id } } }"
    found = shown(world, ask)["concerns"]
    noor = {"id": pid(cast.NOOR)}
    settled = {"text": "We meet late", "note": "We meet earlier", "raisedBy": noor, "settledBy": noor}
    assert found == {"totalCount": 1, "nodes": [settled]}
    assert [one["text"] for one in shown(world, ask, AS_ADA)["concerns"]["nodes"]][1] == "I am worried"


def test_the_members_are_told_who_broke_the_glass_and_why(world: World) -> None:
    ask = "glassBroken { actor reason brokenAt until person { id } }"
    [broken] = shown(world, ask)["glassBroken"]
    assert (broken["actor"], broken["reason"], broken["person"]) == ("seed", "A complaint", None)
    assert broken["until"] > broken["brokenAt"]
    [as_audited] = shown(world, ask, AUDITOR)["glassBroken"]
    assert as_audited == {**broken, "reason": None}


def test_who_left_sees_what_was_before(world: World) -> None:
    ask = """state members { participant { id } leftAt leavingReason }
             goals { nodes { text state percent endedAt steps { totalCount } } }
             checkIns { totalCount } pauses { until } glassBroken { actor } milestones { reachedAt }"""
    found = shown(world, ask, AS_LIN)
    assert [member["leavingReason"] for member in found["members"]] == [None, None, "No time"]
    reached, dropped = found["goals"]["nodes"]
    assert reached["text"] == 'Ask "better"'
    assert (reached["state"], reached["percent"], reached["endedAt"]) == (None, None, None)
    assert (reached["steps"], dropped["state"]) == ({"totalCount": 1}, "DROPPED")
    assert found["checkIns"] == {"totalCount": 1}
    assert [pause["until"] for pause in found["pauses"]] == ["2026-02-01"]
    assert found["glassBroken"] == []
    assert found["milestones"][0]["reachedAt"] is not None


def test_why_somebody_left_is_theirs(world: World) -> None:
    found = shown(world, "members { leftAt leavingReason }")["members"]
    assert [member["leavingReason"] for member in found] == [None, None, None]
    assert found[2]["leftAt"] is not None


def test_what_was_handed_over_leads_to_what_it_goes_on_as(world: World) -> None:
    found = shown(world, "state successor { id } endedBy { id } noFault", AS_NOOR, told.ENDED)
    over = {"state": "HANDED_OVER", "successor": {"id": mid(told.NEXT)}, "endedBy": None, "noFault": None}
    assert found == over
    ask = "state predecessor { id } endReason noFault endWords endedBy { id }"
    assert shown(world, ask, AS_NOOR, told.NEXT) == {
        "state": "ENDED_EARLY",
        "predecessor": {"id": mid(told.ENDED)},
        "endReason": "NO_FIT",
        "noFault": False,
        "endWords": "We differ",
        "endedBy": {"id": pid(cast.NOOR)},
    }
    assert shown(world, "successor { id }", AS_ADA, told.ENDED) == {"successor": None}


def test_a_flash_session_is_seen_by_its_members_alone(world: World) -> None:
    assert shown(world, "program { id } outcome", which=told.SESSION) == {
        "program": None,
        "outcome": "ACHIEVED",
    }
    for actor in (ADMIN, AUDITOR, AS_LIN):
        assert shown(world, "state", actor, told.SESSION) is None
    everything = world.data("{ mentorships { nodes { id } } }", ADMIN)["mentorships"]["nodes"]
    assert mid(told.SESSION) not in {one["id"] for one in everything}


def listed(world: World, order: str, conditions: str = "") -> list[str]:
    """Page by page, those that this test knows; outside programmes, the administrator sees none."""
    page = f"first: 2, after: $after, orderBy: {order}, filter: {{{conditions}}}"
    ask = f"""query ($after: String) {{
      mentorships({page}) {{ nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }} }}"""
    found: list[str] = []
    more: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
    while more["hasNextPage"]:
        answer = world.data(ask, ADMIN, after=more["endCursor"])["mentorships"]
        more = answer["pageInfo"]
        found += [one["id"] for one in answer["nodes"]]
    return [one for one in found if one in KNOWN]


def test_relationships_come_in_the_order_asked_for(world: World) -> None:
    newest = listed(world, "BEGAN_AT_DESC")
    assert newest == [mid(one) for one in (told.NEXT, told.ENDED, told.CIRCLE, proposed.RELATIONSHIP)]
    assert listed(world, "BEGAN_AT") == newest[::-1]
    by_end = listed(world, "PLANNED_END")
    assert by_end[-1] == mid(told.ENDED)
    assert listed(world, "PLANNED_END_DESC") == by_end[::-1]


def test_relationships_are_found_by_state_programme_and_member(world: World) -> None:
    assert listed(world, "BEGAN_AT", "states: [PAUSED, HANDED_OVER]") == [mid(told.CIRCLE), mid(told.ENDED)]
    onboarding = f'program: "{gid(cast.ONBOARDING)}"'
    assert len(listed(world, "BEGAN_AT", onboarding)) == 3
    assert listed(world, "BEGAN_AT", f'participant: "{pid(cast.LIN)}"') == [mid(told.CIRCLE)]
    assert listed(world, "BEGAN_AT", f"{onboarding}, kinds: [ONE_TO_ONE]") == []


PAUSES: dict[str, tuple[list[tuple[int, int | None]], list[str]]] = {
    "never paused": ([], ["2026-03-11", "2026-03-31"]),
    "before both": ([(4, 9)], ["2026-03-16", "2026-04-05"]),
    "between them": ([(12, 14)], ["2026-03-11", "2026-04-02"]),
    "the first moves the second": ([(4, 9), (14, 15), (17, 19)], ["2026-03-17", "2026-04-08"]),
    "from the due day on": ([(10, 12)], ["2026-03-13", "2026-04-02"]),
    "still paused": ([(4, None)], ["2026-04-07", "2026-04-27"]),
}
"""Paused on the one day after the beginning, resumed on the other; until 2026-04-01 while not resumed."""


@pytest.fixture(scope="module")
def paused(postgres_url: str) -> Iterator[tuple[World, dict[str, MentorshipId]]]:
    with opened(postgres_url) as world:
        program, found = ProgramId(uuid4()), dict[str, MentorshipId]()
        milestones = tuple(Milestone(id=f"day-{day}", title="M", due_day=day) for day in (10, 30))
        happen(
            world,
            program,
            0,
            g.Drafted(name="Paused"),
            g.PlanSet(settings=PlanSettings(milestones=milestones)),
        )
        for name, (pauses, _) in PAUSES.items():
            found[name] = MentorshipId(uuid4())
            happen(world, found[name], 0, began(program))
            for start, end in pauses:
                happen(world, found[name], start, m.Paused(until=date(2026, 4, 1)))
                if end is not None:
                    happen(world, found[name], end, m.Resumed())
        world.catch_up()
        yield world, found


def began(program: ProgramId) -> m.Began:
    members = tuple(Member(participant=one, role=Side.MENTEE) for one in (cast.ADA, cast.NOOR))
    return m.Began(
        program=program, settings_version=1, type=told.GROUP, members=members, planned_end=date(2026, 9, 1)
    )


def happen(world: World, stream: UUID, day: int, *events: DomainEvent) -> None:
    aggregate: Any = PROGRAM if isinstance(events[0], g.Drafted) else MENTORSHIP
    at = datetime(2026, 3, 1 + day, 12, tzinfo=UTC)
    world.store.act(Command(uuid4(), "tester", at=at), aggregate.stream(stream), lambda _: list(events))


@pytest.mark.parametrize("name", PAUSES)
def test_paused_days_do_not_bring_a_milestone_nearer(
    paused: tuple[World, dict[str, MentorshipId]], name: str
) -> None:
    world, mentorships = paused
    found = shown(world, "milestones { milestone due }", AS_NOOR, mentorships[name])["milestones"]
    assert [one["milestone"] for one in found] == ["day-10", "day-30"]
    assert [one["due"] for one in found] == PAUSES[name][1]
