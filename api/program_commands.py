"""What can be done to a programme."""

from typing import Any
from uuid import UUID

import strawberry

from api import program_inputs as inputs
from api.command import Done, Payload, act, act_together, entity, mutation, new_entity, permit, said, value
from api.context import Info
from api.participant_commands import person_id
from api.program import Program, load_program
from api.program_inputs import ProgramCommandInput
from api.program_staff import staff_of
from api.refusals import BadInput
from domain import program
from domain.accountability_settings import AccountabilitySettings
from domain.event import DomainEvent
from domain.ids import ProgramId
from domain.matching_settings import MatchingSettings
from domain.participant import PARTICIPANT, Participant, Status
from domain.permissions import Action, Thing
from domain.program import PROGRAM
from domain.program_settings import (
    AgreementSettings,
    CommunicationsSettings,
    EnrollmentSettings,
    PlanSettings,
    RelationshipType,
)
from domain.refusal import Refusal
from domain.store import Decision, Step


@strawberry.type
class ProgramPayload(Payload):
    program: Program | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.program = await load_program(info, entity)


def program_id(given: str, *path: str) -> ProgramId:
    return ProgramId(entity("Program", given, *path))


class StaffIsActive(Refusal):
    """Only somebody who is active in the organisation can be staff."""


def _is_active(state: Participant) -> list[DomainEvent]:
    if state.status is not Status.ACTIVE:
        raise StaffIsActive
    return []


async def _act(
    info: Info,
    given: ProgramCommandInput,
    action: Action,
    decision: Decision,
    *guards: Step,
    **arguments: Any,
) -> Done:
    stream = PROGRAM.stream(program_id(given.program, "program"))
    held = await info.context.store.load_async(stream)
    permit(info.context, action, Thing(program=ProgramId(stream.id), staff=staff_of(held.state)))
    return await act_together(info, given, Step(stream, decision, arguments), *guards)


