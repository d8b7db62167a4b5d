"""The pool of a programme as it was at a position: the read models say who is in, the log everything else."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg

from domain import admission, participant
from domain.aggregate import Stream
from domain.enrollment import ENROLLMENT, Enrollment, Status
from domain.ids import Pair, ParticipantId, ProgramId
from domain.matching_settings import Criterion, MatchingSettings
from domain.pairing.pool import Person, Pool
from domain.participant import PARTICIPANT, Participant
from domain.program import PROGRAM, terms
from domain.program_settings import Capacity, ProgramTerms, Side
from domain.store import Loaded, Store
from projections.pool_person import Part, person_of

# A stream that did not exist at the position has no version there, and is no part of the pool.
VERSIONS: Final = """
WITH parts AS (SELECT enrollment_id, participant_id FROM enrollments WHERE program_id = %(program)s),
     streams (id) AS (SELECT enrollment_id FROM parts UNION SELECT participant_id FROM parts
                      UNION SELECT %(program)s)
SELECT id, version
  FROM streams
 CROSS JOIN LATERAL (SELECT e.version FROM events e WHERE e.stream_id = id AND e.position <= %(position)s
                      ORDER BY e.version DESC LIMIT 1) AS v (version)
 ORDER BY id
"""
ROSTER: Final = """
SELECT enrollment_id, participant_id, decided_at FROM enrollments WHERE program_id = %(program)s
"""
ELSEWHERE: Final = """
SELECT enrollment_id, participant_id FROM enrollments
 WHERE participant_id = ANY (%(people)s) AND program_id <> %(program)s
"""
# Whoever is proposed already, not by themself, has that place kept until it is answered.
WAITING: Final = """
SELECT m.participant_id, count(*)::int
  FROM proposals p JOIN proposal_members m USING (proposal_id)
 WHERE p.program_id = %(program)s AND p.mode <> 'self_directed' AND p.made_position <= %(position)s
   AND coalesce(p.ended_position, %(position)s + 1) > %(position)s
 GROUP BY 1
"""
MATCHED: Final = """
SELECT e.participant_id, o.participant_id
  FROM mentorships m
  JOIN mentorship_members e ON e.mentorship_id = m.mentorship_id AND e.role = 'mentee'
  JOIN mentorship_members o ON o.mentorship_id = m.mentorship_id AND o.role = 'mentor'
 WHERE greatest(e.joined_position, o.joined_position) <= %(position)s
   AND e.participant_id = ANY (%(people)s)
"""
DECLINED: Final = """
SELECT CASE d.role WHEN 'mentee' THEN d.participant_id ELSE o.participant_id END,
       CASE d.role WHEN 'mentee' THEN o.participant_id ELSE d.participant_id END
  FROM proposal_members d
  JOIN proposal_members o ON o.proposal_id = d.proposal_id AND o.role <> d.role
 WHERE d.for_good AND d.declined_position <= %(position)s AND d.participant_id = ANY (%(people)s)
"""
MOMENT: Final = "SELECT recorded_at FROM events WHERE position = %(position)s"

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a pool is read by: programme and position, and the settings that say what of people counts."""

    program: ProgramId
    position: int
    settings: MatchingSettings
    capacity: Capacity


def freeze(connection: Connection, program: ProgramId, position: int) -> str:
    """A digest of the versions that the programme, its enrollments and their people had there: it names the
    pool, tells nothing of anybody, and holds when a person is erased. The read models must show the position.
    """
    digest = hashlib.sha256()
    for stream, version in connection.execute(VERSIONS, {"program": program, "position": position}):
        digest.update(stream.bytes + version.to_bytes(8))
    return digest.hexdigest()


def load_pool(store: Store, connection: Connection, frozen: Frozen) -> Pool:
    """Everybody who took part there and had a place left. The read models must show the position."""
    return _Loading(store, connection, frozen).pool()


