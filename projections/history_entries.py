"""What the history of a relationship keeps of each event: its kind, what it is about, and who may read it.

An event that is to appear in the history gets its line in TOLD, and its sentence in `projections.sentences`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from domain import assignment as a
from domain import conversation as c
from domain import inquiry as i
from domain import meeting as g
from domain import mentorship as m
from domain import resource as r
from domain import survey as s
from domain.event import ERASED, THE_STREAM, DomainEvent
from domain.relationship import Member


class EntryKind(StrEnum):
    RELATIONSHIP = "relationship"
    AGREEMENT = "agreement"
    MEMBER = "member"
    GOAL = "goal"
    MILESTONE = "milestone"
    CHECK_IN = "check_in"
    CONCERN = "concern"
    ACCESS = "access"
    MEETING = "meeting"
    NOTE = "note"
    MESSAGE = "message"
    QUESTION = "question"
    DOCUMENT = "document"
    LINK = "link"
    ASSIGNMENT = "assignment"
    INQUIRY = "inquiry"
    SURVEY = "survey"


@dataclass(frozen=True, slots=True)
class Told:
    """How events of one name are told; fields of the event are given by their names.

    `content` is the kind of the programme's confidentiality policy that governs the words and `details`;
    without one, whoever sees the entry reads them. `kind` None: that of the event its stream began with.
    """

    kind: EntryKind | None
    content: str | None = None
    people: str = ""
    item: str = ""
    details: frozenset[str] = frozenset()
    private: bool = False
    """Among the members only who said it reads the words."""


@dataclass(frozen=True, slots=True)
class Secrecy:
    """`private_to`: no other member reads the words; `hidden`: nor sees that there are any.

    Whom the policy trusts reads them where they are for `staff`, too.
    """

    private_to: UUID | None = None
    hidden: bool = False
    staff: bool = True


NOT_FACTS: Final = frozenset({"mentorship", "by", "blob"})
_TOPICS: Final = frozenset({"topics", "sharing"})
_GOAL: Final = Told(EntryKind.GOAL, "goals", item="goal", details=frozenset({"competency"}))
_COURSE: Final = Told(EntryKind.RELATIONSHIP)
_CONCERN: Final = Told(EntryKind.CONCERN, "concerns", item="concern")
_MEETING: Final = Told(EntryKind.MEETING, "meetings")
_DESCRIBED: Final = Told(None, "documents", details=frozenset({"topics"}))
_ASSIGNMENT: Final = Told(EntryKind.ASSIGNMENT, "goals")
_GIVEN: Final = Told(EntryKind.ASSIGNMENT, "goals", people="to")
_INQUIRY: Final = Told(EntryKind.INQUIRY, "messages")

TOLD: Final[Mapping[type[DomainEvent], Told]] = {
    m.Began: Told(EntryKind.RELATIONSHIP, people="members"),
    m.AgreementSigned: Told(EntryKind.AGREEMENT),
    m.GoalSet: _GOAL,
    m.GoalDescribed: _GOAL,
    m.GoalProgressed: _GOAL,
    m.GoalAchieved: _GOAL,
    m.GoalDropped: _GOAL,
    m.MilestoneReached: Told(EntryKind.MILESTONE),
    m.CheckedIn: Told(EntryKind.CHECK_IN, "check_ins", details=frozenset({"ratings"})),
    m.MemberJoined: Told(EntryKind.MEMBER, people="member"),
    m.MemberLeft: Told(EntryKind.MEMBER, "concerns", people="participant", private=True),
    m.ConcernRaised: _CONCERN,
    m.ConcernSettled: _CONCERN,
    m.Paused: _COURSE,
    m.Resumed: _COURSE,
    m.Extended: _COURSE,
    m.Concluded: _COURSE,
    m.EndedEarly: Told(EntryKind.RELATIONSHIP, "concerns", private=True),
    m.Reopened: _COURSE,
    m.HandedOver: _COURSE,
    m.Migrated: _COURSE,
    m.GlassBroken: Told(EntryKind.ACCESS, "concerns"),
    g.Proposed: _MEETING,
    g.Described: _MEETING,
    g.SlotsProposed: _MEETING,
    g.Answered: Told(EntryKind.MEETING, "meetings", details=frozenset({"answer"})),
    g.Confirmed: _MEETING,
    g.Rescheduled: _MEETING,
    g.Cancelled: _MEETING,
    g.Held: Told(EntryKind.MEETING, "meetings", people="attendance", details=frozenset({"attendance"})),
    g.Missed: Told(EntryKind.MEETING, "meetings", people="missed_by", details=frozenset({"missed_by"})),
    g.Noted: Told(EntryKind.NOTE, "notes", item="note"),
    c.MessageSent: Told(EntryKind.MESSAGE, "messages", item="message"),
    c.MessageWithdrawn: Told(EntryKind.MESSAGE, "messages", item="message"),
    c.QuestionAsked: Told(EntryKind.QUESTION, "messages", item="question", details=_TOPICS),
    c.QuestionAnswered: Told(EntryKind.QUESTION, "messages", item="answer", details=_TOPICS),
    c.AnswerAccepted: Told(EntryKind.QUESTION, "messages", item="answer"),
    r.DocumentShared: Told(
        EntryKind.DOCUMENT, "documents", details=frozenset({"media_type", "bytes", "sha256"})
    ),
    r.LinkShared: Told(EntryKind.LINK, "documents"),
    r.Described: _DESCRIBED,
    r.Withdrawn: _DESCRIBED,
    r.Published: _DESCRIBED,
    a.Suggested: _GIVEN,
    a.Assigned: _GIVEN,
    a.Started: _ASSIGNMENT,
    a.Submitted: _ASSIGNMENT,
    a.Completed: _ASSIGNMENT,
    a.Returned: _ASSIGNMENT,
    a.Dropped: _ASSIGNMENT,
    i.Asked: Told(EntryKind.INQUIRY, "messages", people="expert", details=frozenset({"topics"})),
    i.FollowedUp: _INQUIRY,
    i.Answered: _INQUIRY,
    i.Declined: _INQUIRY,
    i.SessionAgreed: _INQUIRY,
    i.Closed: _INQUIRY,
    i.Rated: Told(EntryKind.INQUIRY, "messages", details=frozenset({"rating"}), private=True),
    s.Asked: Told(EntryKind.SURVEY, "surveys", people="to", details=frozenset({"questions"})),
    s.Answered: Told(EntryKind.SURVEY, "surveys", details=frozenset({"ratings", "choices"}), private=True),
    s.Lapsed: Told(EntryKind.SURVEY),
}


def secrecy(event: DomainEvent, told: Told, subject: UUID | None) -> Secrecy:
    """What is withheld beyond the programme's policy. Who settles a concern tells it to whoever raised it."""
    match event:
        case m.ConcernRaised():
            return Secrecy(event.by if event.confidential else None, hidden=event.confidential)
        case m.ConcernSettled():
            return Secrecy(hidden=True)
        case m.GlassBroken():
            return Secrecy(staff=False)
        case g.Noted(visibility=g.Visibility.AUTHOR):
            return Secrecy(event.by, hidden=True, staff=False)
        case g.Noted():
            return Secrecy(staff=event.visibility is g.Visibility.STAFF)
    return Secrecy(subject) if told.private else Secrecy()


