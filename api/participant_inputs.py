"""What the commands on a person's profile take."""

from datetime import date

import strawberry
from strawberry import UNSET

from api.command import CommandInput, VersionedInput
from api.enums import Occasion
from domain.profile import LeavingReason

strawberry.enum(LeavingReason, description="Why somebody is no longer there.")


@strawberry.input
class ParticipantCommandInput(VersionedInput):
    participant: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Whose profile it is; your own when left out."
    )


@strawberry.input
class RegisterParticipantInput(CommandInput):
    name: str
    email: str | None = None
    external_id: str | None = strawberry.field(
        default=None,
        description="The person's id in the source; the two together are never registered twice.",
    )
    source: str = strawberry.field(default="manual", description="Which system of record knows the person.")


@strawberry.input(description="One station of a working life.")
class JobInput:
    title: str
    organisation: str | None = None
    since: date | None = None
    until: date | None = None


@strawberry.input
class ContactInput:
    phone: str | None = None
    messenger: str | None = None
    note: str | None = None


@strawberry.input(
    description="What somebody chooses to say of themself: a question, such as gender, and their answer."
)
class DemographicInput:
    question: str
    answer: str


@strawberry.input(
    description="What a system of record knows. What is left out stays, null says that there is none."
)
class RecordInput:
    name: str | None = UNSET
    email: str | None = UNSET
    job_title: str | None = UNSET
    department: str | None = UNSET
    location: str | None = UNSET
    manager: strawberry.ID | None = UNSET
    time_zone: str | None = UNSET
    languages: list[str] | None = UNSET
    work_history: list[JobInput] | None = UNSET


@strawberry.input
class SyncRecordInput(ParticipantCommandInput):
    source: str
    record: RecordInput


@strawberry.input(description="What somebody says of themself. What is left out stays, null takes it back.")
class ProfileInput:
    time_zone: str | None = UNSET
    languages: list[str] | None = UNSET
    work_history: list[JobInput] | None = UNSET
    biography: str | None = UNSET
    contact: ContactInput | None = UNSET
    demographics: list[DemographicInput] | None = UNSET


@strawberry.input
class DescribeProfileInput(ParticipantCommandInput):
    profile: ProfileInput


@strawberry.input
class OfferCompetencyInput(ParticipantCommandInput):
    competency: str
    level: int = strawberry.field(description="From 1, knows the basics, to 5, others learn it from them.")


@strawberry.input
class WithdrawCompetencyOfferInput(ParticipantCommandInput):
    competency: str


@strawberry.input
class SeekCompetencyInput(ParticipantCommandInput):
    competency: str
    level: int = strawberry.field(description="The wished level, 1 to 5.")
    priority: int = strawberry.field(default=3, description="From 1, wanted most, to 5, wanted least.")


@strawberry.input
class StopSeekingCompetencyInput(ParticipantCommandInput):
    competency: str


@strawberry.input
class SetAvailabilityInput(ParticipantCommandInput):
    hours_a_month: int
    accepting: bool = True
    until: date | None = None


@strawberry.input
class AvoidPersonInput(ParticipantCommandInput):
    person: strawberry.ID


@strawberry.input
class LiftAvoidanceInput(ParticipantCommandInput):
    person: strawberry.ID


@strawberry.input
class ListAsExpertInput(ParticipantCommandInput):
    headline: str
    topics: list[str]


@strawberry.input
class UnlistAsExpertInput(ParticipantCommandInput):
    pass


@strawberry.input
class GiveConsentInput(ParticipantCommandInput):
    policy: str
    version: int


@strawberry.input
class WithdrawConsentInput(ParticipantCommandInput):
    policy: str


@strawberry.input(description="By your own clock; from 22:00 until 07:00 goes over midnight.")
class QuietHoursInput:
    since: str
    until: str


@strawberry.input(description="All that you prefer: what is left out becomes the usual again.")
class SetNotificationPreferencesInput(ParticipantCommandInput):
    mail: bool = strawberry.field(default=True, description="Whether anything comes by mail.")
    muted: list[Occasion] = strawberry.field(
        default_factory=list, description="What stays out of the mail, and is told in the inbox alone."
    )
    quiet: QuietHoursInput | None = strawberry.field(
        default=None, description="What comes then is mailed when they are over."
    )


@strawberry.input
class MarkParticipantLeftInput(ParticipantCommandInput):
    reason: LeavingReason = LeavingReason.LEFT_ORGANISATION


@strawberry.input
class ReturnParticipantInput(ParticipantCommandInput):
    pass


@strawberry.input
class EraseParticipantInput(VersionedInput):
    participant: strawberry.ID
