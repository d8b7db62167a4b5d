"""What a client is told, and what only our log is told."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from graphql import GraphQLError
from psycopg_pool import PoolTimeout
from structlog.testing import capture_logs

from api.refusals import Problem, formatted, masked, where
from domain.store import EventUnreadable, StoreUnavailable

SECRET = "Ada Obi, ada@example.org"


def raised(bug: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise bug from cause
    except type(bug) as caught:
        return caught


def test_a_bug_is_masked_and_its_error_id_stands_in_the_log() -> None:
    with capture_logs() as entries:
        problem = masked(raised(KeyError(SECRET)))
    assert problem.formatted == {
        "message": "Something went wrong on our side.",
        "extensions": {"code": "INTERNAL", "errorId": entries[0]["error_id"]},
    }
    assert str(UUID(entries[0]["error_id"])) == entries[0]["error_id"]
    assert (entries[0]["event"], entries[0]["kind"]) == ("bug", "builtins.KeyError")
    assert any("test_refusals.py" in frame and frame.endswith(" raised") for frame in entries[0]["traceback"])


def test_no_log_entry_repeats_what_an_exception_says() -> None:
    bug = raised(RuntimeError(SECRET), cause=raised(ValueError(SECRET), cause=KeyError(SECRET)))
    with capture_logs() as entries:
        masked(bug)
    assert "Ada" not in str(entries)
    kinds = [line for line in where(bug) if line.startswith("builtins.")]
    assert kinds == ["builtins.KeyError", "builtins.ValueError", "builtins.RuntimeError"]


def test_a_bug_inside_a_resolver_keeps_its_place_in_the_answer() -> None:
    told = formatted(GraphQLError("secret", path=["offerCompetency"], original_error=KeyError(SECRET)))
    assert told["path"] == ["offerCompetency"]
    assert told["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(told)
    assert "Ada" not in str(told)


def test_an_unreadable_event_is_a_bug_of_ours() -> None:
    told = formatted(GraphQLError("", original_error=EventUnreadable("participant.registered")))
    assert told["extensions"]["code"] == "INTERNAL"


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (StoreUnavailable("host=secret"), "UNAVAILABLE"),
        (psycopg.OperationalError("host=secret"), "UNAVAILABLE"),
        (PoolTimeout("host=secret"), "UNAVAILABLE"),
        (psycopg.errors.QueryCanceled("SELECT secret"), "TIMEOUT"),
    ],
)
def test_trouble_that_passes_says_that_one_may_try_again(trouble: Exception, code: str) -> None:
    with capture_logs() as entries:
        told = formatted(GraphQLError("secret", path=["openProgram"], original_error=trouble))
    assert entries == []
    assert told["extensions"] == {"code": code, "retryable": True}
    assert told["path"] == ["openProgram"]
    assert "secret" not in str(told)


@pytest.mark.parametrize(
    ("error", "extensions"),
    [
        (Problem("BAD_ID", "This is not an id of ours."), {"code": "BAD_ID"}),
        (Problem("TOO_DEEP", "Too deep.", limit=3), {"code": "TOO_DEEP", "limit": 3}),
        (GraphQLError("What graphql-core finds wrong."), {"code": "BAD_REQUEST"}),
    ],
)
def test_every_error_has_a_code(error: GraphQLError, extensions: dict[str, Any]) -> None:
    assert formatted(error)["extensions"] == extensions


def test_a_problem_raised_in_a_resolver_is_told_as_it_is() -> None:
    problem = Problem("TOO_FAST", "Slow down.", seconds=3)
    told = formatted(GraphQLError(problem.message, original_error=problem))
    assert told == {"message": "Slow down.", "extensions": {"code": "TOO_FAST", "seconds": 3}}
