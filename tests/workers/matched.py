"""A programme that an administrator matches, and whoever computes and publishes its runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Final, Protocol
from uuid import uuid4

import psycopg

from domain import match_run
from domain.command import Command
from domain.event import DomainEvent
from domain.ids import MatchRunId, ParticipantId
from domain.match_run import MATCH_RUN, Computed, Requested, Status
from domain.matching_settings import MatchingSettings, Mode
from domain.participant import CompetencyOffered, CompetencySought
from domain.program import PROGRAM, MatchingConfigured, RelationshipTypesSet, terms
from domain.program_settings import Kind, RelationshipType, Side, Size
from domain.store import Database, RecordedEvent, Store
from projections import catalogue, runner
from projections.projection import connect
from projections.run_request import Reference, RunWish, on_the_pool_of, on_the_pool_of_now
from tests.people import ADA, KIM, LIN, NOOR, OLA, ONBOARDING, Person
from tests.programs import OPENED, PAIR
from tests.projections.given import happened
from tests.workers.wishing import joined
from workers.leader import Leader
from workers.matching import Matching
from workers.publishing import Publishing

MENTORS: Final = (ADA, KIM)
MENTEES: Final = (NOOR, LIN, OLA)
GROUP: Final = RelationshipType(
    id="group", kind=Kind.GROUP, name="Group", mentors=Size(), mentees=Size(least=2, most=4)
)
SETTINGS: Final = MatchingSettings(modes=(Mode.ADMINISTRATOR,), hard_rules=())
OFFERS: Final = {ADA: "Python", KIM: "Speaking"}
WISHES: Final = {NOOR: "Python", LIN: "Speaking", OLA: "Python"}


def programme(store: Store, **settings: Any) -> None:
    told = SETTINGS.model_copy(update=settings)
    types = RelationshipTypesSet(types=(PAIR, GROUP))
    happened(store, ONBOARDING, *OPENED, types, MatchingConfigured(settings=told))


def everybody_is_in(store: Store, **settings: Any) -> None:
    """Noor and Ola wish for what Ada offers, Lin for what Kim does; each mentor has two places."""
    programme(store, **settings)
    for who, what in OFFERS.items():
        happened(store, who.id, who.registered, CompetencyOffered(competency=what, level=4))
        joined(store, who, Side.MENTOR)
    for who, what in WISHES.items():
        happened(store, who.id, who.registered, CompetencySought(competency=what, level=2, priority=1))
        joined(store, who, Side.MENTEE)


class Working(Protocol):
    @property
    def connection(self) -> psycopg.Connection: ...
    @property
    def position(self) -> int: ...
    def advance(self) -> bool: ...


@dataclass(frozen=True)
class Desk:
    """What an administrator does about runs, as the API would record it, and the workers behind it."""

    database: Database
    store: Store

    def request(self, **wish: Any) -> MatchRunId:
        """`reference` is another run; whatever else is said are settings, or the seed."""
        run, seed = MatchRunId(uuid4()), wish.pop("seed", 1)
        reference = wish.pop("reference", None)
        program = terms(self.store.load(PROGRAM.stream(ONBOARDING)).state, ONBOARDING)
        wanted = RunWish(program.matching.model_copy(update=wish), drawn=seed)
        runner.catch_up(self.database, self.store, catalogue.ALL)
        if reference is not None:
            requested = on_the_pool_of(Reference(reference, self.requested(reference)), program, wanted)
        else:
            with self.database.connect() as connection:
                requested = on_the_pool_of_now(connection, program, wanted, self.store.head())
        self.act(run, match_run.request, program=program, requested=requested)
        return run

    def act(self, run: MatchRunId, decision: Any, **wish: Any) -> Command:
        command = Command(uuid4(), "tester", correlation_id=uuid4())
        self.store.act(command, MATCH_RUN.stream(run), decision, **wish)
        return command

    def lock(self, run: MatchRunId, mentee: Person, mentor: Person) -> None:
        self.act(run, match_run.lock_pair, mentee=mentee.id, mentor=mentor.id)

    def forbid(self, run: MatchRunId, mentee: Person, mentor: Person) -> None:
        self.act(run, match_run.forbid_pair, mentee=mentee.id, mentor=mentor.id)

    def publish(self, run: MatchRunId, *numbers: int) -> Command:
        self.act(run, match_run.approve_pairs, numbers=numbers or None)
        return self.act(run, match_run.publish, program=self.program)

    @property
    def program(self) -> Any:
        return terms(self.store.load(PROGRAM.stream(ONBOARDING)).state, ONBOARDING)

    def requested(self, run: MatchRunId) -> Requested:
        asked = self.store.load(MATCH_RUN.stream(run)).state.requested
        assert asked is not None
        return asked

    def status(self, run: MatchRunId) -> Status:
        return self.store.load(MATCH_RUN.stream(run)).state.status

    def became(self, run: MatchRunId) -> list[DomainEvent]:
        return [recorded.event for recorded in self.recorded(run)]

    def recorded(self, run: MatchRunId) -> list[RecordedEvent]:
        return list(self.store.history(run))

    def computed(self, run: MatchRunId) -> Computed:
        found = [event for event in self.became(run) if isinstance(event, Computed)]
        assert found
        return found[-1]

    def pairs(self, run: MatchRunId) -> set[tuple[ParticipantId, ParticipantId]]:
        """Mentee and mentor."""
        return {
            (mentee, mentor)
            for pair in self.computed(run).pairs
            for mentee in pair.mentees
            for mentor in pair.mentors
        }

    def catch_up(self) -> None:
        runner.catch_up(self.database, self.store, catalogue.ALL)

    def work(self, kind: type[Matching] | type[Publishing] = Matching, stop: Event | None = None) -> None:
        """Until nothing is left to be done."""
        with connect(self.database) as connection:
            self.work_off(kind(connection, self.store, self.database, stop or Event()))

    def work_off(self, worker: Working) -> None:
        while True:
            self.catch_up()
            if not worker.advance() and worker.position == self.store.head():
                return

    @contextmanager
    def working(self, kind: type[Matching] | type[Publishing] = Matching) -> Iterator[Event]:
        """Meanwhile, in a thread; somebody else keeps the read models. Gives what stops it."""
        stop = Event()
        leader = Leader(
            self.database,
            self.store,
            f"{kind.__name__} of a test",
            lambda connection, stop: kind(connection, self.store, self.database, stop),
        )
        thread = Thread(target=leader.run, args=(stop,))
        thread.start()
        try:
            yield stop
        finally:
            stop.set()
            thread.join()
