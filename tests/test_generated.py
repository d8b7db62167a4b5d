"""Generated files say what the code says; `make check` notices when they do not, or the catalogue shrank."""

import json
import subprocess
from pathlib import Path

import pytest

from deploy import generate
from deploy.settings import Settings, env_name
from domain.catalogue import catalogue, shrunk
from tests.domain.samples import AGGREGATES


def git(checkout: Path, *arguments: str) -> None:
    somebody = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *somebody, *arguments], cwd=checkout, check=True, capture_output=True)  # noqa: S607 the git of whoever develops


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with everything generated, and a commit more."""
    assert generate.main([], tmp_path) == 0
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "generated")
    git(tmp_path, "commit", "-m", "and later", "--allow-empty")
    return tmp_path


def test_every_generated_file_is_current() -> None:
    assert generate.stale() == [], "run `make generate`: reviewers read these files to see a contract change"


def test_no_stored_event_has_become_unreadable() -> None:
    assert shrunk(generate.committed_catalogue(), catalogue()) == []


def test_the_catalogue_names_every_event_with_its_schema() -> None:
    committed = json.loads((generate.ROOT / generate.EVENTS).read_text(encoding="utf-8"))
    assert committed["participant.registered"]["schema"]["type"] == "object"
    assert "name" in committed["participant.registered"]["personal"]
    assert {name.partition(".")[0] for name in committed} == {one.category for one in AGGREGATES}


def test_the_example_of_an_environment_names_every_setting() -> None:
    lines = (generate.ROOT / "deploy" / "env.example").read_text(encoding="utf-8").splitlines()
    named = {line.partition("=")[0] for line in lines if line.startswith("CHIRON_")}
    assert named == {env_name(name) for name in Settings.model_fields}


def test_what_is_written_is_current(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.stale(checkout) == []
    assert generate.main(["--check"], checkout) == 0
    assert capsys.readouterr().err == ""


def test_a_file_that_differs_or_is_missing_is_told(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "api" / "schema.graphql").write_text("type Query { nothing: Int }\n")
    (checkout / "deploy" / "env.example").unlink()
    assert generate.main(["--check"], checkout) == 1
    assert capsys.readouterr().err.splitlines() == [
        "api/schema.graphql is not current: run `make generate` and commit it.",
        "deploy/env.example is not current: run `make generate` and commit it.",
    ]


def test_a_catalogue_that_lost_what_was_committed_is_told(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = checkout / generate.EVENTS
    current = events.read_text(encoding="utf-8")
    older = {**json.loads(current), "participant.danced": json.loads(current)["participant.left"]}
    events.write_text(json.dumps(older))
    git(checkout, "commit", "--all", "-m", "as it once was")
    events.write_text(current, encoding="utf-8")
    git(checkout, "commit", "--all", "-m", "one event less")
    assert generate.main(["--check"], checkout) == 1
    assert "participant.danced is gone: an event's name is permanent" in capsys.readouterr().err


def test_the_first_commit_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    assert generate.committed_catalogue(tmp_path) == {}
    git(tmp_path, "init")
    git(tmp_path, "commit", "-m", "first", "--allow-empty")
    assert generate.committed_catalogue(tmp_path) == {}
    git(tmp_path, "commit", "-m", "second", "--allow-empty")
    assert generate.committed_catalogue(tmp_path) == {}
