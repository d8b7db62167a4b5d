"""Which answers to a survey's question can be told of yet, and what they come to.

Answers count in batches: those that came last wait until five people are among them. So results of two
moments never differ by what fewer than five have said, whoever asks how often; and the last few, whom nobody
follows, are never told of.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.suppression import FEWEST

PROMOTES: Final = 9
DETRACTS: Final = 6
"""From the one on, and up to the other, on the scale from 0 to 10."""


def counted(answers: Iterable[tuple[Hashable, Hashable]]) -> int:
    """How many of the answers, each a person and the part they are of, count: the first of them, in order."""
    return max(ends(answers), default=0)


def ends(
    answers: Iterable[tuple[Hashable, Hashable]], *, among: Collection[int] | None = None
) -> Iterator[int]:
    """After how many answers they have counted, from one time to the next.

    That is where a batch of the whole ends, and where each part has grown by five people or by nobody: so
    neither a part nor the rest tells, from one moment to another, of fewer. `among` are the ends of what
    these parts come to together: it differs from their sum by whole batches, too.
    """
    batch: set[Hashable] = set()
    grown: dict[Hashable, set[Hashable]] = {}
    for number, (person, part) in enumerate(answers, 1):
        batch.add(person)
        grown.setdefault(part, set()).add(person)
        if len(batch) >= FEWEST if among is None else number in among:
            batch.clear()
            if all(len(people) >= FEWEST for people in grown.values()):
                grown.clear()
                yield number


@dataclass(frozen=True, slots=True)
class NetPromoters:
    """How many would recommend it, and how many rather not; `score` from -100 to 100."""

    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> float | None:
        return 100 * (self.promoters - self.detractors) / self.n if self.n else None


def net_promoters(scores: Sequence[int]) -> NetPromoters:
    promoters = sum(score >= PROMOTES for score in scores)
    detractors = sum(score <= DETRACTS for score in scores)
    return NetPromoters(promoters, len(scores) - promoters - detractors, detractors)


def mean(ratings: Sequence[int]) -> float | None:
    return sum(ratings) / len(ratings) if ratings else None
