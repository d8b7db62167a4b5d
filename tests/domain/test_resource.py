"""Documents and links: who may share what, say what it is, take it back, and pass it on."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import resource as r
from domain.admission import ProgramIsArchived
from domain.ids import MentorshipId
from domain.program_settings import CommunicationsSettings, DocumentLimits, Settings, Side
from domain.relationship import (
    NotInThisRelationship,
    Relationship,
    RelationshipHasEnded,
    RelationshipIsUnknown,
    Status,
)
from domain.resource import RESOURCE, Audience, Described, DocumentShared, LinkShared, Published, Withdrawn
from tests.people import ADA, LIN, NOOR, ONBOARDING
from tests.scenario import given

MENTORSHIP = MentorshipId(UUID(int=0x3E))
LIMITS = DocumentLimits(most_bytes=1_000, types=("application/pdf", "image/*", "application/vnd.*"))
WITHIN = Relationship(
    MENTORSHIP,
    ONBOARDING,
    Settings(communications=CommunicationsSettings(documents=LIMITS)),
    settings_version=1,
    members={ADA.id: Side.MENTOR, NOOR.id: Side.MENTEE},
    status=Status.RUNNING,
)
ENDED = replace(WITHIN, status=Status.CONCLUDED)
ARCHIVED = replace(WITHIN, archived=True)


def document(**other: Any) -> DocumentShared:
    fields: dict[str, Any] = {
        "mentorship": MENTORSHIP, "by": ADA.id, "name": "Exercise.pdf", "media_type": "application/pdf",
        "bytes": 1_000, "sha256": "ab" * 32, "blob": "1-2", **other,
    }  # fmt: skip
    return DocumentShared(**fields)


DOCUMENT = document()
LINK = LinkShared(mentorship=MENTORSHIP, by=NOOR.id, title="Listening", url="https://example.org/listen")
SAID = Described(by=ADA.id, title="An exercise", description="For Monday.", topics=("Listening",))
TO_ALL = Published(by=ADA.id, to=Audience.PROGRAM, named=True)


def test_members_share_documents_and_links() -> None:
    given(RESOURCE).when(r.share_document, within=WITHIN, shared=DOCUMENT).then(DOCUMENT)
    given(RESOURCE).when(r.share_link, within=WITHIN, shared=LINK).then(LINK)
    given(RESOURCE, LINK).when(r.share_link, within=WITHIN, shared=LINK).then_nothing()


def test_the_same_content_kept_twice_is_one_document() -> None:
    again = document(blob="3-4")
    given(RESOURCE, DOCUMENT).when(r.share_document, within=ENDED, shared=again).then_nothing()


@pytest.mark.parametrize("other", [document(sha256="cd" * 32), document(name="Other.pdf"), LINK])
def test_an_id_stands_for_one_thing(other: Any) -> None:
    share = r.share_link if other is LINK else r.share_document
    given(RESOURCE, DOCUMENT).when(share, within=WITHIN, shared=other).then_refused(r.ResourceExists)
    other_first = given(RESOURCE, LINK).when(r.share_document, within=WITHIN, shared=DOCUMENT)
    other_first.then_refused(r.ResourceExists)


@pytest.mark.parametrize(
    ("within", "refusal"),
    [
        (ENDED, RelationshipHasEnded),
        (ARCHIVED, ProgramIsArchived),
        (replace(WITHIN, status=Status.UNKNOWN), RelationshipIsUnknown),
        (replace(WITHIN, members={LIN.id: Side.MENTOR}), NotInThisRelationship),
    ],
)
def test_nothing_is_shared_or_described_from_outside_or_afterwards(within: Any, refusal: Any) -> None:
    given(RESOURCE).when(r.share_document, within=within, shared=DOCUMENT).then_refused(refusal)
    given(RESOURCE).when(r.share_link, within=within, shared=LINK).then_refused(refusal)
    given(RESOURCE, DOCUMENT).when(r.describe, within=within, described=SAID).then_refused(refusal)


def test_a_pause_stops_nobody() -> None:
    paused = replace(WITHIN, status=Status.PAUSED)
    given(RESOURCE).when(r.share_document, within=paused, shared=DOCUMENT).then(DOCUMENT)


def test_the_programme_says_how_much_is_too_much() -> None:
    large = given(RESOURCE).when(r.share_document, within=WITHIN, shared=document(bytes=1_001))
    large.then_refused(r.DocumentIsTooLarge, most_bytes="1,000")
    with pytest.raises(r.DocumentIsTooLarge, match="up to 1,000 bytes"):
        r.refuse_bytes(LIMITS, 2_000)
    r.refuse_bytes(LIMITS, 1_000)


def test_there_is_something_in_a_document() -> None:
    empty = given(RESOURCE).when(r.share_document, within=WITHIN, shared=document(bytes=0))
    empty.then_refused(r.DocumentIsEmpty)


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png", "application/vnd.ms-excel"])
def test_the_programme_says_which_types_it_takes(media_type: str) -> None:
    taken = document(media_type=media_type)
    given(RESOURCE).when(r.share_document, within=WITHIN, shared=taken).then(taken)


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/pdfx", "application/x-vnd.a", "image2/png", "x/application/pdf"]
)
def test_no_other_type_is_taken(media_type: str) -> None:
    told = "application/pdf, image/*, application/vnd.*"
    refuse = partial(r.refuse_document, WITHIN, by=ADA.id, name="a", bytes_=None)
    with pytest.raises(r.MediaTypeIsNotTaken) as refused:
        refuse(media_type=media_type)
    assert refused.value.details == {"types": told}
    refuse(media_type="image/gif")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "C:\\a", "/", ".", ".."])
def test_a_name_is_no_path(name: str) -> None:
    given(RESOURCE).when(r.share_document, within=WITHIN, shared=document(name=name)).then_refused(
        r.NameIsPath
    )


@pytest.mark.parametrize("name", ["...", "Übung 1.pdf", "写真 📷.png", "a.b.c", "name%2F.pdf"])
def test_a_name_is_whatever_else_people_write(name: str) -> None:
    named = document(name=name)
    given(RESOURCE).when(r.share_document, within=WITHIN, shared=named).then(named)


@pytest.mark.parametrize(
    "wrong",
    [
        {"media_type": "pdf"}, {"media_type": "a/b; c=d"}, {"sha256": "ab"}, {"blob": "../x"}, {"bytes": -1},
        {"name": "two\nlines"}, {"name": " "},
    ],
)  # fmt: skip
def test_an_event_holds_no_nonsense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(**wrong)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc",
        "//example.org",
        "https://",
        "https://a.org/\x1b",
    ],
)
def test_a_link_is_an_address_of_the_web(url: str) -> None:
    with pytest.raises(ValidationError):
        LinkShared(mentorship=MENTORSHIP, by=ADA.id, title="x", url=url)


def test_any_member_says_what_it_is() -> None:
    given(RESOURCE, LINK).when(r.describe, within=WITHIN, described=SAID).then(SAID)
    given(RESOURCE, LINK, SAID).when(r.describe, within=ENDED, described=SAID).then_nothing()
    plain = Described(by=NOOR.id)
    given(RESOURCE, LINK, SAID).when(r.describe, within=WITHIN, described=plain).then(plain)


def test_what_is_published_carries_the_words_of_who_shared_it() -> None:
    published = given(RESOURCE, DOCUMENT, TO_ALL)
    published.when(r.describe, within=WITHIN, described=SAID).then(SAID)
    by_another = Described(by=NOOR.id, title="Mine")
    published.when(r.describe, within=WITHIN, described=by_another).then_refused(r.SharedByAnother)


def test_it_is_withdrawn_at_any_time_and_once() -> None:
    given(RESOURCE, DOCUMENT).when(r.withdraw, by=ADA.id).then(Withdrawn(by=ADA.id))
    given(RESOURCE, LINK).when(r.withdraw, by=None).then(Withdrawn())
    given(RESOURCE, LINK, Withdrawn()).when(r.withdraw, by=NOOR.id).then_nothing()
    given(RESOURCE).when(r.withdraw, by=ADA.id).then_refused(r.ResourceIsUnknown)


def test_what_is_withdrawn_stays_as_it_is() -> None:
    withdrawn = given(RESOURCE, DOCUMENT, Withdrawn(by=ADA.id))
    withdrawn.when(r.describe, within=WITHIN, described=SAID).then_refused(r.ResourceIsWithdrawn)
    publish = withdrawn.when(r.publish, within=WITHIN, by=ADA.id, to=Audience.PROGRAM)
    publish.then_refused(r.ResourceIsWithdrawn)


def test_who_shared_it_publishes_it_and_takes_it_back() -> None:
    publish = {"within": WITHIN, "by": ADA.id}
    to_program = {**publish, "to": Audience.PROGRAM}
    given(RESOURCE, DOCUMENT).when(r.publish, **to_program, named=True).then(TO_ALL)
    given(RESOURCE, DOCUMENT, TO_ALL).when(r.publish, **to_program, named=True).then_nothing()
    unnamed = Published(by=ADA.id, to=Audience.PROGRAM)
    given(RESOURCE, DOCUMENT, TO_ALL).when(r.publish, **to_program).then(unnamed)
    back = Published(by=ADA.id, to=Audience.MEMBERS)
    given(RESOURCE, DOCUMENT, TO_ALL).when(r.publish, **publish, to=Audience.MEMBERS, named=True).then(back)
    given(RESOURCE, DOCUMENT).when(r.publish, **publish, to=Audience.MEMBERS, named=True).then_nothing()


def test_nobody_publishes_what_another_shared() -> None:
    given(RESOURCE, DOCUMENT).when(r.publish, within=WITHIN, by=NOOR.id, to=Audience.PROGRAM).then_refused(
        r.SharedByAnother
    )
    unknown = given(RESOURCE).when(r.publish, within=WITHIN, by=ADA.id, to=Audience.PROGRAM)
    unknown.then_refused(r.ResourceIsUnknown)


def test_what_was_learned_outlasts_the_relationship_but_not_the_programme() -> None:
    publish: dict[str, Any] = {"by": ADA.id, "to": Audience.PROGRAM, "named": True}
    given(RESOURCE, DOCUMENT).when(r.publish, within=ENDED, **publish).then(TO_ALL)
    given(RESOURCE, DOCUMENT).when(r.publish, within=ARCHIVED, **publish).then_refused(ProgramIsArchived)
    back = Published(by=ADA.id, to=Audience.MEMBERS)
    taken_back = given(RESOURCE, DOCUMENT, TO_ALL).when(
        r.publish, within=ARCHIVED, by=ADA.id, to=Audience.MEMBERS
    )
    taken_back.then(back)


def test_a_relationship_outside_any_programme_publishes_to_the_directory() -> None:
    outside = replace(WITHIN, program=None)
    publish: dict[str, Any] = {"within": outside, "by": ADA.id}
    given(RESOURCE, DOCUMENT).when(r.publish, **publish, to=Audience.PROGRAM).then_refused(
        r.NoProgramToPublishTo
    )
    to_directory = Published(by=ADA.id, to=Audience.DIRECTORY)
    given(RESOURCE, DOCUMENT).when(r.publish, **publish, to=Audience.DIRECTORY).then(to_directory)
