"""An organisation to ask questions of: a thousand people, a programme, two hundred enrollments."""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import uuid_utils.compat

from api.tokens import Tokens
from domain import enrollment, participant, program
from domain.command import Command
from domain.enrollment import ENROLLMENT
from domain.event import DomainEvent
from domain.ids import ParticipantId, ProgramId, enrollment_id
from domain.participant import PARTICIPANT
from domain.permissions import Role
from domain.program import PROGRAM
from domain.program_settings import Side, StaffRole
from domain.refusal import Refusal
from domain.store import Act, Database, KeyRing, Store
from projections import catalogue, projection, runner
from tests.benchmarks.server import Server

PEOPLE = 1_000
REPORTS = 10
ENROLLED = 200
AT_ONCE = 200
SCHEMA = "chiron"


def happened(state: object, *, events: Sequence[DomainEvent]) -> Sequence[DomainEvent]:
    """What is measured is reading, so the past is written down without asking the rules."""
    return events


@dataclass
class Organisation:
    database: Database
    keys: dict[str, bytes] = field(
        default_factory=lambda: {name: os.urandom(32) for name in ("kek", "token_key", "cursor_key")}
    )
    program: ProgramId = field(default_factory=lambda: ProgramId(uuid_utils.compat.uuid7()))
    people: list[ParticipantId] = field(
        default_factory=lambda: [ParticipantId(uuid_utils.compat.uuid7()) for _ in range(PEOPLE)]
    )

    populated: bool = True

    def __post_init__(self) -> None:
        self.database.install()
        projection.install(self.database, catalogue.ALL)
        if self.populated:
            self._populate()

    def _populate(self) -> None:
        with self.store() as store:
            record(store, [(PROGRAM.stream(self.program), self._program())])
            everyone = [(PARTICIPANT.stream(person), self._person(n)) for n, person in enumerate(self.people)]
            enrolled = [
                (ENROLLMENT.stream(enrollment_id(self.program, person)), self._enrollment(person))
                for person in self.people[:ENROLLED]
            ]
            for streams in (everyone, enrolled):
                for start in range(0, len(streams), AT_ONCE):
                    record(store, streams[start : start + AT_ONCE])
            runner.catch_up(self.database, store, catalogue.ALL)
        with self.database.connect() as connection:
            connection.execute("ANALYZE profiles, programs, enrollments, events")

    def store(self) -> Store:
        return Store.open(self.database, KeyRing(self.keys["kek"]))

    def environment(self) -> dict[str, str]:
        """The settings of an API process of this organisation."""
        keys = {f"CHIRON_{name.upper()}": base64.b64encode(key).decode() for name, key in self.keys.items()}
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("CHIRON_")},
            **keys,
            "CHIRON_MODE": "production",
            "CHIRON_DATABASE_URL": self.database.url,
            "CHIRON_ORGANISATION": self.database.schema,
            "CHIRON_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
            "CHIRON_LOG_LEVEL": "warning",
        }

    def token(self, role: Role, person: UUID | None = None) -> str:
        subject = str(person or uuid_utils.compat.uuid7())
        return Tokens(self.keys["token_key"]).issue(subject, [role], participant=person)

    @property
    def administrator(self) -> ParticipantId:
        """Staff of the programme, and of nothing else."""
        return self.people[-1]

    def _program(self) -> list[DomainEvent]:
        return [
            program.Drafted(name="Leadership", purpose="Grow the next leaders."),
            program.StaffAssigned(person=self.administrator, role=StaffRole.ADMINISTRATOR),
            program.Opened(),
        ]

    def _person(self, number: int) -> list[DomainEvent]:
        manager = self.people[number // REPORTS] if number else None
        return [
            participant.Registered(
                name=f"Person {number:04}", email=f"p{number}@example.org", source="people"
            ),
            participant.RecordSynced(
                source="people",
                changed=("job_title", "department", "location", "manager"),
                job_title=f"Engineer {number % 7}",
                department=f"Department {number % 20}",
                location=f"Town {number % 9}",
                manager=manager,
            ),
        ]

    def _enrollment(self, person: ParticipantId) -> list[DomainEvent]:
        applied = enrollment.Applied(
            program=self.program, participant=person, role=Side.MENTEE, answers={"why": "To lead well."}
        )
        paused = [enrollment.Paused(until=date(2030, 1, 1)), enrollment.Resumed()]
        return [applied, enrollment.Waitlisted(), enrollment.Approved(), *paused, *paused]


def record(store: Store, streams: Sequence[tuple[Any, list[DomainEvent]]]) -> None:
    acts = [
        Act(Command(uuid_utils.compat.uuid7(), "benchmark"), stream, happened, {"events": events})
        for stream, events in streams
    ]
    refused = [result for result in store.act_all(acts) if isinstance(result, Refusal)]
    if refused:
        raise refused[0]


def build(server: Server, database: str) -> Organisation:
    return Organisation(Database(server.database(database), SCHEMA))
