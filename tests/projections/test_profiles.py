"""Each event of a participant, and the rows it leaves; always with somebody else beside."""

from datetime import UTC, date, datetime

from domain.participant import (
    AvailabilitySet,
    AvoidanceLifted,
    CompetencyNoLongerSought,
    CompetencyOffered,
    CompetencyOfferWithdrawn,
    CompetencySought,
    ConsentGiven,
    ConsentWithdrawn,
    Erased,
    Left,
    ListedAsExpert,
    PersonAvoided,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
    UnlistedAsExpert,
)
from domain.profile import Contact, Job, LeavingReason
from domain.store import Database, Store
from tests.projections.given import ADA, NOOR, SAM, happened, rows, shown

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)

PERSONAL = (
    "name",
    "email",
    "external_id",
    "biography",
    "work_history",
    "contact",
    "demographics",
    "expert_headline",
)
DESCRIBING = (
    *PERSONAL, "job_title", "department", "location", "time_zone", "manager_id", "hours_a_month",
    "available_until", "source", "expert_topics",
)  # fmt: skip


def ada_and_noor(store: Store) -> None:
    ada = Registered(name="Ada Lovelace", email="ada@example.org", external_id="E-1", source="csv")
    happened(store, ADA, ada, at=MONDAY)
    happened(store, NOOR, Registered(name="Noor", source="scim"), at=TUESDAY)


def test_a_registered_person_is_shown_with_the_source_of_each_field(
    organisation: Database, store: Store
) -> None:
    ada_and_noor(store)
    columns = (
        "participant_id",
        "name",
        "email",
        "external_id",
        "source",
        "field_sources",
        "status",
        "registered_at",
    )
    assert shown(organisation, store, "profiles", *columns) == [
        dict(
            zip(
                columns,
                (
                    ADA,
                    "Ada Lovelace",
                    "ada@example.org",
                    "E-1",
                    "csv",
                    {"name": "csv", "email": "csv", "external_id": "csv"},
                    "active",
                    MONDAY,
                ),
                strict=True,
            )
        ),
        dict(
            zip(columns, (NOOR, "Noor", None, None, "scim", {"name": "scim"}, "active", TUESDAY), strict=True)
        ),
    ]


