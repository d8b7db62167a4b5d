"""A report as Parquet, for analysts: typed columns, in groups of rows that are written as they are read.

pyarrow is imported with this module, and takes some tens of megabytes: import it when a file is asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from projections.reporting import SUPPRESSED, Column, Kind, Row

CELLS: Final = 65_536
"""In a group of rows, about: so much is held in memory."""

TYPES: Final[Mapping[Kind, pa.DataType]] = {
    Kind.TEXT: pa.string(),
    Kind.COUNT: pa.int64(),
    Kind.SHARE: pa.float64(),
    Kind.SCORE: pa.float64(),
    Kind.DAYS: pa.float64(),
    Kind.HOURS: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.MOMENT: pa.timestamp("us", tz="UTC"),
    Kind.ID: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.FLAG: pa.bool_(),
}


class Sink:
    """A file that hands on what is written to it, and keeps nothing."""

    closed = False

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(self._held[-1])

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        held, self._held = b"".join(self._held), []
        return held


def as_parquet(
    columns: tuple[Column, ...], rows: Iterable[Row], metadata: Mapping[str, str]
) -> Iterator[bytes]:
    """A figure that must not be told is null, and true in the column that is named after its own."""
    schema, sink = _schema(columns, metadata), Sink()
    left = iter(rows)
    with pq.ParquetWriter(sink, schema, compression="zstd", write_statistics=True) as writer:
        while group := list(islice(left, max(1, CELLS // len(columns)))):
            writer.write_batch(_batch(columns, schema, group))
            yield sink.taken()
    yield sink.taken()


def _schema(columns: tuple[Column, ...], metadata: Mapping[str, str]) -> pa.Schema:
    fields = [pa.field(column.name, TYPES[column.kind]) for column in columns]
    fields += [pa.field(_flag(column), pa.bool_(), nullable=False) for column in columns if column.hides]
    return pa.schema(fields, metadata={f"chiron.{name}": value for name, value in metadata.items()})


def _flag(column: Column) -> str:
    return f"{column.name}_suppressed"


def _batch(columns: tuple[Column, ...], schema: pa.Schema, rows: list[Row]) -> pa.RecordBatch:
    told = list(zip(columns, zip(*rows, strict=True), strict=True))
    arrays = [
        pa.array([_plain(column, value) for value in values], TYPES[column.kind]) for column, values in told
    ]
    flags = [pa.array([value is SUPPRESSED for value in values]) for column, values in told if column.hides]
    return pa.record_batch([*arrays, *flags], schema=schema)


def _plain(column: Column, value: Any) -> Any:
    """As the column's type takes it: an id comes as an object, too, and a whole number of days as one."""
    if value is SUPPRESSED and column.hides:
        return None
    if value is None or column.kind in {Kind.DATE, Kind.MOMENT, Kind.FLAG}:
        return value
    if column.kind in {Kind.TEXT, Kind.ID}:
        return str(value)
    return int(value) if column.kind is Kind.COUNT else float(value)
