"""The process tree of `chiron up`: it starts, is mended when a part crashes, stops, and comes back whole."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from deploy.embedded import Postgres
from tests.deploy.conftest import Chiron, free_port
from tests.deploy.running import Up
from tests.deploy.test_supervisor import eventually

VIEWER = "{ readModels { name } }"


def token(up: Up, *arguments: str) -> str:
    command = [sys.executable, "-m", "deploy.cli", "token", *arguments]
    done = subprocess.run(
        command, cwd=up.home, env=up.environment, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.strip()


def mended(up: Up, find: Callable[[], int], crashed: int) -> bool:
    def another() -> bool:
        try:
            return find() != crashed
        except LookupError:
            return False

    return eventually(another) and eventually(up.ready)


def is_mended(up: Up) -> None:
    """Whatever part of it crashes is started again."""
    for name, words in {
        "the API": ("serve",),
        "the workers": ("work",),
        "PostgreSQL": ("postgres",),
        "the broker": ("tansu",),
    }.items():
        crashed = up.child(*words)
        os.kill(crashed, signal.SIGKILL)
        assert up.says(f"{name} stopped unexpectedly (signal SIGKILL)")
        assert mended(up, lambda words=words: up.child(*words), crashed)  # type: ignore[misc]  # bound on purpose


def refuses_a_second(up: Up) -> None:
    """On the same folder."""
    second = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "up"],
        cwd=up.home, env={**up.environment, "CHIRON_PORT": str(up.port + 1)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (second.returncode, second.stderr.split(":")[0]) == (2, "ALREADY_RUNNING")
    assert up.ready()


def stops_cleanly(up: Up) -> None:
    assert up.end(signal.SIGTERM) == 0
    assert up.all_gone()
    assert "Chiron has stopped." in up.said.read_text()
    assert "Traceback" not in up.said.read_text()
    assert "database system is shut down" in (up.home / ".chiron/logs/postgres.log").read_text()


def holds(up: Up, answer: int) -> None:
    with psycopg.connect(Postgres(up.home / ".chiron").url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (answer,)


def test_it_is_mended_stops_and_is_killed_and_each_time_comes_back_with_its_keys_and_data(home: Path) -> None:
    """Three lives of one folder: of each start, which takes long, as much is seen as can be."""
    with Up(home) as first:
        held = token(first, "--as", "auditor")
        names = {view["name"] for view in first.ask(VIEWER, held)["data"]["readModels"]}
        assert {"profiles", "programs"} <= names
        with psycopg.connect(Postgres(home / ".chiron").url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        refuses_a_second(first)
        stops_cleanly(first)
    with Up(home) as second:
        holds(second, 42)
        assert "data" in second.ask(VIEWER, held)
        second.end(signal.SIGKILL)
        assert second.all_gone(), "killed outright, it leaves nobody behind"
    with Up(home) as third:
        assert third.ready()
        holds(third, 42)
        is_mended(third)
        assert "data" in third.ask(VIEWER, held)


@pytest.mark.parametrize("setting", ["CHIRON_PORT", "CHIRON_BROKER_PORT"])
def test_a_taken_port_is_told_with_the_setting_that_changes_it(
    home: Path, chiron: Chiron, setting: str
) -> None:
    free = {"CHIRON_PORT": str(free_port()), "CHIRON_BROKER_PORT": str(free_port())}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = chiron("up", **{**free, setting: str(port)})
    assert done.returncode == 2
    assert done.stderr == (
        f"PORT_TAKEN: Port {port} on 127.0.0.1 is taken: "
        f"stop the program that holds it, or set {setting} to another port.\n"
    )
    assert not (home / ".chiron" / "postgres" / "postmaster.pid").exists()


def test_an_address_of_another_machine_is_told(chiron: Chiron) -> None:
    done = chiron("up", CHIRON_HOST="192.0.2.1", CHIRON_PORT=str(free_port()))
    assert done.returncode == 2
    assert done.stderr.startswith("HOST_UNKNOWN: This machine has no address 192.0.2.1")


def test_a_lost_key_is_told_and_nothing_is_written_over_it(home: Path, chiron: Chiron) -> None:
    assert chiron("migrate").returncode == 0
    (home / ".chiron" / "keys" / "kek").unlink()
    done = chiron("up", CHIRON_PORT=str(free_port()), CHIRON_BROKER_PORT=str(free_port()))
    assert done.returncode == 2
    assert done.stderr.startswith("KEY_MISSING: .chiron/keys/kek is gone")
    assert not (home / ".chiron" / "keys" / "kek").exists()
