"""A process of many threads that races on few streams: `python -m tests.domain.store.hammer URL SCHEMA ...`.

The command ids follow from the seed, so that a second run with the same seed repeats the first one's wishes.
"""

import json
import os
import random
import subprocess
import sys
import threading
from uuid import UUID, uuid5

from domain.command import Command
from domain.store import Database, KeyRing, Step, Store
from tests.domain.store.lives import stream, work

SEED = UUID("5eed0000-0000-4000-8000-000000000000")
STREAMS = [uuid5(SEED, f"stream {n}") for n in range(50)]


def hammer(store: Store, seed: int, threads: int, commands: int) -> dict[str, int]:
    """Each thread's commands go to random streams, every tenth to two at once, every seventh is repeated.

    Gives the position that each command was told; raises where a repetition was told another one.
    """
    told: dict[str, int] = {}
    failures: list[BaseException] = []

    def work_through(thread: int) -> None:
        chance = random.Random(seed * 1_000 + thread)
        for n in range(commands):
            command = Command(uuid5(SEED, f"{seed}/{thread}/{n}"), f"thread-{thread}")
            chosen = chance.sample(STREAMS, 2 if n % 10 == 0 else 1)
            steps = [Step(stream(s), work, {"hours": n % 200}) for s in chosen]
            receipt = store.act_together(command, *steps)
            told[str(command.id)] = receipt.position
            if n % 7 == 0 and store.act_together(command, *steps).position != receipt.position:
                failures.append(AssertionError(f"{command.id} was told two positions"))

    def run(thread: int) -> None:
        try:
            work_through(thread)
        except BaseException as error:
            failures.append(error)
            raise

    running = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failures:
        raise failures[0]
    return told


def start(database: Database, seed: int, threads: int, commands: int) -> subprocess.Popen[str]:
    """Without measuring coverage: what it runs is measured elsewhere, and races want speed."""
    arguments = [database.url, database.schema, str(seed), str(threads), str(commands)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.domain.store.hammer", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
    )


def main() -> None:
    url, schema, seed, threads, commands = sys.argv[1:]
    with Store.open(Database(url, schema), KeyRing(b"k" * 32)) as store:
        print("ready", flush=True)
        print(json.dumps(hammer(store, int(seed), int(threads), int(commands))))


if __name__ == "__main__":
    main()
