"""What an administrator sets about a programme: value objects with defaults, which cannot hold nonsense."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from domain.accountability_settings import AccountabilitySettings, Degree, Timers
from domain.ids import ProgramId
from domain.matching_settings import MatchingSettings, Mode
from domain.occasions import Occasion
from domain.templates import Template
from domain.words import Line, Slug, Text, Value, distinct, shaped

Days = Annotated[int, Field(ge=1, le=3650)]


class Side(StrEnum):
    """The two sides of mentoring; a person takes one of them in a programme."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class StaffRole(StrEnum):
    FACILITATOR = "facilitator"
    ADMINISTRATOR = "administrator"


class Stage(StrEnum):
    UNKNOWN = "unknown"
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    WOUND_DOWN = "wound_down"
    ARCHIVED = "archived"


class Kind(StrEnum):
    ONE_TO_ONE = "one_to_one"
    GROUP = "group"
    CIRCLE = "circle"
    PEER = "peer"
    REVERSE = "reverse"
    FLASH = "flash"


class Size(Value):
    least: Annotated[int, Field(ge=0, le=100)] = 1
    most: Annotated[int, Field(ge=1, le=100)] = 1

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError("the least size is above the most")
        return self


_PAIR: Final = (Size(), Size())
_SIZES: Final[Mapping[Kind, tuple[Size, Size]]] = {
    Kind.ONE_TO_ONE: _PAIR,
    Kind.REVERSE: _PAIR,
    Kind.FLASH: _PAIR,
    Kind.GROUP: (Size(least=1, most=3), Size(least=2, most=12)),
    Kind.CIRCLE: (Size(least=0, most=2), Size(least=3, most=12)),
    Kind.PEER: (Size(least=0, most=1), Size(least=2, most=8)),
}
"""How many mentors and mentees a kind holds where the programme says nothing."""


class RelationshipType(Value):
    """One kind of relationship the programme offers; `cadence_days` is one meeting's whole period."""

    id: Slug
    kind: Kind
    name: Line
    mentors: Size = Size()
    mentees: Size = Size()
    duration_days: Days = 180
    cadence_days: Days = 14
    session_minutes: Annotated[int, Field(ge=5, le=480)] = 60

    @model_validator(mode="before")
    @classmethod
    def _sized(cls, given: object) -> object:
        if not isinstance(given, Mapping) or given.get("kind") not in set(Kind):
            return given
        mentors, mentees = _SIZES[Kind(given["kind"])]
        return {"mentors": mentors, "mentees": mentees, **given}

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind in {Kind.ONE_TO_ONE, Kind.REVERSE, Kind.FLASH} and (self.mentors, self.mentees) != _PAIR:
            raise ValueError(f"a relationship of kind {self.kind} has one mentor and one mentee")
        if self.cadence_days > self.duration_days:
            raise ValueError("the cadence is longer than the relationship")
        return self


def _known_apart(types: tuple[RelationshipType, ...]) -> tuple[RelationshipType, ...]:
    distinct((kind.id for kind in types), "relationship type")
    return types


RelationshipTypes = Annotated[
    tuple[RelationshipType, ...], Field(max_length=20), AfterValidator(_known_apart)
]


class Approval(StrEnum):
    AUTOMATIC = "automatic"
    FACILITATOR = "facilitator"
    ADMINISTRATOR = "administrator"


class Question(Value):
    """Asked with the application; `side` None asks both."""

    id: Slug
    text: Line
    side: Side | None = None
    required: bool = True
    choices: Annotated[tuple[Line, ...], Field(max_length=30)] = ()


class Capacity(Value):
    """`hours_a_month` is what one relationship takes of each member."""

    mentees_per_mentor: Annotated[int, Field(ge=1, le=100)] = 2
    mentors_per_mentee: Annotated[int, Field(ge=1, le=20)] = 1
    open_requests: Annotated[int, Field(ge=1, le=50)] = 3
    hours_a_month: Annotated[int, Field(ge=0, le=200)] = 2


class Window(Value):
    """The days on which one can apply, both included; None is without limit."""

    opens: date | None = None
    closes: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens and self.closes and self.closes < self.opens:
            raise ValueError("the window closes before it opens")
        return self

    def holds(self, day: date) -> bool:
        return (self.opens is None or self.opens <= day) and (self.closes is None or day <= self.closes)


class EnrollmentSettings(Value):
    """Without `application`, only the invited can take part, and accepting is all they do."""

    application: bool = True
    approval: Approval = Approval.FACILITATOR
    questions: Annotated[tuple[Question, ...], Field(max_length=30)] = ()
    capacity: Capacity = Capacity()
    window: Window = Window()

    @model_validator(mode="after")
    def _asks_once(self) -> Self:
        distinct((question.id for question in self.questions), "question")
        return self


