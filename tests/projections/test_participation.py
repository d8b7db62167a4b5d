"""Who could take part, who did and who had a place: as of any moment, as the rules of the domain say it."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import enrollment as e
from domain import participant as p
from domain import program as g
from domain.audience import Rule, fulfils, write
from domain.ids import ParticipantId, enrollment_id
from domain.participant import PARTICIPANT
from domain.profile import LeavingReason
from domain.program_settings import Capacity, EnrollmentSettings, Side
from domain.store import Database, Store
from projections import catalogue, runner
from projections.audience_sql import fulfilled
from projections.projection import connect
from projections.report_people import people_of
from projections.report_scope import cut
from projections.reporting import Scope
from tests.domain.test_audience import rules
from tests.people import ONBOARDING
from tests.projections.given import ADA, NOOR, SAM, happened, rows, shown

JANUARY, FEBRUARY, MARCH = (datetime(2023, month, 1, tzinfo=UTC) for month in (1, 2, 3))
NOW = datetime(2023, 4, 1, tzinfo=UTC)


def registered(store: Store, who: ParticipantId, **record: Any) -> None:
    happened(store, who, p.Registered(name="Somebody", source="hr"), at=JANUARY)
    if record:
        said: Any = tuple(record)
        happened(store, who, p.RecordSynced(source="hr", changed=said, **record), at=JANUARY)


def as_it_was(database: Database, who: UUID, at: datetime) -> dict[str, Any]:
    """The one row of that moment."""
    [found] = [
        row
        for row in rows(database, "people_as_of")
        if row["participant_id"] == who and row["at"] <= at and (row["until"] is None or at < row["until"])
    ]
    return {name: value for name, value in found.items() if name not in {"position", "at", "until"}}


def test_what_was_known_of_somebody_then(organisation: Database, store: Store) -> None:
    registered(store, ADA, department="Sales", languages=("de",), manager=SAM)
    registered(store, NOOR)
    happened(store, ADA, p.RecordSynced(source="hr", changed=("department",), department="HR"), at=FEBRUARY)
    happened(store, ADA, p.AvailabilitySet(hours_a_month=4, accepting=False), at=FEBRUARY)
    happened(store, ADA, p.CompetencyOffered(competency="Python", level=3), at=MARCH)
    happened(store, ADA, p.ListedAsExpert(headline="Snakes", topics=("Python",)), at=MARCH)
    shown(organisation, store, "people_as_of")
    january, february = (as_it_was(organisation, ADA, at) for at in (JANUARY, FEBRUARY))
    assert (january["department"], january["languages"], january["has_manager"]) == ("sales", ["de"], True)
    assert (january["hours_a_month"], january["accepting"], january["offered"]) == (None, True, [])
    assert (february["department"], february["hours_a_month"], february["accepting"]) == ("hr", 4, False)
    assert (as_it_was(organisation, ADA, NOW)["offered"], february["expert"]) == (["python"], False)
    assert as_it_was(organisation, ADA, NOW)["expert"] is True
    assert as_it_was(organisation, NOOR, NOW) == as_it_was(organisation, NOOR, JANUARY)


def test_whoever_is_erased_was_there_and_nothing_else_is_known(organisation: Database, store: Store) -> None:
    registered(store, ADA, department="Sales")
    registered(store, NOOR, department="Sales")
    for who in (ADA, NOOR):
        said = p.ProfileDescribed(changed=("demographics",), demographics={"gender": "woman"})
        happened(store, who, said, at=FEBRUARY)
    happened(store, ADA, p.Left(reason=LeavingReason.OWN_WISH), at=MARCH)
    happened(store, ADA, p.Erased(), at=NOW)
    assert [row["participant_id"] for row in shown(organisation, store, "people_stated")] == [NOOR]
    january = as_it_was(organisation, ADA, JANUARY)
    assert (january["active"], january["department"]) == (True, None)
    assert as_it_was(organisation, ADA, MARCH)["active"] is False
    assert as_it_was(organisation, NOOR, JANUARY)["department"] == "sales"


def test_guests_and_leavers_could_not_take_part(organisation: Database, store: Store) -> None:
    happened(store, ONBOARDING, g.Drafted(name="Onboarding", purpose=None), at=JANUARY)
    for who in (ADA, NOOR, SAM):
        registered(store, who)
    said = p.ProfileDescribed(changed=("time_zone", "biography"), time_zone="Europe/Berlin", biography="Me")
    happened(store, ADA, said, at=JANUARY)
    happened(store, NOOR, p.GuestInvited(until=NOW.date()), at=FEBRUARY)
    happened(store, SAM, p.Left(reason=LeavingReason.OWN_WISH), at=FEBRUARY)
    happened(store, SAM, p.Returned(), at=MARCH)
    runner.catch_up(organisation, store, catalogue.ALL)
    with connect(organisation) as connection:
        told = [
            people_of(connection, cut(connection, Scope(ONBOARDING, at)))[0]
            for at in (JANUARY, FEBRUARY, MARCH)
        ]
    assert [one.eligible for one in told] == [3, 1, 2]
    assert as_it_was(organisation, ADA, NOW)["time_zone"] == "europe/berlin"


FACTS: st.SearchStrategy[list[Any]] = st.lists(
    st.one_of(
        st.builds(
            p.RecordSynced,
            source=st.just("hr"),
            changed=st.just(("job_title", "department", "location", "languages", "manager", "time_zone")),
            job_title=st.sampled_from([None, "A", "ß"]),
            department=st.sampled_from([None, "a", "SS"]),
            location=st.sampled_from([None, "É", "9"]),
            languages=st.sampled_from([(), ("en",), ("de", "EN")]),
            manager=st.sampled_from([None, SAM]),
            time_zone=st.sampled_from([None, "Europe/Berlin"]),
        ),
        st.builds(p.AvailabilitySet, hours_a_month=st.integers(0, 5), accepting=st.booleans()),
        st.builds(p.CompetencyOffered, competency=st.sampled_from(["A", "é"]), level=st.just(3)),
        st.builds(p.CompetencyOfferWithdrawn, competency=st.just("A")),
        st.builds(p.CompetencySought, competency=st.just("ß"), level=st.just(3), priority=st.just(1)),
        st.builds(p.CompetencyNoLongerSought, competency=st.just("ß")),
        st.sampled_from([p.ListedAsExpert(headline="Me", topics=("Go",)), p.UnlistedAsExpert()]),
    ),
    max_size=6,
)


ADMITTED: Final = """
SELECT {condition} FROM people_as_of f WHERE participant_id = %(person)s AND until IS NULL
"""


def admitted(connection: psycopg.Connection, rule: Rule) -> bool:
    params: dict[str, Any] = {"person": ADA}
    condition = fulfilled(write(rule), params)
    query = ADMITTED.format(condition=condition)
    [(found,)] = connection.execute(query, params)
    return bool(found)


@pytest.fixture
def kept(organisation: Database, store: Store) -> tuple[Database, Store]:
    registered(store, ADA)
    registered(store, NOOR, department="Sales")
    return organisation, store


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(facts=FACTS, asked=st.lists(rules, min_size=5, max_size=20))
def test_a_rule_admits_in_sql_whom_it_admits_in_the_domain(
    kept: tuple[Database, Store], facts: list[Any], asked: list[Rule]
) -> None:
    database, store = kept
    for event in facts:
        happened(store, ADA, event, at=FEBRUARY)
    runner.catch_up(database, store, [one for one in catalogue.ALL if one.name == "participation"])
    profile = p.facts(store.load(PARTICIPANT.stream(ADA)).state, ADA).profile
    with connect(database) as connection:
        for rule in asked:
            assert admitted(connection, rule) is fulfils(rule, profile)


def test_taking_part_places_and_terms_have_their_time(organisation: Database, store: Store) -> None:
    two, one = (EnrollmentSettings(capacity=Capacity(mentees_per_mentor=most)) for most in (2, 1))
    drafted = (g.Drafted(name="Onboarding", purpose=None), g.EnrollmentConfigured(settings=two))
    happened(store, ONBOARDING, *drafted, at=JANUARY)
    happened(store, ONBOARDING, g.EnrollmentConfigured(settings=one), at=MARCH)
    happened(store, ONBOARDING, g.AudienceLimited(role=Side.MENTEE, rule='location == "Rome"'), at=MARCH)
    happened(store, ONBOARDING, g.AudienceLimited(role=Side.MENTOR, rule='location == "Rome"'), at=MARCH)
    for who, side in ((ADA, Side.MENTOR), (NOOR, Side.MENTEE)):
        registered(store, who)
        enrollment = enrollment_id(ONBOARDING, who)
        applied = e.Applied(program=ONBOARDING, participant=who, role=side)
        happened(store, enrollment, applied, e.Approved(), at=JANUARY)
    place = UUID(int=5)
    happened(
        store,
        enrollment_id(ONBOARDING, ADA),
        e.PlaceReserved(proposal=place, hours_a_month=2),  # type: ignore[arg-type]  # any id will do
        at=FEBRUARY,
    )
    happened(store, enrollment_id(ONBOARDING, ADA), e.PlaceReleased(proposal=place), at=MARCH)  # type: ignore[arg-type]  # as above
    happened(store, enrollment_id(ONBOARDING, NOOR), e.Withdrawn(), at=MARCH)
    again = e.Applied(program=ONBOARDING, participant=NOOR, role=Side.MENTOR)
    happened(store, enrollment_id(ONBOARDING, NOOR), again, e.Approved(), at=NOW)
    runner.catch_up(organisation, store, catalogue.ALL)
    with connect(organisation) as connection:
        told = [
            people_of(connection, cut(connection, Scope(ONBOARDING, at)))[0]
            for at in (JANUARY, FEBRUARY, MARCH, NOW)
        ]
    assert [(one.enrolled, one.eligible, one.mentors) for one in told] == [
        (2, 2, 1),
        (2, 2, 1),
        (1, 1, 1),
        (2, 2, 2),
    ]
    assert [(one.taken, one.offered) for one in told] == [(0, 2), (1, 2), (0, 1), (0, 2)]
    # Noor was let in as a mentee once, whatever she is now.
    assert [one.mentees for one in told] == [1, 1, 1, 1]
