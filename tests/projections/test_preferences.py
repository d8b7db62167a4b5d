"""What everybody prefers of being told things."""

from domain.occasions import Occasion
from domain.participant import Erased
from domain.preferences import NotificationsPreferred, QuietHours
from domain.store import Database, Store
from projections.preferences import PROJECTION
from tests.people import ADA, LIN, NOOR
from tests.projections.given import happened, rows, shown

TABLE = "notification_preferences"
USUAL = {"mail": True, "muted": [], "quiet_since": None, "quiet_until": None}


def test_the_usual_holds_until_somebody_says_otherwise(organisation: Database, store: Store) -> None:
    for person in (ADA, NOOR, LIN):
        happened(store, person.id, person.registered)
    happened(store, NOOR.id, NotificationsPreferred(mail=False, muted=(Occasion.SURVEY,)))
    night = QuietHours(since="22:00", until="07:00")
    happened(store, NOOR.id, NotificationsPreferred(muted=(Occasion.SURVEY,), quiet=night))
    found = {row.pop("participant_id"): row for row in shown(organisation, store, TABLE)}
    noor = {"mail": True, "muted": ["survey"], "quiet_since": "22:00", "quiet_until": "07:00"}
    assert found == {ADA.id: USUAL, NOOR.id: noor, LIN.id: USUAL}


def test_nothing_stays_of_the_erased(organisation: Database, store: Store) -> None:
    for person in (ADA, NOOR):
        happened(store, person.id, person.registered)
    happened(store, NOOR.id, NotificationsPreferred(mail=False), Erased())
    shown(organisation, store, TABLE)
    assert [row["participant_id"] for row in rows(organisation, TABLE)] == [ADA.id]
    assert PROJECTION.tables == (TABLE,)
