"""What was answered to the surveys of a programme by a moment, of the part that is asked about.

Each answer is of a person in a relationship; of which department and location that is, and when it began,
is reckoned as in every other report.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import args_row

from domain.parts import Part, Place, Whole
from domain.survey_counting import ends
from projections.confidentiality import trusted
from projections.report_scope import PLACES, Cut, cut
from projections.reporting import Scope

Connection = psycopg.Connection[Any]

ANSWERS: Final = """
SELECT s.kind, q.question, q.kind, s.to_id::text, s.mentorship_id::text, s.answered_at, w.role, q.rating,
       q.choice
  FROM surveys s
  JOIN survey_questions q USING (survey_id)
  LEFT JOIN (SELECT DISTINCT ON (mentorship_id, participant_id) mentorship_id, participant_id, role
               FROM mentorship_members WHERE program_id = %(program)s
              ORDER BY mentorship_id, participant_id, number DESC) w
    ON w.mentorship_id = s.mentorship_id AND w.participant_id = s.to_id
 WHERE s.program_id = %(program)s AND s.answered_at <= %(as_of)s AND q.answered
   AND (%(measures)s::text IS NULL OR q.measures = %(measures)s)
 ORDER BY s.answered_at, s.survey_id, q.number
"""
# In the words in which each was asked last of whoever has answered it.
QUESTIONS: Final = """
SELECT DISTINCT ON (s.kind, q.question, q.kind) s.kind, q.question, q.kind, q.text, q.measures, q.choices
  FROM surveys s JOIN survey_questions q USING (survey_id)
 WHERE s.program_id = %(program)s AND s.answered_at <= %(as_of)s AND q.answered
   AND (%(measures)s::text IS NULL OR q.measures = %(measures)s)
 ORDER BY s.kind, q.question, q.kind, s.asked_at DESC, s.survey_id
"""
# Of relationships whose programme trusts the reader with surveys, by the version that they keep.
WORDS: Final = f"""
SELECT a.kind, q.question, q.kind, a.to_id::text, a.mentorship_id::text, a.answered_at, NULL, q.rating,
       q.choice, q.words
  FROM surveys a
  JOIN survey_questions q USING (survey_id)
 WHERE a.program_id = %(program)s AND a.answered_at <= %(as_of)s AND q.answered
   AND a.kind = %(kind)s AND q.question = %(question)s AND q.kind = 'text'
   AND {trusted("surveys", "a.mentorship_id").format(viewer="%(viewer)s", role="ANY (%(roles)s)")}
 ORDER BY a.answered_at, a.survey_id
"""  # noqa: S608 every part of it is written here
ASKED: Final = """
SELECT s.kind, s.mentorship_id, count(*)::int,
       (count(*) FILTER (WHERE s.answered_at <= %(as_of)s))::int,
       (count(*) FILTER (WHERE s.lapsed_at <= %(as_of)s))::int
  FROM surveys s
 WHERE s.program_id = %(program)s AND s.asked_at <= %(as_of)s
 GROUP BY 1, 2
