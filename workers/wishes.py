"""The next wish: made when the one before has ended without a mentorship, or when a mentor on the list can be
asked at last. While nobody on it can, it waits.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import psycopg
from psycopg.rows import class_row

from domain import cascade, enrollment, participant, places, program, proposal
from domain.cascade import Asked
from domain.command import Command
from domain.enrollment import ENROLLMENT
from domain.guards import StillChanging, if_unchanged
from domain.ids import EnrollmentId, Pair, ParticipantId, ProgramId, ProposalId, enrollment_id
from domain.matching_settings import Mode
from domain.program_settings import ProgramTerms, Side
from domain.proposal import PROPOSAL, Made, Proposal, Status
from domain.proposing import making
from domain.refusal import Refusal
from domain.store import Conflict, RecordedEvent, Step, Store
from projections import thin_pool
from projections.pair_score import pair_score
from projections.pairs import Known, answered, barred, read_parties

ATTEMPTS: Final = 5

CAUSES: Final = frozenset(
    kind.event_name
    for kind in (
        proposal.Declined,
        proposal.Withdrawn,
        proposal.Expired,
        proposal.Superseded,
        enrollment.Approved,
        enrollment.Resumed,
        enrollment.PlaceReleased,
        enrollment.WishesRanked,
        participant.AvailabilitySet,
        program.EnrollmentConfigured,
        program.MatchingConfigured,
    )
)
"""A wish has ended, or a request that stood in its way; or somebody can ask, or be asked, who could not."""

# By a proposal of the author's, their enrollment or programme; by somebody on their list, here or elsewhere;
# by any mentor, here or elsewhere, where asking pauses until there are enough of them: one is told for all.
WISHING: Final = """
WITH wishing (enrollment_id, by) AS (
    SELECT e.enrollment_id, p.proposal_id
      FROM proposals p
      JOIN enrollments e ON e.participant_id = p.author_id AND e.program_id = p.program_id
     WHERE p.proposal_id = ANY (%(changed)s)
    UNION ALL
    SELECT e.enrollment_id, e.enrollment_id FROM enrollments e WHERE e.enrollment_id = ANY (%(changed)s)
    UNION ALL
    SELECT e.enrollment_id, e.program_id FROM enrollments e WHERE e.program_id = ANY (%(changed)s)
    UNION ALL
    SELECT w.enrollment_id, e.enrollment_id
      FROM enrollments e JOIN wished_people w USING (participant_id) WHERE e.enrollment_id = ANY (%(changed)s)
    UNION ALL
    SELECT w.enrollment_id, w.participant_id FROM wished_people w WHERE w.participant_id = ANY (%(changed)s)
    UNION ALL
    SELECT e.enrollment_id, thin.by
      FROM (SELECT m.program_id, (array_agg(c.by))[1] AS by
              FROM unnest(%(changed)s) AS c (by)
             CROSS JOIN LATERAL (SELECT c.by AS participant_id UNION ALL
                                 SELECT o.participant_id FROM enrollments o
                                  WHERE o.enrollment_id = c.by) AS who
              JOIN enrollments m ON m.participant_id = who.participant_id AND m.role = 'mentor'
             GROUP BY 1) AS thin
      JOIN programs p ON p.program_id = thin.program_id AND (p.matching ->> 'pause_when_thin')::boolean
      JOIN enrollments e ON e.program_id = thin.program_id
)
SELECT e.program_id AS program, e.participant_id AS author, w.by
  FROM wishing w JOIN enrollments e USING (enrollment_id)
 WHERE e.role = 'mentee' AND e.state = 'approved'
   AND EXISTS (SELECT FROM wished_people p WHERE p.enrollment_id = w.enrollment_id)
"""
ASKED: Final = """
SELECT p.proposal_id, m.participant_id, p.state, p.rank, p.made_position, p.ended_position
  FROM proposals p JOIN proposal_members m ON m.proposal_id = p.proposal_id AND m.role = 'mentor'
 WHERE p.author_id = %(author)s AND p.program_id = %(program)s AND p.mode = 'self_directed'
"""
CONFIRMED: Final = """
SELECT coalesce(max(p.ended_position), 0)
  FROM proposals p JOIN proposal_members m ON m.proposal_id = p.proposal_id
 WHERE m.participant_id = %(author)s AND p.program_id = %(program)s AND p.state = 'confirmed'
