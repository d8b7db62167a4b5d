"""A resource: a document or a link that somebody shares in a relationship, and perhaps beyond it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final, assert_never

from pydantic import Field, StringConstraints

from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId
from domain.profile import Competency
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
