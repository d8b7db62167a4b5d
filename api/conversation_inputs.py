"""What the commands on conversations take."""

import strawberry
from strawberry import UNSET

from api.command import CommandInput
from api.enums import Sharing

SHARING = "How far beyond the relationship it may be found once an answer is accepted."


@strawberry.input
class ConversationCommandInput(CommandInput):
    mentorship: strawberry.ID = strawberry.field(description="The relationship it is said in.")


@strawberry.input
class SendMessageInput(ConversationCommandInput):
    text: str
    reply_to: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The messageId, questionId or answerId of what it replies to."
    )


@strawberry.input
class WithdrawMessageInput(ConversationCommandInput):
    message: strawberry.ID = strawberry.field(
        description="A messageId; a questionId or answerId withdraws that."
    )


@strawberry.input
class AskQuestionInput(ConversationCommandInput):
    text: str
    topics: list[str] = strawberry.field(default_factory=list, description="Competencies it is about.")
    sharing: Sharing = strawberry.field(default=Sharing.MEMBERS, description=SHARING)


@strawberry.input
class AnswerQuestionInput(ConversationCommandInput):
    question: strawberry.ID = strawberry.field(description="A questionId.")
    text: str
    sharing: Sharing = strawberry.field(default=Sharing.MEMBERS, description=SHARING)


@strawberry.input
class AcceptAnswerInput(ConversationCommandInput):
    answer: strawberry.ID = strawberry.field(description="An answerId.")