def test_a_sync_changes_what_it_names_and_nothing_else(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    job = Job(title="Engineer", since=date(2020, 1, 1))
    everything = RecordSynced(
        source="hr",
        changed=(
            "name", "email", "job_title", "department", "location", "time_zone", "languages", "manager",
            "work_history",
        ),
        name="Ada King", email="king@example.org", job_title="Head", department="R&D", location="London",
        time_zone="Europe/London", languages=("en", "fr"), manager=SAM, work_history=(job,),
    )  # fmt: skip
    happened(store, ADA, everything)
    happened(store, NOOR, RecordSynced(source="hr", changed=("department",), department="Sales"))
    ada, noor = shown(organisation, store, "profiles")
    assert {key: ada[key] for key in everything.changed if key not in {"manager", "work_history"}} == {
        "name": "Ada King", "email": "king@example.org", "job_title": "Head", "department": "R&D",
        "location": "London", "time_zone": "Europe/London", "languages": ["en", "fr"],
    }  # fmt: skip
    assert ada["manager_id"] == SAM
    assert ada["work_history"] == [{"title": "Engineer", "since": "2020-01-01"}]
    assert ada["field_sources"] == dict.fromkeys(everything.changed, "hr") | {"external_id": "csv"}
    assert (noor["name"], noor["department"], noor["job_title"]) == ("Noor", "Sales", None)
    assert noor["field_sources"] == {"name": "scim", "department": "hr"}


def test_a_sync_can_empty_a_field(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    synced = RecordSynced(
        source="hr", changed=("department", "languages"), department="R&D", languages=("en",)
    )
    happened(store, ADA, synced)
    happened(store, NOOR, synced)
    happened(store, ADA, RecordSynced(source="hr", changed=("department", "languages")))
    ada, noor = shown(organisation, store, "profiles", "department", "languages")
    assert ada == {"department": None, "languages": []}
    assert noor == {"department": "R&D", "languages": ["en"]}


def test_what_people_say_of_themselves_is_theirs_until_they_take_it_back(
    organisation: Database, store: Store
) -> None:
    ada_and_noor(store)
    said = ProfileDescribed(
        changed=("biography", "contact", "demographics", "time_zone", "languages", "work_history"),
        biography="Engines.", contact=Contact(phone="+44 20 7946 0000"), demographics={"gender": "woman"},
        time_zone="Europe/London", languages=("en",), work_history=(Job(title="Countess"),),
    )  # fmt: skip
    happened(store, ADA, said)
    happened(store, NOOR, said)
    happened(store, ADA, ProfileDescribed(changed=("biography", "time_zone", "contact")))
    ada, noor = shown(organisation, store, "profiles")
    assert (ada["biography"], ada["contact"], ada["time_zone"]) == (None, None, None)
    assert ada["demographics"] == {"gender": "woman"}
    assert ada["work_history"] == [{"title": "Countess"}]
    assert {field for field, source in ada["field_sources"].items() if source == "self"} == {
        "demographics", "languages", "work_history",
    }  # fmt: skip
    assert (noor["biography"], noor["time_zone"]) == ("Engines.", "Europe/London")
    assert noor["contact"] == {"phone": "+44 20 7946 0000"}
    assert noor["field_sources"] == dict.fromkeys(said.changed, "self") | {"name": "scim"}


def test_competencies_are_offered_raised_and_withdrawn(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    happened(
        store,
        ADA,
        CompetencyOffered(competency="Python", level=3),
        CompetencyOffered(competency="Go", level=2),
    )
    happened(store, NOOR, CompetencyOffered(competency="Python", level=1))
    happened(
        store, ADA, CompetencyOffered(competency="Python", level=5), CompetencyOfferWithdrawn(competency="Go")
    )
    assert shown(organisation, store, "competency_offers") == [
        {"participant_id": ADA, "competency": "Python", "level": 5},
        {"participant_id": NOOR, "competency": "Python", "level": 1},
    ]


def test_competencies_are_sought_and_no_longer_sought(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    happened(store, ADA, CompetencySought(competency="Go", level=2, priority=1))
    happened(store, NOOR, CompetencySought(competency="Go", level=4, priority=2))
    happened(store, NOOR, CompetencySought(competency="SQL", level=4, priority=5))
    happened(store, NOOR, CompetencySought(competency="Go", level=3, priority=1))
    happened(store, ADA, CompetencyNoLongerSought(competency="Go"))
    assert shown(organisation, store, "competency_wishes") == [
        {"participant_id": NOOR, "competency": "Go", "level": 3, "priority": 1},
        {"participant_id": NOOR, "competency": "SQL", "level": 4, "priority": 5},
    ]


def test_availability(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    happened(store, NOOR, AvailabilitySet(hours_a_month=6, accepting=False, until=date(2026, 12, 31)))
    ada, noor = shown(organisation, store, "profiles", "hours_a_month", "accepting", "available_until")
    assert ada == {"hours_a_month": None, "accepting": True, "available_until": None}
    assert noor == {"hours_a_month": 6, "accepting": False, "available_until": date(2026, 12, 31)}


def test_people_are_avoided_until_that_is_lifted(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    happened(store, ADA, PersonAvoided(person=NOOR), PersonAvoided(person=SAM))
    happened(store, NOOR, PersonAvoided(person=SAM), PersonAvoided(person=SAM))
    happened(store, ADA, AvoidanceLifted(person=NOOR))
    assert shown(organisation, store, "avoidances") == [
        {"participant_id": ADA, "person_id": SAM},
        {"participant_id": NOOR, "person_id": SAM},
    ]


def test_experts_are_listed_and_unlisted(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    for person in (ADA, NOOR):
        happened(store, person, ListedAsExpert(headline="Ask me", topics=("Python", "Engines")))
    happened(store, NOOR, UnlistedAsExpert())
    ada, noor = shown(organisation, store, "profiles", "expert_headline", "expert_topics")
    assert ada == {"expert_headline": "Ask me", "expert_topics": ["Python", "Engines"]}
    assert noor == {"expert_headline": None, "expert_topics": None}


def test_consent_is_given_withdrawn_and_given_anew(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    for person in (ADA, NOOR):
        happened(store, person, ConsentGiven(policy="privacy", version=1), at=MONDAY)
        happened(store, person, ConsentWithdrawn(policy="privacy"), at=TUESDAY)
    happened(store, NOOR, ConsentGiven(policy="privacy", version=2), at=TUESDAY)
    columns = ("participant_id", "version", "given_at", "withdrawn_at")
    assert shown(organisation, store, "consents", *columns) == [
        dict(zip(columns, (ADA, 1, MONDAY, TUESDAY), strict=True)),
        dict(zip(columns, (NOOR, 2, TUESDAY, None), strict=True)),
    ]


def test_leaving_and_returning(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    for person in (ADA, NOOR):
        happened(store, person, Left(reason=LeavingReason.LEFT_ORGANISATION), at=TUESDAY)
    happened(store, NOOR, Returned())
    ada, noor = shown(organisation, store, "profiles", "status", "left_at")
    assert ada == {"status": "left", "left_at": TUESDAY}
    assert noor == {"status": "active", "left_at": None}


def test_nothing_of_an_erased_person_is_shown(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    for person in (ADA, NOOR):
        happened(
            store, person,
            RecordSynced(source="hr", changed=("department", "manager"), department="R&D", manager=SAM),
            ProfileDescribed(changed=("biography", "demographics"), biography="B", demographics={"a": "b"}),
            CompetencyOffered(competency="Python", level=3),
            CompetencySought(competency="Go", level=3, priority=1),
            AvailabilitySet(hours_a_month=3),
            PersonAvoided(person=SAM),
            ListedAsExpert(headline="H", topics=("Python",)),
            ConsentGiven(policy="privacy", version=1),
        )  # fmt: skip
    happened(store, ADA, Erased())
    ada, noor = shown(organisation, store, "profiles")
    assert {key: ada[key] for key in DESCRIBING} == dict.fromkeys(DESCRIBING)
    assert (ada["status"], ada["languages"], ada["field_sources"], ada["accepting"]) == (
        "erased",
        [],
        {},
        False,
    )
    assert (noor["name"], noor["biography"], noor["department"], noor["status"]) == (
        "Noor",
        "B",
        "R&D",
        "active",
    )
    for table in ("competency_offers", "competency_wishes", "avoidances", "consents"):
        assert {row["participant_id"] for row in rows(organisation, table)} == {NOOR}


def test_what_was_erased_before_it_was_read_is_null(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    for person in (ADA, NOOR):
        job = RecordSynced(
            source="hr", changed=("work_history", "name"), name="N", work_history=(Job(title="T"),)
        )
        text = ProfileDescribed(changed=("biography", "contact"), biography="B", contact=Contact(note="N"))
        happened(store, person, job, text, ListedAsExpert(headline="H", topics=("Python",)))
    store.forget(ADA)
    ada, noor = shown(organisation, store, "profiles")
    assert {key: ada[key] for key in PERSONAL} == dict.fromkeys(PERSONAL)
    assert (ada["status"], ada["expert_topics"]) == ("active", ["Python"])
    assert (noor["name"], noor["biography"], noor["expert_headline"]) == ("N", "B", "H")


def test_version_and_position_are_those_of_the_last_event(organisation: Database, store: Store) -> None:
    ada_and_noor(store)
    happened(store, ADA, CompetencyOffered(competency="Python", level=3), PersonAvoided(person=NOOR))
    happened(store, NOOR, UnlistedAsExpert())
    ada, noor = shown(organisation, store, "profiles", "version", "position")
    assert ada == {"version": 3, "position": 4}
    assert noor == {"version": 2, "position": 5}
