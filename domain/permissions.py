"""Who may do what: one pure table, read by every command and query. What no row allows is not allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.action import Action
from domain.ids import ParticipantId, ProgramId

__all__ = ["TABLE", "Action", "Actor", "Role", "Scope", "Thing", "may", "scopes_for"]


class Role(StrEnum):
    """A guest comes from outside the organisation, and sees of it what they are part of."""

    PARTICIPANT = "participant"
    GUEST = "guest"
    FACILITATOR = "facilitator"
    ADMINISTRATOR = "administrator"
    ORGANISATION_ADMIN = "organisation_admin"
    AUDITOR = "auditor"
    SERVICE = "service"


class Scope(StrEnum):
    """How far a role reaches: everything, one's own things, things of programmes one is staff of, or what
    one has broken the glass of.
    """

    ANY = "any"
    OWN = "own"
    STAFFED = "staffed"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `scopes` are the actions a service's token grants; people have none."""

    id: str
    roles: frozenset[Role]
    participant: ParticipantId | None = None
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for: whose it is, which programme it belongs to, who is that programme's staff, and
    whether who asks has broken its glass.
    """

    person: ParticipantId | None = None
    program: ProgramId | None = None
    staff: Mapping[UUID, frozenset[Role]] = field(default_factory=dict)
    opened: bool = False


Row = Mapping[Role, Scope]

_OWN: Final[Row] = {Role.PARTICIPANT: Scope.OWN}
_GUEST: Final[Row] = {Role.GUEST: Scope.OWN}
_MEMBER: Final[Row] = {**_OWN, **_GUEST}
_MANAGED: Final[Row] = {Role.ORGANISATION_ADMIN: Scope.ANY, Role.SERVICE: Scope.ANY}
_MEMBER_OR_MANAGED: Final[Row] = {**_MEMBER, **_MANAGED}
_ADMINISTERED: Final[Row] = {Role.ADMINISTRATOR: Scope.STAFFED, **_MANAGED}
_STAFFED: Final[Row] = {Role.FACILITATOR: Scope.STAFFED, **_ADMINISTERED}
_OWN_OR_STAFFED: Final[Row] = {**_OWN, **_STAFFED}
_MEMBER_OR_STAFFED: Final[Row] = {**_MEMBER, **_STAFFED}
_FACILITATED: Final[Row] = {Role.FACILITATOR: Scope.STAFFED, Role.ADMINISTRATOR: Scope.STAFFED}
_BREAKS_GLASS: Final[Row] = {Role.AUDITOR: Scope.ANY, Role.ORGANISATION_ADMIN: Scope.ANY}
_CONFIDENTIAL: Final[Row] = {
    **_MEMBER,
    **_FACILITATED,
    Role.AUDITOR: Scope.OPENED,
    Role.ORGANISATION_ADMIN: Scope.OPENED,
}
"""The programme's policy says which of its staff; who has broken the glass sees it, too."""
_TOLD: Final[Row] = {**_MEMBER, Role.FACILITATOR: Scope.OWN, Role.ADMINISTRATOR: Scope.OWN}
"""What somebody is told themself, whatever they are in the organisation."""
_AUDITED: Final[Row] = {Role.AUDITOR: Scope.ANY}
_ORGANISED: Final[Row] = {Role.ORGANISATION_ADMIN: Scope.ANY}
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
    Action.DESCRIBE_PROFILE: _MEMBER,
    Action.OFFER_COMPETENCY: _MEMBER_OR_MANAGED,
    Action.WITHDRAW_COMPETENCY_OFFER: _MEMBER_OR_MANAGED,
    Action.SEEK_COMPETENCY: _MEMBER_OR_MANAGED,
    Action.STOP_SEEKING_COMPETENCY: _MEMBER_OR_MANAGED,
    Action.SET_AVAILABILITY: _MEMBER_OR_MANAGED,
    Action.AVOID_PERSON: _MEMBER,
    Action.LIFT_AVOIDANCE: _MEMBER,
    Action.LIST_AS_EXPERT: _MEMBER_OR_MANAGED,
    Action.UNLIST_AS_EXPERT: _MEMBER_OR_MANAGED,
    Action.GIVE_CONSENT: _MEMBER,
    Action.WITHDRAW_CONSENT: _MEMBER,
    Action.PREFER_NOTIFICATIONS: _TOLD,
    Action.LEAVE: _MEMBER_OR_MANAGED,
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
    Action.SIGN_AGREEMENT: _MEMBER,
    Action.SET_GOAL: _MEMBER,
    Action.PROGRESS_GOAL: _MEMBER,
    Action.REACH_MILESTONE: _MEMBER_OR_STAFFED,
    Action.CHECK_IN: _MEMBER,
    Action.ADD_MEMBER: _STAFFED,
    Action.REMOVE_MEMBER: _STAFFED,
    Action.LEAVE_MENTORSHIP: _MEMBER,
    Action.RAISE_CONCERN: _MEMBER,
    Action.SETTLE_CONCERN: _FACILITATED,
    Action.PAUSE_MENTORSHIP: _MEMBER_OR_STAFFED,
    Action.RESUME_MENTORSHIP: _MEMBER_OR_STAFFED,
    Action.EXTEND_MENTORSHIP: _MEMBER_OR_STAFFED,
    Action.CONCLUDE_MENTORSHIP: _MEMBER_OR_STAFFED,
    Action.END_MENTORSHIP: _MEMBER_OR_STAFFED,
    Action.REOPEN_MENTORSHIP: _STAFFED,
    Action.HAND_OVER_MENTORSHIP: _STAFFED,
    Action.MIGRATE_MENTORSHIP: _ADMINISTERED,
    Action.BREAK_GLASS: _BREAKS_GLASS,
    Action.PROPOSE_MEETING: _MEMBER,
    Action.DESCRIBE_MEETING: _MEMBER,
    Action.ANSWER_MEETING: _MEMBER,
    Action.CONFIRM_MEETING: _MEMBER,
    Action.RESCHEDULE_MEETING: _MEMBER,
    Action.CANCEL_MEETING: _MEMBER,
    Action.RECORD_MEETING: _MEMBER,
    Action.NOTE_MEETING: _MEMBER,
    Action.ISSUE_CALENDAR: _MEMBER,
    Action.REVOKE_CALENDAR: _MEMBER_OR_MANAGED,
    Action.SEND_MESSAGE: _MEMBER,
    Action.WITHDRAW_MESSAGE: _MEMBER,
    Action.ASK_QUESTION: _MEMBER,
    Action.ANSWER_QUESTION: _MEMBER,
    Action.ACCEPT_ANSWER: _MEMBER,
    Action.SHARE_DOCUMENT: _MEMBER,
    Action.SHARE_LINK: _MEMBER,
    Action.DESCRIBE_RESOURCE: _MEMBER,
    Action.WITHDRAW_RESOURCE: _MEMBER_OR_STAFFED,
    Action.PUBLISH_RESOURCE: _MEMBER,
    Action.SUGGEST_ASSIGNMENT: _MEMBER,
    Action.ASSIGN: {**_MEMBER, **_FACILITATED},
    Action.START_ASSIGNMENT: _MEMBER,
    Action.SUBMIT_ASSIGNMENT: _MEMBER,
    Action.COMPLETE_ASSIGNMENT: _MEMBER,
    Action.RETURN_ASSIGNMENT: _MEMBER,
    Action.DROP_ASSIGNMENT: {**_MEMBER, **_FACILITATED},
    Action.INVITE_GUEST: _MANAGED,
    Action.ASK_EXPERT: _OWN,
    Action.ANSWER_INQUIRY: _MEMBER,
    Action.DECLINE_INQUIRY: _MEMBER,
    Action.AGREE_SESSION: _MEMBER,
    Action.CLOSE_INQUIRY: _MEMBER,
    Action.RATE_INQUIRY: _OWN,
    Action.ASK_SURVEY: _STAFFED,
    Action.ANSWER_SURVEY: _MEMBER,
    Action.READ_NOTIFICATION: _TOLD,
    Action.CURATE_COMPETENCIES: _MANAGED,
    Action.MANAGE_WEBHOOKS: _ORGANISED,
    Action.RUN_IMPORT: _MANAGED,
    Action.UNDO_IMPORT: _MANAGED,
    Action.SEE_PROFILES: {**_PEOPLE, **_GUEST, **_AUDITED},
    Action.SEE_NAMES: {**_PEOPLE, **_GUEST},
    Action.SEE_CONTACT: {**_MEMBER, **_STAFF_ANYWHERE},
    Action.SEE_RECORD: {**_MEMBER, **_MANAGED, **_AUDITED},
    Action.SEE_PRIVATE: _MEMBER,
    Action.SEE_PROGRAMS: {**_PEOPLE, **_AUDITED},
    Action.SEE_DRAFTS: {**_STAFFED, **_AUDITED},
    Action.SEE_SETTINGS: {**_STAFFED, **_AUDITED},
    Action.SEE_ENROLLMENTS: {**_OWN_OR_STAFFED, **_AUDITED},
    Action.SEE_ANSWERS: _OWN_OR_STAFFED,
    Action.SEE_PREFERENCE: _OWN,
    Action.SEE_SUGGESTIONS: _OWN_OR_STAFFED,
    Action.SEE_PROPOSALS: {**_OWN_OR_STAFFED, **_AUDITED},
    Action.SEE_RUNS: {**_STAFFED, **_AUDITED},
    Action.SEE_MENTORSHIPS: {**_MEMBER_OR_STAFFED, **_AUDITED},
    Action.SEE_MESSAGES: _CONFIDENTIAL,
    Action.SEE_NOTES: _CONFIDENTIAL,
    Action.SEE_MEETINGS: _CONFIDENTIAL,
    Action.SEE_GOALS: _CONFIDENTIAL,
    Action.SEE_DOCUMENTS: _CONFIDENTIAL,
    Action.SEE_CHECK_INS: _CONFIDENTIAL,
    Action.SEE_CONCERNS: _CONFIDENTIAL,
    Action.EXPORT_HISTORY: _MEMBER,
    Action.SEE_LIBRARY: _MEMBER_OR_STAFFED,
    Action.SEE_DIRECTORY: _PEOPLE,
    Action.SEE_INQUIRIES: _MEMBER,
    Action.SEE_INBOX: {**_MEMBER, **_FACILITATED},
    Action.SEE_SURVEYS: _CONFIDENTIAL,
    Action.SEE_NOTIFICATIONS: _TOLD,
    Action.SEE_METRICS: {**_MEMBER_OR_STAFFED, **_AUDITED},
    Action.SEE_HEALTH: {**_STAFFED, **_AUDITED},
    Action.SEE_REPORTS: {**_ADMINISTERED, **_AUDITED},
    Action.SEE_COMPETENCIES: {**_PEOPLE, **_AUDITED, Role.GUEST: Scope.ANY},
    Action.SEE_WEBHOOKS: {**_ORGANISED, **_AUDITED},
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
        and (scope in {Scope.ANY, Scope.OPENED} or actor.participant is not None)
    )


def may(actor: Actor, action: Action, thing: Thing) -> bool:
    return any(_reaches(actor, role, scope, thing) for role, scope in scopes_for(actor, action))


def _reaches(actor: Actor, role: Role, scope: Scope, thing: Thing) -> bool:
    if scope is Scope.OWN:
        return thing.person == actor.participant
    if scope is Scope.STAFFED:
        return actor.participant is not None and role in thing.staff.get(actor.participant, frozenset())
    return scope is Scope.ANY or thing.opened
