"""Group commit: callers queue, one of them commits all that waits."""

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from uuid import UUID

from domain.store.records import Append, Outcome

MOST_COMMANDS = 256
MOST_EVENTS = 4_000
GATHER_INTERVAL = 50e-6
ENOUGH = 12
"""A batch of this size has spread the cost of its commit; a larger one would only keep the callers idle."""

Commit = Callable[[list[Append]], Sequence[Outcome | BaseException]]


class _Ticket:
    """`alone`: its caller waits for nothing else. `next`: whom that caller wakes as soon as it is awake."""

    __slots__ = ("alone", "append", "next", "result", "turn")

    def __init__(self, append: Append, alone: bool) -> None:
        self.append, self.alone = append, alone
        self.next: _Ticket | None = None
        self.result: Outcome | BaseException | None = None
        self.turn = threading.Lock()
        self.turn.acquire()


class CommitQueue:
    """`commit` records a batch and gives an outcome, or an error, for each; it is never called twice at once.

    The first caller leads at once. When its batch is done it hands the lead to the next that waits, so
    nobody works for others longer than one batch, and a caller alone never pays for a hand-over.
    """

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._waiting: deque[_Ticket] = deque()
        self._mutex = threading.Lock()
        self._led = False
        self._last_size = 0

    def submit(self, append: Append) -> Outcome:
        """Raises what `commit` gave or raised for it."""
        result = self.submit_all([append])[0]
        if isinstance(result, BaseException):
            raise result
        return result

    def submit_all(self, appends: Sequence[Append]) -> list[Outcome | BaseException]:
        """A result for each, in the same order."""
        tickets = [_Ticket(append, alone=len(appends) == 1) for append in appends]
        with self._mutex:
            self._waiting.extend(tickets)
            leads, self._led = not self._led, True
        if leads:
            self._lead()
        return [self._await(ticket) for ticket in tickets]

    def _await(self, ticket: _Ticket) -> Outcome | BaseException:
        if ticket.result is None:
            ticket.turn.acquire()
        if ticket.next is not None:
            ticket.next.turn.release()
        if ticket.result is None:  # woken without a result: the lead was handed over
            self._lead()
        assert ticket.result is not None  # noqa: S101 for the type checker: a leader's own ticket is in its batch
        return ticket.result

    def _gather(self) -> None:
        """The callers of the last batch are on their way back: a commit for the first of them alone would
        make all others wait for it, so wait while they still arrive.
        """
        seen = 0
        while seen < len(self._waiting) < min(self._last_size, ENOUGH):
            seen = len(self._waiting)
            time.sleep(GATHER_INTERVAL)

    def _lead(self) -> None:
        self._gather()
        with self._mutex:
            batch = self._take()
        self._last_size = len(batch)
        results: Sequence[Outcome | BaseException]
        try:
            results = self._commit([ticket.append for ticket in batch])
        except BaseException as error:  # noqa: BLE001 raised by its own caller, who may have more that waits
            results = [error] * len(batch)
        self._settle(batch, results)

    def _settle(self, batch: list[_Ticket], results: Sequence[Outcome | BaseException]) -> None:
        """Callers wake each other in a row: woken all at once, most would only wait for the interpreter."""
        chain = [ticket for ticket in batch[1:] if ticket.alone]
        for ticket, following in itertools.pairwise(chain):
            ticket.next = following
        # Only now, for whoever sees a result passes on what is linked.
        for ticket, result in zip(batch, results, strict=True):
            ticket.result = result
        with self._mutex:
            heir = self._waiting[0] if self._waiting else None
            self._led = heir is not None
        if heir:
            heir.turn.release()
        for ticket in (*chain[:1], *(ticket for ticket in batch[1:] if not ticket.alone)):
            ticket.turn.release()

    def _take(self) -> list[_Ticket]:
        """The longest-waiting first, in the order they came; what one command of a batch writes, no other one
        writes or reads.
        """
        batch: list[_Ticket] = []
        left: deque[_Ticket] = deque()
        written: set[UUID] = set()
        touched: set[UUID] = set()
        amount = 0
        while self._waiting and len(batch) < MOST_COMMANDS and amount < MOST_EVENTS:
            ticket = self._waiting.popleft()
            writes, touches = ticket.append.writes, ticket.append.touches
            if touched.isdisjoint(writes) and written.isdisjoint(touches):
                batch.append(ticket)
                amount += len(ticket.append.events)
            else:
                left.append(ticket)
            written |= writes
            touched |= touches
        self._waiting.extendleft(reversed(left))
        return batch
