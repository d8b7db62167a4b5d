"""A GraphQL request's parameters, read from whatever carried them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from api.refusals import Problem


class Malformed(Problem):
    """No GraphQL request at all: 400 in every media type."""


@dataclass(frozen=True, slots=True)
class Params:
    query: str | None
    operation_name: str | None
    variables: dict[str, Any] | None
    document_id: str | None


def from_json(body: bytes | str) -> Params:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Malformed("BAD_JSON", "The request is not valid JSON in UTF-8.") from None
    return from_value(value)


def from_value(value: Any) -> Params:
    if isinstance(value, list):
        raise Malformed("BATCHING_NOT_SUPPORTED", "One operation a request: a list of them is not taken.")
    if not isinstance(value, dict):
        raise Malformed("BAD_REQUEST", "A GraphQL request is a JSON object.")
    extensions = _of_kind(dict, value, "extensions") or {}
    hashed = _of_kind(dict, extensions, "persistedQuery") or {}
    document_id = _of_kind(str, value, "documentId") or _of_kind(str, hashed, "sha256Hash")
    query = _of_kind(str, value, "query")
    if query is None and document_id is None:
        raise Malformed("QUERY_MISSING", "The request has no query.")
    return Params(
        query, _of_kind(str, value, "operationName") or None, _of_kind(dict, value, "variables"), document_id
    )


def from_query_string(query_string: bytes) -> Params:
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=16
        )
    except (UnicodeError, ValueError):
        raise Malformed("BAD_REQUEST", "The query string is not URL-encoded UTF-8.") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise Malformed("BAD_REQUEST", "A parameter is given more than once.")
    return from_value({**given, **{name: _decoded(given, name) for name in ("variables", "extensions")}})


def _decoded(given: Mapping[str, str], name: str) -> Any:
    try:
        return orjson.loads(given[name]) if given.get(name) else None
    except orjson.JSONDecodeError:
        raise Malformed("BAD_JSON", f"The parameter {name} is not valid JSON.") from None


def _of_kind(kind: type[Any], value: Mapping[str, Any], name: str) -> Any:
    found = value.get(name)
    if found is None or isinstance(found, kind):
        return found
    expected = "a string" if kind is str else "an object"
    raise Malformed("BAD_REQUEST", f"The parameter {name} is not {expected}.")
