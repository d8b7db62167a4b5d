"""Four processes of 32 threads each race on fifty streams, while a follower reads."""

import json
import threading
from collections import defaultdict
from uuid import UUID

from domain.store import Database, Store
from tests.domain.store import hammer

PROCESSES, THREADS, COMMANDS = 4, 32, 157
"""157 each: 20,096 commands in all."""


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


def test_nothing_is_lost_doubled_or_reordered(organisation: Database, store: Store) -> None:
    stop = threading.Event()
    followed: list[int] = []

    def read() -> None:
        for page in store.follow(0, stop, limit=300):
            followed.extend(recorded.position for recorded in page)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    racing = [hammer.start(organisation, seed, THREADS, COMMANDS) for seed in range(PROCESSES)]
    told: dict[str, int] = {}
    for process in racing:
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        told |= json.loads(output.splitlines()[-1])

    commands = whole(store)
    assert len(told) == len(commands) == PROCESSES * THREADS * COMMANDS
    assert {str(command): max(positions) for command, positions in commands.items()} == told
    both = [positions for positions in commands.values() if len(positions) == 2]
    assert len(both) == PROCESSES * THREADS * len(range(0, COMMANDS, 10))
    assert all(second == first + 1 for first, second in both)

    head = store.head()
    stopper = threading.Timer(30, stop.set)
    stopper.start()
    while len(followed) < head and not stop.is_set():
        reader.join(timeout=0.05)
    stop.set()
    stopper.cancel()
    reader.join()
    assert followed == list(range(1, head + 1))
