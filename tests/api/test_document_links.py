"""Signed links: whose they are, for what, and for how long."""

from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from api.document_links import SECONDS, Links
from api.tokens import Unauthenticated
from domain.permissions import Actor, Role
from tests.people import ADA

DOCUMENT = UUID(int=1)
SERVICE = Actor("sync", frozenset({Role.SERVICE}), None, frozenset({"documents.see"}))


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@pytest.mark.parametrize("actor", [ADA.actor, SERVICE], ids=["person", "service"])
def test_it_says_who_asks_until_it_is_out_of_date(actor: Actor) -> None:
    now = [1_000_000.0]
    links = Links(b"key", now=lambda: now[0])
    link = links.issue(actor, DOCUMENT)
    assert link.expires_at.timestamp() == now[0] + SECONDS
    now[0] += SECONDS - 1
    assert links.open(DOCUMENT, query(link.url)) == actor
    now[0] += 1
    with pytest.raises(Unauthenticated):
        links.open(DOCUMENT, query(link.url))


def test_it_is_for_one_document_of_one_server_and_whole() -> None:
    links = Links(b"key")
    signed = query(links.issue(ADA.actor, DOCUMENT).url)
    other = query(links.issue(SERVICE, DOCUMENT).url)
    for key, document, given in (
        (b"key", UUID(int=2), signed),
        (b"other", DOCUMENT, signed),
        (b"key", DOCUMENT, {**signed, "for": other["for"]}),
        (b"key", DOCUMENT, {**signed, "signature": "ä"}),
        (b"key", DOCUMENT, {"for": signed["for"]}),
        (b"key", DOCUMENT, {}),
    ):
        with pytest.raises(Unauthenticated):
            Links(key).open(document, given)
