"""Documents over HTTP: sent once, kept whole, handed out whole or in parts, and never run."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from domain.permissions import Role
from domain.resource import DocumentShared
from tests.api.sharing import BYTES, Pair, code, digest, pair
from tests.house import Caller, House

OTHER = b"%PDF other"


@pytest.fixture(scope="module")
def shares(house: House) -> Pair:
    return pair(house)


@pytest.fixture(scope="module")
def slides(shares: Pair) -> str:
    return shares.shared(shares.ada)


def test_what_is_sent_is_told_and_recorded(shares: Pair) -> None:
    found = shares.send(shares.ada, name="Übung 1.pdf")
    told = found.json()
    assert found.status_code == 201
    assert found.headers["location"] == f"/documents/{quote(told['id'])}"
    assert (told["bytes"], told["sha256"], told["mediaType"]) == (
        len(BYTES),
        digest(BYTES),
        "application/pdf",
    )
    [recorded] = shares.events(told["id"])
    assert str(recorded.position) == told["position"]
    assert isinstance(recorded.event, DocumentShared)
    assert (recorded.event.name, recorded.event.by) == ("Übung 1.pdf", shares.ada.participant)


def test_it_is_handed_out_at_once_to_the_members(shares: Pair) -> None:
    location = shares.send(shares.noor).headers["location"]
    for who in (shares.noor, shares.ada):
        found = shares.http.get(location, headers=shares.authorization(who))
        assert (found.status_code, found.content) == (200, BYTES)
    assert found.headers["content-type"] == "application/pdf"
    assert found.headers["etag"] == f'"{digest(BYTES)}"'
    assert found.headers["accept-ranges"] == "bytes"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert found.headers["content-disposition"].startswith("attachment; ")
    assert found.headers["cache-control"] == "private, no-cache"


def test_the_head_of_it_is_the_same_without_its_content(shares: Pair, slides: str) -> None:
    whole, head = shares.get(shares.ada, slides), shares.get(shares.ada, slides, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    differing = {"date", "x-request-id"}
    assert {**head.headers, **dict.fromkeys(differing)} == {**whole.headers, **dict.fromkeys(differing)}


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10), ("bytes=100-", 100, 10_240), ("bytes=-5", 10_235, 10_240),
        ("BYTES = 10000-99999", 10_000, 10_240), ("bytes=-99999", 0, 10_240),
        ("bytes=10239-10239", 10_239, 10_240),
    ],
)  # fmt: skip
def test_a_part_is_handed_out(shares: Pair, slides: str, asked: str, start: int, end: int) -> None:
    found = shares.get(shares.ada, slides, range=asked)
    assert (found.status_code, found.content) == (206, BYTES[start:end])
    assert found.headers["content-range"] == f"bytes {start}-{end - 1}/{len(BYTES)}"
    assert found.headers["content-length"] == str(end - start)


@pytest.mark.parametrize(
    "asked",
    ["", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-1", "lines=1-2", "bytes=0-1,5-6", "bytes=0x1-2", "0-9",
     "bytes=" + "9" * 30 + "-"],
)  # fmt: skip
def test_a_range_that_makes_no_sense_is_the_whole(shares: Pair, slides: str, asked: str) -> None:
    found = shares.get(shares.ada, slides, range=asked)
    assert (found.status_code, found.content) == (200, BYTES)


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=-0", "bytes=999999-1000000"])
def test_a_range_beyond_the_end_is_refused(shares: Pair, slides: str, asked: str) -> None:
    found = shares.get(shares.ada, slides, range=asked)
    assert code(found) == (416, "RANGE_NOT_SATISFIABLE")
    assert found.headers["content-range"] == "bytes */10240"


def test_a_download_is_resumed_while_it_is_the_same(shares: Pair, slides: str) -> None:
    tag = f'"{digest(BYTES)}"'
    assert shares.get(shares.ada, slides, range="bytes=5000-", if_range=tag).content == BYTES[5000:]
    for other in ('"other"', f"W/{tag}", "Tue, 24 Nov 2026 10:00:00 GMT"):
        found = shares.get(shares.ada, slides, range="bytes=5000-", if_range=other)
        assert (found.status_code, found.content) == (200, BYTES)


@pytest.mark.parametrize("given", ["{tag}", "W/{tag}", '"a", {tag}', "*"])
def test_what_is_known_already_is_not_sent_again(shares: Pair, slides: str, given: str) -> None:
    tag = f'"{digest(BYTES)}"'
    found = shares.get(shares.ada, slides, if_none_match=given.format(tag=tag), range="bytes=0-1")
    assert (found.status_code, found.content, found.headers["etag"]) == (304, b"", tag)


def test_what_is_known_otherwise_is_sent(shares: Pair, slides: str) -> None:
    assert shares.get(shares.ada, slides, if_none_match='"other"').status_code == 200


def test_a_key_repeated_is_the_same_document(shares: Pair) -> None:
    key: dict[str, Any] = {"headers": {"idempotency-key": str(uuid4())}}
    others: list[dict[str, Any]] = [{"body": OTHER}, {"name": "Other.pdf"}, {"media_type": "image/png"}]
    first = shares.send(shares.ada, **key)
    head = shares.house.store.head()
    again = shares.send(shares.ada, **key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert shares.house.store.head() == head
    for other in others:
        assert code(shares.send(shares.ada, **key, **other)) == (409, "COMMAND_REUSED")
    assert shares.house.store.head() == head
    assert shares.get(shares.ada, first.json()["id"]).content == BYTES


def test_another_key_or_none_is_another_document(shares: Pair) -> None:
    ids = {shares.send(shares.ada).json()["id"] for _ in range(2)}
    ids.add(shares.send(shares.ada, headers={"idempotency-key": str(uuid4())}).json()["id"])
    assert len(ids) == 3
    assert code(shares.send(shares.ada, headers={"idempotency-key": "1"})) == (400, "BAD_IDEMPOTENCY_KEY")


@pytest.mark.parametrize(
    ("media_type", "body", "served"),
    [
        ("text/html", b"<script>alert(1)</script>", "text/plain; charset=utf-8"),
        ("text/xml", b"<?xml version='1.0'?>", "text/plain; charset=utf-8"),
        ("image/svg+xml", b"<svg onload='alert(1)'/>", "application/octet-stream"),
        ("text/javascript", b"alert(1)", "text/plain; charset=utf-8"),
        ("IMAGE/PNG", b"<html>", "image/png"),
        ("text/plain; charset=utf-16", b"<html>", "text/plain; charset=utf-8"),
    ],
)
def test_nothing_is_served_so_that_a_browser_runs_it(
    shares: Pair, media_type: str, body: bytes, served: str
) -> None:
    document = shares.shared(shares.ada, body, media_type, name="page.html")
    found = shares.get(shares.ada, document)
    assert (found.content, found.headers["content-type"]) == (body, served)
    assert found.headers["content-disposition"].startswith("attachment; ")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-security-policy"].startswith("sandbox;")


@pytest.mark.parametrize(
    ("name", "plain", "shown"),
    [
        ("Übung 1.pdf", "_bung 1.pdf", "%C3%9Cbung%201.pdf"),
        ("写真 📷.png", "__ _.png", "%E5%86%99%E7%9C%9F%20%F0%9F%93%B7.png"),
        ('a"b%2Fc;d.pdf', "a_b_2Fc_d.pdf", "a%22b%252Fc%3Bd.pdf"),
        ("a\u202efdp.exe", "afdp.exe", "afdp.exe"),
        ("it's *.pdf", "it's *.pdf", "it%27s%20%2A.pdf"),
    ],
)
def test_a_name_is_saved_as_people_wrote_it(shares: Pair, name: str, plain: str, shown: str) -> None:
    found = shares.get(shares.ada, shares.shared(shares.ada, name=name))
    expected = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{shown}"
    assert found.headers["content-disposition"] == expected


def test_who_may_not_see_it_finds_nothing(shares: Pair, slides: str) -> None:
    others = (shares.lin, shares.met.fay, shares.met.sam, shares.house.caller(Role.AUDITOR))
    for who in (*others, shares.house.registrar, shares.house.caller()):
        assert code(shares.get(who, slides)) == (404, "NOT_FOUND")
    elsewhere = [shares.mentorship, "nonsense", "UmVzb3VyY2U6MQ==", quote("../../etc/passwd", safe="")]
    for nothing in elsewhere:
        assert code(shares.get(shares.ada, nothing)) == (404, "NOT_FOUND")


def test_who_breaks_the_glass_sees_it(shares: Pair, slides: str) -> None:
    auditor = shares.house.caller(Role.AUDITOR)
    assert code(shares.get(auditor, slides)) == (404, "NOT_FOUND")
    given = {"mentorship": shares.mentorship, "reason": "A complaint", "hours": 1}
    shares.house.done(auditor, "breakGlass", given)
    assert shares.get(auditor, slides).content == BYTES
    assert code(shares.get(shares.house.caller(Role.AUDITOR), slides)) == (404, "NOT_FOUND")


def published(shares: Pair, to: str, *, named: bool = False) -> str:
    document = shares.shared(shares.ada)
    shares.house.done(shares.ada, "publishResource", {"resource": document, "to": to, "named": named})
    return document


def test_what_is_published_is_for_those_it_is_published_to(shares: Pair) -> None:
    to_program, to_all = published(shares, "PROGRAM"), published(shares, "DIRECTORY")
    stranger, guest = shares.house.person("Max"), shares.house.person("Gus", Role.GUEST)

    def sees(who: Caller) -> tuple[bool, bool]:
        one, other = (shares.get(who, each).status_code == 200 for each in (to_program, to_all))
        return one, other

    assert [sees(who) for who in (shares.noor, shares.lin, shares.met.fay)] == [(True, True)] * 3
    assert [sees(stranger), sees(guest)] == [(False, True), (False, False)]
    shares.house.done(shares.ada, "publishResource", {"resource": to_all, "to": "MEMBERS"})
    assert sees(stranger) == (False, False)


def test_what_is_withdrawn_is_gone(shares: Pair) -> None:
    document = shares.shared(shares.ada)
    shares.house.done(shares.ada, "withdrawResource", {"resource": document}, "resource { state }")
    assert code(shares.get(shares.noor, document)) == (410, "DOCUMENT_IS_GONE")
    assert code(shares.get(shares.lin, document)) == (404, "NOT_FOUND")


def test_a_link_is_no_document(shares: Pair) -> None:
    given = {"mentorship": shares.mentorship, "title": "Listening", "url": "https://example.org/"}
    link = shares.house.done(shares.ada, "shareLink", given, "resource { id url }")["resource"]
    assert code(shares.get(shares.ada, link["id"])) == (404, "NOT_FOUND")
    assert link["url"] == "https://example.org/"


def test_a_signed_link_needs_no_token_and_is_for_one_person(shares: Pair, slides: str) -> None:
    query = "query ($id: ID!) { documentLink(resource: $id) { url expiresAt } }"
    link = shares.house.ask(shares.ada, query, id=slides)["documentLink"]
    bare = {"authorization": ""}
    found = shares.http.get(link["url"], headers=bare)
    assert (found.status_code, found.content) == (200, BYTES)
    assert shares.http.head(link["url"], headers=bare).status_code == 200
    for spoilt in (link["url"][:-1], link["url"].replace("for=", "for=x"), f"{link['url']}&for=x"):
        assert shares.http.get(spoilt, headers=bare).status_code in {400, 401}
    other = shares.shared(shares.ada, OTHER)
    elsewhere = link["url"].replace(quote(slides), quote(other))
    assert code(shares.http.get(elsewhere, headers=bare)) == (401, "UNAUTHENTICATED")
    assert shares.house.ask(shares.lin, query, id=slides)["documentLink"] is None


def test_a_signed_link_shows_what_its_person_may_still_see(shares: Pair) -> None:
    document = published(shares, "PROGRAM")
    query = "query ($id: ID!) { documentLink(resource: $id) { url } }"
    url = shares.house.ask(shares.lin, query, id=document)["documentLink"]["url"]
    assert shares.http.get(url, headers={"authorization": ""}).status_code == 200
    shares.house.done(
        shares.ada, "publishResource", {"resource": document, "to": "MEMBERS"}, "resource { id }"
    )
    assert code(shares.http.get(url, headers={"authorization": ""})) == (404, "NOT_FOUND")


def test_who_shared_it_is_told_where_it_may_be(shares: Pair) -> None:
    unnamed, named = published(shares, "PROGRAM"), published(shares, "PROGRAM", named=True)
    query = "query ($id: ID!) { resource(id: $id) { title sharedBy { name } mentorship { id } } }"
    told = {"title": "Slides.pdf", "sharedBy": None, "mentorship": None}
    assert shares.house.ask(shares.lin, query, id=unnamed)["resource"] == told
    assert shares.house.ask(shares.lin, query, id=named)["resource"]["sharedBy"] == {"name": "Ada"}
    assert shares.house.ask(shares.noor, query, id=unnamed)["resource"]["sharedBy"] == {"name": "Ada"}


def test_a_relationship_lists_what_is_shared_there(shares: Pair) -> None:
    document = shares.shared(shares.noor, name="Last.pdf")
    query = """query ($id: ID!) { mentorship(id: $id) {
        resources(first: 1, kinds: [DOCUMENT], states: [SHARED]) {
            nodes { id kind name bytes sha256 mediaType audience named topics sharedBy { name } } } } }"""
    found = shares.house.ask(shares.ada, query, id=shares.mentorship)["mentorship"]["resources"]["nodes"]
    assert found == [
        {
            "id": document, "kind": "DOCUMENT", "name": "Last.pdf", "bytes": len(BYTES),
            "sha256": digest(BYTES), "mediaType": "application/pdf", "audience": "MEMBERS", "named": False,
            "topics": [], "sharedBy": {"name": "Noor"},
        }
    ]  # fmt: skip


def test_staff_sees_that_something_was_shared(shares: Pair) -> None:
    document = shares.shared(shares.noor)
    query = "query ($id: ID!) { resource(id: $id) { kind state audience sharedAt name title sha256 bytes } }"
    found = shares.house.ask(shares.met.fay, query, id=document)["resource"]
    shown = {name for name, value in found.items() if value is not None}
    assert shown == {"kind", "state", "audience", "sharedAt"}
