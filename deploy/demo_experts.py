"""The demo's experts: some of its mentors and a guest from outside, and what they are asked."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from deploy.demo_programs import LEADERSHIP, Staff
from deploy.demo_relationships import Pair, pairs_of
from deploy.demo_stage import Json, Stage, key_of, stage, working
from deploy.settings import Settings
from domain.permissions import Actor, Role

REGISTRAR: Final = Actor("service:demo-directory", frozenset({Role.ORGANISATION_ADMIN}))
GUEST: Final = {"name": "Gia Rossi", "email": "gia.rossi@glaciers.example"}
HEADLINE: Final = "Thirty years of leading people on ice"
QUESTION: Final = "How do you keep a team together that sees each other twice a year?"
ANSWER: Final = "We have a fixed hour each week in which nothing may be decided. Let us talk about yours."


def consult(settings: Settings, team: Staff, today: datetime) -> None:
    """Mentors are listed, a guest agrees to be, and two mentees ask. Begun again, it goes on where it was."""

    async def play() -> None:
        async with stage(settings) as opened:
            pairs = await pairs_of(opened, LEADERSHIP, team, today)
            for pair in pairs:
                topics = list(pair.talk.topics)
                listed = {"headline": f"Ask me how to {topics[0]}", "topics": topics}
                await opened.tell(pair.mentor, "listAsExpert", pair.key("expert"), listed)
            await _ask_the_guest(opened, pairs[0])

    with working(settings):
        asyncio.run(play())


async def _ask_the_guest(on: Stage, pair: Pair) -> None:
    """The mentee asks; the guest answers, and gives them an hour."""
    until = (datetime.now(UTC) + timedelta(days=365)).date().isoformat()
    invited = {**GUEST, "until": until, "headline": HEADLINE, "topics": ["lead a team"]}
    made = await on.tell(REGISTRAR, "inviteGuest", "guest", invited, "participant { id }")
    guest = _guest(made["participant"])
    listed: Json = {"headline": HEADLINE, "topics": ["lead a team", "motivate employees"]}
    await on.tell(guest, "listAsExpert", "guest listed", listed)
    asked = {"expert": made["participant"]["id"], "text": QUESTION, "session": True}
    inquiry = await on.tell(pair.mentee, "askExpert", "guest asked", asked, "inquiry { id }")
    about = {"inquiry": inquiry["inquiry"]["id"]}
    await on.tell(guest, "answerInquiry", "guest answers", {**about, "text": ANSWER})
    await on.tell(guest, "agreeSession", "guest agrees", about)


def _guest(person: Json) -> Actor:
    key = key_of(person["id"])
    return Actor(str(key), frozenset({Role.GUEST}), key)
