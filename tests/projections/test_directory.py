"""The directory: who is listed, by which words they are found, and how many there are of everything."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest

from domain.event import DomainEvent
from domain.ids import InquiryId, ParticipantId
from domain.inquiry import Asked, Rated
from domain.participant import (
    AvailabilitySet,
    CompetencyOffered,
    Erased,
    GuestInvited,
    Left,
    ListedAsExpert,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
    UnlistedAsExpert,
)
from domain.profile import LeavingReason
from domain.store import Database, Store
from tests.projections.given import ADA, NOOR, SAM, happened, rows, shown

LISTED: Final = ListedAsExpert(headline="Builds engines", topics=("Engines", "Python"))
RECORD: Final = RecordSynced(
    source="hr",
    changed=("job_title", "location", "languages"),
    job_title="Head of Steam",
    location="Lagos",
    languages=("en", "yo"),
)
LEFT: Final = Left(reason=LeavingReason.LEFT_ORGANISATION)


def registered(name: str) -> Registered:
    return Registered(name=name, source="hr")


def listed(database: Database, store: Store, *columns: str) -> list[dict[str, Any]]:
    return shown(database, store, "directory", "participant_id", *columns)


def tallies(database: Database) -> dict[tuple[str, str], int]:
    return {(row["facet"], row["value"]): row["experts"] for row in rows(database, "directory_tallies")}


def words(database: Database) -> set[str]:
    return {row["word"] for row in rows(database, "directory_words")}


def rated(store: Store, number: int, expert: ParticipantId, *ratings: int) -> None:
    asked = Asked(expert=expert, by=NOOR, text="How?")
    given = [Rated(by=NOOR, rating=rating) for rating in ratings]
    happened(store, InquiryId(UUID(int=number)), asked, *given)


def test_only_the_listed_are_there_with_all_that_is_known_of_them(
    organisation: Database, store: Store
) -> None:
    happened(store, ADA, registered("Ada"), RECORD, AvailabilitySet(hours_a_month=4), LISTED)
    happened(store, NOOR, registered("Noor"), RECORD)
    happened(store, SAM, LISTED, registered("Sam"), ListedAsExpert(headline="Listens", topics=("python",)))
    told = listed(
        organisation, store, "name", "topics", "topic_keys", "languages", "location", "available", "rating"
    )
    ada, sam = sorted(told, key=lambda row: row["name"])
    assert ada == {
        "participant_id": ADA,
        "name": "Ada",
        "topics": ["Engines", "Python"],
        "topic_keys": ["engines", "python"],
        "languages": ["en", "yo"],
        "location": "Lagos",
        "available": True,
        "rating": None,
    }
    assert (sam["participant_id"], sam["topics"], sam["location"]) == (SAM, ["python"], None)
    assert tallies(organisation) == {
        ("topic", "engines"): 1,
        ("topic", "python"): 2,
        ("language", "en"): 1,
        ("language", "yo"): 1,
        ("location", "Lagos"): 1,
        ("available", "true"): 2,
    }
    assert {"ada", "head", "steam", "builds", "lagos", "python"} <= words(organisation)
    assert "noor" not in words(organisation)


@pytest.mark.parametrize("gone", [UnlistedAsExpert(), LEFT, Erased()])
def test_who_is_gone_is_gone_with_every_word(organisation: Database, store: Store, gone: DomainEvent) -> None:
    happened(store, ADA, registered("Ada"), RECORD, LISTED)
    happened(store, SAM, registered("Sam"), LISTED)
    happened(store, ADA, ProfileDescribed(changed=("biography",), biography="Loves looms"), gone)
    assert [row["participant_id"] for row in listed(organisation, store)] == [SAM]
    assert words(organisation) == {"sam", "builds", "engines", "python"}
    assert ("location", "Lagos") not in tallies(organisation)


def test_who_returns_is_listed_as_before(organisation: Database, store: Store) -> None:
    happened(store, ADA, registered("Ada"), LISTED, LEFT, Returned())
    assert [row["participant_id"] for row in listed(organisation, store)] == [ADA]


def test_what_is_erased_leaves_no_word(organisation: Database, store: Store) -> None:
    happened(store, ADA, registered("Ada"), RECORD, LISTED)
    happened(store, ADA, GuestInvited(until=date(2030, 1, 1), headline="Knows all"), Erased())
    assert listed(organisation, store) == []
    (person,) = rows(organisation, "directory_people")
    kept = {name for name, value in person.items() if value not in (None, [], False)}
    assert kept == {"participant_id", "status"}


@pytest.mark.parametrize(
    ("said", "available"),
    [
        ((), True),
        ((AvailabilitySet(hours_a_month=1),), True),
        ((AvailabilitySet(hours_a_month=0),), False),
        ((AvailabilitySet(hours_a_month=8, accepting=False),), False),
    ],
)
def test_who_takes_nobody_or_has_no_time_is_not_available(
    organisation: Database, store: Store, said: tuple[DomainEvent, ...], available: bool
) -> None:
    happened(store, ADA, registered("Ada"), LISTED, *said)
    assert listed(organisation, store, "available") == [{"participant_id": ADA, "available": available}]


def test_few_ratings_are_not_shown_and_a_new_one_replaces_the_old(
    organisation: Database, store: Store
) -> None:
    for who in (ADA, SAM):
        happened(store, who, registered("X"), LISTED)
    for number, given in enumerate([(1, 5), (4,), (5,)], 70):
        rated(store, number, ADA, *given)
    for number in (80, 81):
        rated(store, number, SAM, 5)
    rated(store, 90, NOOR, 5)
    told = {
        row["participant_id"]: row for row in listed(organisation, store, "rating", "ratings", "standing")
    }
    assert (told[ADA]["rating"], told[ADA]["ratings"], told[ADA]["standing"]) == (4.67, 3, 3833)
    assert (told[SAM]["rating"], told[SAM]["ratings"], told[SAM]["standing"]) == (None, 2, 3000)
    assert NOOR not in told


def test_a_guest_is_there_once_listed(organisation: Database, store: Store) -> None:
    happened(store, ADA, registered("Gus"), GuestInvited(until=date(2030, 1, 1), topics=("Go",)))
    assert listed(organisation, store) == []
    happened(store, ADA, LISTED)
    assert listed(organisation, store, "guest") == [{"participant_id": ADA, "guest": True}]


def test_a_topic_in_two_spellings_is_one(organisation: Database, store: Store) -> None:
    twice = ListedAsExpert(headline="H", topics=("Node.js", "node.JS", "C++"))
    happened(store, ADA, registered("Ada"), twice)
    assert listed(organisation, store, "topics", "topic_keys") == [
        {"participant_id": ADA, "topics": ["Node.js", "C++"], "topic_keys": ["node.js", "c++"]}
    ]
    assert {"node", "js", "c"} <= words(organisation)


def test_what_the_directory_does_not_show_changes_nothing(organisation: Database, store: Store) -> None:
    happened(store, ADA, registered("Ada"), LISTED)
    before = listed(organisation, store, "document")
    happened(store, ADA, CompetencyOffered(competency="Go", level=3))
    assert listed(organisation, store, "document") == before
