"""A match run: one computation over a frozen pool, drafted, corrected by hand, approved and published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Final, assert_never

from pydantic import Field

from domain.admission import ModeIsNotOffered, NobodyMentorsThemself, refuse_over
from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import MatchRunId, Pair, ParticipantId, ProgramId
from domain.match_outcome import Found, Totals, Unmatched
from domain.matching_settings import MatchingSettings, Mode
from domain.program_settings import Capacity, ProgramTerms, RelationshipType
from domain.refusal import Refusal
from domain.words import Line

Seed = Annotated[int, Field(ge=0, lt=2**63)]
Numbers = tuple[Annotated[int, Field(ge=1)], ...]


class Requested(DomainEvent, name="match_run.requested"):
    """`pool_position` is where in the log the pool was frozen, and `pool_digest` a digest of the versions
    that all streams it is made of had there: the same pool can be read again at any time. A scenario of
    another run, `reference`, is computed on that run's pool.
    """

    program: ProgramId
    settings_version: int
    settings: MatchingSettings
    type: RelationshipType
    capacity: Capacity
    pool_position: Annotated[int, Field(ge=0)]
    pool_digest: Line
    seed: Seed
    reference: MatchRunId | None = None
    label: Line | None = None


class PairLocked(DomainEvent, name="match_run.pair_locked"):
    mentee: ParticipantId
    mentor: ParticipantId


class PairForbidden(DomainEvent, name="match_run.pair_forbidden"):
    mentee: ParticipantId
    mentor: ParticipantId


class PairReleased(DomainEvent, name="match_run.pair_released"):
    """Neither locked nor forbidden any more."""

    mentee: ParticipantId
    mentor: ParticipantId


class Computed(DomainEvent, name="match_run.computed"):
    """`inputs_digest` is of all that the engine read, `digest` of all that it found: computed again, by the
    same `engine`, both are the same. `revision` counts the locks and bars that it takes account of.
    """

    engine: int
    revision: Annotated[int, Field(ge=0)]
    inputs_digest: Line
    digest: Line
    pairs: tuple[Found, ...]
    unmatched: tuple[Unmatched, ...]
    totals: Totals


class Failed(DomainEvent, name="match_run.failed"):
    """`reason` is a code and its sentence; it names nobody."""

    revision: Annotated[int, Field(ge=0)]
    code: Line
    reason: Line


class Cancelled(DomainEvent, name="match_run.cancelled"):
    pass


class PairsApproved(DomainEvent, name="match_run.pairs_approved"):
    numbers: Numbers


class ApprovalWithdrawn(DomainEvent, name="match_run.approval_withdrawn"):
    numbers: Numbers


class Published(DomainEvent, name="match_run.published"):
    """Of the approved pairs, each becomes a proposal."""


class Discarded(DomainEvent, name="match_run.discarded"):
    pass


# fmt: off
MatchRunEvent = (
    Requested | PairLocked | PairForbidden | PairReleased | Computed | Failed | Cancelled | PairsApproved
    | ApprovalWithdrawn | Published | Discarded
)
# fmt: on

Members = tuple[tuple[ParticipantId, ...], tuple[ParticipantId, ...]]
"""Mentors and mentees of one found relationship."""


class Status(StrEnum):
    UNKNOWN = "unknown"
    COMPUTING = "computing"
    DRAFT = "draft"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PUBLISHED = "published"
    DISCARDED = "discarded"


_OVER: Final = frozenset({Status.CANCELLED, Status.PUBLISHED, Status.DISCARDED})


@dataclass(frozen=True, slots=True)
class MatchRun:
    """`revision` counts locks and bars. What is approved stays so when it is found again."""

    status: Status = Status.UNKNOWN
    requested: Requested | None = None
    locked: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    revision: int = 0
    found: Mapping[int, Members] = field(default_factory=dict)
    approved: frozenset[Members] = frozenset()

    @property
    def approved_numbers(self) -> frozenset[int]:
        return frozenset(number for number, members in self.found.items() if members in self.approved)


class RunIsUnknown(Refusal):
    """There is no such match run."""


class RunExists(Refusal):
    """Something else has been requested under this id."""


class RunIsOver(Refusal):
    """This match run is {status}; begin a new one."""


class RunIsNotReady(Refusal):
    """This match run is {status}: wait until its pairs are there."""


class PairIsForbidden(Refusal):
    """This pair is forbidden in this run; release it first."""


class PairIsLocked(Refusal):
    """This pair is locked in this run; release it first."""


class PairsAreUnknown(Refusal):
    """The run has no pairs with these numbers: {numbers}."""


class NothingIsApproved(Refusal):
    """No pair of this run is approved yet; approve some, or all."""


def request(state: MatchRun, *, program: ProgramTerms, requested: Requested) -> list[DomainEvent]:
    if state.requested is not None:
        if state.requested != requested:
            raise RunExists
        return []
    refuse_unmatchable(program)
    return [requested]


def refuse_unmatchable(program: ProgramTerms) -> None:
    """Raises why no run can be made here now."""
    refuse_over(program)
    if Mode.ADMINISTRATOR not in program.matching.modes:
        raise ModeIsNotOffered


def lock_pair(state: MatchRun, *, mentee: ParticipantId, mentor: ParticipantId) -> list[DomainEvent]:
    _refuse_over(state)
    if mentee == mentor:
        raise NobodyMentorsThemself
    if (mentee, mentor) in state.forbidden:
        raise PairIsForbidden
    return [] if (mentee, mentor) in state.locked else [PairLocked(mentee=mentee, mentor=mentor)]


def forbid_pair(state: MatchRun, *, mentee: ParticipantId, mentor: ParticipantId) -> list[DomainEvent]:
    _refuse_over(state)
    if (mentee, mentor) in state.locked:
        raise PairIsLocked
    return [] if (mentee, mentor) in state.forbidden else [PairForbidden(mentee=mentee, mentor=mentor)]


def release_pair(state: MatchRun, *, mentee: ParticipantId, mentor: ParticipantId) -> list[DomainEvent]:
    _refuse_over(state)
    held = (mentee, mentor) in state.locked | state.forbidden
    return [PairReleased(mentee=mentee, mentor=mentor)] if held else []


def record_computed(state: MatchRun, *, computed: Computed) -> list[DomainEvent]:
    """Nothing where a newer lock or bar makes it out of date, or where nobody waits for it any more."""
    waits = state.status is Status.COMPUTING and computed.revision == state.revision
    return [computed] if waits else []


def record_failed(state: MatchRun, *, failed: Failed) -> list[DomainEvent]:
    waits = state.status is Status.COMPUTING and failed.revision == state.revision
    return [failed] if waits else []


def cancel(state: MatchRun) -> list[DomainEvent]:
    if state.status is Status.CANCELLED:
        return []
    _refuse_over(state)
    return [Cancelled()]


def approve_pairs(state: MatchRun, *, numbers: Iterable[int] | None = None) -> list[DomainEvent]:
    """None: all."""
    _refuse_not_drafted(state)
    wished = frozenset(state.found if numbers is None else numbers)
    _refuse_unknown(state, wished)
    news = tuple(sorted(wished - state.approved_numbers))
    return [PairsApproved(numbers=news)] if news else []


def withdraw_approval(state: MatchRun, *, numbers: Iterable[int] | None = None) -> list[DomainEvent]:
    """None: of all."""
    _refuse_not_drafted(state)
    wished = frozenset(state.found if numbers is None else numbers)
    _refuse_unknown(state, wished)
    news = tuple(sorted(wished & state.approved_numbers))
    return [ApprovalWithdrawn(numbers=news)] if news else []


def publish(state: MatchRun, *, program: ProgramTerms) -> list[DomainEvent]:
    if state.status is Status.PUBLISHED:
        return []
    _refuse_not_drafted(state)
    refuse_unmatchable(program)
    if not state.approved_numbers:
        raise NothingIsApproved
    return [Published()]


def discard(state: MatchRun) -> list[DomainEvent]:
    if state.status is Status.DISCARDED:
        return []
    _refuse_over(state)
    return [Discarded()]


def _refuse_over(state: MatchRun) -> None:
    if state.status is Status.UNKNOWN:
        raise RunIsUnknown
    if state.status in _OVER:
        raise RunIsOver(status=state.status)


def _refuse_not_drafted(state: MatchRun) -> None:
    _refuse_over(state)
    if state.status is not Status.DRAFT:
        raise RunIsNotReady(status=state.status)


def _refuse_unknown(state: MatchRun, numbers: frozenset[int]) -> None:
    if unknown := sorted(numbers - state.found.keys()):
        raise PairsAreUnknown(numbers=", ".join(map(str, unknown[:5])))


def evolve(state: MatchRun, event: MatchRunEvent) -> MatchRun:
    match event:
        case Requested():
            return replace(state, status=Status.COMPUTING, requested=event)
        case PairLocked():
            return _revised(state, locked=state.locked | {(event.mentee, event.mentor)})
        case PairForbidden():
            return _revised(state, forbidden=state.forbidden | {(event.mentee, event.mentor)})
        case PairReleased():
            gone = {(event.mentee, event.mentor)}
            return _revised(state, locked=state.locked - gone, forbidden=state.forbidden - gone)
        case Computed():
            found = {pair.number: (pair.mentors, pair.mentees) for pair in event.pairs}
            kept = state.approved.intersection(found.values())
            return replace(state, status=Status.DRAFT, found=found, approved=kept)
        case Failed():
            return replace(state, status=Status.FAILED)
        case Cancelled():
            return replace(state, status=Status.CANCELLED)
        case PairsApproved():
            return replace(state, approved=state.approved.union(_members(state, event.numbers)))
        case ApprovalWithdrawn():
            return replace(state, approved=state.approved.difference(_members(state, event.numbers)))
        case Published():
            return replace(state, status=Status.PUBLISHED)
        case Discarded():
            return replace(state, status=Status.DISCARDED)
        case _:
            assert_never(event)


def _members(state: MatchRun, numbers: Iterable[int]) -> Iterable[Members]:
    return (state.found[number] for number in numbers if number in state.found)


def _revised(
    state: MatchRun,
    *,
    locked: frozenset[Pair] | None = None,
    forbidden: frozenset[Pair] | None = None,
) -> MatchRun:
    """Solved again: until then there is nothing to approve."""
    return replace(
        state,
        status=Status.COMPUTING,
        locked=state.locked if locked is None else locked,
        forbidden=state.forbidden if forbidden is None else forbidden,
        revision=state.revision + 1,
        found={},
    )


MATCH_RUN: Final = Aggregate("match_run", MatchRun(), evolve)
