"""The three programmes of the demo, as an administrator of Velmora would have set them up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID, uuid5

from domain import program
from domain.accountability_settings import AccountabilitySettings, Degree, Metric, Target, Timers
from domain.event import DomainEvent
from domain.ids import ParticipantId, ProgramId
from domain.matching_settings import Criterion, HardRule, MatchingSettings, Mode, Weight
from domain.occasions import Occasion
from domain.program import Program
from domain.program_settings import (
    AgreementSettings,
    Approval,
    Capacity,
    Channel,
    CommunicationsSettings,
    EnrollmentSettings,
    Kind,
    Milestone,
    PlanSettings,
    Question,
    RelationshipType,
    Reminder,
    Side,
    StaffRole,
    Task,
)

DEMO: Final = UUID("2c1d0f4e-6b2a-5c39-9d55-0e8d9f3b7a10")
"""Everything the demo does has ids derived from this one, so that doing it again does nothing."""

Wish = Callable[[Program], Sequence[DomainEvent]]
Staff = Sequence[tuple[ParticipantId, StaffRole]]
Announcing = tuple[UUID, Wish]
"""An announcement by its id."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """One programme: how it is set up, and how full the demo makes it.

    `seats` are mentors and mentees who come in today, `regulars` those who have been in for ninety days, and
    the mentors who came in between.
    """

    slug: str
    name: str
    purpose: str
    mentors: str
    mentees: str
    types: tuple[RelationshipType, ...]
    enrollment: EnrollmentSettings
    matching: MatchingSettings
    accountability: AccountabilitySettings
    plan: PlanSettings
    communications: CommunicationsSettings
    agreement: AgreementSettings
    reading: tuple[str, str]
    welcome: tuple[str, str]
    seats: tuple[int, int]
    regulars: tuple[int, int, int]

    @property
    def id(self) -> ProgramId:
        return ProgramId(uuid5(DEMO, self.slug))

    def wishes(self, staff: Staff) -> Iterator[Wish]:
        """What is asked of the programme, in order, until it is open."""
        yield partial(program.draft, name=self.name, purpose=self.purpose)
        yield partial(program.limit_audience, role=Side.MENTOR, rule=self.mentors)
        yield partial(program.limit_audience, role=Side.MENTEE, rule=self.mentees)
        yield partial(program.set_relationship_types, types=self.types)
        yield partial(program.configure_enrollment, settings=self.enrollment)
        yield partial(program.configure_matching, settings=self.matching)
        yield partial(program.set_plan, settings=self.plan)
        yield partial(program.set_agreement, settings=self.agreement)
        yield partial(program.set_communications, settings=self.communications)
        yield partial(program.set_accountability, settings=self.accountability)
        for person, role in staff:
            yield partial(program.assign_staff, person=person, role=role)
        title, url = self.reading
        yield partial(program.add_content, content=uuid5(self.id, url), title=title, url=url)
        yield program.open_enrollment

    @property
    def announcement(self) -> UUID:
        return uuid5(self.id, "welcome")

    @property
    def looking_back(self) -> UUID:
        return uuid5(self.id, "looking back")

    def welcomes(self) -> Announcing:
        """The last thing the demo does in a programme."""
        title, text = self.welcome
        return self.announcement, partial(
            program.announce, announcement=self.announcement, title=title, text=text
        )

    def looks_back(self) -> Announcing:
        """The last thing of its past."""
        title, text = LOOKING_BACK
        return self.looking_back, partial(
            program.announce, announcement=self.looking_back, title=title, text=text
        )


LOOKING_BACK: Final = (
    "Ninety days",
    "Thank you for the first ninety days. What we have learnt from your answers is in the report.",
)
BEGINNERS: Final = (
    "Junior Software Engineer",
    "Junior Test Engineer",
    "Graduate Embedded Engineer",
    "Associate Site Reliability Engineer",
    "Junior Data Analyst",
    "Associate Data Scientist",
    "Junior Data Engineer",
    "Associate Product Manager",
    "Junior Product Designer",
    "IT Support Technician",
    "Support Associate",
    "Sales Development Representative",
    "Marketing Assistant",
    "Junior Accountant",
    "Junior Recruiter",
    "Junior Buyer",
    "Junior Project Manager",
)
_BEGINNERS: Final = "job_title in [" + ", ".join(f'"{title}"' for title in BEGINNERS) + "]"


def _weights(**parts: int) -> tuple[Weight, ...]:
    return tuple(Weight(criterion=Criterion(name), parts=share) for name, share in parts.items())


def _has(field: str, *competencies: str) -> str:
    return " or ".join(f'{field} has "{competency}"' for competency in competencies)


LEADING: Final = (
    "lead a team",
    "coach employees",
    "develop staff",
    "motivate employees",
    "manage a team",
    "lead others",
    "manage staff",
    "mentor individuals",
    "leadership principles",
    "delegate responsibilities",
    "motivate others",
    "coaching techniques",
    "encourage teambuilding",
    "manage feedback",
)
STRATEGY: Final = (
    "implement strategic planning",
    "make strategic business decisions",
    "develop company strategies",
    "apply strategic thinking",
    "business strategy concepts",
    "plan medium to long term objectives",
    "implement strategic management",
    "lead board meetings",
    "apply business acumen",
    "impart business plans to collaborators",
)

ONBOARDING: Final = Sketch(
    slug="onboarding",
    name="First Hundred Days",
    purpose="Somebody to ask who is not the own manager, from the first week on.",
    mentors=f"hours_a_month >= 2 and not ({_BEGINNERS})",
    mentees=_BEGINNERS,
    types=(
        RelationshipType(
            id="buddy",
            kind=Kind.ONE_TO_ONE,
            name="Buddy",
            duration_days=100,
            cadence_days=7,
            session_minutes=30,
        ),
        RelationshipType(
            id="circle", kind=Kind.CIRCLE, name="Newcomers' circle", duration_days=90, cadence_days=30
        ),
    ),
    enrollment=EnrollmentSettings(
        approval=Approval.AUTOMATIC, capacity=Capacity(mentees_per_mentor=2, open_requests=2, hours_a_month=2)
    ),
    matching=MatchingSettings(
        modes=(Mode.ADMINISTRATOR,),
        weights=_weights(location=4_000, time_zone=2_000, languages=2_000, department=2_000),
        hard_rules=(HardRule.NOT_IN_REPORTING_LINE, HardRule.SHARED_LANGUAGE),
        minimum_score=2_000,
    ),
    plan=PlanSettings(
        milestones=(
            Milestone(id="settled", title="Knows whom to ask", due_day=14),
            Milestone(id="contributing", title="First piece of own work delivered", due_day=45),
            Milestone(id="at-home", title="Explains our work to somebody newer", due_day=95),
        ),
        tasks=(Task(id="tour", title="Walk through the building together", due_day=7, milestone="settled"),),
    ),
    agreement=AgreementSettings(),
    communications=CommunicationsSettings(channels=(Channel.INBOX,)),
    accountability=AccountabilitySettings(degree=Degree.LIGHT),
    reading=("The first hundred days, a short guide", "https://intranet.velmora.example/first-hundred-days"),
    welcome=("Welcome", "Your buddy is somebody to ask anything. No question is too small."),
    seats=(24, 18),
    regulars=(54, 96, 5),
)

LEADERSHIP: Final = Sketch(
    slug="leadership",
    name="Leading People",
    purpose="For those who lead a team for the first time, or will soon.",
    mentors=f"hours_a_month >= 2 and ({_has('competencies_offered', *LEADING)})",
    mentees=f'department != "Executive Office" and ({_has("competencies_sought", *LEADING)})',
    types=(
        RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair", duration_days=270, cadence_days=21),
        RelationshipType(id="group", kind=Kind.GROUP, name="Case group", duration_days=180, cadence_days=30),
    ),
    enrollment=EnrollmentSettings(
        approval=Approval.FACILITATOR,
        questions=(
            Question(
                id="why", text="What would you like to be able to do a year from now?", side=Side.MENTEE
            ),
            Question(id="style", text="How do you lead?", side=Side.MENTOR, required=False),
        ),
        capacity=Capacity(mentees_per_mentor=3, open_requests=3, hours_a_month=2),
    ),
    matching=MatchingSettings(
        modes=(Mode.SELF_DIRECTED, Mode.FACILITATOR),
        weights=_weights(competencies=5_000, experience=2_000, time_zone=1_500, languages=1_500),
        hard_rules=(HardRule.NOT_IN_REPORTING_LINE, HardRule.NOT_SAME_MANAGER),
        minimum_score=3_500,
        wishes=3,
    ),
    plan=PlanSettings(
        milestones=(
            Milestone(id="goals", title="Goals agreed", due_day=21),
            Milestone(id="half-time", title="Half-time talk", due_day=135),
        ),
        tasks=(Task(id="feedback", title="Ask three colleagues for feedback", due_day=60, side=Side.MENTEE),),
    ),
    agreement=AgreementSettings(),
    communications=CommunicationsSettings(
        channels=(Channel.INBOX, Channel.EMAIL), reminders=(Reminder(about=Occasion.MEETING, days=(1, 3, 7)),)
    ),
    accountability=AccountabilitySettings(
        degree=Degree.STANDARD,
        targets=(Target(metric=Metric.GOAL_PROGRESS, target=0.6, at_risk=0.3, weight=2),),
    ),
    reading=("Talking about goals", "https://intranet.velmora.example/talking-about-goals"),
    welcome=("Applications are open", "Facilitators answer within a week. Mentors choose whom they accept."),
    seats=(20, 16),
    regulars=(84, 158, 8),
)

HIGH_POTENTIAL: Final = Sketch(
    slug="high-potential",
    name="Next Directors",
    purpose="By invitation: a year with somebody from the top of another department.",
    mentors=f"hours_a_month >= 1 and ({_has('competencies_offered', *STRATEGY)})",
    mentees=f"has_manager == true and hours_a_month >= 2 and ({_has('competencies_sought', *STRATEGY)})",
    types=(
        RelationshipType(
            id="sponsor",
            kind=Kind.ONE_TO_ONE,
            name="Sponsor",
            duration_days=365,
            cadence_days=30,
            session_minutes=90,
        ),
        RelationshipType(id="reverse", kind=Kind.REVERSE, name="Reverse mentoring", duration_days=180),
    ),
    enrollment=EnrollmentSettings(
        application=False,
        approval=Approval.ADMINISTRATOR,
        capacity=Capacity(mentees_per_mentor=1, open_requests=1, hours_a_month=1),
    ),
    matching=MatchingSettings(
        modes=(Mode.ADMINISTRATOR, Mode.FACILITATOR),
        weights=_weights(competencies=4_000, experience=3_000, languages=1_500, availability=1_500),
        hard_rules=(HardRule.NOT_IN_REPORTING_LINE, HardRule.NOT_SAME_DEPARTMENT),
        minimum_score=4_500,
        thin_pool=5,
    ),
    plan=PlanSettings(
        milestones=(
            Milestone(id="map", title="Map of strengths", due_day=30),
            Milestone(id="project", title="Project for the board chosen", due_day=90),
            Milestone(id="board", title="Presented to the board", due_day=330),
        ),
        tasks=(
            Task(id="shadow", title="Shadow a board meeting", due_day=60, milestone="map", side=Side.MENTEE),
            Task(id="story", title="Tell the story of your worst decision", due_day=45, side=Side.MENTOR),
        ),
    ),
    agreement=AgreementSettings(
        required=True,
        text="We meet once a month, keep to ourselves what we hear, and say so when it does not work.",
    ),
    communications=CommunicationsSettings(
        channels=(Channel.INBOX, Channel.EMAIL), reminders=(Reminder(about=Occasion.AGREEMENT, days=(3, 7)),)
    ),
    accountability=AccountabilitySettings(
        degree=Degree.STRICT, timers=Timers(first_meeting=21, next_meeting=35, milestone_stuck=14)
    ),
    reading=("What the board reads", "https://intranet.velmora.example/what-the-board-reads"),
    welcome=(
        "A year begins",
        "You are here because somebody named you. The first talk is about what you want.",
    ),
    seats=(10, 12),
    regulars=(64, 64, 5),
)

SKETCHES: Final = (ONBOARDING, LEADERSHIP, HIGH_POTENTIAL)
