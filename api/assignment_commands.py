"""What can be done with learning assignments."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

import strawberry

from api import assignment_inputs as inputs
from api.assignment import Assignment, load_assignment
from api.assignment_inputs import AssignmentCommandInput, NewAssignmentInput
from api.command import Done, Payload, entity, first_sent, mutation, new_entity, permit, plain, said, value
from api.context import Context, Info
from api.refusals import BadInput
from api.within import Within, act_within, mentorship_key
from domain import assignment
from domain.assignment import ASSIGNMENT, Assigned, Returned, Submitted, Suggested
from domain.guards import shared_with
from domain.ids import MentorshipId
from domain.permissions import Action, Thing
from domain.resource import RESOURCE
from domain.store import Decision, Step

MOST: Final = 100
"""No relationship has more members."""


@strawberry.type
class AssignmentPayload(Payload):
    assignment: Assignment | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.assignment = await load_assignment(info, entity)


@strawberry.type
class AssignmentsPayload(Payload):
    assignments: list[Assignment] | None = strawberry.field(
        default=None, description="One for each member it is assigned to, in their order."
    )

    async def read(self, info: Info, entity: UUID) -> None:
        keys = [_together(entity, number) for number in range(MOST)]
        self.assignments = []
        for key in keys:
            found = await load_assignment(info, key)
            if found is None:
                break
            self.assignments.append(found)


def _together(first: UUID, number: int) -> UUID:
    """The id of what is assigned to one of several; a repetition means the same ones."""
    return uuid5(first, f"assigned {number}") if number else first


async def _began(context: Context, mentorship: MentorshipId) -> date:
    """The day on which a relationship began."""
    events = context.store.history(mentorship)
    first = await asyncio.to_thread(next, events, None)
    return first.recorded_at.date() if first else context.now().date()


def _by_oneself(found: Within) -> Mapping[str, Any]:
    return {"by": found.oneself}


async def _on(
    info: Info,
    given: AssignmentCommandInput,
    action: Action,
    decision: Decision,
    told: Callable[[Within], Mapping[str, Any]] = _by_oneself,
) -> Done:
    """A wish about an assignment that there is."""
    id_ = entity("Assignment", given.assignment, "assignment")
    terms = (await info.context.store.load_async(ASSIGNMENT.stream(id_))).state.terms
    if terms is None:
        permit(info.context, action, Thing())
        raise BadInput.at("NOT_FOUND", "There is no such assignment.", "assignment")

    def steps(found: Within) -> list[Step]:
        wish = {"within": found.relationship, **told(found)}
        about = _shared(found, plain(given).get("resource"))
        return [Step(ASSIGNMENT.stream(id_), decision, wish), *about]

    return await act_within(info, given, terms.mentorship, action, steps)


def _shared(found: Within, resource: str | None) -> Sequence[Step]:
    """What an assignment is about, or what came of it, is where the members find it."""
    key = _resource(resource)
    if key is None:
        return ()
    within = {"mentorship": found.relationship.mentorship}
    return (Step(RESOURCE.stream(key), shared_with, within, guard=True),)


def _resource(given: str | None) -> UUID | None:
    return entity("Resource", given, "resource") if given else None


def _terms(found: Within, given: NewAssignmentInput) -> dict[str, Any]:
    """What is suggested or assigned, but to whom."""
    words = plain(given)
    named = {name: words.get(name) for name in ("task", "title", "description")}
    return {
        **assignment.told(found.relationship, **named),
        "mentorship": found.relationship.mentorship,
        "by": found.oneself,
        "resource": _resource(words.get("resource")),
    }


async def _suggest(info: Info, given: inputs.SuggestAssignmentInput) -> Done:
    stream = ASSIGNMENT.stream(new_entity(info.context, given))
    to = entity("Participant", given.to, "to")

    def steps(found: Within) -> list[Step]:
        suggested = value(Suggested, {**_terms(found, given), "to": to})
        wish = {"within": found.relationship, "suggested": suggested}
        return [Step(stream, assignment.suggest, wish), *_shared(found, plain(given).get("resource"))]

    key = mentorship_key(given.mentorship, "mentorship")
    return await act_within(info, given, key, Action.SUGGEST_ASSIGNMENT, steps)


def _recipients(given: inputs.AssignTaskInput) -> list[UUID]:
    """Each once, in their order."""
    to = list(dict.fromkeys(entity("Participant", one, "to", str(at)) for at, one in enumerate(given.to)))
    if not 0 < len(to) <= MOST:
        raise BadInput.at("BAD_NUMBER", f"It is assigned to 1 to {MOST} members.", "to")
    return to


async def _assign(info: Info, given: inputs.AssignTaskInput) -> Done:
    key, first = mentorship_key(given.mentorship, "mentorship"), new_entity(info.context, given)
    to, today = _recipients(given), (await first_sent(info.context, ASSIGNMENT.stream(first))).date()
    task, day = plain(given).get("task"), plain(given).get("due")
    began = await _began(info.context, key) if task and not day else today

    def steps(found: Within) -> list[Step]:
        terms, due = _terms(found, given), day
        if task and not day:
            due = assignment.due_by_plan(found.relationship, task, began=began, today=today)
        assigned = [value(Assigned, {**terms, "to": one, "due": due}) for one in to]
        wishes = [{"within": found.relationship, "assigned": one, "today": today} for one in assigned]
        each = [
            Step(ASSIGNMENT.stream(_together(first, number)), assignment.assign, wish)
            for number, wish in enumerate(wishes)
        ]
        return [*each, *_shared(found, plain(given).get("resource"))]

    return await act_within(info, given, key, Action.ASSIGN, steps)


@strawberry.type
class AssignmentCommands:
    @mutation(AssignmentPayload)
    async def suggest_assignment(self, info: Info, input: inputs.SuggestAssignmentInput) -> Done:
        """Suggest to another member, or to yourself, what to learn or do."""
        return await _suggest(info, input)

    @mutation(AssignmentsPayload)
    async def assign_task(self, info: Info, input: inputs.AssignTaskInput) -> Done:
        """Give mentees something to learn or do, or whomever the plan means a task of the plan."""
        return await _assign(info, input)

    @mutation(AssignmentPayload)
    async def schedule_assignment(self, info: Info, input: inputs.ScheduleAssignmentInput) -> Done:
        """Assign what was suggested, due on a day; or give what is assigned another day."""
        days = {"due": plain(input).get("due"), "today": info.context.now().date()}
        return await _on(
            info, input, Action.ASSIGN, assignment.schedule, lambda found: {"by": found.oneself, **days}
        )

    @mutation(AssignmentPayload)
    async def start_assignment(self, info: Info, input: inputs.StartAssignmentInput) -> Done:
        """Say that you have begun."""
        return await _on(info, input, Action.START_ASSIGNMENT, assignment.start)

    @mutation(AssignmentPayload)
    async def submit_assignment(self, info: Info, input: inputs.SubmitAssignmentInput) -> Done:
        """Hand in what you have done; again, and it takes the place of what you handed in before."""

        def told(found: Within) -> Mapping[str, Any]:
            words = said(input, AssignmentCommandInput)
            made = _resource(words.get("resource"))
            return {"submitted": value(Submitted, {**words, "resource": made, "by": found.oneself})}

        return await _on(info, input, Action.SUBMIT_ASSIGNMENT, assignment.submit, told)

    @mutation(AssignmentPayload)
    async def complete_assignment(self, info: Info, input: inputs.CompleteAssignmentInput) -> Done:
        """Say that it is done as it should be."""
        return await _on(info, input, Action.COMPLETE_ASSIGNMENT, assignment.complete)

    @mutation(AssignmentPayload)
    async def return_assignment(self, info: Info, input: inputs.ReturnAssignmentInput) -> Done:
        """Give back what was handed in: there is more to do."""

        def told(found: Within) -> Mapping[str, Any]:
            return {"returned": value(Returned, {"reason": input.reason, "by": found.oneself})}

        return await _on(info, input, Action.RETURN_ASSIGNMENT, assignment.send_back, told)

    @mutation(AssignmentPayload)
    async def drop_assignment(self, info: Info, input: inputs.DropAssignmentInput) -> Done:
        """Take back what you gave, or decline what was suggested to you."""
        return await _on(info, input, Action.DROP_ASSIGNMENT, assignment.drop)
