"""One's own history, taken along over HTTP: as JSON and as Markdown, by nobody but who was there."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import httpx
import pytest

from api.context import Context
from api.execution import execute
from api.history_written import escaped
from api.operations import Answer, refusal
from api.refusals import Problem
from api.schema import GRAPHQL
from domain.permissions import Role
from projections.projection import connect
from tests.api import world as cast
from tests.api.history_told import HIKE, SESSION, tell_much
from tests.api.mentorships_told import CIRCLE
from tests.api.serving import Served, serving
from tests.api.world import AS_NOOR, World, mid, opened

MANY: Final = 250
OURS: Final = f"/history/{mid(HIKE)}"


@pytest.fixture(scope="module")
def told(postgres_url: str) -> Iterator[World]:
    """More than a page has been said."""
    with opened(postgres_url) as one:
        one.run(tell_much(one.services, MANY))
        yield one


@pytest.fixture(scope="module")
def served(told: World) -> Iterator[Served]:
    with serving(told.database) as running:
        yield running


def get(
    served: Served, path: str, person: UUID | None = cast.NOOR, role: Role = Role.PARTICIPANT, **headers: str
) -> httpx.Response:
    token = served.tokens.issue(str(person), [role], participant=person)
    given = {"authorization": f"Bearer {token}", **headers}
    with httpx.Client(base_url=served.url, timeout=30) as client:
        return client.get(path, headers=given)


def code(response: httpx.Response) -> tuple[int, str]:
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


def test_all_of_it_is_what_the_query_shows(told: World, served: Served) -> None:
    ask = """query ($id: ID!, $after: String) { mentorship(id: $id) { history(first: 100, after: $after) {
      nodes { position at kind name about sentence text facts actor { id name } }
      pageInfo { endCursor hasNextPage } } } }"""
    shown: list[dict[str, Any]] = []
    page: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        found = told.data(ask, AS_NOOR, id=mid(HIKE), after=page["endCursor"])["mentorship"]["history"]
        shown, page = shown + found["nodes"], found["pageInfo"]
    response = get(served, f"{OURS}.json")
    assert response.status_code == 200
    taken = response.json()
    assert taken["entries"] == [{"mentorship": mid(HIKE), **node} for node in shown]
    assert len(shown) > MANY
    assert (taken["by"], taken["position"]) == (cast.pid(cast.NOOR), "1000000000")


def test_it_is_a_file_that_nobody_keeps_in_between(served: Served) -> None:
    for suffix, media_type in (("json", "application/json"), ("md", "text/markdown")):
        headers = get(served, f"{OURS}.{suffix}").headers
        assert headers["content-type"] == f"{media_type}; charset=utf-8"
        assert headers["content-disposition"] == f'attachment; filename="history.{suffix}"'
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
        assert "content-length" not in headers


def test_markdown_is_read_day_by_day_and_shows_what_was_said_as_it_was(served: Served) -> None:
    lines = get(served, f"{OURS}.md").text.splitlines()
    assert lines[0] == "# History"
    assert lines[4] == "## Ada Lovelace, Noor Bakker, Lin Chen"
    assert [line for line in lines if line.startswith("### ")] == ["### 5 January 2026"]
    said = lines.index(r'  > Hurrying "tardily" \<b\>today\</b\>  ')
    assert lines[said - 2].endswith("Ada Lovelace sent a message.")


def test_without_a_relationship_named_it_is_all_of_ones_own(served: Served) -> None:
    entries = get(served, "/history.json").json()["entries"]
    whose = list(dict.fromkeys(entry["mentorship"] for entry in entries))
    assert {mid(CIRCLE), mid(HIKE), mid(SESSION)} < set(whose)
    parts = [line for line in get(served, "/history.md").text.splitlines() if line.startswith("## ")]
    assert len(parts) == len(whose)


def test_of_who_is_in_no_relationship_there_is_none(served: Served) -> None:
    assert get(served, "/history.json", cast.SAM).json()["entries"] == []
    assert "##" not in get(served, "/history.md", cast.SAM).text


def test_who_has_left_takes_along_what_was_until_then(served: Served) -> None:
    entries = get(served, f"{OURS}.json", cast.LIN).json()["entries"]
    assert entries[-1]["name"] == "mentorship.member_left"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/markdown", "text/markdown"),
        ("text/*, application/json;q=0.5", "text/markdown"),
        ("application/json, text/markdown;q=0.9", "application/json"),
    ],
)
def test_without_a_suffix_the_client_says_what_it_reads(served: Served, accept: str, media_type: str) -> None:
    for path in ("/history", OURS):
        response = get(served, path, accept=accept)
        assert response.headers["content-type"].startswith(media_type)


def test_others_cannot_have_it(served: Served) -> None:
    assert code(get(served, f"{OURS}.json", cast.SAM)) == (404, "NOT_FOUND")
    assert code(get(served, f"{OURS}.json", cast.MAX, Role.FACILITATOR)) == (403, "FORBIDDEN")
    assert code(get(served, f"{OURS}.json", None, Role.AUDITOR)) == (403, "FORBIDDEN")
    assert code(get(served, "/history.md", None, Role.ORGANISATION_ADMIN)) == (403, "FORBIDDEN")
    assert get(served, f"{OURS}.json", cast.NOOR, Role.GUEST).status_code == 200


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("/history.xml", (404, "NOT_FOUND")),
        (f"{OURS}.html", (404, "NOT_FOUND")),
        ("/history/rubbish.md", (404, "NOT_FOUND")),
        (f"/history/{cast.pid(cast.NOOR)}.md", (404, "NOT_FOUND")),
        (f"/history/{mid(HIKE)[:-4]}.json", (404, "NOT_FOUND")),
    ],
)
def test_rubbish_is_refused_by_name(served: Served, path: str, refused: tuple[int, str]) -> None:
    assert code(get(served, path)) == refused


def test_nothing_is_told_without_a_token_nor_in_another_way(served: Served) -> None:
    with httpx.Client(base_url=served.url) as client:
        nobody = client.get(f"{OURS}.json")
        posted = client.post(f"{OURS}.json", headers=served.authorization(Role.PARTICIPANT))
        wrong = client.get("/history.md", headers={"authorization": "Bearer rubbish"})
    assert code(nobody) == (401, "UNAUTHENTICATED")
    assert nobody.headers["www-authenticate"] == 'Bearer realm="chiron"'
    assert code(wrong) == (401, "UNAUTHENTICATED")
    assert code(posted) == (405, "METHOD_NOT_ALLOWED")
    assert posted.headers["allow"] == "GET"
    assert code(get(served, "/history", accept="image/png")) == (406, "NOT_ACCEPTABLE")


def test_what_breaks_off_is_not_taken_for_the_whole(told: World) -> None:
    async def breaking(
        context: Context, query_text: str, variables: dict[str, Any] | None, operation_name: str | None
    ) -> Answer:
        if variables and variables["after"]:
            return refusal(Problem("TIMEOUT", "This took too long."))
        return await execute(context, query_text, variables, operation_name)

    with serving(told.database, graphql=(GRAPHQL, breaking)) as running:
        for suffix in ("json", "md"):
            with pytest.raises(httpx.RemoteProtocolError):
                get(running, f"{OURS}.{suffix}")


def test_what_cannot_be_read_in_time_is_refused_by_name(told: World) -> None:
    with (
        serving(told.database, statement_seconds=0.04) as running,
        connect(told.database) as other,
        other.transaction(),
    ):
        other.execute("LOCK TABLE mentorships")
        assert code(get(running, "/history.json")) == (503, "TIMEOUT")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain words, (as) they are.", "plain words, (as) they are."),
        ("# no heading", r"\# no heading"),
        ("- no list", r"\- no list"),
        ("12. no list either", r"12\. no list either"),
        ("    no code", "no code"),
        ("=== no line", r"\=== no line"),
        ("[link](javascript:x) ![image](y)", r"\[link\](javascript:x) \!\[image\](y)"),
        ("<script>&amp; `code` *strong* _so_", r"\<script\>\&amp; \`code\` \*strong\* \_so\_"),
    ],
)
def test_markup_is_shown_as_it_was_written(line: str, shown: str) -> None:
    assert escaped(line) == shown
