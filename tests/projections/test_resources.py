"""The rows of what is shared: its content while it is there, and what is left of it afterwards."""

from typing import Any
from uuid import UUID

from domain.ids import MentorshipId, ParticipantId
from domain.participant import Erased, Registered
from domain.resource import Audience, Described, DocumentShared, LinkShared, Published, Withdrawn
from domain.store import Database, Store
from projections import catalogue, runner
from tests.projections.given import ADA, NOOR, happened, rows, shown

PAIR, CIRCLE = MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32))
SLIDES, READING = UUID(int=61), UUID(int=62)


def document(by: ParticipantId = ADA, **other: Any) -> DocumentShared:
    fields: dict[str, Any] = {"media_type": "text/plain", "bytes": 5, "sha256": "ab" * 32, "blob": "1-2"}
    return DocumentShared(mentorship=PAIR, by=by, name="Slides.txt", **{**fields, **other})


def link(by: ParticipantId = NOOR) -> LinkShared:
    return LinkShared(mentorship=CIRCLE, by=by, title="Listening", url="https://example.org/listen")


def of(database: Database, store: Store, *columns: str) -> list[dict[str, Any]]:
    return shown(database, store, "resources", "kind", *columns)


def test_what_is_shared(organisation: Database, store: Store) -> None:
    happened(store, SLIDES, document())
    last = happened(store, READING, link())
    runner.catch_up(organisation, store, catalogue.ALL)
    slides, reading = sorted(rows(organisation, "resources"), key=lambda row: str(row["kind"]))
    assert (slides["name"], slides["bytes"], slides["blob"], slides["url"]) == ("Slides.txt", 5, "1-2", None)
    assert (slides["mentorship_id"], slides["shared_by"], slides["state"]) == (PAIR, ADA, "shared")
    assert (reading["name"], reading["url"]) == ("Listening", "https://example.org/listen")
    assert (reading["mentorship_id"], reading["shared_by"], reading["sha256"]) == (CIRCLE, NOOR, None)
    assert (reading["version"], reading["position"], reading["audience"]) == (1, last, "members")


def test_how_it_is_described_and_published(organisation: Database, store: Store) -> None:
    said = Described(by=NOOR, title="An exercise", description="For Monday.", topics=("Listening", "Go"))
    happened(store, SLIDES, document(), said, Published(by=ADA, to=Audience.PROGRAM, named=True))
    happened(store, READING, link(), said, Described(by=ADA))
    found = of(organisation, store, "title", "description", "topics", "described_by", "audience", "named")
    assert found == [
        {
            "kind": "document", "title": "An exercise", "description": "For Monday.",
            "topics": ["Listening", "Go"], "described_by": NOOR, "audience": "program", "named": True,
        },
        {
            "kind": "link", "title": None, "description": None, "topics": [], "described_by": ADA,
            "audience": "members", "named": False,
        },
    ]  # fmt: skip


def test_what_is_withdrawn_has_no_content_but_its_blob_is_known(organisation: Database, store: Store) -> None:
    happened(store, SLIDES, document(), Withdrawn(by=ADA))
    happened(store, READING, link(), Withdrawn())
    assert of(organisation, store, "state", "blob", "url", "name") == [
        {"kind": "document", "state": "withdrawn", "blob": "1-2", "url": None, "name": "Slides.txt"},
        {"kind": "link", "state": "withdrawn", "blob": None, "url": None, "name": "Listening"},
    ]


def test_of_an_erased_person_nothing_stays_that_they_shared_or_said(
    organisation: Database, store: Store
) -> None:
    happened(store, ADA, Registered(name="Ada", source="csv"))
    happened(store, SLIDES, document(), Described(by=NOOR, title="By Noor"), Withdrawn())
    happened(store, READING, link(), Described(by=ADA, title="By Ada", description="Hers"))
    happened(store, ADA, Erased())
    expected = [
        {"kind": "document", "state": "erased", "name": None, "title": "By Noor", "description": None},
        {"kind": "link", "state": "shared", "name": "Listening", "title": None, "description": None},
    ]
    columns = ("state", "name", "title", "description")
    assert of(organisation, store, *columns) == expected
    happened(store, SLIDES, Withdrawn())
    happened(store, READING, Described(by=ADA, title="Again"))
    assert of(organisation, store, *columns) == expected
