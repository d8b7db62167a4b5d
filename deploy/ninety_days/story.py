"""The ninety days of one relationship, told from its beginning to a moment."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from deploy.ninety_days.answering import surveying
from deploy.ninety_days.life import Cast, Deed, Life
from deploy.ninety_days.meeting_up import meeting_up
from deploy.ninety_days.talking import asking, greeting, writing
from deploy.ninety_days.turning import resuming, turning, worrying
from deploy.ninety_days.working import (
    MOST_GOALS,
    aiming,
    checking_in,
    reaching,
    reading,
    signing,
    tasks,
    writing_down,
)

THREADS: Final = 2
"""So many things at a time people write about."""


def lived(cast: Cast, until: datetime) -> list[Life]:
    """The relationship, and what it went on as, in this order."""
    life = Life(cast)
    _weave(life)
    life.live(until)
    return [life, *(later for child in life.children for later in lived(child, until))]


def told(cast: Cast, until: datetime) -> Iterator[Deed]:
    """Everything that is done by then, in the order of time."""
    return (deed for life in lived(cast, until) for deed in life.deeds)


def _weave(life: Life) -> None:
    strands = [signing(life, who) for who in life.people]
    strands += [greeting(life), *(writing(life) for _ in range(THREADS)), asking(life), meeting_up(life)]
    strands += [reading(life), writing_down(life), turning(life), worrying(life)]
    strands += [aiming(life, number) for number in range(life.chance.randint(1, MOST_GOALS))]
    strands += [reaching(life, milestone) for milestone in life.cast.settings.plan.milestones]
    strands += [checking_in(life, who) for who in life.people]
    strands += tasks(life)
    for strand in strands:
        life.begin(strand)
    for strand in (resuming(life), surveying(life)):
        life.begin(strand, lasting=True)
