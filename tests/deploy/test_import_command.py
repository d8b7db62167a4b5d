"""`chiron import` as its users run it: what it prints, how it ends, what a kill leaves."""

import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy import cli, import_plan, wiring
from deploy.settings import Settings
from domain.participant import PARTICIPANT, Status
from domain.store import Database
from tests.deploy.conftest import clean_environment
from tests.deploy.test_supervisor import eventually

IMPORT_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
FILE = """external_id;Name;E-Mail;Job title;Shoe size;Manager
A1;Ada Okafor;ada@example.org;Engineer;39;B2
B2;Bob Reyes;bob@example.org;Head;44;
C3;Cleo Ng;no address;Buyer;37;B2
D4;Dan Öz;dan@example.org;Buyer;41;A1;
E5;Eve Lim;eve@example.org;Buyer;40;Z9
"""


@dataclass
class Said:
    code: int
    answers: str
    remarks: str


Chiron = Callable[..., Said]


@pytest.fixture
def settings(organisation: Database) -> dict[str, str]:
    return {"CHIRON_DATABASE_URL": organisation.url, "CHIRON_ORGANISATION": organisation.schema}


@pytest.fixture
def chiron(
    home: Path,
    settings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Chiron:
    """The command line within this process, in a folder of its own."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Said:
        code = cli.run(list(arguments))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def people(home: Path) -> Path:
    path = home / "people.csv"
    path.write_text(FILE, encoding="utf-8-sig")
    return path


def registered(organisation: Database) -> int:
    with organisation.connect() as connection:
        found = connection.execute(
            "SELECT count(*), count(DISTINCT stream_id) FROM events WHERE name = 'participant.registered'"
        ).fetchone()
    assert found is not None
    assert found[0] == found[1]
    return int(found[0])


def test_a_dry_run_then_an_import_then_its_undoing(
    chiron: Chiron, people: Path, organisation: Database
) -> None:
    dry = chiron("import", "people.csv", "--dry-run")
    assert dry.code == 3
    assert "people.csv: 5 rows, UTF-8 with a byte order mark, separated by semicolons." in dry.remarks
    assert "left aside: Shoe size." in dry.remarks
    assert "line 4: left out: email: must be an e-mail address" in dry.answers
    assert "line 6: left out: manager: nobody in the file or the organisation" in dry.answers
    assert re.search(r"3 +│ new", dry.answers)
    assert re.search(r"2 +│ left out", dry.answers)
    assert "Nothing was recorded: this was a dry run." in dry.answers
    assert registered(organisation) == 0

    done = chiron("import", "people.csv", "--as", "service:hr")
    assert done.code == 3
    assert registered(organisation) == 3
    undo = re.search(rf"--undo ({IMPORT_ID})", done.answers)
    assert undo
    assert "Traceback" not in done.answers + done.remarks

    people.write_text(FILE.replace("Engineer", "Architect").replace("no address", "cleo@example.org"))
    changed = chiron("import", "people.csv", "--dry-run")
    assert "line 2, A1: job_title: Engineer -> Architect" in changed.answers
    assert re.search(r"1 +│ changed \(job_title 1\)", changed.answers)
    assert re.search(r"1 +│ new", changed.answers)

    undone = chiron("import", "--undo", undo[1])
    assert undone.code == 0
    assert re.search(r"3 +│ marked as left", undone.answers)
    with organisation.connect() as connection:
        actors = Counter(actor for (actor,) in connection.execute("SELECT actor FROM events"))
    assert set(actors) == {"service:hr", "service:import"}


def test_a_diff_is_told_in_words_and_no_longer_than_asked(chiron: Chiron, people: Path) -> None:
    headings = "id,name,manager,languages,work_history,biography\n"
    people.write_text(headings + "A1,Ada,,,,\nB2,Bob,A1,en;pt,2019-04 Buyer,\nC3,Cleo,,en,,\n")
    assert chiron("import", "people.csv").code == 0
    people.write_text(
        headings
        + "A1,Ada Okafor,,,,Likes bridges.\nB2,Bob,C3,,2019-04 Buyer;2020-01 Head,\nD4,,,,,\nE5,,,,,\n"
    )
    said = chiron("import", "people.csv", "--dry-run", "--mark-left", "--show", "1").answers
    assert "line 2, A1: name: Ada -> Ada Okafor" in said
    assert "line 2, A1: biography: filled" in said
    assert "... and 1 more people with changes" in said
    assert "line 4: left out: name: is missing" in said
    assert "... and 1 more (--show 2 prints all)" in said
    assert re.search(r"1 +│ here from csv, would be marked as left", said)

    said = chiron("import", "people.csv", "--dry-run").answers
    assert "line 3, B2: manager: A1 -> C3" in said
    assert "line 3, B2: languages: en, pt -> (none)" in said
    assert "line 3, B2: work_history: Buyer -> Buyer, Head" in said
    assert re.search(r"1 +│ here from csv, not in the file", said)
    assert re.search(
        r"1 +│ here from csv, marked as left", chiron("import", "people.csv", "--mark-left").answers
    )


def test_a_file_that_vanishes_while_it_is_read_is_told(
    chiron: Chiron, people: Path, monkeypatch: pytest.MonkeyPatch, organisation: Database
) -> None:
    def vanished(*_: object) -> None:
        raise FileNotFoundError(2, "No such file", str(people))

    monkeypatch.setattr(import_plan, "plan", vanished)
    said = chiron("import", "people.csv")
    assert (said.code, said.remarks.splitlines()[-1].split(":")[0]) == (2, "FILE_NOT_READABLE")


def test_a_killed_import_goes_on_under_its_id(
    chiron: Chiron, home: Path, settings: dict[str, str], organisation: Database
) -> None:
    path = home / "many.csv"
    path.write_text("id,name\n" + "".join(f"P{n},Person {n}\n" for n in range(20_000)))
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "import", "many.csv"],
        cwd=home, env=clean_environment(**settings), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert eventually(lambda: registered(organisation) > 0, 60)
    process.kill()
    _, said = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert 0 < registered(organisation) < 20_000

    resume = re.search(rf"--resume ({IMPORT_ID})", said)
    assert resume
    done = chiron("import", "many.csv", "--resume", resume[1])
    assert done.code == 0, done.remarks
    assert registered(organisation) == 20_000
    with organisation.connect() as connection:
        positions = connection.execute(
            "SELECT count(*), max(position), count(DISTINCT command_id), count(DISTINCT correlation_id)"
            " FROM events"
        ).fetchone()
    assert positions == (20_000, 20_000, 20_000, 1)


def test_erasing_what_an_import_brought_leaves_nothing_personal(
    chiron: Chiron, people: Path, organisation: Database, home: Path
) -> None:
    done = chiron("import", people.name)
    undo = re.search(rf"--undo ({IMPORT_ID})", done.answers)
    assert undo
    assert re.search(r"3 +│ erased", chiron("import", "--undo", undo[1], "--erase").answers)
    given = Settings.model_validate(
        {
            "database_url": organisation.url,
            "organisation": organisation.schema,
            "data_folder": home / ".chiron",
        }
    )
    with wiring.open_store(given) as store, organisation.connect() as connection:
        streams = connection.execute("SELECT DISTINCT stream_id FROM events").fetchall()
        states = [store.load(PARTICIPANT.stream(stream)).state for (stream,) in streams]
    assert [state.status for state in states] == [Status.ERASED] * 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "OPTIONS_DISAGREE"),
        (["people.csv", "--undo", "0b7ff8a0-0000-7000-8000-000000000000"], "OPTIONS_DISAGREE"),
        (["people.csv", "--erase"], "OPTIONS_DISAGREE"),
        (["people.csv", "--dry-run", "--mark-left", "--source", "Human Resources"], "OPTIONS_DISAGREE"),
        (["people.csv", "--source", "self"], "OPTIONS_DISAGREE"),
        (["people.csv", "--as", "Ada Okafor"], "OPTIONS_DISAGREE"),
        (["nowhere.csv"], "FILE_NOT_READABLE"),
        (["."], "FILE_NOT_READABLE"),
        (["empty.csv"], "FILE_UNREADABLE"),
        (["--undo", "not an id"], "USAGE"),
        (["--undo", "0b7ff8a0-0000-7000-8000-000000000000"], "IMPORT_UNKNOWN"),
        (["people.csv", "--show", "-1"], "USAGE"),
    ],
)
def test_bad_input_ends_with_a_code_and_a_sentence(
    chiron: Chiron, people: Path, organisation: Database, arguments: list[str], code: str
) -> None:
    (people.parent / "empty.csv").write_bytes(b"")
    refused = chiron("import", *arguments)
    assert refused.code == 2
    assert refused.remarks.splitlines()[-1].split(":")[0] == code
    assert "Traceback" not in refused.remarks
    assert registered(organisation) == 0
