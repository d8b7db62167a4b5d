"""A learning record store over HTTP: it takes what xAPI 1.0.3 lets it take, and each statement once."""

import base64
import contextlib
import json
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from tests.workers.http_server import Handler, running

USERNAME, PASSWORD = "chiron", "very-secret"
HOME: Final = "https://mentoring.velmora.example"


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "required": required, "properties": properties, "additionalProperties": False,
    }  # fmt: skip


_IRI: Final = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:[^ ]+$"}
_UUID: Final = {"type": "string", "format": "uuid"}
_MAP: Final = {"type": "object", "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"}}
_ACTIVITY: Final = _object(
    ["id"], objectType={"const": "Activity"}, id=_IRI, definition=_object([], type=_IRI, name=_MAP)
)
STATEMENT: Final = _object(
    ["actor", "verb", "object"],
    id=_UUID,
    actor=_object(
        ["account"],
        objectType={"const": "Agent"},
        account=_object(["homePage", "name"], homePage=_IRI, name={"type": "string", "minLength": 1}),
    ),
    verb=_object(["id", "display"], id=_IRI, display=_MAP),
    object=_ACTIVITY,
    result=_object(
        [],
        completion={"type": "boolean"},
        success={"type": "boolean"},
        duration={"type": "string", "pattern": "^PT[0-9]+M$"},
        extensions={"type": "object", "propertyNames": _IRI},
    ),
    context=_object(
        [],
        registration=_UUID,
        platform={"type": "string"},
        contextActivities=_object([], parent={"type": "array", "items": _ACTIVITY}),
    ),
    timestamp={"type": "string", "format": "date-time"},
)
CHECK: Final = Draft202012Validator(STATEMENT, format_checker=FormatChecker())


class Lrs(ThreadingHTTPServer):
    """`answers` are given to the next requests in place of its own; `batches` how many each has brought."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statements: dict[str, Any] = {}
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.batches: list[int] = []
        self.unwanted: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/xapi/"

    def take(self, brought: list[Any]) -> int:
        """All of it or nothing."""
        self.batches.append(len(brought))
        if not all(CHECK.is_valid(one) and one["id"] not in self.unwanted for one in brought):
            return 400
        if any(self.statements.get(one["id"], one) != one for one in brought):
            return 409
        self.statements |= {one["id"]: one for one in brought}
        return 200


class _Handler(Handler):
    server: Lrs

    def do_POST(self) -> None:  # noqa: N802 it is called so in the library
        brought = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.answers:
            self.answer(*self.server.answers.pop(0))
        elif self.headers["Authorization"] != _basic():
            self.answer(401, {})
        elif self.path != "/xapi/statements" or self.headers["X-Experience-API-Version"] != "1.0.3":
            self.answer(400, {})
        else:
            self.answer(self.server.take(brought), {})


def _basic() -> str:
    return "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()


@contextlib.contextmanager
def record_store() -> Iterator[Lrs]:
    with running(Lrs()) as server:
        yield server
