"""Random lives of relationships, also of those that never began or have ended."""

from datetime import date
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import mentorship as m
from domain.event import DomainEvent
from domain.ids import MentorshipId, ProgramId, ProposalId
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from tests.projections.given import ADA, NOOR, SAM

MENTORSHIPS: Final = (MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32)))

person = st.sampled_from((ADA, NOOR, SAM))
by = {"by": person}
small_id = st.integers(1, 3).map(lambda number: UUID(int=number))
day = st.dates(date(2026, 1, 1), date(2027, 1, 1))
words = st.sampled_from(["Listen", "Ask more"])
maybe_words = st.none() | words
version = st.integers(1, 3)
of_goal = {"goal": small_id, **by}
described = {
    **of_goal,
    "text": words,
    "competency": st.sampled_from([None, "Python"]),
    "due": st.none() | day,
}
member = st.builds(Member, participant=person, role=st.sampled_from(Side))

began = st.builds(
    m.Began, program=st.sampled_from([None, ProgramId(UUID(int=1)), ProgramId(UUID(int=2))]),
    settings_version=version,
    type=st.just(RelationshipType(id="pairs", kind=Kind.ONE_TO_ONE, name="Pairs")),
    members=st.permutations([ADA, NOOR, SAM]).map(
        lambda people: tuple(Member(participant=one, role=Side.MENTOR) for one in people[:2])
    ),
    planned_end=day, proposal=st.sampled_from([None, ProposalId(UUID(int=21))]),
    predecessor=st.sampled_from([None, MENTORSHIPS[0]]),
)  # fmt: skip
attained: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(m.AgreementSigned, version=version, **by),
    st.builds(m.GoalSet, **described),
    st.builds(m.GoalDescribed, **described),
    st.builds(m.GoalProgressed, percent=st.integers(0, 100), note=maybe_words, **of_goal),
    st.builds(m.GoalAchieved, **of_goal),
    st.builds(m.GoalDropped, reason=maybe_words, **of_goal),
    st.builds(m.MilestoneReached, milestone=st.sampled_from(["goals", "half"]), by=st.none() | person),
    st.builds(
        m.CheckedIn,
        check_in=st.none() | small_id,
        ratings=st.just({"progress": 4}),
        comment=maybe_words,
        **by,
    ),
    st.builds(m.ConcernRaised, concern=small_id, text=words, confidential=st.booleans(), **by),
    st.builds(m.ConcernSettled, concern=small_id, note=maybe_words, **by),
)
of_a_mentorship: st.SearchStrategy[DomainEvent] = st.one_of(
    began,
    attained,
    st.builds(m.MemberJoined, member=member),
    st.builds(m.MemberLeft, participant=person, reason=maybe_words),
    st.builds(m.Paused, until=day),
    st.builds(m.Resumed),
    st.builds(m.Extended, until=day),
    st.builds(m.Concluded, outcome=st.sampled_from(m.Outcome)),
    st.builds(
        m.EndedEarly, by=st.none() | person, reason=st.sampled_from(m.EndReason), words=maybe_words,
        no_fault=st.booleans(),
    ),
    st.builds(m.Reopened, until=day),
    st.builds(m.HandedOver, successor=st.sampled_from(MENTORSHIPS)),
    st.builds(m.Migrated, settings_version=version, still_signed=st.booleans()),
    st.builds(m.GlassBroken, reason=words, hours=st.integers(1, 72)),
)  # fmt: skip
