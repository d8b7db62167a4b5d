"""Random lives of some people in some programmes, more disorderly than any rule would let them be."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import competency as c
from domain import enrollment as e
from domain import participant as p
from domain import program as g
from domain import proposal as r
from domain.accountability_settings import AccountabilitySettings, Degree
from domain.event import DomainEvent
from domain.ids import (
    CompetencyId,
    MatchRunId,
    ParticipantId,
    ProgramId,
    ProposalId,
    enrollment_id,
)
from domain.matching_settings import Criterion, MatchingSettings, Mode
from domain.occasions import Occasion
from domain.preferences import NotificationsPreferred, QuietHours
from domain.profile import Contact, Job, LeavingReason
from domain.program_settings import (
    AgreementSettings,
    CommunicationsSettings,
    EnrollmentSettings,
    Kind,
    PlanSettings,
    RelationshipType,
    Side,
    StaffRole,
)
from tests.projections.given import ADA, NOOR, SAM
from tests.projections.lives_assignments import ASSIGNMENTS, of_an_assignment
from tests.projections.lives_conversations import CONVERSATIONS, of_a_conversation
from tests.projections.lives_inquiries import INQUIRIES, of_an_inquiry
from tests.projections.lives_meetings import FEEDS, MEETINGS, of_a_feed, of_a_meeting
from tests.projections.lives_mentorships import MENTORSHIPS, of_a_mentorship
from tests.projections.lives_notifications import NOTIFICATIONS, of_a_notification
from tests.projections.lives_resources import RESOURCES, of_a_resource
from tests.projections.lives_surveys import SURVEYS, of_a_survey
from tests.projections.lives_webhooks import WEBHOOKS, of_a_webhook
from tests.projections.run_lives import RUNS, of_a_run

PEOPLE: Final = (ADA, NOOR, SAM)
PROGRAMS: Final = (ProgramId(UUID(int=1)), ProgramId(UUID(int=2)))
PROPOSALS: Final = (ProposalId(UUID(int=21)), ProposalId(UUID(int=22)))
COMPETENCIES: Final = (CompetencyId(UUID(int=11)), CompetencyId(UUID(int=12)), CompetencyId(UUID(int=13)))


@dataclass(frozen=True)
class Happened:
    stream: UUID
    events: tuple[DomainEvent, ...]


@dataclass(frozen=True)
class Forgotten:
    """Once the person is erased, their key is destroyed; not necessarily at once."""

    person: ParticipantId


@dataclass(frozen=True)
class KeptUp:
    batch: int


Step = Happened | Forgotten | KeptUp

person = st.sampled_from(PEOPLE)
line = st.sampled_from(["Python", "Go", "Engines"])
maybe_line = st.none() | line
level = st.integers(1, 5)
day = st.dates(date(2026, 1, 1), date(2027, 1, 1))
small_id = st.integers(1, 3).map(lambda number: UUID(int=number))
side = st.sampled_from(Side)
staff = {"person": person, "role": st.sampled_from(StaffRole)}
job = st.builds(Job, title=line, since=st.none() | day)
source = st.sampled_from(["csv", "scim"])
policy = st.sampled_from(["privacy", "photos"])
zone = st.sampled_from([None, "Europe/Berlin"])
languages = st.sampled_from([(), ("en",), ("de", "en")])
history = st.lists(job, max_size=2).map(tuple)
mutes = st.lists(st.sampled_from(Occasion), max_size=2).map(tuple)
quiet = st.sampled_from([None, QuietHours(since="22:00", until="07:00")])

RECORD_FIELDS: Final = (
    "name", "email", "job_title", "department", "location", "time_zone", "languages", "manager",
    "work_history",
)  # fmt: skip
STATED_FIELDS: Final = ("time_zone", "languages", "work_history", "biography", "contact", "demographics")


def some(fields: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(fields), unique=True, min_size=1).map(tuple)


of_a_person: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(p.Registered, name=line, email=st.sampled_from([None, "a@example.org"]), source=source),
    st.builds(
        p.RecordSynced, source=source, changed=some(RECORD_FIELDS), name=line, job_title=maybe_line,
        department=maybe_line, time_zone=zone, languages=languages, manager=st.none() | person,
        work_history=history,
    ),
    st.builds(
        p.ProfileDescribed, changed=some(STATED_FIELDS), time_zone=zone, languages=languages,
        work_history=history, biography=maybe_line, contact=st.none() | st.builds(Contact, note=line),
        demographics=st.sampled_from([None, {"gender": "woman"}]),
    ),
    st.builds(p.CompetencyOffered, competency=line, level=level),
    st.builds(p.CompetencyOfferWithdrawn, competency=line),
    st.builds(p.CompetencySought, competency=line, level=level, priority=level),
    st.builds(p.CompetencyNoLongerSought, competency=line),
    st.builds(p.AvailabilitySet, hours_a_month=level, accepting=st.booleans(), until=st.none() | day),
    st.builds(p.PersonAvoided, person=person),
    st.builds(p.AvoidanceLifted, person=person),
    st.builds(p.ListedAsExpert, headline=line, topics=st.just(("Python",))),
    st.builds(p.UnlistedAsExpert),
    st.builds(p.GuestInvited, until=day, headline=maybe_line, topics=st.just(("Go",))),
    st.builds(p.ConsentGiven, policy=policy, version=level),
    st.builds(p.ConsentWithdrawn, policy=policy),
    st.builds(NotificationsPreferred, mail=st.booleans(), muted=mutes, quiet=quiet),
    st.builds(p.Left, reason=st.sampled_from(LeavingReason)),
    st.builds(p.Returned),
    st.builds(p.Erased),
)  # fmt: skip

of_a_program: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(g.Drafted, name=line, purpose=maybe_line),
    st.builds(g.Described, name=line, purpose=maybe_line),
    st.builds(g.AudienceLimited, role=side, rule=st.sampled_from([None, 'location == "Berlin"'])),
    st.builds(
        g.RelationshipTypesSet,
        types=st.sampled_from([(), (RelationshipType(id="pairs", kind=Kind.ONE_TO_ONE, name="Pairs"),)]),
    ),
    st.builds(g.EnrollmentConfigured, settings=st.builds(EnrollmentSettings, application=st.booleans())),
    st.builds(g.MatchingConfigured, settings=st.just(MatchingSettings())),
    st.builds(g.PlanSet, settings=st.just(PlanSettings())),
    st.builds(g.AgreementSet, settings=st.just(AgreementSettings(required=True, text="We meet."))),
    st.builds(g.CommunicationsSet, settings=st.just(CommunicationsSettings())),
    st.builds(g.AccountabilitySet, settings=st.just(AccountabilitySettings(degree=Degree.LIGHT))),
    st.builds(g.ContentAdded, content=small_id, title=line, url=st.just("https://example.org/")),
    st.builds(g.ContentRemoved, content=small_id),
    st.builds(g.StaffAssigned, **staff),
    st.builds(g.StaffWithdrawn, **staff),
    st.sampled_from([g.Opened(), g.Closed(), g.WoundDown(), g.Archived()]),
    st.builds(g.AnnouncementMade, announcement=small_id, title=line, text=line, side=st.none() | side),
)  # fmt: skip


def of_an_enrollment(program: ProgramId, participant: ParticipantId) -> st.SearchStrategy[DomainEvent]:
    who = st.just(participant)
    into = {"program": st.just(program), "participant": who, "role": side}
    proposal = small_id.map(ProposalId)
    return st.one_of(
        st.builds(e.Invited, **into),
        st.builds(e.Applied, answers=st.sampled_from([None, {"why": "Because"}]), **into),
        st.builds(e.InformationRequested, participant=who, question=line),
        st.builds(e.InformationGiven, participant=who, answer=line),
        st.builds(e.Rejected, participant=who, reason=line),
        st.builds(e.Removed, participant=who, reason=line),
        st.builds(e.PreferenceStated, participant=who, preference=st.just({"gender": "woman"})),
        st.builds(e.WishesRanked, wishes=st.lists(person, unique=True).map(tuple)),
        st.builds(e.RequestOpened, proposal=proposal),
        st.builds(e.RequestClosed, proposal=proposal),
        st.builds(e.PlaceReserved, proposal=proposal, hours_a_month=level),
        st.builds(e.PlaceReleased, proposal=proposal),
        st.builds(e.Paused, until=day),
        st.sampled_from([e.Approved(), e.Waitlisted(), e.Resumed(), e.Withdrawn(), e.Completed()]),
    )


above = st.none() | st.sampled_from(COMPETENCIES)
spellings = st.lists(line | st.just("python"), max_size=2).map(tuple)
scheme = st.sampled_from(["esco", "onet"])
of_a_competency: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(
        c.Defined, label=line, parent=above, synonyms=spellings,
        external_ids=st.sampled_from([{}, {"esco": "S1"}]),
    ),
    st.builds(c.Described, label=line),
    st.builds(c.SynonymsSet, synonyms=spellings),
    st.builds(c.Moved, parent=above),
    st.builds(c.Linked, scheme=scheme, external_id=line),
    st.builds(c.Unlinked, scheme=scheme),
    st.sampled_from([c.Retired(), c.Restored()]),
)  # fmt: skip


provenance = st.builds(
    r.Provenance, engine=st.just(1), digest=st.just("abc"), score=st.integers(0, 10_000),
    mentee_score=st.none() | st.integers(0, 10_000), parts=st.just({Criterion.LANGUAGES: 5_000}),
    barred=st.just({"capacity": 2}), run=st.sampled_from([None, MatchRunId(UUID(int=41))]),
)  # fmt: skip
by = {"by": person}


@st.composite
def made(draw: st.DrawFn) -> r.Made:
    """Each person on one side, which is all that decisions see to here."""
    people = draw(st.permutations(PEOPLE))
    mentors, mentees = draw(st.integers(0, 2)), draw(st.integers(0, 1))
    return r.Made(
        program=draw(st.sampled_from(PROGRAMS)), settings_version=1, relationship="pairs",
        mentors=tuple(people[:mentors]), mentees=tuple(people[mentors : mentors + mentees]),
        mode=draw(st.sampled_from(Mode)), rank=draw(st.sampled_from([None, 1])),
        provenance=draw(st.none() | provenance), expires_at=datetime(2026, 6, 1, tzinfo=UTC),
        author=draw(st.none() | person), words=draw(maybe_line),
    )  # fmt: skip


of_a_proposal: st.SearchStrategy[DomainEvent] = st.one_of(
    made(),
    st.builds(r.Viewed, **by),
    st.builds(r.InformationRequested, question=line, **by),
    st.builds(r.InformationGiven, answer=line, **by),
    st.builds(r.Accepted, **by),
    st.builds(r.Declined, reason=maybe_line, for_good=st.booleans(), **by),
    st.builds(r.Confirmed, mentorship=st.sampled_from(MENTORSHIPS)),
    st.sampled_from([r.Withdrawn(), r.Expired(), r.Superseded()]),
)


def events(strategy: st.SearchStrategy[DomainEvent]) -> st.SearchStrategy[tuple[DomainEvent, ...]]:
    return st.lists(strategy, min_size=1, max_size=6).map(tuple)


def enrollment_step(of: tuple[ProgramId, ParticipantId]) -> st.SearchStrategy[Step]:
    return st.builds(Happened, st.just(enrollment_id(*of)), events(of_an_enrollment(*of)))


lives: Final[st.SearchStrategy[list[Step]]] = st.lists(
    st.one_of(
        st.builds(Happened, person, events(of_a_person)),
        st.builds(Happened, st.sampled_from(PROGRAMS), events(of_a_program)),
        st.builds(Happened, st.sampled_from(COMPETENCIES), events(of_a_competency)),
        st.tuples(st.sampled_from(PROGRAMS), person).flatmap(enrollment_step),
        st.builds(Happened, st.sampled_from(PROPOSALS), events(of_a_proposal)),
        st.builds(Happened, st.sampled_from(MENTORSHIPS), events(of_a_mentorship)),
        st.builds(Happened, st.sampled_from(RUNS), events(of_a_run)),
        st.builds(Happened, st.sampled_from(CONVERSATIONS), events(of_a_conversation)),
        st.builds(Happened, st.sampled_from(MEETINGS), events(of_a_meeting)),
        st.builds(Happened, st.sampled_from(FEEDS), events(of_a_feed)),
        st.builds(Happened, st.sampled_from(RESOURCES), events(of_a_resource)),
        st.builds(Happened, st.sampled_from(ASSIGNMENTS), events(of_an_assignment)),
        st.builds(Happened, st.sampled_from(INQUIRIES), events(of_an_inquiry)),
        st.builds(Happened, st.sampled_from(NOTIFICATIONS), events(of_a_notification)),
        st.builds(Happened, st.sampled_from(SURVEYS), events(of_a_survey)),
        st.builds(Happened, st.sampled_from(WEBHOOKS), events(of_a_webhook)),
        st.builds(Forgotten, person),
        st.builds(KeptUp, st.integers(1, 10)),
    ),
    min_size=10,
    max_size=40,
)
