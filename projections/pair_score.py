"""What a few people are worth to each other: by their own words alone, or among all who could be proposed."""

import hashlib
from datetime import date
from typing import Final
from uuid import UUID

from domain.ids import ParticipantId, enrollment_id
from domain.match_outcome import Found
from domain.pairing.pool import Person, Pool
from domain.pairing.veil import veiled_parts
from domain.program_settings import RelationshipType
from domain.proposal import Made, Provenance
from domain.store import Store
from projections.pairs import Connection, Known
from projections.pool import Frozen, freeze, load_pool
from projections.pool_person import Part, person_of

MOST_READ: Final = 1_000
"""People of a programme who are all read to tell a proposal's place among the others."""
PEOPLE: Final = """
SELECT count(*) FROM (SELECT FROM enrollments WHERE program_id = %(program)s LIMIT %(most)s + 1) AS e
"""
VERSIONS: Final = """
SELECT stream_id, max(version) FROM events WHERE stream_id = ANY (%(streams)s) GROUP BY 1 ORDER BY 1
"""


def pair_score(
    connection: Connection, known: Known, made: Made, kind: RelationshipType, *, day: date
) -> Provenance:
    """Of a group the means of its pairs, and as few answers as the pair has that told the least."""
    from domain.pairing.compiled import Compiled  # noqa: PLC0415 numpy is for where pairs are made
    from domain.pairing.terms import ENGINE, Terms  # noqa: PLC0415 the same
    from projections.nearness import nearness_of  # noqa: PLC0415 the same

    mentees, mentors = (
        tuple(_person(known, who, day) for who in people) for people in (made.mentees, made.mentors)
    )
    settings, hours = known.program.matching, known.program.enrollment.capacity.hours_a_month
    both = [*mentees, *mentors]
    nearness = nearness_of(
        connection,
        settings,
        sorted({wish for person in both for wish in person.wishes}),
        sorted({offer for person in both for offer in person.offers}),
    )
    compiled = Compiled(Pool(mentees, mentors, nearness), Terms(settings, kind, hours))
    scores = [compiled.score(n, m) for n in range(len(mentees)) for m in range(len(mentors))]
    told = [veiled_parts(score.parts) for score in scores]
    return Provenance(
        engine=ENGINE,
        digest=_digest(connection, known, [person.id for person in both]),
        score=_mean([score.score for score in scores]) or 0,
        mentee_score=_mean([score.mentee_score for score in scores]),
        mentor_score=_mean([score.mentor_score for score in scores]),
        parts={
            criterion: sum(parts[criterion] for parts in told) // len(told)
            for criterion in sorted(set.intersection(*map(set, told)))
        }
        if told
        else {},
        answered=min((score.answered for score in scores), default=0),
        asked=max((score.asked for score in scores), default=0),
    )


def score_among_all(
    store: Store, connection: Connection, known: Known, made: Made, kind: RelationshipType, *, position: int
) -> Provenance | None:
    """With the mentor's rank, and who else there was. None: a group, too many people to be read for this
    alone, or one of the two is not in the pool. The read models must show the position.
    """
    own = known.program.program
    if not _is_small(connection, known) or (len(made.mentees), len(made.mentors)) != (1, 1):
        return None
    from domain.pairing.compiled import Compiled  # noqa: PLC0415 numpy is for where pairs are made
    from domain.pairing.provenance import provenance  # noqa: PLC0415 the same
    from domain.pairing.terms import ENGINE, Terms  # noqa: PLC0415 the same

    settings, capacity = known.program.matching, known.program.enrollment.capacity
    pool = load_pool(store, connection, Frozen(own, position, settings, capacity))
    compiled = Compiled(pool, Terms(settings, kind, capacity.hours_a_month))
    mentee = compiled.mentee_index.get(made.mentees[0])
    mentor = compiled.mentor_index.get(made.mentors[0])
    if mentee is None or mentor is None:
        return None
    score = compiled.score(mentee, mentor)
    found = Found(
        number=1,
        mentors=made.mentors,
        mentees=made.mentees,
        score=score.score,
        mentee_score=score.mentee_score,
        mentor_score=score.mentor_score,
        parts=veiled_parts(score.parts),
        answered=score.answered,
        asked=score.asked,
        rank=1 + int((compiled.row(mentee) > score.score).sum()),
    )
    return provenance(compiled, found, engine=ENGINE, digest=freeze(connection, own, position))


def _is_small(connection: Connection, known: Known) -> bool:
    asked = {"program": known.program.program, "most": MOST_READ}
    found = connection.execute(PEOPLE, asked).fetchone()
    return found is not None and found[0] <= MOST_READ


def _person(known: Known, who: ParticipantId, day: date) -> Person:
    elsewhere = sum(known.parties.elsewhere.get(who, {}).values())
    part = Part(who, known.parts[who], known.parties.persons[who], hours_elsewhere=elsewhere)
    return person_of(part, known.program.matching, known.program.enrollment.capacity, day)


def _mean(scores: list[int | None]) -> int | None:
    known = [score for score in scores if score is not None]
    return sum(known) // len(known) if known else None


def _digest(connection: Connection, known: Known, people: list[ParticipantId]) -> str:
    """Of the versions of what was read: it names that, and tells nothing of anybody."""
    program = known.program.program
    streams: list[UUID] = [program, *people, *(enrollment_id(program, who) for who in people)]
    digest = hashlib.sha256()
    for stream, version in connection.execute(VERSIONS, {"streams": streams}):
        digest.update(stream.bytes + version.to_bytes(8))
    return digest.hexdigest()
