"""What can be done with surveys: asked by the staff beyond what timers ask, and answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid5

import strawberry

from api import survey_inputs as inputs
from api.command import (
    Done,
    Payload,
    act,
    act_together,
    entity,
    first_sent,
    mutation,
    new_entity,
    permit,
    plain,
    until_unchanged,
    value,
)
from api.context import Context, Info
from api.enums import SurveyKind
from api.program import Program, load_program
from api.program_commands import program_id
from api.program_staff import staff_of
from api.refusals import BadInput
from api.survey import Survey, load_survey
from api.within import Within, act_within, mentorship_key, within
from domain import survey
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.parting import OutsideAnyProgram
from domain.permissions import Action, Thing
from domain.program import PROGRAM
from domain.refusal import Refusal
from domain.store import CommandReused, Step
from domain.survey import SURVEY, Answered, Asked
from domain.survey_forms import DEFAULT_FORMS
from domain.surveying import survey_for

MOST: Final = 100
"""No relationship has more members."""
MOST_AT_ONCE: Final = 500
RUNNING: Final = """
SELECT mentorship_id FROM mentorships
 WHERE program_id = %(program)s AND state = 'running'
   AND (%(began_from)s::date IS NULL OR (began_at AT TIME ZONE 'UTC')::date >= %(began_from)s)
   AND (%(began_until)s::date IS NULL OR (began_at AT TIME ZONE 'UTC')::date <= %(began_until)s)
 ORDER BY began_position LIMIT %(limit)s
"""


class NobodyToAsk(Refusal):
    """No such relationship of this programme is running, so there is nobody to ask."""


class TooManyToAsk(Refusal):
    """At most {most} relationships are asked at once: choose by when they began, then ask the rest."""


@strawberry.type
class SurveyPayload(Payload):
    survey: Survey | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.survey = await load_survey(info, entity)


@strawberry.type
class SurveysPayload(Payload):
    surveys: list[Survey] | None = strawberry.field(default=None, description="One for each member asked.")

    async def read(self, info: Info, entity: UUID) -> None:
        self.surveys = []
        for number in range(MOST):
            found = await load_survey(info, _together(entity, number))
            if found is None:
                break
            self.surveys.append(found)


@strawberry.type
class AskedProgramPayload(Payload):
    program: Program | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.program = await load_program(info, entity)


def _together(first: UUID, number: int) -> UUID:
    """The id of what is asked together; a repetition means the same ones."""
    return uuid5(first, f"asked {number}") if number else first


async def _answer(info: Info, given: inputs.AnswerSurveyInput) -> Done:
    stream = SURVEY.stream(entity("Survey", given.survey, "survey"))
    asked = (await info.context.store.load_async(stream)).state.asked
    permit(info.context, Action.ANSWER_SURVEY, Thing(asked.to, asked.program) if asked else Thing())
    assert asked is not None  # noqa: S101 of what there is not nobody is allowed anything
    said = value(Answered, {"by": asked.to, **_said(given)})
    words = said.text if isinstance(said.text, dict) else {}
    wish = {"by": asked.to, "ratings": said.ratings, "choices": said.choices, "text": words}
    return await act(info, given, stream, survey.answer, **wish)


def _said(given: inputs.AnswerSurveyInput) -> dict[str, Any]:
    told = plain(given)
    return {
        "ratings": _by_question(told.get("ratings"), "ratings", "rating"),
        "choices": _by_question(told.get("choices"), "choices", "choice"),
        "text": _by_question(told.get("words"), "words", "text") or None,
    }


def _by_question(given: Sequence[Mapping[str, Any]] | None, path: str, what: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, one in enumerate(given or ()):
        if one["question"] in found:
            raise BadInput.at("REPEATED", "A question is answered once.", path, str(number), "question")
        found[one["question"]] = one[what]
    return found


def _people(given: inputs.AskSurveyInput) -> list[ParticipantId] | None:
    """Each once, in their order; None: everybody."""
    to = plain(given).get("to")
    if to is None:
        return None
    people = dict.fromkeys(
        ParticipantId(entity("Participant", one, "to", str(at))) for at, one in enumerate(to)
    )
    if not 0 < len(people) <= MOST:
        raise BadInput.at("BAD_NUMBER", f"It is asked of 1 to {MOST} members.", "to")
    return list(people)


async def _asked_before(context: Context, first: UUID) -> list[Asked]:
    """Where the key is sent again: what was asked with it in the relationship that was asked first."""
    before: list[Asked] = []
    for number in range(MOST):
        asked = (await context.store.load_async(SURVEY.stream(_together(first, number)))).state.asked
        if asked is None or asked.mentorship != (before or [asked])[0].mentorship:
            break
        before.append(asked)
    return before


@dataclass(frozen=True, slots=True)
class _Asking:
    """`first` is the id of the first survey; `to` None: of all members."""

    kind: SurveyKind
    to: Sequence[ParticipantId] | None
    first: UUID
    now: datetime

    def steps(self, found: Within, before: int = 0) -> list[Step]:
        """By the programme's own questions of that kind, also where it asks none of these by itself."""
        within_ = found.relationship
        if within_.program is None:
            raise OutsideAnyProgram
        form = within_.settings.accountability.asks(self.kind) or DEFAULT_FORMS[self.kind]
        people = list(within_.members) if self.to is None else self.to
        wishes = [{"within": within_, "asked": survey_for(within_, who, form, self.now)} for who in people]
        return [
            Step(SURVEY.stream(_together(self.first, number)), survey.ask, wish)
            for number, wish in enumerate(wishes, before)
        ]


