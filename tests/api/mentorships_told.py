"""What has happened in the relationships of the small organisation: all that a relationship can show."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

from domain import mentorship as m
from domain import program as g
from domain.accountability_settings import AccountabilitySettings, Confidentiality, Seer
from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, ProgramId, successor_id
from domain.mentorship import MENTORSHIP
from domain.program import PROGRAM
from domain.program_settings import AgreementSettings, Kind, Milestone, PlanSettings, RelationshipType, Side
from domain.relationship import Member
from tests.api.proposed import NAMES

GROUP: Final = RelationshipType(id="group", kind=Kind.GROUP, name="Group")
FLASH: Final = RelationshipType(id="flash", kind=Kind.FLASH, name="Flash session")
CIRCLE, SESSION, ENDED = (MentorshipId(uuid5(NAMES, name)) for name in ("circle", "session", "ended"))
NEXT: Final = successor_id(ENDED)
TOLD: Final = (CIRCLE, SESSION, ENDED, NEXT)
GOAL, DROPPED, WORRY, SECRET = (uuid5(NAMES, name) for name in ("goal", "dropped", "worry", "secret"))

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _terms(onboarding: ProgramId) -> Lives:
    milestones = (
        Milestone(id="goals", title="Goals", due_day=14),
        Milestone(id="half", title="Half", due_day=90),
    )
    trust = Confidentiality(goals=Seer.FACILITATOR, check_ins=Seer.MEMBERS)
    yield (
        onboarding,
        [
            g.PlanSet(settings=PlanSettings(milestones=milestones)),
            g.AgreementSet(settings=AgreementSettings(required=True, text='We "keep" it to ourselves.')),
            g.AccountabilitySet(settings=AccountabilitySettings(confidentiality=trust)),
        ],
    )


def _began(program: ProgramId | None, kind: RelationshipType, *members: Member, **more: Any) -> m.Began:
    end = date(2026, 9, 1)
    return m.Began(program=program, settings_version=1, type=kind, members=members, planned_end=end, **more)


def _circle(onboarding: ProgramId, ada: ParticipantId, noor: ParticipantId, lin: ParticipantId) -> Lives:
    mentee = [Member(participant=one, role=Side.MENTEE) for one in (noor, lin)]
    yield (
        CIRCLE,
        [
            _began(onboarding, GROUP, Member(participant=ada, role=Side.MENTOR), mentee[0]),
            m.AgreementSigned(by=ada, version=1),
            m.GoalSet(goal=GOAL, by=noor, text='Ask "better"', competency="Python", due=date(2026, 3, 1)),
            m.GoalSet(goal=DROPPED, by=ada, text="Everything"),
            m.MemberJoined(member=mentee[1]),
            m.GoalProgressed(goal=GOAL, by=ada, percent=50, note="Half way"),
            m.GoalDropped(goal=DROPPED, by=ada, reason="Too much"),
            m.MilestoneReached(milestone="goals", by=noor),
            m.CheckedIn(by=noor, ratings={"progress": 4}, comment="Good"),
            m.ConcernRaised(concern=WORRY, by=noor, text="We meet late", confidential=False),
            m.ConcernRaised(concern=SECRET, by=ada, text="I am worried"),
            m.ConcernSettled(concern=WORRY, by=noor, note="We meet earlier"),
            m.Paused(until=date(2026, 2, 1)),
            m.Resumed(),
            m.MemberLeft(participant=lin, reason="No time"),
            m.GoalAchieved(goal=GOAL, by=noor),
            m.GlassBroken(reason="A complaint", hours=4),
            m.Paused(until=date(2027, 1, 1)),
        ],
    )


def _others(onboarding: ProgramId, ada: ParticipantId, noor: ParticipantId, max_: ParticipantId) -> Lives:
    pair = (Member(participant=ada, role=Side.MENTOR), Member(participant=noor, role=Side.MENTEE))
    yield SESSION, [_began(None, FLASH, *pair), m.Concluded(outcome=m.Outcome.ACHIEVED)]
    goes_on = m.EndedEarly(by=noor, reason=m.EndReason.NO_FIT, words="We differ", no_fault=False)
    again = m.Reopened(until=date(2026, 10, 1))
    yield ENDED, [_began(onboarding, GROUP, *pair), goes_on, again, m.HandedOver(successor=NEXT)]
    another = Member(participant=max_, role=Side.MENTOR)
    yield NEXT, [_began(onboarding, GROUP, another, pair[1], predecessor=ENDED), goes_on]


def told(people: dict[str, ParticipantId], onboarding: ProgramId) -> list[tuple[Aggregate[Any], Lives]]:
    ada, noor, lin, max_ = (people[name] for name in ("Ada", "Noor", "Lin", "Max"))
    return [
        (PROGRAM, _terms(onboarding)),
        (MENTORSHIP, _circle(onboarding, ada, noor, lin)),
        (MENTORSHIP, _others(onboarding, ada, noor, max_)),
    ]
