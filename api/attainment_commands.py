"""What members agree on, reach and say in a relationship."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import mentorship_inputs as inputs
from api.attainments import CheckIn, Concern, Goal
from api.command import Done, Payload, act_together, mutation, new_entity, said, until_unchanged
from api.context import Info
from api.loading import load
from api.mentorship import Mentorship, load_mentorship
from api.mentorship_inputs import GoalCommandInput, MentorshipCommandInput
from api.refusals import BadInput
from api.within import mentorship_key, within
from domain import goals
from domain.mentorship import MENTORSHIP
from domain.permissions import Action
from domain.store import Decision, Step


@strawberry.type
class MentorshipPayload(Payload):
    mentorship: Mentorship | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.mentorship = await load_mentorship(info, entity)


@strawberry.type
class GoalPayload(Payload):
    goal: Goal | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.goal = await load(info, "Goal", entity)


@strawberry.type
class CheckInPayload(Payload):
    check_in: CheckIn | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.check_in = await load(info, "CheckIn", entity)


@strawberry.type
class ConcernPayload(Payload):
    concern: Concern | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.concern = await load(info, "Concern", entity)


async def _say(
    info: Info, given: MentorshipCommandInput, action: Action, decision: Decision, **words: Any
) -> Done:
    """What one says oneself, to the relationship as it then is."""
    id_ = mentorship_key(given.mentorship, "mentorship")

    async def attempt() -> Done:
        found = await within(info.context, id_, action, "mentorship")
        by = found.by if action is Action.REACH_MILESTONE else found.oneself
        wish = {"within": found.relationship, "by": by, **words}
        return await act_together(
            info, given, Step(MENTORSHIP.stream(id_), decision, wish), *found.program_guards
        )

    return await until_unchanged(attempt)


async def _of_goal(info: Info, given: GoalCommandInput, decision: Decision, **words: Any) -> Done:
    mentorship_key(given.mentorship, "mentorship")
    goal = own_id(given.goal, "goal")
    action = Action.SET_GOAL if decision is goals.describe_goal else Action.PROGRESS_GOAL
    return replace(await _say(info, given, action, decision, goal=goal, **words), entity=goal)


def own_id(given: str, *path: str) -> UUID:
    """Goals and concerns are called by their plain ids, within their relationship."""
    try:
        return UUID(given)
    except ValueError:
        raise BadInput.at("BAD_ID", "This is not an id of ours.", *path) from None


def _ratings(given: Sequence[inputs.RatingInput]) -> dict[str, int]:
    ratings = {one.about: one.rating for one in given}
    if len(ratings) < len(given):
        raise BadInput.at("REPEATED", "Each thing can be rated once.", "ratings")
    return ratings


@strawberry.type
class AttainmentCommands:
    @mutation(MentorshipPayload)
    async def sign_agreement(self, info: Info, input: inputs.SignAgreementInput) -> Done:
        """Promise the others what the agreement says."""
        return await _say(info, input, Action.SIGN_AGREEMENT, goals.sign_agreement)

    @mutation(GoalPayload)
    async def set_goal(self, info: Info, input: inputs.SetGoalInput) -> Done:
        """Say what is to be reached together."""
        goal, words = new_entity(info.context, input), said(input, MentorshipCommandInput)
        done = await _say(info, input, Action.SET_GOAL, goals.set_goal, goal=goal, **words)
        return replace(done, entity=goal)

    @mutation(GoalPayload)
    async def describe_goal(self, info: Info, input: inputs.DescribeGoalInput) -> Done:
        """Say it anew, the whole of it."""
        return await _of_goal(info, input, goals.describe_goal, **said(input, GoalCommandInput))

    @mutation(GoalPayload)
    async def progress_goal(self, info: Info, input: inputs.ProgressGoalInput) -> Done:
        """Say how far it is."""
        return await _of_goal(info, input, goals.progress_goal, **said(input, GoalCommandInput))

    @mutation(GoalPayload)
    async def achieve_goal(self, info: Info, input: inputs.AchieveGoalInput) -> Done:
        """It is reached."""
        return await _of_goal(info, input, goals.achieve_goal)

    @mutation(GoalPayload)
    async def drop_goal(self, info: Info, input: inputs.DropGoalInput) -> Done:
        """It is no goal any more."""
        return await _of_goal(info, input, goals.drop_goal, **said(input, GoalCommandInput))

    @mutation(MentorshipPayload)
    async def reach_milestone(self, info: Info, input: inputs.ReachMilestoneInput) -> Done:
        """A milestone of the plan is reached."""
        return await _say(
            info, input, Action.REACH_MILESTONE, goals.reach_milestone, milestone=input.milestone
        )

    @mutation(CheckInPayload)
    async def check_in(self, info: Info, input: inputs.CheckInInput) -> Done:
        """Say how it goes."""
        check_in, ratings = new_entity(info.context, input), _ratings(input.ratings)
        comment = None if input.comment is UNSET else input.comment
        wish = {"check_in": check_in, "ratings": ratings, "comment": comment}
        done = await _say(info, input, Action.CHECK_IN, goals.check_in, **wish)
        return replace(done, entity=check_in)

    @mutation(ConcernPayload)
    async def raise_concern(self, info: Info, input: inputs.RaiseConcernInput) -> Done:
        """Say what troubles you; in confidence, unless you say otherwise."""
        concern, words = new_entity(info.context, input), said(input, MentorshipCommandInput)
        done = await _say(info, input, Action.RAISE_CONCERN, goals.raise_concern, concern=concern, **words)
        return replace(done, entity=concern)

    @mutation(ConcernPayload)
    async def settle_concern(self, info: Info, input: inputs.SettleConcernInput) -> Done:
        """It needs no more attention."""
        mentorship_key(input.mentorship, "mentorship")
        concern = own_id(input.concern, "concern")
        words = {**said(input, MentorshipCommandInput), "concern": concern}
        done = await _say(info, input, Action.SETTLE_CONCERN, goals.settle_concern, **words)
        return replace(done, entity=concern)
