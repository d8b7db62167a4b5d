"""Who comes into a relationship that runs already: what is known of them, and what keeps them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from api.making import AVOIDED, TOLD_ELSEWHERE, barring
from domain.guards import same_terms
from domain.ids import ParticipantId
from domain.matching_settings import HardRule
from domain.mentorship import Mentorship
from domain.program_settings import Side
from domain.proposing import Parties
from domain.relationship import Relationship
from domain.store import Step, Store
from projections.pairs import Connection, barred, read_parties

NOT_TOLD: Final = TOLD_ELSEWHERE | {AVOIDED}


@dataclass(frozen=True, slots=True)
class Newcomers:
    """`parties` are everybody; `unwilling`: somebody avoids somebody; `rules` keep two of them apart."""

    parties: Parties | None = None
    unwilling: bool = False
    rules: frozenset[str] = frozenset()

    def kept_out(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """What matching would not bring together is refused, last of all: any other reason goes before."""
        *others, terms = steps
        if not self.rules or terms.decision is not same_terms:
            return tuple(steps)
        arguments = {**terms.arguments, "rules": self.rules}
        return (*others, replace(terms, decision=barring, arguments=arguments))


def newcomers(
    store: Store,
    connection: Connection,
    within: Relationship,
    held: Mentorship,
    then: Mapping[ParticipantId, Side],
    *,
    day: date,
) -> Newcomers:
    """`then` is who is in it with them. Who has been in it before is not kept out for that."""
    if within.program is None:
        return Newcomers()
    known = read_parties(store, connection, within.program, tuple(then))
    mentees = [who for who, side in then.items() if side is Side.MENTEE]
    mentors = [who for who, side in then.items() if side is Side.MENTOR]
    failed = barred(store, connection, known, mentees, mentors, day=day)
    coming = then.keys() - held.members.keys()
    told = {
        rule
        for pair, rules in failed.items()
        for rule in rules
        if coming & {*pair} and not (rule == HardRule.NOT_MATCHED_BEFORE and held.left & {*pair})
    }
    return Newcomers(known.parties, _avoided(known.parties, coming, then), frozenset(told) - NOT_TOLD)


def returning(held: Mentorship) -> Mentorship:
    """As if all came anew who have been in it: what has come between them since it ended counts."""
    return replace(held, members={}, left=held.left | held.members.keys())


def _avoided(parties: Parties, coming: set[ParticipantId], then: Mapping[ParticipantId, Side]) -> bool:
    """Also on one's own side: in a group one meets everybody."""
    avoided = {who: person.avoided for who, person in parties.persons.items()}
    return any(avoided[one] & then.keys() or any(one in avoided[other] for other in then) for one in coming)
