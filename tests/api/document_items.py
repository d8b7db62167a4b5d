"""What is shared in a relationship, as items that not everybody may read."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid5

from api.relay import global_id
from domain import resource as r
from domain.resource import RESOURCE
from tests.api.confidential_items import Item, Made, Place


def _id(place: Place) -> UUID:
    return uuid5(place.mentorship, "shared")


def _ids(place: Place) -> Mapping[str, str]:
    return {"shared": global_id("Resource", _id(place))}


def _document(place: Place) -> Made:
    document = r.DocumentShared(
        mentorship=place.mentorship, by=place.author, name="Slides.pdf", media_type="application/pdf",
        bytes=5, sha256="9f" * 32, blob=str(_id(place)),
    )  # fmt: skip
    yield RESOURCE.stream(_id(place)), document


def _link(place: Place) -> Made:
    stream = RESOURCE.stream(uuid5(place.mentorship, "link"))
    url = "https://example.org/"
    yield stream, r.LinkShared(mentorship=place.mentorship, by=place.author, title="Reading", url=url)
    yield stream, r.Described(by=place.author, title="Read", description="Soon", topics=("Go",))


def _listed(field: str, kind: str = "LINK") -> str:
    return f"mentorship(id: $mentorship) {{ resources(kinds: [{kind}]) {{ nodes {{ {field} }} }} }}"


ITEMS: Final = (
    Item(
        "document", "documents", _document, ids=_ids,
        content="resource(id: $shared) { sha256 }", happened="resource(id: $shared) { sharedAt }",
    ),
    Item(
        "name of a document", "documents", _document,
        content=_listed("name", "DOCUMENT"), happened=_listed("kind", "DOCUMENT"),
    ),
    Item(
        "content of a document", "documents", _document, ids=_ids,
        content="documentLink(resource: $shared) { url }", happened="resource(id: $shared) { state }",
    ),
    Item("link", "documents", _link, content=_listed("url"), happened=_listed("state")),
    Item("description of a link", "documents", _link, content=_listed("title"), happened=_listed("named")),
)  # fmt: skip
