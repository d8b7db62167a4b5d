"""Processes of many threads each race on fifty streams, while a follower reads."""

import json
import threading
from collections import defaultdict
from uuid import UUID

import pytest

from domain.store import Database, Store
from tests.domain.store import hammer
from tests.projections.given import eventually

SMALL, STORM = (2, 16, 50), (4, 32, 157)
"""How many processes, threads of each and commands of each thread: 1,600 and 20,096 commands in all."""


def whole(store: Store) -> dict[UUID, list[int]]:
    """The positions of each command, after checking that the log has no hole, no double and no disorder."""
    commands: dict[UUID, list[int]] = defaultdict(list)
    versions: dict[UUID, int] = defaultdict(int)
    moments = []
    for expected, recorded in enumerate(store.log(), 1):
        assert recorded.position == expected
        versions[recorded.stream_id] += 1
        assert recorded.version == versions[recorded.stream_id]
        commands[recorded.command_id].append(recorded.position)
        moments.append(recorded.recorded_at)
    assert moments == sorted(moments)
    return commands


@pytest.mark.parametrize(
    ("processes", "threads", "commands"),
    [pytest.param(*SMALL, id="small"), pytest.param(*STORM, id="storm", marks=pytest.mark.long)],
)
def test_nothing_is_lost_doubled_or_reordered(
    organisation: Database, store: Store, processes: int, threads: int, commands: int
) -> None:
    stop = threading.Event()
    followed: list[int] = []

    def read() -> None:
        for page in store.follow(0, stop, limit=300):
            followed.extend(recorded.position for recorded in page)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    racing = [hammer.start(organisation, seed, threads, commands) for seed in range(processes)]
    told: dict[str, int] = {}
    for process in racing:
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        told |= json.loads(output.splitlines()[-1])

    done = whole(store)
    assert len(told) == len(done) == processes * threads * commands
    assert {str(command): max(positions) for command, positions in done.items()} == told
    both = [positions for positions in done.values() if len(positions) == 2]
    assert len(both) == processes * threads * len(range(0, commands, 10))
    assert all(second == first + 1 for first, second in both)

    head = store.head()
    eventually(lambda: len(followed) >= head)
    stop.set()
    reader.join()
    assert followed == list(range(1, head + 1))
