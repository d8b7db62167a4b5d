"""What asking an expert and agreeing on a session take of all streams: one append, or nothing."""

from datetime import date, timedelta

from domain import inquiry, mentorship
from domain.admission import PersonIsNotActive
from domain.aggregate import Step
from domain.event import DomainEvent
from domain.guards import same_person
from domain.ids import InquiryId, ParticipantId, flash_id
from domain.inquiry import FLASH, INQUIRY, Asked, Asking, Inquiry
from domain.mentorship import MENTORSHIP, Began
from domain.participant import PARTICIPANT, Participant, Status, facts
from domain.program_settings import Side
from domain.refusal import Refusal
from domain.relationship import Member


class SessionIsNotPossible(Refusal):
    """No session can be agreed on here. Answer the question, or close it."""


def asking(
    id_: InquiryId, asked: Asked, asker: Participant, expert: Participant, *, waiting: int, declined: bool
) -> tuple[Step, ...]:
    """`declined`: one of them has declined the other for good, as a mentor or a mentee."""
    apart = declined or asked.by in expert.avoided or asked.expert in asker.avoided
    known = Asking(facts(asker, asked.by), facts(expert, asked.expert), waiting, apart)
    return (
        Step(INQUIRY.stream(id_), inquiry.ask, {"asked": asked, "asking": known}),
        Step(PARTICIPANT.stream(asked.by), same_person, {"held": asker}, guard=True),
        Step(PARTICIPANT.stream(asked.expert), same_person, {"held": expert}, guard=True),
    )


def agreeing(id_: InquiryId, held: Inquiry, *, by: ParticipantId, today: date) -> tuple[Step, ...]:
    """The session begins in the same append, while both are there."""
    session = flash_id(id_)
    agreed = Step(INQUIRY.stream(id_), inquiry.agree_session, {"by": by, "mentorship": session})
    if held.asked is None or held.session == session:
        return (agreed,)
    began = _session(id_, held.asked, today)
    people = (held.asked.expert, held.asked.by)
    guarded = {"people": frozenset(people)}
    return (
        agreed,
        Step(MENTORSHIP.stream(session), mentorship.begin, {"began": began}),
        *(Step(PARTICIPANT.stream(who), _still_there, guarded, guard=True) for who in people),
    )


def _still_there(state: Participant, *, people: frozenset[ParticipantId]) -> list[DomainEvent]:
    """Whoever has come to avoid the other since it was asked is not told of, here neither."""
    if state.status is not Status.ACTIVE:
        raise PersonIsNotActive
    if people & state.avoided:
        raise SessionIsNotPossible
    return []


def _session(id_: InquiryId, asked: Asked, today: date) -> Began:
    return Began(
        type=FLASH,
        members=(
            Member(participant=asked.expert, role=Side.MENTOR),
            Member(participant=asked.by, role=Side.MENTEE),
        ),
        planned_end=today + timedelta(days=FLASH.duration_days),
        inquiry=id_,
    )
