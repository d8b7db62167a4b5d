"""Following a run while it is computed, by server-sent events and by WebSocket."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from domain.permissions import Role
from tests.api.matched import RUN, Matched
from tests.house import Caller, House, Json
from tests.projections.given import eventually
from tests.workers.locks import held_up, waiting_for

FOLLOW = "subscription ($run: ID!) { matchRunProgress(run: $run) { run state revision stage done total } }"


@pytest.fixture(scope="module")
def matched(house: House) -> Matched:
    return Matched(house)


@contextmanager
def by_events(house: House, caller: Caller, run: str) -> Iterator[Iterator[Json]]:
    headers = {"authorization": f"Bearer {caller.token}", "accept": "text/event-stream"}
    body = {"query": FOLLOW, "variables": {"run": run}}
    with house._http.stream("POST", "/graphql", headers=headers, json=body) as response:
        yield _told(response.iter_lines())


def _told(lines: Iterator[str]) -> Iterator[Json]:
    for line in lines:
        if line.startswith("data: {"):
            yield json.loads(line.removeprefix("data: "))
        elif line == "event: complete":
            return


@contextmanager
def by_socket(house: House, caller: Caller, run: str) -> Iterator[Iterator[Json]]:
    url = str(house._http.base_url).replace("http", "ws", 1).rstrip("/") + "/graphql"
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        init = {"type": "connection_init", "payload": {"authorization": f"Bearer {caller.token}"}}
        socket.send(json.dumps(init))
        assert json.loads(socket.recv(timeout=30)) == {"type": "connection_ack"}
        payload = {"query": FOLLOW, "variables": {"run": run}}
        socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        yield _messages(socket)


def _messages(socket: Any) -> Iterator[Json]:
    while (message := json.loads(socket.recv(timeout=30)))["type"] == "next":
        yield message["payload"]
    assert message == {"id": "1", "type": "complete"}


@pytest.mark.parametrize("follow", [by_events, by_socket])
def test_a_run_is_followed_until_it_is_computed(matched: Matched, follow: Any) -> None:
    house = matched.house
    with held_up(house.database, "match_progress"):
        run = matched.request()
        eventually(lambda: waiting_for(house.database, "match_progress"))
        with follow(house, matched.sam, run) as told:
            first = next(told)["data"]["matchRunProgress"]
            assert first == {
                "run": run, "state": "COMPUTING", "revision": 0, "stage": None, "done": 0, "total": 0,
            }  # fmt: skip
    with follow(house, matched.sam, run) as told:
        shown = list(told)
    assert not any("errors" in one for one in shown), shown
    last = shown[-1]["data"]["matchRunProgress"]
    assert (last["run"], last["state"], last["stage"]) == (run, "DRAFT", None)


def test_who_comes_while_it_is_computed_sees_how_far_it_is_and_then_the_end(matched: Matched) -> None:
    house = matched.house
    with held_up(house.database, "match_progress"):
        run = matched.request()
        eventually(lambda: waiting_for(house.database, "match_progress"))
        with house.database.connect() as connection:
            assert connection.execute("SELECT count(*) FROM match_progress").fetchone() == (0,)
        with by_events(house, matched.sam, run) as told:
            assert next(told)["data"]["matchRunProgress"]["state"] == "COMPUTING"
            house.done(matched.sam, "cancelMatchRun", {"run": run})
            *_, last = told
    assert last["data"]["matchRunProgress"]["state"] == "CANCELLED"


def test_of_a_run_that_is_over_only_the_end_is_told(matched: Matched) -> None:
    run = matched.drafted()
    matched.house.done(matched.sam, "discardMatchRun", {"run": run}, RUN)
    with by_events(matched.house, matched.sam, run) as told:
        [only] = told
    assert only["data"]["matchRunProgress"]["state"] == "DISCARDED"


def test_who_may_not_see_the_run_may_not_follow_it(matched: Matched) -> None:
    run = matched.drafted()
    stranger = matched.house.person("Abe", Role.ADMINISTRATOR)
    for caller, code in ((matched.noor, "FORBIDDEN"), (stranger, "NOT_FOUND")):
        with by_events(matched.house, caller, run) as told:
            [error] = next(told)["errors"]
            assert error["extensions"]["code"] == code
    with by_events(matched.house, matched.sam, matched.program) as told:
        [error] = next(told)["errors"]
        assert error["extensions"]["code"] == "BAD_ID"
