"""Undoing an import: what it said is unsaid, where it still stands; what others have said since stays."""

from pathlib import Path
from uuid import uuid4

import pytest

from deploy import import_undo
from deploy.import_undo import ChangedMeanwhile, ImportUnknown, Undone
from domain import participant
from domain.event import ERASED
from domain.ids import ImportId
from domain.participant import (
    PARTICIPANT,
    CompetencyNoLongerSought,
    CompetencyOfferWithdrawn,
    Erased,
    Left,
    Participant,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
    Status,
)
from domain.profile import LeavingReason, Statement
from domain.store import Database, Store
from tests.deploy.import_desk import Desk


@pytest.fixture
def desk(organisation: Database, store: Store, tmp_path: Path) -> Desk:
    return Desk(organisation, store, tmp_path)


def test_whom_the_import_registered_leaves(desk: Desk) -> None:
    import_id, _ = desk.run(desk.file("A1,Ada,,Engineer,,", "B2,Bob,,,,A1"))
    assert desk.undo(import_id) == Undone(left=2, events=2)
    assert desk.events("A1")[-1] == Left(reason=LeavingReason.IMPORT_UNDONE)
    recorded = list(desk.store.history(desk.person("A1")))[-1]
    assert (recorded.correlation_id, recorded.cause) == (import_undo.undo_id(import_id), "sync")


def test_whom_the_import_registered_is_erased_on_request(desk: Desk) -> None:
    import_id, _ = desk.run(desk.file("A1,Ada,ada@example.org,Engineer,,"))
    assert desk.undo(import_id, erase=True) == Undone(erased=1, events=1)
    registered, *_, last = desk.events("A1")
    assert isinstance(registered, Registered)
    assert (registered.name, registered.email, last) == (ERASED, ERASED, Erased())


def test_whom_somebody_has_touched_since_stays(desk: Desk) -> None:
    import_id, _ = desk.run(desk.file("A1,Ada,,,,", "B2,Bob,,,,"))
    desk.says("A1", participant.offer_competency, competency="Python", level=3)
    assert desk.undo(import_id) == Undone(left=1, kept=1, events=1)
    assert desk.state("A1").status is Status.ACTIVE


def test_record_values_go_back_by_the_source_that_said_them(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada,ada@example.org,Engineer,Engineering,"))
    import_id, _ = desk.run(desk.file("A1,Ada Okafor,,Architect,Research,"))
    assert desk.undo(import_id) == Undone(restored=1, events=1)
    assert desk.events("A1")[-1] == RecordSynced(
        source="csv",
        changed=("name", "email", "job_title", "department"),
        name="Ada",
        email="ada@example.org",
        job_title="Engineer",
        department="Engineering",
    )


def test_what_was_said_anew_since_is_not_taken_back(desk: Desk) -> None:
    headings = "external_id,name,job_title,time_zone,department,languages"
    desk.run(desk.file("A1,Ada,Engineer,,Sales,", headings=headings))
    import_id, _ = desk.run(desk.file("A1,Ada,Architect,Europe/Berlin,Research,en", headings=headings))
    desk.run(desk.file("A1,Ada,Director,Europe/Berlin,Research,en", headings=headings))
    desk.says("A1", participant.describe_profile, statement=Statement(time_zone="Europe/Berlin"))
    assert desk.undo(import_id) == Undone(restored=1, events=1)
    said = desk.state("A1").said
    assert (said["job_title"], said["time_zone"]) == ("Director", "Europe/Berlin")
    assert (said["department"], said["languages"]) == ("Sales", ())


def test_words_it_filled_in_are_taken_back_unless_changed(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada", headings="id,name"))
    path = desk.file("A1,Ada,Likes bridges.,Python;chess,lead a team", headings="id,name,bio,offers,seeks")
    import_id, _ = desk.run(path)
    desk.says("A1", participant.offer_competency, competency="chess", level=5)
    assert desk.undo(import_id) == Undone(restored=1, events=3)
    assert desk.events("A1")[-3:] == [
        ProfileDescribed(changed=("biography",), biography=None),
        CompetencyOfferWithdrawn(competency="Python"),
        CompetencyNoLongerSought(competency="lead a team"),
    ]


def test_who_was_marked_as_left_or_brought_back_goes_where_they_were(desk: Desk) -> None:
    both = ("A1,Ada,,Engineer,,", "B2,Bob,,,,")
    desk.run(desk.file(*both))
    import_id, _ = desk.run(desk.file("A1,Ada,,Architect,,"), mark_left=True)
    desk.undo(import_id)
    assert (desk.events("B2")[-1], desk.state("A1").said["job_title"]) == (Returned(), "Engineer")

    desk.says("B2", participant.leave, reason=LeavingReason.OWN_WISH)
    import_id, _ = desk.run(desk.file(*both))
    assert desk.state("B2").status is Status.ACTIVE
    desk.undo(import_id)
    assert desk.events("B2")[-1] == Left(reason=LeavingReason.IMPORT_UNDONE)


def test_undoing_twice_is_undoing_once_and_the_undoing_can_be_undone(desk: Desk) -> None:
    import_id, _ = desk.run(desk.file("A1,Ada,,Engineer,,"))
    assert desk.undo(import_id) == desk.undo(import_id)
    assert desk.events("A1")[-1] == Left(reason=LeavingReason.IMPORT_UNDONE)
    assert len(desk.events("A1")) == 3
    desk.undo(import_undo.undo_id(import_id))
    assert desk.state("A1").status is Status.ACTIVE


def test_an_undone_import_can_be_imported_again(desk: Desk) -> None:
    path = desk.file("A1,Ada,,Engineer,,")
    import_id, _ = desk.run(path)
    desk.undo(import_id)
    _, tally = desk.run(path)
    assert (tally.returned, desk.events("A1")[-1]) == (1, Returned())


def test_who_was_erased_meanwhile_stays_erased(desk: Desk) -> None:
    desk.run(desk.file("A1,Ada,,Engineer,,"))
    import_id, _ = desk.run(desk.file("A1,Ada,,Architect,,"))
    desk.says("A1", participant.erase)
    desk.store.forget(desk.person("A1"))
    assert desk.undo(import_id) == Undone(unchanged=1)


def test_a_name_that_was_erased_is_not_put_back(desk: Desk) -> None:
    """The key goes before the event is recorded, if the process dies between: nothing personal may return."""
    desk.run(desk.file("A1,Ada,,,,"))
    import_id, _ = desk.run(desk.file("A1,Ada Okafor,,Architect,,"))
    desk.store.forget(desk.person("A1"))
    assert desk.undo(import_id) == Undone(restored=1, events=1)
    assert desk.events("A1")[-1] == RecordSynced(source="csv", changed=("job_title",), job_title=None)


def test_a_change_between_looking_and_recording_is_not_overwritten(desk: Desk) -> None:
    import_id, _ = desk.run(desk.file("A1,Ada,,,,"))
    ada = desk.person("A1")
    life = import_undo.life_of(desk.store.history(ada), import_id)
    desk.says("A1", participant.offer_competency, competency="Python", level=3)
    with pytest.raises(ChangedMeanwhile):
        import_undo.unsay(desk.store.load(PARTICIPANT.stream(ada)).state, person=ada, life=life, erase=False)
    assert import_undo.unsay(life.now, person=ada, life=life, erase=False)
    assert life.before == Participant()


def test_an_unknown_import_is_refused(desk: Desk) -> None:
    with pytest.raises(ImportUnknown) as refusal:
        desk.undo(ImportId(uuid4()))
    assert refusal.value.code == "IMPORT_UNKNOWN"
