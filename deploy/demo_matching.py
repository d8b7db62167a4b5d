"""How the demo's programmes are matched: one run by the administrator, wishes of mentees, pairs by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Final

from api.relay import global_id
from deploy.demo_programs import HIGH_POTENTIAL, LEADERSHIP, ONBOARDING, Sketch, Staff
from deploy.demo_stage import Json, Stage, key_of, participant, staff, stage, working
from deploy.settings import Settings
from domain.ids import ParticipantId
from domain.permissions import Actor, Role
from domain.program_settings import Side

GENDERS: Final = ("woman", "man", "woman", "man", "woman", "man", "non-binary")
PAIRS_BY_HAND: Final = 4
NOT_NOW: Final = "My team has just lost two people; ask me again in spring."
HELLO: Final = "What would our first two meetings be about?"

RUN: Final = "query ($run: ID!) { matchRun(id: $run) { state } }"
PUBLISHED: Final = """query ($run: ID!) {
  matchRun(id: $run) { pairs(first: 100) { nodes { notProposedCode proposal { id } } } }
}"""
PROPOSALS: Final = """query ($program: ID!) {
  program(id: $program) { proposals(first: 100, states: [WAITING]) {
    totalCount nodes { id members { role acceptedAt participant { id } } } } }
}"""
SUGGESTIONS: Final = """query ($program: ID!, $participant: ID, $first: Int) {
  suggestions(program: $program, participant: $participant, first: $first) {
    suggestions { participant { id } } }
}"""

Newcomers = Mapping[Side, Sequence[ParticipantId]]
Match = Callable[[Stage, Sketch, Staff, Newcomers], Awaitable[None]]


def match(settings: Settings, sketch: Sketch, team: Staff, newcomers: Newcomers) -> None:
    """Bring those together who are new in the programme. Begun again, it goes on where it was."""

    async def play() -> None:
        async with stage(settings) as opened:
            await MATCHES[sketch.slug](opened, sketch, team, newcomers)

    with working(settings):
        asyncio.run(play())


async def by_a_run(on: Stage, sketch: Sketch, team: Staff, newcomers: Newcomers) -> None:
    """The administrator has the whole programme computed, compares, approves and publishes it."""
    program, administrator = _program(sketch), _staff(team, Role.ADMINISTRATOR)
    await _introduce(on, newcomers)
    run = await _computed(on, administrator, "the autumn run", {"program": program, "label": "Autumn"})
    scenario = {
        "program": program,
        "label": "Score first",
        "reference": run,
        "settings": {"objective": "SCORE_FIRST"},
    }
    await _computed(on, administrator, "the other scenario", scenario)
    await on.tell(administrator, "approvePairs", "approve", {"run": run})
    await on.tell(administrator, "publishMatchRun", "publish", {"run": run})
    await on.until(partial(_all_proposed, on, administrator, run))
    await _answers(on, sketch, administrator)


async def by_wishes(on: Stage, sketch: Sketch, team: Staff, newcomers: Newcomers) -> None:
    """Mentees rank whom they would like; the first of each list is asked, and most say yes."""
    program, facilitator = _program(sketch), _staff(team, Role.FACILITATOR)
    for number, mentee in enumerate(newcomers[Side.MENTEE]):
        wishes = await _suggested(on, participant(mentee), program, None, 3)
        given = {"program": program, "wishes": wishes}
        await on.tell(participant(mentee), "rankWishes", f"wishes {number} in {sketch.slug}", given)
    await _answers(on, sketch, facilitator)


async def by_hand(on: Stage, sketch: Sketch, team: Staff, newcomers: Newcomers) -> None:
    """The facilitator looks at the suggestions for one person, and proposes the best."""
    program, facilitator = _program(sketch), _staff(team, Role.FACILITATOR)
    taken = set[str]()
    for number, mentee in enumerate(newcomers[Side.MENTEE][:PAIRS_BY_HAND]):
        person = global_id("Participant", mentee)
        suggested = await _suggested(on, facilitator, program, person, PAIRS_BY_HAND)
        mentor = next(one for one in suggested if one not in taken)
        taken.add(mentor)
        given = {"program": program, "mentors": [mentor], "mentees": [person]}
        await on.tell(facilitator, "proposePair", f"pair {number} in {sketch.slug}", given)
    await _answers(on, sketch, facilitator)


MATCHES: Final[dict[str, Match]] = {
    ONBOARDING.slug: by_a_run,
    LEADERSHIP.slug: by_wishes,
    HIGH_POTENTIAL.slug: by_hand,
}


async def _introduce(on: Stage, newcomers: Newcomers) -> None:
    """Some say of themself what a report on fairness needs."""
    people = (*newcomers[Side.MENTEE], *newcomers[Side.MENTOR])
    for number, person in enumerate(people):
        said = [{"question": "gender", "answer": GENDERS[number % len(GENDERS)]}]
        given = {"profile": {"demographics": said}}
        await on.tell(participant(person), "describeProfile", f"introduce {person}", given)


async def _computed(on: Stage, administrator: Actor, key: str, given: Json) -> str:
    made = await on.tell(administrator, "requestMatchRun", key, given, "matchRun { id }")
    run: str = made["matchRun"]["id"]

    async def look() -> Json | None:
        found: Json = (await on.ask(administrator, RUN, run=run))["matchRun"]
        return None if found["state"] == "COMPUTING" else found

    await on.until(look)
    return run


async def _all_proposed(on: Stage, administrator: Actor, run: str) -> Json | None:
    found: Json = (await on.ask(administrator, PUBLISHED, run=run))["matchRun"]
    done = all(pair["proposal"] or pair["notProposedCode"] for pair in found["pairs"]["nodes"])
    return found if done else None


async def _answers(on: Stage, sketch: Sketch, staff_: Actor) -> None:
    """Of every five, three are agreed upon, one is declined by the mentor, one waits with a question."""

    async def look() -> Json | None:
        found: Json = (await on.ask(staff_, PROPOSALS, program=_program(sketch)))["program"]["proposals"]
        return found if found["totalCount"] else None

    for number, proposal in enumerate((await on.until(look))["nodes"]):
        await _answer(on, number, proposal)


async def _answer(on: Stage, number: int, proposal: Json) -> None:
    key = proposal["id"]
    open_ = [member for member in proposal["members"] if member["acceptedAt"] is None]
    mentors = [_person(member) for member in open_ if member["role"] == "MENTOR"]
    given = {"proposal": key}
    if number % 5 == 3:
        await on.tell(mentors[0], "declineProposal", f"decline {key}", {**given, "reason": NOT_NOW})
    elif number % 5 == 4:
        ask = {**given, "question": HELLO}
        await on.tell(mentors[0], "requestProposalInformation", f"ask {key}", ask)
    else:
        for member in open_:
            await on.tell(_person(member), "acceptProposal", f"accept {key} {member['role']}", given)


async def _suggested(on: Stage, who: Actor, program: str, person: str | None, count: int) -> list[str]:
    found = await on.ask(who, SUGGESTIONS, program=program, participant=person, first=count)
    return [one["participant"]["id"] for one in found["suggestions"]["suggestions"]]


def _program(sketch: Sketch) -> str:
    return global_id("Program", sketch.id)


def _staff(team: Staff, role: Role) -> Actor:
    return next(staff(person, role) for person, held in team if held.value == role.value)


def _person(member: Json) -> Actor:
    return participant(key_of(member["participant"]["id"]))
