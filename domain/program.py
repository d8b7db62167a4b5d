"""A programme: drafted, configured, opened, closed, wound down and archived; its settings are versioned."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, assert_never
from uuid import UUID

from domain import audience
from domain.accountability_settings import AccountabilitySettings
from domain.admission import ProgramIsArchived
from domain.aggregate import Aggregate
from domain.event import DomainEvent, grew, upcasts
from domain.ids import ParticipantId, ProgramId
from domain.matching_settings import MatchingSettings
from domain.older_texts import to_the_letter, with_templates_in_jinja
from domain.program_settings import (
    AgreementSettings,
    CommunicationsSettings,
    EnrollmentSettings,
    PlanSettings,
    ProgramTerms,
    RelationshipType,
    RelationshipTypes,
    Settings,
    Side,
    StaffRole,
    Stage,
    missing,
)
from domain.refusal import Refusal
from domain.templates import Announcement, Body, Subject
from domain.words import Line, Text, Url


class Drafted(DomainEvent, name="program.drafted"):
    name: Line
    purpose: Text | None = None


class Described(DomainEvent, name="program.described"):
    name: Line
    purpose: Text | None = None


class AudienceLimited(DomainEvent, name="program.audience_limited"):
    """`rule` None lifts the limit; otherwise it is in the one spelling that `audience.spell` gives."""

    role: Side
    rule: str | None = None


class RelationshipTypesSet(DomainEvent, name="program.relationship_types_set"):
    types: RelationshipTypes


class EnrollmentConfigured(DomainEvent, name="program.enrollment_configured"):
    settings: EnrollmentSettings


class MatchingConfigured(DomainEvent, name="program.matching_configured"):
    settings: MatchingSettings


class PlanSet(DomainEvent, name="program.plan_set"):
    settings: PlanSettings


class AgreementSet(DomainEvent, name="program.agreement_set"):
    settings: AgreementSettings


class CommunicationsSet(DomainEvent, name="program.communications_set", version=3):
    settings: CommunicationsSettings


class AccountabilitySet(DomainEvent, name="program.accountability_set", version=2):
    settings: AccountabilitySettings


class ContentAdded(DomainEvent, name="program.content_added"):
    content: UUID
    title: Line
    url: Url
    description: Text | None = None


class ContentRemoved(DomainEvent, name="program.content_removed"):
    content: UUID


class StaffAssigned(DomainEvent, name="program.staff_assigned"):
    person: ParticipantId
    role: StaffRole


class StaffWithdrawn(DomainEvent, name="program.staff_withdrawn"):
    person: ParticipantId
    role: StaffRole


class Opened(DomainEvent, name="program.opened"):
    pass


class Closed(DomainEvent, name="program.closed"):
    """Nobody new comes in; the relationships go on."""


class WoundDown(DomainEvent, name="program.wound_down"):
    """No new relationships either; the running ones come to their end."""


class Archived(DomainEvent, name="program.archived"):
    pass


class AnnouncementMade(DomainEvent, name="program.announcement_made", version=2):
    """To everybody in the programme, or to one side of it, in words that can name whoever reads them."""

    announcement: UUID
    title: Subject
    text: Body
    side: Side | None = None


# fmt: off
SettingsEvent = (
    AudienceLimited | RelationshipTypesSet | EnrollmentConfigured | MatchingConfigured | PlanSet
    | AgreementSet | CommunicationsSet | AccountabilitySet
)
ProgramEvent = (
    Drafted | Described | SettingsEvent | ContentAdded | ContentRemoved | StaffAssigned | StaffWithdrawn
    | Opened | Closed | WoundDown | Archived | AnnouncementMade
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Program:
    stage: Stage = Stage.UNKNOWN
    description: tuple[str, str | None] = ("", None)
    settings: Settings = field(default_factory=Settings)
    settings_version: int = 1
    versions: Mapping[int, Settings] = field(default_factory=dict)
    staff: frozenset[tuple[ParticipantId, StaffRole]] = frozenset()
    content: Mapping[UUID, ContentAdded] = field(default_factory=dict)
    announcements: frozenset[UUID] = frozenset()


class ProgramIsUnknown(Refusal):
    """There is no such programme."""


class ProgramExists(Refusal):
    """A programme with this id has already been drafted."""


class ProgramIsNotReady(Refusal):
    """This programme cannot be opened yet: {missing}."""


class ProgramStageForbids(Refusal):
    """A programme that is {stage} cannot be {wish}."""


class ContentIdIsTaken(Refusal):
    """Other content already has this id."""


class OpenProgramNeedsAdministrator(Refusal):
    """An open programme keeps at least one administrator."""


def draft(state: Program, *, name: str, purpose: str | None = None) -> list[DomainEvent]:
    wished = Drafted(name=name, purpose=purpose)
    if state.stage is Stage.DRAFT and state.description == (wished.name, wished.purpose):
        return []
    if state.stage is not Stage.UNKNOWN:
        raise ProgramExists
    return [wished]


def describe(state: Program, *, name: str, purpose: str | None = None) -> list[DomainEvent]:
    _refuse_archived(state)
    wished = Described(name=name, purpose=purpose)
    return [] if state.description == (wished.name, wished.purpose) else [wished]


def limit_audience(state: Program, *, role: Side, rule: str | None) -> list[DomainEvent]:
    """Who may be in on this side; None: everybody."""
    _refuse_archived(state)
    spelled = audience.spell(rule) if rule is not None else None
    return [] if state.settings.audience.get(role) == spelled else [AudienceLimited(role=role, rule=spelled)]


def set_relationship_types(state: Program, *, types: tuple[RelationshipType, ...]) -> list[DomainEvent]:
    return _set(state, RelationshipTypesSet(types=types))


def configure_enrollment(state: Program, *, settings: EnrollmentSettings) -> list[DomainEvent]:
    return _set(state, EnrollmentConfigured(settings=settings))


def configure_matching(state: Program, *, settings: MatchingSettings) -> list[DomainEvent]:
    return _set(state, MatchingConfigured(settings=settings))


def set_plan(state: Program, *, settings: PlanSettings) -> list[DomainEvent]:
    return _set(state, PlanSet(settings=settings))


def set_agreement(state: Program, *, settings: AgreementSettings) -> list[DomainEvent]:
    return _set(state, AgreementSet(settings=settings))


def set_communications(state: Program, *, settings: CommunicationsSettings) -> list[DomainEvent]:
    return _set(state, CommunicationsSet(settings=settings))


def set_accountability(state: Program, *, settings: AccountabilitySettings) -> list[DomainEvent]:
    return _set(state, AccountabilitySet(settings=settings))


def add_content(
    state: Program, *, content: UUID, title: str, url: str, description: str | None = None
) -> list[DomainEvent]:
    _refuse_archived(state)
    wished = ContentAdded(content=content, title=title, url=url, description=description)
    held = state.content.get(content)
    if held is not None and held != wished:
        raise ContentIdIsTaken
    return [] if held else [wished]


def remove_content(state: Program, *, content: UUID) -> list[DomainEvent]:
    _refuse_archived(state)
    return [ContentRemoved(content=content)] if content in state.content else []


def assign_staff(state: Program, *, person: ParticipantId, role: StaffRole) -> list[DomainEvent]:
    _refuse_archived(state)
    return [] if (person, role) in state.staff else [StaffAssigned(person=person, role=role)]


def withdraw_staff(state: Program, *, person: ParticipantId, role: StaffRole) -> list[DomainEvent]:
    _refuse_archived(state)
    if (person, role) not in state.staff:
        return []
    left = {kept for _, kept in state.staff - {(person, role)}}
    if state.stage is Stage.OPEN and StaffRole.ADMINISTRATOR not in left:
        raise OpenProgramNeedsAdministrator
    return [StaffWithdrawn(person=person, role=role)]


def open_enrollment(state: Program) -> list[DomainEvent]:
    if not _moves(state, Stage.OPEN, {Stage.DRAFT, Stage.CLOSED}):
        return []
    if lacking := missing(state.settings, {role for _, role in state.staff}):
        raise ProgramIsNotReady(missing="; ".join(lacking))
    return [Opened()]


def close(state: Program) -> list[DomainEvent]:
    return [Closed()] if _moves(state, Stage.CLOSED, {Stage.OPEN}) else []


def wind_down(state: Program) -> list[DomainEvent]:
    return [WoundDown()] if _moves(state, Stage.WOUND_DOWN, {Stage.CLOSED}) else []


def archive(state: Program) -> list[DomainEvent]:
    return [Archived()] if _moves(state, Stage.ARCHIVED, {Stage.WOUND_DOWN}) else []


def announce(
    state: Program, *, announcement: UUID, title: str, text: str, side: Side | None = None
) -> list[DomainEvent]:
    _refuse_archived(state)
    if state.stage is Stage.DRAFT:
        raise ProgramStageForbids(stage="draft", wish="announced in")
    if announcement in state.announcements:
        return []
    said = Announcement(title=title, text=text)
    return [AnnouncementMade(announcement=announcement, title=said.title, text=said.text, side=side)]


def settings_at(state: Program, version: int) -> Settings:
    """What a relationship that keeps this version is held to."""
    return state.versions.get(version, state.settings)


def terms(state: Program, program: ProgramId) -> ProgramTerms:
    """What the rules of enrollments and proposals read."""
    return ProgramTerms(
        program=program,
        open=state.stage is Stage.OPEN,
        over=state.stage in {Stage.WOUND_DOWN, Stage.ARCHIVED},
        archived=state.stage is Stage.ARCHIVED,
        audience=state.settings.audience,
        enrollment=state.settings.enrollment,
        settings_version=state.settings_version,
        types=state.settings.relationship_types,
        matching=state.settings.matching,
        timers=state.settings.accountability.timers,
    )


def _refuse_archived(state: Program) -> None:
    if state.stage is Stage.UNKNOWN:
        raise ProgramIsUnknown
    if state.stage is Stage.ARCHIVED:
        raise ProgramIsArchived


def _moves(state: Program, to: Stage, origins: set[Stage]) -> bool:
    if state.stage is to:
        return False
    _refuse_archived(state)
    if state.stage not in origins:
        raise ProgramStageForbids(stage=state.stage.replace("_", " "), wish=to.replace("_", " "))
    return True


def _set(state: Program, wished: SettingsEvent) -> list[DomainEvent]:
    _refuse_archived(state)
    return [] if _settle(state.settings, wished) == state.settings else [wished]


def _settle(settings: Settings, event: SettingsEvent) -> Settings:
    match event:
        case AudienceLimited():
            kept = {side: rule for side, rule in settings.audience.items() if side is not event.role}
            return settings.model_copy(
                update={"audience": {**kept, event.role: event.rule} if event.rule else kept}
            )
        case RelationshipTypesSet():
            return settings.model_copy(update={"relationship_types": event.types})
        case EnrollmentConfigured():
            return settings.model_copy(update={"enrollment": event.settings})
        case MatchingConfigured():
            return settings.model_copy(update={"matching": event.settings})
        case PlanSet():
            return settings.model_copy(update={"plan": event.settings})
        case AgreementSet():
            return settings.model_copy(update={"agreement": event.settings})
        case CommunicationsSet():
            return settings.model_copy(update={"communications": event.settings})
        case AccountabilitySet():
            return settings.model_copy(update={"accountability": event.settings})
        case _:
            assert_never(event)


def evolve(state: Program, event: ProgramEvent) -> Program:
    match event:
        case Drafted():
            return replace(state, stage=Stage.DRAFT, description=(event.name, event.purpose))
        case Described():
            return replace(state, description=(event.name, event.purpose))
        case ContentAdded():
            return replace(state, content={**state.content, event.content: event})
        case ContentRemoved():
            return replace(state, content={k: v for k, v in state.content.items() if k != event.content})
        case StaffAssigned():
            return replace(state, staff=state.staff | {(event.person, event.role)})
        case StaffWithdrawn():
            return replace(state, staff=state.staff - {(event.person, event.role)})
        case Opened():
            return replace(state, stage=Stage.OPEN)
        case Closed():
            return replace(state, stage=Stage.CLOSED)
        case WoundDown():
            return replace(state, stage=Stage.WOUND_DOWN)
        case Archived():
            return replace(state, stage=Stage.ARCHIVED)
        case AnnouncementMade():
            return replace(state, announcements=state.announcements | {event.announcement})
        case _:
            grown = state.settings_version + (state.stage is not Stage.DRAFT)
            settled = _settle(state.settings, event)
            kept = {**state.versions, grown: settled}
            return replace(state, settings=settled, settings_version=grown, versions=kept)


PROGRAM: Final = Aggregate("program", Program(), evolve)
grew("program.communications_set", 1)
grew("program.accountability_set", 1)
upcasts("program.communications_set", 2)(with_templates_in_jinja)
upcasts("program.announcement_made", 1)(to_the_letter)
