"""Writes a million rows as a file, in a process of its own: `python -m ... URL SUFFIX FILE`.

Prints by how many bytes what the process holds grew at most while it wrote, its libraries aside, which a
first small file has loaded.
"""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

import psutil
import psycopg

from projections.report_asked import Asked, columns_of, rows_of, snapshot
from projections.report_csv import as_csv
from projections.report_parquet import as_parquet
from projections.reporting import Row, Scope
from tests.projections.reported import AS_OF, LARGE, PROGRAM

LOOK_EVERY = 1_000


class Watched:
    """Rows that pass by, and the most that the process held meanwhile."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows, self._process = rows, psutil.Process()
        self.before = self.most = self._held()

    def _held(self) -> int:
        return int(self._process.memory_info().rss)

    def __iter__(self) -> Iterator[Row]:
        for number, row in enumerate(self._rows):
            yield row
            if number % LOOK_EVERY == 0:
                self.most = max(self.most, self._held())


def pieces(rows: Iterable[Row], suffix: str) -> Iterator[bytes]:
    if suffix == "csv":
        return as_csv(columns_of(LARGE), rows)
    return as_parquet(columns_of(LARGE), rows, {})


def main() -> None:
    url, suffix, file = sys.argv[1:]
    deque(pieces([(AS_OF, UUID(int=1), "row", 1, 0.5)], suffix), maxlen=0)
    with psycopg.connect(url, autocommit=True) as connection, Path(file).open("wb") as written:
        rows = Watched(rows_of(connection, LARGE, Asked(Scope(PROGRAM, AS_OF))))
        with snapshot(connection):
            written.writelines(pieces(rows, suffix))
    print(rows.most - rows.before)


if __name__ == "__main__":
    main()
