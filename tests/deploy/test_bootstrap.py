"""The first minute on a new machine: what is missing there is told in one sentence that says what to do."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.conftest import ROOT

TOOLS = ("sh", "dirname", "mkdir", "touch", "grep", "cat", "rm", "env", "tail")
OLD = "#!/bin/sh\nexit 1\n"
RECENT = "#!/bin/sh\ncase $1 in -c) exit 0;; -V) echo Python 3.11.0;; *) {action};; esac\n"


class Machine:
    """A checkout with `deploy/bootstrap`, and a PATH with nothing but what every machine has."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.programs = folder / "chiron", folder / "bin"
        (self.checkout / "deploy").mkdir(parents=True)
        self.programs.mkdir()
        shutil.copy(ROOT / "deploy" / "bootstrap", self.checkout / "deploy" / "bootstrap")
        for tool in TOOLS:
            (self.programs / tool).symlink_to(str(shutil.which(tool)))

    def has(self, name: str, script: str) -> None:
        program = self.programs / name
        program.write_text(script)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def bootstrap(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "deploy/bootstrap"],
            cwd=self.checkout, env={"PATH": str(self.programs), **environment},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_no_python_at_all(machine: Machine) -> None:
    done = machine.bootstrap()
    assert done.returncode == 1
    assert done.stderr.startswith("PYTHON_MISSING: Python 3.11 or newer was not found: install it")


def test_only_old_pythons(machine: Machine) -> None:
    for name in ("python", "python3", "python3.11"):
        machine.has(name, OLD)
    assert machine.bootstrap().stderr.startswith("PYTHON_MISSING: ")


@pytest.mark.parametrize(
    "name", ["python3.11", "python3.12", "python3.13", "python3.14", "python3", "python"]
)
def test_a_recent_python_is_found_by_any_of_its_names(machine: Machine, name: str) -> None:
    machine.has("python3.9", OLD)
    machine.has(name, RECENT.format(action="echo it was asked >&2; exit 1"))
    machine.bootstrap()
    assert (machine.checkout / "build" / "install.log").read_text() == "it was asked\n"


def test_a_python_can_be_named(machine: Machine) -> None:
    machine.has("python3", OLD)
    machine.has("my-own", RECENT.format(action="echo it was asked >&2; exit 1"))
    machine.bootstrap(PYTHON="my-own")
    assert (machine.checkout / "build" / "install.log").read_text() == "it was asked\n"


@pytest.mark.parametrize(
    ("words", "code", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "DISK_FULL", "free 1 GB"),
        (
            "The virtual environment was not created: ensurepip is not available",
            "PYTHON_INCOMPLETE",
            "python3-venv",
        ),
        (
            "Failed to establish: Temporary failure in name resolution",
            "NETWORK_UNREACHABLE",
            "network connection",
        ),
        ("ReadTimeoutError: Read timed out.", "NETWORK_UNREACHABLE", "network connection"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "PACKAGE_CHANGED", "check the index"),
        ("ERROR: No matching distribution found for psycopg", "PACKAGE_MISSING", "Python 3.11.0"),
        ("error: [Errno 13] Permission denied", "FOLDER_NOT_WRITABLE", "change its permissions"),
        ("something new", "INSTALL_FAILED", "see build/install.log, which ends: something new"),
    ],
)
def test_what_went_wrong_is_told_in_one_sentence(
    machine: Machine, words: str, code: str, advice: str
) -> None:
    machine.has("python3.11", RECENT.format(action=f"echo '{words}' >&2; exit 1"))
    done = machine.bootstrap()
    assert done.returncode == 1
    assert done.stderr.startswith(f"{code}: ")
    assert advice in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (machine.checkout / ".venv" / "ready").exists()


def test_a_checkout_that_cannot_be_written(machine: Machine) -> None:
    machine.has("python3.11", RECENT.format(action="exit 1"))
    (machine.checkout / "build").write_text("a file where the folder should be")
    assert machine.bootstrap().stderr.startswith("FOLDER_NOT_WRITABLE: ")


def test_an_index_that_cannot_be_reached(machine: Machine) -> None:
    """The real pip, on its way to where nobody listens."""
    (machine.checkout / "requirements.lock").write_text(
        f"nothing-of-this-name==1.0 --hash=sha256:{'0' * 64}\n"
    )
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull}
    done = machine.bootstrap(PYTHON=sys.executable, **nowhere)
    assert done.stderr.startswith("NETWORK_UNREACHABLE: No package index can be reached")
    assert done.returncode == 1


def test_make_offers_what_there_is() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607 the make of whoever develops
    for target in ("demo", "demo-reset", "test", "check", "bench", "generate", "lock", "clean"):
        assert f"make {target} " in done.stdout
