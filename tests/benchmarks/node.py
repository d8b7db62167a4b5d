"""The peers that live on npm: installed by the benchmark into its own folder, run on npm's Node 22."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.benchmarks.figures import Load, NotMeasured

SCRIPTS = Path(__file__).parent / "peers"
FOLDER = Path("build/bench/peers")
NODE = FOLDER / "node_modules" / "node" / "bin" / "node"


def installed() -> Path:
    """The folder with the peers in it; installs them the first time, or when their list changed."""
    npm = shutil.which("npm")
    stamp = FOLDER / "installed.json"
    wanted = (SCRIPTS / "package.json").read_text()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (NODE.exists() and stamp.exists() and stamp.read_text() == wanted):
        if npm is None:
            raise NotMeasured("npm is not on this machine, and the peer is installed with it")
        shutil.copy(SCRIPTS / "package.json", FOLDER)
        done = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not NODE.exists():
            raise NotMeasured(f"npm install failed: {done.stderr.strip()[-200:]}")
        stamp.write_text(wanted)
    for script in SCRIPTS.glob("*.mjs"):
        shutil.copy(script, FOLDER)
    return FOLDER


def started(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A Node process that has printed its first line, `ready`."""
    folder = installed()
    process = subprocess.Popen(
        [NODE.resolve(), script, *arguments],
        cwd=folder,
        env={**os.environ, "NODE_ENV": "production", "GRAPHILE_ENV": "production"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    if process.stdout.readline().strip() != "ready":
        process.kill()
        raise NotMeasured(f"{script} does not start: {process.stderr.read().strip()[-300:]}")
    return process


class Appender:
    """One of peers/*.mjs: it appends with as many concurrent callers as a line on its input says."""

    def __init__(self, script: str, url: str, connections: int, text: str) -> None:
        self.script = script
        self.process = started(script, url, str(connections), text)

    def round(self, callers: int, seconds: float) -> Load:
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        self.process.stdin.write(json.dumps({"callers": callers, "seconds": seconds}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.script} ended: {self.process.stderr.read().strip()[-500:]}")
        return Load(**json.loads(answer))

    def close(self) -> None:
        self.process.communicate()