"""


class Answer(NamedTuple):
    """`role` None: nobody knows any more on which side the person was. `words` None: not asked for or erased.

    Ids are texts: a large programme has tens of thousands of answers, and few ids are told of.
    """

    kind: str
    question: str
    answered_by: str
    person: str
    mentorship: str
    at: datetime
    role: str | None
    rating: int | None
    choice: str | None
    words: str | None = None


class Question(NamedTuple):
    """Asked in another way under the same id, it is another one."""

    kind: str
    question: str
    answered_by: str
    text: str
    measures: str | None
    choices: list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """How many surveys of a kind were asked, and what became of them; those left are still open."""

    kind: str
    asked: int
    answered: int
    lapsed: int


class Surveyed:
    """The surveys of a scope; `measures` leaves out what measures something else."""

    def __init__(self, connection: Connection, scope: Scope, *, measures: str | None = None) -> None:
        self._cut: Cut = cut(connection, scope)
        self._params = {**self._cut.params, "measures": measures}
        self._connection = connection
        self._places = self._placed() if scope.part else {}
        self._part = self._asked_part()

    def asked(self) -> list[Asked]:
        """Of the part; none where the part is too small to be told of."""
        if not self._cut.relationships:
            return []
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for kind, mentorship, *figures in self._connection.execute(ASKED, self._params):
            if self.holds(str(mentorship)):
                sums[kind] = [one + other for one, other in zip(sums[kind], figures, strict=True)]
        return [Asked(kind, *figures) for kind, figures in sorted(sums.items())]

    @cached_property
    def _answers(self) -> list[Answer]:
        with self._connection.cursor(binary=True, row_factory=args_row(Answer)) as cursor:
            return cursor.execute(ANSWERS, self._params).fetchall()

    def answers(self) -> list[Answer]:
        """In the order they came."""
        return self._answers

    def questions(self) -> list[Question]:
        """Those that somebody has answered."""
        with self._connection.cursor(row_factory=args_row(Question)) as cursor:
            return cursor.execute(QUESTIONS, self._params).fetchall()

    def words(self, kind: str, question: str, viewer: UUID | None, roles: Sequence[str]) -> list[str]:
        """What was said to a question, for whom the policy trusts: without names, in an order that tells
        nothing of who said it.
        """
        asked = {**self._params, "kind": kind, "question": question, "viewer": viewer, "roles": list(roles)}
        with self._connection.cursor(row_factory=args_row(Answer)) as cursor:
            told = self.tell(cursor.execute(WORDS, asked).fetchall())
        return sorted(one.words for one in told or () if one.words is not None)

    def tell(self, answers: Sequence[Answer]) -> list[Answer] | None:
        """Those of the part that count; None where no figure of the part can be told."""
        return self.of_part(self.counting(answers))

    def counting(
        self, answers: Sequence[Answer], by: Callable[[Answer], Hashable] | None = None
    ) -> Sequence[Answer]:
        """Those that count, in the part and out of it. `by` says of which group each is, where groups are
        told of beside what they come to together.
        """
        held = [(one.person, self.holds(one.mentorship)) for one in answers]
        found = list(ends(held))
        if by:
            grouped = ((who, (within, by(one))) for one, (who, within) in zip(answers, held, strict=True))
            found = list(ends(grouped, among=frozenset(found)))
        return answers[: max(found, default=0)]

    def of_part(self, counting: Sequence[Answer]) -> list[Answer] | None:
        """None where no figure of the part can be told: of its relationships, or of who has answered."""
        if self._part is None:
            return list(counting) or None
        if not (self._cut.relationships and Whole(self._sizes(counting)).tells(self._part)):
            return None
        return [one for one in counting if self.holds(one.mentorship)] or None

    def holds(self, mentorship: str) -> bool:
        """Whether the relationship is of the part."""
        return self._part is None or any(_is_in(self._part, place) for place in self._places[mentorship])

    def _placed(self) -> Mapping[str, Sequence[Place]]:
        found: dict[str, list[Place]] = defaultdict(list)
        for department, location, quarter, mentorship in self._connection.execute(PLACES, self._params):
            found[str(mentorship)].append((department, location, quarter))
        return found

    def _asked_part(self) -> Part | None:
        if not self._cut.scope.part:
            return None
        quarters = self._params["quarters"]
        wanted = None if quarters is None else frozenset(quarters)
        return Part(self._params["department"], self._params["location"], wanted)

    def _sizes(self, answers: Iterable[Answer]) -> Mapping[Place, int]:
        people: dict[Place, set[str]] = defaultdict(set)
        for one in answers:
            for place in self._places[one.mentorship]:
                people[place].add(one.person)
        return {place: len(who) for place, who in people.items()}


def _is_in(part: Part, place: Place) -> bool:
    return all(wanted is None or held in wanted for wanted, held in zip(part.cuts, place, strict=True))