def subject_of(event: DomainEvent) -> UUID | None:
    """The person whose words the event holds."""
    if event.subject in {None, THE_STREAM}:
        return None
    subject: UUID | None = getattr(event, str(event.subject))
    return subject


def words(event: DomainEvent) -> str | None:
    """All that was said, in the order of the fields; None where nothing was, or all of it is erased."""
    fields = (getattr(event, name) for name in type(event).model_fields if name in event.personal_fields)
    said = (one for field in fields for one in (field.values() if isinstance(field, dict) else (field,)))
    return "\n".join(str(one) for one in said if one not in {None, ERASED}) or None


def facts(event: DomainEvent, told: Told) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is not personal: for whoever sees the entry, and for whoever may read its content."""
    plain = event.model_dump(mode="json", exclude=set(event.personal_fields | NOT_FACTS))
    known = {name: value for name, value in plain.items() if value is not None}
    return (
        {name: value for name, value in known.items() if name not in told.details},
        {name: value for name, value in known.items() if name in told.details},
    )


def people(event: DomainEvent, told: Told) -> list[UUID]:
    named = getattr(event, told.people) if told.people else ()
    return [
        one.participant if isinstance(one, Member) else one
        for one in (named if isinstance(named, tuple) else (named,))
    ]


def item(event: DomainEvent, told: Told) -> UUID | None:
    """What within its stream the event is about."""
    found: UUID | None = getattr(event, told.item) if told.item else None
    return found
