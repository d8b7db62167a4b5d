"""What people agree on and reach in a relationship, and the rows it leaves; two run side by side."""

from datetime import date, timedelta
from uuid import UUID

from domain.ids import ParticipantId
from domain.mentorship import (
    AgreementSigned,
    CheckedIn,
    ConcernRaised,
    ConcernSettled,
    GoalAchieved,
    GoalDescribed,
    GoalDropped,
    GoalProgressed,
    GoalSet,
    Migrated,
    MilestoneReached,
)
from domain.participant import Erased, Registered
from domain.store import Database, Store
from tests.projections.given import ADA, NOOR, SAM, happened, shown
from tests.projections.test_relationships import FIRST, MONDAY, SECOND, both_begin

LISTEN, ASK, OTHER = UUID(int=51), UUID(int=52), UUID(int=53)
DUE = date(2026, 6, 1)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


def rows(database: Database, store: Store, table: str, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in shown(database, store, table, *columns)]


def goals_set(store: Store) -> None:
    both_begin(store)
    happened(
        store, FIRST, GoalSet(goal=LISTEN, by=NOOR, text="Listen", competency="Coaching", due=DUE), at=MONDAY
    )
    happened(store, FIRST, GoalSet(goal=ASK, by=NOOR, text="Ask"), at=MONDAY)
    happened(store, SECOND, GoalSet(goal=OTHER, by=SAM, text="Elsewhere"), at=MONDAY)


def test_each_signature_is_kept(organisation: Database, store: Store) -> None:
    both_begin(store)
    for by, version in ((ADA, 2), (NOOR, 2), (NOOR, 3), (NOOR, 3)):
        happened(store, FIRST, AgreementSigned(by=by, version=version), at=TUESDAY)
    columns = ("mentorship_id", "participant_id", "settings_version", "signed_at")
    found = rows(organisation, store, "mentorship_signatures", *columns)
    assert set(found) == {(FIRST, ADA, 2, TUESDAY), (FIRST, NOOR, 2, TUESDAY), (FIRST, NOOR, 3, TUESDAY)}


def test_who_has_signed_the_same_text_need_not_sign_again(organisation: Database, store: Store) -> None:
    both_begin(store)
    for by, version in ((ADA, 1), (NOOR, 2)):
        happened(store, FIRST, AgreementSigned(by=by, version=version), at=TUESDAY)
    happened(store, FIRST, Migrated(settings_version=3, still_signed=True))
    happened(store, FIRST, Migrated(settings_version=4))
    columns = ("participant_id", "settings_version", "signed_at")
    found = rows(organisation, store, "mentorship_signatures", *columns)
    assert set(found) == {(ADA, 1, TUESDAY), (NOOR, 2, TUESDAY), (NOOR, 3, TUESDAY)}


def test_a_goal_as_it_was_set_and_as_it_is_described(organisation: Database, store: Store) -> None:
    goals_set(store)
    happened(store, FIRST, GoalDescribed(goal=ASK, by=ADA, text="Ask well", due=DUE), at=WEDNESDAY)
    columns = ("goal_id", "set_by", "text", "text_by", "text_at", "competency", "due", "state", "percent")
    found = rows(organisation, store, "mentorship_goals", *columns)
    assert set(found) == {
        (LISTEN, NOOR, "Listen", NOOR, MONDAY, "Coaching", DUE, "open", 0),
        (ASK, NOOR, "Ask well", ADA, WEDNESDAY, None, DUE, "open", 0),
        (OTHER, SAM, "Elsewhere", SAM, MONDAY, None, None, "open", 0),
    }


def test_a_goal_comes_to_its_end_step_by_step(organisation: Database, store: Store) -> None:
    goals_set(store)
    happened(store, FIRST, GoalProgressed(goal=LISTEN, by=ADA, percent=40, note="Good"), at=TUESDAY)
    happened(store, FIRST, GoalAchieved(goal=LISTEN, by=NOOR), at=WEDNESDAY)
    happened(store, FIRST, GoalProgressed(goal=ASK, by=ADA, percent=10), at=TUESDAY)
    happened(store, FIRST, GoalDropped(goal=ASK, by=NOOR, reason="Later"), at=WEDNESDAY)
    columns = ("goal_id", "state", "percent", "changed_at", "ended_at")
    assert set(rows(organisation, store, "mentorship_goals", *columns)) == {
        (LISTEN, "achieved", 100, WEDNESDAY, WEDNESDAY),
        (ASK, "dropped", 10, WEDNESDAY, WEDNESDAY),
        (OTHER, "open", 0, MONDAY, None),
    }
    steps = ("goal_id", "participant_id", "state", "percent", "note", "at")
    assert set(rows(organisation, store, "mentorship_goal_steps", *steps)) == {
        (LISTEN, ADA, "open", 40, "Good", TUESDAY),
        (LISTEN, NOOR, "achieved", 100, None, WEDNESDAY),
        (ASK, ADA, "open", 10, None, TUESDAY),
        (ASK, NOOR, "dropped", None, "Later", WEDNESDAY),
    }


