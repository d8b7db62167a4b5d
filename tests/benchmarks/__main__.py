"""`python -m tests.benchmarks [GROUP...]`: measure all sides in one run, print the table, write it down."""

import argparse
import json
import os
import platform
import re
import sys
import traceback
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psutil
from rich.console import Console

from tests.benchmarks import (
    accountability,
    append,
    conversation,
    demo,
    directory,
    documents,
    encryption,
    history,
    imports,
    matching,
    node,
    query,
    read_models,
    reading,
    report,
    server,
    streaming,
    subscription,
)
from tests.benchmarks.bench import Bench, Group
from tests.benchmarks.figures import Row, Work

BUILD = Path("build")
PAGE = Path("docs/benchmarks.md")
GROUPS: dict[str, Group] = {
    group.GROUP: group.measure
    for group in (
        append,
        reading,
        read_models,
        encryption,
        query,
        subscription,
        imports,
        matching,
        documents,
        directory,
        history,
        conversation,
        accountability,
        streaming,
        demo,
    )
}


def main() -> int:
    options = _options()
    console = Console(width=None if sys.stdout.isatty() else 180)
    folder = BUILD / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    broken: list[str] = []
    with server.started() as postgres, console.status("starting") as status:
        bench = Bench(postgres, folder, options.rounds, options.seconds, options.people, status.update)
        for name in options.groups:
            try:
                for row in GROUPS[name](bench):
                    rows.append(row)  # noqa: PERF402  what was measured before a group broke off stays
            except Exception:  # noqa: BLE001  one broken group must not cost the others their figures; it fails the run
                broken.append(name)
                rows.append(Work(name, "the rest of the group", "").unmeasured("", "the group broke off"))
                console.print(f"[bold red]{name} broke off[/]")
                console.print(traceback.format_exc(), markup=False, highlight=False)
    report.show(console, rows)
    report.write_json(rows, BUILD / "bench.json")
    whole = [row for row in rows if row.group not in broken]
    report.write_page(whole, _setting(postgres, options), PAGE)
    console.print(f"Written to {BUILD / 'bench.json'} and {PAGE}, where other groups stay as they were.")
    return 1 if broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; else all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long one round of one side lasts")
    parser.add_argument("--people", type=int, default=100_000, help="how many are imported")
    options = parser.parse_args()
    told = " ".join(options.groups).lower().replace("_", " ").replace("-", " ")
    wanted = [name for name in GROUPS if name in told]
    if unknown := re.sub("|".join(GROUPS), "", told).split():
        parser.error(f"no group is called {', '.join(unknown)}; there are: {', '.join(GROUPS)}")
    options.groups = wanted or list(GROUPS)
    return options


def _setting(postgres: server.Server, options: argparse.Namespace) -> list[str]:
    memory = psutil.virtual_memory().total / 2**30
    where = "a memory file system" if postgres.in_memory else "THE DISK (no memory file system here)"
    settings = ", ".join(f"{name}={value}" for name, value in server.SETTINGS.items())
    return [
        "peers: " + ", ".join(f"{name} {version}" for name, version in _peers().items()),
        f"measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {options.rounds} rounds of {options.seconds:g} s",
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}",
        f"Python {platform.python_version()}, PostgreSQL {postgres.version}, its data on {where}, {settings}",
    ]


def _peers() -> dict[str, str]:
    npm: dict[str, str] = json.loads((node.SCRIPTS / "package.json").read_text())["dependencies"]
    return {name: metadata.version(name) for name in ("eventsourcing", "psycopg", "uvicorn")} | npm


if __name__ == "__main__":
    sys.exit(main())
