"""The rows of meetings: what stands of them, and what each change leaves of their answers and times."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest

from domain.calendar_feed import Issued, Revoked
from domain.ids import MentorshipId, calendar_feed_id
from domain.meeting import (
    Answer,
    Answered,
    Cancelled,
    Confirmed,
    Described,
    Held,
    Missed,
    Noted,
    Proposed,
    Rescheduled,
    Slot,
    SlotsProposed,
    Visibility,
)
from domain.participant import Erased, Registered
from domain.store import Database, Store
from projections import catalogue, runner
from tests.projections.given import ADA, NOOR, SAM, happened, rows, shown

PAIR, CIRCLE = MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32))
FIRST, SECOND = UUID(int=71), UUID(int=72)
MONDAY, TUESDAY, FRIDAY = (
    Slot(starts_at=datetime(2026, 3, day, 10, tzinfo=UTC), minutes=60) for day in (9, 10, 13)
)
WORDS: Final[dict[str, Any]] = {
    "title": "First meeting",
    "agenda": "Who we are",
    "place": "Room 4",
    "link": "https://meet.example.org/4",
}
PROPOSED: Final = Proposed(
    mentorship=PAIR, by=ADA, slots=(TUESDAY, MONDAY), time_zone="Europe/Berlin", series=UUID(int=9), **WORDS
)
ANOTHER: Final = Proposed(mentorship=CIRCLE, by=NOOR, slots=(FRIDAY,), time_zone="Asia/Tokyo", title="Talk")
YES: Final = Answered(by=NOOR, answer=Answer.ACCEPTED)
HELD: Final = Held(
    by=NOOR, started_at=MONDAY.starts_at, duration_minutes=50, attendance=(ADA, NOOR), minutes="Two goals."
)


def of_first(database: Database, store: Store, *columns: str) -> dict[str, Any]:
    found = shown(database, store, "meetings", "meeting_id", *columns)
    [first] = [row for row in found if row.pop("meeting_id") == FIRST]
    return first


def answers(database: Database) -> dict[UUID, str]:
    found = rows(database, "meeting_answers")
    return {row["participant_id"]: row["answer"] for row in found if row["meeting_id"] == FIRST}


def slots(database: Database) -> list[datetime]:
    found = rows(database, "meeting_slots", ("meeting_id", "number", "starts_at"))
    return [
        row["starts_at"]
        for row in sorted(found, key=lambda row: int(row["number"]))
        if row["meeting_id"] == FIRST
    ]


@pytest.fixture
def proposed(store: Store) -> Store:
    happened(store, FIRST, PROPOSED)
    happened(store, SECOND, ANOTHER)
    return store


def test_what_is_proposed(organisation: Database, proposed: Store) -> None:
    columns = ("mentorship_id", "series", "state", "time_zone", "starts_at", "minutes", *WORDS, "proposed_by")
    assert of_first(organisation, proposed, *columns, "sequence", "version") == {
        "mentorship_id": PAIR, "series": UUID(int=9), "state": "proposed", "time_zone": "Europe/Berlin",
        "starts_at": MONDAY.starts_at, "minutes": 60, **WORDS, "proposed_by": ADA, "sequence": 0,
        "version": 1,
    }  # fmt: skip
    assert slots(organisation) == [TUESDAY.starts_at, MONDAY.starts_at]
    assert answers(organisation) == {ADA: "accepted"}


def test_what_is_said_of_it_is_replaced_whole(organisation: Database, proposed: Store) -> None:
    happened(proposed, FIRST, Described(by=NOOR, title="Second meeting"))
    found = of_first(organisation, proposed, *WORDS, "described_by")
    expected = {**dict.fromkeys(WORDS), "title": "Second meeting", "described_by": NOOR}
    assert found == expected


def test_other_times_take_the_place_of_those_before(organisation: Database, proposed: Store) -> None:
    happened(proposed, FIRST, YES, SlotsProposed(by=SAM, slots=(FRIDAY,)))
    found = of_first(organisation, proposed, "starts_at", "sequence", "state")
    assert found == {"starts_at": FRIDAY.starts_at, "sequence": 1, "state": "proposed"}
    assert slots(organisation) == [FRIDAY.starts_at]
    assert answers(organisation) == {SAM: "accepted"}


def test_a_time_agreed_on_stands_when_others_are_proposed(organisation: Database, proposed: Store) -> None:
    happened(proposed, FIRST, Confirmed(by=NOOR, slot=MONDAY), SlotsProposed(by=ADA, slots=(FRIDAY,)))
    found = of_first(organisation, proposed, "starts_at", "sequence", "state")
    assert found == {"starts_at": MONDAY.starts_at, "sequence": 1, "state": "confirmed"}
    assert slots(organisation) == [FRIDAY.starts_at]
    assert answers(organisation) == {NOOR: "accepted"}


def test_answers_to_a_single_time_stay_when_it_is_confirmed(organisation: Database, proposed: Store) -> None:
    single = SlotsProposed(by=ADA, slots=(MONDAY,))
    maybe = Answered(by=SAM, answer=Answer.TENTATIVE)
    happened(proposed, FIRST, single, maybe, Confirmed(by=NOOR, slot=MONDAY))
    assert of_first(organisation, proposed, "sequence") == {"sequence": 2}
    assert answers(organisation) == {ADA: "accepted", NOOR: "accepted", SAM: "tentative"}
    assert slots(organisation) == []


def test_answers_are_asked_for_again_when_it_is_moved(organisation: Database, proposed: Store) -> None:
    happened(proposed, FIRST, Confirmed(by=NOOR, slot=MONDAY), Rescheduled(by=ADA, slot=FRIDAY))
    found = of_first(organisation, proposed, "starts_at", "sequence")
    assert found == {"starts_at": FRIDAY.starts_at, "sequence": 2}
    assert answers(organisation) == {ADA: "accepted"}


def test_how_it_went(organisation: Database, proposed: Store) -> None:
    happened(proposed, FIRST, HELD)
    happened(proposed, SECOND, Confirmed(by=ADA, slot=FRIDAY), Missed(by=NOOR, missed_by=(ADA, ADA)))
    columns = ("state", "held_at", "duration_minutes", "record", "recorded_by")
    assert of_first(organisation, proposed, *columns) == {
        "state": "held", "held_at": MONDAY.starts_at, "duration_minutes": 50, "record": "Two goals.",
        "recorded_by": NOOR,
    }  # fmt: skip
    came = rows(organisation, "meeting_attendance", ("meeting_id", "participant_id", "came"))
    assert sorted((row["meeting_id"].int, row["participant_id"], row["came"]) for row in came) == sorted(
        [(71, ADA, True), (71, NOOR, True), (72, ADA, False)]
    )


def test_it_is_called_off(organisation: Database, proposed: Store) -> None:
    happened(proposed, FIRST, Cancelled(by=NOOR, late=True, reason="I am ill"))
    columns = ("state", "late", "cancel_reason", "cancelled_by", "sequence")
    assert of_first(organisation, proposed, *columns) == {
        "state": "cancelled", "late": True, "cancel_reason": "I am ill", "cancelled_by": NOOR, "sequence": 1,
    }  # fmt: skip


def test_what_is_noted(organisation: Database, proposed: Store) -> None:
    private = Noted(note=UUID(int=1), by=NOOR, text="Ask more", visibility=Visibility.AUTHOR)
    happened(proposed, FIRST, private, private)
    happened(proposed, SECOND, Noted(note=UUID(int=2), by=ADA, text="Listen"))
    found = shown(organisation, proposed, "meeting_notes", "mentorship_id", "by_id", "text", "visibility")
    assert sorted(found, key=lambda row: str(row["text"])) == [
        {"mentorship_id": PAIR, "by_id": NOOR, "text": "Ask more", "visibility": "author"},
        {"mentorship_id": CIRCLE, "by_id": ADA, "text": "Listen", "visibility": "members"},
    ]


def test_one_address_a_person_and_none_once_it_is_revoked(organisation: Database, store: Store) -> None:
    happened(
        store, calendar_feed_id(ADA), *(Issued(participant=ADA, digest=one * 32) for one in ("ab", "cd"))
    )
    happened(
        store, calendar_feed_id(NOOR), Issued(participant=NOOR, digest="ef" * 32), Revoked(participant=NOOR)
    )
    found = shown(organisation, store, "calendar_feeds", "participant_id", "digest")
    assert found == [{"participant_id": ADA, "digest": "cd" * 32}]


def test_of_an_erased_person_no_word_and_no_address_stays(organisation: Database, store: Store) -> None:
    happened(store, NOOR, Registered(name="Noor", source="csv"))
    happened(store, calendar_feed_id(NOOR), Issued(participant=NOOR, digest="ab" * 32))
    note = Noted(note=UUID(int=1), by=NOOR, text="Ask more")
    happened(store, FIRST, PROPOSED, note, HELD)
    happened(store, SECOND, ANOTHER, Cancelled(by=NOOR, reason="I am ill"))
    happened(store, NOOR, Erased())
    columns = ("title", "record", "cancel_reason")
    expected = [
        {"title": "First meeting", "record": None, "cancel_reason": None},
        {"title": None, "record": None, "cancel_reason": None},
    ]
    for _ in range(2):
        found = shown(organisation, store, "meetings", *columns)
        assert sorted(found, key=lambda row: str(row["title"])) == expected
        assert rows(organisation, "meeting_notes", ("text",)) == [{"text": None}]
        assert rows(organisation, "calendar_feeds") == []
        # What follows an erasure in the log may be readable still, until the key is gone.
        happened(store, SECOND, Described(by=NOOR, title="Again"), Cancelled(by=NOOR, reason="Still ill"))
        happened(store, FIRST, HELD, note)
        happened(store, calendar_feed_id(NOOR), Issued(participant=NOOR, digest="cd" * 32))
    runner.catch_up(organisation, store, catalogue.ALL)
