"""Which bytes a request asks for: RFC 9110, section 14, as far as one range goes."""

import re
from dataclasses import dataclass
from typing import Final

RANGE: Final = re.compile(r"bytes\s*=\s*(?:(\d{1,19})\s*-\s*(\d{0,19})|-\s*(\d{1,19}))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bytes:
    """From `start` up to, and without, `end`."""

    start: int
    end: int

    def of(self, size: int) -> str:
        """As Content-Range says it."""
        return f"bytes {self.start}-{self.end - 1}/{size}"


class Unsatisfiable(Exception):
    """The range lies beyond the last byte."""


def asked(header: str, size: int) -> Bytes | None:
    """None: the whole, because no range is asked for, several are, or it makes no sense.

    Raises Unsatisfiable.
    """
    found = RANGE.fullmatch(header.strip())
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        if int(suffix) == 0:
            raise Unsatisfiable
        return Bytes(max(0, size - int(suffix)), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return Bytes(int(first), min(int(last) + 1, size) if last else size)


def names(header: str, tag: str, *, weak: bool) -> bool:
    """Whether a list of entity tags names this one; a `weak` comparison minds no W/."""
    tags = re.findall(r'\s*((?:W/)?"[^"]*"|\*)\s*,?', header)
    return any(one in {tag, "*"} or (weak and one.removeprefix("W/") == tag) for one in tags)
