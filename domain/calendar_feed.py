"""A calendar feed: the private address at which one person's calendar program reads their meetings.

Its stream belongs to one participant; the address itself is known to them alone, the log has its digest.
"""

from dataclasses import dataclass
from typing import Annotated, Final, assert_never

from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.words import shaped

Digest = Annotated[str, shaped("[0-9a-f]{64}", "must be a SHA-256 digest in hexadecimal")]


class Issued(DomainEvent, name="calendar_feed.issued"):
    """An address issued before is good no more. `digest` is the SHA-256 of its secret part."""

    participant: ParticipantId
    digest: Digest


class Revoked(DomainEvent, name="calendar_feed.revoked"):
    participant: ParticipantId


CalendarFeedEvent = Issued | Revoked


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    digest: str | None = None


def issue(state: CalendarFeed, *, participant: ParticipantId, digest: str) -> list[DomainEvent]:
    return [] if state.digest == digest else [Issued(participant=participant, digest=digest)]


def revoke(state: CalendarFeed, *, participant: ParticipantId) -> list[DomainEvent]:
    return [Revoked(participant=participant)] if state.digest else []


def evolve(state: CalendarFeed, event: CalendarFeedEvent) -> CalendarFeed:
    match event:
        case Issued():
            return CalendarFeed(event.digest)
        case Revoked():
            return CalendarFeed()
        case _:
            assert_never(event)


CALENDAR_FEED: Final = Aggregate("calendar_feed", CalendarFeed(), evolve)
