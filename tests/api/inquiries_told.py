"""What has been asked of experts in the small organisation, and whom it has invited from outside."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

from domain import inquiry as q
from domain import participant as p
from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import InquiryId, ParticipantId
from domain.inquiry import INQUIRY
from domain.participant import PARTICIPANT
from tests.api.mentorships_told import SESSION
from tests.api.proposed import NAMES

MET, DECLINED, WAITING = (InquiryId(uuid5(NAMES, f"asked: {word}")) for word in ("met", "declined", "waits"))
TOLD: Final = (MET, DECLINED, WAITING)
GUS: Final = ParticipantId(uuid5(NAMES, "Gus"))

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _asked(ada: ParticipantId, noor: ParticipantId) -> Lives:
    met = q.Asked(expert=ada, by=noor, text='How do "engines" work?', topics=("Engines",), session=True)
    further = q.FollowedUp(by=noor, text="And\nlooms?")
    agreed = q.SessionAgreed(by=ada, mentorship=SESSION)
    rated = q.Rated(by=noor, rating=5, comment="Très bien")
    yield MET, [met, q.Answered(by=ada, text="They <turn>"), further, agreed, q.Closed(by=noor), rated]
    why = q.Asked(expert=ada, by=noor, text="Why?")
    yield DECLINED, [why, q.Declined(by=ada, reason="Ask Gus")]
    yield WAITING, [q.Asked(expert=GUS, by=ada, text="When?")]


def _guest() -> Lives:
    known = p.Registered(name="Gus Guest", email="gus@example.com", source="guest")
    invited = p.GuestInvited(until=date(2026, 3, 1), headline='Knows "it"', topics=("Engines",))
    yield GUS, [known, invited, p.ListedAsExpert(headline="Ask me", topics=("Engines", "engines"))]


def told(people: dict[str, ParticipantId]) -> list[tuple[Aggregate[Any], Lives]]:
    return [(PARTICIPANT, _guest()), (INQUIRY, _asked(people["Ada"], people["Noor"]))]
