"""The command line in a folder of its own, as somebody with no settings would have it."""

import logging
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from deploy import cli
from domain.store import Database

ROOT = Path(__file__).resolve().parents[2]
Chiron = Callable[..., subprocess.CompletedProcess[str]]
Run = Callable[..., tuple[int, str, str]]


def clean_environment(**settings: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("CHIRON_")}
    return {**bare, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", **settings}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def logging_restored() -> Iterator[None]:
    """Commands that serve set up logging for a process of their own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder that another user may enter, unlike pytest's own: PostgreSQL started by root is one."""
    with tempfile.TemporaryDirectory(prefix="chiron-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


@pytest.fixture
def home(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with no CHIRON_... set."""
    for name in [name for name in os.environ if name.startswith("CHIRON_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def chiron(home: Path) -> Chiron:
    """Runs `chiron ARGUMENTS` with these settings as a process of its own."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deploy.cli", *arguments]
        environment = clean_environment(**settings)
        return subprocess.run(
            command, cwd=home, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    return run


@pytest.fixture
def run(
    home: Path,
    organisation: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    logging_restored: None,
) -> Run:
    """`chiron ARGUMENTS` in this process, on the test's own organisation: exit code, answers, remarks."""
    monkeypatch.setenv("CHIRON_DATABASE_URL", organisation.url)
    monkeypatch.setenv("CHIRON_ORGANISATION", organisation.schema)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
