"""When the people of a relationship meet: proposed, agreed on, held or missed, moved or called off."""

from datetime import datetime, timedelta
from typing import Any, Final

from deploy.ninety_days import sentences
from deploy.ninety_days.life import Life, Strand
from deploy.ninety_days.talking import HOURS_A_DAY
from domain import meeting, meeting_times
from domain.aggregate import Decision, Stream
from domain.course import kind_of
from domain.ids import MeetingId, ParticipantId
from domain.meeting import MEETING, OPEN, Held, Meeting, Missed, Noted, Proposed, Slot, Visibility

MINUTES: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
SOONEST: Final = timedelta(hours=2)
"""Before it begins a meeting is still confirmed, moved or called off; later, people just come or do not."""
PLACES: Final = ("Room 4.12", "The canteen, by the window", "My office", None, None)
LINK: Final = "https://meet.velmora.example/our-hour"


def meeting_up(life: Life) -> Strand:
    """One meeting after another, about as often as the relationship's type says."""
    yield life.later(life.chance.uniform(1, 6), life.mentee)
    while True:
        while life.within.unsigned:
            yield life.later(2, life.mentee)
        if life.happens(life.cast.temper.meets):
            yield from _Appointment(life).kept()
        yield life.later(_cadence(life) * life.chance.uniform(0.62, 0.95) * _ease(life), life.mentee)


def _cadence(life: Life) -> int:
    kind = kind_of(life.held, life.within)
    assert kind is not None  # noqa: S101 every relationship begins as one of a type
    return kind.cadence_days


def _ease(life: Life) -> float:
    """Who meets readily keeps to the cadence; who does not, lets it slip."""
    return 1.0 if life.cast.temper.meets >= 1 else life.chance.uniform(0.9, 1.5)


class _Appointment:
    """One meeting, from the first proposal to what came of it."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.id = MeetingId(life.new("meeting"))
        self.asker, self.other = life.mentee, life.mentor if life.mentor != life.mentee else life.people[1]
        if life.chance.random() < 0.3:
            self.asker, self.other = self.other, self.asker

    @property
    def stream(self) -> Stream[Meeting]:
        return MEETING.stream(self.id)

    @property
    def state(self) -> Meeting:
        state: Meeting = self.life.state(self.stream)
        return state

    def decide(self, who: ParticipantId, decision: Decision, **wish: Any) -> None:
        self.life.do(str(who), self.stream, decision, within=self.life.within, **wish)

    def kept(self) -> Strand:
        life, chance = self.life, self.life.chance
        self.propose()
        yield life.later(life.drawn(life.cast.temper.answers_hours) / HOURS_A_DAY / 2, self.other)
        if not self.agree():
            return
        if chance.random() < 0.12:
            yield life.later(0.3, self.other)
            self.move()
        if chance.random() < 0.25:
            self.note(self.asker, chance.choice(sentences.NOTES), Visibility.AUTHOR)
        yield from self.take_place()

    def propose(self) -> None:
        life, chance = self.life, self.life.chance
        first = life.later(chance.uniform(2.2, 5), life.mentee)
        times = [first] + ([life.later(chance.uniform(5, 7), life.mentee)] if chance.random() < 0.4 else [])
        near = len({life.zone_of(who).key for who in life.people}) == 1
        there = {"place": chance.choice(PLACES)} if near else {"link": LINK}
        proposed = Proposed(
            mentorship=life.cast.mentorship,
            by=self.asker,
            slots=tuple(map(self.slot, dict.fromkeys(map(_on_the_quarter, times)))),
            time_zone=life.zone_of(self.asker).key,
            title=chance.choice(sentences.TITLES),
            agenda=chance.choice((life.cast.talk.agenda, *sentences.AGENDAS)),
            **there,
        )
        self.decide(self.asker, meeting.propose, proposed=proposed, now=life.now)

    def slot(self, starts_at: datetime) -> Slot:
        kind = kind_of(self.life.held, self.life.within)
        return Slot(starts_at=starts_at, minutes=kind.session_minutes if kind else 60)

    @property
    def in_time(self) -> bool:
        """Still open, and not so near that nobody would look at it any more."""
        times = [self.state.slot] if self.state.slot else self.state.slots
        soonest = min((slot.starts_at for slot in times), default=self.life.now)
        return self.state.status in OPEN and soonest - SOONEST > self.life.now

    def agree(self) -> bool:
        """Whether a time is agreed on; one that went by unanswered is called off."""
        life = self.life
        if not self.in_time:
            self.call_off(self.asker, None)
            return False
        slot = life.chance.choice(self.state.slots)
        self.decide(self.other, meeting_times.confirm, by=self.other, slot=slot, now=life.now)
        for guest in life.people:
            if guest not in {self.asker, self.other} and life.chance.random() < 0.8:
                accepted = {"by": guest, "answer": meeting.Answer.ACCEPTED, "now": life.now}
                self.decide(guest, meeting_times.answer, **accepted)
        return True

    def move(self) -> None:
        """To another time; where it is too late for that, it stays."""
        if self.in_time and self.state.slot:
            slot = self.slot(self.state.slot.starts_at + self.life.chance.choice((1, 2, 7)) * DAY)
            self.decide(self.other, meeting_times.reschedule, by=self.other, slot=slot, now=self.life.now)

    def call_off(self, by: ParticipantId, reason: str | None) -> None:
        if self.state.status in OPEN and not self.state.begun(self.life.now):
            self.decide(by, meeting_times.cancel, by=by, now=self.life.now, reason=reason)

    def take_place(self) -> Strand:
        life, chance, slot = self.life, self.life.chance, self.state.slot
        assert slot is not None  # noqa: S101 a time has just been agreed on
        comes = life.happens(life.cast.temper.comes)
        if not comes and chance.random() < 0.6:
            notice = timedelta(hours=chance.uniform(3, 60))
            yield max(slot.starts_at - notice, life.now)
            self.call_off(chance.choice(life.people), chance.choice(sentences.CANCELLING))
            return
        yield slot.starts_at + (slot.minutes + chance.randint(3, 600)) * MINUTES
        if self.state.status not in OPEN:
            return
        if comes:
            self.hold(slot)
        else:
            self.miss()

    def hold(self, slot: Slot) -> None:
        life, chance = self.life, self.life.chance
        there = [who for who in life.people if who in {self.asker, self.other} or chance.random() < 0.85]
        lasted = min(slot.minutes + chance.choice((-10, -5, 0, 0, 0, 5, 15)), _minutes_since(slot, life.now))
        held = Held(
            by=life.mentor,
            started_at=slot.starts_at,
            duration_minutes=lasted,
            attendance=tuple(there),
            minutes=chance.choice((life.cast.talk.minutes, *sentences.MINUTES))
            if chance.random() < 0.7
            else None,
        )
        self.decide(life.mentor, meeting.hold, held=held, now=life.now)
        if chance.random() < 0.3:
            self.note(life.mentee, chance.choice(sentences.MINUTES), Visibility.MEMBERS)

    def miss(self) -> None:
        """Whoever came says so."""
        absent = self.asker if self.life.chance.random() < 0.5 else self.other
        came = self.other if absent == self.asker else self.asker
        self.decide(came, meeting.miss, missed=Missed(by=came, missed_by=(absent,)), now=self.life.now)

    def note(self, by: ParticipantId, text: str, visibility: Visibility) -> None:
        noted = Noted(note=self.life.new("note"), by=by, text=text, visibility=visibility)
        self.decide(by, meeting.note, noted=noted)


def _on_the_quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def _minutes_since(slot: Slot, now: datetime) -> int:
    return int((now - slot.starts_at) / MINUTES)
