"""A program that writes the rows of a batch, says so, and then never commits: it is there to be killed."""

import sys

from domain.store import Database, KeyRing, RecordedEvent, Store
from projections.projection import Projection, connect
from projections.runner import Runner
from projections.statements import Statements
from tests.projections import tally


def main(url: str, schema: str, position: int) -> None:
    def halt(sql: Statements, recorded: RecordedEvent) -> None:
        tally.count(sql, recorded)
        if recorded.position == position:
            sql.flush()
            print("rows are written", flush=True)
            sys.stdin.read()

    database = Database(url, schema)
    halting = Projection("tally", 1, tally.DDL, ("tallies",), tally.TALLY.names, halt)
    with Store.open(database, KeyRing.random()) as store, connect(database) as connection:
        Runner(connection, store, halting).advance()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
