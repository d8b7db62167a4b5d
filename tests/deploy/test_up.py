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
        command, cwd=up.home, env=up.environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def mended(up: Up, find: Callable[[], int], crashed: int) -> bool:
    def another() -> bool:
        try:
            return find() != crashed
        except LookupError:
            return False

    return eventually(another) and eventually(up.ready)


def test_it_answers_stops_cleanly_and_comes_back_with_its_keys_and_data(home: Path) -> None:
    with Up(home) as up:
        held = token(up, "--as", "auditor")
        names = {view["name"] for view in up.ask(VIEWER, held)["data"]["readModels"]}
        assert {"profiles", "programs"} <= names
        with psycopg.connect(Postgres(home / ".chiron").url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        assert up.end(signal.SIGTERM) == 0
        assert up.all_gone()
        assert "Chiron has stopped." in up.said.read_text()
        assert "Traceback" not in up.said.read_text()
        assert "database system is shut down" in (home / ".chiron/logs/postgres.log").read_text()
    with Up(home) as again, psycopg.connect(Postgres(home / ".chiron").url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        assert "data" in again.ask(VIEWER, held)


def test_whatever_crashes_is_started_again(home: Path) -> None:
    with Up(home) as up:
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
        assert "data" in up.ask(VIEWER, token(up, "--as", "auditor"))


def test_killed_outright_it_leaves_nobody_behind_and_starts_again(home: Path) -> None:
    with Up(home) as up:
        up.end(signal.SIGKILL)
        assert up.all_gone()
    with Up(home) as again:
        assert again.ready()


def test_a_second_one_on_the_same_folder_is_refused(home: Path) -> None:
    with Up(home) as first:
        second = subprocess.run(
            [sys.executable, "-m", "deploy.cli", "up"],
            cwd=home, env={**first.environment, "CHIRON_PORT": str(first.port + 1)},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (second.returncode, second.stderr.split(":")[0]) == (2, "ALREADY_RUNNING")
        assert first.ready()


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
