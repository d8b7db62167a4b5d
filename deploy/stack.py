"""What `chiron up` runs, in order: PostgreSQL and the broker where none is given, the API, the workers."""

import contextlib
import errno
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from deploy import embedded, trouble, wiring
from deploy.settings import Settings, env_name
from deploy.supervisor import Program, Supervisor, Tell


@dataclass(frozen=True, slots=True)
class Stack:
    """A running Chiron; `settings` name the database and the broker that were started for it."""

    settings: Settings
    supervisor: Supervisor

    @property
    def graphql(self) -> str:
        return f"{address(self.settings)}/graphql"


def _nothing(_: Settings) -> None:
    """There is nothing to be done before."""


@contextlib.contextmanager
def running(settings: Settings, tell: Tell, before: Callable[[Settings], None] = _nothing) -> Iterator[Stack]:
    """Yields once everything answers; leaving it stops everything. Raises the trouble that prevents it.

    `before` is done when the database is there and nobody is at work yet.
    """
    with embedded.claim(settings.data_folder), Supervisor(tell) as supervisor:
        refuse_a_taken_port(settings.host, settings.port, "CHIRON_PORT")
        if settings.embedded:
            wiring.make_keys(settings)
        started = _brokered(_stored(settings, supervisor), supervisor)
        wiring.migrate(started)
        before(started)
        supervisor.start(_api(started))
        supervisor.start(_workers(started))
        yield Stack(started, supervisor)


def address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 compared, not bound
    return f"http://{host}:{settings.port}"


def refuse_a_taken_port(host: str, port: int, setting: str) -> None:
    """Asked before anything starts, so that the answer is a sentence and not a crash of the third program."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                raise trouble.PortTaken(port=port, host=host, setting=setting) from error
            raise trouble.HostUnknown(host=host) from error


def _stored(settings: Settings, supervisor: Supervisor) -> Settings:
    if settings.database_url is not None:
        return settings
    server = embedded.Postgres(settings.data_folder)
    server.prepare()
    supervisor.start(server.program())
    return wiring.with_database(settings, server.url)


def _brokered(settings: Settings, supervisor: Supervisor) -> Settings:
    if settings.kafka_bootstrap_servers is not None:
        return settings
    refuse_a_taken_port("127.0.0.1", settings.broker_port, "CHIRON_BROKER_PORT")
    supervisor.start(embedded.broker(settings.data_folder, settings.broker_port))
    return settings.model_copy(update={"kafka_bootstrap_servers": f"127.0.0.1:{settings.broker_port}"})


def _api(settings: Settings) -> Program:
    return Program(
        name="the API",
        command=_chiron("serve"),
        ready=lambda: _healthy(f"{address(settings)}/health/ready"),
        patience=30.0,
        environment=_environment(settings),
    )


def _workers(settings: Settings) -> Program:
    return Program(
        name="the workers",
        command=_chiron("work"),
        ready=lambda: True,  # nothing waits for them: what they have not done yet, the API says itself
        environment=_environment(settings),
    )


def _chiron(command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "deploy.cli", command)


def _environment(settings: Settings) -> Mapping[str, str]:
    """What we found out; the rest of the settings the child reads as we did."""
    if settings.database_url is None or settings.kafka_bootstrap_servers is None:
        raise ValueError("children start after the database and the broker")
    return {
        env_name("database_url"): settings.database_url.get_secret_value(),
        env_name("kafka_bootstrap_servers"): settings.kafka_bootstrap_servers,
    }


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 our own address
            return bool(answer.status == 200)
    except OSError:
        return False
