"""Random lives of match runs, more disorderly than any rule would let them be."""

from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import match_run as r
from domain.event import DomainEvent
from domain.ids import MatchRunId, ParticipantId, ProgramId
from domain.match_outcome import Found, Reason, Totals, Unmatched
from domain.matching_settings import Criterion, MatchingSettings
from domain.program_settings import Capacity, Kind, RelationshipType, Side
from tests.projections.given import ADA, NOOR, SAM

RUNS: Final = (MatchRunId(UUID(int=41)), MatchRunId(UUID(int=42)))
PROGRAMS: Final = (ProgramId(UUID(int=1)), ProgramId(UUID(int=2)))
PAIR: Final = RelationshipType(id="pairs", kind=Kind.ONE_TO_ONE, name="Pairs")

person = st.sampled_from((ADA, NOOR, SAM))
two = {"mentee": person, "mentor": person}
revision = st.integers(0, 3)
score = st.integers(0, 10_000)
numbers = st.lists(st.integers(1, 4), unique=True).map(tuple)
totals = st.builds(
    Totals, mentees=revision, mentors=revision, places=revision, placed=revision, total=score, bound=score,
    worst=st.none() | score, moved=revision,
)  # fmt: skip


@st.composite
def found(draw: st.DrawFn) -> tuple[Found, ...]:
    """Numbered from 1 on; whoever is in which of them changes from one computation to the next."""
    many = draw(st.integers(0, 3))
    return tuple(_found(draw, number) for number in range(1, many + 1))


def _found(draw: st.DrawFn, number: int) -> Found:
    people: list[ParticipantId] = draw(st.permutations((ADA, NOOR, SAM)))
    hosts = draw(st.integers(0, 1))
    return Found(
        number=number, mentors=tuple(people[:hosts]), mentees=tuple(people[hosts:2]), score=draw(score),
        mentee_score=draw(st.none() | score), parts=draw(st.sampled_from([{}, {Criterion.LANGUAGES: 5_000}])),
        answered=draw(revision), asked=draw(revision), rank=draw(revision), locked=draw(st.booleans()),
    )  # fmt: skip


unmatched = st.lists(
    st.builds(
        Unmatched, participant=person, side=st.sampled_from(Side), reason=st.sampled_from(Reason),
        rules=st.sampled_from([(), ("capacity", "shared_language")]),
    ),
    max_size=3,
).map(tuple)  # fmt: skip

of_a_run: Final[st.SearchStrategy[DomainEvent]] = st.one_of(
    st.builds(
        r.Requested, program=st.sampled_from(PROGRAMS), settings_version=st.just(1),
        settings=st.builds(MatchingSettings, blind=st.booleans()), type=st.just(PAIR),
        capacity=st.just(Capacity()), pool_position=revision, pool_digest=st.just("abc"),
        seed=st.sampled_from([0, 2**63 - 1]), reference=st.none() | st.sampled_from(RUNS),
        label=st.sampled_from([None, "Spring"]),
    ),
    st.builds(r.PairLocked, **two),
    st.builds(r.PairForbidden, **two),
    st.builds(r.PairReleased, **two),
    st.builds(
        r.Computed, engine=st.just(1), revision=revision, inputs_digest=st.just("abc"),
        digest=st.just("def"), pairs=found(), unmatched=unmatched, totals=totals,
    ),
    st.builds(r.Failed, revision=revision, code=st.just("ENGINE_FAILED"), reason=st.just("It broke.")),
    st.builds(r.PairsApproved, numbers=numbers),
    st.builds(r.ApprovalWithdrawn, numbers=numbers),
    st.sampled_from([r.Cancelled(), r.Published(), r.Discarded()]),
)  # fmt: skip
