"""What becomes of a relationship that does not just go on: a pause, an end, another mentor, a worry."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from deploy.ninety_days import sentences
from deploy.ninety_days.life import Life, Strand
from deploy.ninety_days.temper import ORDINARY, Turn
from domain import course, goals, meeting_times, parting
from domain.aggregate import Decision, Step
from domain.ids import successor_id
from domain.meeting import MEETING
from domain.mentorship import MENTORSHIP, Began, EndReason, Outcome

RESUMING: Final = "accompanying"
"""Who ends a pause on its day: the worker of that name."""
MORNING: Final = time(0, 4, tzinfo=UTC)
PAUSES: Final = (12, 30)
"""How many days."""
REASONS: Final = (EndReason.NO_TIME, EndReason.NO_FIT, EndReason.GOALS_CHANGED, EndReason.OTHER)
OUTCOMES: Final = (Outcome.ACHIEVED, Outcome.ACHIEVED, Outcome.ACHIEVED, Outcome.PARTLY_ACHIEVED)


def turning(life: Life) -> Strand:
    """What its temper has in store for it."""
    turn = life.cast.temper.turn
    if turn is None:
        return
    yield life.later(life.drawn(life.cast.temper.turns_after), life.mentor)
    turns = {
        Turn.PAUSES: _pause,
        Turn.ENDS: _end,
        Turn.CONCLUDES: _conclude,
        Turn.IS_HANDED_OVER: _hand_over,
    }
    turns[turn](life)


def resuming(life: Life) -> Strand:
    """A pause ends by itself on its day, however often there is one."""
    while not life.over:
        until = life.held.paused_until
        if until is None:
            yield _morning(life.now.date() + timedelta(days=1))
        elif life.now < _morning(until):
            yield _morning(until)
        else:
            stream = MENTORSHIP.stream(life.cast.mentorship)
            life.do(RESUMING, stream, course.resume_in_time, "timer", today=life.now.date())


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING)


def _pause(life: Life) -> None:
    _call_off(life)
    today = life.now.date()
    until = today + timedelta(days=round(life.drawn(PAUSES)))
    life.do(
        str(life.mentee),
        MENTORSHIP.stream(life.cast.mentorship),
        course.pause,
        within=life.within,
        until=until,
        today=today,
    )


def _end(life: Life) -> None:
    _call_off(life)
    chance = life.chance
    by = chance.choice((life.mentor, life.mentee))
    words = chance.choice(sentences.PARTINGS) if chance.random() < 0.7 else None
    no_fault = chance.random() < 0.8
    _ending(life, course.end_early, by=by, reason=chance.choice(REASONS), words=words, no_fault=no_fault)


def _conclude(life: Life) -> None:
    _call_off(life)
    _ending(life, course.conclude, outcome=life.chance.choice(OUTCOMES))


def _ending(life: Life, decision: Decision, **wish: Any) -> None:
    """Together with the places that it frees."""
    _take(life, str(life.mentor), parting.ending(life.within, life.held, decision, **wish))


def _hand_over(life: Life) -> None:
    """To the mentor who was found for it; without one it goes on as it is."""
    cast = life.cast
    if cast.successor is None or cast.parties is None:
        return
    _call_off(life)
    steps = parting.handing_over(life.within, life.held, cast.parties, [cast.successor])
    began: Began = steps[1].arguments["began"]
    child = replace(
        cast,
        mentorship=successor_id(cast.mentorship),
        began=began,
        began_at=life.now,
        temper=ORDINARY,
        seed=f"{cast.seed}, handed over",
        successor=None,
        parties=None,
    )
    _take(life, str(cast.facilitator), steps)
    life.children.append(child)


def _take(life: Life, actor: str, steps: tuple[Step, ...]) -> None:
    first = steps[0]
    events = first.decision(life.held, **first.arguments)
    life.record(actor, "command", *steps)
    life.fold(first.stream, events)


def _call_off(life: Life) -> None:
    """Whatever is still to come."""
    for id_ in life.open_meetings():
        wish: dict[str, Any] = {"by": life.mentor, "now": life.now, "reason": None}
        life.do(str(life.mentor), MEETING.stream(id_), meeting_times.cancel, within=life.within, **wish)


def worrying(life: Life) -> Strand:
    """Where little is left, somebody turns to the staff, who mostly settle it."""
    chance = life.chance
    if not (life.cast.temper.fades_after and chance.random() < 0.4):
        return
    yield life.later(chance.uniform(25, 44), life.mentee)
    concern = life.new("concern")
    told = {
        "concern": concern,
        "text": chance.choice(sentences.CONCERNS),
        "confidential": chance.random() < 0.7,
    }
    life.in_mentorship(life.mentee, goals.raise_concern, **told)
    yield life.later(chance.uniform(1, 6), life.cast.facilitator)
    if chance.random() < 0.7:
        note = chance.choice(sentences.SETTLED)
        life.in_mentorship(life.cast.facilitator, goals.settle_concern, concern=concern, note=note)
