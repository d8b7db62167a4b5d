"""What can be done with questions to experts; and how guests come to be among these."""

from functools import partial
from typing import Any, Final
from uuid import UUID

import strawberry
from psycopg import Connection
from strawberry import UNSET

from api import inquiry_inputs as inputs
from api.command import (
    Done,
    Payload,
    act,
    act_together,
    entity,
    mutation,
    new_entity,
    permit,
    until_unchanged,
)
from api.context import Context, Info
from api.inquiry import Inquiry, load_inquiry
from api.inquiry_inputs import InquiryCommandInput
from api.mentorship import Mentorship, load_mentorship
from api.participant_commands import ParticipantPayload, person_id
from domain import consulting, expert, inquiry
from domain.ids import InquiryId, ParticipantId, flash_id
from domain.inquiry import INQUIRY, Asked
from domain.participant import PARTICIPANT
from domain.permissions import Action, Thing
from domain.store import Decision, Step, Store
from projections.directory_search import DECLINED

WAITING: Final = "SELECT count(*) FROM inquiries WHERE asker_id = %(asker)s AND state = 'waiting'"


@strawberry.type
class InquiryPayload(Payload):
    inquiry: Inquiry | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.inquiry = await load_inquiry(info, entity)


@strawberry.type
class SessionPayload(InquiryPayload):
    mentorship: Mentorship | None = strawberry.field(default=None, description="The session as it begins.")

    async def read(self, info: Info, entity: UUID) -> None:
        await InquiryPayload.read(self, info, entity)
        self.mentorship = await load_mentorship(info, flash_id(InquiryId(entity)))


async def _ask(info: Info, given: inputs.AskExpertInput) -> Done:
    by = info.context.actor.participant
    permit(info.context, Action.ASK_EXPERT, Thing(person=by))
    id_ = InquiryId(new_entity(info.context, given))
    asked = Asked(
        expert=person_id(given.expert, "expert"),
        by=_oneself(by),
        text=given.text,
        topics=tuple(given.topics),
        session=given.session,
    )

    async def attempt() -> Done:
        steps = await info.context.in_thread(partial(_asking, id_=id_, asked=asked))
        return await act_together(info, given, *steps)

    return await until_unchanged(attempt)


def _asking(store: Store, connection: Connection[Any], *, id_: InquiryId, asked: Asked) -> tuple[Step, ...]:
    people = store.load_all([PARTICIPANT.stream(asked.by), PARTICIPANT.stream(asked.expert)])
    asker, asked_of = people[asked.by].state, people[asked.expert].state
    pair = {"one": asked.by, "other": asked.expert}
    (declined,) = connection.execute(DECLINED, pair).fetchone() or (False,)
    (waiting,) = connection.execute(WAITING, {"asker": asked.by}).fetchone() or (0,)
    return consulting.asking(id_, asked, asker, asked_of, waiting=waiting, declined=declined)


def _oneself(person: ParticipantId | None) -> ParticipantId:
    assert person is not None  # noqa: S101 permit() lets nobody else through
    return person


async def _permitted(
    context: Context, given: InquiryCommandInput, action: Action
) -> tuple[InquiryId, inquiry.Inquiry, ParticipantId]:
    """The question, by whichever of the two may do this with it; to anybody else there is none."""
    id_ = InquiryId(entity("Inquiry", given.inquiry, "inquiry"))
    held = (await context.store.load_async(INQUIRY.stream(id_))).state
    by = context.actor.participant
    permit(context, action, Thing(person=by if by in _whose(held, action) else None))
    return id_, held, _oneself(by)


def _whose(held: inquiry.Inquiry, action: Action) -> tuple[ParticipantId, ...]:
    if held.asked is None:
        return ()
    if action is Action.CLOSE_INQUIRY:
        return (held.asked.by, held.asked.expert)
    asks = action in (Action.ASK_EXPERT, Action.RATE_INQUIRY)
    return (held.asked.by if asks else held.asked.expert,)


async def _say(
    info: Info, given: InquiryCommandInput, action: Action, decision: Decision, **words: Any
) -> Done:
    id_, _, by = await _permitted(info.context, given, action)
    said = {name: None if word is UNSET else word for name, word in words.items()}
    return await act(info, given, INQUIRY.stream(id_), decision, by=by, **said)


async def _agree(info: Info, given: inputs.AgreeSessionInput) -> Done:
    id_, held, by = await _permitted(info.context, given, Action.AGREE_SESSION)
    steps = consulting.agreeing(id_, held, by=by, today=info.context.now().date())
    return await act_together(info, given, *steps)


@strawberry.type
class InquiryCommands:
    @mutation(InquiryPayload)
    async def ask_expert(self, info: Info, input: inputs.AskExpertInput) -> Done:
        """Ask somebody in the directory; only they will see it."""
        return await _ask(info, input)

    @mutation(InquiryPayload)
    async def follow_up_inquiry(self, info: Info, input: inputs.FollowUpInquiryInput) -> Done:
        """Ask further about an answer, or for a session."""
        words = {"text": input.text, "session": input.session}
        return await _say(info, input, Action.ASK_EXPERT, inquiry.follow_up, **words)

    @mutation(InquiryPayload)
    async def answer_inquiry(self, info: Info, input: inputs.AnswerInquiryInput) -> Done:
        """Answer what you were asked; you can add to it later."""
        return await _say(info, input, Action.ANSWER_INQUIRY, inquiry.answer, text=input.text)

    @mutation(InquiryPayload)
    async def decline_inquiry(self, info: Info, input: inputs.DeclineInquiryInput) -> Done:
        """Say that you do not answer this, and why if you like."""
        return await _say(info, input, Action.DECLINE_INQUIRY, inquiry.decline, reason=input.reason)

    @mutation(SessionPayload)
    async def agree_session(self, info: Info, input: inputs.AgreeSessionInput) -> Done:
        """Agree to meet who asked, once: it begins a mentorship of the kind FLASH."""
        return await _agree(info, input)

    @mutation(InquiryPayload)
    async def close_inquiry(self, info: Info, input: inputs.CloseInquiryInput) -> Done:
        """Nothing more is to be said here."""
        return await _say(info, input, Action.CLOSE_INQUIRY, inquiry.close)

    @mutation(InquiryPayload)
    async def rate_inquiry(self, info: Info, input: inputs.RateInquiryInput) -> Done:
        """Say how much it helped you; rating again replaces what you said before."""
        words = {"rating": input.rating, "comment": input.comment}
        return await _say(info, input, Action.RATE_INQUIRY, inquiry.rate, **words)

    @mutation(ParticipantPayload)
    async def invite_guest(self, info: Info, input: inputs.InviteGuestInput) -> Done:
        """Make an expert from outside known; they accept by listing themself as one."""
        permit(info.context, Action.INVITE_GUEST, Thing())
        invited = input.participant
        known = None if invited is UNSET or invited is None else person_id(invited, "participant")
        person = known or new_entity(info.context, input)
        wish = {"name": input.name, "email": input.email, "until": input.until, "headline": input.headline}
        stream, today = PARTICIPANT.stream(person), info.context.now().date()
        return await act(
            info, input, stream, expert.invite_guest, **wish, topics=tuple(input.topics), today=today
        )
