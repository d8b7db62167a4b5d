"""Whether something that somebody is told reaches them by mail, and from when on."""

from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.event import DomainEvent
from domain.notification import Notification, Sent
from domain.occasions import Occasion
from domain.participant import Participant, Status, refuse_absent
from domain.preferences import NotificationsPreferred, QuietHours
from domain.program_settings import Channel


class Unsent(StrEnum):
    """Why something is not told by mail."""

    TOO_OLD = "too_old"
    READ = "read"
    UNKNOWN = "unknown"
    LEFT = "left"
    ERASED = "erased"
    NO_ADDRESS = "no_address"
    NO_CHANNEL = "no_channel"
    MAIL_OFF = "mail_off"
    MUTED = "muted"


def prefer_notifications(
    state: Participant, *, mail: bool, muted: tuple[Occasion, ...] = (), quiet: QuietHours | None = None
) -> list[DomainEvent]:
    refuse_absent(state)
    wished = NotificationsPreferred(mail=mail, muted=muted, quiet=quiet)
    return [] if state.preferred == wished else [wished]


def stop_mail(state: Participant) -> list[DomainEvent]:
    """As the link in each mail does; possible after leaving too. All else that is preferred stays."""
    refuse_absent(state, but=Status.LEFT)
    return [state.preferred.model_copy(update={"mail": False})] if state.preferred.mail else []


def against(
    told: Sent, notification: Notification, person: Participant, channels: Collection[Channel]
) -> Unsent | None:
    """Why this person is not told this by mail, though it is not too old; None: they are."""
    if person.status is not Status.ACTIVE:
        return Unsent(person.status)
    if notification.read:
        return Unsent.READ
    if not person.said.get("email"):
        return Unsent.NO_ADDRESS
    if Channel.EMAIL not in channels:
        return Unsent.NO_CHANNEL
    if not person.preferred.mail:
        return Unsent.MAIL_OFF
    return Unsent.MUTED if told.occasion in person.preferred.muted else None


def quiet_until(person: Participant, now: datetime) -> datetime | None:
    """None: they may be told now. Who has said no time zone lives by UTC."""
    zone, quiet = person.said.get("time_zone"), person.preferred.quiet
    return quiet.over_at(now, ZoneInfo(zone) if zone else UTC) if quiet else None
