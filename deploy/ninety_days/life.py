"""A relationship while it is lived: its streams in hand, what was done in it, and what its people do next.

What people do is told in strands, each a generator: it does something, and gives the moment at which it goes
on. The strands of one relationship are woven into one life, in the order of their moments.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from random import Random
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from deploy.demo_programs import DEMO
from deploy.demo_talk import Talk
from deploy.ninety_days.temper import Span, Temper
from domain.aggregate import Aggregate, Decision, Step, Stream
from domain.command import Cause, Command
from domain.conversation import CONVERSATION
from domain.event import DomainEvent
from domain.ids import MeetingId, MentorshipId, ParticipantId, conversation_id
from domain.meeting import OPEN, Held, Meeting
from domain.mentorship import MENTORSHIP, Began, Mentorship, relationship
from domain.program_settings import Settings, Side
from domain.proposing import Parties
from domain.relationship import RUNNING, Relationship, Status
from domain.surveying import Course, HeldMeeting, course_of

Strand = Iterator[datetime]
"""What somebody does, one thing after another; each moment is that of the next thing."""

OPENS, CLOSES = 8, 18
"""The hours of a day in which people are at work."""
WEEKDAYS: Final = 5
HOME: Final = "UTC"
"""Where somebody is at work who does not say."""
FADED: Final = 0.12
"""What is left of everything where a relationship has faded."""


@dataclass(frozen=True, slots=True)
class Content:
    """Of a document, under the key that it is kept by."""

    key: str
    bytes: bytes


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done, as the log is asked to record it; `content` is kept before."""

    command: Command
    steps: tuple[Step, ...]
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who lives a relationship, and what it is like. `zones` are where its people are at work.

    `facilitator` looks after it; `parties` are those of `successor`, the mentor whom it is handed over to,
    where it is.
    """

    mentorship: MentorshipId
    began: Began
    began_at: datetime
    settings: Settings
    temper: Temper
    talk: Talk
    zones: Mapping[ParticipantId, str]
    facilitator: ParticipantId
    seed: str
    successor: ParticipantId | None = None
    parties: Parties | None = None

    def side(self, side: Side) -> list[ParticipantId]:
        return [member.participant for member in self.began.members if member.role is side]


@dataclass(order=True, slots=True)
class _Waiting:
    """A strand that goes on at its moment; `lasting` also where the relationship rests or has ended."""

    moment: datetime
    number: int
    strand: Strand = field(compare=False)
    lasting: bool = field(compare=False)


class Life:
    """One relationship from its beginning on."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.now = cast, cast.began_at
        self.chance = Random(cast.seed)  # noqa: S311 a story, no secret
        self.deeds: list[Deed] = []
        self.children: list[Cast] = []
        self.met: HeldMeeting | None = None
        self._fades = self._faded_from()
        self._states: dict[UUID, Any] = {}
        self._lived: list[tuple[datetime, DomainEvent]] = [(self.now, cast.began)]
        self._course = course_of(self._lived)
        self._waiting: list[_Waiting] = []
        self._begun = 0
        self._states[cast.mentorship] = MENTORSHIP.evolve(Mentorship(), cast.began)

    # -- who and when

    @property
    def mentor(self) -> ParticipantId:
        """The first on that side speaks for it; in a circle without mentors, the second mentee."""
        guides = self.cast.side(Side.MENTOR)
        return guides[0] if guides else self.cast.side(Side.MENTEE)[1]

    @property
    def mentee(self) -> ParticipantId:
        return self.cast.side(Side.MENTEE)[0]

    @property
    def mentees(self) -> list[ParticipantId]:
        return self.cast.side(Side.MENTEE)

    @property
    def people(self) -> list[ParticipantId]:
        return [member.participant for member in self.cast.began.members]

    def later(self, days: float, who: ParticipantId) -> datetime:
        """So many days on, when that person is at work."""
        zone = self.zone_of(who)
        local = (self.now + timedelta(days=days)).astimezone(zone)
        if local.weekday() >= WEEKDAYS or not OPENS <= local.hour < CLOSES:
            after_work = local.hour >= CLOSES and local.weekday() < WEEKDAYS
            ahead = 1 if after_work else 0
            while (local + timedelta(days=ahead)).weekday() >= WEEKDAYS:
                ahead += 1
            day = local.date() + timedelta(days=ahead)
            hour, minute = self.chance.randrange(OPENS, CLOSES), self.chance.randrange(60)
            local = datetime(
                day.year, day.month, day.day, hour, minute, self.chance.randrange(60), tzinfo=zone
            )
        return max(local, self.now + timedelta(minutes=1)).astimezone(self.now.tzinfo)

    def zone_of(self, who: ParticipantId) -> ZoneInfo:
        return ZoneInfo(self.cast.zones.get(who, HOME))

    def drawn(self, span: Span) -> float:
        return self.chance.uniform(*span)

    def happens(self, likely: float) -> bool:
        """As likely as that, and much less once the relationship has faded."""
        return self.chance.random() < likely * (FADED if self.faded else 1)

    @property
    def faded(self) -> bool:
        return self._fades is not None and self.now >= self._fades

    def _faded_from(self) -> datetime | None:
        span = self.cast.temper.fades_after
        return self.cast.began_at + timedelta(days=self.drawn(span)) if span else None

    # -- what is

    @property
    def held(self) -> Mentorship:
        state: Mentorship = self._states[self.cast.mentorship]
        return state

    @property
    def within(self) -> Relationship:
        return relationship(self.held, self.cast.mentorship, self.cast.settings)

    @property
    def course(self) -> Course:
        return self._course

    @property
    def over(self) -> bool:
        return self.held.status not in RUNNING

    def new(self, what: str) -> UUID:
        """The same thing of the same life always has the same id."""
        return uuid5(self.cast.mentorship, f"{what} {len(self.deeds)}")

    def state(self, stream: Stream[Any]) -> Any:
        return self._states.get(stream.id, stream.aggregate.initial)

    def open_meetings(self) -> list[MeetingId]:
        """Proposed or confirmed, and not begun."""
        return [
            MeetingId(id_)
            for id_, state in self._states.items()
            if isinstance(state, Meeting) and state.status in OPEN and not state.begun(self.now)
        ]

    # -- what is done

    def in_mentorship(self, by: ParticipantId, decision: Decision, **wish: Any) -> None:
        self.do(str(by), MENTORSHIP.stream(self.cast.mentorship), decision, within=self.within, by=by, **wish)

    def says(self, by: ParticipantId, decision: Decision, **wish: Any) -> None:
        stream = CONVERSATION.stream(conversation_id(self.cast.mentorship))
        self.do(str(by), stream, decision, within=self.within, by=by, **wish)

    def do(
        self, actor: str, stream: Stream[Any], decision: Decision, cause: Cause = "command", **wish: Any
    ) -> Sequence[DomainEvent]:
        """Decided here, and recorded to be decided again by the log."""
        events = decision(self.state(stream), **wish)
        if events:
            self.record(actor, cause, Step(_kept(stream), decision, wish))
            self.fold(stream, events)
        return events

    def record(self, actor: str, cause: Cause, *steps: Step) -> None:
        id_ = uuid5(self.cast.mentorship, f"ninety days {len(self.deeds)}")
        self.deeds.append(Deed(Command(id_, actor, correlation_id=DEMO, cause=cause, at=self.now), steps))

    def keep(self, content: Content) -> None:
        """Before what was done last."""
        self.deeds[-1] = replace(self.deeds[-1], content=content)

    def fold(self, stream: Stream[Any], events: Sequence[DomainEvent]) -> None:
        self._states[stream.id] = reduce(stream.aggregate.evolve, events, self.state(stream))
        if stream.id == self.cast.mentorship:
            self._lived += [(self.now, event) for event in events]
            self._course = course_of(self._lived)
        for event in events:
            if isinstance(event, Held):
                self.met = HeldMeeting(MeetingId(stream.id), self.now, event.attendance)

    # -- strand by strand

    def begin(self, strand: Strand, *, lasting: bool = False) -> None:
        self._begun += 1
        self._go_on(_Waiting(self.now, self._begun, strand, lasting))

    def live(self, until: datetime) -> None:
        """All strands, as far as that moment."""
        while self._waiting and self._waiting[0].moment <= until:
            one = heapq.heappop(self._waiting)
            if one.lasting or self.held.status is Status.RUNNING:
                self.now = one.moment
                self._go_on(one)
            elif not self.over:
                self._put_off(one)

    def _go_on(self, one: _Waiting) -> None:
        moment = next(one.strand, None)
        if moment is not None:
            heapq.heappush(self._waiting, replace(one, moment=max(moment, self.now)))

    def _put_off(self, one: _Waiting) -> None:
        """Until the pause is over, and some days more."""
        assert self.held.paused_until is not None  # noqa: S101 only what rests is put off
        back = datetime.combine(self.held.paused_until, self.now.timetz())
        rested = max(one.moment, back) + timedelta(days=self.chance.uniform(0.5, 4))
        heapq.heappush(self._waiting, replace(one, moment=rested))


def _kept(stream: Stream[Any]) -> Stream[Any]:
    """Its state is kept in mind by the store, whatever it holds: with the story, that store ends as well."""
    category = stream.aggregate.category
    return Stream(_KEPT.setdefault(category, replace(stream.aggregate, remembered=True)), stream.id)


_KEPT: Final[dict[str, Aggregate[Any]]] = {}
