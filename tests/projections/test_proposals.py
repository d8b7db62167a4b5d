"""Each event of a proposal, and the rows it leaves; another proposal always stands beside it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.event import DomainEvent
from domain.ids import MatchRunId, MentorshipId, ParticipantId, ProgramId, ProposalId
from domain.matching_settings import Criterion, Mode
from domain.participant import Erased, Registered
from domain.proposal import (
    Accepted,
    Alternative,
    Confirmed,
    Declined,
    Expired,
    InformationGiven,
    InformationRequested,
    Made,
    Provenance,
    Superseded,
    Viewed,
    Withdrawn,
)
from domain.store import Database, Store
from tests.people import LIN
from tests.projections.given import ADA, NOOR, SAM, happened, shown

GROWTH = ProgramId(UUID(int=1))
RUN = MatchRunId(UUID(int=41))
MENTORSHIP = MentorshipId(UUID(int=31))
FIRST, SECOND = ProposalId(UUID(int=21)), ProposalId(UUID(int=22))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 4, 9, tzinfo=UTC)
SUMMER = datetime(2026, 6, 1, tzinfo=UTC)
WHY = Provenance(
    engine=1,
    digest="abc",
    score=7_000,
    mentee_score=6_000,
    mentor_score=8_400,
    parts={Criterion.LANGUAGES: 5_000},
    answered=6,
    asked=9,
    rank=2,
    eligible=5,
    alternatives=(Alternative(person=SAM, score=7_100, rank=1),),
    barred={"capacity": 3},
    run=RUN,
)


def made(**changes: Any) -> Made:
    """Noor asks Ada, unless something else is said."""
    said: dict[str, Any] = {
        "program": GROWTH,
        "settings_version": 3,
        "relationship": "pair",
        "mentors": (ADA,),
        "mentees": (NOOR,),
        "mode": Mode.SELF_DIRECTED,
        "rank": 1,
        "expires_at": SUMMER,
        "author": NOOR,
        "words": "Please",
    }
    return Made(**{**said, **changes})


def proposed(store: Store, **changes: Any) -> None:
    """The first as it is said, the second as always."""
    happened(store, FIRST, made(**changes), at=MONDAY)
    happened(store, SECOND, made(), at=MONDAY)


def of(database: Database, store: Store, proposal: UUID, *columns: str) -> tuple[object, ...]:
    found = shown(database, store, "proposals", "proposal_id", *columns)
    (row,) = (row for row in found if row["proposal_id"] == proposal)
    return tuple(row[column] for column in columns)


def members(
    database: Database, store: Store, proposal: UUID, *columns: str
) -> dict[UUID, tuple[object, ...]]:
    found = shown(database, store, "proposal_members", "proposal_id", "participant_id", *columns)
    return {
        row["participant_id"]: tuple(row[column] for column in columns)
        for row in found
        if row["proposal_id"] == proposal
    }


def test_a_proposal_is_made_with_all_that_explains_it(organisation: Database, store: Store) -> None:
    given = {"mode": Mode.ADMINISTRATOR, "provenance": WHY, "author": None, "rank": None, "words": None}
    proposed(store, **given)
    terms = ("program_id", "settings_version", "relationship", "mode", "state", "rank", "author_id", "words")
    assert of(organisation, store, FIRST, *terms) == (
        GROWTH, 3, "pair", "administrator", "waiting", None, None, None,
    )  # fmt: skip
    assert of(organisation, store, SECOND, *terms[3:]) == ("self_directed", "waiting", 1, NOOR, "Please")
    told = ("score", "mentee_score", "mentor_score", "parts", "answered", "asked", "run_id")
    assert of(organisation, store, FIRST, *told) == (
        7_000, 6_000, 8_400, {"languages": 5_000}, 6, 9, RUN,
    )  # fmt: skip
    assert of(organisation, store, SECOND, *told, "provenance") == (None,) * 8
    (whole,) = of(organisation, store, FIRST, "provenance")
    assert Provenance.model_validate(whole) == WHY
    dates = ("made_at", "expires_at", "ended_at", "made_position", "ended_position", "version", "position")
    assert of(organisation, store, FIRST, *dates) == (MONDAY, SUMMER, None, 1, None, 1, 1)


def test_who_else_there_was(organisation: Database, store: Store) -> None:
    others = (Alternative(person=SAM, score=7_100, rank=1), Alternative(person=LIN.id, score=6_900, rank=3))
    proposed(store, provenance=WHY.model_copy(update={"alternatives": others}))
    happened(store, SECOND, made(provenance=WHY))
    columns = ("proposal_id", "number", "program_id", "participant_id", "score", "rank")
    found = shown(organisation, store, "proposal_alternatives", *columns)
    assert [tuple(row.values()) for row in found] == [
        (FIRST, 1, GROWTH, SAM, 7_100, 1),
        (FIRST, 2, GROWTH, LIN.id, 6_900, 3),
    ]


def test_its_members_stand_in_the_order_in_which_they_were_named(
    organisation: Database, store: Store
) -> None:
    proposed(store, mentors=(SAM, ADA), mentees=(NOOR,))
    columns = ("number", "role", "program_id", "for_good")
    assert members(organisation, store, FIRST, *columns) == {
        SAM: (1, "mentor", GROWTH, False),
        ADA: (2, "mentor", GROWTH, False),
        NOOR: (3, "mentee", GROWTH, False),
    }
    assert set(members(organisation, store, SECOND)) == {ADA, NOOR}


def test_what_is_made_is_made_once(organisation: Database, store: Store) -> None:
    proposed(store)
    happened(store, FIRST, made(mentors=(SAM,), words="No, you"))
    assert of(organisation, store, FIRST, "words", "version") == ("Please", 2)
    assert set(members(organisation, store, FIRST)) == {ADA, NOOR}


def test_the_first_look_is_kept(organisation: Database, store: Store) -> None:
    proposed(store)
    happened(store, FIRST, Viewed(by=ADA), at=TUESDAY)
    happened(store, FIRST, Viewed(by=ADA), at=WEDNESDAY)
    assert members(organisation, store, FIRST, "viewed_at") == {ADA: (TUESDAY,), NOOR: (None,)}
    assert members(organisation, store, SECOND, "viewed_at") == {ADA: (None,), NOOR: (None,)}


def test_a_question_its_answer_and_the_next_question(organisation: Database, store: Store) -> None:
    columns = ("question", "question_by", "question_at", "answer", "answer_by", "answer_at")
    proposed(store)
    for proposal in (FIRST, SECOND):
        happened(store, proposal, InformationRequested(by=ADA, question="Why me?"), at=TUESDAY)
        happened(store, proposal, InformationGiven(by=NOOR, answer="You know"), at=WEDNESDAY)
    happened(store, SECOND, InformationRequested(by=NOOR, question="When?"), at=WEDNESDAY)
    assert of(organisation, store, FIRST, *columns) == (
        "Why me?", ADA, TUESDAY, "You know", NOOR, WEDNESDAY,
    )  # fmt: skip
    assert of(organisation, store, SECOND, *columns) == ("When?", NOOR, WEDNESDAY, None, None, None)


def test_who_has_accepted(organisation: Database, store: Store) -> None:
    proposed(store)
    happened(store, FIRST, Accepted(by=NOOR), at=TUESDAY)
    assert members(organisation, store, FIRST, "accepted_at") == {ADA: (None,), NOOR: (TUESDAY,)}
    assert members(organisation, store, SECOND, "accepted_at") == {ADA: (None,), NOOR: (None,)}
    assert of(organisation, store, FIRST, "state") == ("waiting",)


def test_a_decline_with_its_reason_ends_a_pair(organisation: Database, store: Store) -> None:
    proposed(store)
    happened(store, FIRST, Declined(by=ADA, reason="No time", for_good=True), at=TUESDAY)
    columns = ("declined_at", "declined_position", "reason", "for_good")
    assert members(organisation, store, FIRST, *columns) == {
        ADA: (TUESDAY, 3, "No time", True),
        NOOR: (None, None, None, False),
    }
    assert of(organisation, store, FIRST, "state", "ended_at", "ended_position") == ("declined", TUESDAY, 3)
    assert of(organisation, store, SECOND, "state", "ended_at", "ended_position") == ("waiting", None, None)


@pytest.mark.parametrize(
    ("least", "declining", "state"),
    [
        ({"least_mentees": 2}, (NOOR,), "declined"),
        ({}, (NOOR,), "waiting"),
        ({}, (NOOR, SAM), "declined"),
        ({"least_mentors": 0}, (ADA,), "waiting"),
        ({"least_mentors": 0}, (ADA, NOOR), "declined"),
    ],
)
def test_a_group_goes_on_while_it_is_enough(
    organisation: Database,
    store: Store,
    least: dict[str, int],
    declining: tuple[ParticipantId, ...],
    state: str,
) -> None:
    proposed(store, mentees=(NOOR, SAM), **least)
    happened(store, FIRST, *[Declined(by=one) for one in declining])
    assert of(organisation, store, FIRST, "state") == (state,)
    assert of(organisation, store, SECOND, "state") == ("waiting",)


@pytest.mark.parametrize(
    ("event", "state", "mentorship"),
    [
        (Withdrawn(), "withdrawn", None),
        (Expired(), "expired", None),
        (Superseded(), "superseded", None),
        (Confirmed(mentorship=MENTORSHIP), "confirmed", MENTORSHIP),
    ],
)
def test_every_end(
    organisation: Database, store: Store, event: DomainEvent, state: str, mentorship: UUID | None
) -> None:
    proposed(store)
    happened(store, FIRST, event, at=TUESDAY)
    columns = ("state", "ended_at", "ended_position", "mentorship_id", "version", "position")
    assert of(organisation, store, FIRST, *columns) == (state, TUESDAY, 3, mentorship, 2, 3)
    assert of(organisation, store, SECOND, *columns) == ("waiting", None, None, None, 1, 2)


def said_by_both(store: Store) -> None:
    """In both proposals Noor has asked for Ada; in one Ada asks and Noor answers, in the other vice versa."""
    proposed(store)
    for proposal, asking, answering in ((FIRST, ADA, NOOR), (SECOND, NOOR, ADA)):
        happened(
            store,
            proposal,
            InformationRequested(by=asking, question="Q"),
            InformationGiven(by=answering, answer="A"),
            Declined(by=ADA, reason="R"),
        )


def personal(database: Database, store: Store) -> list[tuple[object, ...]]:
    """The words, question and answer of each proposal, and Ada's reason."""
    return [
        (
            *of(database, store, proposal, "words", "question", "answer"),
            *members(database, store, proposal, "reason")[ADA],
        )
        for proposal in (FIRST, SECOND)
    ]


