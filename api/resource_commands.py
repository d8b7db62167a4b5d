"""What can be done with documents and links. Documents themselves come over HTTP: api.uploads."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import strawberry

from api import resource_inputs as inputs
from api.command import Done, Payload, act, entity, mutation, new_entity, permit, said, value
from api.context import Context, Info
from api.program_staff import staff_of
from api.refusals import BadInput
from api.resource import Resource, load_resource
from api.resource_inputs import ResourceCommandInput
from api.within import Within, act_within, mentorship_key
from domain import resource
from domain.ids import MentorshipId, ParticipantId
from domain.mentorship import MENTORSHIP
from domain.permissions import Action, Thing
from domain.program import PROGRAM
from domain.resource import RESOURCE, Described, LinkShared
from domain.store import Step


@strawberry.type
class ResourcePayload(Payload):
    resource: Resource | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.resource = await load_resource(info, entity)


@dataclass(frozen=True, slots=True)
class Held:
    """A document or link, where it was shared and by whom."""

    id: UUID
    mentorship: MentorshipId
    by: ParticipantId


async def _held(context: Context, given: ResourceCommandInput, action: Action) -> Held:
    id_ = entity("Resource", given.resource, "resource")
    shared = (await context.store.load_async(RESOURCE.stream(id_))).state.shared
    if shared is None:
        permit(context, action, Thing())
        raise BadInput.at("NOT_FOUND", "There is no such document or link.", "resource")
    return Held(id_, shared.mentorship, shared.by)


async def _permit_own(context: Context, held: Held, action: Action) -> None:
    """It is whose who shared it, also when they have left; and the staff's, where the table says so."""
    began = (await context.store.load_async(MENTORSHIP.stream(held.mentorship))).state.began
    program = began.program if began else None
    staff = staff_of((await context.store.load_async(PROGRAM.stream(program))).state) if program else {}
    permit(context, action, Thing(held.by, program, staff))


@strawberry.type
class ResourceCommands:
    @mutation(ResourcePayload)
    async def share_link(self, info: Info, input: inputs.ShareLinkInput) -> Done:
        """Share an address with the others."""
        stream = RESOURCE.stream(new_entity(info.context, input))

        def steps(found: Within) -> list[Step]:
            terms = {"mentorship": found.relationship.mentorship, "by": found.oneself}
            shared = value(LinkShared, {**terms, "title": input.title, "url": input.url})
            return [Step(stream, resource.share_link, {"within": found.relationship, "shared": shared})]

        key = mentorship_key(input.mentorship, "mentorship")
        return await act_within(info, input, key, Action.SHARE_LINK, steps, "mentorship")

    @mutation(ResourcePayload)
    async def describe_resource(self, info: Info, input: inputs.DescribeResourceInput) -> Done:
        """Say what a document or link is, and what it is about."""
        held = await _held(info.context, input, Action.DESCRIBE_RESOURCE)

        def steps(found: Within) -> list[Step]:
            described = value(Described, {**_words(input), "by": found.oneself})
            wish = {"within": found.relationship, "described": described}
            return [Step(RESOURCE.stream(held.id), resource.describe, wish)]

        return await act_within(info, input, held.mentorship, Action.DESCRIBE_RESOURCE, steps)

    @mutation(ResourcePayload)
    async def withdraw_resource(self, info: Info, input: inputs.WithdrawResourceInput) -> Done:
        """Take back what you shared; its content is destroyed. Staff withdraw anything of their programme."""
        held = await _held(info.context, input, Action.WITHDRAW_RESOURCE)
        await _permit_own(info.context, held, Action.WITHDRAW_RESOURCE)
        stream, by = RESOURCE.stream(held.id), info.context.actor.participant
        return await act(info, input, stream, resource.withdraw, by=by)

    @mutation(ResourcePayload)
    async def publish_resource(self, info: Info, input: inputs.PublishResourceInput) -> Done:
        """Say who finds what you shared; MEMBERS takes it back."""
        held = await _held(info.context, input, Action.PUBLISH_RESOURCE)

        def steps(found: Within) -> list[Step]:
            wish = {"within": found.relationship, "by": found.oneself, "to": input.to, "named": input.named}
            return [Step(RESOURCE.stream(held.id), resource.publish, wish)]

        return await act_within(info, input, held.mentorship, Action.PUBLISH_RESOURCE, steps)


def _words(given: inputs.DescribeResourceInput) -> dict[str, Any]:
    return {name: words for name, words in said(given, ResourceCommandInput).items() if words is not None}
