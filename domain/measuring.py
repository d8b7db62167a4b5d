"""The metrics of one relationship from what happened in it, in plain arithmetic.

projections/measured.py computes the same from dated rows, for thousands at once; whatever it says of a
relationship, this says of the same events.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from math import floor
from statistics import fmean, median
from typing import Final
from uuid import UUID

from domain import assignment, conversation, meeting, survey
from domain import mentorship as m
from domain.accountability import Part, part
from domain.accountability_settings import Metric
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.program_settings import Settings, Side
from domain.relationship import Status
from domain.survey_forms import Measure

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Dated:
    """What was recorded at a moment, in the stream of this id."""

    at: datetime
    stream: UUID
    event: DomainEvent


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures that metrics are made of."""

    active_days: float
    cadence_days: int
    elapsed: float
    members: int
    held: int
    missed: int
    late_cancelled: int
    minutes: int
    expected: int
    check_ins: int
    check_ins_due: int
    goals: int
    goals_achieved: int
    goal_percent: int
    milestones_due: int
    milestones_on_time: int
    assignments_due: int
    assignments_completed: int
    hours_to_reply: tuple[float, ...]
    satisfaction: float | None


@dataclass(frozen=True, slots=True)
class Spell:
    """From one change of its course to the next; `runs`: its time counts."""

    begins: datetime
    ends: datetime
    runs: bool
    members: Mapping[ParticipantId, Side]

    @property
    def active(self) -> timedelta:
        return self.ends - self.begins if self.runs else timedelta()


@dataclass
class Course:
    """The mentorship's own events, folded until a moment."""

    until: datetime
    state: m.Mentorship = field(default_factory=m.Mentorship)
    spells: list[Spell] = field(default_factory=list)

    def follow(self, told: Iterable[Dated]) -> "Course":
        since = self.until
        for one in told:
            self._close(since, one.at)
            self.state, since = m.evolve(self.state, one.event), one.at  # type: ignore[arg-type]  # its stream
        self._close(since, self.until)
        return self

    def _close(self, begins: datetime, ends: datetime) -> None:
        if self.state.began:
            runs = self.state.status is Status.RUNNING
            self.spells.append(Spell(begins, ends, runs, dict(self.state.members)))

    def active(self, at: datetime) -> timedelta:
        """How much time had counted by then."""
        return sum(
            (min(one.ends, at) - one.begins for one in self.spells if one.runs and one.begins < at),
            timedelta(),
        )

    def runs(self, at: datetime) -> bool:
        return self._at(at).runs

    def members(self, at: datetime) -> Mapping[ParticipantId, Side]:
        return self._at(at).members

    def _at(self, at: datetime) -> Spell:
        """What is of the very moment of a change is after it."""
        return [one for one in self.spells if one.begins <= at][-1]

    @property
    def still_at(self) -> datetime:
        """Since when no time counts; if it does, the moment itself."""
        resting = takewhile(lambda one: not one.runs, reversed(self.spells))
        return min((one.begins for one in resting), default=self.until)


def counts(told: Sequence[Dated], settings: Settings, as_of: datetime) -> Counts:
    """`told` is all of one relationship, in the order it happened; `settings` are of the version it keeps."""
    until = [one for one in told if one.at <= as_of]
    course = Course(as_of).follow(one for one in until if isinstance(one.event, m.MentorshipEvent))
    began = course.state.began
    assert began is not None  # noqa: S101 what never began is not measured
    offered = {kind.id: kind for kind in settings.relationship_types}
    cadence = offered.get(began.type.id, began.type).cadence_days
    days = course.active(as_of) / DAY
    left = _midnight(course.state.planned_end) - course.still_at
    whole = days + max(timedelta(), left) / DAY
    due, on_time = _milestones(until, settings, course, days)
    given, done = _assignments(until, course)
    percents = [goal.percent for goal in course.state.goals.values() if goal.percent is not None]
    return Counts(
        active_days=days,
        cadence_days=cadence,
        elapsed=days / whole if whole else 1.0,
        members=len(course.state.members),
        held=_many(until, meeting.Held),
        missed=sum(isinstance(one.event, meeting.Missed) and course.runs(one.at) for one in until),
        late_cancelled=sum(_called_off_late(one.event) and course.runs(one.at) for one in until),
        minutes=sum(one.event.duration_minutes for one in until if isinstance(one.event, meeting.Held)),
        expected=floor(days / cadence),
        check_ins=_many(until, m.CheckedIn),
        check_ins_due=_check_ins_due(course, cadence),
        goals=len(percents),
        goals_achieved=sum(goal.achieved for goal in course.state.goals.values()),
        goal_percent=sum(percents),
        milestones_due=due,
        milestones_on_time=on_time,
        assignments_due=given,
        assignments_completed=done,
        hours_to_reply=tuple(_hours_to_reply(until, course)),
        satisfaction=_satisfaction(until, course.state.members),
    )


