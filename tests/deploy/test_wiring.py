"""The composition root: what it refuses, and whose database it uses."""

import json
from pathlib import Path

import pytest

from deploy import embedded, trouble, wiring
from deploy.embedded import Postgres
from deploy.settings import Settings, load
from deploy.supervisor import Supervisor
from domain.store import KeyRing

pytestmark = pytest.mark.usefixtures("home")


def test_without_a_database_there_is_none_to_speak_to() -> None:
    with pytest.raises(trouble.DatabaseUnreachable):
        wiring.database(load())


def test_a_database_is_run_meanwhile_and_stopped_again(home: Path) -> None:
    with wiring.database_running(load(), print) as settings:
        wiring.migrate(settings)
        assert Postgres(home / ".chiron").answers()
    assert not Postgres(home / ".chiron").answers()


def test_the_database_that_runs_already_is_used_and_left_running(home: Path) -> None:
    folder = home / ".chiron"
    with embedded.claim(folder), Supervisor(print) as tree:
        server = Postgres(folder)
        server.prepare()
        tree.start(server.program())
        with wiring.database_running(load(), print) as settings:
            wiring.migrate(settings)
        assert server.answers()


def test_the_same_keys_give_the_same_people(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = wiring.key_ring(load()).pseudonym("participant", "hr", "7")
    assert wiring.key_ring(load()).pseudonym("participant", "hr", "7") == first
    monkeypatch.setenv("CHIRON_OLDER_KEKS", (home / ".chiron" / "keys" / "kek").read_text())
    (home / ".chiron" / "keys" / "kek").unlink()
    rotated = wiring.key_ring(load())
    assert isinstance(rotated, KeyRing)
    assert rotated.pseudonym("participant", "hr", "7") == first


@pytest.mark.parametrize(
    "manifest",
    ["not json", "[]", json.dumps({"0" * 64: "{ viewer { participant { id } } }"})],
)
def test_a_manifest_that_cannot_be_used_is_told(home: Path, manifest: str) -> None:
    file = home / "manifest.json"
    file.write_text(manifest)
    settings = Settings.model_validate({
        "database_url": "postgresql:///nowhere", "trusted_documents": "only", "trusted_documents_file": file,
    })  # fmt: skip
    with pytest.raises(trouble.ManifestUnusable, match="CHIRON_TRUSTED_DOCUMENTS_FILE cannot be used"):
        wiring.api(settings)
