"""Undoing an import: events are for ever, so what it said is unsaid by new events, where it still stands."""

import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import uuid5

from deploy.import_run import BATCH
from domain import participant
from domain.aggregate import Stream
from domain.command import Command, Receipt
from domain.event import ERASED, DomainEvent
from domain.ids import ImportId, ParticipantId
from domain.participant import (
    PARTICIPANT,
    CompetencyOffered,
    CompetencySought,
    Left,
    Participant,
    ParticipantEvent,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
    Status,
)
from domain.profile import LeavingReason, Record, Statement
from domain.refusal import Refusal
from domain.store import Act, Database, Store
from domain.store.records import RecordedEvent

TOUCHED: Final = """
SELECT DISTINCT stream_id FROM events
 WHERE correlation_id = %(import)s AND cause = 'sync' AND name LIKE 'participant.%%'
"""

Wish = Callable[[Participant], Sequence[DomainEvent]]


class ImportUnknown(Refusal):
    """There is no import {import_id}: `chiron import` prints the id of each."""


class ChangedMeanwhile(Refusal):
    """This person was changed while the import was being undone: undo it once more."""


@dataclass(slots=True)
class Undone:
    """`kept`: registered by the import, but somebody has said something about them since."""

    restored: int = 0
    left: int = 0
    erased: int = 0
    kept: int = 0
    unchanged: int = 0
    events: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """A stream, seen from one import: before it, what it said, whether anything came after."""

    before: Participant
    sources: dict[str, str]
    said: tuple[ParticipantEvent, ...]
    touched_since: bool
    now: Participant

    @property
    def registered(self) -> bool:
        return any(isinstance(event, Registered) for event in self.said)


def undo_id(import_id: ImportId) -> ImportId:
    """The id of the undoing, which can be undone as well; the same import has the same one."""
    return ImportId(uuid5(import_id, "undo"))


def touched_by(database: Database, import_id: ImportId) -> list[ParticipantId]:
    """Raises ImportUnknown."""
    with database.connect() as log:
        people = [ParticipantId(person) for (person,) in log.execute(TOUCHED, {"import": import_id})]
    if not people:
        raise ImportUnknown(import_id=import_id)
    return people


def undo(
    store: Store,
    import_id: ImportId,
    people: Sequence[ParticipantId],
    actor: str,
    progress: Callable[[int], None],
    *,
    erase: bool = False,
) -> Undone:
    """Whoever the import registered and nobody has touched since leaves, or is erased; others get back what
    the record said before, except where it has been said anew since.
    """
    tally, waiting = Undone(), iter(people)
    while batch := list(islice(waiting, BATCH)):
        lives = {person: life_of(store.history(person), import_id) for person in batch}
        acts = [_act(import_id, actor, person, life, erase) for person, life in lives.items()]
        for person, result in zip(batch, store.act_all(acts), strict=True):
            if isinstance(result, Receipt):
                _count(tally, lives[person], result.events)
            else:
                tally.kept += 1
            if isinstance(result, Receipt) and any(
                isinstance(event, participant.Erased) for event in result.events
            ):
                store.forget(person)
        progress(len(batch))
    return tally


def unsay(state: Participant, *, person: ParticipantId, life: Life, erase: bool) -> list[DomainEvent]:
    if state.status is Status.ERASED:
        return []
    if state != life.now:
        raise ChangedMeanwhile
    if life.registered:
        if life.touched_since:
            return []
        return (
            participant.erase(state)
            if erase
            else participant.leave(state, reason=LeavingReason.IMPORT_UNDONE)
        )
    decided: list[DomainEvent] = []
    for wish in _wishes(person, life):
        events = wish(state)
        decided += events
        state = functools.reduce(PARTICIPANT.evolve, events, state)
    return decided


def _wishes(person: ParticipantId, life: Life) -> Iterator[Wish]:
    """In the reverse of what the import did: someone it brought back leaves last."""
    if any(isinstance(event, Left) for event in life.said):
        yield participant.come_back
    for source, fields in _restored(life).items():
        yield functools.partial(
            participant.sync_record, oneself=person, source=source, record=Record(**fields)
        )
    for event in life.said:
        match event:
            case ProfileDescribed() if life.now.said.get("biography") == event.biography:
                yield functools.partial(participant.describe_profile, statement=Statement(biography=None))
            case CompetencyOffered() if life.now.offers.get(event.competency.casefold()) == event:
                yield functools.partial(participant.withdraw_competency_offer, competency=event.competency)
            case CompetencySought() if life.now.wishes.get(event.competency.casefold()) == event:
                yield functools.partial(participant.stop_seeking_competency, competency=event.competency)
            case _:
                pass
    if any(isinstance(event, Returned) for event in life.said):
        yield functools.partial(participant.leave, reason=LeavingReason.IMPORT_UNDONE)


def _restored(life: Life) -> dict[str, dict[str, Any]]:
    """By the source that said it before: what still reads as the import left it goes back to what it was."""
    by_source: dict[str, dict[str, Any]] = defaultdict(dict)
    for event in life.said:
        if isinstance(event, RecordSynced):
            for name in event.changed:
                before = life.before.said.get(name)
                if life.now.said.get(name) == getattr(event, name) and before is not ERASED:
                    empty: Any = () if name in ("languages", "work_history") else None
                    by_source[life.sources.get(name, event.source)][name] = before or empty
    return by_source


def life_of(history: Iterator[RecordedEvent], import_id: ImportId) -> Life:
    state = before = Participant()
    sources: dict[str, str] = {}
    said: list[ParticipantEvent] = []
    touched_since = False
    for recorded in history:
        event: ParticipantEvent = recorded.event  # type: ignore[assignment]  # a participant's stream
        state = PARTICIPANT.evolve(state, event)
        if recorded.correlation_id == import_id:
            said.append(event)
        elif said:
            touched_since = True
        else:
            before = state
            sources |= _sources(event)
    return Life(before, sources, tuple(said), touched_since, state)


def _sources(event: ParticipantEvent) -> dict[str, str]:
    match event:
        case Registered():
            return {"name": event.source, "email": event.source}
        case RecordSynced():
            return dict.fromkeys(event.changed, event.source)
        case _:
            return {}


def _act(import_id: ImportId, actor: str, person: ParticipantId, life: Life, erase: bool) -> Act:
    command = Command(uuid5(import_id, "undo" + person.hex), actor, undo_id(import_id), "sync")
    stream: Stream[Participant] = PARTICIPANT.stream(person)
    return Act(command, stream, unsay, {"person": person, "life": life, "erase": erase})


def _count(tally: Undone, life: Life, decided: Collection[DomainEvent]) -> None:
    tally.events += len(decided)
    if not decided:
        if life.registered and life.touched_since:
            tally.kept += 1
        else:
            tally.unchanged += 1
    elif any(isinstance(event, participant.Erased) for event in decided):
        tally.erased += 1
    elif life.registered:
        tally.left += 1
    else:
        tally.restored += 1
