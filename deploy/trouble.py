"""What can be wrong with a machine or its settings: each a code and one sentence that says what to do."""

import errno
import re
from pathlib import Path

from domain.refusal import Refusal


class Trouble(Refusal):
    """Something about this machine is not as it must be."""


class PortTaken(Trouble):
    """Port {port} on {host} is taken: stop the program that holds it, or set {setting} to another port."""


class HostUnknown(Trouble):
    """This machine has no address {host}: set CHIRON_HOST to one that it has, such as 127.0.0.1."""


class DiskFull(Trouble):
    """The disk is full: free 300 MB, or set CHIRON_DATA_FOLDER to a folder on another disk."""


class FolderNotWritable(Trouble):
    """{folder} cannot be written: change its permissions, or set CHIRON_DATA_FOLDER to another folder."""


class FileNotReadable(Trouble):
    """{file} cannot be read: check that it exists and that you may read it."""


class AlreadyRunning(Trouble):
    """Chiron is already running on {folder}: stop it first, or set CHIRON_DATA_FOLDER to another folder."""


class DatabaseUnreachable(Trouble):
    """PostgreSQL does not answer: check that it runs and that CHIRON_DATABASE_URL names it."""


class BrokerUnknown(Trouble):
    """No broker is named: set CHIRON_KAFKA_BOOTSTRAP_SERVERS to Kafka's host:port."""


class BrokerUnreachable(Trouble):
    """Kafka does not answer: check that it runs and that CHIRON_KAFKA_BOOTSTRAP_SERVERS names it."""


class BlobsUnreachable(Trouble):
    """Documents cannot be kept where CHIRON_BLOBS says ({reason}): name a folder to write to, or a bucket."""


class LakeUnreachable(Trouble):
    """The lake cannot be kept where CHIRON_LAKE says ({reason}): name a folder to write to, or a bucket."""


class MailUnusable(Trouble):
    """No mail can be sent as the settings say ({reason}): see CHIRON_MAIL_FROM and CHIRON_MAIL_CA_FILE."""


class DatabaseForbids(Trouble):
    """PostgreSQL does not let this role do that: CHIRON_DATABASE_URL names one that owns the schema."""


class NotMigrated(Trouble):
    """The database has no organisation {organisation} yet: run `chiron migrate` first."""


class ProgramFailed(Trouble):
    """{program} stopped while starting: {reason}."""


class ProgramSilent(Trouble):
    """{program} did not become ready within {seconds} seconds: {reason}."""


class UserMissing(Trouble):
    """PostgreSQL does not run as root, and the user {user} cannot be made: run Chiron as somebody else."""


class WheelMissing(Trouble):
    """The Python package {package} is not installed: install all of requirements.lock."""


class KeyMissing(Trouble):
    """{file} is gone, but its data is still there: put it back, or begin anew with `make demo-reset`."""


class KeyUnreadable(Trouble):
    """{file} does not hold a key: put the right file back, or begin anew with `make demo-reset`."""


class ViewUnknown(Trouble):
    """There is no read model {view}: choose one of {views}."""


class ManifestUnusable(Trouble):
    """CHIRON_TRUSTED_DOCUMENTS_FILE cannot be used: {reason}."""


class NobodyThere(Trouble):
    """Nobody is {role} there: check --program and --person, or assign somebody first."""


class ScopesMissing(Trouble):
    """A service may do only what its token names: give --scope, as often as needed (--scope log.see)."""


ERROR = re.compile(r"\b(?:FATAL|PANIC|[Ee]rror): +(.+)")
BYTES_NEEDED = 300_000_000


def of_folder(folder: Path, error: OSError) -> Trouble:
    """The trouble behind an operating system's refusal to write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull()
    return FolderNotWritable(folder=folder)


def of_program(program: str, last_words: list[str]) -> Trouble:
    """The trouble behind a program's end: the last line that names an error, else the last line."""
    if any("No space left on device" in line for line in last_words):
        return DiskFull()
    errors = [found.group(1) for line in last_words if (found := ERROR.search(line))]
    return ProgramFailed(program=program, reason=(errors or last_words)[-1].strip().rstrip("."))
