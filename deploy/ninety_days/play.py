"""The stories of all relationships, played into the log: day by day, so that it tells them in their order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import partial
from itertools import groupby

from deploy.ninety_days.life import Content, Deed
from domain.store import Store

CALLERS = 16
Tale = Sequence[Deed]
"""Of one relationship and what it went on as, in the order of time."""
Keep = Callable[[Content], None]


def play(store: Store, tales: Iterable[Tale], keep: Keep) -> int:
    """How many deeds there were. Played again, each is the one that it was."""
    days = sorted(_by_day(tales), key=lambda one: one[0])
    played = 0
    with ThreadPoolExecutor(CALLERS, thread_name_prefix="ninety-days") as callers:
        for _, slices in groupby(days, key=lambda one: one[0]):
            played += sum(callers.map(partial(_do, store, keep), [deeds for _, deeds in slices]))
    return played


def between(tales: Iterable[Tale], since: datetime, until: datetime) -> list[Tale]:
    """What of them was done from then until before then."""
    return [[deed for deed in tale if since <= moment(deed) < until] for tale in tales]


def moment(deed: Deed) -> datetime:
    assert deed.command.at is not None  # noqa: S101 every deed of the past is dated
    return deed.command.at


def _by_day(tales: Iterable[Tale]) -> Iterator[tuple[date, Tale]]:
    for tale in tales:
        for day, deeds in groupby(tale, key=lambda deed: moment(deed).date()):
            yield day, list(deeds)


def _do(store: Store, keep: Keep, deeds: Tale) -> int:
    for deed in deeds:
        if deed.content:
            keep(deed.content)
        store.act_together(deed.command, *deed.steps)
    return len(deeds)
