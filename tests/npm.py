"""Packages of other people's that tests run the real thing against; they need Node 20 or newer, and npm."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NODE = shutil.which("node") or "node"


def installed(scripts: Path, worker_id: str) -> Path:
    """A copy of the folder with the packages that its lock file names, under build/."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("NOT AUDITED: node and npm are needed to run what others audit with")
    folder = ROOT / "build" / scripts.parent.name / scripts.name / worker_id
    lock, asked = folder / "package-lock.json", (scripts / "package-lock.json").read_bytes()
    fresh = (folder / "node_modules").is_dir() and lock.is_file() and lock.read_bytes() == asked
    shutil.copytree(scripts, folder, dirs_exist_ok=True)
    if not fresh:
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if ended.returncode:
            lock.unlink()
            pytest.skip(f"NOT AUDITED: npm could not install the audits: {ended.stderr[-300:]}")
    return folder


def ran(folder: Path, script: str, *arguments: str) -> Any:
    """What the script prints, which is JSON."""
    command = [NODE, script, *arguments]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
