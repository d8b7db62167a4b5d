"""Meetings in the relationships of the small organisation: one in every state, and all that is noted."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from domain import meeting as m
from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import MeetingId, MentorshipId, ParticipantId
from domain.meeting import MEETING
from tests.api.mentorships_told import CIRCLE, ENDED, SESSION
from tests.api.proposed import NAMES

HELD, PLANNED, GONE, MISSED, FELL, TALK = TOLD = tuple(
    MeetingId(uuid5(NAMES, f"meeting {number}")) for number in range(6)
)
SERIES: Final = uuid5(NAMES, "series")

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _slot(day: int, minutes: int = 60) -> m.Slot:
    return m.Slot(starts_at=datetime(2026, 3, day, 10, tzinfo=UTC), minutes=minutes)


def _proposed(mentorship: MentorshipId, by: ParticipantId, *days: int, **more: Any) -> m.Proposed:
    slots = tuple(map(_slot, days))
    return m.Proposed(mentorship=mentorship, by=by, slots=slots, time_zone="Europe/Zurich", **more)


def _meetings(ada: ParticipantId, noor: ParticipantId, lin: ParticipantId) -> Lives:
    words = {
        "title": 'The "first"',
        "agenda": "Who\nwe are, 漢字",
        "place": "Room 4",
        "link": "https://a.org/",
    }
    held = m.Held(
        by=noor,
        started_at=_slot(2).starts_at,
        duration_minutes=50,
        attendance=(ada, noor),
        minutes="Two goals",
    )
    noted = [m.Noted(note=uuid5(NAMES, one), by=ada, text=f'"{one}"', visibility=one) for one in m.Visibility]
    yield HELD, [_proposed(CIRCLE, ada, 3, 2, **words), m.Confirmed(by=noor, slot=_slot(2)), held, *noted]
    maybe = m.Answered(by=lin, answer=m.Answer.TENTATIVE)
    yield PLANNED, [_proposed(CIRCLE, noor, 9, 10, series=SERIES), maybe]
    ill = m.Cancelled(by=lin, late=True, reason="I am ill")
    yield GONE, [_proposed(CIRCLE, noor, 16, series=SERIES, title="Again"), ill]
    missed = m.Missed(by=noor, missed_by=(lin,))
    yield MISSED, [_proposed(CIRCLE, ada, 9), m.Confirmed(by=noor, slot=_slot(9)), missed]
    yield FELL, [_proposed(ENDED, noor, 20), m.Confirmed(by=ada, slot=_slot(20))]
    yield TALK, [_proposed(SESSION, noor, 4, title="Talk"), m.SlotsProposed(by=ada, slots=(_slot(5, 30),))]


def told(people: dict[str, ParticipantId]) -> list[tuple[Aggregate[Any], Lives]]:
    return [(MEETING, _meetings(people["Ada"], people["Noor"], people["Lin"]))]
