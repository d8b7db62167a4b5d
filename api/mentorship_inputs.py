"""What the commands on relationships take."""

from datetime import date

import strawberry
from strawberry import UNSET

from api.command import VersionedInput
from api.enums import EndReason, Outcome, Side


@strawberry.input
class MentorshipCommandInput(VersionedInput):
    mentorship: strawberry.ID


@strawberry.input
class SignAgreementInput(MentorshipCommandInput):
    pass


@strawberry.input
class SetGoalInput(MentorshipCommandInput):
    text: str
    competency: str | None = strawberry.field(default=UNSET, description="What it helps to learn.")
    due: date | None = UNSET


@strawberry.input
class GoalCommandInput(MentorshipCommandInput):
    goal: strawberry.ID = strawberry.field(description="Its goalId.")


@strawberry.input
class DescribeGoalInput(GoalCommandInput):
    text: str
    competency: str | None = strawberry.field(default=UNSET, description="None when left out.")
    due: date | None = strawberry.field(default=UNSET, description="None when left out.")


@strawberry.input
class ProgressGoalInput(GoalCommandInput):
    percent: int = strawberry.field(description="From 0 to 100.")
    note: str | None = UNSET


@strawberry.input
class AchieveGoalInput(GoalCommandInput):
    pass


@strawberry.input
class DropGoalInput(GoalCommandInput):
    reason: str | None = UNSET


@strawberry.input
class ReachMilestoneInput(MentorshipCommandInput):
    milestone: str = strawberry.field(description="As the plan that the relationship keeps calls it.")


@strawberry.input
class RatingInput:
    about: str = strawberry.field(description="What is rated, in a word such as `progress`.")
    rating: int = strawberry.field(description="1 to 5; 5 is best.")


@strawberry.input
class CheckInInput(MentorshipCommandInput):
    ratings: list[RatingInput]
    comment: str | None = UNSET


@strawberry.input
class AddMemberInput(MentorshipCommandInput):
    participant: strawberry.ID
    role: Side


@strawberry.input
class RemoveMemberInput(MentorshipCommandInput):
    participant: strawberry.ID
    reason: str | None = strawberry.field(
        default=UNSET, description="For them, and for the staff that sees concerns."
    )


@strawberry.input
class LeaveMentorshipInput(MentorshipCommandInput):
    reason: str | None = strawberry.field(
        default=UNSET, description="For yourself, and for the staff that sees concerns."
    )


@strawberry.input
class RaiseConcernInput(MentorshipCommandInput):
    text: str
    confidential: bool = strawberry.field(
        default=True, description="Then the other members do not see that there is one."
    )


@strawberry.input
class SettleConcernInput(MentorshipCommandInput):
    concern: strawberry.ID = strawberry.field(description="Its concernId.")
    note: str | None = UNSET


@strawberry.input
class PauseMentorshipInput(MentorshipCommandInput):
    until: date = strawberry.field(description="The first day on which it runs again by itself.")


@strawberry.input
class ResumeMentorshipInput(MentorshipCommandInput):
    pass


@strawberry.input
class ExtendMentorshipInput(MentorshipCommandInput):
    until: date


@strawberry.input
class ConcludeMentorshipInput(MentorshipCommandInput):
    outcome: Outcome


@strawberry.input
class EndMentorshipInput(MentorshipCommandInput):
    reason: EndReason
    words: str | None = strawberry.field(
        default=UNSET, description="For yourself, and for the staff that sees concerns."
    )
    no_fault: bool = strawberry.field(default=True, description="Then it leaves no mark on either side.")


@strawberry.input
class ReopenMentorshipInput(MentorshipCommandInput):
    until: date = strawberry.field(description="Its new planned end.")


@strawberry.input
class HandOverMentorshipInput(MentorshipCommandInput):
    mentors: list[strawberry.ID] = strawberry.field(description="All who mentor from now on.")


@strawberry.input
class MigrateMentorshipInput(MentorshipCommandInput):
    pass


@strawberry.input
class BreakGlassInput(MentorshipCommandInput):
    reason: str = strawberry.field(description="The members read it.")
    hours: int = strawberry.field(default=4, description="How long it stays open to you, from 1 to 72.")
