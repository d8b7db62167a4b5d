"""The files that are generated from the code and committed, so that a change of a contract shows in review.

python -m deploy.generate            write them
python -m deploy.generate --check    fail if one is not current, or if a stored event's shape has shrunk
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import yaml

from deploy.settings import REQUIRED_IN_PRODUCTION, Settings, env_name
from domain.catalogue import Catalogue, catalogue, shrunk
from workers.messages import asyncapi, broken

ROOT: Final = Path(__file__).resolve().parent.parent
EVENTS: Final = Path("domain/events.json")


def events_json() -> str:
    return json.dumps(catalogue(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def schema_graphql() -> str:
    from api.schema import SCHEMA

    return SCHEMA.as_str() + "\n"


def asyncapi_yaml() -> str:
    return yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=110)


def env_example() -> str:
    lines = ["# Every setting with its default. Empty is as good as absent. Secrets: openssl rand -base64 32"]
    for name, setting in Settings.model_fields.items():
        default = "" if setting.default in (None, ()) else str(setting.default)
        needed = " Needed in production." if name in REQUIRED_IN_PRODUCTION else ""
        lines += ["", f"# {setting.description}{needed}", f"{env_name(name)}={default}"]
    return "\n".join([*lines, "", "# Only for compose.yaml", "POSTGRES_PASSWORD=", ""])


GENERATED: Final[Mapping[Path, Callable[[], str]]] = {
    EVENTS: events_json,
    Path("api/schema.graphql"): schema_graphql,
    Path("workers/asyncapi.yaml"): asyncapi_yaml,
    Path("deploy/env.example"): env_example,
}


def stale(root: Path = ROOT) -> list[Path]:
    """The files that are not what the code says."""
    return [
        path
        for path, generate in GENERATED.items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != generate()
    ]


def committed_catalogue(root: Path = ROOT) -> Catalogue:
    """As it was before this change: where it left the main branch, or one commit ago. Empty for the first."""
    for base in (_git(root, "merge-base", "HEAD", "origin/main"), _git(root, "rev-parse", "HEAD^")):
        if base and base != _git(root, "rev-parse", "HEAD"):
            found = _git(root, "show", f"{base}:{EVENTS}")
            return json.loads(found) if found else {}
    return {}


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S607 the git of whoever develops
    return done.stdout.strip() if done.returncode == 0 else ""


def main(arguments: list[str], root: Path = ROOT) -> int:
    if arguments != ["--check"]:
        for path in stale(root):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(GENERATED[path](), encoding="utf-8")
            print(f"wrote {path}")  # noqa: T201 a script for the terminal
        return 0
    faults = [f"{path} is not current: run `make generate` and commit it." for path in stale(root)]
    committed = committed_catalogue(root)
    faults += [*shrunk(committed, catalogue()), *broken(committed, catalogue())]
    for fault in faults:
        print(fault, file=sys.stderr)  # noqa: T201 a script for the terminal
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
