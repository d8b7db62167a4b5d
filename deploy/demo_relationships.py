"""How the demo's relationships are lived: agreed on, talked in, met in, worked in; some pause, some end."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from api.relay import global_id
from deploy.demo_programs import Sketch, Staff
from deploy.demo_stage import Json, Stage, key_of, participant, staff, stage, working
from deploy.demo_talk import TALKS, Talk
from deploy.settings import Settings
from domain.permissions import Actor, Role
from domain.program_settings import StaffRole

SOON: Final = timedelta(seconds=3)
"""A meeting is proposed for a time to come; this one has come when all pairs have proposed theirs."""
LASTED: Final = 35
QUIET, PAUSING, ENDING = 4, 5, 6
"""Of seven relationships, one says nothing, one pauses and one ends early."""

RUNNING: Final = """query ($program: ID!) {
  mentorships(first: 100, filter: {program: $program}) {
    nodes { id beganAt agreement { required } members { role participant { id timeZone } } }
  }
}"""


@dataclass(frozen=True, slots=True)
class Pair:
    """One relationship by its two sides; of several on a side the first speaks."""

    id: str
    turn: int
    mentor: Actor
    mentee: Actor
    signs: bool
    zone: str
    talk: Talk

    def given(self, **more: object) -> Json:
        return {"mentorship": self.id, **more}

    def key(self, what: str) -> str:
        return f"{what} in {self.id}"


def live(settings: Settings, sketch: Sketch, team: Staff, today: datetime) -> None:
    """What is done in the relationships that began `today`. Begun again, it goes on where it was."""

    async def play() -> None:
        async with stage(settings) as opened:
            await _live(opened, await pairs_of(opened, sketch, team, today))

    with working(settings):
        asyncio.run(play())


async def _live(on: Stage, pairs: Sequence[Pair]) -> None:
    lively = [pair for pair in pairs if pair.turn != QUIET]
    await asyncio.gather(*(_together(on, pair) for pair in lively))
    # One after the other: proposed all at once, the last would come when its time has passed.
    met = [await _meet(on, pair) for pair in lively]
    await asyncio.sleep(SOON.total_seconds())
    await asyncio.gather(*(_record(on, pair, meeting) for pair, meeting in zip(lively, met, strict=True)))
    await asyncio.gather(*(_turn(on, pair) for pair in pairs))


async def _together(on: Stage, pair: Pair) -> None:
    await _agree(on, pair)
    await _talk(on, pair)
    await _work(on, pair)


async def pairs_of(on: Stage, sketch: Sketch, team: Staff, today: datetime) -> list[Pair]:
    """Those that have begun since then, in the order in which they began."""
    facilitator = next(person for person, held in team if held is StaffRole.FACILITATOR)
    asked = {"program": global_id("Program", sketch.id)}
    found = (await on.ask(staff(facilitator, Role.FACILITATOR), RUNNING, **asked))["mentorships"]["nodes"]
    new = [one for one in reversed(found) if datetime.fromisoformat(one["beganAt"]) >= today]
    return [_pair(number, one, TALKS[sketch.slug]) for number, one in enumerate(new)]


def _pair(number: int, found: Json, talks: Sequence[Talk]) -> Pair:
    first: dict[str, Json] = {}
    for member in found["members"]:
        first.setdefault(member["role"], member["participant"])
    return Pair(
        id=found["id"],
        turn=number % 7,
        mentor=_actor(first["MENTOR"]),
        mentee=_actor(first["MENTEE"]),
        signs=bool(found["agreement"] and found["agreement"]["required"]),
        zone=first["MENTEE"]["timeZone"] or "UTC",
        talk=talks[number % len(talks)],
    )


def _actor(person: Json) -> Actor:
    return participant(key_of(person["id"]))


async def _agree(on: Stage, pair: Pair) -> None:
    for one in (pair.mentee, pair.mentor) if pair.signs else ():
        await on.tell(one, "signAgreement", pair.key(f"sign {one.id}"), pair.given())
    goal = pair.given(text=pair.talk.goal, competency=pair.talk.competency)
    made = await on.tell(pair.mentee, "setGoal", pair.key("goal"), goal, "goal { goalId }")
    progress = pair.given(goal=made["goal"]["goalId"], percent=20 + 10 * pair.turn, note="A first step.")
    await on.tell(pair.mentee, "progressGoal", pair.key("progress"), progress)


async def _talk(on: Stage, pair: Pair) -> None:
    talk = pair.talk
    for number, text in enumerate(talk.chat):
        speaker = pair.mentor if number % 2 else pair.mentee
        await on.tell(speaker, "sendMessage", pair.key(f"message {number}"), pair.given(text=text))
    asked = pair.given(text=talk.question, topics=list(talk.topics), sharing="ANONYMOUS")
    question = await on.tell(
        pair.mentee, "askQuestion", pair.key("question"), asked, "question { questionId }"
    )
    if pair.turn == PAUSING:
        return
    answer = pair.given(question=question["question"]["questionId"], text=talk.answer, sharing="NAMED")
    told = await on.tell(pair.mentor, "answerQuestion", pair.key("answer"), answer, "answer { answerId }")
    accepted = pair.given(answer=told["answer"]["answerId"])
    await on.tell(pair.mentee, "acceptAnswer", pair.key("accept"), accepted)


async def _work(on: Stage, pair: Pair) -> None:
    """Something to read, shared with the whole programme by some, and something to do."""
    (title, url), (task, about) = pair.talk.reading, pair.talk.task
    link = await on.tell(
        pair.mentor, "shareLink", pair.key("link"), pair.given(title=title, url=url), "resource { id }"
    )
    if pair.turn < 2:
        published = {"resource": link["resource"]["id"], "to": "PROGRAM", "named": True}
        await on.tell(pair.mentor, "publishResource", pair.key("publish"), published)
    notes = f"# {pair.talk.agenda}\n\n{pair.talk.minutes}\n".encode()
    await on.share(pair.mentee, pair.id, "Notes.md", notes, pair.key("notes"))
    due = (datetime.now(UTC) + timedelta(days=14)).date().isoformat()
    assigned = pair.given(title=task, description=about, due=due, to=[global_id("Participant", _key(pair))])
    made = await on.tell(pair.mentor, "assignTask", pair.key("task"), assigned, "assignments { id }")
    if pair.turn % 2:
        work = {"assignment": made["assignments"][0]["id"]}
        await on.tell(pair.mentee, "startAssignment", pair.key("start"), work)
        await on.tell(
            pair.mentee, "submitAssignment", pair.key("submit"), {**work, "text": "Done; see my notes."}
        )
        await on.tell(pair.mentor, "completeAssignment", pair.key("complete"), work)


def _key(pair: Pair) -> UUID:
    assert pair.mentee.participant is not None  # noqa: S101 members are people
    return pair.mentee.participant


async def _meet(on: Stage, pair: Pair) -> str:
    slot = {"startsAt": (datetime.now(UTC) + SOON).isoformat(), "minutes": LASTED}
    proposed = pair.given(timeZone=pair.zone, title="First meeting", agenda=pair.talk.agenda, slots=[slot])
    made = await on.tell(pair.mentee, "proposeMeeting", pair.key("meeting"), proposed, "meeting { id }")
    return str(made["meeting"]["id"])


async def _record(on: Stage, pair: Pair, meeting: str) -> None:
    """Held before its time, as it happens; the next one is proposed at two times."""
    began = (datetime.now(UTC) - timedelta(minutes=LASTED + 1)).isoformat()
    there = [
        global_id("Participant", one.participant) for one in (pair.mentor, pair.mentee) if one.participant
    ]
    held = {"startedAt": began, "durationMinutes": LASTED, "attendance": there, "minutes": pair.talk.minutes}
    await on.tell(pair.mentor, "recordMeetingHeld", pair.key("held"), {"meeting": meeting, **held})
    days = (datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=n) for n in (7, 8))
    slots = [{"startsAt": day.isoformat(), "minutes": 60} for day in days]
    again = pair.given(timeZone=pair.zone, title="Second meeting", slots=slots)
    await on.tell(pair.mentee, "proposeMeeting", pair.key("next meeting"), again)
    ratings = [{"about": "progress", "rating": 3 + pair.turn % 3}, {"about": "relationship", "rating": 5}]
    await on.tell(pair.mentee, "checkIn", pair.key("check-in"), pair.given(ratings=ratings))


async def _turn(on: Stage, pair: Pair) -> None:
    """Not every relationship goes as planned."""
    if pair.turn == PAUSING:
        until = (datetime.now(UTC) + timedelta(days=21)).date().isoformat()
        await on.tell(pair.mentee, "pauseMentorship", pair.key("pause"), pair.given(until=until))
    elif pair.turn == ENDING:
        ended = pair.given(reason="NO_TIME", words="We will find each other again in spring.")
        await on.tell(pair.mentor, "endMentorship", pair.key("end"), ended)
