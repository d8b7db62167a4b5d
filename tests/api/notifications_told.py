"""What the people of the small organisation have been told: some read it, some is about what is hidden."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

from domain import notification as n
from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import NotificationId, ParticipantId, ProgramId
from domain.notification import NOTIFICATION
from domain.occasions import Occasion
from tests.api.mentorships_told import SESSION
from tests.api.proposed import NAMES

NEWS, LATE, ELSEWHERE = (NotificationId(uuid5(NAMES, f"told: {word}")) for word in ("news", "late", "else"))
TOLD: Final = (NEWS, LATE, ELSEWHERE)

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _told(noor: ParticipantId, max_: ParticipantId, program: ProgramId) -> Lives:
    news = n.Sent(
        to=noor,
        occasion=Occasion.ANNOUNCEMENT,
        about=uuid5(NAMES, "news"),
        program=program,
        settings_version=2,
    )
    yield NEWS, [news, n.Read(by=noor)]
    late = n.Sent(
        to=noor, occasion=Occasion.CHECK_IN, about=SESSION, mentorship=SESSION, rung=2, on=date(2026, 2, 1)
    )
    yield LATE, [late]
    yield ELSEWHERE, [n.Sent(to=max_, occasion=Occasion.INVITATION, about=uuid5(NAMES, "gone"))]


def told(people: dict[str, ParticipantId], program: ProgramId) -> list[tuple[Aggregate[Any], Lives]]:
    return [(NOTIFICATION, _told(people["Noor"], people["Max"], program))]