def test_a_milestone_is_reached_once(organisation: Database, store: Store) -> None:
    both_begin(store)
    happened(store, FIRST, MilestoneReached(milestone="goals", by=ADA), at=TUESDAY)
    happened(store, FIRST, MilestoneReached(milestone="goals", by=NOOR), at=WEDNESDAY)
    happened(store, SECOND, MilestoneReached(milestone="goals"), at=WEDNESDAY)
    columns = ("mentorship_id", "milestone", "reached_at", "reached_by")
    found = rows(organisation, store, "mentorship_milestones", *columns)
    assert found == [(FIRST, "goals", TUESDAY, ADA), (SECOND, "goals", WEDNESDAY, None)]


def test_every_check_in_is_kept(organisation: Database, store: Store) -> None:
    both_begin(store)
    for id_, comment in ((LISTEN, "Fine"), (None, None)):
        given = CheckedIn(check_in=id_, by=NOOR, ratings={"progress": 4}, comment=comment)
        happened(store, FIRST, given, at=TUESDAY)
    columns = ("mentorship_id", "participant_id", "ratings", "comment", "at")
    found = rows(organisation, store, "mentorship_check_ins", *columns)
    assert sorted(found, key=str) == [
        (FIRST, NOOR, {"progress": 4}, comment, TUESDAY) for comment in ("Fine", None)
    ]


def test_a_concern_is_raised_and_settled(organisation: Database, store: Store) -> None:
    both_begin(store)
    happened(store, FIRST, ConcernRaised(concern=ASK, by=NOOR, text="Late again"), at=TUESDAY)
    raised = ConcernRaised(concern=LISTEN, by=ADA, text="Silent", confidential=False)
    happened(store, FIRST, raised, at=TUESDAY)
    happened(store, FIRST, ConcernSettled(concern=ASK, by=SAM, note="They spoke"), at=WEDNESDAY)
    columns = ("concern_id", "raised_by", "confidential", "text", "settled_by", "settled_at", "note")
    assert set(rows(organisation, store, "mentorship_concerns", *columns)) == {
        (ASK, NOOR, True, "Late again", SAM, WEDNESDAY, "They spoke"),
        (LISTEN, ADA, False, "Silent", None, None, None),
    }


def said_by(store: Store, by: ParticipantId, number: int) -> None:
    goal, concern = UUID(int=100 + number), UUID(int=200 + number)
    happened(store, FIRST, GoalSet(goal=goal, by=by, text="A"))
    happened(store, FIRST, GoalProgressed(goal=goal, by=by, percent=1, note="B"))
    happened(store, FIRST, CheckedIn(by=by, ratings={"progress": 4}, comment="C"))
    happened(store, FIRST, ConcernRaised(concern=concern, by=by, text="D"))
    happened(store, FIRST, ConcernSettled(concern=concern, by=by, note="E"))


def test_no_words_of_who_is_erased_stay_nor_come_back(organisation: Database, store: Store) -> None:
    both_begin(store)
    for person in (ADA, NOOR):
        happened(store, person, Registered(name="Somebody", source="hr"))
    said_by(store, ADA, 1)
    said_by(store, NOOR, 2)
    happened(store, ADA, Erased())
    said_by(store, ADA, 3)
    texts = {
        "mentorship_goals": ("text_by", "text"),
        "mentorship_goal_steps": ("participant_id", "note"),
        "mentorship_check_ins": ("participant_id", "comment"),
        "mentorship_concerns": ("raised_by", "text", "note"),
    }
    for table, columns in texts.items():
        found = rows(organisation, store, table, *columns)
        assert len(found) == 3
        assert all((None in row) is (row[0] == ADA) for row in found), table
