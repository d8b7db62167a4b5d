"""Whether somebody is told something by mail: what they prefer, and what else speaks against it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain import mailing
from domain.event import DomainEvent
from domain.mailing import Unsent, against
from domain.notification import NOTIFICATION, Read, Sent
from domain.occasions import Occasion
from domain.participant import PARTICIPANT, Erased, Left, RecordSynced, Registered, Returned
from domain.preferences import NotificationsPreferred, QuietHours
from domain.profile import LeavingReason
from domain.program_settings import Channel
from tests.people import ADA
from tests.scenario import fold, given

NIGHT = QuietHours(since="22:00", until="07:00")
MUTED = NotificationsPreferred(muted=(Occasion.SURVEY,), quiet=NIGHT)
LEFT = Left(reason=LeavingReason.OWN_WISH)
SURVEY = Sent(to=ADA.id, occasion=Occasion.SURVEY, about=UUID(int=1))
BY_MAIL = (Channel.INBOX, Channel.EMAIL)


def test_preferences_are_set_as_a_whole() -> None:
    ada = given(PARTICIPANT, ADA.registered, MUTED)
    ada.when(mailing.prefer_notifications, mail=True).then(NotificationsPreferred())
    ada.when(mailing.prefer_notifications, mail=True, muted=(Occasion.SURVEY,), quiet=NIGHT).then_nothing()


def test_what_is_the_usual_need_not_be_said() -> None:
    given(PARTICIPANT, ADA.registered).when(mailing.prefer_notifications, mail=True).then_nothing()


def test_mail_is_turned_off_by_its_own_link_and_all_else_stays() -> None:
    off = MUTED.model_copy(update={"mail": False})
    given(PARTICIPANT, ADA.registered, MUTED).when(mailing.stop_mail).then(off)
    given(PARTICIPANT, ADA.registered, MUTED, LEFT).when(mailing.stop_mail).then(off)


def why(*since: DomainEvent, read: bool = False, channels: tuple[Channel, ...] = BY_MAIL) -> Unsent | None:
    told = fold(NOTIFICATION, [SURVEY, Read(by=ADA.id)] if read else [SURVEY])
    return against(SURVEY, told, fold(PARTICIPANT, since), channels)


def test_who_has_said_nothing_is_told() -> None:
    assert why(ADA.registered) is None
    assert why(ADA.registered, LEFT, Returned()) is None


@pytest.mark.parametrize(
    ("since", "reason"),
    [
        ([], Unsent.UNKNOWN),
        ([ADA.registered, LEFT], Unsent.LEFT),
        ([ADA.registered, Erased()], Unsent.ERASED),
        ([Registered(name="Ada", source="csv")], Unsent.NO_ADDRESS),
        ([ADA.registered, RecordSynced(source="csv", changed=("email",))], Unsent.NO_ADDRESS),
        ([ADA.registered, NotificationsPreferred(mail=False)], Unsent.MAIL_OFF),
        ([ADA.registered, MUTED], Unsent.MUTED),
        ([ADA.registered, NotificationsPreferred(muted=(Occasion.MEETING,))], None),
    ],
)
def test_who_cannot_or_will_not_be_told_is_not(since: list[DomainEvent], reason: Unsent | None) -> None:
    assert why(*since) == reason


def test_what_is_read_or_comes_by_other_ways_alone_is_not_mailed() -> None:
    assert why(ADA.registered, read=True) is Unsent.READ
    assert why(ADA.registered, channels=(Channel.INBOX,)) is Unsent.NO_CHANNEL


def test_quiet_hours_are_by_the_clock_of_where_they_live() -> None:
    now = datetime(2026, 1, 10, 21, 30, tzinfo=UTC)
    berlin = RecordSynced(source="csv", changed=("time_zone",), time_zone="Europe/Berlin")
    assert mailing.quiet_until(fold(PARTICIPANT, [ADA.registered]), now) is None
    assert mailing.quiet_until(fold(PARTICIPANT, [ADA.registered, MUTED]), now) is None
    assert mailing.quiet_until(fold(PARTICIPANT, [ADA.registered, berlin, MUTED]), now) == datetime(
        2026, 1, 11, 6, tzinfo=UTC
    )
