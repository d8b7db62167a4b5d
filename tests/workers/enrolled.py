"""People in programmes, and the rules held over them as far as the log goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, Final

from domain.enrollment import Applied, Approved, Removed
from domain.ids import ParticipantId, ProgramId, enrollment_id
from domain.participant import RecordSynced
from domain.program import AudienceLimited
from domain.program_settings import Side
from domain.store import Database, RecordedEvent, Store
from projections import programs, runner
from projections.projection import connect
from tests.people import ONBOARDING, Person
from tests.programs import OPENED
from tests.projections.given import happened
from workers.leader import Leader
from workers.membership import NAME, Membership

SALES_ONLY: Final = 'department == "Sales"'
OUTSIDE: Final = 'The programme is not for everybody; as a mentee, department must be "Sales".'


def synced(department: str) -> RecordSynced:
    return RecordSynced(source="hr", changed=("department",), department=department)


def programme(store: Store, program: ProgramId = ONBOARDING, rule: str | None = SALES_ONLY) -> None:
    happened(store, program, *OPENED, AudienceLimited(role=Side.MENTEE, rule=rule))


def person(store: Store, who: Person, department: str = "Sales") -> None:
    happened(store, who.id, who.registered, synced(department))


def joined(store: Store, who: ParticipantId, program: ProgramId = ONBOARDING) -> None:
    applied = Applied(program=program, participant=who, role=Side.MENTEE)
    happened(store, enrollment_id(program, who), applied, Approved())


def part_of(store: Store, who: ParticipantId, program: ProgramId = ONBOARDING) -> list[RecordedEvent]:
    """What became of the enrollment since it was approved."""
    return list(store.history(enrollment_id(program, who)))[2:]


def became(store: Store, who: ParticipantId, program: ProgramId = ONBOARDING) -> list[Any]:
    return [recorded.event for recorded in part_of(store, who, program)]


def removed(who: ParticipantId, reason: str = OUTSIDE) -> Removed:
    return Removed(participant=who, reason=reason, outside_audience=True)


def hold(database: Database, store: Store) -> None:
    """Until nothing is left to be done."""
    with connect(database) as connection:
        membership = Membership(connection, store)
        while True:
            runner.catch_up(database, store, [programs.PROJECTION])
            if not membership.advance() and membership.position == store.head():
                return


@contextmanager
def holding(database: Database, store: Store) -> Iterator[None]:
    """Meanwhile, in a thread; somebody else keeps the roster."""
    stop = Event()
    leader = Leader(database, store, NAME, lambda connection, _: Membership(connection, store))
    thread = Thread(target=leader.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
