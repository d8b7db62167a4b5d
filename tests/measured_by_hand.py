"""Relationships whose metrics have been worked out by hand, for the plain arithmetic and for the SQL alike.

All of them begin on a Monday, day 0, between Ada, who mentors, and Noor; they meet every 14 days and are to
end after 140. `day(3.5)` is noon of day 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from domain import assignment, conversation, meeting, survey
from domain import mentorship as m
from domain.accountability_settings import AccountabilitySettings, Degree, Metric
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, conversation_id
from domain.measuring import Dated
from domain.program_settings import Kind, Milestone, PlanSettings, RelationshipType, Settings, Side
from domain.relationship import Member
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from tests.people import ADA, LIN, NOOR, ONBOARDING

BEGINNING: Final = datetime(2023, 3, 6, tzinfo=UTC)
CADENCE: Final = 14
PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair", cadence_days=CADENCE)
PLAN: Final = PlanSettings(
    milestones=(
        Milestone(id="goals", title="Goals", due_day=14),
        Milestone(id="plan", title="Plan", due_day=28),
        Milestone(id="half", title="Half time", due_day=70),
    )
)
SETTINGS: Final = Settings(
    relationship_types=(PAIR,), plan=PLAN, accountability=AccountabilitySettings(degree=Degree.STRICT)
)
MENTORSHIP: Final = MentorshipId(UUID(int=0x51))
LISTEN, ASK = UUID(int=0xA1), UUID(int=0xA2)


def day(number: float) -> datetime:
    return BEGINNING + timedelta(days=number)


def day_of(number: int) -> date:
    return day(number).date()


def on(number: float, event: DomainEvent, stream: UUID = MENTORSHIP) -> Dated:
    return Dated(day(number), stream, event)


def began(*others: Member, as_peers: bool = False) -> Dated:
    ada = Member(participant=ADA.id, role=Side.MENTEE if as_peers else Side.MENTOR)
    noor = Member(participant=NOOR.id, role=Side.MENTEE)
    return on(
        0,
        m.Began(
            program=ONBOARDING,
            settings_version=1,
            type=PAIR,
            members=(ada, noor, *others),
            planned_end=day_of(140),
        ),
    )


def _meeting(number: float, outcome: DomainEvent) -> tuple[Dated, Dated]:
    stream = UUID(int=0x3E0000 + round(number * 1440))
    slot = meeting.Slot(starts_at=day(number), minutes=60)
    proposed = meeting.Proposed(mentorship=MENTORSHIP, by=ADA.id, slots=(slot,), time_zone="UTC")
    return on(max(0, number - 1), proposed, stream), on(number, outcome, stream)


def held(number: float, minutes: int = 60) -> tuple[Dated, Dated]:
    both = (ADA.id, NOOR.id)
    outcome = meeting.Held(by=ADA.id, started_at=day(number), duration_minutes=minutes, attendance=both)
    return _meeting(number, outcome)


def missed(number: float) -> tuple[Dated, Dated]:
    return _meeting(number, meeting.Missed(by=ADA.id, missed_by=(NOOR.id,)))


def called_off(number: float, *, late: bool, by: ParticipantId | None = NOOR.id) -> tuple[Dated, Dated]:
    return _meeting(number, meeting.Cancelled(by=by, late=late))


def checked_in(number: float, by: ParticipantId) -> Dated:
    return on(number, m.CheckedIn(by=by, ratings={"progress": 4}))


def said(number: float, by: ParticipantId) -> Dated:
    id_ = UUID(int=round(number * 1440))
    message = conversation.MessageSent(mentorship=MENTORSHIP, message=id_, by=by, text="Hello")
    return on(number, message, conversation_id(MENTORSHIP))


def assigned(
    number: float, due: int | None, stream: int, *after: tuple[float, DomainEvent]
) -> tuple[Dated, ...]:
    given = assignment.Assigned(
        mentorship=MENTORSHIP, by=ADA.id, to=NOOR.id, title="Read", due=day_of(due) if due else None
    )
    return tuple(on(when, event, UUID(int=stream)) for when, event in ((number, given), *after))


def rated(
    number: float, by: ParticipantId, rating: int | None, kind: SurveyKind = SurveyKind.RECURRING
) -> tuple[Dated, Dated]:
    """Asked the day before; without a rating only other things are answered."""
    stream = UUID(int=0x5000000000 + round(number * 1440) * 1000 + by.int % 997)
    form = DEFAULT_FORMS[kind]
    question = form.questions[0].id
    asked = survey.Asked(
        mentorship=MENTORSHIP, program=ONBOARDING, to=by, kind=kind, questions=form.questions,
        due=day_of(int(number) + 14),
    )  # fmt: skip
    answered = survey.Answered(by=by, ratings={question: rating} if rating else {"other": 5})
    return on(max(0, number - 1), asked, stream), on(number, answered, stream)


def rest(begins: float, ends: float) -> tuple[Dated, Dated]:
    return on(begins, m.Paused(until=day_of(int(ends)))), on(ends, m.Resumed())


def goal(number: float, id_: UUID, *after: tuple[float, DomainEvent]) -> tuple[Dated, ...]:
    first = on(number, m.GoalSet(goal=id_, by=NOOR.id, text="Listen"))
    return first, *(on(when, event) for when, event in after)


@dataclass(frozen=True)
class Example:
    """`value` is None where there is nothing to measure yet."""

    metric: Metric
    told: tuple[Dated, ...]
    at: float
    value: float | None

    @property
    def events(self) -> list[Dated]:
        return sorted(self.told, key=lambda one: one.at)


EXAMPLES: Final[Mapping[str, Example]] = {
    # 60 days are four whole periods of 14; three meetings were held: 3/4.
    "three of four meetings": Example(
        Metric.MEETING_CADENCE, (began(), *held(3), *held(20), *held(59)), 60, 3 / 4
    ),
    "no meeting is expected in the first period": Example(Metric.MEETING_CADENCE, (began(),), 13.9, None),
    "more than expected is all of it": Example(
        Metric.MEETING_CADENCE, (began(), *held(1), *held(2), *held(3)), 15, 1.0
    ),
    # Of 60 days 20 were paused: 40 are two whole periods, and one meeting was held: 1/2.
    "a pause counts for no meeting": Example(
        Metric.MEETING_CADENCE, (began(), *held(3), *rest(10, 30)), 60, 1 / 2
    ),
    # Two held, one missed, one called off late; one called off in time and one that fell do not count: 2/4.
    "half of the sessions": Example(
        Metric.SESSION_COMPLETION,
        (
            began(), *held(3), *held(8), *missed(17), *called_off(24, late=True),
            *called_off(31, late=False), *called_off(38, late=True, by=None),
        ),
        40, 2 / 4,
    ),
    # Missed on day 12, in the pause from day 10 to 30: of one session one was held.
    "what is missed in a pause": Example(
        Metric.SESSION_COMPLETION, (began(), *held(3), *missed(12), *rest(10, 30)), 40, 1.0
    ),
    "no session yet": Example(Metric.SESSION_COMPLETION, (began(),), 40, None),
    # Two periods are over on day 30, two members in each: four are due, three were given: 3/4.
    "three of four check-ins": Example(
        Metric.CHECK_IN_RATE,
        (began(), checked_in(10, ADA.id), checked_in(12, NOOR.id), checked_in(26, NOOR.id)), 30, 3 / 4,
    ),
    # Lin is there from day 20 on: two are due on day 14, three on day 28; one was given: 1/5.
    "whoever joins owes no check-in of before": Example(
        Metric.CHECK_IN_RATE,
        (
            began(), checked_in(10, ADA.id),
            on(20, m.MemberJoined(member=Member(participant=LIN.id, role=Side.MENTEE))),
        ),
        30, 1 / 5,
    ),
    # One goal stands at 60, one is achieved, which is 100; the third was dropped: 160/200.
    "goals on their way": Example(
        Metric.GOAL_PROGRESS,
        (
            began(),
            *goal(1, LISTEN, (20, m.GoalProgressed(goal=LISTEN, by=ADA.id, percent=60))),
            *goal(2, ASK, (25, m.GoalProgressed(goal=ASK, by=ADA.id, percent=30)),
                  (29, m.GoalAchieved(goal=ASK, by=ADA.id))),
            *goal(3, UUID(int=0xA3), (26, m.GoalProgressed(goal=UUID(int=0xA3), by=ADA.id, percent=10)),
                  (28, m.GoalDropped(goal=UUID(int=0xA3), by=ADA.id))),
        ),
        30, 160 / 200,
    ),
    # On day 40 two milestones are due, of days 14 and 28. The first was reached on day 10, the second on day
    # 35, of which five were paused: its 30th. The third is early, and not due. 1/2.
    "one milestone of two on time": Example(
        Metric.MILESTONES_ON_TIME,
        (
            began(), on(10, m.MilestoneReached(milestone="goals")), *rest(20, 25),
            on(35, m.MilestoneReached(milestone="plan")), on(36, m.MilestoneReached(milestone="half")),
        ),
        40, 1 / 2,
    ),
    # Reached on day 30, of which five were paused: its 25th, and day 28 is when it is due.
    "a pause moves the day": Example(
        Metric.MILESTONES_ON_TIME,
        (began(), on(10, m.MilestoneReached(milestone="goals")), *rest(20, 25),
         on(30, m.MilestoneReached(milestone="plan"))),
        40, 1.0,
    ),
    # Due on days 10, 20 and 30; the fourth only on day 50, the fifth was dropped. Two are completed, of which
    # one is not due yet: 1/3.
    "one assignment of three": Example(
        Metric.LEARNING_COMPLETION,
        (
            began(),
            *assigned(1, 10, 0xB1, (9, assignment.Completed(by=ADA.id))),
            *assigned(1, 20, 0xB2), *assigned(1, 30, 0xB3),
            *assigned(1, 50, 0xB4, (12, assignment.Completed(by=ADA.id))),
            *assigned(1, 20, 0xB5, (15, assignment.Dropped(by=ADA.id))),
        ),
        40, 1 / 3,
    ),
    "what has no day is never due": Example(
        Metric.LEARNING_COMPLETION, (began(), *assigned(1, None, 0xB1)), 100, None
    ),
    # Given on day 1 for day 20, which is over on day 21, and moved by the ten paused days to day 31.
    "an assignment that a pause makes due later": Example(
        Metric.LEARNING_COMPLETION, (began(), *assigned(1, 20, 0xB1), *rest(10, 20)), 30.9, None
    ),
    "an assignment that a pause has made due later": Example(
        Metric.LEARNING_COMPLETION, (began(), *assigned(1, 20, 0xB1), *rest(10, 20)), 31, 0.0
    ),
    # Noor writes on days 1 and 2, Ada answers on day 3: 48 and 24 hours; Noor answers her on day 3.5: 12.
    # Ada's words of day 3.25 were answered by the same: 6. What Noor said last has no answer yet.
    # The median of 6, 12, 24 and 48 is 18.
    "replies in hours": Example(
        Metric.RESPONSE_TIME,
        (
            began(), said(1, NOOR.id), said(2, NOOR.id), said(3, ADA.id), said(3.25, ADA.id),
            said(3.5, NOOR.id),
        ),
        10, 18.0,
    ),
    # Among peers anybody else answers: Ada after 24 hours, and Noor after 12 of hers.
    "replies among peers": Example(
        Metric.RESPONSE_TIME,
        (began(as_peers=True), said(1, NOOR.id), said(2, ADA.id), said(2.25, ADA.id), said(2.5, NOOR.id)),
        10, 12.0,
    ),
    # Asked on day 1, answered on day 6; from day 2 to day 5 it was paused: 48 hours.
    "a pause lets an answer wait": Example(
        Metric.RESPONSE_TIME, (began(), said(1, NOOR.id), *rest(2, 5), said(6, ADA.id)), 10, 48.0
    ),
    # Noor's last rating is 4 (her 2 was before, and her last survey did not ask), Ada's 3: (4 + 3)/2.
    "each side's last rating": Example(
        Metric.SATISFACTION,
        (
            began(), *rated(30, NOOR.id, 2), *rated(31, ADA.id, 3), *rated(60, NOOR.id, 4),
            *rated(61, NOOR.id, None),
        ),
        70, 3.5,
    ),
    # The mentees' mean is (5 + 2)/2 = 3.5, their mentor's 3: (3.5 + 3)/2.
    "sides weigh the same": Example(
        Metric.SATISFACTION,
        (
            began(Member(participant=LIN.id, role=Side.MENTEE)), *rated(30, NOOR.id, 5),
            *rated(30, LIN.id, 2), *rated(30, ADA.id, 3),
        ),
        70, 3.25,
    ),
    # 45 and 90 minutes: 135/60.
    "two hours and a quarter": Example(
        Metric.HOURS_MENTORED, (began(), *held(3, 45), *held(20, 90)), 30, 2.25
    ),
}  # fmt: skip


def elsewhere(told: list[Dated], mentorship: MentorshipId) -> list[Dated]:
    """The same in another relationship."""
    own = {MENTORSHIP: mentorship, conversation_id(MENTORSHIP): conversation_id(mentorship)}
    moved = {"mentorship": mentorship}
    return [
        Dated(
            one.at,
            own.get(one.stream) or uuid5(mentorship, str(one.stream)),
            one.event.model_copy(update=moved) if "mentorship" in type(one.event).model_fields else one.event,
        )
        for one in told
    ]
