"""The second reading of a people file: each row becomes one command on the person's stream."""

import functools
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid5

import psycopg

from deploy.csv_reader import Problem
from deploy.import_plan import Organisation, Plan, person_of, rows
from deploy.import_rows import Row
from domain import participant
from domain.command import Command, Receipt
from domain.event import DomainEvent
from domain.ids import ImportId, ParticipantId
from domain.participant import PARTICIPANT, Participant, RecordSynced, Registered, Returned, Status
from domain.profile import LeavingReason, Record, Statement
from domain.refusal import Refusal
from domain.store import Act, Database, Store

BATCH: Final = 250
IN_FLIGHT: Final = 3
SPOKEN: Final = "SELECT DISTINCT stream_id FROM events WHERE stream_id = ANY (%(people)s) AND cause <> 'sync'"
OWN_WORDS: Final = frozenset({"biography", "hours_a_month", "competencies_offered", "competencies_sought"})


@dataclass(frozen=True, slots=True)
class Change:
    """What a row would change about somebody already here: field -> what it was, what it becomes."""

    line: int
    external_id: str
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(slots=True)
class Tally:
    """What became of the rows that hold."""

    registered: int = 0
    changed: int = 0
    returned: int = 0
    unchanged: int = 0
    left: int = 0
    events: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    refused: list[Problem] = field(default_factory=list)

    def add(self, decided: Sequence[DomainEvent]) -> None:
        self.events += len(decided)
        kinds = {type(event) for event in decided}
        if not decided:
            self.unchanged += 1
        elif Registered in kinds:
            self.registered += 1
        elif Returned in kinds:
            self.returned += 1
        else:
            self.changed += 1
        if Registered not in kinds:
            self.fields.update(name for event in decided for name in _fields(event))


@dataclass(frozen=True, slots=True)
class Import:
    """One run over a file. The same `id` again repeats its commands, so nothing is recorded twice."""

    id: ImportId
    actor: str
    store: Store
    database: Database

    def command(self, person: ParticipantId, purpose: str = "") -> Command:
        return Command(uuid5(self.id, purpose + person.hex), self.actor, correlation_id=self.id, cause="sync")


@dataclass(frozen=True, slots=True)
class Entry:
    line: int
    person: ParticipantId
    row: Row
    record: Record


def enter(
    state: Participant,
    *,
    person: ParticipantId,
    source: str,
    row: Row,
    record: Record,
    silent: bool,
) -> list[DomainEvent]:
    """The record's word, and of what only the person may say as much as nobody has said yet.

    `silent`: the person has said nothing themself so far, nor has anybody on their behalf.
    """
    speaks = silent or state.status is Status.UNKNOWN
    decided: list[DomainEvent] = []
    if state.status is Status.UNKNOWN:
        decided = participant.register(
            state, name=row.name, email=row.email, external_id=row.external_id, source=source
        )
    elif state.status is Status.LEFT:
        decided = participant.come_back(state)
    state = functools.reduce(PARTICIPANT.evolve, decided, state)
    synced = participant.sync_record(state, oneself=person, source=source, record=record)
    state = functools.reduce(PARTICIPANT.evolve, synced, state)
    words = _first_words(state, row) if speaks else ()
    # They are about different things, so none of them changes what another decides.
    return [*decided, *synced, *(event for word in words for event in word(state))]


def _first_words(state: Participant, row: Row) -> list[Callable[[Participant], list[DomainEvent]]]:
    words: list[Callable[[Participant], list[DomainEvent]]] = []
    if row.biography and "biography" not in state.said:
        words.append(
            functools.partial(participant.describe_profile, statement=Statement(biography=row.biography))
        )
    if row.hours_a_month is not None and state.availability is None:
        words.append(functools.partial(participant.set_availability, hours_a_month=row.hours_a_month))
    if not state.offers:
        words += [
            functools.partial(participant.offer_competency, competency=offer.competency, level=offer.level)
            for offer in row.competencies_offered
        ]
    if not state.wishes:
        words += [
            functools.partial(
                participant.seek_competency,
                competency=wish.competency,
                level=wish.level,
                priority=wish.priority,
            )
            for wish in row.competencies_sought
        ]
    return words


def run(drawn: Plan, known: Organisation, given: Import, progress: Callable[[int], None]) -> Tally:
    """Record every row that holds. While one batch is being recorded the next is read."""
    tally = Tally()
    waiting: deque[tuple[list[Entry], Future[list[Receipt | Refusal]]]] = deque()
    with (
        ThreadPoolExecutor(IN_FLIGHT - 1, thread_name_prefix="import") as threads,
        given.database.connect() as log,
    ):
        for batch in _batches(drawn, given.store, progress):
            acts = _acts(drawn, given, batch, _silent(log, known, batch))
            waiting.append((batch, threads.submit(given.store.act_all, acts)))
            if len(waiting) == IN_FLIGHT:
                _settle(tally, *waiting.popleft())
        while waiting:
            _settle(tally, *waiting.popleft())
    return tally


