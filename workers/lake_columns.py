"""Events as Parquet: what every message has, its data as JSON, and those of its fields that are plain, typed.

pyarrow is imported with this module, and takes some tens of megabytes: import it where there is a lake.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from domain.catalogue import catalogue
from workers.consumer import Message
from workers.messages import data_models, message_schema

NAME: Final = re.compile(r"[a-z_]+\.[a-z_]+")
MOMENT: Final = pa.timestamp("us", tz="UTC")
ENVELOPE: Final = pa.schema([
    pa.field("position", pa.int64(), nullable=False),
    pa.field("id", pa.string(), nullable=False),
    pa.field("type", pa.string(), nullable=False),
    pa.field("stream", pa.string(), nullable=False),
    pa.field("version", pa.int64(), nullable=False),
    pa.field("key", pa.string(), nullable=False),
    pa.field("time", MOMENT, nullable=False),
    pa.field("actor", pa.string()),
    pa.field("cause", pa.string()),
    pa.field("command", pa.string()),
    pa.field("correlation", pa.string()),
    pa.field("data", pa.string(), nullable=False),
])  # fmt: skip
PREFIX: Final = "data_"
"""Before a field of the event, which may have the name of something that every message has."""
PLAIN: Final[Mapping[str, pa.DataType]] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
OF_FORMAT: Final[Mapping[str, pa.DataType]] = {"date": pa.date32(), "date-time": MOMENT}
ROWS: Final = 65_536
"""In a group of rows: so many are read at once."""


def parquet(name: str, messages: Sequence[Message]) -> bytes:
    """Of one type, in the order they are given; the same messages are the same bytes."""
    return _written(table(name, messages))


def table(name: str, messages: Sequence[Message]) -> pa.Table:
    """Raises ValueError, TypeError, KeyError or one of pyarrow's own where a message is not what its contract
    says: no file can be made of it.
    """
    if NAME.fullmatch(name) is None:
        raise ValueError("is the name of no event")
    fields = columns(name)
    rows = [_row(message, fields) for message in messages]
    schema = pa.schema([*ENVELOPE, *(pa.field(PREFIX + field, of) for field, of in fields.items())])
    return pa.Table.from_pylist(rows, schema)


def merged(parts: Iterable[bytes]) -> bytes:
    """Files of one type as one; a column that an older one lacks is null in its rows."""
    tables = [pq.read_table(pa.BufferReader(part)) for part in parts]
    return _written(pa.concat_tables(tables, promote_options="default").sort_by("position"))


@cache
def columns(name: str) -> Mapping[str, pa.DataType]:
    """The fields of an event that are plain, or lists of what is plain. None of one that is unknown here:
    the publisher is a later version.
    """
    if name not in _known():
        return {}
    models = data_models(name)
    fields = message_schema(name)["properties"]["data"]["properties"].items()
    found = {field: _type(schema, models) for field, schema in fields}
    return {field: of for field, of in found.items() if of is not None}


@cache
def _known() -> frozenset[str]:
    """All events, whichever of them the process has had to do with so far."""
    return frozenset(catalogue())


def _type(schema: Mapping[str, Any], models: Mapping[str, Any]) -> pa.DataType | None:
    """None: it has parts, and is read out of the JSON."""
    if either := schema.get("anyOf"):
        some = [one for one in either if one.get("type") != "null"]
        return _type(some[0], models) if len(some) == 1 else None
    if "$ref" in schema:
        return _type(models[schema["$ref"].rpartition("/")[2]], models)
    if schema.get("type") == "array":
        of = _type(schema["items"], models)
        return pa.list_(of) if of is not None else None
    return OF_FORMAT.get(schema.get("format", "")) or PLAIN.get(schema.get("type", ""))


def _row(message: Message, fields: Mapping[str, pa.DataType]) -> dict[str, Any]:
    sent = orjson.loads(message.raw)
    return {
        "position": message.position,
        "id": message.id,
        "type": message.name,
        "stream": str(message.stream),
        "version": sent["streamversion"],
        "key": str(message.key),
        "time": message.time,
        "actor": sent["actor"],
        "cause": sent["cause"],
        "command": sent["commandid"],
        "correlation": sent["correlationid"],
        "data": orjson.dumps(message.data).decode(),
        **dict(_typed(message.data, fields)),
    }


def _typed(data: Mapping[str, Any], fields: Mapping[str, pa.DataType]) -> Iterator[tuple[str, Any]]:
    for field, of in fields.items():
        value = data.get(field)
        if value is not None and of == MOMENT:
            value = datetime.fromisoformat(value)
        elif value is not None and of == pa.date32():
            value = date.fromisoformat(value)
        yield PREFIX + field, value


def _written(whole: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(whole, sink, compression="zstd", row_group_size=ROWS)
    return bytes(sink.getvalue().to_pybytes())
