"""One process tree: children start in order, are restarted when they crash, and stop in reverse order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Self

from deploy import trouble

LEASH = Path(__file__).with_name("leash.py")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHORTEST_WAIT, LONGEST_WAIT, HEALTHY_AFTER = 0.5, 30.0, 60.0
LOG_BYTES = 5_000_000
TAIL_BYTES = 4_000

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Program:
    """`log` None: it writes to our terminal. `ready` is asked until it says yes."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 15.0
    """Seconds it may take to start, and to stop before it is killed."""
    log: Path | None = None
    user: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started: float
    wait: float = SHORTEST_WAIT
    restart_at: float | None = None


class Supervisor:
    """A context: SIGINT, SIGTERM and SIGHUP inside it raise KeyboardInterrupt; leaving it stops every child.

    Children start in sessions of their own, so that Ctrl-C reaches them through us, in order. They are
    started from the thread that entered: on Linux a child's leash is held by the thread that started it.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._children: list[_Child] = []
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            self._handlers[number] = signal.signal(number, _interrupt) or signal.SIG_DFL
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        try:
            self.stop()
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def start(self, program: Program) -> None:
        """Return once it is ready; raise the trouble that kept it from becoming so."""
        child = _Child(program, _spawn(program), time.monotonic())
        self._children.append(child)
        while not program.ready():
            if child.process.poll() is not None:
                raise trouble.of_program(program.name, _last_words(program))
            if time.monotonic() - child.started > program.patience:
                raise trouble.ProgramSilent(
                    program=program.name,
                    seconds=int(program.patience),
                    reason=_last_words(program)[-1].rstrip("."),
                )
            time.sleep(0.05)

    def pids(self) -> dict[str, int]:
        return {child.program.name: child.process.pid for child in self._children}

    def watch(self) -> None:
        """Keep every child running until a signal ends us."""
        while True:
            time.sleep(0.2)
            self.restart_the_dead(time.monotonic())

    def restart_the_dead(self, now: float) -> None:
        for child in self._children:
            if child.process.poll() is None:
                continue
            if child.restart_at is None:
                child.wait = SHORTEST_WAIT if now - child.started > HEALTHY_AFTER else child.wait
                child.restart_at = now + child.wait
                self._tell(
                    f"{child.program.name} stopped unexpectedly ({_end(child.process.returncode)}); "
                    f"starting it again in {child.wait:g} s"
                )
            elif now >= child.restart_at:
                child.process, child.started, child.restart_at = _spawn(child.program), now, None
                child.wait = min(child.wait * 2, LONGEST_WAIT)

    def stop(self) -> None:
        """Last started, first stopped: nothing loses what it depends on."""
        while self._children:
            child = self._children.pop()
            if child.process.poll() is None:
                child.process.send_signal(child.program.stop_signal)
                _wait_or_kill(child, self._tell)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _spawn(program: Program) -> subprocess.Popen[bytes]:
    leash = (str(os.getpid()), str(int(program.stop_signal)), program.user or "-")
    output: IO[bytes] | None = None
    if program.log is not None:
        output = _open_log(program.log)
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(LEASH), *leash, *program.command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **program.environment},
            start_new_session=True,
        )
    finally:
        if output is not None:
            output.close()


def _open_log(log: Path) -> IO[bytes]:
    """Appended to; once it is large, the next start keeps one older file beside it."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".old.log"))
        return log.open("ab")
    except OSError as error:
        raise trouble.of_folder(log.parent, error) from error


def _wait_or_kill(child: _Child, tell: Tell) -> None:
    try:
        child.process.wait(child.program.patience)
    except subprocess.TimeoutExpired:
        tell(f"{child.program.name} did not stop within {child.program.patience:g} s and was killed")
        child.process.kill()
        child.process.wait()


def _last_words(program: Program) -> list[str]:
    """The last lines of its log; never none."""
    if program.log is None:
        return ["see its messages above"]
    with program.log.open("rb") as log:
        log.seek(max(0, program.log.stat().st_size - TAIL_BYTES))
        return log.read().decode(errors="replace").strip().splitlines()[-8:] or ["it said nothing"]


def _end(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
