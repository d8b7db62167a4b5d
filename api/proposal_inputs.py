"""What the commands on proposals take."""

import strawberry
from strawberry import UNSET

from api.command import CommandInput, VersionedInput

RELATIONSHIP = "The id of one of the programme's types of relationship; its first when left out."


@strawberry.input
class RequestMentorInput(CommandInput):
    program: strawberry.ID
    participant: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Who asks; you when left out."
    )
    mentor: strawberry.ID
    relationship: str | None = strawberry.field(default=UNSET, description=RELATIONSHIP)
    words: str | None = strawberry.field(default=UNSET, description="What you write to them.")


@strawberry.input
class ProposePairInput(CommandInput):
    program: strawberry.ID
    mentors: list[strawberry.ID]
    mentees: list[strawberry.ID]
    relationship: str | None = strawberry.field(default=UNSET, description=RELATIONSHIP)


@strawberry.input
class ProposalCommandInput(VersionedInput):
    proposal: strawberry.ID


@strawberry.input
class MarkProposalViewedInput(ProposalCommandInput):
    pass


@strawberry.input
class RequestProposalInformationInput(ProposalCommandInput):
    question: str


@strawberry.input
class GiveProposalInformationInput(ProposalCommandInput):
    answer: str


@strawberry.input
class AcceptProposalInput(ProposalCommandInput):
    pass


@strawberry.input
class DeclineProposalInput(ProposalCommandInput):
    reason: str | None = strawberry.field(default=UNSET, description="For the staff's eyes alone.")
    for_good: bool = strawberry.field(
        default=False, description="Never propose these people to each other again."
    )


@strawberry.input
class WithdrawProposalInput(ProposalCommandInput):
    pass
