"""Who may do what: one pure table, read by every command and query. What no row allows is not allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.ids import ParticipantId, ProgramId


class Role(StrEnum):
    PARTICIPANT = "participant"
    FACILITATOR = "facilitator"
    ADMINISTRATOR = "administrator"
    ORGANISATION_ADMIN = "organisation_admin"
    AUDITOR = "auditor"
    SERVICE = "service"


class Scope(StrEnum):
    """How far a role reaches: everything, one's own things, or things of programmes one is staff of."""

    ANY = "any"
    OWN = "own"
    STAFFED = "staffed"


class Action(StrEnum):
    """One member a command and one a kind of reading; a service's token lists these words."""

    REGISTER = "participant.register"
    SYNC_RECORD = "participant.sync_record"
    DESCRIBE_PROFILE = "participant.describe_profile"
    OFFER_COMPETENCY = "participant.offer_competency"
    WITHDRAW_COMPETENCY_OFFER = "participant.withdraw_competency_offer"
    SEEK_COMPETENCY = "participant.seek_competency"
    STOP_SEEKING_COMPETENCY = "participant.stop_seeking_competency"
    SET_AVAILABILITY = "participant.set_availability"
    AVOID_PERSON = "participant.avoid_person"
    LIFT_AVOIDANCE = "participant.lift_avoidance"
    LIST_AS_EXPERT = "participant.list_as_expert"
    UNLIST_AS_EXPERT = "participant.unlist_as_expert"
    GIVE_CONSENT = "participant.give_consent"
    WITHDRAW_CONSENT = "participant.withdraw_consent"
    LEAVE = "participant.leave"
    RETURN = "participant.come_back"
    ERASE = "participant.erase"

    DRAFT_PROGRAM = "program.draft"
    DESCRIBE_PROGRAM = "program.describe"
    LIMIT_AUDIENCE = "program.limit_audience"
    SET_RELATIONSHIP_TYPES = "program.set_relationship_types"
    CONFIGURE_ENROLLMENT = "program.configure_enrollment"
    CONFIGURE_MATCHING = "program.configure_matching"
    SET_PLAN = "program.set_plan"
    SET_AGREEMENT = "program.set_agreement"
    SET_COMMUNICATIONS = "program.set_communications"
    SET_ACCOUNTABILITY = "program.set_accountability"
    ADD_CONTENT = "program.add_content"
    REMOVE_CONTENT = "program.remove_content"
    ASSIGN_STAFF = "program.assign_staff"
    WITHDRAW_STAFF = "program.withdraw_staff"
    OPEN_PROGRAM = "program.open"
    CLOSE_PROGRAM = "program.close"
    WIND_DOWN_PROGRAM = "program.wind_down"
    ARCHIVE_PROGRAM = "program.archive"
    ANNOUNCE = "program.announce"

    INVITE = "enrollment.invite"
    APPLY = "enrollment.apply"
    REQUEST_INFORMATION = "enrollment.request_information"
    GIVE_INFORMATION = "enrollment.give_information"
    APPROVE = "enrollment.approve"
    REJECT = "enrollment.reject"
    WAITLIST = "enrollment.waitlist"
    RESERVE_PLACE = "enrollment.reserve_place"
    RELEASE_PLACE = "enrollment.release_place"
    PAUSE_ENROLLMENT = "enrollment.pause"
    RESUME_ENROLLMENT = "enrollment.resume"
    WITHDRAW_FROM_PROGRAM = "enrollment.withdraw"
    REMOVE_FROM_PROGRAM = "enrollment.remove"
    COMPLETE_ENROLLMENT = "enrollment.complete"
    RANK_WISHES = "enrollment.rank_wishes"
    STATE_PREFERENCE = "enrollment.state_preference"

    REQUEST_MENTOR = "proposal.request"
    PROPOSE_PAIR = "proposal.propose"
    VIEW_PROPOSAL = "proposal.view"
    ASK_ABOUT_PROPOSAL = "proposal.request_information"
    ANSWER_ABOUT_PROPOSAL = "proposal.give_information"
    ACCEPT_PROPOSAL = "proposal.accept"
    DECLINE_PROPOSAL = "proposal.decline"
    WITHDRAW_PROPOSAL = "proposal.withdraw"

    REQUEST_RUN = "match_run.request"
    LOCK_PAIR = "match_run.lock_pair"
    FORBID_PAIR = "match_run.forbid_pair"
    RELEASE_PAIR = "match_run.release_pair"
    APPROVE_PAIRS = "match_run.approve_pairs"
    PUBLISH_RUN = "match_run.publish"
    CANCEL_RUN = "match_run.cancel"
    DISCARD_RUN = "match_run.discard"

    CURATE_COMPETENCIES = "competencies.curate"

    RUN_IMPORT = "import.run"
    UNDO_IMPORT = "import.undo"

    SEE_PROFILES = "profiles.see"
    SEE_NAMES = "profiles.see_names"
    SEE_CONTACT = "profiles.see_contact"
    SEE_RECORD = "profiles.see_record"
    SEE_PRIVATE = "profiles.see_private"
    SEE_PROGRAMS = "programs.see"
    SEE_DRAFTS = "programs.see_drafts"
    SEE_SETTINGS = "programs.see_settings"
    SEE_ENROLLMENTS = "enrollments.see"
    SEE_ANSWERS = "enrollments.see_answers"
    SEE_PREFERENCE = "enrollments.see_preference"
    SEE_SUGGESTIONS = "suggestions.see"
    SEE_PROPOSALS = "proposals.see"
    SEE_RUNS = "match_runs.see"
    SEE_MENTORSHIPS = "mentorships.see"
    SEE_COMPETENCIES = "competencies.see"
    SEE_LOG = "log.see"
    SEE_VIEWS = "views.see"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `scopes` are the actions a service's token grants; people have none."""

    id: str
    roles: frozenset[Role]
    participant: ParticipantId | None = None
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for: whose it is, which programme it belongs to, and who is that programme's staff."""

    person: ParticipantId | None = None
    program: ProgramId | None = None
    staff: Mapping[UUID, frozenset[Role]] = field(default_factory=dict)


