"""A history as somebody takes it along: as Markdown to read, or as JSON for programs, piece by piece."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import orjson

Fields = Mapping[str, Any]
MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|!~$&])")
"""What begins a link, an image, a tag, a heading or an emphasis, anywhere in a line."""
LINE_MARKUP: Final = re.compile(r"^(\d*)([-+=.)])")
"""What makes a line a list or a heading."""

NEW_LINE: Final = "  \n"
"""Where the reader's text goes on in a new line, too."""


@dataclass(frozen=True, slots=True)
class Header:
    """`by` is the global id of whose history it is; it is as of `position`."""

    by: str
    at: datetime
    position: int


class Written(Protocol):
    """One way of writing it, which yields what each piece adds."""

    media_type: str
    suffix: str

    def begin(self, header: Header) -> str: ...

    def relationship(self, found: Fields) -> str: ...

    def entries(self, mentorship: str, nodes: Iterable[Fields]) -> str: ...

    def end(self) -> str: ...


class AsJson:
    media_type = "application/json"
    suffix = "json"

    def __init__(self) -> None:
        self._any = False

    def begin(self, header: Header) -> str:
        told = {"by": header.by, "exportedAt": _iso(header.at), "position": str(header.position)}
        return orjson.dumps(told).decode()[:-1] + ',"entries":['

    def relationship(self, found: Fields) -> str:
        return ""

    def entries(self, mentorship: str, nodes: Iterable[Fields]) -> str:
        lines = [orjson.dumps({"mentorship": mentorship, **node}).decode() for node in nodes]
        before = "," if self._any and lines else ""
        self._any = self._any or bool(lines)
        return before + ",".join(f"\n{line}" for line in lines)

    def end(self) -> str:
        return "\n]}\n"


class AsMarkdown:
    media_type = "text/markdown"
    suffix = "md"

    def __init__(self) -> None:
        self._day = ""

    def begin(self, header: Header) -> str:
        return f"# History\n\nTaken along on {_moment(header.at)}, as of position {header.position}.\n"

    def relationship(self, found: Fields) -> str:
        self._day = ""
        names = [(one["participant"] or {}).get("name") or "Somebody" for one in found["members"]]
        kind = found["kind"].lower().replace("_", " ")
        return f"\n## {escaped(', '.join(names))}\n\nA relationship ({kind}).\n"

    def entries(self, mentorship: str, nodes: Iterable[Fields]) -> str:
        return "".join(map(self._entry, nodes))

    def _entry(self, node: Fields) -> str:
        at = datetime.fromisoformat(node["at"])
        day = "" if _day(at) == self._day else f"\n### {_day(at)}\n\n"
        self._day = _day(at)
        quoted = "".join(f"  > {escaped(line)}{NEW_LINE}" for line in (node["text"] or "").splitlines())
        return f"{day}- {at:%H:%M} {escaped(node['sentence'])}\n" + (f"\n{quoted}\n" if quoted else "")

    def end(self) -> str:
        return ""


WAYS: Final[Mapping[str, type[AsJson] | type[AsMarkdown]]] = {way.suffix: way for way in (AsJson, AsMarkdown)}


def escaped(line: str) -> str:
    """Shown as it was written but for its indentation, whatever a reader of Markdown takes for markup."""
    return LINE_MARKUP.sub(r"\1\\\2", MARKUP.sub(r"\\\1", line.strip()))


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _moment(at: datetime) -> str:
    return f"{_day(at)}, {at:%H:%M} UTC"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