ADAS_GONE = [("Please", None, "A", None), ("Please", "Q", None, None)]


def test_the_words_of_an_erased_person_go_and_the_others_stay(organisation: Database, store: Store) -> None:
    said_by_both(store)
    assert personal(organisation, store) == [("Please", "Q", "A", "R")] * 2
    happened(store, ADA, Registered(name="Ada", source="csv"), Erased())
    assert personal(organisation, store) == ADAS_GONE
    happened(store, NOOR, Registered(name="Noor", source="csv"), Erased())
    assert personal(organisation, store) == [(None,) * 4] * 2


def test_words_recorded_after_the_erasure_are_not_shown_either(organisation: Database, store: Store) -> None:
    happened(store, ADA, Registered(name="Ada", source="csv"), Erased())
    said_by_both(store)
    assert personal(organisation, store) == ADAS_GONE


def test_words_whose_key_is_destroyed_are_null(organisation: Database, store: Store) -> None:
    said_by_both(store)
    store.forget(ADA)
    assert personal(organisation, store) == ADAS_GONE


def test_nothing_follows_where_nothing_was_made(organisation: Database, store: Store) -> None:
    happened(store, FIRST, Accepted(by=LIN.id), Declined(by=LIN.id), Withdrawn())
    proposed(store)
    happened(store, SECOND, Accepted(by=LIN.id), Declined(by=LIN.id))
    assert of(organisation, store, SECOND, "state", "version") == ("waiting", 3)
    assert members(organisation, store, SECOND, "accepted_at") == {ADA: (None,), NOOR: (None,)}