def values(of: Counts) -> dict[Metric, float]:
    """Of the metrics that have data."""
    told = {
        Metric.MEETING_CADENCE: _at_most_one(of.held, of.expected),
        Metric.SESSION_COMPLETION: _share(of.held, of.held + of.missed + of.late_cancelled),
        Metric.CHECK_IN_RATE: _at_most_one(of.check_ins, of.check_ins_due),
        Metric.GOAL_PROGRESS: _share(of.goal_percent, 100 * of.goals),
        Metric.MILESTONES_ON_TIME: _share(of.milestones_on_time, of.milestones_due),
        Metric.LEARNING_COMPLETION: _share(of.assignments_completed, of.assignments_due),
        Metric.RESPONSE_TIME: median(of.hours_to_reply) if of.hours_to_reply else None,
        Metric.SATISFACTION: of.satisfaction,
        Metric.HOURS_MENTORED: of.minutes / 60 if of.held or of.expected else None,
    }
    return {metric: value for metric, value in told.items() if value is not None}


def parts(of: Counts, settings: Settings) -> tuple[Part, ...]:
    """Of the metrics that the programme has chosen and that have data."""
    known = values(of)
    return tuple(
        part(target, known[target.metric], of.elapsed)
        for target in settings.accountability.measured()
        if target.metric in known
    )


def _share(part_: int, whole: int) -> float | None:
    return part_ / whole if whole else None


def _at_most_one(done: int, wanted: int) -> float | None:
    return min(1.0, done / wanted) if wanted else None


def _many(told: Sequence[Dated], kind: type[DomainEvent]) -> int:
    return sum(isinstance(one.event, kind) for one in told)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _called_off_late(event: DomainEvent) -> bool:
    """Without anybody's doing it fell with its relationship."""
    return isinstance(event, meeting.Cancelled) and event.late and event.by is not None


def _check_ins_due(course: Course, cadence: int) -> int:
    """One of each member at the end of every whole period."""
    due, passed = 0, timedelta()
    for spell in course.spells:
        periods = floor((passed + spell.active) / DAY / cadence) - floor(passed / DAY / cadence)
        due, passed = due + periods * len(spell.members), passed + spell.active
    return due


def _milestones(told: Sequence[Dated], settings: Settings, course: Course, days: float) -> tuple[int, int]:
    """Due by now, and those of them that were reached in time."""
    due = {one.id: one.due_day for one in settings.plan.milestones if one.due_day <= days}
    reached = {
        one.event.milestone: course.active(one.at) / DAY
        for one in reversed(told)
        if isinstance(one.event, m.MilestoneReached)
    }
    return len(due), sum(reached.get(id_, day + 1) <= day for id_, day in due.items())


def _assignments(told: Sequence[Dated], course: Course) -> tuple[int, int]:
    """Due once their day is over, later by what has been paused since; and those of them completed."""
    given: dict[UUID, Dated] = {}
    completed = set()
    for one in told:
        match one.event:
            case assignment.Assigned():
                given[one.stream] = one
            case assignment.Dropped():
                given.pop(one.stream, None)
            case assignment.Completed():
                completed.add(one.stream)
            case _:
                pass
    due = {id_ for id_, one in given.items() if _is_due(one, course)}
    return len(due), len(due & completed)


def _is_due(given: Dated, course: Course) -> bool:
    day = given.event.due if isinstance(given.event, assignment.Assigned) else None
    if day is None:
        return False
    allowed = _midnight(day + DAY) - given.at
    return allowed <= course.active(course.until) - course.active(given.at)


_Talk = conversation.MessageSent | conversation.QuestionAsked | conversation.QuestionAnswered


def _hours_to_reply(told: Sequence[Dated], course: Course) -> Iterable[float]:
    """Of each word that was answered, until the first word of the other side."""
    said = [(one.at, one.event.by) for one in told if isinstance(one.event, _Talk)]
    for number, (at, by) in enumerate(said):
        later = (reply for reply, who in said[number + 1 :] if _answers(course, at, by, who, reply))
        if reply := next(later, None):
            yield (course.active(reply) - course.active(at)) / HOUR


def _answers(course: Course, at: datetime, by: ParticipantId, who: ParticipantId, reply: datetime) -> bool:
    """Where both sides were there, somebody of the other one; else anybody else."""
    there = course.members(at)
    if len(set(there.values())) > 1 and by in there:
        return course.members(reply).get(who, there[by]) is not there[by]
    return who != by


def _satisfaction(told: Sequence[Dated], members: Mapping[ParticipantId, Side]) -> float | None:
    """The mean of the sides; each is the mean of its members' last survey that asks about it."""
    asked: dict[UUID, frozenset[str]] = {}
    last: dict[ParticipantId, float] = {}
    for one in told:
        match one.event:
            case survey.Asked():
                counting = (q.id for q in one.event.questions if q.measures is Measure.SATISFACTION)
                asked[one.stream] = frozenset(counting)
            case survey.Answered():
                rated = [n for id_, n in one.event.ratings.items() if id_ in asked[one.stream]]
                last |= {one.event.by: fmean(rated)} if rated else {}
            case _:
                pass
    sides = [[last[who] for who, side in members.items() if side is of and who in last] for of in Side]
    means = [fmean(ratings) for ratings in sides if ratings]
    return fmean(means) if means else None
