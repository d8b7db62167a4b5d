"""Which proposals end without anybody's word: those whose time is over, and those nothing can come of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import psycopg

from domain import enrollment, program, proposal
from domain.aggregate import Step
from domain.command import Command
from domain.enrollment import ENROLLMENT
from domain.guards import StillChanging, same_part
from domain.ids import ParticipantId, ProposalId, enrollment_id
from domain.proposal import PROPOSAL, Proposal
from domain.proposing import ending, hopeless
from domain.store import Conflict, RecordedEvent, Store
from projections.pairs import Known, read_parties
from workers.tasks import by_rule

ATTEMPTS: Final = 5
BATCH: Final = 250

CAUSES: Final = frozenset(
    kind.event_name
    for kind in (
        enrollment.Withdrawn,
        enrollment.Removed,
        enrollment.Completed,
        enrollment.PlaceReserved,
        program.WoundDown,
    )
)
"""What leaves a proposal without hope. Who leaves, or is outside an audience, is withdrawn or removed."""

# What could not be dealt with is tried again when the next process begins, not all the time. What the read
# model has set aside seems to wait there, whatever has become of it.
DUE: Final = """
SELECT p.proposal_id FROM proposals p
 WHERE p.state = 'waiting' AND p.expires_at <= %(now)s
   AND NOT EXISTS (SELECT FROM parked_streams s
                    WHERE s.projection IN (%(name)s, 'proposals') AND s.stream_id = p.proposal_id)
 ORDER BY p.expires_at, p.proposal_id LIMIT %(limit)s
"""
# A place taken in one programme may leave no hours for another.
CONCERNED: Final = """
SELECT p.proposal_id, e.enrollment_id
  FROM enrollments e
  JOIN proposal_members m ON m.participant_id = e.participant_id
  JOIN proposals p ON p.proposal_id = m.proposal_id AND p.state = 'waiting'
 WHERE e.enrollment_id = ANY (%(changed)s)
UNION
SELECT p.proposal_id, p.program_id
  FROM proposals p WHERE p.program_id = ANY (%(changed)s) AND p.state = 'waiting'
"""


@dataclass(frozen=True, slots=True)
class Endings:
    name: str
    connection: psycopg.Connection
    store: Store

    def due(self, now: datetime) -> list[ProposalId]:
        asked = {"now": now, "name": self.name, "limit": BATCH}
        return [ProposalId(found) for (found,) in self.connection.execute(DUE, asked)]

    def concerned(self, causes: Mapping[UUID, RecordedEvent]) -> dict[ProposalId, RecordedEvent]:
        """What waits for people of these enrollments, or in these programmes, by what happened last."""
        found = self.connection.execute(CONCERNED, {"changed": list(causes)}).fetchall()
        found.sort(key=lambda row: causes[row[1]].position)
        return {ProposalId(id_): causes[by] for id_, by in found}

    def expire(self, id_: ProposalId, now: datetime) -> None:
        held = self.store.load(PROPOSAL.stream(id_)).state
        if proposal.expire(held, now=now):
            command = Command(uuid5(id_, f"{self.name} expire"), self.name, cause="timer")
            terms = self._known(held, ()).program
            self.store.act_together(command, *ending(id_, held, terms, proposal.expire, now=now))

    def settle(self, id_: ProposalId, cause: RecordedEvent) -> None:
        """End it where nothing can come of it any more, by everything as it is now and still is then."""
        lost: Exception = StillChanging()
        for _ in range(ATTEMPTS):
            held = self.store.load(PROPOSAL.stream(id_)).state
            known = self._known(held, held.members)
            if (decision := hopeless(held, known.parties, known.parts)) is None:
                return
            steps = ending(id_, held, known.program, decision)
            try:
                self.store.act_together(by_rule(self.name, id_, cause), *steps, *_guards(held, known))
            except (StillChanging, Conflict, proposal.ProposalHasEnded) as passing:
                lost = passing
                continue
            return
        raise lost

    def _known(self, held: Proposal, people: Sequence[ParticipantId]) -> Known:
        made = held.made
        assert made is not None  # noqa: S101 every row of the read model has been made
        return read_parties(self.store, self.connection, made.program, people)


def _guards(held: Proposal, known: Known) -> Iterator[Step]:
    """Everybody's part but the author's, whose request is closed with it."""
    for who in held.members:
        if held.made and who != held.made.author:
            part = ENROLLMENT.stream(enrollment_id(known.program.program, who))
            yield Step(part, same_part, {"held": known.parts[who]}, guard=True)
