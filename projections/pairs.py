"""Two people, or a few, as the rules of matching read them: from the log, as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any, Final
from uuid import UUID

import psycopg

from domain import program as program_slice
from domain.enrollment import ENROLLMENT, Enrollment
from domain.ids import EnrollmentId, Pair, ParticipantId, ProgramId, enrollment_id
from domain.pairing.pool import Person, Pool
from domain.pairing.terms import Terms
from domain.participant import PARTICIPANT, Participant
from domain.program import PROGRAM
from domain.program_settings import Kind, ProgramTerms, RelationshipType, Side
from domain.proposing import Parties
from domain.store import Loaded, Store
from projections.pool import DECLINED, MATCHED
from projections.pool_person import Part, person_of

# With those that the read model does not show yet, or has set aside: hours given there are given. Whatever
# else it has set aside is no programme, and nobody takes part in it.
PROGRAMS: Final = """
SELECT program_id FROM programs WHERE program_id <> %(program)s
UNION
SELECT stream_id FROM events
 WHERE position > (SELECT coalesce(min(position), 0) FROM projections WHERE name = 'programs')
   AND name = 'program.drafted' AND stream_id <> %(program)s
UNION
SELECT stream_id FROM parked_streams WHERE projection = 'programs' AND stream_id <> %(program)s
 ORDER BY 1
"""
ANSWERED: Final = """
SELECT m.participant_id
  FROM proposal_members own
  JOIN proposals p ON p.proposal_id = own.proposal_id AND p.program_id = %(program)s
  JOIN proposal_members m ON m.proposal_id = own.proposal_id AND m.role = 'mentor'
 WHERE own.participant_id = %(mentee)s AND own.role = 'mentee'
   AND (m.declined_at IS NOT NULL OR p.state = 'confirmed' AND own.declined_at IS NULL)
"""
EVER: Final = 2**62
"""A position that no log reaches."""
ANY_KIND: Final = RelationshipType(id="any", kind=Kind.ONE_TO_ONE, name="Any")
"""No rule about two people depends on the kind of their relationship."""

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of a programme and some of its people."""

    parties: Parties
    parts: Mapping[ParticipantId, Enrollment]

    @property
    def program(self) -> ProgramTerms:
        return self.parties.program


def read_parties(
    store: Store, connection: Connection, program: ProgramId, people: Sequence[ParticipantId]
) -> Known:
    """With the hours that a mentor who has stated any gives in every other programme, joined or not."""
    own = PROGRAM.stream(program)
    parts = {who: ENROLLMENT.stream(enrollment_id(program, who)) for who in people}
    persons = {who: PARTICIPANT.stream(who) for who in people}
    loaded = store.load_all([own, *parts.values(), *persons.values()])
    known: dict[ParticipantId, Participant] = {who: loaded[who].state for who in people}
    held: dict[ParticipantId, Enrollment] = {who: loaded[stream.id].state for who, stream in parts.items()}
    limited = [who for who in people if known[who].availability and held[who].role is Side.MENTOR]
    return Known(
        Parties(
            program_slice.terms(loaded[own.id].state, program),
            known,
            _elsewhere(store, connection, program, limited),
        ),
        held,
    )


def _elsewhere(
    store: Store, connection: Connection, program: ProgramId, people: Sequence[ParticipantId]
) -> dict[ParticipantId, dict[EnrollmentId, int]]:
    if not people:
        return {}
    others = [ProgramId(other) for (other,) in connection.execute(PROGRAMS, {"program": program})]
    parts = {who: [enrollment_id(other, who) for other in others] for who in people}
    loaded = store.load_all([ENROLLMENT.stream(part) for mine in parts.values() for part in mine])
    return {who: {part: _hours(loaded[part]) for part in mine} for who, mine in parts.items()}


def _hours(loaded: Loaded[Enrollment]) -> int:
    return sum(loaded.state.places.values())


def answered(connection: Connection, program: ProgramId, mentee: ParticipantId) -> set[ParticipantId]:
    """Whom a list of wishes does not ask: who has declined, or has a relationship with the mentee, whoever
    proposed it.
    """
    asked = {"program": program, "mentee": mentee}
    return {ParticipantId(mentor) for (mentor,) in connection.execute(ANSWERED, asked)}


def barred(
    store: Store,
    connection: Connection,
    known: Known,
    mentees: Sequence[ParticipantId],
    mentors: Sequence[ParticipantId],
    *,
    day: date,
) -> dict[Pair, tuple[str, ...]]:
    """The names of the hard rules that keep each mentee and mentor apart, whatever places they have. However
    many they are, it takes as many reads.
    """
    from domain.pairing import rules  # noqa: PLC0415 numpy comes with it: only for who needs it

    people = [*mentees, *mentors]
    lines = _lines(store, [known.parties.persons[who] for who in people])
    persons = {
        who: replace(_person(known, who, day), managers=line) for who, line in zip(people, lines, strict=True)
    }
    asked = {"people": people, "position": EVER}
    pool = Pool(
        tuple(persons[who] for who in mentees),
        tuple(persons[who] for who in mentors),
        matched_before=_pairs(connection, MATCHED, asked),
        declined=_pairs(connection, DECLINED, asked),
    )
    terms = Terms(known.program.matching, ANY_KIND)
    return {
        (mentee.id, mentor.id): rules.failed(mentee, mentor, pool, terms)
        for mentee, mentor in product(pool.mentees, pool.mentors)
    }


def _person(known: Known, who: ParticipantId, day: date) -> Person:
    capacity, person = known.program.enrollment.capacity, known.parties.persons[who]
    told = person_of(Part(who, known.parts[who], person), known.program.matching, capacity, day)
    return replace(told, places=1, hours_left=None)


def _lines(store: Store, persons: Sequence[Participant]) -> list[tuple[ParticipantId, ...]]:
    """Of each the manager, and theirs."""
    bosses: list[ParticipantId | None] = [person.said.get("manager") for person in persons]
    loaded = store.load_all([PARTICIPANT.stream(boss) for boss in dict.fromkeys(bosses) if boss])
    above = {boss: loaded[boss].state.said.get("manager") if boss else None for boss in bosses}
    return [tuple(one for one in (boss, above[boss]) if one) for boss in bosses]


def _pairs(connection: Connection, statement: str, asked: Mapping[str, Any]) -> frozenset[Pair]:
    found: list[tuple[UUID, UUID]] = connection.execute(statement, asked).fetchall()
    return frozenset((ParticipantId(mentee), ParticipantId(mentor)) for mentee, mentor in found)
