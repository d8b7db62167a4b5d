"""The runs of the small organisation: one being solved again, one reviewed blindly, one that is drafted."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID, uuid5

from domain import match_run as m
from domain.event import DomainEvent
from domain.ids import MatchRunId, ParticipantId, ProgramId
from domain.match_outcome import Found, Reason, Totals, Unmatched
from domain.matching_settings import Criterion, MatchingSettings, Mode
from domain.program_settings import Capacity, Side
from domain.store import Store
from tests.api.proposed import NAMES, PAIR, RUN

BLIND, DRAFTED = (MatchRunId(uuid5(NAMES, name)) for name in ("blind run", "drafted run"))
RUNS: Final = (RUN, BLIND, DRAFTED)
SETTINGS: Final = MatchingSettings(modes=(Mode.ADMINISTRATOR,))


def requested(program: ProgramId, position: int, **said: Any) -> m.Requested:
    fields: dict[str, Any] = {
        "settings_version": 2,
        "settings": SETTINGS,
        "type": PAIR,
        "capacity": Capacity(),
        "pool_digest": "p1",
        "seed": 2**62,
    }
    return m.Requested(program=program, pool_position=position, **{**fields, **said})


def computed(*pairs: Found, unmatched: tuple[Unmatched, ...] = (), **totals: int) -> m.Computed:
    usual = {"mentees": 2, "mentors": 2, "places": 3, "placed": 2, "total": 9, "bound": 9}
    figures = Totals(**{**usual, **totals})
    return m.Computed(
        engine=1, revision=0, inputs_digest="i1", digest="o1", pairs=pairs, unmatched=unmatched,
        totals=figures,
    )  # fmt: skip


def found(number: int, mentee: ParticipantId, mentor: ParticipantId, **said: Any) -> Found:
    return Found(number=number, mentors=(mentor,), mentees=(mentee,), score=7_000, **said)


def runs(
    store: Store, people: dict[str, ParticipantId], leadership: ProgramId, onboarding: ProgramId
) -> Iterator[tuple[UUID, list[DomainEvent]]]:
    """Only the last one's pool is what it says: nothing but pairs can be asked of the others."""
    ada, noor, lin, max_ = (people[name] for name in ("Ada", "Noor", "Lin", "Max"))
    first = found(
        1, noor, ada, mentee_score=6_000, mentor_score=8_400, parts={Criterion.LANGUAGES: 9_000},
        answered=1, asked=2, rank=1, locked=True,
    )  # fmt: skip
    alone = Unmatched(participant=lin, side=Side.MENTEE, reason=Reason.BARRED_BY_RULES, rules=("avoided",))
    yield (
        RUN,
        [
            requested(leadership, store.head(), label='Run "one"'),
            computed(first, found(2, max_, lin), unmatched=(alone,)),
            m.PairsApproved(numbers=(1,)),
            m.PairLocked(mentee=noor, mentor=ada),
        ],
    )
    settings = SETTINGS.model_copy(update={"blind": True})
    yield (
        BLIND,
        [
            requested(onboarding, store.head(), settings=settings, reference=RUN),
            computed(found(1, noor, ada), total=8),
            m.PairForbidden(mentee=noor, mentor=lin),
        ],
    )
    nobody = Unmatched(participant=ada, side=Side.MENTOR, reason=Reason.NOBODY_THERE)
    yield (
        DRAFTED,
        [
            requested(leadership, store.head()),
            computed(unmatched=(nobody,), mentees=0, mentors=1, placed=0, total=0, bound=0),
        ],
    )
