"""What the commands on a programme take."""

import strawberry
from strawberry import UNSET

from api import program_settings_inputs as settings
from api.command import CommandInput, VersionedInput
from api.enums import Side, StaffRole


@strawberry.input
class ProgramCommandInput(VersionedInput):
    program: strawberry.ID


@strawberry.input
class DraftProgramInput(CommandInput):
    name: str
    purpose: str | None = None


@strawberry.input
class DescribeProgramInput(ProgramCommandInput):
    name: str
    purpose: str | None = None


@strawberry.input
class LimitAudienceInput(ProgramCommandInput):
    role: Side
    rule: str | None = strawberry.field(
        default=None,
        description='Such as: department in ["Sales", "Finance"] and hours_a_month > 2. Null lifts it.',
    )


@strawberry.input
class SetRelationshipTypesInput(ProgramCommandInput):
    types: list[settings.RelationshipTypeInput]


@strawberry.input
class ConfigureEnrollmentInput(ProgramCommandInput):
    settings: settings.EnrollmentSettingsInput


@strawberry.input
class ConfigureMatchingInput(ProgramCommandInput):
    settings: settings.MatchingSettingsInput


@strawberry.input
class SetPlanInput(ProgramCommandInput):
    settings: settings.PlanSettingsInput


@strawberry.input
class SetAgreementInput(ProgramCommandInput):
    settings: settings.AgreementSettingsInput


@strawberry.input
class SetCommunicationsInput(ProgramCommandInput):
    settings: settings.CommunicationsSettingsInput


@strawberry.input
class SetAccountabilityInput(ProgramCommandInput):
    settings: settings.AccountabilitySettingsInput


@strawberry.input
class AddContentInput(ProgramCommandInput):
    title: str
    url: str
    description: str | None = None


@strawberry.input
class RemoveContentInput(ProgramCommandInput):
    content: strawberry.ID


@strawberry.input
class AssignStaffInput(ProgramCommandInput):
    person: strawberry.ID
    role: StaffRole


@strawberry.input
class WithdrawStaffInput(ProgramCommandInput):
    person: strawberry.ID
    role: StaffRole


@strawberry.input
class OpenProgramInput(ProgramCommandInput):
    pass


@strawberry.input
class CloseProgramInput(ProgramCommandInput):
    pass


@strawberry.input
class WindDownProgramInput(ProgramCommandInput):
    pass


@strawberry.input
class ArchiveProgramInput(ProgramCommandInput):
    pass


@strawberry.input
class MakeAnnouncementInput(ProgramCommandInput):
    title: str
    text: str
    side: Side | None = strawberry.field(
        default=UNSET, description="Only to this side; otherwise to everybody."
    )
