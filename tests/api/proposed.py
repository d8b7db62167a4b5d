"""What has been proposed in the small organisation: one waits, one is reviewed blindly, one has begun."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from domain import enrollment as e
from domain import mentorship as m
from domain import program as g
from domain import proposal as r
from domain.aggregate import Aggregate
from domain.enrollment import ENROLLMENT
from domain.event import DomainEvent
from domain.ids import (
    MatchRunId,
    MentorshipId,
    ParticipantId,
    ProgramId,
    ProposalId,
    enrollment_id,
    mentorship_id,
)
from domain.match_run import MATCH_RUN, Requested
from domain.matching_settings import Criterion, MatchingSettings, Mode, Weight
from domain.mentorship import MENTORSHIP
from domain.program import PROGRAM
from domain.program_settings import Capacity, Kind, RelationshipType, Side
from domain.proposal import PROPOSAL
from domain.relationship import Member

NAMES: Final = UUID("5f0c5f3e-36b4-4c52-9d2c-5a3c6c3a0001")
SUMMER: Final = datetime(2026, 7, 1, tzinfo=UTC)
PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")

ASKED, UNSEEN, DECLINED, BEGUN = (
    ProposalId(uuid5(NAMES, name)) for name in ("asked", "unseen", "declined", "begun")
)
PROPOSALS: Final = (ASKED, UNSEEN, DECLINED, BEGUN)
RELATIONSHIP: Final[MentorshipId] = mentorship_id(BEGUN)
RUN: Final = MatchRunId(uuid5(NAMES, "run"))

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def why(other: ParticipantId) -> r.Provenance:
    return r.Provenance(
        engine=1,
        digest="d1",
        score=7_000,
        mentee_score=6_000,
        mentor_score=8_400,
        parts={Criterion.COMPETENCIES: 6_000, Criterion.LANGUAGES: 9_000, Criterion.PREFERENCE: 10_000},
        answered=6,
        asked=9,
        rank=2,
        eligible=4,
        alternatives=(r.Alternative(person=other, score=7_100, rank=1),),
        barred={"capacity": 1, "avoided": 2, "shared_language": 1},
        run=RUN,
    )


def proposals(people: dict[str, ParticipantId], leadership: ProgramId, onboarding: ProgramId) -> Lives:
    ada, noor, lin, max_ = (people[name] for name in ("Ada", "Noor", "Lin", "Max"))

    def made(program: ProgramId, mentee: ParticipantId, mentor: ParticipantId, **more: Any) -> r.Made:
        return r.Made(
            program=program,
            settings_version=2,
            relationship="pair",
            mentors=(mentor,),
            mentees=(mentee,),
            **{"mode": Mode.FACILITATOR, "expires_at": SUMMER, **more},
        )

    yield (
        ASKED,
        [
            made(
                leadership, noor, ada, mode=Mode.SELF_DIRECTED, rank=1, author=noor, words="Please, Ada",
                provenance=why(max_),
            ),
            r.Accepted(by=noor),
            r.Viewed(by=ada),
            r.InformationRequested(by=ada, question="Why me, Noor?"),
            r.InformationGiven(by=noor, answer="You know engines"),
        ],
    )  # fmt: skip
    yield (
        UNSEEN,
        [made(onboarding, noor, ada, provenance=why(lin)), r.InformationRequested(by=noor, question="Ada?")],
    )
    yield (
        DECLINED,
        [made(leadership, max_, ada), r.Declined(by=ada, reason="We have worked together", for_good=True)],
    )
    yield (
        BEGUN,
        [
            made(leadership, max_, ada),
            r.Accepted(by=ada),
            r.Accepted(by=max_),
            r.Confirmed(mentorship=RELATIONSHIP),
        ],
    )


def mentorships(people: dict[str, ParticipantId], leadership: ProgramId) -> Lives:
    members = (
        Member(participant=people["Ada"], role=Side.MENTOR),
        Member(participant=people["Max"], role=Side.MENTEE),
    )
    began = m.Began(
        program=leadership,
        settings_version=2,
        type=PAIR,
        members=members,
        planned_end=date(2026, 9, 1),
        proposal=BEGUN,
    )
    yield RELATIONSHIP, [began]


def settled(
    people: dict[str, ParticipantId], leadership: ProgramId, onboarding: ProgramId
) -> list[tuple[Aggregate[Any], Lives]]:
    """All that matching has done, stream by stream."""
    noor = people["Noor"]
    stated: list[DomainEvent] = [
        e.WishesRanked(wishes=(people["Max"], people["Ada"])),
        e.PreferenceStated(participant=noor, preference={"gender": "woman"}),
        e.RequestOpened(proposal=ASKED),
    ]
    blind = g.MatchingConfigured(settings=MatchingSettings(blind=True))
    weights = (
        Weight(criterion=Criterion.COMPETENCIES, parts=6_000),
        Weight(criterion=Criterion.LANGUAGES, parts=4_000),
    )
    requested = Requested(
        program=leadership,
        settings_version=2,
        settings=MatchingSettings(weights=weights),
        type=PAIR,
        capacity=Capacity(),
        pool_position=1,
        pool_digest="d0",
        seed=1,
    )
    return [
        (MATCH_RUN, iter([(RUN, [requested])])),
        (PROGRAM, iter([(onboarding, [blind])])),
        (ENROLLMENT, iter([(enrollment_id(leadership, noor), stated)])),
        (PROPOSAL, proposals(people, leadership, onboarding)),
        (MENTORSHIP, mentorships(people, leadership)),
    ]