"""


@dataclass(frozen=True, slots=True)
class Wishing:
    """An author of wishes, in a programme, after something has happened to the stream `by`."""

    program: ProgramId
    author: ParticipantId
    by: UUID

    @property
    def part(self) -> EnrollmentId:
        return enrollment_id(self.program, self.author)


@dataclass(frozen=True, slots=True)
class Ask:
    """One wish that may be made, and what it depends on."""

    id: ProposalId
    made: Made
    known: Known

    @property
    def pair(self) -> Pair:
        return self.made.mentees[0], self.made.mentors[0]

    def possible(self) -> bool:
        """By the programme's terms, and by the places of both."""
        try:
            proposal.make(Proposal(), program=self.known.program, made=self.made)
            for who, side in zip(self.pair, (Side.MENTEE, Side.MENTOR), strict=True):
                place = {"side": side, "proposal": self.id, **self.known.parties.place(who)}
                places.could_take(self.known.parts[who], **place, asks=who == self.made.author)
        except Refusal:
            return False
        return True

    def steps(self) -> Iterator[Step]:
        """Only while the author has neither other wishes nor other requests than were read."""
        own = enrollment_id(self.known.program.program, self.pair[0])
        for step in making(self.id, self.made, self.known.parties):
            wish = {"decision": step.decision, "wish": step.arguments}
            held = {"held": self.known.parts[self.pair[0]], **wish}
            yield Step(step.stream, if_unchanged, held) if step.stream.id == own else step


@dataclass(frozen=True, slots=True)
class Wishes:
    name: str
    connection: psycopg.Connection
    store: Store
    now: Callable[[], datetime]

    def concerned(self, causes: Mapping[UUID, RecordedEvent]) -> dict[Wishing, RecordedEvent]:
        """Who may have a next wish to be made, each once, by the last of what has happened."""
        with self.connection.cursor(row_factory=class_row(Wishing)) as cursor:
            found = cursor.execute(WISHING, {"changed": list(causes)}).fetchall()
        found.sort(key=lambda one: causes[one.by].position)
        return {one: causes[one.by] for one in {one.part: one for one in found}.values()}

    def go_on(self, wishing: Wishing, cause: RecordedEvent) -> None:
        """Make the next wish that can be made, by everything as it is now and still is then."""
        lost: Exception = StillChanging()
        for _ in range(ATTEMPTS):
            try:
                if ask := self._next(wishing):
                    self.store.act_together(self._command(ask, cause), *ask.steps())
            except (Refusal, Conflict) as passing:
                lost = passing
                continue
            return
        raise lost

    def _command(self, ask: Ask, cause: RecordedEvent) -> Command:
        """However many do this at once, or again, it is one command: one wish follows another."""
        command = uuid5(ask.id, self.name)
        return Command(command, self.name, correlation_id=cause.correlation_id, cause="rule")

    def _next(self, wishing: Wishing) -> Ask | None:
        """What was asked since the read models were read is answered first."""
        of = {"author": wishing.author, "program": wishing.program}
        asked = [_asked(row) for row in self.connection.execute(ASKED, of)]
        (confirmed,) = self.connection.execute(CONFIRMED, of).fetchone() or (0,)
        own = self.store.load(ENROLLMENT.stream(wishing.part)).state
        waits = own.requests - {one.proposal for one in asked}
        if waits or not cascade.goes_on(asked, confirmed=confirmed):
            return None
        last = cascade.last_wish(asked)
        passed_over = answered(self.connection, wishing.program, wishing.author)
        left = (wish for wish in cascade.wishes_left(asked, own.wishes) if wish[1] not in passed_over)
        asks = (self._ask(wishing, last, wish) for wish in left)
        found = next((ask for ask in asks if ask.possible() and not self._barred(ask)), None)
        if found is None or thin_pool.pauses(self.connection, found.known.program):
            return None
        return self._explained(found)

    def _ask(self, wishing: Wishing, last: Asked | None, wish: tuple[int, ParticipantId]) -> Ask:
        rank, mentor = wish
        known = read_parties(self.store, self.connection, wishing.program, [wishing.author, mentor])
        made = Made(
            program=wishing.program,
            settings_version=known.program.settings_version,
            relationship=self._relationship(known.program, last),
            mentors=(mentor,),
            mentees=(wishing.author,),
            mode=Mode.SELF_DIRECTED,
            rank=rank,
            expires_at=self.now() + timedelta(days=known.program.timers.wish_cascade),
            author=wishing.author,
        )
        return Ask(ProposalId(uuid5(last.proposal if last else wishing.part, "next wish")), made, known)

    def _relationship(self, terms: ProgramTerms, last: Asked | None) -> str:
        """The type that was asked for before; at first the programme's."""
        before = self.store.load(PROPOSAL.stream(last.proposal)).state.made if last else None
        first = terms.types[0].id if terms.types else "none"
        return before.relationship if before else terms.matching.relationship or first

    def _barred(self, ask: Ask) -> bool:
        day = self.now().date()
        failed = barred(self.store, self.connection, ask.known, ask.made.mentees, ask.made.mentors, day=day)
        return any(failed.values())

    def _explained(self, ask: Ask) -> Ask:
        (kind,) = (one for one in ask.known.program.types if one.id == ask.made.relationship)
        why = pair_score(self.connection, ask.known, ask.made, kind, day=self.now().date())
        return replace(ask, made=ask.made.model_copy(update={"provenance": why}))


def _asked(row: tuple[Any, ...]) -> Asked:
    id_, mentor, state, *rest = row
    return Asked(ProposalId(id_), ParticipantId(mentor), Status(state), *rest)
