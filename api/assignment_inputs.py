"""What the commands on assignments take."""

from datetime import date

import strawberry
from strawberry import UNSET

from api.command import CommandInput, VersionedInput

TITLE = "What there is to do; a task of the plan says it itself."


@strawberry.input
class NewAssignmentInput(CommandInput):
    mentorship: strawberry.ID
    title: str | None = strawberry.field(default=UNSET, description=TITLE)
    description: str | None = UNSET
    task: str | None = strawberry.field(
        default=UNSET, description="A task of the programme's plan, by its id."
    )
    resource: strawberry.ID | None = strawberry.field(
        default=UNSET, description="A document or link to work with, of this relationship or the directory."
    )


@strawberry.input
class SuggestAssignmentInput(NewAssignmentInput):
    to: strawberry.ID = strawberry.field(description="A member; it may be you.")


@strawberry.input
class AssignTaskInput(NewAssignmentInput):
    to: list[strawberry.ID] = strawberry.field(
        description="One or more members: an assignment each, or none."
    )
    due: date | None = strawberry.field(
        default=UNSET, description="For a task of the plan, else its own day."
    )


@strawberry.input
class AssignmentCommandInput(VersionedInput):
    assignment: strawberry.ID


@strawberry.input
class ScheduleAssignmentInput(AssignmentCommandInput):
    due: date | None = strawberry.field(default=UNSET, description="Left out: whenever it is done.")


@strawberry.input
class StartAssignmentInput(AssignmentCommandInput):
    pass


@strawberry.input
class SubmitAssignmentInput(AssignmentCommandInput):
    text: str | None = UNSET
    resource: strawberry.ID | None = strawberry.field(
        default=UNSET, description="A document or link that you have made of it."
    )


@strawberry.input
class CompleteAssignmentInput(AssignmentCommandInput):
    pass


@strawberry.input
class ReturnAssignmentInput(AssignmentCommandInput):
    reason: str = strawberry.field(description="What there is still to do.")


@strawberry.input
class DropAssignmentInput(AssignmentCommandInput):
    pass
