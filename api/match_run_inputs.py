"""What the commands on match runs take."""

import strawberry
from strawberry import UNSET

from api.command import CommandInput, VersionedInput
from api.program_settings_inputs import MatchingSettingsInput


@strawberry.input
class RequestMatchRunInput(CommandInput):
    program: strawberry.ID
    label: str | None = None
    reference: strawberry.ID | None = strawberry.field(
        default=None,
        description="Another run of the programme: this one is computed on its pool, with its seed.",
    )
    settings: MatchingSettingsInput | None = strawberry.field(
        default=None, description="What is to be otherwise than in the programme, or in the other run."
    )
    seed: str | None = strawberry.field(
        default=None, description="A whole number from 0 to 2^63 - 1; drawn where you give none."
    )


@strawberry.input
class MatchRunCommandInput(VersionedInput):
    run: strawberry.ID


@strawberry.input
class PairChoiceInput(MatchRunCommandInput):
    mentee: strawberry.ID
    mentor: strawberry.ID


@strawberry.input
class LockPairInput(PairChoiceInput):
    pass


@strawberry.input
class ForbidPairInput(PairChoiceInput):
    pass


@strawberry.input
class ReleasePairInput(PairChoiceInput):
    pass


@strawberry.input
class PairNumbersInput(MatchRunCommandInput):
    numbers: list[int] | None = strawberry.field(
        default=UNSET, description="Of the pairs, as the run numbers them; without it, all."
    )


@strawberry.input
class ApprovePairsInput(PairNumbersInput):
    pass


@strawberry.input
class WithdrawApprovalInput(PairNumbersInput):
    pass


@strawberry.input
class PublishMatchRunInput(MatchRunCommandInput):
    pass


@strawberry.input
class CancelMatchRunInput(MatchRunCommandInput):
    pass


@strawberry.input
class DiscardMatchRunInput(MatchRunCommandInput):
    pass