class _Loading:
    """The states of one pool while it is made."""

    def __init__(self, store: Store, connection: Connection, frozen: Frozen) -> None:
        self._store, self._connection, self._frozen = store, connection, frozen
        self._asked: dict[str, Any] = {"program": frozen.program, "position": frozen.position}
        roster = connection.execute(ROSTER, self._asked).fetchall()
        self._parts = {ParticipantId(person): enrollment for enrollment, person, _ in roster}
        self._since = {ParticipantId(person): decided for _, person, decided in roster}
        program = PROGRAM.stream(frozen.program)
        self._enrollments = self._loaded([ENROLLMENT.stream(part) for part in self._parts.values()])
        self._program: ProgramTerms = terms(self._loaded([program])[program.id].state, frozen.program)
        self._people: dict[ParticipantId, Participant] = {}
        self._read_people([who for who, part in self._parts.items() if self._takes_part(part)])
        self._asked["people"] = list(self._people)
        self._day = self._moment().date()

    def pool(self) -> Pool:
        waiting: dict[UUID, int] = dict(self._connection.execute(WAITING, self._asked).fetchall())
        elsewhere = self._hours_elsewhere()
        sides: dict[Side, list[Person]] = {Side.MENTEE: [], Side.MENTOR: []}
        inside = list(self._people)
        self._read_people(self._managers(inside))
        for who in inside:
            enrollment: Enrollment = self._enrollments[self._parts[who]].state
            kept, hours = waiting.get(who, 0), elsewhere.get(who, 0)
            part = Part(who, enrollment, self._people[who], hours_elsewhere=hours, kept=kept)
            if person := self._person(part):
                sides[enrollment.role].append(person)
        mentees, mentors = sides[Side.MENTEE], sides[Side.MENTOR]
        return Pool(
            mentees=self._with_biographies(mentees),
            mentors=self._with_biographies(mentors),
            nearness=self._nearness([*mentees, *mentors]),
            matched_before=self._pairs(MATCHED),
            declined=self._pairs(DECLINED),
        )

    def _loaded(self, streams: Sequence[Stream[Any]]) -> dict[UUID, Loaded[Any]]:
        return self._store.load_all(streams, as_of=self._frozen.position)

    def _read_people(self, people: Collection[ParticipantId]) -> None:
        missing = [who for who in people if who not in self._people]
        found = self._loaded([PARTICIPANT.stream(who) for who in missing])
        self._people |= {who: found[who].state for who in missing}

    def _takes_part(self, part: UUID) -> bool:
        return bool(self._enrollments[part].state.status is Status.APPROVED)

    def _moment(self) -> datetime:
        found = self._connection.execute(MOMENT, self._asked).fetchone()
        if found is None:
            raise LookupError("the log does not reach the position of the pool")
        moment: datetime = found[0]
        return moment

    def _managers(self, people: Collection[ParticipantId]) -> list[ParticipantId]:
        return [boss for who in people if (boss := self._people[who].said.get("manager"))]

    def _hours_elsewhere(self) -> dict[ParticipantId, int]:
        found = self._connection.execute(ELSEWHERE, self._asked).fetchall()
        loaded = self._loaded([ENROLLMENT.stream(part) for part, _ in found])
        hours: dict[ParticipantId, int] = {}
        for part, who in found:
            person = ParticipantId(who)
            hours[person] = hours.get(person, 0) + sum(loaded[part].state.places.values())
        return hours

    def _person(self, part: Part) -> Person | None:
        """None: outside the audience, gone, or without a place."""
        facts = participant.facts(part.person, part.who)
        role = part.enrollment.role
        if not facts.active or admission.failing_condition(self._program, facts, role):
            return None
        if part.places(self._frozen.capacity) < 1 or (role is Side.MENTOR and not facts.accepting):
            return None
        person = person_of(part, self._frozen.settings, self._frozen.capacity, self._day)
        return replace(person, managers=self._line(part.who), waiting_days=self._waited(part.who))

    def _line(self, who: ParticipantId) -> tuple[ParticipantId, ...]:
        boss = self._people[who].said.get("manager")
        above = self._people[boss].said.get("manager") if boss else None
        return tuple(one for one in (boss, above) if one)

    def _waited(self, who: ParticipantId) -> int:
        since = self._since[who]
        return max((self._day - since.date()).days, 0) if since else 0

    def _pairs(self, statement: str) -> frozenset[Pair]:
        found = self._connection.execute(statement, self._asked).fetchall()
        return frozenset((ParticipantId(mentee), ParticipantId(mentor)) for mentee, mentor in found)

    def _with_biographies(self, people: list[Person]) -> tuple[Person, ...]:
        """Only where they count: making vectors of them takes a millisecond each."""
        wanted = any(weight.criterion is Criterion.BIOGRAPHY for weight in self._frozen.settings.weights)
        told = [self._people[person.id].said.get("biography") for person in people] if wanted else []
        texts = [text for text in told if isinstance(text, str)]
        if not texts:
            return tuple(people)
        from projections import meaning  # noqa: PLC0415 the model is loaded only where something is embedded

        vectors = map(meaning.packed, meaning.embed(texts))
        known = (next(vectors) if isinstance(text, str) else None for text in told)
        return tuple(replace(person, biography=vector) for person, vector in zip(people, known, strict=True))

    def _nearness(self, people: Sequence[Person]) -> dict[tuple[str, str], int]:
        """Of what somebody seeks and what somebody offers; either side can do both."""
        from projections.nearness import nearness_of  # noqa: PLC0415 numpy is for where pairs are made

        wishes = {wish for person in people for wish in person.wishes}
        offers = {offer for person in people for offer in person.offers}
        return nearness_of(self._connection, self._frozen.settings, sorted(wishes), sorted(offers))
