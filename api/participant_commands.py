"""What can be done to a person's profile."""

import asyncio
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import participant_inputs as inputs
from api.command import Done, Payload, act, entity, mutation, new_entity, permit, plain, said, value
from api.context import Info
from api.participant import Participant, load_participant
from api.participant_inputs import ParticipantCommandInput
from api.refusals import BadInput
from domain import consent, expert, mailing, participant
from domain.ids import ParticipantId
from domain.participant import PARTICIPANT
from domain.permissions import Action, Thing
from domain.preferences import QuietHours
from domain.profile import Record, Statement
from domain.store import Decision


@strawberry.type
class ParticipantPayload(Payload):
    participant: Participant | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.participant = await load_participant(info, entity)


def person_id(given: str, *path: str) -> ParticipantId:
    return ParticipantId(entity("Participant", given, *path))


def whose(info: Info, participant: str | None) -> ParticipantId:
    """The person named, or who asks."""
    if participant is not None and participant is not UNSET:
        return person_id(participant, "participant")
    if info.context.actor.participant is None:
        raise BadInput.at(
            "PARTICIPANT_MISSING", "Say who is meant: you have no profile yourself.", "participant"
        )
    return info.context.actor.participant


async def _act(
    info: Info, given: ParticipantCommandInput, action: Action, decision: Decision, **arguments: Any
) -> Done:
    person = whose(info, given.participant)
    permit(info.context, action, Thing(person=person))
    return await act(info, given, PARTICIPANT.stream(person), decision, **arguments)


def _words(given: inputs.RecordInput | inputs.ProfileInput, *path: str) -> dict[str, Any]:
    """As the profile takes them: null empties a list, answers are found by their question."""
    words: dict[str, Any] = plain(given)
    for name in {"languages", "work_history"} & words.keys():
        words[name] = words[name] or ()
    if words.get("manager") is not None:
        words["manager"] = person_id(words["manager"], *path, "manager")
    if answers := words.get("demographics"):
        words["demographics"] = {answer["question"]: answer["answer"] for answer in answers}
        if len(words["demographics"]) < len(answers):
            raise BadInput.at("REPEATED", "Each question can be answered once.", *path, "demographics")
    return words


