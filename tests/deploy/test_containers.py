"""What the containers are made of: settings reach them, secrets do not stay in their image."""

from fnmatch import fnmatch

from tests.deploy.conftest import ROOT


def test_the_file_of_settings_stays_out_of_the_image() -> None:
    kept = [path for path in ("deploy/.env", "deploy/env.example", "deploy/cli.py") if not ignored(path)]
    assert kept == ["deploy/env.example", "deploy/cli.py"]


def test_every_setting_reaches_the_containers() -> None:
    """Former keys above all: without them personal data is lost to whoever changes a key."""
    compose = (ROOT / "deploy/compose.yaml").read_text()
    shared = compose[compose.index("x-chiron: &chiron") : compose.index("services:")]
    assert "\n  env_file: [.env]" in shared


def ignored(path: str) -> bool:
    """As Docker reads the file: the last pattern that fits the path or a folder of it decides."""
    found = False
    folders = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 2)]
    for line in (ROOT / "deploy/Dockerfile.dockerignore").read_text().split():
        pattern = line.removeprefix("!").removeprefix("**/")
        if any(fnmatch(one, pattern) or fnmatch(one.rpartition("/")[2], pattern) for one in folders):
            found = not line.startswith("!")
    return found
