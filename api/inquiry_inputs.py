"""What the commands on questions to experts, and on guests, take."""

from datetime import date

import strawberry
from strawberry import UNSET

from api.command import CommandInput, VersionedInput


@strawberry.input
class AskExpertInput(CommandInput):
    expert: strawberry.ID
    text: str
    topics: list[str] = strawberry.field(default_factory=list)
    session: bool = strawberry.field(default=False, description="You would like to meet them once.")


@strawberry.input
class InquiryCommandInput(VersionedInput):
    inquiry: strawberry.ID


@strawberry.input
class FollowUpInquiryInput(InquiryCommandInput):
    text: str
    session: bool = strawberry.field(default=False, description="You would like to meet them once.")


@strawberry.input
class AnswerInquiryInput(InquiryCommandInput):
    text: str


@strawberry.input
class DeclineInquiryInput(InquiryCommandInput):
    reason: str | None = UNSET


@strawberry.input
class AgreeSessionInput(InquiryCommandInput):
    pass


@strawberry.input
class CloseInquiryInput(InquiryCommandInput):
    pass


@strawberry.input
class RateInquiryInput(InquiryCommandInput):
    rating: int = strawberry.field(description="From 1, of no use, to 5, just what was needed.")
    comment: str | None = UNSET


@strawberry.input
class InviteGuestInput(CommandInput):
    participant: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Somebody invited before, for whom the invitation changes."
    )
    name: str
    email: str
    until: date = strawberry.field(description="The last day on which they can accept.")
    headline: str | None = strawberry.field(default=None, description="What they are invited for.")
    topics: list[str] = strawberry.field(default_factory=list)
