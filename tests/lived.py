"""Random lives of one relationship as rules let them be: what is said, held and reached in it, and its rests.

Moments are whole hours, no two things happen at once, and nothing of a life happens outside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import mentorship as m
from domain.assignment import Assigned, Completed, Dropped
from domain.event import DomainEvent
from domain.measuring import Dated
from domain.program_settings import Side
from domain.relationship import Member, Status
from tests import measured_by_hand as hand
from tests.people import ADA, LIN, NOOR

LAST_DAY: Final = 120
MOMENTS: Final = LAST_DAY * 24
GOALS: Final = (hand.LISTEN, hand.ASK)
LIN_JOINS: Final = m.MemberJoined(member=Member(participant=LIN.id, role=Side.MENTEE))

anybody = st.sampled_from((ADA.id, NOOR.id, LIN.id))
of_goal = st.sampled_from(GOALS)
Told = Sequence[Dated]


def _acts(moment: float, number: int) -> st.SearchStrategy[tuple[Dated, ...]]:
    """One thing that happens at its moment, with what belongs to it."""

    def here(event: DomainEvent) -> tuple[Dated, ...]:
        return (hand.on(moment, event),)

    return st.one_of(
        anybody.map(lambda by: (hand.said(moment, by),)),
        anybody.map(lambda by: (hand.said(moment, by),)),
        st.integers(20, 90).map(lambda minutes: hand.held(moment, minutes)),
        st.just(hand.missed(moment)),
        st.builds(lambda late: hand.called_off(moment, late=late), st.booleans()),
        anybody.map(lambda by: (hand.checked_in(moment, by),)),
        st.builds(m.GoalProgressed, goal=of_goal, by=st.just(ADA.id), percent=st.integers(0, 100)).map(here),
        st.builds(m.GoalAchieved, goal=of_goal, by=st.just(ADA.id)).map(here),
        st.builds(m.GoalDropped, goal=of_goal, by=st.just(ADA.id)).map(here),
        st.builds(m.MilestoneReached, milestone=st.sampled_from(("goals", "plan", "half"))).map(here),
        st.builds(
            lambda days, after: _assigned(moment, number, days, after),
            st.integers(1, 40),
            st.sampled_from((None, Completed(by=ADA.id), Dropped())),
        ),
        st.builds(
            lambda by, rating: hand.rated(moment, by, rating),
            anybody,
            st.sampled_from((None, 1, 2, 3, 4, 5)),
        ),
    )


def _assigned(moment: float, number: int, days: int, after: DomainEvent | None) -> tuple[Dated, ...]:
    later = [(moment + 1 / 96, after)] if after else []
    return hand.assigned(moment, int(moment) + days, 0xB000 + number, *later)


@st.composite
def lives(draw: st.DrawFn) -> list[Dated]:
    """In the order in which it happened."""
    moments = draw(st.lists(st.integers(1, MOMENTS), min_size=1, max_size=40, unique=True))
    told = [
        hand.began(as_peers=draw(st.booleans())),
        *(one for id_ in GOALS for one in hand.goal(1 / 48, id_)),
    ]
    for number, moment in enumerate(moments):
        told += draw(_acts(moment / 24, number))
    return list(_allowed(in_order([*told, *draw(_course())])))


@st.composite
def _course(draw: st.DrawFn) -> list[Dated]:
    """Pauses, an end and a reopening, somebody who joins and leaves: on half hours, between all else."""
    hours = sorted(draw(st.lists(st.integers(1, MOMENTS), max_size=8, unique=True)))
    told: list[Dated] = []
    state, lin = "running", False
    for hour in hours:
        state, lin, event = draw(st.sampled_from(_next(state, lin=lin)))
        told.append(hand.on((hour + 0.5) / 24, event))
    return told


def _next(state: str, *, lin: bool) -> list[tuple[str, bool, DomainEvent]]:
    far = hand.day_of(200)
    if state == "ended":
        return [("running", lin, m.Reopened(until=far))]
    moved = m.MemberLeft(participant=LIN.id) if lin else LIN_JOINS
    turn = ("running", lin, m.Resumed()) if state == "paused" else ("paused", lin, m.Paused(until=far))
    ended = ("ended", lin, m.Concluded(outcome=m.Outcome.ACHIEVED))
    return [turn, (state, not lin, moved), (state, lin, m.Extended(until=far)), ended]


def _allowed(told: Told) -> Iterator[Dated]:
    """Nobody says anything in a relationship that they are not in, and a goal that is closed stays so."""
    closed, lin = set[UUID](), False
    for one in told:
        match one.event:
            case m.MemberJoined() | m.MemberLeft():
                lin = isinstance(one.event, m.MemberJoined)
            case m.GoalAchieved() | m.GoalDropped() | m.GoalProgressed():
                if one.event.goal in closed:
                    continue
                if not isinstance(one.event, m.GoalProgressed):
                    closed.add(one.event.goal)
            case _ if getattr(one.event, "by", None) == LIN.id and not lin:
                continue
            case _:
                pass
        yield one


def in_order(told: Told) -> list[Dated]:
    return sorted(told, key=lambda one: one.at)


@dataclass(frozen=True)
class Pause:
    """Put into a life: everything after it happens so much later."""

    at: datetime
    days: int

    def later(self, at: datetime) -> datetime:
        return at + timedelta(days=self.days) if at > self.at else at

    def within(self, told: Told) -> list[Dated]:
        moved = [Dated(self.later(one.at), one.stream, self._dated(one)) for one in told]
        ends = self.at + timedelta(days=self.days)
        rest = [
            Dated(self.at, hand.MENTORSHIP, m.Paused(until=ends.date())),
            Dated(ends, hand.MENTORSHIP, m.Resumed()),
        ]
        return in_order([*moved, *rest])

    def fits(self, told: Told) -> bool:
        """It runs, so that it can be paused."""
        state = m.Mentorship()
        for one in told:
            if one.at <= self.at and isinstance(one.event, m.MentorshipEvent):
                state = m.evolve(state, one.event)
        return state.status is Status.RUNNING

    def _dated(self, one: Dated) -> DomainEvent:
        """The planned end is put off by the pause. A day given for something moves by itself."""
        match one.event:
            case m.Began():
                return one.event.model_copy(update={"planned_end": self._day(one.event.planned_end)})
            case m.Extended() | m.Reopened():
                return one.event.model_copy(update={"until": self._day(one.event.until)})
            case Assigned(due=date() as due) if one.at > self.at:
                return one.event.model_copy(update={"due": due + timedelta(days=self.days)})
            case _:
                return one.event

    def _day(self, day: date) -> date:
        return self.later(datetime.combine(day, time(), UTC)).date()


moments: Final = st.integers(1, MOMENTS).map(lambda hour: hand.day((hour + 0.75) / 24))
pauses: Final = st.builds(
    Pause, st.integers(1, MOMENTS).map(lambda hour: hand.day((hour + 0.25) / 24)), st.integers(1, 30)
)