@strawberry.type
class ProgramCommands:
    @mutation(ProgramPayload)
    async def draft_program(self, info: Info, input: inputs.DraftProgramInput) -> Done:
        """Begin a new programme."""
        permit(info.context, Action.DRAFT_PROGRAM, Thing())
        stream = PROGRAM.stream(new_entity(info.context, input))
        return await act(info, input, stream, program.draft, name=input.name, purpose=input.purpose)

    @mutation(ProgramPayload)
    async def describe_program(self, info: Info, input: inputs.DescribeProgramInput) -> Done:
        """Name a programme and say what it is for."""
        wish = said(input, ProgramCommandInput)
        return await _act(info, input, Action.DESCRIBE_PROGRAM, program.describe, **wish)

    @mutation(ProgramPayload)
    async def limit_audience(self, info: Info, input: inputs.LimitAudienceInput) -> Done:
        """Say who may take part on one side, as a rule over profiles."""
        wish = said(input, ProgramCommandInput)
        return await _act(info, input, Action.LIMIT_AUDIENCE, program.limit_audience, **wish)

    @mutation(ProgramPayload)
    async def set_relationship_types(self, info: Info, input: inputs.SetRelationshipTypesInput) -> Done:
        """Say which kinds of relationship the programme offers."""
        types = tuple(value(RelationshipType, one, "types", str(n)) for n, one in enumerate(input.types))
        return await _act(
            info, input, Action.SET_RELATIONSHIP_TYPES, program.set_relationship_types, types=types
        )

    @mutation(ProgramPayload)
    async def configure_enrollment(self, info: Info, input: inputs.ConfigureEnrollmentInput) -> Done:
        """Say how people come in, who approves them and how much they can take on."""
        settings = value(EnrollmentSettings, input.settings, "settings")
        return await _act(
            info, input, Action.CONFIGURE_ENROLLMENT, program.configure_enrollment, settings=settings
        )

    @mutation(ProgramPayload)
    async def configure_matching(self, info: Info, input: inputs.ConfigureMatchingInput) -> Done:
        """Say who brings pairs together, and what makes a good one."""
        settings = value(MatchingSettings, input.settings, "settings")
        return await _act(
            info, input, Action.CONFIGURE_MATCHING, program.configure_matching, settings=settings
        )

    @mutation(ProgramPayload)
    async def set_plan(self, info: Info, input: inputs.SetPlanInput) -> Done:
        """Give every relationship its milestones and tasks."""
        settings = value(PlanSettings, input.settings, "settings")
        return await _act(info, input, Action.SET_PLAN, program.set_plan, settings=settings)

    @mutation(ProgramPayload)
    async def set_agreement(self, info: Info, input: inputs.SetAgreementInput) -> Done:
        """Say what the members of a relationship agree to before their first session."""
        settings = value(AgreementSettings, input.settings, "settings")
        return await _act(info, input, Action.SET_AGREEMENT, program.set_agreement, settings=settings)

    @mutation(ProgramPayload)
    async def set_communications(self, info: Info, input: inputs.SetCommunicationsInput) -> Done:
        """Say how people are told and reminded."""
        settings = value(CommunicationsSettings, input.settings, "settings")
        return await _act(
            info, input, Action.SET_COMMUNICATIONS, program.set_communications, settings=settings
        )

    @mutation(ProgramPayload)
    async def set_accountability(self, info: Info, input: inputs.SetAccountabilityInput) -> Done:
        """Say how closely relationships are followed, and who sees what."""
        settings = value(AccountabilitySettings, input.settings, "settings")
        return await _act(
            info, input, Action.SET_ACCOUNTABILITY, program.set_accountability, settings=settings
        )

    @mutation(ProgramPayload)
    async def add_content(self, info: Info, input: inputs.AddContentInput) -> Done:
        """Offer something to read or to watch to everybody in the programme."""
        wish = {"content": new_entity(info.context, input), **said(input, ProgramCommandInput)}
        return await _act(info, input, Action.ADD_CONTENT, program.add_content, **wish)

    @mutation(ProgramPayload)
    async def remove_content(self, info: Info, input: inputs.RemoveContentInput) -> Done:
        """No longer offer it."""
        try:
            content = UUID(input.content)
        except ValueError:
            raise BadInput.at("BAD_ID", "This is not an id of ours.", "content") from None
        return await _act(info, input, Action.REMOVE_CONTENT, program.remove_content, content=content)

    @mutation(ProgramPayload)
    async def assign_staff(self, info: Info, input: inputs.AssignStaffInput) -> Done:
        """Let a person facilitate or administer the programme."""
        person = person_id(input.person, "person")
        wish, there = (
            {"person": person, "role": input.role},
            Step(PARTICIPANT.stream(person), _is_active, guard=True),
        )
        return await _act(info, input, Action.ASSIGN_STAFF, program.assign_staff, there, **wish)

    @mutation(ProgramPayload)
    async def withdraw_staff(self, info: Info, input: inputs.WithdrawStaffInput) -> Done:
        """This person no longer facilitates or administers the programme."""
        wish = {"person": person_id(input.person, "person"), "role": input.role}
        return await _act(info, input, Action.WITHDRAW_STAFF, program.withdraw_staff, **wish)

    @mutation(ProgramPayload)
    async def open_program(self, info: Info, input: inputs.OpenProgramInput) -> Done:
        """Let people in."""
        return await _act(info, input, Action.OPEN_PROGRAM, program.open_enrollment)

    @mutation(ProgramPayload)
    async def close_program(self, info: Info, input: inputs.CloseProgramInput) -> Done:
        """Let nobody new in; the relationships go on."""
        return await _act(info, input, Action.CLOSE_PROGRAM, program.close)

    @mutation(ProgramPayload)
    async def wind_down_program(self, info: Info, input: inputs.WindDownProgramInput) -> Done:
        """Begin no new relationships; the running ones come to their end."""
        return await _act(info, input, Action.WIND_DOWN_PROGRAM, program.wind_down)

    @mutation(ProgramPayload)
    async def archive_program(self, info: Info, input: inputs.ArchiveProgramInput) -> Done:
        """Close the books; nothing is added any more."""
        return await _act(info, input, Action.ARCHIVE_PROGRAM, program.archive)

    @mutation(ProgramPayload)
    async def make_announcement(self, info: Info, input: inputs.MakeAnnouncementInput) -> Done:
        """Tell everybody in the programme, or one side of it."""
        wish = {"announcement": new_entity(info.context, input), **said(input, ProgramCommandInput)}
        return await _act(info, input, Action.ANNOUNCE, program.announce, **wish)
