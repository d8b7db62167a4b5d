"""When a meeting takes place: other times, answers, the time agreed on, and that it is called off."""

from datetime import datetime, timedelta
from typing import Final

from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.meeting import (
    Answer,
    Answered,
    Cancelled,
    Confirmed,
    Meeting,
    MeetingIsNotConfirmed,
    Rescheduled,
    Slot,
    Slots,
    SlotsProposed,
    Status,
    open_or_refused,
    refuse_strangers,
    refuse_times,
)
from domain.refusal import Refusal
from domain.relationship import Relationship

LATE: Final = timedelta(hours=24)


class MeetingHasBegun(Refusal):
    """The time agreed on has come: record how the meeting went, or that somebody did not come."""


class SlotIsNotProposed(Refusal):
    """This is none of the times that are proposed now: choose one of them, or propose it."""


class NobodyElseHasAccepted(Refusal):
    """You have proposed these times: somebody else confirms one, or accepts before you do."""


class InvitationHasChanged(Refusal):
    """This answers an invitation that no longer holds: take the newest one, and answer that."""


def propose_slots(
    state: Meeting,
    *,
    within: Relationship,
    by: ParticipantId,
    slots: Slots,
    now: datetime,
    sequence: int | None = None,
) -> list[DomainEvent]:
    """`sequence` is that of the invitation it replies to, where it came by a calendar."""
    refuse_strangers(within, by)
    held = _refuse_begun(open_or_refused(state), now)
    if held.slots == slots and held.offered_by == by:
        return []
    _refuse_changed(held, sequence)
    refuse_times(slots, now)
    return [SlotsProposed(by=by, slots=slots)]


def answer(
    state: Meeting,
    *,
    within: Relationship,
    by: ParticipantId,
    answer: Answer,
    now: datetime,
    sequence: int | None = None,
) -> list[DomainEvent]:
    """About the time agreed on, else about all that are proposed. `sequence` as above."""
    refuse_strangers(within, by)
    held = _refuse_begun(open_or_refused(state), now)
    _refuse_changed(held, sequence)
    return [] if held.answers.get(by) == answer else [Answered(by=by, answer=answer)]


def confirm(
    state: Meeting, *, within: Relationship, by: ParticipantId, slot: Slot, now: datetime
) -> list[DomainEvent]:
    """By another member than who proposed the times, or by them once somebody else has accepted."""
    refuse_strangers(within, by)
    held = _refuse_begun(open_or_refused(state), now)
    if held.slot == slot:
        return []
    if slot not in held.slots:
        raise SlotIsNotProposed
    if by == held.offered_by and not _somebody_else_accepts(held, by):
        raise NobodyElseHasAccepted
    refuse_times((slot,), now)
    return [Confirmed(by=by, slot=slot)]


def reschedule(
    state: Meeting, *, within: Relationship, by: ParticipantId, slot: Slot, now: datetime
) -> list[DomainEvent]:
    """By any of the members; the others are asked again."""
    refuse_strangers(within, by)
    held = _refuse_begun(open_or_refused(state), now)
    if held.slot is None:
        raise MeetingIsNotConfirmed
    if held.slot == slot:
        return []
    refuse_times((slot,), now)
    return [Rescheduled(by=by, slot=slot)]


def cancel(
    state: Meeting, *, within: Relationship, by: ParticipantId, now: datetime, reason: str | None = None
) -> list[DomainEvent]:
    """By any of the members, until it begins."""
    refuse_strangers(within, by)
    if state.status is Status.CANCELLED:
        return []
    held = _refuse_begun(open_or_refused(state), now)
    late = held.slot is not None and held.slot.starts_at - now < LATE
    return [Cancelled(by=by, late=late, reason=reason)]


def _refuse_begun(state: Meeting, now: datetime) -> Meeting:
    if state.begun(now):
        raise MeetingHasBegun
    return state


def _refuse_changed(state: Meeting, sequence: int | None) -> None:
    if sequence not in {None, state.sequence}:
        raise InvitationHasChanged


def _somebody_else_accepts(state: Meeting, by: ParticipantId) -> bool:
    return any(who != by and said is Answer.ACCEPTED for who, said in state.answers.items())