def mark_absent_left(drawn: Plan, given: Import, tally: Tally) -> None:
    """Those whom this source has brought before and brings no more."""
    absent = iter(drawn.absent)
    while batch := list(islice(absent, BATCH)):
        acts = [
            Act(
                given.command(person, "left"),
                PARTICIPANT.stream(person),
                participant.leave,
                {"reason": LeavingReason.LEFT_ORGANISATION},
            )
            for person in batch
        ]
        for result in given.store.act_all(acts):
            if isinstance(result, Receipt):
                tally.left += 1
                tally.events += len(result.events)


def preview(
    drawn: Plan,
    known: Organisation,
    given: Import,
    show: Callable[[Change], None],
    progress: Callable[[int], None],
) -> Tally:
    """What `run` would record; nothing is."""
    tally = Tally()
    with given.database.connect() as log:
        for batch in _batches(drawn, given.store, progress):
            silent = _silent(log, known, batch)
            for entry in batch:
                here = known.knows(entry.person)
                state = given.store.load(PARTICIPANT.stream(entry.person)).state if here else Participant()
                try:
                    decided = enter(state, **_arguments(drawn, entry, entry.person in silent))
                except Refusal as refusal:
                    tally.refused.append(Problem(entry.line, refusal.sentence))
                    continue
                tally.add(decided)
                if decided and here:
                    show(_change(entry, state, decided))
    return tally


def _batches(drawn: Plan, store: Store, progress: Callable[[int], None]) -> Iterator[list[Entry]]:
    entries = (_entry(drawn, store, line, row) for line, row in rows(drawn, progress))
    while batch := list(islice(entries, BATCH)):
        yield batch


def _entry(drawn: Plan, store: Store, line: int, row: Row) -> Entry:
    person = person_of(store, drawn.source, row.external_id)
    resolved = {"manager": drawn.managers[person]} if person in drawn.managers else {}
    return Entry(line, person, row, row.record(**resolved))


def _silent(log: psycopg.Connection, known: Organisation, batch: Sequence[Entry]) -> set[UUID]:
    """Of those already here whose row has words for them: whom nobody but a record has spoken for."""
    here = [
        entry.person
        for entry in batch
        if entry.person in known.managers and OWN_WORDS & entry.row.model_fields_set
    ]
    spoken = {person for (person,) in log.execute(SPOKEN, {"people": here})} if here else set()
    return {person for person in here if person not in spoken}


def _acts(drawn: Plan, given: Import, batch: Sequence[Entry], silent: set[UUID]) -> list[Act]:
    return [
        Act(
            given.command(entry.person),
            PARTICIPANT.stream(entry.person),
            enter,
            _arguments(drawn, entry, entry.person in silent),
        )
        for entry in batch
    ]


def _arguments(drawn: Plan, entry: Entry, silent: bool) -> dict[str, Any]:
    return {
        "person": entry.person,
        "source": drawn.source,
        "row": entry.row,
        "record": entry.record,
        "silent": silent,
    }


def _settle(tally: Tally, batch: Sequence[Entry], recorded: "Future[list[Receipt | Refusal]]") -> None:
    for entry, result in zip(batch, recorded.result(), strict=True):
        if isinstance(result, Refusal):
            tally.refused.append(Problem(entry.line, result.sentence))
        else:
            tally.add(result.events)


def _change(entry: Entry, state: Participant, decided: Sequence[DomainEvent]) -> Change:
    after = functools.reduce(PARTICIPANT.evolve, decided, state)
    fields: dict[str, tuple[Any, Any]] = {
        name: (state.said.get(name), after.said.get(name))
        for event in decided
        if isinstance(event, RecordSynced)
        for name in event.changed
    }
    others = {name: ("", "") for event in decided for name in _fields(event) if name not in fields}
    return Change(entry.line, entry.row.external_id, {**fields, **others})


def _fields(event: DomainEvent) -> tuple[str, ...]:
    if isinstance(event, RecordSynced):
        return event.changed
    return (FILLED.get(event.event_name, ""),) if event.event_name in FILLED else ()


FILLED: Final[Mapping[str, str]] = {
    "participant.profile_described": "biography",
    "participant.availability_set": "hours_a_month",
    "participant.competency_offered": "competencies_offered",
    "participant.competency_sought": "competencies_sought",
    "participant.returned": "returned",
}
