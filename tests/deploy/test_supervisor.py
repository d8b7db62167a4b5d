"""Children start in order, are restarted when they crash, stop in reverse order, and never outlive us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deploy import supervisor, trouble
from deploy.supervisor import Program, Supervisor
from tests.deploy.conftest import ROOT, clean_environment

NOTES_ITS_END = """
import pathlib, signal, sys
name, notes, ready = sys.argv[1:]
def end(*_):
    with open(notes, "a") as file: file.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
pathlib.Path(ready).touch()
signal.pause()
"""
IGNORES_US = """
import pathlib, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
while True: signal.pause()
"""
KEEPS_A_CHILD = """
import signal, sys, pathlib
from deploy.supervisor import Program, Supervisor
with Supervisor(print) as tree:
    tree.start(Program("sleeper", ("/bin/sleep", "1000"), ready=lambda: True))
    print(tree.pids()["sleeper"], flush=True)
    tree.watch()
"""


def python(code: str, *arguments: object) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", code, *map(str, arguments))


def sleeper(name: str = "sleeper") -> Program:
    return Program(name, ("/bin/sleep", "1000"), ready=lambda: True)


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> bool:
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def signalled(tree: Supervisor, number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    tree.watch()


def test_last_started_is_first_stopped(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with Supervisor(print) as tree:
        for name in ("database", "api", "workers"):
            ready = tmp_path / name
            tree.start(Program(name, python(NOTES_ITS_END, name, notes, ready), ready=ready.exists))
    assert notes.read_text().split() == ["workers", "api", "database"]


def test_a_program_that_ends_while_starting_is_told_by_its_last_words(tmp_path: Path) -> None:
    words = python("import sys; sys.exit('first line\\nthe port is taken.')")
    with (
        Supervisor(print) as tree,
        pytest.raises(trouble.ProgramFailed, match=r"starting: the port is taken\.$"),
    ):
        tree.start(Program("it", words, ready=lambda: False, log=tmp_path / "logs" / "it.log"))


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    words = python("import sys; sys.exit('could not extend file: No space left on device')")
    with Supervisor(print) as tree, pytest.raises(trouble.DiskFull):
        tree.start(Program("it", words, ready=lambda: False, log=tmp_path / "it.log"))


def test_a_program_without_a_log_points_to_the_terminal() -> None:
    with Supervisor(print) as tree, pytest.raises(trouble.ProgramFailed, match="see its messages above"):
        tree.start(Program("it", python("raise SystemExit(1)"), ready=lambda: False))


def test_a_program_that_never_gets_ready_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    silent = Program("it", ("/bin/sleep", "1000"), ready=lambda: False, patience=0.1, log=tmp_path / "it.log")
    with Supervisor(print) as tree, pytest.raises(trouble.ProgramSilent, match="it said nothing"):
        tree.start(silent)
    assert tree.pids() == {}


def test_a_crash_is_told_and_the_program_started_again_after_a_while_that_doubles() -> None:
    told: list[str] = []
    with Supervisor(told.append) as tree:
        tree.start(sleeper())
        began = time.monotonic()
        for attempt in range(3):
            crashed = tree.pids()["sleeper"]
            os.kill(crashed, signal.SIGKILL)
            assert eventually(lambda crashed=crashed: gone(crashed))  # type: ignore[misc]  # bound on purpose
            now, wait = began + attempt, 0.5 * 2**attempt
            tree.restart_the_dead(now)
            tree.restart_the_dead(now + wait - 0.01)
            assert tree.pids()["sleeper"] == crashed
            tree.restart_the_dead(now + wait)
            assert tree.pids()["sleeper"] != crashed
    assert told == [
        f"sleeper stopped unexpectedly (signal SIGKILL); starting it again in {wait} s"
        for wait in ("0.5", "1", "2")
    ]


def test_one_that_had_run_well_for_long_is_started_again_soon() -> None:
    told: list[str] = []
    with Supervisor(told.append) as tree:
        tree.start(Program("brief", python("raise SystemExit(3)"), ready=lambda: True))
        for later in (100.0, 200.0, 300.0):
            pid = tree.pids()["brief"]
            assert eventually(lambda pid=pid: gone(pid))  # type: ignore[misc]  # bound on purpose
            tree.restart_the_dead(time.monotonic() + later)
            tree.restart_the_dead(time.monotonic() + later + 2)
    assert [sentence.rpartition("in ")[2] for sentence in told] == ["0.5 s", "0.5 s", "0.5 s"]
    assert "(exit code 3)" in told[0]


def test_one_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    told: list[str] = []
    ready = tmp_path / "ready"
    with Supervisor(told.append) as tree:
        tree.start(Program("deaf", python(IGNORES_US, ready), ready=ready.exists))
        tree._children[0].program = Program("deaf", (), ready=ready.exists, patience=0.1)
        pid = tree.pids()["deaf"]
    assert gone(pid)
    assert told == ["deaf did not stop within 0.1 s and was killed"]


@pytest.mark.parametrize("number", supervisor.STOP_SIGNALS)
def test_a_signal_ends_the_watch_and_everything_with_it(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Supervisor(print) as tree:
        tree.start(sleeper())
        pid = tree.pids()["sleeper"]
        with pytest.raises(KeyboardInterrupt):
            signalled(tree, number)
    assert gone(pid)
    assert signal.getsignal(number) == before


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux ends the children of a process that was killed"
)
def test_children_die_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", KEEPS_A_CHILD],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert not gone(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: gone(child))


def test_a_child_whose_parent_is_gone_already_does_not_start() -> None:
    leash = [sys.executable, "-I", "-S", str(supervisor.LEASH), "1", "15", "-", "/bin/echo", "I run"]
    done = subprocess.run(leash, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")


def test_a_large_log_makes_room_for_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOG_BYTES", 10)
    log = tmp_path / "it.log"
    log.write_text("of an earlier start\n")
    with Supervisor(print) as tree:
        tree.start(Program("it", ("/bin/sleep", "1000"), ready=lambda: True, log=log))
    assert log.read_text() == ""
    assert (tmp_path / "it.old.log").read_text() == "of an earlier start\n"


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    with Supervisor(print) as tree, pytest.raises(trouble.FolderNotWritable):
        tree.start(Program("it", ("/bin/true",), ready=lambda: True, log=tmp_path / "logs" / "it.log"))
