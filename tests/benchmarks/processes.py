"""Servers under measurement: processes whose CPU time and memory are read from outside."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psutil

START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_seconds(pid: int) -> float:
    """Of a process and all that it has started."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return sum(times.user + times.system for times in (member.cpu_times() for member in family))


def memory_bytes(pid: int) -> int:
    process = psutil.Process(pid)
    return sum(member.memory_info().rss for member in [process, *process.children(recursive=True)])


class ServerProcess:
    """Answers on `port` once it is made."""

    def __init__(
        self, command: Sequence[str], port: int, environment: Mapping[str, str] | None = None
    ) -> None:
        self.port = port
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        until = time.monotonic() + START_SECONDS
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > until:
                self.process.kill()
                told = self.process.communicate()[0].decode(errors="replace")
                raise RuntimeError(f"{' '.join(command[:4])} does not start: {told[-2000:]}")
            time.sleep(0.05)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def pid(self) -> int:
        return self.process.pid

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate()


def chiron(environment: Mapping[str, str]) -> ServerProcess:
    """`chiron serve`, as it is run in production."""
    port = free_port()
    return ServerProcess(
        [sys.executable, "-m", "deploy.cli", "serve"], port, {**environment, "CHIRON_PORT": str(port)}
    )


@contextmanager
def working(environment: Mapping[str, str]) -> Iterator[None]:
    """`chiron work`, which keeps the read models up."""
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "work"], env=dict(environment), stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def post(port: int, body: Mapping[str, Any], token: str | None = None) -> Any:
    """One GraphQL request; raises RuntimeError with what the server said when it is no answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", json.dumps(body).encode(), headers(token)
    )
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310 as above
            told = json.load(response)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"the server refused: {error.code} {error.read().decode()[:1000]}") from error
    if "errors" in told:
        raise RuntimeError(f"the server answered {str(told['errors'])[:1000]}")
    return told["data"]


def headers(token: str | None) -> dict[str, str]:
    given = {"Content-Type": "application/json", "Accept": "application/json"}
    return {**given, "Authorization": f"Bearer {token}"} if token else given


def raw_request(body: Mapping[str, Any], token: str | None = None) -> str:
    """The same as the bytes that go over the wire."""
    text = json.dumps(body)
    fields = {"Host": "127.0.0.1", **headers(token), "Content-Length": str(len(text.encode()))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST /graphql HTTP/1.1\r\n{lines}\r\n{text}"
