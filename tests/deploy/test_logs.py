"""What the processes write: one shape for our own words and for those of the libraries."""

import json
import logging

import pytest
import structlog

from deploy import logs
from deploy.settings import Settings

pytestmark = pytest.mark.usefixtures("logging_restored")
NAMES = ("Ada", "Lovelace")


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))
    structlog.get_logger("chiron").info("read_model.led", name="profiles")
    logging.getLogger("library").warning("it %s", "happened")
    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["level"], ours["name"]) == ("read_model.led", "info", "profiles")
    assert (theirs["event"], theirs["level"]) == ("it happened", "warning")
    assert ours["timestamp"].endswith("Z")


def test_a_bug_is_logged_with_where_it_happened(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))
    try:
        int("no number")
    except ValueError:
        logging.getLogger("chiron").exception("unexpected")
    assert "test_logs.py" in json.loads(capsys.readouterr().err)["exception"]


def test_no_traceback_tells_what_the_variables_held(capsys: pytest.CaptureFixture[str]) -> None:
    for configured in (logs.quiet, lambda: logs.configure(Settings())):
        configured()
        try:
            look_up(" ".join(NAMES))
        except KeyError:
            structlog.get_logger("chiron").exception("unexpected")
        said = capsys.readouterr().err
        assert "look_up" in said
        assert "Ada Lovelace" not in said


def look_up(name: str) -> None:
    raise KeyError(len(name))


def test_the_level_holds_for_all_and_noisy_libraries_say_only_what_matters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure(Settings(log_level="info"))
    structlog.get_logger("chiron").debug("hidden")
    logging.getLogger("uvicorn.error").info("hidden")
    logging.getLogger("kafka.conn").info("hidden")
    logging.getLogger("aiokafka.consumer").info("hidden")
    logging.getLogger("uvicorn.error").warning("shown")
    (line,) = capsys.readouterr().err.splitlines()
    assert "shown" in line
