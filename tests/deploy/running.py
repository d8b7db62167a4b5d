"""`chiron up` as its users run it: a process of its own, on free ports, in a folder of its own."""

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from tests.deploy.conftest import clean_environment, free_port
from tests.deploy.test_supervisor import eventually, gone


class Up:
    """Entering waits until it says where it answers; leaving stops it as Ctrl-C does, if it still runs."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.port = free_port()
        given = {"CHIRON_PORT": str(self.port), "CHIRON_BROKER_PORT": str(free_port()), **settings}
        self.home, self.environment = home, clean_environment(**given)
        self.said = home / "said"

    def __enter__(self) -> Self:
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.cli", "up"],
                cwd=self.home, env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            )  # fmt: skip
        assert self.says("Chiron answers at"), self.said.read_text()
        self.family = psutil.Process(self.process.pid).children(recursive=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGINT)

    def says(self, words: str) -> bool:
        eventually(lambda: words in self.said.read_text() or self.process.poll() is not None, 120)
        return words in self.said.read_text()

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(120)

    def child(self, *words: str) -> int:
        """The pid of the direct child whose command has these words."""
        for child in psutil.Process(self.process.pid).children():
            if set(words) <= {Path(word).name for word in child.cmdline()}:
                return child.pid
        raise LookupError(words)

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def ask(self, query: str, token: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 our own address
            return json.load(answer)

    def all_gone(self) -> bool:
        return eventually(lambda: all(gone(process.pid) for process in self.family))