@strawberry.type
class ParticipantCommands:
    @mutation(ParticipantPayload)
    async def register_participant(self, info: Info, input: inputs.RegisterParticipantInput) -> Done:
        """Make a person of the organisation known."""
        permit(info.context, Action.REGISTER, Thing())
        known = input.external_id and ("participant", input.source, input.external_id.strip())
        person = info.context.store.pseudonym(*known) if known else new_entity(info.context, input)
        return await act(info, input, PARTICIPANT.stream(person), participant.register, **said(input))

    @mutation(ParticipantPayload)
    async def sync_record(self, info: Info, input: inputs.SyncRecordInput) -> Done:
        """Say what a system of record knows; what the person states themself stays as it is."""
        words = _words(input.record, "record")
        wish = {
            "oneself": whose(info, input.participant),
            "source": input.source,
            "record": value(Record, words, "record"),
        }
        return await _act(info, input, Action.SYNC_RECORD, participant.sync_record, **wish)

    @mutation(ParticipantPayload)
    async def describe_profile(self, info: Info, input: inputs.DescribeProfileInput) -> Done:
        """State about yourself what no system of record should overwrite."""
        statement = value(Statement, _words(input.profile, "profile"), "profile")
        return await _act(
            info, input, Action.DESCRIBE_PROFILE, participant.describe_profile, statement=statement
        )

    @mutation(ParticipantPayload)
    async def offer_competency(self, info: Info, input: inputs.OfferCompetencyInput) -> Done:
        """Offer to help others with a competency."""
        wish = said(input, ParticipantCommandInput)
        return await _act(info, input, Action.OFFER_COMPETENCY, participant.offer_competency, **wish)

    @mutation(ParticipantPayload)
    async def withdraw_competency_offer(self, info: Info, input: inputs.WithdrawCompetencyOfferInput) -> Done:
        """No longer offer help with a competency."""
        wish = said(input, ParticipantCommandInput)
        decision = participant.withdraw_competency_offer
        return await _act(info, input, Action.WITHDRAW_COMPETENCY_OFFER, decision, **wish)

    @mutation(ParticipantPayload)
    async def seek_competency(self, info: Info, input: inputs.SeekCompetencyInput) -> Done:
        """Wish to learn a competency."""
        wish = said(input, ParticipantCommandInput)
        return await _act(info, input, Action.SEEK_COMPETENCY, participant.seek_competency, **wish)

    @mutation(ParticipantPayload)
    async def stop_seeking_competency(self, info: Info, input: inputs.StopSeekingCompetencyInput) -> Done:
        """No longer wish to learn a competency."""
        wish = said(input, ParticipantCommandInput)
        decision = participant.stop_seeking_competency
        return await _act(info, input, Action.STOP_SEEKING_COMPETENCY, decision, **wish)

    @mutation(ParticipantPayload)
    async def set_availability(self, info: Info, input: inputs.SetAvailabilityInput) -> Done:
        """Say how much time there is for mentoring, and whether new relationships are welcome."""
        wish = said(input, ParticipantCommandInput)
        return await _act(info, input, Action.SET_AVAILABILITY, participant.set_availability, **wish)

    @mutation(ParticipantPayload)
    async def avoid_person(self, info: Info, input: inputs.AvoidPersonInput) -> Done:
        """Never be proposed together with this person, who is never told."""
        ids = {"oneself": whose(info, input.participant), "person": person_id(input.person, "person")}
        return await _act(info, input, Action.AVOID_PERSON, participant.avoid_person, **ids)

    @mutation(ParticipantPayload)
    async def lift_avoidance(self, info: Info, input: inputs.LiftAvoidanceInput) -> Done:
        """No longer avoid this person."""
        person = person_id(input.person, "person")
        return await _act(info, input, Action.LIFT_AVOIDANCE, participant.lift_avoidance, person=person)

    @mutation(ParticipantPayload)
    async def list_as_expert(self, info: Info, input: inputs.ListAsExpertInput) -> Done:
        """Appear in the directory of experts."""
        wish = {
            "headline": input.headline,
            "topics": tuple(input.topics),
            "by_themself": whose(info, input.participant) == info.context.actor.participant,
            "today": info.context.now().date(),
        }
        return await _act(info, input, Action.LIST_AS_EXPERT, expert.list_as_expert, **wish)

    @mutation(ParticipantPayload)
    async def unlist_as_expert(self, info: Info, input: inputs.UnlistAsExpertInput) -> Done:
        """No longer appear in the directory of experts."""
        return await _act(info, input, Action.UNLIST_AS_EXPERT, expert.unlist_as_expert)

    @mutation(ParticipantPayload)
    async def give_consent(self, info: Info, input: inputs.GiveConsentInput) -> Done:
        """Agree to a version of a policy."""
        wish = said(input, ParticipantCommandInput)
        return await _act(info, input, Action.GIVE_CONSENT, consent.give_consent, **wish)

    @mutation(ParticipantPayload)
    async def withdraw_consent(self, info: Info, input: inputs.WithdrawConsentInput) -> Done:
        """Take back what was agreed to; this stays possible after leaving."""
        wish = said(input, ParticipantCommandInput)
        return await _act(info, input, Action.WITHDRAW_CONSENT, consent.withdraw_consent, **wish)

    @mutation(ParticipantPayload)
    async def set_notification_preferences(
        self, info: Info, input: inputs.SetNotificationPreferencesInput
    ) -> Done:
        """Say what you are told by mail, and when; the inbox has everything all the same."""
        wish = {
            "mail": input.mail,
            "muted": tuple(input.muted),
            "quiet": value(QuietHours, input.quiet, "quiet") if input.quiet else None,
        }
        return await _act(info, input, Action.PREFER_NOTIFICATIONS, mailing.prefer_notifications, **wish)

    @mutation(ParticipantPayload)
    async def mark_participant_left(self, info: Info, input: inputs.MarkParticipantLeftInput) -> Done:
        """This person takes part no more, or has left the organisation."""
        return await _act(info, input, Action.LEAVE, participant.leave, reason=input.reason)

    @mutation(ParticipantPayload)
    async def return_participant(self, info: Info, input: inputs.ReturnParticipantInput) -> Done:
        """This person is back."""
        return await _act(info, input, Action.RETURN, participant.come_back)

    @mutation(ParticipantPayload)
    async def erase_participant(self, info: Info, input: inputs.EraseParticipantInput) -> Done:
        """Destroy for good what is personal about this person; what happened stays, without them in it."""
        person = person_id(input.participant, "participant")
        permit(info.context, Action.ERASE, Thing(person=person))
        done = await act(info, input, PARTICIPANT.stream(person), participant.erase)
        await asyncio.to_thread(info.context.store.forget, person)
        return done
