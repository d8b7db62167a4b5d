"""Whom one person could have: by the pool of a programme and its prices, and by everybody as they are now."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain import participant, program
from domain.enrollment import ENROLLMENT, Enrollment, Status
from domain.ids import ParticipantId, ProgramId, enrollment_id
from domain.participant import PARTICIPANT, Participant
from domain.program import PROGRAM
from domain.program_settings import Capacity, ProgramTerms
from domain.store import Store
from projections.pairs import ANY_KIND, Connection
from projections.pool import Frozen, load_pool

if TYPE_CHECKING:  # with them comes numpy, which a process that suggests nothing does not need
    from domain.pairing.compiled import Compiled
    from domain.pairing.suggest import Suggestion

SHOWN: Final = """
SELECT coalesce(min(position), 0) FROM projections WHERE name IN ('programs', 'proposals', 'relationships')
"""
MORE: Final = 2
"""So many times what is asked for is looked at: some of them may be gone since the pool was read."""


@dataclass(frozen=True)
class KeptPool:
    """A programme's pool as it was at a position, as numbers; `seconds` is what making it took."""

    terms: ProgramTerms
    position: int
    compiled: "Compiled"
    prices: Mapping[ParticipantId, int]
    seconds: float

    @property
    def people(self) -> int:
        return len(self.compiled.mentees) + len(self.compiled.mentors)


def keep_pool(
    store: Store, connection: Connection, own: ProgramId, *, stopped: Callable[[], bool] = lambda: False
) -> KeptPool:
    """As the read models show it now. Raises Cancelled soon after it is stopped."""
    from domain.pairing.compiled import Compiled  # noqa: PLC0415 numpy is for where pairs are made
    from domain.pairing.grid import Cancelled  # noqa: PLC0415 the same
    from domain.pairing.suggest import prices  # noqa: PLC0415 the same
    from domain.pairing.terms import Terms  # noqa: PLC0415 the same

    def go_on(*_: object) -> None:
        if stopped():
            raise Cancelled

    begun = time.monotonic()
    terms = program.terms(store.load(PROGRAM.stream(own)).state, own)
    capacity, settings = terms.enrollment.capacity, terms.matching
    position = max(shown(connection), 1)
    pool = load_pool(store, connection, Frozen(own, position, settings, capacity))
    wanted = settings.relationship
    kind = next((one for one in terms.types if wanted in {None, one.id}), ANY_KIND)
    compiled = Compiled(pool, Terms(settings, kind, capacity.hours_a_month))
    return KeptPool(terms, position, compiled, prices(compiled, go_on), time.monotonic() - begun)


def shown(connection: Connection) -> int:
    """The position that all read models a pool is made of show."""
    found = connection.execute(SHOWN).fetchone()
    return int(found[0]) if found else 0


@dataclass(frozen=True, slots=True)
class Suggested:
    """A mentor who can be asked now, and how many relationships they can still have."""

    found: "Suggestion"
    places: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What one mentee could choose from. `in_pool` False: nobody can be suggested to them now."""

    suggested: tuple[Suggested, ...] = ()
    eligible: int = 0
    in_pool: bool = False


def choice(store: Store, kept: KeptPool, mentee: ParticipantId, limit: int) -> Choice:
    """The best `limit` of those who still can; nobody who avoids or is avoided, however lately."""
    from domain.pairing.suggest import suggest  # noqa: PLC0415 numpy is for where pairs are made

    at = kept.compiled.mentee_index.get(mentee)
    if at is None:
        return Choice()
    found = suggest(kept.compiled, mentee, kept.prices, limit * MORE)
    now = _Now(store, kept, mentee, tuple(one.mentor for one in found))
    able = [Suggested(one, places) for one in found if (places := now.places(one.mentor))]
    eligible = int((kept.compiled.row(at) >= 0).sum()) - (len(found) - len(able))
    return Choice(tuple(able[:limit]), eligible, in_pool=True)


class _Now:
    """The mentee and some mentors as the log has them."""

    def __init__(
        self, store: Store, kept: KeptPool, mentee: ParticipantId, mentors: tuple[ParticipantId, ...]
    ) -> None:
        own = kept.terms.program
        self._kept, self._mentee = kept, mentee
        self._parts = {who: enrollment_id(own, who) for who in mentors}
        people = [PARTICIPANT.stream(who) for who in (mentee, *mentors)]
        parts = [ENROLLMENT.stream(part) for part in self._parts.values()]
        self._loaded = store.load_all([*people, *parts])

    def places(self, mentor: ParticipantId) -> int:
        """None where one avoids the other, or the mentor takes nobody."""
        person, asking = self._person(mentor), self._person(self._mentee)
        facts = participant.facts(person, mentor)
        part: Enrollment = self._loaded[self._parts[mentor]].state
        apart = mentor in asking.avoided or self._mentee in person.avoided
        if apart or not facts.active or not facts.accepting or part.status is not Status.APPROVED:
            return 0
        capacity: Capacity = self._kept.terms.enrollment.capacity
        compiled = self._kept.compiled
        before = compiled.mentors[compiled.mentor_index[mentor]].places
        return max(min(before, capacity.mentees_per_mentor - len(part.places)), 0)

    def _person(self, who: ParticipantId) -> Participant:
        state: Participant = self._loaded[who].state
        return state
