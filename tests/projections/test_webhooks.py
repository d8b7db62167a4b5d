"""Given what is done with webhooks, the rows say where and what each is told of, and since when."""

from typing import Any, Final
from uuid import UUID

import pytest

from domain import webhook as w
from domain.store import Database, Store
from tests.projections.given import happened, shown

CRM, DESK = UUID(int=9101), UUID(int=9102)
URL, DESK_URL = "https://crm.example.org/", "https://desk.example.org/"
MEETINGS: Final = "org.chiron.meeting.*"


@pytest.fixture
def two(store: Store) -> None:
    happened(store, CRM, w.Registered(url=URL, types=("*",), description="The CRM"))
    happened(store, DESK, w.Registered(url=DESK_URL, types=(MEETINGS,)))


def row(**values: Any) -> dict[str, Any]:
    return {"url": URL, "types": ["*"], "paused": None, "generation": 1, "removed": False, **values}


def crm(database: Database, store: Store) -> dict[str, Any]:
    (one,) = [one for one in shown(database, store, "webhooks") if one["webhook_id"] == CRM]
    (other,) = [one for one in shown(database, store, "webhooks") if one["webhook_id"] == DESK]
    assert (other["url"], other["types"], other["version"]) == (DESK_URL, [MEETINGS], 1)
    return one


def test_each_stands_as_it_was_registered_and_changed(
    organisation: Database, store: Store, two: None
) -> None:
    before = crm(organisation, store)
    assert before.items() >= row(description="The CRM", version=1).items()
    last = happened(store, CRM, w.Changed(url="https://new.example.org/", types=(MEETINGS,)))
    changed = row(url="https://new.example.org/", types=[MEETINGS], description=None, version=2)
    assert crm(organisation, store).items() >= {**changed, "position": last}.items()


def test_what_each_is_told_of_is_known_for_every_position(
    organisation: Database, store: Store, two: None
) -> None:
    changed = happened(store, CRM, w.Changed(url=URL, types=(MEETINGS,)))
    removed = happened(store, CRM, w.Removed())
    assert shown(organisation, store, "webhook_subscriptions", "webhook_id", "since", "types") == [
        {"webhook_id": CRM, "since": 1, "types": ["*"]},
        {"webhook_id": CRM, "since": changed, "types": [MEETINGS]},
        {"webhook_id": CRM, "since": removed, "types": []},
        {"webhook_id": DESK, "since": 2, "types": [MEETINGS]},
    ]
    assert crm(organisation, store)["removed"] is True


def test_it_says_why_nothing_is_sent_and_when_that_ended(
    organisation: Database, store: Store, two: None
) -> None:
    happened(store, CRM, w.Paused(reason=w.Reason.GONE))
    paused = crm(organisation, store)
    assert (paused["paused"], paused["resumed_at"]) == ("gone", None)
    happened(store, CRM, w.Resumed())
    resumed = crm(organisation, store)
    assert (resumed["paused"], resumed["paused_at"]) == (None, None)
    assert resumed["resumed_at"] > paused["paused_at"]


def test_of_a_secret_only_its_number_is_known(organisation: Database, store: Store, two: None) -> None:
    happened(store, CRM, w.SecretRotated(generation=2), w.Pinged(ping=UUID(int=1)))
    happened(store, CRM, w.ReplayAsked(replay=UUID(int=2), after=0))
    rotated = crm(organisation, store)
    assert (rotated["generation"], rotated["version"]) == (2, 4)
    assert rotated["rotated_at"] is not None
