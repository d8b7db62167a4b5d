"""A programme whose mentees wish for mentors, a clock that is moved, and whoever moves proposals on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any, Final
from uuid import UUID, uuid4

from domain import proposing
from domain.command import Command
from domain.enrollment import ENROLLMENT, Applied, Approved, Enrollment, PlaceReserved, WishesRanked
from domain.ids import ProgramId, ProposalId, enrollment_id
from domain.matching_settings import MatchingSettings, Mode
from domain.program import MatchingConfigured, RelationshipTypesSet
from domain.program_settings import Kind, RelationshipType, Side, Size
from domain.proposal import PROPOSAL, Made, Proposal, Status
from domain.store import Database, Store
from projections import profiles, programs, projection, proposals, relationships, runner
from projections.pairs import read_parties
from projections.projection import connect
from tests.people import ADA, KIM, LIN, NOOR, OLA, ONBOARDING, SAM, Person
from tests.programs import OPENED, PAIR
from tests.projections.given import happened, rows
from workers.leader import Leader
from workers.proposals import NAME, Proposals

MENTORS: Final = (ADA, KIM, LIN)
MENTEES: Final = (NOOR, SAM, OLA)
CIRCLE: Final = RelationshipType(
    id="circle", kind=Kind.CIRCLE, name="Circle", mentors=Size(), mentees=Size(least=2, most=4)
)
REVERSE: Final = RelationshipType(id="reverse", kind=Kind.REVERSE, name="Reverse")
SETTINGS: Final = MatchingSettings(modes=tuple(Mode), hard_rules=())
READ: Final = (profiles.PROJECTION, programs.PROJECTION, proposals.PROJECTION, relationships.PROJECTION)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = datetime(2030, 5, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: int) -> None:
        self.now += timedelta(**by)


def joined(store: Store, who: Person, role: Side, program: ProgramId = ONBOARDING) -> None:
    applied = Applied(program=program, participant=who.id, role=role)
    happened(store, enrollment_id(program, who.id), applied, Approved())


def programme(store: Store, program: ProgramId = ONBOARDING, **settings: Any) -> None:
    told = SETTINGS.model_copy(update=settings)
    types = RelationshipTypesSet(types=(PAIR, REVERSE, CIRCLE))
    happened(store, program, *OPENED, types, MatchingConfigured(settings=told))


def everybody_is_in(store: Store) -> None:
    programme(store)
    for side, people in ((Side.MENTOR, MENTORS), (Side.MENTEE, MENTEES)):
        for who in people:
            happened(store, who.id, who.registered)
            joined(store, who, side)


@dataclass(frozen=True)
class Matchmaker:
    """What people do about proposals, as the API would record it."""

    database: Database
    store: Store
    clock: Clock

    def rank(self, who: Person, *wishes: Person) -> None:
        ranked = WishesRanked(wishes=tuple(wish.id for wish in wishes))
        happened(self.store, who.in_program(ONBOARDING), ranked)

    def ask(self, who: Person, mentor: Person, rank: int | None = 1, **more: Any) -> ProposalId:
        """For as many days as a wish waits."""
        own = {"mode": Mode.SELF_DIRECTED, "author": who.id, "rank": rank, "mentees": (who.id,)}
        return self.make(mentors=(mentor.id,), days=3, **{**own, **more})

    def propose(self, mentor: Person, *mentees: Person, **more: Any) -> ProposalId:
        kind = "pair" if len(mentees) == 1 else "circle"
        named = {"mentors": (mentor.id,), "mentees": tuple(who.id for who in mentees)}
        told = {"mode": Mode.FACILITATOR, "relationship": kind, **named}
        return self.make(days=14, **{**told, **more})

    def make(self, days: int, program: ProgramId = ONBOARDING, **more: Any) -> ProposalId:
        id_ = ProposalId(uuid4())
        fields = {
            "program": program,
            "settings_version": 1,
            "relationship": "pair",
            "expires_at": self.clock() + timedelta(days=days),
            **more,
        }
        made = Made.model_validate(fields)
        with connect(self.database) as connection:
            known = read_parties(self.store, connection, program, [*made.mentors, *made.mentees])
        self._do(*proposing.making(id_, made, known.parties))
        return id_

    def answer(self, id_: ProposalId, who: Person, *, accepting: bool, **more: Any) -> None:
        held = self.held(id_)
        assert held.made is not None
        with connect(self.database) as connection:
            known = read_parties(self.store, connection, held.made.program, held.members)
        decide = proposing.accepting if accepting else proposing.declining
        wish = {"by": who.id, "today": self.clock().date(), **more}
        self._do(*decide(id_, held, known.parties, **wish))

    def accept(self, id_: ProposalId, who: Person) -> None:
        self.answer(id_, who, accepting=True)

    def decline(self, id_: ProposalId, who: Person, **more: Any) -> None:
        self.answer(id_, who, accepting=False, **more)

    def end(self, id_: ProposalId, decision: Any) -> None:
        held = self.held(id_)
        assert held.made is not None
        with connect(self.database) as connection:
            known = read_parties(self.store, connection, held.made.program, ())
        self._do(*proposing.ending(id_, held, known.program, decision))

    def _do(self, *steps: Any) -> None:
        self.store.act_together(Command(uuid4(), "tester"), *steps)

    def held(self, id_: ProposalId) -> Proposal:
        return self.store.load(PROPOSAL.stream(id_)).state

    def status(self, id_: ProposalId) -> Status:
        return self.held(id_).status

    def part(self, who: Person, program: ProgramId = ONBOARDING) -> Enrollment:
        return self.store.load(ENROLLMENT.stream(who.in_program(program))).state

    def shown(self) -> None:
        runner.catch_up(self.database, self.store, READ)

    def move_on(self) -> None:
        """Until nothing is left to be done."""
        with connect(self.database) as connection:
            worker = Proposals(connection, self.store, self.clock)
            while True:
                self.shown()
                if not worker.advance() and worker.position == self.store.head():
                    return

    def wishes(self, who: Person) -> list[tuple[UUID, int, str]]:
        """Whom they have asked from their list, at which rank, and what became of it; in that order."""
        self.shown()
        mentors = {
            row["proposal_id"]: row["participant_id"]
            for row in rows(self.database, "proposal_members")
            if row["role"] == "mentor"
        }
        made = [
            row
            for row in rows(self.database, "proposals")
            if row["author_id"] == who.id and row["rank"] is not None
        ]
        made.sort(key=lambda row: row["made_position"])
        return [(mentors[row["proposal_id"]], row["rank"], row["state"]) for row in made]

    def latest(self, who: Person) -> ProposalId:
        """Of their open requests, of which there is one."""
        (one,) = self.part(who).requests
        return one


def parked(database: Database) -> list[tuple[UUID, str]]:
    (found,) = (status for status in projection.status(database) if status.name == NAME)
    return [(one.stream_id, one.reason) for one in found.parked]


@contextmanager
def moving_on(database: Database, store: Store, clock: Callable[[], datetime]) -> Iterator[None]:
    """Meanwhile, in a thread; somebody else keeps the read models."""
    stop = Event()
    leader = Leader(database, store, NAME, lambda connection, _: Proposals(connection, store, clock))
    thread = Thread(target=leader.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def fill(people: Matchmaker, mentor: Person) -> list[ProposalId]:
    """With two mentees from nowhere; gives their places."""
    taken = [ProposalId(enrollment_id(ONBOARDING, who.id)) for who in (mentor, OLA)]
    for one in taken:
        reserved = PlaceReserved(proposal=one, hours_a_month=2)
        happened(people.store, mentor.in_program(ONBOARDING), reserved)
    return taken
