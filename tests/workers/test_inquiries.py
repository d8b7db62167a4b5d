"""Who has left waits for no answer, and nobody waits for theirs: what is open is closed, once."""

from typing import Any, Final
from uuid import UUID

import pytest

from domain import inquiry
from domain.aggregate import Stream
from domain.event import DomainEvent
from domain.guards import StillChanging
from domain.ids import InquiryId
from domain.inquiry import Answered, Asked, Closed, Declined
from domain.participant import Erased, Left, Returned
from domain.profile import LeavingReason
from domain.store import Database, EventUnreadable, Loaded, RecordedEvent, Store
from projections import parking
from projections.projection import connect, parked_streams
from tests.people import ADA, LIN, NOOR, Person
from tests.projections.given import happened, shown
from workers import inquiries
from workers.inquiries import Inquiries

LEFT: Final = Left(reason=LeavingReason.LEFT_ORGANISATION)
FIRST, SECOND, THIRD = (InquiryId(UUID(int=number)) for number in (0xA1, 0xA2, 0xA3))


def move_on(database: Database, store: Store) -> None:
    shown(database, store, "inquiries")
    with connect(database) as connection:
        follower = Inquiries(connection, store)
        while follower.advance():
            pass


def asks(store: Store, id_: InquiryId, who: Person, whom: Person, *then: DomainEvent) -> None:
    happened(store, id_, Asked(expert=whom.id, by=who.id, text="How?"), *then)


def became(store: Store, id_: InquiryId) -> list[RecordedEvent]:
    return list(store.history(id_))[1:]


@pytest.fixture
def asked(store: Store) -> None:
    for who in (ADA, NOOR, LIN):
        happened(store, who.id, who.registered)
    asks(store, FIRST, NOOR, ADA)
    asks(store, SECOND, ADA, NOOR, Answered(by=NOOR.id, text="So."))
    asks(store, THIRD, LIN, NOOR)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("gone", [LEFT, Erased()])
def test_what_is_open_is_closed_on_both_sides(
    organisation: Database, store: Store, gone: DomainEvent
) -> None:
    move_on(organisation, store)
    happened(store, ADA.id, gone)
    move_on(organisation, store)
    (closed,) = became(store, FIRST)
    assert (closed.event, closed.cause, closed.actor) == (Closed(), "rule", "consulting")
    assert became(store, SECOND)[-1].event == Closed()
    assert became(store, THIRD) == []
    head = store.head()
    move_on(organisation, store)
    assert store.head() == head


@pytest.mark.usefixtures("asked")
def test_what_has_ended_and_who_is_back_are_let_be(organisation: Database, store: Store) -> None:
    happened(store, THIRD, Declined(by=NOOR.id))
    happened(store, LIN.id, LEFT)
    happened(store, ADA.id, LEFT, Returned())
    head = store.head()
    move_on(organisation, store)
    assert store.head() == head


class Restless(Store):
    """Somebody is always a step ahead."""

    def act_together(self, *_: Any, **__: Any) -> Any:
        raise StillChanging


@pytest.mark.usefixtures("asked")
def test_what_does_not_come_to_rest_is_tried_again_later(
    organisation: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened(store, ADA.id, LEFT)
    shown(organisation, store, "inquiries")
    with connect(organisation) as connection:
        with monkeypatch.context() as patched:
            patched.setattr(store, "__class__", Restless)
            with pytest.raises(StillChanging):
                Inquiries(connection, store).advance()
        follower = Inquiries(connection, store)
        while follower.advance():
            pass
    assert became(store, FIRST)[-1].event == Closed()


class Blind(Store):
    """Reads none of the streams of questions."""

    def load(self, stream: Stream[Any]) -> Loaded[Any]:
        if stream.aggregate is inquiry.INQUIRY:
            raise EventUnreadable("it is of a newer version")
        return super().load(stream)


@pytest.mark.usefixtures("asked")
def test_what_cannot_be_read_is_parked_and_tried_when_the_next_process_begins(
    organisation: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened(store, ADA.id, LEFT)
    shown(organisation, store, "inquiries")
    with monkeypatch.context() as patched:
        patched.setattr(store, "__class__", Blind)
        move_on(organisation, store)
        move_on(organisation, store)
    with connect(organisation) as connection:
        assert {one.stream_id for one in parked_streams(connection, inquiries.NAME)} == {FIRST, SECOND}
    move_on(organisation, store)
    with connect(organisation) as connection:
        assert parking.parked(connection, inquiries.NAME) == frozenset()
    assert became(store, FIRST)[-1].event == became(store, SECOND)[-1].event == Closed()
