"""Made-up relationships of one programme, and all that has happened in them in a year and a half.

The same ones for the same seed. What happened is copied into the log: the rules are measured elsewhere.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from domain import assignment, conversation, enrollment, meeting, participant, program, survey
from domain import mentorship as m
from domain.accountability_settings import AccountabilitySettings, Degree
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, ProgramId, conversation_id, enrollment_id
from domain.measuring import Dated
from domain.program_settings import Kind, Milestone, PlanSettings, RelationshipType, Settings, Side
from domain.relationship import Member
from domain.store import Database, Store
from domain.store.mapper import EventMapper
from domain.survey_forms import DEFAULT_FORMS, SurveyKind

FIRST: Final = datetime(2024, 6, 3, tzinfo=UTC)
LAST: Final = FIRST + timedelta(days=540)
PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair", cadence_days=14)
PLAN: Final = PlanSettings(
    milestones=tuple(
        Milestone(id=name, title=name, due_day=due)
        for name, due in (("goals", 14), ("plan", 42), ("half", 90), ("end", 170))
    )
)
SETTINGS: Final = Settings(
    relationship_types=(PAIR,), plan=PLAN, accountability=AccountabilitySettings(degree=Degree.STRICT)
)
PROGRAM: Final = ProgramId(UUID(int=0x9E))
DEPARTMENTS, TOWNS = 20, 9
COPY: Final = """
COPY events (position, stream_id, version, name, schema_version, state, recorded_at, command_id, actor,
             correlation_id, cause, subject_ids) FROM STDIN (FORMAT binary)
