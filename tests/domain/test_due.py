"""What falls due in a relationship, the rungs of a ladder, and who hears of what stays undone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.accountability_settings import AccountabilitySettings, Degree, Timers
from domain.due import (
    AT_ONCE,
    ESCALATED,
    FIRST_MEETING,
    REMINDED_OF,
    Thing,
    age,
    escalated,
    escalates,
    ladder,
    lapses,
    next_milestone,
    nothing,
    overdue,
    reminder_id,
    rung,
)
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.mentorship import MENTORSHIP, AgreementSigned, MilestoneReached, Paused, Resumed
from domain.occasions import Occasion
from domain.program_settings import (
    AgreementSettings,
    CommunicationsSettings,
    Milestone,
    PlanSettings,
    Reminder,
    Settings,
)
from domain.surveying import course_of
from tests.domain.related import ASIDE, BEGAN, MENTORSHIP_ID, within
from tests.people import ADA, LIN, NOOR
from tests.scenario import fold

START: Final = datetime(2030, 1, 1, 9, tzinfo=UTC)
PLAN: Final = PlanSettings(
    milestones=(
        Milestone(id="later", title="Later", due_day=60),
        Milestone(id="first", title="First", due_day=10),
        Milestone(id="also-first", title="Also first", due_day=10),
    )
)
SETTINGS: Final = Settings(plan=PLAN, agreement=AgreementSettings(required=True, text="We meet."))
PAUSED, RESUMED = Paused(until=date(2030, 3, 1)), Resumed()


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def late(
    occasion: Occasion,
    detail: str,
    now: float,
    *lived: tuple[float, DomainEvent],
    to: ParticipantId = NOOR.id,
    since: float = 0,
    settings: Settings = SETTINGS,
    **more: Any,
) -> float | None:
    """Days since it fell due."""
    first = more.pop("first", BEGAN)
    events = [event for _, event in lived]
    related = within(*events, settings=settings, first=first, **more)
    held = fold(MENTORSHIP, [first, *events])
    course = course_of([(day(0), first), *((day(number), event) for number, event in lived)])
    thing = Thing(occasion, MENTORSHIP_ID, detail, to, day(since))
    found = overdue(thing, related, held, course=course, now=day(now))
    return None if found is None else found / timedelta(days=1)


def followed(degree: Degree, *ladders: Reminder, **timers: int) -> Settings:
    return Settings(
        accountability=AccountabilitySettings(degree=degree, timers=Timers(**timers)),
        communications=CommunicationsSettings(reminders=ladders),
    )


@pytest.mark.parametrize(
    ("degree", "days"),
    [(Degree.NONE, ()), (Degree.LIGHT, ()), (Degree.STANDARD, AT_ONCE), (Degree.STRICT, AT_ONCE)],
)
def test_the_degree_says_whether_people_are_reminded(degree: Degree, days: tuple[int, ...]) -> None:
    assert {ladder(followed(degree), about) for about in REMINDED_OF} == {days}
    assert {ladder(followed(degree), about) for about in set(Occasion) - REMINDED_OF} == {()}


@pytest.mark.parametrize("degree", Degree)
@pytest.mark.parametrize("about", [Occasion.AGREEMENT, Occasion.INVITATION])
def test_a_ladder_of_its_own_holds_whatever_the_degree(degree: Degree, about: Occasion) -> None:
    own = followed(degree, Reminder(about=about, days=(1, 7)))
    assert ladder(own, about) == (1, 7)
    assert ladder(own, Occasion.MEETING) == ladder(followed(degree), Occasion.MEETING)


@pytest.mark.parametrize(
    ("overdue_days", "sent", "next_one"),
    [(0.5, 0, None), (1, 0, 1), (1, 1, None), (8, 0, 2), (8, 1, 2), (8, 2, None), (40, 0, 3), (40, 3, None)],
)
def test_of_the_rungs_due_only_the_highest_is_sent(
    overdue_days: float, sent: int, next_one: int | None
) -> None:
    assert rung((1, 7, 30), overdue=timedelta(days=overdue_days), sent=sent) == next_one


LADDERS = st.lists(st.integers(1, 60), min_size=1, max_size=10, unique=True).map(sorted)


@drawn(LADDERS, st.lists(st.floats(0, 70), max_size=20).map(sorted))
def test_however_often_it_is_looked_at_each_rung_is_sent_once_at_most(
    days: list[int], looks: list[float]
) -> None:
    """And never one before its day, nor one after a higher one."""
    sent = [0]
    for at in looks:
        number = rung(days, overdue=timedelta(days=at), sent=sent[-1])
        if number is not None:
            assert days[number - 1] <= at
            sent.append(number)
    assert sent == sorted(set(sent))


@drawn(LADDERS, st.floats(0, 70))
def test_after_an_outage_one_is_sent_and_then_none(days: list[int], at: float) -> None:
    number = rung(days, overdue=timedelta(days=at), sent=0)
    assert (number or 0) == sum(one <= at for one in days)
    assert rung(days, overdue=timedelta(days=at), sent=number or 0) is None


WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("degree", "about", "sent", "unheeded", "told"),
    [
        (Degree.STRICT, Occasion.AGREEMENT, 1, 7, True),
        (Degree.STRICT, Occasion.AGREEMENT, 1, 6.9, False),
        (Degree.STRICT, Occasion.AGREEMENT, 0, 7, False),
        (Degree.STANDARD, Occasion.AGREEMENT, 1, 7, False),
        (Degree.STRICT, Occasion.SILENCE, 1, 7, False),
        (Degree.STRICT, Occasion.SURVEY, 1, 7, False),
        (Degree.STRICT, Occasion.WISH, 1, 7, False),
    ],
)
def test_the_administrators_hear_of_what_stays_undone_where_it_is_strict(
    degree: Degree, about: Occasion, sent: int, unheeded: float, *, told: bool
) -> None:
    heard = escalates(followed(degree), about, sent=sent, unheeded=timedelta(days=unheeded))
    assert heard is told


def test_the_administrators_hear_of_it_after_the_last_rung() -> None:
    own = followed(Degree.STRICT, Reminder(about=Occasion.MEETING, days=(1, 7)), escalation=3)
    heard = [escalates(own, Occasion.MEETING, sent=sent, unheeded=WEEK) for sent in (0, 1, 2)]
    assert heard == [False, False, True]


def test_everything_that_they_hear_of_is_reminded_of() -> None:
    assert ESCALATED < REMINDED_OF


def test_an_agreement_waits_for_who_has_not_signed() -> None:
    assert late(Occasion.AGREEMENT, "version-1", 9) == 2
    signed = (1, AgreementSigned(by=NOOR.id, version=1))
    assert late(Occasion.AGREEMENT, "version-1", 9, signed) is None
    assert late(Occasion.AGREEMENT, "version-1", 9, signed, to=ADA.id) == 2
    assert late(Occasion.AGREEMENT, "version-1", 9, settings=Settings()) is None


@pytest.mark.parametrize(("detail", "since", "days"), [(FIRST_MEETING, 0, 10), ("meeting-2", 6, 0)])
def test_people_meet_in_time_and_again(detail: str, since: float, days: float) -> None:
    """First ten days after it began, then fourteen after they met."""
    assert late(Occasion.MEETING, detail, 20, since=since) == days
    assert late(Occasion.MEETING, detail, 20, to=LIN.id) is None


def test_only_the_next_milestone_is_stuck() -> None:
    assert late(Occasion.MILESTONE, "first", 33) == 2
    assert late(Occasion.MILESTONE, "also-first", 33) is None
    reached = (5, MilestoneReached(milestone="first"))
    assert late(Occasion.MILESTONE, "also-first", 33, reached) == 2
    assert late(Occasion.MILESTONE, "first", 33, reached) is None
    assert late(Occasion.MILESTONE, "first", 33, to=LIN.id) is None
    assert late(Occasion.MILESTONE, "first", 33, settings=Settings()) is None


def test_which_milestone_comes_next() -> None:
    held = fold(
        MENTORSHIP, [BEGAN, MilestoneReached(milestone="first"), MilestoneReached(milestone="also-first")]
    )
    coming = next_milestone(SETTINGS, held)
    assert coming is not None
    assert coming.id == "later"
    assert next_milestone(Settings(), held) is None


def test_check_ins_silence_and_endings_fall_due_on_their_day() -> None:
    assert late(Occasion.CHECK_IN, "check-in-1", 20, since=14) == 6
    assert late(Occasion.CHECK_IN, "check-in-1", 20, since=14, to=LIN.id) is None
    assert late(Occasion.SILENCE, "since-2030-01-01", 91) == 1
    assert late(Occasion.SILENCE, "since-2030-01-01", 91, to=LIN.id) == 1
    ends = (datetime(2030, 8, 14, tzinfo=UTC) - START).days
    assert late(Occasion.ENDING, "ends-2030-08-14", ends + 2.625) == 2
    assert late(Occasion.ENDING, "ends-2030-08-14", ends, to=LIN.id) is None


@pytest.mark.parametrize("occasion", [Occasion.WISH, Occasion.SURVEY, Occasion.ANNOUNCEMENT])
def test_what_is_no_matter_of_the_relationship_is_not_told_by_it(occasion: Occasion) -> None:
    assert late(occasion, "wish", 90) is None


MATTERS = (Occasion.AGREEMENT, Occasion.MEETING, Occasion.MILESTONE, Occasion.SILENCE)
DETAILS = {Occasion.MEETING: FIRST_MEETING, Occasion.MILESTONE: "first"}


@pytest.mark.parametrize("occasion", MATTERS)
def test_nobody_is_reminded_in_a_rest_nor_in_an_archive_nor_outside_a_programme(occasion: Occasion) -> None:
    detail = DETAILS.get(occasion, "x")
    assert late(occasion, detail, 100) is not None
    assert late(occasion, detail, 100, (20, PAUSED)) is None
    assert late(occasion, detail, 100, archived=True) is None
    assert late(occasion, detail, 100, first=ASIDE) is None


@drawn(st.sampled_from(MATTERS), st.floats(0, 50), st.floats(0, 50), st.floats(0, 50))
def test_a_rest_brings_nothing_nearer(occasion: Occasion, before: float, rest: float, after: float) -> None:
    """Wherever it lies, it is as if the days after it had followed those before."""
    detail, lived = DETAILS.get(occasion, "x"), ((before, PAUSED), (before + rest, RESUMED))
    rested = late(occasion, detail, before + rest + after, *lived)
    assert rested == pytest.approx(late(occasion, detail, before + after), abs=1e-6)


def test_only_active_days_count() -> None:
    course = course_of([(day(0), BEGAN), (day(10), PAUSED), (day(15), RESUMED)])
    assert age(course, day(5), day(20)) == timedelta(days=10)


@pytest.mark.parametrize(
    ("unheeded", "ends"),
    [((7, 7), True), ((7, 6.9), False), ((7,), False), ((), False)],
)
def test_silence_ends_it_once_every_member_was_warned_in_vain(
    unheeded: tuple[float, ...], *, ends: bool
) -> None:
    told = [timedelta(days=days) for days in unheeded]
    assert lapses(within(settings=SETTINGS), unheeded=told) is ends


def test_each_thing_person_and_rung_is_one_notification() -> None:
    things = [
        Thing(occasion, about, detail, to, START)
        for occasion in (Occasion.MEETING, Occasion.MILESTONE)
        for about in (MENTORSHIP_ID, LIN.id)
        for detail in ("meeting-1", "meeting-2")
        for to in (ADA.id, NOOR.id)
    ]
    ids = {reminder_id(thing, number) for thing in things for number in (1, 2)}
    assert len(ids) == 2 * len(things)
    assert reminder_id(things[0], 1) in ids


def test_what_administrators_hear_fits_a_word_however_long_a_milestone_is_called() -> None:
    thing = Thing(Occasion.MILESTONE, MENTORSHIP_ID, "m" * 60, NOOR.id, START)
    assert escalated(thing) == f"milestone-{'m' * 50}"


def test_a_guard_decides_nothing() -> None:
    assert nothing(object()) == []
