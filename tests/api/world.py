"""A small organisation to read: all that can be shown stands in it, some of it is missing."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID, uuid5

import orjson

from api.context import Context, Services, open_services
from api.execution import execute
from api.operations import refusal
from api.refusals import Problem
from api.relay import global_id
from domain import competency as c
from domain import enrollment as e
from domain import participant as p
from domain import program as g
from domain.aggregate import Aggregate
from domain.command import Command
from domain.competency import COMPETENCY
from domain.enrollment import ENROLLMENT
from domain.event import DomainEvent
from domain.ids import (
    CompetencyId,
    MatchRunId,
    MentorshipId,
    ParticipantId,
    ProgramId,
    ProposalId,
    competency_id,
    enrollment_id,
)
from domain.match_run import MATCH_RUN
from domain.occasions import Occasion
from domain.participant import PARTICIPANT
from domain.permissions import Action, Actor, Role
from domain.preferences import NotificationsPreferred, QuietHours
from domain.profile import Contact, Job, LeavingReason
from domain.program import PROGRAM
from domain.program_settings import Side, StaffRole
from domain.store import Database, KeyRing, Store
from projections import catalogue, runner
from tests.api import (
    assignments_told,
    conversations_told,
    history_told,
    inquiries_told,
    meetings_told,
    mentorships_told,
    notifications_told,
    proposed,
    ran,
    resources_told,
    surveys_told,
    webhooks_told,
)
from tests.organisations import organisation

T = TypeVar("T")
NAMES = UUID("5f0c5f3e-36b4-4c52-9d2c-5a3c6c3a0001")
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def person(name: str) -> ParticipantId:
    return ParticipantId(uuid5(NAMES, name))


def programme(name: str) -> ProgramId:
    return ProgramId(uuid5(NAMES, "programme " + name))


CAST = ("Ada", "Noor", "Sam", "Lin", "Max", "Eve")
ADA, NOOR, SAM, LIN, MAX, EVE = map(person, CAST)
STRANGER = person("somebody whom nobody has registered")
PROGRAMMING, PYTHON, COBOL = map(competency_id, ("programming", "python", "cobol"))
LEADERSHIP, ONBOARDING, RETIRED = map(programme, ("Leadership", "Onboarding", "Retired"))

ADMIN = Actor("admin", frozenset({Role.ORGANISATION_ADMIN}))
AUDITOR = Actor("auditor", frozenset({Role.AUDITOR}))
AS_NOOR = Actor("noor", frozenset({Role.PARTICIPANT}), NOOR)
AS_SAM = Actor("sam", frozenset({Role.PARTICIPANT, Role.ADMINISTRATOR}), SAM)
AS_MAX = Actor("max", frozenset({Role.FACILITATOR}), MAX)
SERVICE = Actor("scim", frozenset({Role.SERVICE}), None, frozenset({Action.SEE_PROFILES.value}))
NOBODY = Actor("nobody", frozenset())
ACTORS = (ADMIN, AUDITOR, AS_NOOR, AS_SAM, AS_MAX, SERVICE, NOBODY)


def people() -> Iterator[tuple[UUID, list[DomainEvent]]]:
    yield (
        SAM,
        [
            p.Registered(
                name='Sam "the" Coordinator', email="sam@example.org", external_id="s-1", source="hr"
            ),
            p.RecordSynced(
                source="hr", changed=("job_title", "department"), job_title="Head", department="People"
            ),
        ],
    )
    yield (
        ADA,
        [
            p.Registered(name="Ada Lovelace", email="ada@example.org", external_id="a-1", source="hr"),
            p.RecordSynced(
                source="hr",
                changed=("job_title", "department", "location", "time_zone", "languages", "manager"),
                job_title='Engineer \\ "lead" \u2028 \U0001f680\t',
                department="Research",
                location="Zürich",
                time_zone="Europe/Zurich",
                languages=("en", "de-CH"),
                manager=SAM,
            ),
            p.ProfileDescribed(
                changed=("biography", "contact", "demographics", "work_history"),
                biography="First line\nsecond\tline, é, 漢字 </script>",
                contact=Contact(phone="+41 44 123 45 67"),
                demographics={"gender": "woman"},
                work_history=(Job(title="Analyst", since=date(1843, 1, 1)),),
            ),
            p.CompetencyOffered(competency="Python", level=5),
            p.CompetencyOffered(competency="Analysis", level=4),
            p.AvailabilitySet(hours_a_month=6, accepting=True, until=date(2027, 1, 31)),
            p.ListedAsExpert(headline="Engines", topics=("Python", "Looms")),
            p.ConsentGiven(policy="privacy", version=2),
            p.PersonAvoided(person=LIN),
            NotificationsPreferred(muted=(Occasion.SURVEY,), quiet=QuietHours(since="22:00", until="07:00")),
        ],
    )
    yield from colleagues()


def colleagues() -> Iterator[tuple[UUID, list[DomainEvent]]]:
    yield (
        NOOR,
        [
            p.Registered(name="Noor Bakker", email="noor@example.org", source="csv"),
            p.RecordSynced(
                source="csv",
                changed=("department", "location", "manager"),
                department="Sales",
                location="Zürich",
                manager=SAM,
            ),
            p.CompetencySought(competency="Python", level=3, priority=1),
            p.CompetencySought(competency="Speaking", level=2, priority=2),
            p.ConsentGiven(policy="privacy", version=1),
            p.ConsentWithdrawn(policy="privacy"),
            p.PersonAvoided(person=MAX),
        ],
    )
    yield LIN, [p.Registered(name="Lin Chen", source="csv"), p.Left(reason=LeavingReason.OWN_WISH)]
    yield MAX, [p.Registered(name="Ada Lovelace", email="max@example.org", source="hr")]
    yield EVE, [p.Registered(name="Eve Gone", email="eve@example.org", source="hr"), p.Erased()]


def programmes() -> Iterator[tuple[UUID, list[DomainEvent]]]:
    yield (
        LEADERSHIP,
        [
            g.Drafted(name="Leadership", purpose='Grow "leaders"'),
            g.StaffAssigned(person=SAM, role=StaffRole.ADMINISTRATOR),
            g.StaffAssigned(person=MAX, role=StaffRole.FACILITATOR),
            g.AudienceLimited(role=Side.MENTEE, rule='department == "Sales"'),
            g.Opened(),
            g.ContentAdded(content=uuid5(NAMES, "guide"), title="Guide", url="https://example.org/guide"),
            g.AnnouncementMade(
                announcement=uuid5(NAMES, "news"), title="News", text="It begins", side=Side.MENTEE
            ),
            g.AudienceLimited(role=Side.MENTEE, rule=None),
        ],
    )
    yield ONBOARDING, [g.Drafted(name="Onboarding"), g.StaffAssigned(person=MAX, role=StaffRole.FACILITATOR)]
    yield RETIRED, [g.Drafted(name="Retired"), g.Opened(), g.Closed(), g.WoundDown(), g.Archived()]


def enrollments() -> Iterator[tuple[UUID, list[DomainEvent]]]:
    def joins(
        program: ProgramId, who: ParticipantId, role: Side, *after: DomainEvent
    ) -> tuple[UUID, list[DomainEvent]]:
        applied = e.Applied(program=program, participant=who, role=role, answers={"why": 'To "learn"'})
        return enrollment_id(program, who), [applied, *after]

    yield joins(LEADERSHIP, ADA, Side.MENTOR, e.Approved())
    yield joins(LEADERSHIP, NOOR, Side.MENTEE, e.Waitlisted())
    yield joins(LEADERSHIP, MAX, Side.MENTEE, e.Waitlisted())
    yield joins(LEADERSHIP, LIN, Side.MENTEE, e.Rejected(participant=LIN, reason="No place"))
    yield joins(LEADERSHIP, EVE, Side.MENTEE)
    yield joins(RETIRED, NOOR, Side.MENTEE, e.Approved(), e.Paused(until=date(2026, 3, 1)))
    yield enrollment_id(ONBOARDING, ADA), [e.Invited(program=ONBOARDING, participant=ADA, role=Side.MENTOR)]


def competencies() -> Iterator[tuple[UUID, list[DomainEvent]]]:
    yield PROGRAMMING, [c.Defined(label="Programming", external_ids={"esco": "S5"})]
    yield PYTHON, [c.Defined(label="Python", parent=PROGRAMMING, synonyms=("CPython", 'the "snake"'))]
    yield COBOL, [c.Defined(label="COBOL", parent=PROGRAMMING), c.Retired()]


def happens(event: DomainEvent, _: Any) -> list[DomainEvent]:
    return [event]


def populate(store: Store) -> None:
    moment = 0
    everything: list[tuple[Aggregate[Any], Iterator[tuple[UUID, list[DomainEvent]]]]]
    everything = [(PARTICIPANT, people()), (PROGRAM, programmes()), (ENROLLMENT, enrollments())]
    everything += proposed.settled(dict(zip(CAST, map(person, CAST), strict=True)), LEADERSHIP, ONBOARDING)
    everything.append((COMPETENCY, competencies()))
    everything.append(
        (MATCH_RUN, ran.runs(store, dict(zip(CAST, map(person, CAST), strict=True)), LEADERSHIP, ONBOARDING))
    )
    everything += mentorships_told.told(dict(zip(CAST, map(person, CAST), strict=True)), ONBOARDING)
    everything += history_told.told(dict(zip(CAST, map(person, CAST), strict=True)), ONBOARDING)
    everything += conversations_told.told(dict(zip(CAST, map(person, CAST), strict=True)))
    everything += inquiries_told.told(dict(zip(CAST, map(person, CAST), strict=True)))
    everything += assignments_told.told(dict(zip(CAST, map(person, CAST), strict=True)))
    everything += meetings_told.told(dict(zip(CAST, map(person, CAST), strict=True)))
    everything += resources_told.told(dict(zip(CAST, map(person, CAST), strict=True)))
    everything += surveys_told.told(dict(zip(CAST, map(person, CAST), strict=True)), ONBOARDING)
    everything += notifications_told.told(dict(zip(CAST, map(person, CAST), strict=True)), LEADERSHIP)
    everything += webhooks_told.told()
    for aggregate, lives in everything:
        for stream, life in lives:
            for event in life:
                at = START.replace(minute=moment % 60, hour=9 + moment // 60)
                command = Command(uuid5(NAMES, f"command {moment}"), actor="seed", at=at)
                store.act(command, aggregate.stream(stream), partial(happens, event))
                moment += 1
    store.forget(EVE)


async def answered(
    context: Context, query: str, variables: dict[str, Any] | None = None, operation_name: str | None = None
) -> bytes:
    """The response's body, whether there is one or the database could not answer."""
    try:
        return (await execute(context, query, variables, operation_name)).body
    except Problem as problem:
        return refusal(problem).body