Row = Mapping[Role, Scope]

_OWN: Final[Row] = {Role.PARTICIPANT: Scope.OWN}
_MANAGED: Final[Row] = {Role.ORGANISATION_ADMIN: Scope.ANY, Role.SERVICE: Scope.ANY}
_OWN_OR_MANAGED: Final[Row] = {**_OWN, **_MANAGED}
_ADMINISTERED: Final[Row] = {Role.ADMINISTRATOR: Scope.STAFFED, **_MANAGED}
_STAFFED: Final[Row] = {Role.FACILITATOR: Scope.STAFFED, **_ADMINISTERED}
_OWN_OR_STAFFED: Final[Row] = {**_OWN, **_STAFFED}
_AUDITED: Final[Row] = {Role.AUDITOR: Scope.ANY}
_PEOPLE: Final[Row] = {
    Role.PARTICIPANT: Scope.ANY,
    Role.FACILITATOR: Scope.ANY,
    Role.ADMINISTRATOR: Scope.ANY,
    **_MANAGED,
}
_STAFF_ANYWHERE: Final[Row] = {Role.FACILITATOR: Scope.ANY, Role.ADMINISTRATOR: Scope.ANY, **_MANAGED}

TABLE: Final[Mapping[Action, Row]] = {
    Action.REGISTER: _MANAGED,
    Action.SYNC_RECORD: _MANAGED,
    Action.DESCRIBE_PROFILE: _OWN,
    Action.OFFER_COMPETENCY: _OWN_OR_MANAGED,
    Action.WITHDRAW_COMPETENCY_OFFER: _OWN_OR_MANAGED,
    Action.SEEK_COMPETENCY: _OWN_OR_MANAGED,
    Action.STOP_SEEKING_COMPETENCY: _OWN_OR_MANAGED,
    Action.SET_AVAILABILITY: _OWN_OR_MANAGED,
    Action.AVOID_PERSON: _OWN,
    Action.LIFT_AVOIDANCE: _OWN,
    Action.LIST_AS_EXPERT: _OWN_OR_MANAGED,
    Action.UNLIST_AS_EXPERT: _OWN_OR_MANAGED,
    Action.GIVE_CONSENT: _OWN,
    Action.WITHDRAW_CONSENT: _OWN,
    Action.LEAVE: _OWN_OR_MANAGED,
    Action.RETURN: _MANAGED,
    Action.ERASE: {Role.ORGANISATION_ADMIN: Scope.ANY},
    Action.DRAFT_PROGRAM: _MANAGED,
    Action.DESCRIBE_PROGRAM: _ADMINISTERED,
    Action.LIMIT_AUDIENCE: _ADMINISTERED,
    Action.SET_RELATIONSHIP_TYPES: _ADMINISTERED,
    Action.CONFIGURE_ENROLLMENT: _ADMINISTERED,
    Action.CONFIGURE_MATCHING: _ADMINISTERED,
    Action.SET_PLAN: _ADMINISTERED,
    Action.SET_AGREEMENT: _ADMINISTERED,
    Action.SET_COMMUNICATIONS: _ADMINISTERED,
    Action.SET_ACCOUNTABILITY: _ADMINISTERED,
    Action.ADD_CONTENT: _STAFFED,
    Action.REMOVE_CONTENT: _STAFFED,
    Action.ASSIGN_STAFF: _MANAGED,
    Action.WITHDRAW_STAFF: _MANAGED,
    Action.OPEN_PROGRAM: _ADMINISTERED,
    Action.CLOSE_PROGRAM: _ADMINISTERED,
    Action.WIND_DOWN_PROGRAM: _ADMINISTERED,
    Action.ARCHIVE_PROGRAM: _ADMINISTERED,
    Action.ANNOUNCE: _STAFFED,
    Action.INVITE: _STAFFED,
    Action.APPLY: _OWN,
    Action.REQUEST_INFORMATION: _STAFFED,
    Action.GIVE_INFORMATION: _OWN,
    Action.APPROVE: _STAFFED,
    Action.REJECT: _STAFFED,
    Action.WAITLIST: _STAFFED,
    Action.RESERVE_PLACE: _STAFFED,
    Action.RELEASE_PLACE: _STAFFED,
    Action.PAUSE_ENROLLMENT: _OWN_OR_STAFFED,
    Action.RESUME_ENROLLMENT: _OWN_OR_STAFFED,
    Action.WITHDRAW_FROM_PROGRAM: _OWN,
    Action.REMOVE_FROM_PROGRAM: _STAFFED,
    Action.COMPLETE_ENROLLMENT: _STAFFED,
    Action.RANK_WISHES: _OWN,
    Action.STATE_PREFERENCE: _OWN,
    Action.REQUEST_MENTOR: _OWN,
    Action.PROPOSE_PAIR: _STAFFED,
    Action.VIEW_PROPOSAL: _OWN,
    Action.ASK_ABOUT_PROPOSAL: _OWN,
    Action.ANSWER_ABOUT_PROPOSAL: _OWN,
    Action.ACCEPT_PROPOSAL: _OWN,
    Action.DECLINE_PROPOSAL: _OWN,
    Action.WITHDRAW_PROPOSAL: _OWN_OR_STAFFED,
    Action.REQUEST_RUN: _ADMINISTERED,
    Action.LOCK_PAIR: _ADMINISTERED,
    Action.FORBID_PAIR: _ADMINISTERED,
    Action.RELEASE_PAIR: _ADMINISTERED,
    Action.APPROVE_PAIRS: _ADMINISTERED,
    Action.PUBLISH_RUN: _ADMINISTERED,
    Action.CANCEL_RUN: _ADMINISTERED,
    Action.DISCARD_RUN: _ADMINISTERED,
    Action.CURATE_COMPETENCIES: _MANAGED,
    Action.RUN_IMPORT: _MANAGED,
    Action.UNDO_IMPORT: _MANAGED,
    Action.SEE_PROFILES: {**_PEOPLE, **_AUDITED},
    Action.SEE_NAMES: _PEOPLE,
    Action.SEE_CONTACT: {**_OWN, **_STAFF_ANYWHERE},
    Action.SEE_RECORD: {**_OWN, **_MANAGED, **_AUDITED},
    Action.SEE_PRIVATE: _OWN,
    Action.SEE_PROGRAMS: {**_PEOPLE, **_AUDITED},
    Action.SEE_DRAFTS: {**_STAFFED, **_AUDITED},
    Action.SEE_SETTINGS: {**_STAFFED, **_AUDITED},
    Action.SEE_ENROLLMENTS: {**_OWN_OR_STAFFED, **_AUDITED},
    Action.SEE_ANSWERS: _OWN_OR_STAFFED,
    Action.SEE_PREFERENCE: _OWN,
    Action.SEE_SUGGESTIONS: _OWN_OR_STAFFED,
    Action.SEE_PROPOSALS: {**_OWN_OR_STAFFED, **_AUDITED},
    Action.SEE_RUNS: {**_STAFFED, **_AUDITED},
    Action.SEE_MENTORSHIPS: {**_OWN_OR_STAFFED, **_AUDITED},
    Action.SEE_COMPETENCIES: {**_PEOPLE, **_AUDITED},
    Action.SEE_LOG: {**_MANAGED, **_AUDITED},
    Action.SEE_VIEWS: {**_MANAGED, **_AUDITED},
}


def scopes_for(actor: Actor, action: Action) -> frozenset[tuple[Role, Scope]]:
    """Every way the actor may do it; a query renders each as a condition on its rows. Empty: not at all."""
    return frozenset(
        (role, scope)
        for role, scope in TABLE[action].items()
        if role in actor.roles
        and (role is not Role.SERVICE or action in actor.scopes)
        and (scope is Scope.ANY or actor.participant is not None)
    )


def may(actor: Actor, action: Action, thing: Thing) -> bool:
    return any(_reaches(actor, role, scope, thing) for role, scope in scopes_for(actor, action))


def _reaches(actor: Actor, role: Role, scope: Scope, thing: Thing) -> bool:
    if scope is Scope.OWN:
        return thing.person == actor.participant
    if scope is Scope.STAFFED:
        return actor.participant is not None and role in thing.staff.get(actor.participant, frozenset())
    return True
