"""The commit queue by itself: whatever a batch comes to, the next one is committed."""

import threading
from uuid import uuid4

import pytest

from domain.store import StoreUnavailable
from domain.store.queue import MOST_COMMANDS, CommitQueue
from domain.store.records import Append, Outcome
from tests.domain.store.lives import command


def wish() -> Append:
    return Append(command(), {uuid4(): 0}, [])


def test_a_failed_batch_leaves_nobody_of_a_bulk_behind() -> None:
    """A bulk of two batches whose first one fails: the second is committed, and so is what others wish."""

    def commit(batch: list[Append]) -> list[Outcome]:
        batches.append(len(batch))
        if len(batches) == 1:
            raise StoreUnavailable
        return [Outcome("recorded", 1)] * len(batch)

    batches: list[int] = []
    queue = CommitQueue(commit)
    results = queue.submit_all([wish() for _ in range(MOST_COMMANDS + 2)])
    assert batches == [MOST_COMMANDS, 2]
    assert all(isinstance(result, StoreUnavailable) for result in results[:MOST_COMMANDS])
    assert results[MOST_COMMANDS:] == [Outcome("recorded", 1)] * 2
    another = threading.Thread(target=queue.submit, args=(wish(),), daemon=True)
    another.start()
    another.join(timeout=30)
    assert batches == [MOST_COMMANDS, 2, 1]


def test_a_caller_alone_is_told_what_its_batch_raised() -> None:
    def commit(_: list[Append]) -> list[Outcome]:
        raise StoreUnavailable

    with pytest.raises(StoreUnavailable):
        CommitQueue(commit).submit(wish())
