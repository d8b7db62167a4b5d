"""What an import records, and what it does not."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from deploy import import_plan, import_run
from deploy.csv_reader import Problem
from deploy.import_run import Tally
from domain import consent, participant
from domain.command import Command
from domain.ids import ImportId
from domain.participant import (
    PARTICIPANT,
    AvailabilitySet,
    CompetencyOffered,
    CompetencySought,
    Left,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
    Status,
)
from domain.profile import LeavingReason, Statement
from domain.store import Database, Store
from projections import catalogue, runner
from tests.deploy.import_desk import Desk

FULL = (
    "external_id,name,email,job_title,department,location,time_zone,languages,manager,work_history,biography,"
    "hours_a_month,competencies_offered,competencies_sought"
)
ADA = (
    "A1,Ada Okafor,ada@example.org,Engineer,Engineering,Lisbon,Europe/Lisbon,en;pt,B2,"
    "2019-04 Engineer,Likes bridges.,4,Python:4;chess,lead a team:3:1"
)
BOB = "B2,Bob Reyes,bob@example.org,Head,Engineering,Lisbon,Europe/Lisbon,en,,,,,,"


@pytest.fixture
def desk(organisation: Database, store: Store, tmp_path: Path) -> Desk:
    return Desk(organisation, store, tmp_path)


def test_a_person_arrives_with_all_that_is_said_of_them(desk: Desk) -> None:
    import_id, tally = desk.run(desk.file(ADA, BOB, headings=FULL))
    registered, synced, described, available, *competencies = desk.events("A1")
    assert registered == Registered(
        name="Ada Okafor", email="ada@example.org", external_id="A1", source="csv"
    )
    assert isinstance(synced, RecordSynced)
    assert (synced.job_title, synced.time_zone, synced.languages) == (
        "Engineer",
        "Europe/Lisbon",
        ("en", "pt"),
    )
    assert synced.manager == desk.person("B2")
    assert described == ProfileDescribed(changed=("biography",), biography="Likes bridges.")
    assert available == AvailabilitySet(hours_a_month=4)
    assert competencies == [
        CompetencyOffered(competency="Python", level=4),
        CompetencyOffered(competency="chess", level=3),
        CompetencySought(competency="lead a team", level=3, priority=1),
    ]
    assert (tally.registered, tally.events, tally.refused) == (2, 9, [])
    recorded = list(desk.store.history(desk.person("A1")))
    assert {(event.actor, event.cause, event.correlation_id) for event in recorded} == {
        ("service:test", "sync", import_id)
    }


def test_the_same_file_again_records_nothing(desk: Desk) -> None:
    path = desk.file(ADA, BOB, headings=FULL)
    desk.run(path)
    head = desk.store.head()
    _, tally = desk.run(path)
    assert (tally.unchanged, tally.events, desk.store.head()) == (2, 0, head)


def test_a_changed_record_changes_only_what_it_says(desk: Desk) -> None:
    desk.run(desk.file(ADA, BOB, headings=FULL))
    _, tally = desk.run(desk.file("A1,Ada Okafor,,Architect", headings="external_id,name,email,job title"))
    assert desk.events("A1")[-1] == RecordSynced(
        source="csv", changed=("email", "job_title"), email=None, job_title="Architect"
    )
    assert (tally.changed, dict(tally.fields)) == (1, {"email": 1, "job_title": 1})
    assert desk.state("A1").said["department"] == "Engineering"


def test_what_the_person_has_said_stays(desk: Desk) -> None:
    desk.run(desk.file(ADA, headings=FULL.replace("manager", "reports nowhere")))
    desk.says(
        "A1", participant.describe_profile, statement=Statement(time_zone="Asia/Tokyo", biography="Mine.")
    )
    desk.says("A1", participant.withdraw_competency_offer, competency="Python")
    desk.says("A1", participant.withdraw_competency_offer, competency="chess")
    desk.says("A1", participant.set_availability, hours_a_month=1)
    head = desk.store.head()
    _, tally = desk.run(
        desk.file(ADA.replace("Likes", "Loves"), headings=FULL.replace("manager", "reports nowhere"))
    )
    assert (tally.unchanged, desk.store.head()) == (1, head)
    assert desk.state("A1").offers == {}


def test_words_for_somebody_who_has_said_nothing_are_filled_in_later(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada Okafor", "B2,Bob Reyes", headings="external_id,name"))
    desk.says("B2", consent.give_consent, policy="privacy", version=1)
    _, tally = desk.run(
        desk.file(
            "A1,Ada Okafor,Likes bridges.,4,Python,lead a team",
            "B2,Bob Reyes,Likes tunnels.,4,Python,lead a team",
            headings="external_id,name,biography,hours,offers,seeks",
        )
    )
    assert (tally.changed, tally.unchanged) == (1, 1)
    assert list(desk.state("A1").offers) == ["python"]
    assert desk.state("B2").offers == {}


def test_an_import_killed_midway_goes_on_under_its_id(desk: Desk) -> None:
    whole = [f"P{n},Person {n},p{n}@example.org,,," for n in range(600)]
    path = desk.file(*whole)
    import_id = ImportId(uuid4())
    known = import_plan.organisation(desk.database, desk.store)
    drawn = import_plan.plan(path, "csv", desk.store, known, lambda _: None)

    def cut(_: int) -> None:
        raise KeyboardInterrupt

    given = import_run.Import(import_id, "service:test", desk.store, desk.database)
    with pytest.raises(KeyboardInterrupt):
        import_run.run(drawn, known, given, cut)
    begun = desk.store.head()
    assert 0 < begun < 600

    _, tally = desk.run(path, import_id)
    assert (tally.registered, desk.store.head()) == (600, 600)
    assert all(len(desk.events(f"P{n}")) == 1 for n in (0, 299, 599))


def test_bad_rows_stay_out_and_good_ones_come_in(desk: Desk) -> None:
    _, tally = desk.run(desk.file("A1,Ada,nonsense,,,", "B2,Bob,bob@example.org,,,", "C3,,,,,"))
    assert tally.registered == 1
    assert desk.state("B2").status is Status.ACTIVE
    assert desk.state("A1").status is Status.UNKNOWN


def test_who_is_erased_is_refused_by_line_and_does_not_come_back(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada,,,,", "B2,Bob,,,,"))
    desk.says("A1", participant.erase)
    desk.store.forget(desk.person("A1"))
    _, tally = desk.run(desk.file("A1,Ada,,,,", "B2,Bob,,Head,,"))
    assert tally.refused == [Problem(2, participant.PersonIsErased().sentence)]
    assert tally.changed == 1
    tally, changes = desk.preview(desk.file("A1,Ada,,,,", "B2,Bob,,Chief,,"))
    assert (tally.refused[0].line, [change.external_id for change in changes]) == (2, ["B2"])


def test_who_is_in_the_record_again_has_returned(desk: Desk) -> None:
    path = desk.file("A1,Ada,,Engineer,,")
    desk.run(path)
    desk.says("A1", participant.leave, reason=LeavingReason.OWN_WISH)
    _, tally = desk.run(desk.file("A1,Ada,,Architect,,"))
    assert tally.returned == 1
    assert desk.events("A1")[-2:] == [
        Returned(),
        RecordSynced(source="csv", changed=("job_title",), job_title="Architect"),
    ]


def test_who_the_source_brings_no_more_is_marked_only_on_request(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada,,,,", "B2,Bob,,,,"))
    fewer = desk.file("A1,Ada,,,,")
    _, tally = desk.run(fewer)
    assert (tally.left, desk.state("B2").status) == (0, Status.ACTIVE)
    _, tally = desk.run(fewer, mark_left=True)
    assert (tally.left, tally.events) == (1, 1)
    assert desk.events("B2")[-1] == Left(reason=LeavingReason.LEFT_ORGANISATION)


def test_a_dry_run_says_the_same_and_records_nothing(desk: Desk) -> None:
    desk.run(desk.file(ADA, BOB, headings=FULL))
    head = desk.store.head()
    path = desk.file(
        ADA.replace("Engineer,Engineering", "Architect,Research").replace(",B2,", ",,"),
        BOB,
        "C3,Cleo,,,,,,,,,,,,",
        headings=FULL,
    )
    tally, changes = desk.preview(path)
    assert desk.store.head() == head
    assert (tally.registered, tally.changed, tally.unchanged) == (1, 1, 1)
    assert [(change.line, change.external_id) for change in changes] == [(2, "A1")]
    assert changes[0].fields == {
        "job_title": ("Engineer", "Architect"),
        "department": ("Engineering", "Research"),
        "manager": (desk.person("B2"), None),
    }
    _, done = desk.run(path)
    assert (done.registered, done.changed, done.unchanged, done.events) == (1, 1, 1, tally.events)


def test_a_dry_run_names_what_would_be_filled_or_brought_back(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada,,,,", "B2,Bob,,,,"))
    desk.says("B2", participant.leave, reason=LeavingReason.OWN_WISH)
    tally, changes = desk.preview(desk.file("A1,Ada,Python", "B2,Bob,", headings="id,name,offers"))
    assert [list(change.fields) for change in changes] == [["competencies_offered"], ["returned"]]
    assert (tally.changed, tally.returned) == (1, 1)


def test_two_imports_of_one_file_at_once_register_everybody_once(desk: Desk) -> None:
    path = desk.file(*(f"P{n},Person {n},p{n}@example.org,,," for n in range(600)))
    known = import_plan.organisation(desk.database, desk.store)
    drawn = import_plan.plan(path, "csv", desk.store, known, lambda _: None)

    def once(import_id: UUID) -> Tally:
        given = import_run.Import(ImportId(import_id), "service:test", desk.store, desk.database)
        return import_run.run(drawn, known, given, lambda _: None)

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(once, [uuid4(), uuid4()])
    assert first.registered + second.registered == first.unchanged + second.unchanged == 600
    assert desk.store.head() == 600


def test_the_profile_shows_what_was_imported(desk: Desk) -> None:
    desk.run(desk.file(ADA, BOB, headings=FULL))
    runner.catch_up(desk.database, desk.store, catalogue.ALL)
    with desk.database.connect() as connection:
        shown = connection.execute(
            "SELECT name, email, department, languages, manager_id, hours_a_month, biography FROM profiles"
            " WHERE participant_id = %(person)s",
            {"person": desk.person("A1")},
        ).fetchone()
    ada = (
        "Ada Okafor",
        "ada@example.org",
        "Engineering",
        ["en", "pt"],
        desk.person("B2"),
        4,
        "Likes bridges.",
    )
    assert shown == ada


def test_the_command_of_a_row_is_its_person_s_alone(desk: Desk) -> None:
    """Whoever reads a command id learns nothing of the row, and can use it for nobody else."""
    given = import_run.Import(ImportId(uuid4()), "service:test", desk.store, desk.database)
    ada, bob = desk.person("A1"), desk.person("B2")
    assert (
        given.command(ada)
        == given.command(ada)
        == Command(given.command(ada).id, "service:test", correlation_id=given.id, cause="sync")
    )
    assert len({given.command(ada).id, given.command(bob).id, given.command(ada, "left").id}) == 3
    assert PARTICIPANT.stream(ada).id != given.command(ada).id
