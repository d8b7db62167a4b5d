"""What the commands on an enrollment take."""

from datetime import date

import strawberry
from strawberry import UNSET

from api.command import VersionedInput
from api.enums import Side


@strawberry.input
class EnrollmentCommandInput(VersionedInput):
    enrollment: strawberry.ID


@strawberry.input
class InviteToProgramInput(VersionedInput):
    program: strawberry.ID
    participant: strawberry.ID
    role: Side


@strawberry.input
class AnswerInput:
    question: str
    answer: str


@strawberry.input
class ApplyToProgramInput(VersionedInput):
    program: strawberry.ID
    participant: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Who applies; you when left out."
    )
    role: Side
    answers: list[AnswerInput] = strawberry.field(default_factory=list)


@strawberry.input
class RequestInformationInput(EnrollmentCommandInput):
    question: str


@strawberry.input
class GiveInformationInput(EnrollmentCommandInput):
    answer: str


@strawberry.input
class ApproveEnrollmentInput(EnrollmentCommandInput):
    pass


@strawberry.input
class RejectEnrollmentInput(EnrollmentCommandInput):
    reason: str


@strawberry.input
class WaitlistEnrollmentInput(EnrollmentCommandInput):
    pass


@strawberry.input
class PauseEnrollmentInput(EnrollmentCommandInput):
    until: date


@strawberry.input
class ResumeEnrollmentInput(EnrollmentCommandInput):
    pass


@strawberry.input
class WithdrawEnrollmentInput(EnrollmentCommandInput):
    pass


@strawberry.input
class RemoveFromProgramInput(EnrollmentCommandInput):
    reason: str


@strawberry.input
class CompleteEnrollmentInput(EnrollmentCommandInput):
    pass


@strawberry.input
class RankWishesInput(VersionedInput):
    program: strawberry.ID
    participant: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Whose wishes they are; yours when left out."
    )
    wishes: list[strawberry.ID]


@strawberry.input
class StatePreferenceInput(VersionedInput):
    program: strawberry.ID
    participant: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Whose preference it is; yours when left out."
    )
    preference: list[AnswerInput]
