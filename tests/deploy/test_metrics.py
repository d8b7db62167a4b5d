"""A workers' process with CHIRON_METRICS_PORT: it answers while it works, and says when it cannot."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy import cli, wiring
from deploy.settings import load
from domain.store import Database
from tests.deploy.conftest import free_port
from tests.projections.given import eventually


@pytest.fixture
def port(home: Path, organisation: Database, monkeypatch: pytest.MonkeyPatch) -> int:
    """Where the settings say that metrics are."""
    found = free_port()
    monkeypatch.setenv("CHIRON_DATABASE_URL", organisation.url)
    monkeypatch.setenv("CHIRON_ORGANISATION", organisation.schema)
    monkeypatch.setenv("CHIRON_METRICS_PORT", str(found))
    return found


@contextlib.contextmanager
def working() -> Iterator[None]:
    settings, stop = load(), threading.Event()
    wiring.make_keys(settings)
    thread = threading.Thread(target=wiring.work, args=(settings, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def told(port: int) -> str:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
    except httpx.ConnectError:
        return ""


def test_it_answers_while_it_works(port: int) -> None:
    with working():
        eventually(lambda: "chiron_database_reached 1.0" in told(port))
        assert 'chiron_seconds_behind{name="profiles"}' in told(port)
    assert told(port) == ""


@pytest.mark.usefixtures("logging_restored")
def test_a_taken_port_is_told(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", port)):
        assert cli.run(["work"]) == 2
    assert "CHIRON_METRICS_PORT" in capsys.readouterr().err
