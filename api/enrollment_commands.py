"""What can be done about a person's part in a programme."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import strawberry

from api import enrollment_inputs as inputs
from api.command import CommandInput, Done, Payload, act_together, entity, mutation, permit, until_unchanged
from api.context import Context, Info
from api.enrollment import Enrollment, load_enrollment
from api.enrollment_inputs import EnrollmentCommandInput
from api.participant_commands import person_id, whose
from api.program_commands import program_id
from api.program_staff import staff_of
from api.refusals import BadInput
from domain import enrollment, participant, program
from domain.enrollment import ENROLLMENT
from domain.guards import same_facts, same_terms
from domain.ids import ParticipantId, ProgramId, enrollment_id
from domain.participant import PARTICIPANT
from domain.permissions import Action, Thing
from domain.program import PROGRAM
from domain.store import Decision, Step

ADMITTING: Final = frozenset({Action.INVITE, Action.APPLY, Action.APPROVE})
"""What depends on who the person is, too."""


@strawberry.type
class EnrollmentPayload(Payload):
    enrollment: Enrollment | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.enrollment = await load_enrollment(info, entity)


@dataclass(frozen=True, slots=True)
class Part:
    """Whose part in which programme."""

    program: ProgramId
    person: ParticipantId


async def _part(context: Context, given: EnrollmentCommandInput, action: Action) -> Part:
    """Every enrollment begins with an invitation or an application, which say whose part it is."""
    known = entity("Enrollment", given.enrollment, "enrollment")
    first = await asyncio.to_thread(lambda: next(context.store.history(known), None))
    if first is not None and isinstance(first.event, enrollment.Invited | enrollment.Applied):
        return Part(first.event.program, first.event.participant)
    permit(context, action, Thing())
    raise BadInput.at("NOT_FOUND", "There is no such enrollment.", "enrollment")


async def decide(
    info: Info, given: CommandInput, action: Action, part: Part, decision: Decision, **arguments: Any
) -> Done:
    """By the programme's terms and the person's facts as they are, and still are when it is recorded."""
    store, stream = info.context.store, ENROLLMENT.stream(enrollment_id(part.program, part.person))

    async def attempt() -> Done:
        held = (await store.load_async(PROGRAM.stream(part.program))).state
        permit(info.context, action, Thing(part.person, part.program, staff_of(held)))
        known: dict[str, Any] = {"program": program.terms(held, part.program)}
        guards = [Step(PROGRAM.stream(part.program), same_terms, {"terms": known["program"]}, guard=True)]
        if action in ADMITTING:
            person = PARTICIPANT.stream(part.person)
            known["person"] = participant.facts((await store.load_async(person)).state, part.person)
            guards.append(Step(person, same_facts, {"facts": known["person"]}, guard=True))
        return await act_together(info, given, Step(stream, decision, {**known, **arguments}), *guards)

    return await until_unchanged(attempt)


async def _act(
    info: Info, given: EnrollmentCommandInput, action: Action, decision: Decision, **arguments: Any
) -> Done:
    part = await _part(info.context, given, action)
    return await decide(info, given, action, part, decision, **arguments)


@strawberry.type
class EnrollmentCommands:
    @mutation(EnrollmentPayload)
    async def invite_to_program(self, info: Info, input: inputs.InviteToProgramInput) -> Done:
        """Ask somebody to take part, on one side."""
        part = Part(program_id(input.program, "program"), person_id(input.participant, "participant"))
        return await decide(info, input, Action.INVITE, part, enrollment.invite, role=input.role)

    @mutation(EnrollmentPayload)
    async def apply_to_program(self, info: Info, input: inputs.ApplyToProgramInput) -> Done:
        """Ask to take part, or accept an invitation."""
        part = Part(program_id(input.program, "program"), whose(info, input.participant))
        wish = {
            "role": input.role,
            "answers": answers_of(input.answers, "answers"),
            "today": info.context.now().date(),
        }
        return await decide(info, input, Action.APPLY, part, enrollment.apply, **wish)

    @mutation(EnrollmentPayload)
    async def request_information(self, info: Info, input: inputs.RequestInformationInput) -> Done:
        """Ask the applicant something before deciding."""
        decision = enrollment.request_information
        return await _act(info, input, Action.REQUEST_INFORMATION, decision, question=input.question)

    @mutation(EnrollmentPayload)
    async def give_information(self, info: Info, input: inputs.GiveInformationInput) -> Done:
        """Answer what was asked about the application."""
        return await _act(
            info, input, Action.GIVE_INFORMATION, enrollment.give_information, answer=input.answer
        )

    @mutation(EnrollmentPayload)
    async def approve_enrollment(self, info: Info, input: inputs.ApproveEnrollmentInput) -> Done:
        """Let the applicant in."""
        return await _act(info, input, Action.APPROVE, enrollment.approve)

    @mutation(EnrollmentPayload)
    async def reject_enrollment(self, info: Info, input: inputs.RejectEnrollmentInput) -> Done:
        """Do not let the applicant in, and say why."""
        return await _act(info, input, Action.REJECT, enrollment.reject, reason=input.reason)

    @mutation(EnrollmentPayload)
    async def waitlist_enrollment(self, info: Info, input: inputs.WaitlistEnrollmentInput) -> Done:
        """Keep the applicant waiting for a place, after those who wait already."""
        return await _act(info, input, Action.WAITLIST, enrollment.waitlist)

    @mutation(EnrollmentPayload)
    async def pause_enrollment(self, info: Info, input: inputs.PauseEnrollmentInput) -> Done:
        """Take a break until a day; paused time does not count against anyone."""
        wish = {"until": input.until, "today": info.context.now().date()}
        return await _act(info, input, Action.PAUSE_ENROLLMENT, enrollment.pause, **wish)

    @mutation(EnrollmentPayload)
    async def resume_enrollment(self, info: Info, input: inputs.ResumeEnrollmentInput) -> Done:
        """End the break early."""
        return await _act(info, input, Action.RESUME_ENROLLMENT, enrollment.resume)

    @mutation(EnrollmentPayload)
    async def withdraw_enrollment(self, info: Info, input: inputs.WithdrawEnrollmentInput) -> Done:
        """Decline the invitation, take back the application, or take part no more."""
        return await _act(info, input, Action.WITHDRAW_FROM_PROGRAM, enrollment.withdraw)

    @mutation(EnrollmentPayload)
    async def remove_from_program(self, info: Info, input: inputs.RemoveFromProgramInput) -> Done:
        """Let somebody take part no more, and say why."""
        return await _act(info, input, Action.REMOVE_FROM_PROGRAM, enrollment.remove, reason=input.reason)

    @mutation(EnrollmentPayload)
    async def complete_enrollment(self, info: Info, input: inputs.CompleteEnrollmentInput) -> Done:
        """This person has done what the programme is for."""
        return await _act(info, input, Action.COMPLETE_ENROLLMENT, enrollment.complete)


def answers_of(given: list[inputs.AnswerInput], path: str) -> dict[str, str]:
    answers = {answer.question: answer.answer for answer in given}
    if len(answers) < len(given):
        raise BadInput.at("REPEATED", "Each question can be answered once.", path)
    return answers
