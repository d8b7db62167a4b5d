"""Why a run proposes these people, as their proposal keeps it: score, who else there was, who was barred."""

from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.ids import MatchRunId
from domain.match_outcome import Found
from domain.pairing.compiled import Compiled
from domain.pairing.sides import Row
from domain.pairing.sweep import BARRED
from domain.pairing.veil import veiled
from domain.proposal import MOST_ALTERNATIVES, Alternative, Provenance

MOST_COUNTED: Final = 5_000
"""Each barred mentor is asked about each rule: of more it is not counted by rule how they are barred."""


def provenance(
    compiled: Compiled, found: Found, *, engine: int, digest: str, run: MatchRunId | None = None
) -> Provenance:
    """In a group nobody chose among mentors alone, so that nothing is told of others."""
    row = _row(compiled, found)
    return Provenance(
        engine=engine,
        digest=digest,
        score=found.score,
        mentee_score=found.mentee_score,
        mentor_score=found.mentor_score,
        parts=found.parts,
        answered=found.answered,
        asked=found.asked,
        rank=found.rank,
        eligible=0 if row is None else int((row != BARRED).sum()),
        alternatives=() if row is None else _alternatives(compiled, found, row),
        barred={} if row is None else _barred(compiled, compiled.mentee_index[found.mentees[0]], row),
        run=run,
    )


def _row(compiled: Compiled, found: Found) -> Row | None:
    if (len(found.mentees), len(found.mentors)) != (1, 1):
        return None
    return compiled.row(compiled.mentee_index[found.mentees[0]])


def _alternatives(compiled: Compiled, found: Found, row: Row) -> tuple[Alternative, ...]:
    own = compiled.mentor_index[found.mentors[0]]
    others: NDArray[np.intp] = np.flatnonzero(row != BARRED)
    others = others[others != own]
    best = others[np.argsort(-row[others].astype(np.int32), kind="stable")][:MOST_ALTERNATIVES]
    return tuple(
        Alternative(
            person=compiled.mentors[mentor].id,
            score=int(row[mentor]),
            rank=1 + int((row > row[mentor]).sum()),
        )
        for mentor in best.tolist()
    )


def _barred(compiled: Compiled, mentee: int, row: Row) -> dict[str, int]:
    barred = np.flatnonzero(row == BARRED).tolist()
    if len(barred) > MOST_COUNTED:
        return {}
    failed = (veiled(compiled.failed(mentee, mentor)) for mentor in barred)
    return dict(sorted(Counter(rule for rules in failed for rule in rules).items()))
