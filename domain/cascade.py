"""The cascade: when a wish has ended without a mentorship, the best of the others is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.ids import ParticipantId, ProposalId
from domain.proposal import Status


@dataclass(frozen=True, slots=True)
class Asked:
    """One self-directed proposal of an author. `rank` None: outside the list of wishes; `made` and `ended`
    are positions in the log.
    """

    proposal: ProposalId
    mentor: ParticipantId
    status: Status
    rank: int | None
    made: int
    ended: int | None = None


def goes_on(asked: Sequence[Asked], *, confirmed: int = 0) -> bool:
    """One wish at a time, until something comes of it: while another waits, nobody else is asked. `confirmed`
    is where in the log something of the author was last agreed upon; what was asked before has led to that.
    """
    waits = any(one.rank is not None and one.status is Status.WAITING for one in asked)
    last = last_wish(asked)
    return not waits and confirmed <= (last.made if last else 0)


def last_wish(asked: Sequence[Asked]) -> Asked | None:
    """The one that ended last: the next follows it."""
    ended = (one for one in asked if one.rank is not None and one.ended is not None)
    return max(ended, key=lambda one: one.ended or 0, default=None)


def wishes_left(
    asked: Sequence[Asked], wishes: Sequence[ParticipantId]
) -> tuple[tuple[int, ParticipantId], ...]:
    """With their ranks, the best first. Nobody is asked again who had time to answer, or whose wish was taken
    back; who never could, because their last place went to somebody else, may be.
    """
    done = {one.mentor for one in asked if one.status is not Status.SUPERSEDED}
    return tuple((rank, mentor) for rank, mentor in enumerate(wishes, 1) if mentor not in done)
