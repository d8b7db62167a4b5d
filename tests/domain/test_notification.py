"""A notification: sent once, read by whom it is for."""

from typing import Any, Final
from uuid import UUID

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import notification as n
from domain.ids import notification_id
from domain.notification import NOTIFICATION, Notification, Read, Sent
from domain.occasions import Occasion
from tests.domain.test_wishes import Wish, each_decides_nothing_again, wish
from tests.people import ADA, NOOR
from tests.scenario import Given, given

SENT: Final = Sent(to=NOOR.id, occasion=Occasion.ANNOUNCEMENT, about=UUID(int=7))


def so_far(*events: Any) -> Given[Notification]:
    return given(NOTIFICATION, *events)


def test_it_is_sent_once_however_many_send_it() -> None:
    so_far().when(n.send, sent=SENT).then(SENT)
    so_far(SENT).when(n.send, sent=SENT.model_copy(update={"rung": 2})).then()


def test_it_is_read_once_by_whom_it_is_for() -> None:
    so_far(SENT).when(n.read, by=NOOR.id).then(Read(by=NOOR.id))
    so_far(SENT, Read(by=NOOR.id)).when(n.read, by=NOOR.id).then()
    so_far(SENT).when(n.read, by=ADA.id).then_refused(n.NotToldToYou)
    so_far().when(n.read, by=NOOR.id).then_refused(n.NotificationIsUnknown)


def test_one_person_is_told_one_thing_once() -> None:
    told = {
        notification_id(about, what, to)
        for about in (UUID(int=7), UUID(int=8))
        for what in ("announcement", "first meeting 1")
        for to in (ADA.id, NOOR.id)
    }
    assert len(told) == 8


people = st.sampled_from([ADA.id, NOOR.id])
OF_A_NOTIFICATION = st.one_of(
    wish(n.send, sent=st.builds(lambda to: SENT.model_copy(update={"to": to}), people)),
    wish(n.read, by=people),
)


@drawn(st.lists(OF_A_NOTIFICATION, min_size=1, max_size=25))
def test_a_wish_that_already_holds_decides_nothing(lived: list[Wish]) -> None:
    each_decides_nothing_again(NOTIFICATION, lived)
