"""A large document comes in and goes out: how fast, and how much memory the process takes on meanwhile."""

import hashlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx
import psutil

from api.relay import global_id
from api.tokens import Tokens
from domain.ids import MentorshipId, ProgramId
from domain.mentorship import Began
from domain.participant import Registered
from domain.permissions import Role
from domain.program import CommunicationsSet, Drafted
from domain.program_settings import CommunicationsSettings, DocumentLimits, Side
from domain.relationship import Member
from domain.store import Database, Store
from projections import catalogue, projection, runner
from tests.api.serving import TOKEN_KEY
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Row, Work
from tests.people import ADA, NOOR
from tests.programs import PAIR
from tests.projections.given import eventually, happened
from tests.workers.at_work import RING

GROUP = "documents"
MEGABYTES: Final = 200
CHUNK: Final = bytes(range(256)) * 4_096
PROGRAM, MENTORSHIP = ProgramId(UUID(int=1)), MentorshipId(UUID(int=2))


@dataclass(frozen=True, slots=True)
class Passed:
    """One way of a document: `grown` is what the serving process held more than before, at most."""

    seconds: float
    grown: float
    sha256: str

    @property
    def rate(self) -> float:
        return len(CHUNK) * MEGABYTES / 1e6 / self.seconds


def measure(bench: Bench) -> Iterator[Row]:
    database = Database(bench.server.database("documents"), "documents")
    database.install()
    projection.install(database, catalogue.ALL)
    with Store.open(database, RING) as store, _served(database, bench.folder) as (process, http):
        _begin(store)
        runner.catch_up(database, store, catalogue.ALL)
        bench.say(f"documents: {MEGABYTES} MB come in")
        document, sent = _send(http, process)
        runner.catch_up(database, store, catalogue.ALL)
        bench.say(f"documents: {MEGABYTES} MB go out")
        fetched = _fetch(http, process, document)
    if sent.sha256 != fetched.sha256:
        raise Incomplete("what went out is not what came in")
    checked = "SHA-256 of what was sent, kept and fetched"
    for name, passed in ((f"{MEGABYTES} MB sent", sent), (f"{MEGABYTES} MB fetched", fetched)):
        yield Work(GROUP, name, "MB/s").alone(passed.rate, checked)
        bound = Goal("<=", 64)
        yield Work(GROUP, f"{name}: memory taken on", "MB", bound).alone(passed.grown / 1e6, checked)


def _begin(store: Store) -> None:
    limits = DocumentLimits(most_bytes=2**30, types=("application/pdf",))
    happened(store, ADA.id, Registered(name="Ada", source="csv"))
    settings = CommunicationsSet(settings=CommunicationsSettings(documents=limits))
    happened(store, PROGRAM, Drafted(name="Onboarding"), settings)
    members = (
        Member(participant=ADA.id, role=Side.MENTOR),
        Member(participant=NOOR.id, role=Side.MENTEE),
    )
    terms = {"type": PAIR, "members": members, "planned_end": date(2030, 1, 1)}
    happened(store, MENTORSHIP, Began.model_validate({**terms, "program": PROGRAM, "settings_version": 1}))


@contextmanager
def _served(database: Database, folder: Path) -> Iterator[tuple[psutil.Process, httpx.Client]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    command = [sys.executable, "-m", "tests.workers.at_upload", database.url, database.schema]
    token = Tokens(TOKEN_KEY).issue(str(ADA.id), [Role.PARTICIPANT], participant=ADA.id)
    http = httpx.Client(
        base_url=f"http://127.0.0.1:{port}", timeout=60, headers={"authorization": f"Bearer {token}"}
    )
    with subprocess.Popen([*command, str(folder / "blobs"), str(port)]) as process, http:
        try:
            eventually(lambda: _ready(http))
            yield psutil.Process(process.pid), http
        finally:
            process.kill()


def _ready(http: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return http.get("/health/ready").status_code == 200
    return False


class _Watched:
    """What passes, and how much the process holds meanwhile."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._before = process, process.memory_info().rss
        self._began = time.perf_counter()
        self.hash, self.grown = hashlib.sha256(), 0

    def each(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.hash.update(chunk)
            self.grown = max(self.grown, self._process.memory_info().rss - self._before)
            yield chunk

    @property
    def passed(self) -> Passed:
        return Passed(time.perf_counter() - self._began, self.grown, self.hash.hexdigest())


def _send(http: httpx.Client, process: psutil.Process) -> tuple[str, Passed]:
    watched = _Watched(process)
    query = {"mentorship": global_id("Mentorship", MENTORSHIP), "name": "Large.pdf"}
    content = watched.each(CHUNK for _ in range(MEGABYTES))
    headers = {"content-type": "application/pdf"}
    found = http.post("/documents", params=query, content=content, headers=headers).json()
    if found.get("sha256") != watched.hash.hexdigest():
        raise Incomplete(f"what was kept is not what was sent: {found}")
    return found["id"], watched.passed


def _fetch(http: httpx.Client, process: psutil.Process, document: str) -> Passed:
    watched = _Watched(process)
    with http.stream("GET", f"/documents/{document}") as found:
        for _ in watched.each(found.iter_bytes()):
            pass
    return watched.passed
