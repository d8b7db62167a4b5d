"""Each event of an enrollment, and the rows it leaves; Noor is always in the programme beside Ada."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.enrollment import (
    Applied,
    Approved,
    Completed,
    InformationGiven,
    InformationRequested,
    Invited,
    Paused,
    PlaceReleased,
    PlaceReserved,
    PreferenceStated,
    Rejected,
    Removed,
    RequestClosed,
    RequestOpened,
    Resumed,
    Waitlisted,
    WishesRanked,
    Withdrawn,
)
from domain.event import DomainEvent
from domain.ids import ProgramId, ProposalId, enrollment_id
from domain.participant import Erased, Registered
from domain.program_settings import Side
from domain.store import Database, Store
from tests.projections.given import ADA, NOOR, SAM, happened, rows, shown

GROWTH = ProgramId(UUID(int=1))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)
PEOPLE = {"ada": ADA, "noor": NOOR, "sam": SAM}
PERSONAL = ("answers", "question", "answer", "reason")


def enrolled(name: str) -> UUID:
    return enrollment_id(GROWTH, PEOPLE[name])


def applied(store: Store, *names: str, role: Side = Side.MENTEE) -> None:
    for name in names:
        event = Applied(program=GROWTH, participant=PEOPLE[name], role=role, answers={"why": f"I am {name}"})
        happened(store, enrolled(name), event, at=MONDAY)


def of(database: Database, store: Store, name: str, *columns: str) -> tuple[object, ...]:
    found = shown(database, store, "enrollments", "enrollment_id", *columns)
    (row,) = (row for row in found if row["enrollment_id"] == enrolled(name))
    return tuple(row[column] for column in columns)


def test_an_invitation(organisation: Database, store: Store) -> None:
    for name, role in (("ada", Side.MENTOR), ("noor", Side.MENTEE)):
        invited = Invited(program=GROWTH, participant=PEOPLE[name], role=role)
        happened(store, enrolled(name), invited, at=MONDAY)
    columns = ("program_id", "participant_id", "role", "state", "invited_at", "applied_at")
    assert of(organisation, store, "ada", *columns) == (GROWTH, ADA, "mentor", "invited", MONDAY, None)
    assert of(organisation, store, "noor", *columns) == (GROWTH, NOOR, "mentee", "invited", MONDAY, None)


def test_an_application(organisation: Database, store: Store) -> None:
    applied(store, "ada", role=Side.MENTOR)
    applied(store, "noor")
    columns = ("role", "state", "applied_at", "answers", "version")
    assert of(organisation, store, "ada", *columns) == ("mentor", "applied", MONDAY, {"why": "I am ada"}, 1)
    assert of(organisation, store, "noor", *columns) == ("mentee", "applied", MONDAY, {"why": "I am noor"}, 1)


def test_information_is_requested_and_given(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor")
    for name in ("ada", "noor"):
        happened(store, enrolled(name), InformationRequested(participant=PEOPLE[name], question="When?"))
    happened(store, enrolled("noor"), InformationGiven(participant=PEOPLE["noor"], answer="Now"))
    columns = ("state", "question", "answer")
    assert of(organisation, store, "ada", *columns) == ("information_requested", "When?", None)
    assert of(organisation, store, "noor", *columns) == ("applied", "When?", "Now")


def test_decisions(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor")
    happened(store, enrolled("ada"), Approved(), at=TUESDAY)
    happened(store, enrolled("noor"), Rejected(participant=PEOPLE["noor"], reason="Full"), at=TUESDAY)
    columns = ("state", "decided_at", "ended_at", "reason")
    assert of(organisation, store, "ada", *columns) == ("approved", TUESDAY, None, None)
    assert of(organisation, store, "noor", *columns) == ("rejected", TUESDAY, TUESDAY, "Full")


def test_the_waitlist_is_in_the_order_of_the_log_and_left_by_a_decision(
    organisation: Database, store: Store
) -> None:
    applied(store, "ada", "noor", "sam")
    for name in ("sam", "noor", "ada"):
        happened(store, enrolled(name), Waitlisted(), at=TUESDAY)
    happened(store, enrolled("noor"), Approved())
    columns = ("state", "waitlisted_at", "waitlist_position")
    assert of(organisation, store, "sam", *columns) == ("waitlisted", TUESDAY, 4)
    assert of(organisation, store, "noor", *columns) == ("approved", TUESDAY, None)
    assert of(organisation, store, "ada", *columns) == ("waitlisted", TUESDAY, 6)


def test_places_are_reserved_and_released(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor", role=Side.MENTOR)
    first, second = ProposalId(UUID(int=31)), ProposalId(UUID(int=32))
    for name in ("ada", "noor"):
        happened(store, enrolled(name), PlaceReserved(proposal=first, hours_a_month=2))
        happened(store, enrolled(name), PlaceReserved(proposal=second, hours_a_month=3))
    happened(store, enrolled("noor"), PlaceReleased(proposal=first))
    assert of(organisation, store, "ada", "places_reserved", "hours_reserved") == (2, 5)
    assert of(organisation, store, "noor", "places_reserved", "hours_reserved") == (1, 3)
    assert [row["hours_a_month"] for row in rows(organisation, "reserved_places")].count(3) == 2


def test_a_pause_and_its_end(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor")
    for name in ("ada", "noor"):
        happened(store, enrolled(name), Approved(), Paused(until=date(2026, 6, 1)))
    happened(store, enrolled("noor"), Resumed())
    assert of(organisation, store, "ada", "state", "paused_until") == ("paused", date(2026, 6, 1))
    assert of(organisation, store, "noor", "state", "paused_until") == ("approved", None)


@pytest.mark.parametrize(
    ("event", "state", "reason"),
    [
        (Withdrawn(), "withdrawn", None),
        (Removed(participant=PEOPLE["ada"], reason="Outside"), "removed", "Outside"),
        (Completed(), "completed", None),
    ],
)
def test_every_end(
    organisation: Database, store: Store, event: DomainEvent, state: str, reason: str | None
) -> None:
    applied(store, "ada", "noor")
    happened(store, enrolled("ada"), Approved(), Paused(until=date(2026, 6, 1)), event, at=TUESDAY)
    columns = ("state", "ended_at", "reason", "paused_until")
    assert of(organisation, store, "ada", *columns) == (state, TUESDAY, reason, None)
    assert of(organisation, store, "noor", *columns) == ("applied", None, None, None)


@pytest.mark.parametrize("again", ["invited", "applied"])
def test_who_comes_again_begins_anew(organisation: Database, store: Store, again: str) -> None:
    applied(store, "ada", "noor")
    for name in ("ada", "noor"):
        happened(store, enrolled(name), Removed(participant=PEOPLE[name], reason="Outside"))
    anew = {
        "invited": Invited(program=GROWTH, participant=PEOPLE["ada"], role=Side.MENTOR),
        "applied": Applied(program=GROWTH, participant=PEOPLE["ada"], role=Side.MENTOR),
    }
    happened(store, enrolled("ada"), anew[again])
    columns = ("state", "role", "answers", "reason", "ended_at", "version")
    assert of(organisation, store, "ada", *columns) == (again, "mentor", None, None, None, 3)
    assert of(organisation, store, "noor", *columns[:4]) == (
        "removed",
        "mentee",
        {"why": "I am noor"},
        "Outside",
    )


def everything_personal(store: Store, name: str) -> None:
    happened(
        store, enrolled(name),
        InformationRequested(participant=PEOPLE[name], question="Q"),
        InformationGiven(participant=PEOPLE[name], answer="A"),
        Rejected(participant=PEOPLE[name], reason="R"),
    )  # fmt: skip


def test_the_words_of_an_erased_person_go_in_every_programme(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor")
    for name in ("ada", "noor"):
        everything_personal(store, name)
    happened(store, ADA, Registered(name="Ada", source="csv"), Erased())
    assert of(organisation, store, "ada", *PERSONAL) == (None, None, None, None)
    assert of(organisation, store, "ada", "state", "version") == ("rejected", 4)
    assert of(organisation, store, "noor", *PERSONAL) == ({"why": "I am noor"}, "Q", "A", "R")


def test_words_recorded_after_the_erasure_are_not_shown_either(organisation: Database, store: Store) -> None:
    happened(store, ADA, Registered(name="Ada", source="csv"), Erased())
    applied(store, "ada", "noor")
    for name in ("ada", "noor"):
        everything_personal(store, name)
    assert of(organisation, store, "ada", *PERSONAL) == (None, None, None, None)
    assert of(organisation, store, "noor", *PERSONAL) == ({"why": "I am noor"}, "Q", "A", "R")


def test_words_whose_key_is_destroyed_are_null(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor")
    for name in ("ada", "noor"):
        everything_personal(store, name)
    store.forget(ADA)
    assert of(organisation, store, "ada", *PERSONAL) == (None, None, None, None)
    assert of(organisation, store, "noor", *PERSONAL) == ({"why": "I am noor"}, "Q", "A", "R")


def test_wishes_stand_in_their_order_until_others_replace_them(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor")
    happened(store, enrolled("ada"), WishesRanked(wishes=(SAM, NOOR)))
    happened(store, enrolled("noor"), WishesRanked(wishes=(SAM,)), WishesRanked(wishes=(ADA, SAM)))
    found = shown(organisation, store, "wished_people", "enrollment_id", "rank", "participant_id")
    assert {tuple(row.values()) for row in found} == {
        (enrolled("ada"), 1, SAM),
        (enrolled("ada"), 2, NOOR),
        (enrolled("noor"), 1, ADA),
        (enrolled("noor"), 2, SAM),
    }


def test_requests_are_opened_and_closed(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor")
    first, second = ProposalId(UUID(int=31)), ProposalId(UUID(int=32))
    for name in ("ada", "noor"):
        happened(store, enrolled(name), RequestOpened(proposal=first), RequestOpened(proposal=second))
    happened(store, enrolled("noor"), RequestClosed(proposal=first))
    assert of(organisation, store, "ada", "open_requests") == (2,)
    assert of(organisation, store, "noor", "open_requests") == (1,)


def test_a_preference_is_kept_until_the_person_is_erased(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor")
    for name in ("ada", "noor"):
        stated = PreferenceStated(participant=PEOPLE[name], preference={"gender": "woman"})
        happened(store, enrolled(name), stated)
    assert of(organisation, store, "ada", "preference") == ({"gender": "woman"},)
    happened(store, ADA, Registered(name="Ada", source="csv"), Erased())
    assert of(organisation, store, "ada", "preference") == (None,)
    assert of(organisation, store, "noor", "preference") == ({"gender": "woman"},)


def test_who_applies_again_wishes_and_prefers_nothing_yet(organisation: Database, store: Store) -> None:
    applied(store, "ada", "noor")
    for name in ("ada", "noor"):
        stated = PreferenceStated(participant=PEOPLE[name], preference={"gender": "woman"})
        happened(store, enrolled(name), stated, WishesRanked(wishes=(SAM,)), Withdrawn())
    applied(store, "ada")
    assert of(organisation, store, "ada", "preference") == (None,)
    assert of(organisation, store, "noor", "preference") == ({"gender": "woman"},)
    assert [row["enrollment_id"] for row in rows(organisation, "wished_people")] == [enrolled("noor")]
