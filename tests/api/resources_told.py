"""What is shared in the small organisation: among members, beyond them, and what is gone again."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID, uuid5

from domain import resource as r
from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.resource import RESOURCE, Audience
from tests.api.mentorships_told import CIRCLE, SESSION
from tests.api.proposed import NAMES

SLIDES, READING, LISTENING, GONE, ERASED = (
    uuid5(NAMES, f"shared: {word}") for word in ("slides", "reading", "listening", "gone", "erased")
)
TOLD: Final = (SLIDES, READING, LISTENING, GONE, ERASED)

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _document(by: ParticipantId, name: str) -> r.DocumentShared:
    content: dict[str, Any] = {"bytes": 81_234, "sha256": "9f" * 32, "media_type": "application/pdf"}
    return r.DocumentShared(mentorship=CIRCLE, by=by, name=name, blob=f"{by}", **content)


def _shared(ada: ParticipantId, noor: ParticipantId, eve: ParticipantId) -> Lives:
    url = "https://example.org/?a=%22b%22&c='d'"
    said = r.Described(by=noor, title='The "first"', description="For\nMonday, 漢字", topics=("Python",))
    yield SLIDES, [_document(ada, 'Übung "1".pdf'), said, r.Described(by=ada, topics=("Python", "Go"))]
    to_all = r.Published(by=noor, to=Audience.DIRECTORY)
    yield READING, [r.LinkShared(mentorship=CIRCLE, by=noor, title="Reading", url=url), said, to_all]
    named = r.Published(by=ada, to=Audience.PROGRAM, named=True)
    yield LISTENING, [r.LinkShared(mentorship=SESSION, by=ada, title="Listening", url=url), named]
    yield GONE, [_document(ada, "Gone.pdf"), r.Withdrawn(by=ada)]
    yield ERASED, [_document(eve, "Eve's.pdf"), r.Published(by=eve, to=Audience.PROGRAM, named=True)]


def told(people: dict[str, ParticipantId]) -> list[tuple[Aggregate[Any], Lives]]:
    return [(RESOURCE, _shared(people["Ada"], people["Noor"], people["Eve"]))]
