"""A whole organisation in one process: its log, read models kept up, and the API as clients see it."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from api.app import PATH, Options
from api.limits import Limits
from api.relay import global_id, parse_global_id
from api.roots import READ_MODELS
from api.tokens import Tokens
from domain.permissions import Role
from domain.store import Database, KeyRing, RecordedEvent, Store
from projections.blobs import Blobs
from projections.freshness import POSITIONS
from tests.api.serving import serving
from tests.kept_up import read_models
from tests.organisations import organisation
from tests.projections.given import eventually
from workers import matching, mentorships, publishing
from workers.leader import Begin, Leader
from workers.matching import Matching
from workers.mentorships import Mentorships
from workers.publishing import Publishing

UNHURRIED = Options(limits=Limits(seconds=60.0))
"""How fast this machine is today is nothing a test may fail on."""
ERRORS = "errors { __typename code message path ... on ConflictError { currentVersion } }"

Json = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """Somebody with a token. `id` is the global id of their profile."""

    token: str
    participant: UUID | None = None

    @property
    def id(self) -> str:
        assert self.participant is not None
        return global_id("Participant", self.participant)


def key_of(global_id: str) -> UUID:
    return UUID(parse_global_id(global_id).key)


class House:
    def __init__(
        self, database: Database, keys: KeyRing, http: httpx.Client, tokens: Tokens, store: Store
    ) -> None:
        self.database, self.keys, self.store = database, keys, store
        self._http, self._tokens = http, tokens
        self._told = self._shown = 0
        self.registrar = self.caller(Role.ORGANISATION_ADMIN)

    def caller(self, *roles: Role, participant: UUID | None = None, scopes: tuple[str, ...] = ()) -> Caller:
        subject = str(participant or uuid4())
        token = self._tokens.issue(subject, roles, participant=participant, scopes=scopes)
        return Caller(token, participant)

    def person(self, name: str, *roles: Role, **record: Any) -> Caller:
        """Somebody registered through the API; `record` is what the system of record says of them."""
        email = f"{re.sub('[^a-z]', '', name.lower())}@example.org"
        made = self.done(
            self.registrar, "registerParticipant", {"name": name, "email": email}, "participant { id }"
        )
        key = key_of(made["participant"]["id"])
        if record:
            given = {"participant": made["participant"]["id"], "source": "hr", "record": record}
            self.done(self.registrar, "syncRecord", given)
        return self.caller(*(roles or (Role.PARTICIPANT,)), participant=key)

    def answer(self, caller: Caller, document: str, variables: Json | None = None) -> Json:
        """The whole response, whatever it is."""
        headers = {
            "authorization": f"Bearer {caller.token}",
            "accept": "application/graphql-response+json",
            "content-type": "application/json",
        }
        escaped = json.dumps({"query": document, "variables": variables or {}})
        found: Json = self._http.post(PATH, headers=headers, content=escaped).json()
        return found

    def first(self, caller: Caller, subscription: str) -> Json:
        """The first result of a subscription."""
        headers = {"authorization": f"Bearer {caller.token}", "accept": "text/event-stream"}
        with self._http.stream("POST", PATH, headers=headers, json={"query": subscription}) as response:
            told = next(line for line in response.iter_lines() if line.startswith("data: "))
        found: Json = json.loads(told.removeprefix("data: "))
        return found

    def ask(self, caller: Caller, document: str, **variables: Any) -> Any:
        """A query's data, with all that this house was told before."""
        self.wait_for(self._told)
        return self._data(caller, document, variables)

    def tell(self, caller: Caller, command: str, given: Json, selection: str = "") -> Json:
        """A command's payload."""
        kind = f"{command[0].upper()}{command[1:]}Input"
        document = (
            f"mutation ($input: {kind}!) {{ {command}(input: $input) {{ position {ERRORS} {selection} }} }}"
        )
        payload: Json = self._data(caller, document, {"input": given})[command]
        return payload

    def done(self, caller: Caller, command: str, given: Json, selection: str = "") -> Json:
        """The same, for what must work."""
        payload = self.tell(caller, command, given, selection)
        assert payload["errors"] == [], payload["errors"]
        assert int(payload["position"]) > 0
        self._told = max(self._told, int(payload["position"]))
        return payload

    def refused(self, caller: Caller, command: str, given: Json, selection: str = "") -> Json:
        """The one reason why it was not done; and that nothing was written."""
        head = self.store.head()
        payload = self.tell(caller, command, given, selection)
        assert payload["position"] is None
        assert self.store.head() == head
        [error] = payload["errors"]
        found: Json = error
        return found

    def _data(self, caller: Caller, document: str, variables: Json) -> Any:
        found = self.answer(caller, document, variables)
        assert "errors" not in found, found["errors"]
        return found["data"]

    def wait_for(self, position: int) -> None:
        """Until every read model shows the log as far as that."""
        if self._shown >= position:
            return
        with self.database.connect() as connection:
            eventually(lambda: _shown_to(connection) >= position)
        self._shown = position

    def events_since(self, head: int) -> list[RecordedEvent]:
        return list(self.store.log(head))


def _shown_to(connection: psycopg.Connection) -> int:
    """As far as all of the read models that the API asks show the log."""
    positions: dict[str, int] = dict(connection.execute(POSITIONS).fetchall())
    return min(positions[name] for name in READ_MODELS)


@contextmanager
def _kept_up(database: Database, store: Store, keys: KeyRing) -> Iterator[None]:
    stop = threading.Event()
    duties: dict[str, Begin] = {
        mentorships.NAME: lambda connection, _: Mentorships(connection, store),
        matching.NAME: lambda connection, stop: Matching(connection, store, database, stop),
        publishing.NAME: lambda connection, stop: Publishing(connection, store, database, stop),
    }
    led = [Leader(database, store, name, begin) for name, begin in duties.items()]
    threads = [threading.Thread(target=one.run, args=(stop,)) for one in led]
    with read_models(database, keys):
        for thread in threads:
            thread.start()
        yield
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def open_house(
    postgres_url: str,
    *,
    kept_up: bool = True,
    patience: float = 60.0,
    blobs: Blobs | None = None,
) -> Iterator[House]:
    """Without `kept_up` nobody keeps the read models up; `patience` is how long an answer waits for them."""
    keys = KeyRing.random()
    with ExitStack() as stack:
        database = stack.enter_context(organisation(postgres_url, "house"))
        store = stack.enter_context(Store.open(database, keys))
        if kept_up:
            stack.enter_context(_kept_up(database, store, keys))
        served = stack.enter_context(serving(database, UNHURRIED, keys=keys, blobs=blobs))
        http = stack.enter_context(served.client())
        served.server._app.state.services.freshness.patience = patience
        yield House(database, keys, http, served.tokens, store)


@pytest.fixture(scope="module")
def house(postgres_url: str) -> Iterator[House]:
    """One for a module: its tests tell of different people and programmes."""
    with open_house(postgres_url) as opened:
        yield opened
