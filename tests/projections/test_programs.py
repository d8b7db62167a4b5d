"""Each event of a programme, and the rows it leaves; always with another programme beside."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.accountability_settings import AccountabilitySettings, Degree
from domain.matching_settings import MatchingSettings
from domain.program import (
    AccountabilitySet,
    AgreementSet,
    AnnouncementMade,
    Archived,
    AudienceLimited,
    Closed,
    CommunicationsSet,
    ContentAdded,
    ContentRemoved,
    Described,
    Drafted,
    EnrollmentConfigured,
    MatchingConfigured,
    Opened,
    PlanSet,
    RelationshipTypesSet,
    SettingsEvent,
    StaffAssigned,
    StaffWithdrawn,
    WoundDown,
)
from domain.program_settings import (
    AgreementSettings,
    CommunicationsSettings,
    EnrollmentSettings,
    Kind,
    PlanSettings,
    RelationshipType,
    Settings,
    Side,
    StaffRole,
)
from domain.store import Database, Store
from tests.projections.given import ADA, SAM, happened, shown

GROWTH, LEADERSHIP = UUID(int=1), UUID(int=2)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)
DEFAULTS = Settings().model_dump(mode="json")
PAIRS = RelationshipType(id="pairs", kind=Kind.ONE_TO_ONE, name="Pairs")


def two_drafts(store: Store) -> None:
    happened(store, GROWTH, Drafted(name="Growth", purpose="Grow"), at=MONDAY)
    happened(store, LEADERSHIP, Drafted(name="Leadership"), at=TUESDAY)


def test_a_draft_has_the_default_settings_as_its_first_version(organisation: Database, store: Store) -> None:
    two_drafts(store)
    growth, leadership = shown(organisation, store, "programs")
    assert {part: growth[part] for part in DEFAULTS} == DEFAULTS
    assert (growth["program_id"], growth["name"], growth["purpose"]) == (GROWTH, "Growth", "Grow")
    assert (growth["state"], growth["drafted_at"], growth["settings_version"]) == ("draft", MONDAY, 1)
    assert (leadership["name"], leadership["purpose"], leadership["drafted_at"]) == (
        "Leadership",
        None,
        TUESDAY,
    )
    assert shown(organisation, store, "program_versions") == [
        {"program_id": GROWTH, "settings_version": 1, "settings": DEFAULTS, "position": 1},
        {"program_id": LEADERSHIP, "settings_version": 1, "settings": DEFAULTS, "position": 2},
    ]


def test_a_description_replaces_the_last_one(organisation: Database, store: Store) -> None:
    two_drafts(store)
    happened(store, GROWTH, Described(name="Growing"))
    assert shown(organisation, store, "programs", "name", "purpose") == [
        {"name": "Growing", "purpose": None},
        {"name": "Leadership", "purpose": None},
    ]


def test_an_audience_is_limited_for_each_side_and_lifted(organisation: Database, store: Store) -> None:
    two_drafts(store)
    happened(store, GROWTH, AudienceLimited(role=Side.MENTOR, rule='department == "Sales"'))
    happened(store, GROWTH, AudienceLimited(role=Side.MENTEE, rule='location == "Berlin"'))
    happened(store, LEADERSHIP, AudienceLimited(role=Side.MENTOR, rule='location == "Berlin"'))
    happened(store, GROWTH, AudienceLimited(role=Side.MENTOR))
    assert shown(organisation, store, "programs", "audience") == [
        {"audience": {"mentee": 'location == "Berlin"'}},
        {"audience": {"mentor": 'location == "Berlin"'}},
    ]


@pytest.mark.parametrize(
    ("part", "event"),
    [
        ("relationship_types", RelationshipTypesSet(types=(PAIRS,))),
        ("enrollment", EnrollmentConfigured(settings=EnrollmentSettings(application=False))),
        ("matching", MatchingConfigured(settings=MatchingSettings())),
        ("plan", PlanSet(settings=PlanSettings())),
        ("agreement", AgreementSet(settings=AgreementSettings(required=True, text="We meet."))),
        ("communications", CommunicationsSet(settings=CommunicationsSettings())),
        ("accountability", AccountabilitySet(settings=AccountabilitySettings(degree=Degree.LIGHT))),
    ],
)
def test_settings_change_their_part_alone(
    organisation: Database, store: Store, part: str, event: SettingsEvent
) -> None:
    two_drafts(store)
    happened(store, GROWTH, event)
    growth, leadership = shown(organisation, store, "programs")
    (said,) = event.model_dump(mode="json").values()
    assert {each: growth[each] for each in DEFAULTS} == {**DEFAULTS, part: said}
    assert {each: leadership[each] for each in DEFAULTS} == DEFAULTS


def test_terms_are_versioned_once_the_draft_is_opened(organisation: Database, store: Store) -> None:
    two_drafts(store)
    agreement = AgreementSet(settings=AgreementSettings(required=True, text="We meet."))
    happened(store, GROWTH, RelationshipTypesSet(types=(PAIRS,)), Opened())
    happened(store, LEADERSHIP, RelationshipTypesSet(types=(PAIRS,)), agreement)
    happened(store, GROWTH, agreement, AudienceLimited(role=Side.MENTOR, rule='location == "Berlin"'))
    pairs = {**DEFAULTS, "relationship_types": [PAIRS.model_dump(mode="json")]}
    agreed = {**pairs, "agreement": agreement.settings.model_dump(mode="json")}
    assert shown(organisation, store, "program_versions") == [
        {"program_id": GROWTH, "settings_version": 1, "settings": pairs, "position": 3},
        {"program_id": GROWTH, "settings_version": 2, "settings": agreed, "position": 7},
        {
            "program_id": GROWTH,
            "settings_version": 3,
            "settings": {**agreed, "audience": {"mentor": 'location == "Berlin"'}},
            "position": 8,
        },
        {"program_id": LEADERSHIP, "settings_version": 1, "settings": agreed, "position": 6},
    ]
    assert [row["settings_version"] for row in shown(organisation, store, "programs")] == [3, 1]


def test_content_is_added_and_removed(organisation: Database, store: Store) -> None:
    two_drafts(store)
    guide, film = UUID(int=11), UUID(int=12)
    happened(
        store, GROWTH, ContentAdded(content=guide, title="Guide", url="https://example.org/g"), at=MONDAY
    )
    happened(
        store, GROWTH, ContentAdded(content=film, title="Film", url="https://example.org/f", description="D")
    )
    happened(store, LEADERSHIP, ContentAdded(content=film, title="Film", url="https://example.org/f"))
    happened(store, GROWTH, ContentRemoved(content=film))
    columns = ("program_id", "content_id", "title", "url", "description")
    assert shown(organisation, store, "program_content", *columns) == [
        dict(zip(columns, (GROWTH, guide, "Guide", "https://example.org/g", None), strict=True)),
        dict(zip(columns, (LEADERSHIP, film, "Film", "https://example.org/f", None), strict=True)),
    ]


def test_staff_is_assigned_and_withdrawn_by_role(organisation: Database, store: Store) -> None:
    two_drafts(store)
    for role in StaffRole:
        happened(store, GROWTH, StaffAssigned(person=SAM, role=role), at=MONDAY)
    happened(store, LEADERSHIP, StaffAssigned(person=ADA, role=StaffRole.ADMINISTRATOR), at=TUESDAY)
    happened(store, GROWTH, StaffWithdrawn(person=SAM, role=StaffRole.FACILITATOR))
    assert shown(organisation, store, "program_staff") == [
        {"program_id": GROWTH, "person_id": SAM, "role": "administrator", "assigned_at": MONDAY},
        {"program_id": LEADERSHIP, "person_id": ADA, "role": "administrator", "assigned_at": TUESDAY},
    ]


def test_announcements_stay_as_they_were_made(organisation: Database, store: Store) -> None:
    two_drafts(store)
    first, second = UUID(int=21), UUID(int=22)
    happened(store, GROWTH, AnnouncementMade(announcement=first, title="Hello", text="All"), at=MONDAY)
    mentors = AnnouncementMade(announcement=second, title="Hello", text="Mentors", side=Side.MENTOR)
    happened(store, LEADERSHIP, mentors, at=TUESDAY)
    columns = ("program_id", "announcement_id", "title", "body", "side", "made_at")
    assert shown(organisation, store, "program_announcements", *columns) == [
        dict(zip(columns, (GROWTH, first, "Hello", "All", None, MONDAY), strict=True)),
        dict(zip(columns, (LEADERSHIP, second, "Hello", "Mentors", "mentor", TUESDAY), strict=True)),
    ]


def test_a_programme_goes_through_its_life(organisation: Database, store: Store) -> None:
    two_drafts(store)
    for program in (GROWTH, LEADERSHIP):
        happened(store, program, Opened(), at=MONDAY)
        happened(store, program, Closed(), at=MONDAY)
    happened(store, LEADERSHIP, Opened(), at=TUESDAY)
    happened(store, GROWTH, WoundDown(), at=TUESDAY)
    happened(store, GROWTH, Archived(), at=TUESDAY)
    columns = ("state", "opened_at", "closed_at", "wound_down_at", "archived_at", "version", "position")
    assert shown(organisation, store, "programs", *columns) == [
        dict(zip(columns, ("archived", MONDAY, MONDAY, TUESDAY, TUESDAY, 5, 9), strict=True)),
        dict(zip(columns, ("open", TUESDAY, None, None, None, 4, 7), strict=True)),
    ]