"""
TYPES: Final = ["int8", "uuid", "int8", "text", "int2", "bytea", "timestamptz", "uuid", "text", "uuid",
                "text", "uuid[]"]  # fmt: skip


class Stored(NamedTuple):
    at: datetime
    stream: UUID
    version: int
    name: str
    schema_version: int
    state: bytes
    subjects: tuple[UUID, ...]


@dataclass
class Pair:
    """One relationship. What happens in it falls on the days on which it happens, in whatever hour."""

    id: MentorshipId
    program: ProgramId
    mentor: ParticipantId
    mentee: ParticipantId
    begins: datetime
    chance: random.Random
    told: list[Dated] = field(default_factory=list)

    def live(self) -> list[Dated]:
        self._tell(0, self._began())
        for day in range(14, 182, 14):
            self._meet(day - self.chance.uniform(1, 12))
            for by in (self.mentor, self.mentee):
                if self.chance.random() < 0.7:
                    self._tell(day - self.chance.uniform(0, 5), m.CheckedIn(by=by, ratings={"progress": 4}))
        self._talk()
        self._learn()
        self._answer()
        self._end()
        return sorted((one for one in self.told if one.at <= LAST), key=lambda one: one.at)

    def _tell(self, day: float, event: DomainEvent, stream: UUID | None = None) -> None:
        self.told.append(Dated(self.begins + timedelta(days=day), stream or self.id, event))

    def _new(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def _began(self) -> m.Began:
        sides = ((self.mentor, Side.MENTOR), (self.mentee, Side.MENTEE))
        members = tuple(Member(participant=who, role=side) for who, side in sides)
        ends = (self.begins + timedelta(days=182)).date()
        return m.Began(program=self.program, settings_version=1, type=PAIR, members=members, planned_end=ends)

    def _meet(self, day: float) -> None:
        stream, at = self._new(), self.begins + timedelta(days=day)
        slot = meeting.Slot(starts_at=at, minutes=60)
        words = {"mentorship": self.id, "by": self.mentee, "slots": (slot,), "time_zone": "UTC"}
        self._tell(max(0.1, day - 3), meeting.Proposed.model_validate(words), stream)
        self._tell(max(0.2, day - 2), meeting.Confirmed(by=self.mentor, slot=slot), stream)
        came = (self.mentor, self.mentee)
        outcomes: list[DomainEvent] = [
            meeting.Held(by=self.mentor, started_at=at, duration_minutes=55, attendance=came),
            meeting.Missed(by=self.mentor, missed_by=came[1:]),
            meeting.Cancelled(by=self.mentee, late=True),
        ]
        (outcome,) = self.chance.choices(outcomes, [85, 10, 5])
        self._tell(day, outcome, stream)

    def _talk(self) -> None:
        stream, day = conversation_id(self.id), 0.5
        while day < 182:
            by = self.chance.choice((self.mentor, self.mentee))
            told = {"mentorship": self.id, "message": self._new(), "by": by, "text": "See you on Monday"}
            self._tell(day, conversation.MessageSent.model_validate(told), stream)
            day += self.chance.expovariate(1 / 5)

    def _learn(self) -> None:
        for number in range(3):
            goal = self._new()
            self._tell(1 + number, m.GoalSet(goal=goal, by=self.mentee, text="Listen"))
            for step, percent in enumerate((20, 50, 80)):
                at = 20 + 40 * step + self.chance.uniform(0, 30)
                self._tell(at, m.GoalProgressed(goal=goal, by=self.mentee, percent=percent))
        for milestone in PLAN.milestones:
            reached = milestone.due_day + self.chance.uniform(-10, 5)
            self._tell(reached, m.MilestoneReached(milestone=milestone.id, by=self.mentor))
        for day in (10, 60, 110):
            due = (self.begins + timedelta(days=day + 30)).date()
            given = {"mentorship": self.id, "by": self.mentor, "to": self.mentee, "title": "Read", "due": due}
            stream = self._new()
            self._tell(day, assignment.Assigned.model_validate(given), stream)
            if self.chance.random() < 0.8:
                self._tell(day + 20, assignment.Completed(by=self.mentee), stream)

    def _answer(self) -> None:
        form = DEFAULT_FORMS[SurveyKind.RECURRING]
        for day in (30, 90, 150):
            for who in (self.mentor, self.mentee):
                stream, due = self._new(), (self.begins + timedelta(days=day + 14)).date()
                asked = {"mentorship": self.id, "program": self.program, "to": who, "kind": form.kind}
                told = {**asked, "questions": form.questions, "due": due}
                self._tell(day, survey.Asked.model_validate(told), stream)
                if self.chance.random() < 0.75:
                    ratings = {"satisfaction": self.chance.randint(2, 5)}
                    self._tell(day + 1, survey.Answered(by=who, ratings=ratings), stream)

    def _end(self) -> None:
        """A tenth rest for a fortnight, some end early, all others after half a year."""
        if self.chance.random() < 0.1:
            until = (self.begins + timedelta(days=74)).date()
            self._tell(60, m.Paused(until=until))
            self._tell(74, m.Resumed())
        early = self.chance.random() < 0.15
        day = self.chance.uniform(40, 180) if early else 182
        self.told = [one for one in self.told if one.at < self.begins + timedelta(days=day)]
        ended = m.EndedEarly(by=self.mentee, reason=m.EndReason.NO_TIME) if early else None
        self._tell(day, ended or m.Concluded(outcome=self.chance.choice(list(m.Outcome))))


@dataclass(frozen=True)
class Mentored:
    relationships: int
    seed: int = 5
    program: ProgramId = PROGRAM
    sample: dict[MentorshipId, list[Dated]] = field(default_factory=dict)

    @cached_property
    def people(self) -> list[ParticipantId]:
        chance = random.Random(self.seed)
        return [ParticipantId(UUID(int=chance.getrandbits(128))) for _ in range(2 * self.relationships)]

    def pairs(self) -> Iterator[Pair]:
        """They begin all the year round; every hundredth is remembered as it was lived."""
        chance = random.Random(self.seed + 1)
        for number in range(self.relationships):
            id_ = MentorshipId(UUID(int=chance.getrandbits(128)))
            begins = FIRST + timedelta(days=chance.uniform(10, 500))
            mentor, mentee = self.people[2 * number : 2 * number + 2]
            yield Pair(id_, self.program, mentor, mentee, begins, random.Random(chance.random()))

    def told(self) -> Iterator[Dated]:
        yield from (Dated(FIRST, self.program, event) for event in self._drafted())
        for number, who in enumerate(self.people):
            yield from (Dated(FIRST + timedelta(days=1), *one) for one in self._enrolled(number, who))
        for number, pair in enumerate(self.pairs()):
            lived = pair.live()
            if number % 100 == 0:
                self.sample[pair.id] = lived
            yield from lived

    def write(self, database: Database, store: Store) -> int:
        """Into the log, in the order in which it happened; how many events."""
        mapper: EventMapper = store._mapper
        mapper.keys.make(self.people)
        versions: dict[UUID, int] = defaultdict(int)
        rows = [_stored(mapper, versions, one) for one in self.told()]
        rows.sort(key=lambda row: row.at)
        with psycopg.connect(database.url) as connection:
            connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(database.schema)))
            _copy(connection, rows)
        return len(rows)

    def _drafted(self) -> Sequence[DomainEvent]:
        return (
            program.Drafted(name="Leadership", purpose="Grow the next leaders."),
            program.RelationshipTypesSet(types=SETTINGS.relationship_types),
            program.PlanSet(settings=SETTINGS.plan),
            program.AccountabilitySet(settings=SETTINGS.accountability),
            program.Opened(),
        )

    def _enrolled(self, number: int, who: ParticipantId) -> Iterator[tuple[UUID, DomainEvent]]:
        place = {"department": f"Department {number % DEPARTMENTS}", "location": f"Town {number % TOWNS}"}
        yield who, participant.Registered(name=f"Person {number}", source="people")
        yield (
            who,
            participant.RecordSynced.model_validate(
                {"source": "people", "changed": ("department", "location"), **place}
            ),
        )
        part, role = enrollment_id(self.program, who), (Side.MENTOR, Side.MENTEE)[number % 2]
        yield part, enrollment.Applied(program=self.program, participant=who, role=role)
        yield part, enrollment.Approved()


def _stored(mapper: EventMapper, versions: dict[UUID, int], one: Dated) -> Stored:
    versions[one.stream] += 1
    encoded = mapper.encode(one.event, one.stream, versions[one.stream])
    kept = (encoded.name, encoded.schema_version, encoded.state, encoded.subject_ids)
    return Stored(one.at, one.stream, encoded.version, *kept)


def _copy(connection: psycopg.Connection, rows: Sequence[Stored]) -> None:
    nobody = UUID(int=0)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        for position, row in enumerate(rows, 1):
            command = UUID(int=position)
            copy.write_row((
                position, row.stream, row.version, row.name, row.schema_version, row.state, row.at, command,
                "benchmark", nobody, "command", list(row.subjects),
            ))  # fmt: skip
