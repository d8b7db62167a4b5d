"""What a run is computed from, found again at any time: pool, terms, seed, locks and bars, incumbents."""

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
import psycopg

from domain.ids import MatchRunId, Pair, ParticipantId
from domain.match_run import Computed, MatchRun, Requested, RunIsUnknown
from domain.matching_settings import Objective
from domain.pairing.pool import Pool
from domain.pairing.terms import ENGINE, Terms
from domain.program_settings import Kind
from domain.store import Loaded, Store
from projections.pool import Frozen, load_pool

if TYPE_CHECKING:  # with it come numpy and the solvers, which whoever only reads does not need
    from domain.pairing.grid import OnProgress
    from domain.pairing.outcome import Outcome

PAIRS: Final = frozenset({Kind.ONE_TO_ONE, Kind.REVERSE, Kind.FLASH})
"""Kinds of one mentor and one mentee; all others make groups."""

RUNNING: Final = """
SELECT e.participant_id, o.participant_id
  FROM mentorships m
  JOIN mentorship_members e ON e.mentorship_id = m.mentorship_id AND e.role = 'mentee'
  JOIN mentorship_members o ON o.mentorship_id = m.mentorship_id AND o.role = 'mentor'
 WHERE m.program_id = %(program)s
   AND NOT EXISTS (SELECT FROM mentorship_ends x
                    WHERE x.mentorship_id = m.mentorship_id AND x.ended_position <= %(position)s
                      AND coalesce(x.reopened_position, %(position)s + 1) > %(position)s)
   AND greatest(e.joined_position, o.joined_position) <= %(position)s
   AND coalesce(least(e.left_position, o.left_position), %(position)s + 1) > %(position)s
"""

LAST_ERASURE: Final = "SELECT coalesce(max(erasure), 0) FROM subject_keys"

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class RunInputs:
    """`version` is how far in its stream the run was read, `pool_read` a digest of the whole pool. Of whom
    `erasure` was the last one, the pool knows nothing personal; of whom a later one is, it may.
    """

    run: MatchRunId
    version: int
    revision: int
    erasure: int
    pool: Pool
    pool_read: str
    terms: Terms
    seed: int
    locked: frozenset[Pair]
    forbidden: frozenset[Pair]
    incumbents: frozenset[Pair]

    def revised(self, loaded: Loaded[MatchRun]) -> "RunInputs":
        """As locks and bars now are; nothing else about a run ever changes."""
        state = loaded.state
        return replace(
            self,
            version=loaded.version,
            revision=state.revision,
            locked=state.locked,
            forbidden=state.forbidden,
        )

    @property
    def digest(self) -> str:
        """Of all that the engine reads; the same engine finds the same in the same."""
        told = {
            "engine": ENGINE,
            "pool": self.pool_read,
            "settings": self.terms.settings.model_dump(mode="json"),
            "type": self.terms.type.model_dump(mode="json"),
            "hours_a_month": self.terms.hours_a_month,
            "seed": self.seed,
            "locked": sorted(self.locked),
            "forbidden": sorted(self.forbidden),
            "incumbents": sorted(self.incumbents),
        }
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def load_inputs(store: Store, connection: Connection, run: MatchRunId, loaded: Loaded[MatchRun]) -> RunInputs:
    """Raises RunIsUnknown. The read models must show the run's request."""
    asked = loaded.state.requested
    if asked is None:
        raise RunIsUnknown
    frozen = Frozen(asked.program, asked.pool_position, asked.settings, asked.capacity)
    erasure = last_erasure(connection)
    pool = load_pool(store, connection, frozen)
    return RunInputs(
        run=run,
        version=loaded.version,
        revision=loaded.state.revision,
        erasure=erasure,
        pool=pool,
        pool_read=pool.digest,
        terms=Terms(asked.settings, asked.type, asked.capacity.hours_a_month),
        seed=asked.seed,
        locked=loaded.state.locked,
        forbidden=loaded.state.forbidden,
        incumbents=_incumbents(store, connection, run, asked),
    )


def last_erasure(connection: Connection) -> int:
    """Its number: whatever was read before another one may tell of somebody who is to be forgotten."""
    row = connection.execute(LAST_ERASURE).fetchone()
    return row[0] if row else 0


def _incumbents(store: Store, connection: Connection, run: MatchRunId, asked: Requested) -> frozenset[Pair]:
    """What runs in the programme; of a scenario what its reference had found when it was requested."""
    if asked.reference is None:
        where = {"program": asked.program, "position": asked.pool_position}
        found = connection.execute(RUNNING, where).fetchall()
        return frozenset((ParticipantId(mentee), ParticipantId(mentor)) for mentee, mentor in found)
    computed = last_computed(store, asked.reference, before=next(store.history(run)).position)
    if computed is None:
        return frozenset()
    return frozenset(
        (mentee, mentor) for pair in computed.pairs for mentee in pair.mentees for mentor in pair.mentors
    )


def last_computed(store: Store, run: UUID, before: int | None = None) -> Computed | None:
    """What the run found last, up to a position in the log."""
    last = None
    for recorded in store.history(run):
        if before is not None and recorded.position >= before:
            break
        if recorded.name == Computed.event_name:
            last = recorded
    event = last.event if last else None
    return event if isinstance(event, Computed) else None


def outcome_of(computed: Computed) -> "Outcome":
    """As the engine gave it."""
    from domain.pairing.outcome import Outcome  # noqa: PLC0415 as above

    return Outcome(computed.pairs, computed.unmatched, computed.totals, computed.digest)


def computed_again(
    inputs: RunInputs, terms: Terms | None = None, on_progress: "OnProgress | None" = None
) -> "Outcome":
    """The same run once more, with other terms where some are given."""
    from domain.pairing.bulk import compute  # noqa: PLC0415 as above
    from domain.pairing.grid import silent  # noqa: PLC0415 as above
    from domain.pairing.groups import compute_groups  # noqa: PLC0415 as above
    from domain.pairing.stable import compute_stable  # noqa: PLC0415 as above

    terms, told = terms or inputs.terms, on_progress or silent
    decided = {"locked": inputs.locked, "forbidden": inputs.forbidden, "incumbents": inputs.incumbents}
    if terms.type.kind not in PAIRS:
        return compute_groups(inputs.pool, terms, inputs.seed, **decided, on_progress=told)
    if terms.settings.objective is Objective.STABLE:
        return compute_stable(inputs.pool, terms, inputs.seed, **decided, on_progress=told)
    return compute(inputs.pool, terms, inputs.seed, **decided, on_progress=told)
