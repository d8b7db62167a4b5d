"""The rows of assignments: what was said last, what came of it, and what stays of whom is erased."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.assignment import Assigned, Completed, Dropped, Returned, Started, Submitted, Suggested
from domain.ids import MentorshipId, ParticipantId, ResourceId
from domain.participant import Erased, Registered
from domain.store import Database, Store
from projections import catalogue, runner
from tests.projections.given import ADA, NOOR, SAM, happened, rows, shown

PAIR, CIRCLE = MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32))
READING, LISTENING = UUID(int=71), UUID(int=72)
BOOK = ResourceId(UUID(int=61))
FRIDAY = date(2030, 5, 3)


def suggested(by: ParticipantId = NOOR, **other: Any) -> Suggested:
    return Suggested(mentorship=PAIR, by=by, to=NOOR, title="Read it", description="All of it", **other)


def assigned(**other: Any) -> Assigned:
    return Assigned(**{"mentorship": CIRCLE, "by": ADA, "to": SAM, "title": "Listen", **other})


def of(database: Database, store: Store, *columns: str) -> list[dict[str, Any]]:
    found = shown(database, store, "assignments", "assignment_id", *columns)
    return [
        {name: row[name] for name in columns} for row in sorted(found, key=lambda row: row["assignment_id"])
    ]


def test_what_is_suggested_and_assigned(organisation: Database, store: Store) -> None:
    happened(store, READING, suggested(task="reading", resource=BOOK))
    last = happened(store, LISTENING, assigned(due=FRIDAY))
    runner.catch_up(organisation, store, catalogue.ALL)
    reading, listening = sorted(rows(organisation, "assignments"), key=lambda row: row["assignment_id"].int)
    assert (reading["state"], reading["title"], reading["description"]) == (
        "suggested",
        "Read it",
        "All of it",
    )
    assert (reading["task"], reading["resource_id"], reading["due"]) == ("reading", BOOK, None)
    assert (reading["mentorship_id"], reading["for_id"], reading["given_by"]) == (PAIR, NOOR, NOOR)
    assert (listening["state"], listening["due"], listening["for_id"]) == ("assigned", FRIDAY, SAM)
    assert (listening["version"], listening["position"], listening["mentorship_id"]) == (1, last, CIRCLE)


def test_a_suggestion_that_is_assigned_keeps_its_words_and_who_said_them(
    organisation: Database, store: Store
) -> None:
    by_ada = Assigned(mentorship=PAIR, by=ADA, to=NOOR, due=FRIDAY)
    happened(store, READING, suggested(), by_ada)
    happened(store, LISTENING, assigned(), assigned(title="Listen well", by=NOOR))
    columns = ("state", "title", "words_by", "given_by", "due")
    assert of(organisation, store, *columns) == [
        {"state": "assigned", "title": "Read it", "words_by": NOOR, "given_by": ADA, "due": FRIDAY},
        {"state": "assigned", "title": "Listen well", "words_by": NOOR, "given_by": NOOR, "due": None},
    ]


def test_what_is_begun_stays_begun_when_its_day_changes(organisation: Database, store: Store) -> None:
    started, again = Started(by=NOOR), Assigned(mentorship=PAIR, by=ADA, to=NOOR, due=FRIDAY)
    happened(store, READING, suggested(), started, again)
    happened(store, LISTENING, assigned(), Submitted(by=SAM), Returned(by=ADA, reason="More"), again)
    assert [row["state"] for row in of(organisation, store, "state")] == ["started", "returned"]


def test_what_came_of_it(organisation: Database, store: Store) -> None:
    handed_in = Submitted(by=NOOR, text="Done", resource=BOOK)
    happened(store, READING, suggested(), Started(by=NOOR), handed_in, Completed(by=ADA))
    happened(store, LISTENING, assigned(), Submitted(by=SAM), Returned(by=ADA, reason="More"), Dropped())
    columns = ("state", "submission", "submission_of", "reason", "returned_by", "ended_by")
    assert of(organisation, store, *columns) == [
        {
            "state": "completed", "submission": "Done", "submission_of": BOOK, "reason": None,
            "returned_by": None, "ended_by": ADA,
        },
        {
            "state": "dropped", "submission": None, "submission_of": None, "reason": "More",
            "returned_by": ADA, "ended_by": None,
        },
    ]  # fmt: skip


def test_of_an_erased_person_no_word_stays(organisation: Database, store: Store) -> None:
    happened(store, NOOR, Registered(name="Noor", source="csv"))
    mentor = Returned(by=ADA, reason="More")
    happened(store, READING, suggested(), Submitted(by=NOOR, text="Done"), mentor)
    happened(store, LISTENING, assigned(), Submitted(by=SAM, text="Heard"), Returned(by=NOOR, reason="No"))
    happened(store, NOOR, Erased())
    assert of(organisation, store, "title", "description", "submission", "reason") == [
        {"title": None, "description": None, "submission": None, "reason": "More"},
        {"title": "Listen", "description": None, "submission": "Heard", "reason": None},
    ]


def test_words_that_follow_an_erasure_are_not_kept(organisation: Database, store: Store) -> None:
    happened(store, NOOR, Registered(name="Noor", source="csv"), Erased())
    happened(store, READING, suggested(), Submitted(by=NOOR, text="Done"))
    assert of(organisation, store, "title", "submission") == [{"title": None, "submission": None}]