async def _asking(
    context: Context,
    kind: SurveyKind,
    first: UUID,
    to: Sequence[ParticipantId] | None,
    before: Sequence[Asked],
) -> _Asking:
    now = await first_sent(context, SURVEY.stream(first))
    return _Asking(kind, [one.to for one in before] if before and to is None else to, first, now)


async def _ask(info: Info, given: inputs.AskSurveyInput) -> Done:
    first, to = new_entity(info.context, given), _people(given)
    asking = await _asking(info.context, given.kind, first, to, await _asked_before(info.context, first))
    key = mentorship_key(given.mentorship, "mentorship")
    return await act_within(info, given, key, Action.ASK_SURVEY, asking.steps)


async def _ask_everybody(info: Info, given: inputs.AskProgramSurveyInput) -> Done:
    """All in one append: a repetition has nothing left to do, whoever has come in since."""
    key = program_id(given.program, "program")
    state = (await info.context.store.load_async(PROGRAM.stream(key))).state
    permit(info.context, Action.ASK_SURVEY, Thing(program=key, staff=staff_of(state)))
    first = new_entity(info.context, given)
    before = await _asked_before(info.context, first)
    if before and before[0].program != key:
        raise CommandReused
    asking = await _asking(info.context, given.kind, first, None, before)

    async def attempt() -> Done:
        mentorships = [before[0].mentorship] if before else await _running(info.context, key, given)
        return await act_together(info, given, *await _of_all(info.context, mentorships, asking))

    done = await until_unchanged(attempt)
    return Done(key, done.position)


async def _running(
    context: Context, key: ProgramId, given: inputs.AskProgramSurveyInput
) -> list[MentorshipId]:
    told = plain(given)
    bounds: dict[str, date | None] = {name: told.get(name) for name in ("began_from", "began_until")}
    async with context.pool.connection() as connection:
        rows = await connection.execute(RUNNING, {"program": key, "limit": MOST_AT_ONCE + 1, **bounds})
        found = [MentorshipId(id_) for (id_,) in await rows.fetchall()]
    if not found:
        raise NobodyToAsk
    if len(found) > MOST_AT_ONCE:
        raise TooManyToAsk(most=MOST_AT_ONCE)
    return found


async def _of_all(context: Context, mentorships: Sequence[MentorshipId], asking: _Asking) -> list[Step]:
    """The surveys of all members first, then what they rely on."""
    steps: list[Step] = []
    guards: dict[UUID, Step] = {}
    for mentorship in mentorships:
        found = await within(context, mentorship, Action.ASK_SURVEY, "program")
        steps += asking.steps(found, len(steps))
        guards |= {guard.stream.id: guard for guard in found.guards}
    return [*steps, *guards.values()]


@strawberry.type
class SurveyCommands:
    @mutation(SurveyPayload)
    async def answer_survey(self, info: Info, input: inputs.AnswerSurveyInput) -> Done:
        """Answer what you are asked, once and for all; also after the relationship has ended."""
        return await _answer(info, input)

    @mutation(SurveysPayload)
    async def ask_survey(self, info: Info, input: inputs.AskSurveyInput) -> Done:
        """Ask members of a relationship what they think of it, beyond what is asked by itself."""
        return await _ask(info, input)

    @mutation(AskedProgramPayload)
    async def ask_program_survey(self, info: Info, input: inputs.AskProgramSurveyInput) -> Done:
        """Ask all members of all running relationships of a programme; paused ones are left in peace."""
        return await _ask_everybody(info, input)
