"""What a reminder rests on, read from the streams themselves: how long it has been due, if it still is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from domain import enrollment, program, proposal
from domain.aggregate import Aggregate, Step
from domain.due import Thing, nothing, overdue
from domain.enrollment import ENROLLMENT, Enrollment
from domain.guards import if_unchanged, same_archive
from domain.ids import MentorshipId, ProgramId
from domain.occasions import Occasion
from domain.program import PROGRAM
from domain.program_settings import Settings, StaffRole, Stage
from domain.proposal import PROPOSAL, Proposal
from domain.relationship import Status
from domain.store import Store
from domain.survey import SURVEY, Survey
from projections.due import Found
from workers.related import Related, read_program, related


@dataclass(frozen=True, slots=True)
class Grounds:
    """`late` is for how long it has been due `at` a moment; `guards` hold that this is so still."""

    at: datetime
    late: timedelta
    settings: Settings
    settings_version: int
    guards: tuple[Step, ...]
    related: Related | None = None


def grounds(store: Store, found: Found, now: datetime) -> Grounds | None:
    """None: nobody is reminded of it any more."""
    read = APART.get(found.occasion)
    told = read(store, found, now) if read else _within(store, found, now)
    return told if told and told.late >= timedelta() else None


def _within(store: Store, found: Found, now: datetime) -> Grounds | None:
    thing, id_ = found.thing, MentorshipId(found.about)
    read = related(store, id_)
    late = overdue(thing, read.within, read.held, course=read.course, now=now)
    if late is None or not _concerns(read, thing) or _is_heard_of(read, thing):
        return None
    return Grounds(now, late, read.within.settings, read.within.settings_version, read.guards(), read)


def _concerns(read: Related, thing: Thing) -> bool:
    """Of silence facilitators hear as well."""
    return thing.to in read.held.members or read.has_staff(thing.to, StaffRole.FACILITATOR)


def _is_heard_of(read: Related, thing: Thing) -> bool:
    return thing.occasion is Occasion.SILENCE and any(at > thing.since for at in read.acted())


def _survey(store: Store, found: Found, now: datetime) -> Grounds | None:
    held: Survey = store.load(SURVEY.stream(found.about)).state
    asked = held.asked
    if asked is None or held.answered or held.lapsed or asked.due < now.date():
        return None
    read = related(store, asked.mentorship)
    if read.within.archived or read.within.status is Status.PAUSED:
        return None
    waited = timedelta(days=read.within.settings.accountability.timers.survey_reminder)
    guards = (_unchanged(SURVEY, found, held), *read.guards())
    late = now - found.since - waited
    return Grounds(now, late, read.within.settings, read.within.settings_version, guards, read)


def _proposal(store: Store, found: Found, now: datetime) -> Grounds | None:
    held: Proposal = store.load(PROPOSAL.stream(found.about)).state
    made = held.made
    waits = held.status is proposal.Status.WAITING and found.to_id in held.members
    if made is None or not waits or found.to_id in held.accepted or made.expires_at <= now:
        return None
    return _apart(store, found, _unchanged(PROPOSAL, found, held), made.settings_version, now)


def _invitation(store: Store, found: Found, now: datetime) -> Grounds | None:
    held: Enrollment = store.load(ENROLLMENT.stream(found.about)).state
    if held.status is not enrollment.Status.INVITED:
        return None
    return _apart(store, found, _unchanged(ENROLLMENT, found, held), found.settings_version, now)


def _apart(store: Store, found: Found, guard: Step, version: int, now: datetime) -> Grounds | None:
    """Of what is no relationship yet."""
    state = read_program(store, found.program_id)
    if state.stage is Stage.ARCHIVED:
        return None
    settings = program.settings_at(state, version)
    wish = found.occasion is Occasion.WISH
    waited = timedelta(days=settings.accountability.timers.wish_reminder if wish else 0)
    return Grounds(now, now - found.since - waited, settings, version, (guard, _unarchived(found.program_id)))


def _unchanged(aggregate: Aggregate[Any], found: Found, held: Any) -> Step:
    given = {"held": held, "decision": nothing, "wish": {}}
    return Step(aggregate.stream(found.about), if_unchanged, given, guard=True)


def _unarchived(id_: ProgramId) -> Step:
    return Step(PROGRAM.stream(id_), same_archive, {"archived": False}, guard=True)


APART: Final[Mapping[Occasion, Callable[[Store, Found, datetime], Grounds | None]]] = {
    Occasion.SURVEY: _survey,
    Occasion.WISH: _proposal,
    Occasion.PROPOSAL: _proposal,
    Occasion.INVITATION: _invitation,
}
