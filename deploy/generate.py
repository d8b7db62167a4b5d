"""The files that are generated from the code and committed, so that a change of a contract shows in review.

python -m deploy.generate            write them
python -m deploy.generate --check    fail if one is not current, or if a stored event's shape has shrunk
"""

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import domain
from deploy.settings import REQUIRED_IN_PRODUCTION, Settings, env_name
from domain.event import REGISTRY

ROOT: Final = Path(__file__).resolve().parent.parent
EVENTS: Final = Path("domain/events.json")

Catalogue = Mapping[str, Mapping[str, Any]]


def catalogue() -> dict[str, Any]:
    """Every event's name, the version of its shape, its personal fields and its JSON Schema."""
    for module in pkgutil.iter_modules(domain.__path__, "domain."):
        importlib.import_module(module.name)
    return {
        name: {
            "version": event.schema_version,
            "personal": sorted(event.personal_fields),
            "schema": event.model_json_schema(),
        }
        for name, event in sorted(REGISTRY.items())
        if event.__module__.startswith("domain.")
    }


def events_json() -> str:
    return json.dumps(catalogue(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def schema_graphql() -> str:
    from api.schema import SCHEMA

    return SCHEMA.as_str() + "\n"


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
    Path("deploy/env.example"): env_example,
}


def stale(root: Path = ROOT) -> list[Path]:
    """The files that are not what the code says."""
    return [
        path
        for path, generate in GENERATED.items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != generate()
    ]


def shrunk(before: Catalogue, after: Catalogue) -> list[str]:
    """What would make events unreadable that have been stored already: one sentence each."""
    faults = []
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            faults.append(f"{name} is gone: an event's name is permanent, stored ones carry it for good.")
        elif new["version"] < old["version"]:
            faults.append(f"{name} went back from version {old['version']} to {new['version']}.")
        elif new["version"] == old["version"]:
            faults += [f"{name}: {fault}" for fault in _shape_faults(old, new)]
    return faults


def _shape_faults(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Within one version fields are only added, with a default; else raise it and write an upcast."""
    was, now = old["schema"].get("properties", {}), new["schema"].get("properties", {})
    required = set(new["schema"].get("required", ())) - set(old["schema"].get("required", ()))
    return [
        *(
            f"the field {field} is gone; raise the version and write an upcast."
            for field in was
            if field not in now
        ),
        *(f"the field {field} is now required, which stored events lack." for field in sorted(required)),
        *(
            f"the field {field} is no longer stored as it was (personal or not); raise the version."
            for field in was
            if field in now and (field in old["personal"]) != (field in new["personal"])
        ),
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


def main(arguments: list[str]) -> int:
    if arguments != ["--check"]:
        for path in stale():
            (ROOT / path).write_text(GENERATED[path](), encoding="utf-8")
            print(f"wrote {path}")  # noqa: T201 a script for the terminal
        return 0
    faults = [f"{path} is not current: run `make generate` and commit it." for path in stale()]
    faults += shrunk(committed_catalogue(), catalogue())
    for fault in faults:
        print(fault, file=sys.stderr)  # noqa: T201 a script for the terminal
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
