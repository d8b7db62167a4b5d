"""Links shared, what is said of them, and who takes back what."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.relay import global_id
from tests.api.sharing import Pair, pair
from tests.house import House

UNKNOWN = global_id("Resource", UUID(int=1))


@pytest.fixture(scope="module")
def shares(house: House) -> Pair:
    return pair(house)


def link(shares: Pair, **more: Any) -> Any:
    given = {"mentorship": shares.mentorship, "title": "Listening", "url": "https://example.org/listen"}
    selection = "resource { id title name url kind state version topics description }"
    return shares.house.done(shares.noor, "shareLink", {**given, **more}, selection)["resource"]


def test_a_link_is_shared_once_by_its_key(shares: Pair) -> None:
    key = str(uuid4())
    first = link(shares, idempotencyKey=key)
    assert link(shares, idempotencyKey=key) == first
    assert (first["title"], first["name"], first["kind"]) == ("Listening", None, "LINK")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org", "example.org", "https://"])
def test_a_link_leads_into_the_web(shares: Pair, url: str) -> None:
    given = {"mentorship": shares.mentorship, "title": "x", "url": url}
    error = shares.house.refused(shares.noor, "shareLink", given)
    assert (error["code"], error["path"]) == ("VALUE_ERROR", ["input", "url"])


def test_it_is_described_by_a_member_and_goes_by_its_title_again(shares: Pair) -> None:
    resource = {"resource": link(shares)["id"]}
    words = {"title": "An exercise", "description": "For Monday.", "topics": ["Listening"]}
    selection = "resource { title description topics }"
    described = shares.house.done(shares.ada, "describeResource", {**resource, **words}, selection)
    assert described["resource"] == words
    plain = shares.house.done(shares.ada, "describeResource", {**resource, "title": None}, selection)
    assert plain["resource"] == {"title": "Listening", "description": None, "topics": []}


def test_staff_withdraws_it_and_then_nobody_changes_it(shares: Pair) -> None:
    resource = {"resource": link(shares)["id"]}
    selection = "resource { state url title withdrawnAt }"
    gone = shares.house.done(shares.met.fay, "withdrawResource", resource, selection)["resource"]
    assert (gone["state"], gone["title"]) == ("WITHDRAWN", None)
    assert gone["withdrawnAt"] is not None
    for command, more in (("describeResource", {"title": "x"}), ("publishResource", {"to": "PROGRAM"})):
        error = shares.house.refused(shares.noor, command, {**resource, **more})
        assert error["code"] == "RESOURCE_IS_WITHDRAWN"


def test_only_who_shared_it_takes_it_back_or_passes_it_on(shares: Pair) -> None:
    resource = {"resource": link(shares)["id"]}
    assert shares.house.refused(shares.ada, "withdrawResource", resource)["code"] == "FORBIDDEN"
    publish = {**resource, "to": "DIRECTORY"}
    assert shares.house.refused(shares.ada, "publishResource", publish)["code"] == "SHARED_BY_ANOTHER"


def test_what_is_not_there_is_told_to_who_could_do_it(shares: Pair) -> None:
    error = shares.house.refused(shares.house.registrar, "withdrawResource", {"resource": UNKNOWN})
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "resource"])
    assert shares.house.refused(shares.ada, "withdrawResource", {"resource": UNKNOWN})["code"] == "FORBIDDEN"