@dataclass
class World:
    """An organisation, the services of one API process over it, and the loop they live in."""

    loop: asyncio.Runner
    services: Services
    store: Store
    database: Database

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def context(self, actor: Actor = ADMIN) -> Context:
        return self.services.context(actor)

    def answer(
        self, query: str, actor: Actor = ADMIN, operation_name: str | None = None, **variables: Any
    ) -> dict[str, Any]:
        answer: dict[str, Any] = orjson.loads(
            self.run(answered(self.context(actor), query, variables, operation_name))
        )
        return answer

    def data(self, query: str, actor: Actor = ADMIN, **variables: Any) -> Any:
        answer = self.answer(query, actor, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    def catch_up(self) -> None:
        runner.catch_up(self.database, self.store, catalogue.ALL)


@contextmanager
def opened(postgres_url: str) -> Iterator[World]:
    keys = KeyRing.random()
    with organisation(postgres_url, "world") as database, asyncio.Runner() as loop:
        stack = AsyncExitStack()
        services = loop.run(stack.enter_async_context(open_services(database, keys, b"k" * 32)))
        world = World(loop, services, services.store, database)
        try:
            populate(services.store)
            webhooks_told.deliver(database)
            world.catch_up()
            yield world
        finally:
            loop.run(stack.aclose())


def pid(who: ParticipantId) -> str:
    return global_id("Participant", who)


def qid(proposal: ProposalId) -> str:
    return global_id("Proposal", proposal)


def rid(run: MatchRunId) -> str:
    return global_id("MatchRun", run)


def mid(mentorship: MentorshipId) -> str:
    return global_id("Mentorship", mentorship)


def gid(program: ProgramId) -> str:
    return global_id("Program", program)


def eid(program: ProgramId, who: ParticipantId) -> str:
    return global_id("Enrollment", enrollment_id(program, who))


def cid(competency: CompetencyId) -> str:
    return global_id("Competency", competency)