class Milestone(Value):
    """Due `due_day` days after the relationship began, pauses not counted."""

    id: Slug
    title: Line
    due_day: Days
    description: Text | None = None


class Task(Value):
    """A learning assignment or a thing to do; `side` None is for both."""

    id: Slug
    title: Line
    due_day: Days
    milestone: Slug | None = None
    side: Side | None = None
    description: Text | None = None


class PlanSettings(Value):
    milestones: Annotated[tuple[Milestone, ...], Field(max_length=50)] = ()
    tasks: Annotated[tuple[Task, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        distinct((milestone.id for milestone in self.milestones), "milestone")
        distinct((task.id for task in self.tasks), "task")
        known = {milestone.id for milestone in self.milestones}
        if unknown := sorted({t.milestone for t in self.tasks if t.milestone} - known):
            raise ValueError(f"no milestone is called {', '.join(unknown)}")
        return self


class AgreementSettings(Value):
    """Where it is `required`, no session counts before every member has signed `text`."""

    required: bool = False
    text: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.required and self.text is None:
            raise ValueError("a required agreement needs a text")
        return self


class Channel(StrEnum):
    INBOX = "inbox"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Reminder(Value):
    """A ladder: one message on each of these days after the thing fell due."""

    about: Occasion
    days: Annotated[tuple[Days, ...], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        if list(self.days) != sorted(set(self.days)):
            raise ValueError("the days of a reminder ladder must rise")
        return self


MediaRange = Annotated[
    str,
    shaped(r"[a-z]+/([a-z0-9][a-z0-9.+-]*)?\*?", "must be a media type, such as application/pdf or image/*"),
]


class DocumentLimits(Value):
    """What may be shared as a document; a type with `*` stands for all of its kind."""

    most_bytes: Annotated[int, Field(ge=1, le=2**31)] = 25 * 2**20
    types: Annotated[tuple[MediaRange, ...], Field(min_length=1, max_length=50)] = (
        "application/pdf",
        "application/zip",
        "application/msword",
        "application/vnd.*",
        "audio/*",
        "image/*",
        "text/*",
        "video/*",
    )


class CommunicationsSettings(Value):
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = (Channel.INBOX, Channel.EMAIL)
    reminders: tuple[Reminder, ...] = ()
    templates: tuple[Template, ...] = ()
    documents: DocumentLimits = DocumentLimits()

    @model_validator(mode="after")
    def _speaks_once(self) -> Self:
        distinct(self.channels, "channel")
        distinct((reminder.about for reminder in self.reminders), "reminder")
        distinct((template.about for template in self.templates), "template")
        return self


class Settings(Value):
    """As they are now; a relationship keeps those of the version it began with."""

    audience: dict[Side, str] = Field(default_factory=dict)
    relationship_types: tuple[RelationshipType, ...] = ()
    enrollment: EnrollmentSettings = EnrollmentSettings()
    matching: MatchingSettings = MatchingSettings()
    plan: PlanSettings = PlanSettings()
    agreement: AgreementSettings = AgreementSettings()
    communications: CommunicationsSettings = CommunicationsSettings()
    accountability: AccountabilitySettings = AccountabilitySettings()


def missing(held: Settings, roles: Collection[StaffRole]) -> tuple[str, ...]:
    """What keeps a programme with these settings and this staff from opening, in words."""
    strict = held.accountability.degree is Degree.STRICT
    facilitated = held.enrollment.approval is Approval.FACILITATOR or Mode.FACILITATOR in held.matching.modes
    wanted = {
        "it has no relationship type": not held.relationship_types,
        "it has no administrator": StaffRole.ADMINISTRATOR not in roles,
        "it has no facilitator, who is to approve or match": facilitated
        and StaffRole.FACILITATOR not in roles,
        "strict accountability needs a required agreement": strict and not held.agreement.required,
        "strict accountability needs milestones in the plan": strict and not held.plan.milestones,
    }
    return tuple(sentence for sentence, lacking in wanted.items() if lacking)


@dataclass(frozen=True, slots=True)
class ProgramTerms:
    """What the rules of enrollments and proposals read of their programme: its stage, whom it admits and how,
    what it brings together and how long it waits.
    """

    program: ProgramId
    open: bool
    over: bool
    archived: bool
    audience: Mapping[Side, str]
    enrollment: EnrollmentSettings
    settings_version: int
    types: tuple[RelationshipType, ...]
    matching: MatchingSettings
    timers: Timers
