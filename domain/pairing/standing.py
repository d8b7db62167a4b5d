"""Standing: what each mentee got, as a score and the rank of it among all that were eligible for them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from domain.ids import ParticipantId
from domain.match_outcome import Found
from domain.pairing.compiled import Compiled
from domain.pairing.market import IndexPair
from domain.pairing.outcome import TOP, Outcome


@dataclass(frozen=True, slots=True)
class Standing:
    """`rank` 1 is the best there is; None in a group without a host, where nobody was to be chosen."""

    score: int
    rank: int | None

    @property
    def top_three(self) -> bool:
        return self.rank is not None and self.rank <= TOP


def standings(compiled: Compiled, outcome: Outcome) -> Mapping[ParticipantId, Standing]:
    """Of everybody placed; of several mentors the best counts."""
    best: dict[ParticipantId, Standing] = {}
    for found in outcome.found:
        for mentee, standing in _of(compiled, found):
            if mentee not in best or best[mentee].score < standing.score:
                best[mentee] = standing
    return best


def _of(compiled: Compiled, found: Found) -> Iterator[tuple[ParticipantId, Standing]]:
    """A pair says it itself; in a group each member stands with the host, whom `mentors` names first."""
    if not found.mentors or (len(found.mentees), len(found.mentors)) == (1, 1):
        yield from ((mentee, Standing(found.score, found.rank or None)) for mentee in found.mentees)
        return
    host = compiled.mentor_index[found.mentors[0]]
    for mentee in found.mentees:
        yield mentee, with_mentor(compiled, compiled.mentee_index[mentee], host)


def with_mentor(compiled: Compiled, mentee: int, mentor: int) -> Standing:
    score = compiled.score(mentee, mentor).score
    row = compiled.scores(np.array([mentee]))[0]
    return Standing(score, 1 + int((row > score).sum()))


def companions(found: Iterable[Found]) -> Mapping[ParticipantId, frozenset[ParticipantId]]:
    """Who each placed mentee is with: their mentors; in a group without a host, the others."""
    held: dict[ParticipantId, frozenset[ParticipantId]] = {}
    for one in found:
        for mentee in one.mentees:
            company = one.mentors or tuple(other for other in one.mentees if other != mentee)
            held[mentee] = held.get(mentee, frozenset()) | frozenset(company)
    return held


def moved(found: Iterable[IndexPair], incumbents: Iterable[IndexPair]) -> int:
    """Mentees who had mentors before, and have only others now."""
    before: dict[int, set[int]] = defaultdict(set)
    for mentee, mentor in incumbents:
        before[mentee].add(mentor)
    now: dict[int, set[int]] = defaultdict(set)
    for mentee, mentor in found:
        now[mentee].add(mentor)
    return sum(mentee in now and now[mentee].isdisjoint(mentors) for mentee, mentors in before.items())
