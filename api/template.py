"""How texts are written: which variables there are, and how a text would read before anybody gets it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import strawberry
from psycopg import Connection
from pydantic import ValidationError
from strawberry import UNSET

from api.context import Context, Info
from api.enums import Occasion
from api.loading import fresh_arguments
from api.program_staff import staff_of
from api.refusals import Problem
from api.relay import global_id, parse_global_id
from domain import templates
from domain.default_templates import DEFAULTS, wording
from domain.ids import ProgramId
from domain.occasions import ANNOUNCED, VARIABLES, Values, Variable, samples
from domain.permissions import Action, Thing, may
from domain.program import PROGRAM, Program
from domain.templates import FILTERS, Announcement, Template
from domain.words import Value
from projections.notification_texts import SOMEBODY, listed

MEMBERS: Final = """
SELECT w.participant_id, coalesce(p.name, %(somebody)s) AS name, w.role
  FROM mentorships m JOIN mentorship_members w ON w.mentorship_id = m.mentorship_id AND w.left_at IS NULL
  LEFT JOIN profiles p ON p.participant_id = w.participant_id
 WHERE m.mentorship_id = %(mentorship)s AND m.program_id = %(program)s
 ORDER BY w.role, name, w.participant_id
"""


@strawberry.type(description="What stands in double braces in a text, as in {{ name }}.")
class TemplateVariable:
    name: str
    meaning: str
    numeric: bool = strawberry.field(description="A number, which can be compared: {% if days > 3 %}.")
    sample: str = strawberry.field(description="What a preview shows.")


@strawberry.type(description="What may stand behind a variable, as in {{ name|upper }}.")
class TemplateFilter:
    name: str
    meaning: str


@strawberry.type(description="What a text for an occasion can hold, and the text that is used without one.")
class TemplateVariables:
    variables: list[TemplateVariable]
    filters: list[TemplateFilter]
    subject: str = strawberry.field(description="The subject where the programme has no words of its own.")
    body: str


@strawberry.type(description="Why a text cannot be used.")
class TemplateFault:
    part: str = strawberry.field(description="The argument at fault.")
    line: int | None = strawberry.field(description="Where, unless it is the whole.")
    message: str


@strawberry.type(description="How it would read; without subject and body where something is at fault.")
class TemplatePreview:
    subject: str | None
    body: str | None
    faults: list[TemplateFault]


def _variables(occasion: Occasion) -> TemplateVariables:
    usual = DEFAULTS[occasion]
    return TemplateVariables(
        variables=[_variable(one) for one in VARIABLES[occasion].values()],
        filters=[TemplateFilter(name=name, meaning=meaning) for name, meaning in FILTERS.items()],
        subject=usual.subject,
        body=usual.body,
    )


def _variable(one: Variable) -> TemplateVariable:
    return TemplateVariable(name=one.name, meaning=one.meaning, numeric=one.numeric, sample=str(one.sample))


async def _preview_template(
    info: Info,
    *,
    program: strawberry.ID,
    occasion: Occasion,
    subject: str,
    body: str,
    mentorship: strawberry.ID | None = UNSET,
    member: strawberry.ID | None = UNSET,
) -> TemplatePreview:
    await fresh_arguments(info)
    own, held = await _permitted(info.context, program)
    if faults := _faults(Template, about=occasion, subject=subject, body=body):
        return TemplatePreview(subject=None, body=None, faults=faults)
    said = {**samples(VARIABLES[occasion]), **await _real(info.context, own, held, mentorship, member)}
    return _read(subject, body, said)


async def _preview_announcement(
    info: Info, *, program: strawberry.ID, title: str, text: str
) -> TemplatePreview:
    await fresh_arguments(info)
    own, held = await _permitted(info.context, program)
    if faults := _faults(Announcement, title=title, text=text):
        return TemplatePreview(subject=None, body=None, faults=faults)
    within = wording(held.settings.communications.templates, Occasion.ANNOUNCEMENT)
    place = {"program": held.description[0], "link": _link("Program", own)}
    said = {**samples(ANNOUNCED), **place}
    announced = {"title": templates.subject(title, said), "text": templates.body(text, said)}
    known = VARIABLES[Occasion.ANNOUNCEMENT]
    return _read(within.subject, within.body, {**samples(known), **place, **announced})


def _read(subject: str, body: str, said: Values) -> TemplatePreview:
    return TemplatePreview(
        subject=templates.subject(subject, said), body=templates.body(body, said), faults=[]
    )


async def _permitted(context: Context, program: str) -> tuple[ProgramId, Program]:
    """For those who may tell people something there; raises a Problem where somebody else asks."""
    own = ProgramId(UUID(parse_global_id(program, "Program").key))
    held: Program = (await context.store.load_async(PROGRAM.stream(own))).state
    if not may(context.actor, Action.ANNOUNCE, Thing(program=own, staff=staff_of(held))):
        raise Problem("FORBIDDEN", "You are not allowed to read this.")
    return own, held


async def _real(
    context: Context, own: ProgramId, held: Program, mentorship: str | None, member: str | None
) -> Mapping[str, str]:
    """What is not invented: the programme's name, and who is in the relationship, if one is named."""
    name = {"program": held.description[0]}
    if not mentorship:
        return name
    id_ = UUID(parse_global_id(mentorship, "Mentorship").key)
    given = {"mentorship": id_, "program": own, "somebody": SOMEBODY}

    def members(_: object, connection: Connection[Any]) -> list[tuple[UUID, str, str]]:
        return connection.execute(MEMBERS, given).fetchall()

    reader = UUID(parse_global_id(member, "Participant").key) if member else None
    found = await context.in_thread(members)
    reads = [one for one in found if reader in {None, one[0]}]
    if not reads:
        raise Problem("NOT_FOUND", "There is no such relationship in this programme, or no such member.")
    others = [one[1] for one in found if one[0] != reads[0][0]]
    role = reads[0][2]
    return {
        **name, "name": reads[0][1], "role": role, "partner": listed(others),
        "link": _link("Mentorship", id_),
    }  # fmt: skip


def _link(type_name: str, key: UUID) -> str:
    return f"/{type_name.lower()}/{global_id(type_name, key)}"


def _faults(kind: type[Value], **given: object) -> list[TemplateFault]:
    try:
        kind.model_validate(given)
    except ValidationError as error:
        return [
            TemplateFault(
                part=str(found["loc"][0]),
                line=found.get("ctx", {}).get("line"),
                message=found.get("ctx", {}).get("why") or found["msg"].removeprefix("Value error, "),
            )
            for found in error.errors(include_input=False, include_url=False)
        ]
    return []


@strawberry.type
class TemplateQueries:
    template_variables: TemplateVariables = strawberry.field(
        resolver=_variables, description="What a programme's own text for an occasion can hold."
    )
    preview_template: TemplatePreview | None = strawberry.field(
        resolver=_preview_template,
        description="How a text would read: with invented values, or those of a member of a relationship.",
    )
    preview_announcement: TemplatePreview | None = strawberry.field(
        resolver=_preview_announcement,
        description="How an announcement would read, in the programme's words for announcements.",
    )
