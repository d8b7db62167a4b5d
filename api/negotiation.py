"""Which media type answers, by the Accept header's q-values."""

from functools import lru_cache
from typing import Final, NamedTuple

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
HTML: Final = "text/html"
LONGEST_REMEMBERED: Final = 1_024
"""Whoever has no token yet may send headers, too: no long one stays in memory."""


class Accepted(NamedTuple):
    """`response` answers a single result, None where no JSON is taken; `html` only where asked for."""

    response: str | None
    events: bool
    html: bool


def negotiate(accept: str) -> Accepted:
    """`*/*`, like no header, means application/json: what clients older than the media type expect."""
    return _remembered(accept) if len(accept) <= LONGEST_REMEMBERED else _negotiated(accept)


def preferred(accept: str, *offered: str) -> str | None:
    """The best of what is offered, the first among equals; None where nothing of it is taken."""
    wanted = _wanted(accept)
    best = max(offered, key=lambda one: _quality(wanted, one))
    return best if _quality(wanted, best) else None


def _wanted(accept: str) -> dict[str, float]:
    return dict(_range(part) for part in accept.split(",") if part.strip()) or {"*/*": 1.0}


def _negotiated(accept: str) -> Accepted:
    wanted = _wanted(accept)
    graphql, json = _quality(wanted, GRAPHQL), _quality(wanted, JSON)
    response = None
    if graphql or json:
        named = GRAPHQL in wanted
        response = GRAPHQL if graphql > json or (graphql == json and named) else JSON
    return Accepted(response, _quality(wanted, EVENTS) > 0, wanted.get(HTML, 0.0) > 0)


def _quality(wanted: dict[str, float], media_type: str) -> float:
    """The most exact range decides."""
    for found in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if found in wanted:
            return wanted[found]
    return 0.0


def _range(part: str) -> tuple[str, float]:
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = (piece.strip() for piece in parameter.partition("="))
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            return media_type, 0.0
        if name == "q":
            quality = _number(value)
    return media_type, quality


def _number(value: str) -> float:
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


_remembered: Final = lru_cache(256)(_negotiated)
ANYTHING: Final = negotiate("")
