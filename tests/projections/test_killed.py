"""Killed with the rows written and the position not yet committed: neither is there, and nothing is lost."""

import subprocess
import sys

from domain.store import Database, Store
from projections import projection, runner
from tests.projections import tally
from tests.projections.given import ADA, NOOR
from tests.projections.tally import TALLY, offer, tallies


def test_kill_9_between_rows_and_position(organisation: Database, store: Store) -> None:
    tally.install(organisation)
    offer(store, ADA, 1)
    runner.catch_up(organisation, store, [TALLY])
    offer(store, NOOR, 1, 2)
    last = offer(store, ADA, 2, 3)
    command = [sys.executable, "-m", "tests.projections.half_way", organisation.url, organisation.schema, "4"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as half_way:
        assert half_way.stdout is not None
        assert half_way.stdout.readline() == "rows are written\n"
        assert tallies(organisation) == {ADA: [1]}
        half_way.kill()
    runner.catch_up(organisation, store, [TALLY])
    assert tallies(organisation) == {ADA: [1, 2, 3], NOOR: [1, 2]}
    (status,) = (status for status in projection.status(organisation) if status.name == "tally")
    assert (status.position, status.parked) == (last, ())
