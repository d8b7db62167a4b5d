"""PostgreSQL and the broker as children: data that stays, starts that recover, troubles that are told."""

import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from kafka.admin import KafkaAdminClient

from deploy import embedded, trouble
from deploy.embedded import Postgres
from deploy.supervisor import Supervisor
from tests.deploy.conftest import free_port
from tests.deploy.test_supervisor import eventually, gone

BEYOND_ALL_PIDS = 4_194_305


class Usage(NamedTuple):
    free: int


@pytest.fixture
def folder(place: Path) -> Path:
    return place / ".chiron"


@pytest.fixture
def tree() -> Iterator[Supervisor]:
    with Supervisor(print) as entered:
        yield entered


def started(folder: Path, tree: Supervisor) -> Postgres:
    embedded.prepare(folder)
    server = Postgres(folder)
    server.prepare()
    tree.start(server.program())
    return server


def value(server: Postgres, statement: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        found = connection.execute(statement.encode())
        row = found.fetchone() if found.description else None
        return row[0] if row else None


def test_data_stays_from_one_start_to_the_next(folder: Path) -> None:
    with Supervisor(print) as tree:
        server = started(folder, tree)
        value(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert not server.answers()
    with Supervisor(print) as tree:
        server = started(folder, tree)
        assert value(server, "SELECT answer FROM kept") == 42


def test_it_listens_only_where_its_owner_can_reach_it(folder: Path, tree: Supervisor) -> None:
    server = started(folder, tree)
    assert value(server, "SHOW listen_addresses") == ""
    assert server.sockets.stat().st_mode & 0o077 == 0
    assert server.data.stat().st_mode & 0o077 == 0


def test_text_sorts_the_same_on_every_machine(folder: Path, tree: Supervisor) -> None:
    server = started(folder, tree)
    row = value(
        server, "SELECT datlocprovider::text || pg_encoding_to_char(encoding) FROM pg_database LIMIT 1"
    )
    assert row == "bUTF8"


def test_a_server_that_was_killed_starts_again_with_its_data(folder: Path) -> None:
    with Supervisor(print) as tree:
        server = started(folder, tree)
        value(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        pid = tree.pids()["PostgreSQL"]
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: gone(pid))
    assert (server.data / "postmaster.pid").exists()
    with Supervisor(print) as tree:
        assert value(started(folder, tree), "SELECT answer FROM kept") == 42


def test_a_server_left_behind_is_ended_first(folder: Path, tree: Supervisor) -> None:
    server = started(folder, tree)
    left_behind = tree.pids()["PostgreSQL"]
    Postgres(folder).prepare()
    assert gone(left_behind)
    assert not (server.data / "postmaster.pid").exists()


@pytest.mark.parametrize("owner", ["another", "no"])
def test_a_lock_file_of_another_or_no_program_does_not_keep_it_from_starting(
    folder: Path, tree: Supervisor, owner: str
) -> None:
    with Supervisor(print) as earlier:
        server = started(folder, earlier)
    pid = os.getpid() if owner == "another" else BEYOND_ALL_PIDS
    (server.data / "postmaster.pid").write_text(f"{pid}\n{server.data}\n")
    assert value(started(folder, tree), "SELECT 1") == 1


def test_a_half_made_cluster_is_made_anew(folder: Path, tree: Supervisor) -> None:
    embedded.prepare(folder)
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("18")
    assert value(started(folder, tree), "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_does_no_harm(place: Path, tree: Supervisor) -> None:
    deep = place / ("x" * 100) / ".chiron"
    server = started(deep, tree)
    assert not server.sockets.is_relative_to(deep)
    assert value(server, "SELECT 1") == 1
    assert Postgres(Path("/srv/.chiron")).sockets == Path("/srv/.chiron/run")


def test_one_process_tree_owns_a_folder_at_a_time(folder: Path) -> None:
    with embedded.claim(folder), pytest.raises(trouble.AlreadyRunning), embedded.claim(folder):
        pass
    with embedded.claim(folder):
        pass


def test_a_disk_without_room_is_told_before_anything_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**6))
    with pytest.raises(trouble.DiskFull, match="free 300 MB"):
        embedded.prepare(folder)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_is_told(number: int, folder: Path) -> None:
    assert isinstance(trouble.of_folder(folder, OSError(number, "")), trouble.DiskFull)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(trouble.FolderNotWritable, match="CHIRON_DATA_FOLDER"):
        embedded.prepare(tmp_path / "file" / ".chiron")


def test_a_wheel_that_is_missing_is_told() -> None:
    with pytest.raises(trouble.WheelMissing, match="no_such_wheel"):
        embedded._package("no_such_wheel")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["first", "second."], "second"),
        (["12:00 UTC [7] FATAL:  too many sockets.", "LOG:  shut down"], "too many sockets"),
        (["initdb: error: no such user", "initdb: hint: make one"], "no such user"),
    ],
)
def test_what_went_wrong_is_told_in_its_own_words(words: list[str], reason: str) -> None:
    with pytest.raises(trouble.ProgramFailed, match=f"sh stopped while starting: {reason}\\.$"):
        embedded._run(["/bin/sh", "-c", 'printf "%s\\n" "$@" >&2; exit 1', "sh", *words])


def test_the_broker_speaks_kafka(folder: Path, tree: Supervisor) -> None:
    port = free_port()
    program = embedded.broker(folder, port)
    assert not program.ready()
    tree.start(program)
    client = KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}")
    assert list(client.list_topics()) == []
    client.close()


def test_a_user_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for nowhere in ("", "/nonexistent"):
        monkeypatch.setenv("PATH", nowhere)
        with pytest.raises(trouble.UserMissing, match="run Chiron as somebody else"):
            embedded._make_user("nobody-of-this-name")


def test_waiting_for_a_server_ends_when_it_answers_or_after_a_while(
    folder: Path, tree: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = started(folder, tree)
    server.wait()
    tree.stop()
    monkeypatch.setattr(Postgres, "patience", 0.1)
    with pytest.raises(trouble.DatabaseUnreachable):
        server.wait()


def test_a_claim_on_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / "lock").mkdir(parents=True)
    with pytest.raises(trouble.FolderNotWritable), embedded.claim(folder):
        pass
