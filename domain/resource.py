"""A resource: a document or a link that somebody shares in a relationship, and perhaps beyond it."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final, assert_never

from pydantic import Field, StringConstraints

from domain.admission import ProgramIsArchived
from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId
from domain.profile import Competency
from domain.program_settings import DocumentLimits
from domain.refusal import Refusal
from domain.relationship import Relationship, refuse_ended, refuse_outsiders
from domain.words import Line, Text, Url, shaped

Topics = Annotated[tuple[Competency, ...], Field(max_length=20)]
MediaType = Annotated[
    str,
    StringConstraints(max_length=127, to_lower=True),
    shaped(
        r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", "must be a media type, such as text/plain"
    ),
]
Sha256 = Annotated[str, shaped(r"[0-9a-f]{64}", "must be a SHA-256 digest in hexadecimal")]
BlobKey = Annotated[str, shaped(r"[0-9a-f-]{1,100}", "must be the key of a blob")]


class Audience(StrEnum):
    """Who finds it: the members, everybody in the programme, or everybody who may see the directory."""

    MEMBERS = "members"
    PROGRAM = "program"
    DIRECTORY = "directory"


class DocumentShared(DomainEvent, name="resource.document_shared", subject="by"):
    """`blob` is the key that its content is kept under, which was stored before this was recorded."""

    mentorship: MentorshipId
    by: ParticipantId
    name: Personal[Line]
    media_type: MediaType
    bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256
    blob: BlobKey


class LinkShared(DomainEvent, name="resource.link_shared", subject="by"):
    mentorship: MentorshipId
    by: ParticipantId
    title: Personal[Line]
    url: Personal[Url]


class Described(DomainEvent, name="resource.described", subject="by"):
    """Replaces what was said of it before; a document without a title goes by its name."""

    by: ParticipantId
    title: Personal[Line | None] = None
    description: Personal[Text | None] = None
    topics: Topics = ()


class Withdrawn(DomainEvent, name="resource.withdrawn"):
    """Its content is destroyed."""

    by: ParticipantId | None = None


class Published(DomainEvent, name="resource.published"):
    """By who shared it; `named`: together with their name. Published to the members, it is taken back."""

    by: ParticipantId
    to: Audience
    named: bool = False


ResourceEvent = DocumentShared | LinkShared | Described | Withdrawn | Published


@dataclass(frozen=True, slots=True)
class Resource:
    shared: DocumentShared | LinkShared | None = None
    described: Described | None = None
    audience: Audience = Audience.MEMBERS
    named: bool = False
    withdrawn: bool = False


class ResourceIsUnknown(Refusal):
    """There is no such document or link."""


class ResourceExists(Refusal):
    """Something else has been shared under this id already."""


class ResourceIsWithdrawn(Refusal):
    """This has been withdrawn. Share it again where it is still needed."""


class SharedByAnother(Refusal):
    """Only who shared this can do that."""


class DocumentIsEmpty(Refusal):
    """This document is empty: there is nothing in it to share."""


class DocumentIsTooLarge(Refusal):
    """This document is too large: up to {most_bytes} bytes can be shared here."""


class MediaTypeIsNotTaken(Refusal):
    """Documents of this type cannot be shared here. These can: {types}."""


class NameIsPath(Refusal):
    """A document's name is a name, not a path: it has no slash or backslash in it."""


class NoProgramToPublishTo(Refusal):
    """This relationship belongs to no programme. Publish to the directory, or keep it among you."""


def refuse_document(
    within: Relationship, *, by: ParticipantId, name: str, media_type: str, bytes_: int | None
) -> None:
    """Whatever can be told before there is anything of it; `bytes_` None: its size is yet to be seen."""
    refuse_ended(within)
    refuse_outsiders(within, by)
    limits = within.settings.communications.documents
    if name in {".", ".."} or "/" in name or "\\" in name:
        raise NameIsPath
    if not any(_is_of(media_type, taken) for taken in limits.types):
        raise MediaTypeIsNotTaken(types=", ".join(limits.types))
    if bytes_ == 0:
        raise DocumentIsEmpty
    if bytes_ is not None:
        refuse_bytes(limits, bytes_)


def refuse_bytes(limits: DocumentLimits, bytes_: int) -> None:
    if bytes_ > limits.most_bytes:
        raise DocumentIsTooLarge(most_bytes=f"{limits.most_bytes:,}")


def _is_of(media_type: str, taken: str) -> bool:
    return re.fullmatch(re.escape(taken).replace(r"\*", ".*"), media_type) is not None


def share_document(state: Resource, *, within: Relationship, shared: DocumentShared) -> list[DomainEvent]:
    """Shared again with the same content, it is the same document, wherever the second copy is kept."""
    if isinstance(state.shared, DocumentShared) and _same_content(state.shared, shared):
        return []
    refuse_document(
        within, by=shared.by, name=str(shared.name), media_type=shared.media_type, bytes_=shared.bytes
    )
    return _first(state, shared)


def _same_content(one: DocumentShared, other: DocumentShared) -> bool:
    return one == other.model_copy(update={"blob": one.blob})


def share_link(state: Resource, *, within: Relationship, shared: LinkShared) -> list[DomainEvent]:
    if state.shared == shared:
        return []
    refuse_ended(within)
    refuse_outsiders(within, shared.by)
    return _first(state, shared)


def _first(state: Resource, shared: DocumentShared | LinkShared) -> list[DomainEvent]:
    if state.shared is not None:
        raise ResourceExists
    return [shared]


def describe(state: Resource, *, within: Relationship, described: Described) -> list[DomainEvent]:
    """By any of the members; what is published carries the words of who shared it alone."""
    shared = _held(state)
    if state.described == described:
        return []
    refuse_ended(within)
    refuse_outsiders(within, described.by)
    if state.audience is not Audience.MEMBERS and described.by != shared.by:
        raise SharedByAnother
    return [described]


def withdraw(state: Resource, *, by: ParticipantId | None) -> list[DomainEvent]:
    """At any time: it adds nothing."""
    if state.withdrawn:
        return []
    _held(state)
    return [Withdrawn(by=by)]


def publish(
    state: Resource, *, within: Relationship, by: ParticipantId, to: Audience, named: bool = False
) -> list[DomainEvent]:
    """What was learned may be passed on when the relationship has ended; into no archived programme."""
    shared = _held(state)
    if by != shared.by:
        raise SharedByAnother
    named = named and to is not Audience.MEMBERS
    if (state.audience, state.named) == (to, named):
        return []
    if to is not Audience.MEMBERS and within.archived:
        raise ProgramIsArchived
    if to is Audience.PROGRAM and within.program is None:
        raise NoProgramToPublishTo
    return [Published(by=by, to=to, named=named)]


def _held(state: Resource) -> DocumentShared | LinkShared:
    if state.shared is None:
        raise ResourceIsUnknown
    if state.withdrawn:
        raise ResourceIsWithdrawn
    return state.shared


def evolve(state: Resource, event: ResourceEvent) -> Resource:
    match event:
        case DocumentShared() | LinkShared():
            return Resource(event)
        case Described():
            return replace(state, described=event)
        case Withdrawn():
            return replace(state, withdrawn=True)
        case Published():
            return replace(state, audience=event.to, named=event.named)
        case _:
            assert_never(event)


RESOURCE: Final = Aggregate("resource", Resource(), evolve)
