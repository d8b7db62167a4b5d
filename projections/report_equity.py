"""How mentees fare by what they say of themselves, one answer or two at once, beside the best group.

Who says nothing is in no group, but could be reckoned from the groups: they hide and are hidden like one.
How satisfied people are is no part of it: batches of five would have to be of one answer each, whichever
answers are asked about.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from domain.suppression import Cell, hidden, hidden_cells, tellable
from projections.report_people import SIDES, People, common
from projections.report_relationships import AS_OF, OF_PROGRAM
from projections.report_scope import Cut, cut
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope
from projections.settled import together

Connection = psycopg.Connection[Any]
Answers = tuple[tuple[str, str], ...]
"""One question and its answer, or two of them."""

MEASURES: Final = ("matched_rate", "goal_progress", "health")
_TITLES: Final = ("Matched", "Goal progress", "Health")
_KINDS: Final = (Kind.SHARE, Kind.SHARE, Kind.SCORE)
_NONE: Final = ""

_THEIRS: Final = f"""
r AS MATERIALIZED ({together(AS_OF, OF_PROGRAM)}),
theirs AS (
    SELECT e.participant_id, avg(r.goal_progress) AS goal_progress, avg(r.health)::float8 AS health
      FROM r JOIN mentorship_members e USING (mentorship_id)
     WHERE e.role = 'mentee' AND e.joined_at <= %(as_of)s GROUP BY 1),
"""  # noqa: S608 every part of it is written here
_STATED: Final = """
stated AS MATERIALIZED (
    SELECT p.participant_id, p.in_part, (p.matched_at IS NOT NULL)::int::float8 AS matched_rate,
           h.goal_progress, h.health, s.answers
      FROM people p LEFT JOIN theirs h USING (participant_id)
      LEFT JOIN people_stated s ON s.participant_id = p.participant_id AND s.at <= %(as_of)s
                               AND (s.until IS NULL OR s.until > %(as_of)s)
     WHERE p.mentee_at IS NOT NULL)
"""
_FIGURES: Final = "count(*)::int, " + ", ".join(
    f"avg(d.{measure}), count(d.{measure})::int" for measure in MEASURES
)
_ALL: Final = (
    "SELECT w.part, '{{}}'::text[], "  # noqa: S608 every part of it is written here
    + _FIGURES
    + " FROM stated d {sides} GROUP BY 1"
)
_SINGLE: Final = (
    f"SELECT w.part, ARRAY[d.key, d.value], {_FIGURES}"  # noqa: S608 as above
    " FROM (SELECT s.*, a.key, a.value FROM stated s CROSS JOIN jsonb_each_text(s.answers) AS a) d"
    " {sides} GROUP BY 1, 2"
)
_CROSSED: Final = (
    f"SELECT w.part, ARRAY[d.key, d.value, d.other, d.says], {_FIGURES}"  # noqa: S608 as above
    " FROM (SELECT s.*, a.key, a.value, b.key AS other, b.value AS says FROM stated s"
    " CROSS JOIN jsonb_each_text(s.answers) AS a CROSS JOIN jsonb_each_text(s.answers) AS b"
    " WHERE a.key < b.key) d {sides} GROUP BY 1, 2"
)

GROUPS_SQL: Final = f"WITH {{people}}, {_THEIRS} {_STATED} {_ALL} UNION ALL {_SINGLE} UNION ALL {_CROSSED}"


@dataclass(frozen=True, slots=True)
class Group:
    """Its measures, each a mean and of how many."""

    n: int
    means: tuple[float | None, ...]
    counts: tuple[int, ...]


Groups = Mapping[Answers, Group]
NOBODY: Final = Group(0, (None,) * len(MEASURES), (0,) * len(MEASURES))


@dataclass(frozen=True, slots=True)
class Told:
    """A group as it can be told of; `gaps` are the distances to the group of the same questions that fares
    best.
    """

    answers: Answers
    n: Any
    values: tuple[Any, ...]
    gaps: tuple[Any, ...]


def groups_of(connection: Connection, cut: Cut) -> tuple[Groups, Groups]:
    """Of the whole programme, and of the part the scope takes; without any answer, all of them."""
    params = dict(cut.sides)
    statement = GROUPS_SQL.format(people=common(connection, params), sides=SIDES.format(t="d"))
    found: dict[bool, dict[Answers, Group]] = {False: {}, True: {}}
    for part, words, n, *figures in connection.execute(statement, params):
        answers = tuple(zip(words[::2], words[1::2], strict=True))
        found[part][answers] = Group(n, tuple(figures[::2]), tuple(figures[1::2]))
    return found[False], found[True] if cut.scope.part else found[False]


def matching_of(people: People) -> Groups:
    """Of the matching alone, which needs no look at relationships."""
    found: dict[Answers, Group] = {(): _matching(people.mentees, people.matched)}
    for question, answer, n, matched in people.stated or ():
        found[(question, answer),] = _matching(n, matched)
    return found


def _matching(n: int, matched: int) -> Group:
    nothing = len(MEASURES) - 1
    return Group(n, (matched / n if n else None, *[None] * nothing), (n, *[0] * nothing))


def told(whole: Groups, part: Groups, *, allowed: bool, questions: int = 1) -> list[Told]:
    """Groups of so many answers, by their names."""
    of_whole, of_part = (_Hiding(groups, questions) for groups in (whole, part))
    shown: list[Told] = []
    for answers in sorted(answers for answers in part if len(answers) == questions):
        around = whole.get(answers, NOBODY)
        hides = [
            not allowed
            or answers in of_part.gone[at]
            or answers in of_whole.gone[at]
            or not tellable(_count(part[answers], at), _count(around, at))
            for at in range(len(MEASURES) + 1)
        ]
        shown.append(_shown(answers, part[answers], hides))
    return list(_with_gaps(shown))


def _count(group: Group, at: int) -> int:
    return (*group.counts, group.n)[at]


def _shown(answers: Answers, group: Group, hides: Sequence[bool]) -> Told:
    *each, whole = hides
    values = tuple(
        SUPPRESSED if gone or whole else mean for mean, gone in zip(group.means, each, strict=True)
    )
    return Told(answers, SUPPRESSED if whole else group.n, values, ())


def _with_gaps(groups: Iterable[Told]) -> Iterator[Told]:
    groups = list(groups)
    best: dict[tuple[tuple[str, ...], int], float] = {}
    for group in groups:
        for at, value in enumerate(group.values):
            if value is not None and value is not SUPPRESSED:
                key = (_asked(group.answers), at)
                best[key] = max(value, best.get(key, value))
    for group in groups:
        gaps = tuple(
            value if value in (None, SUPPRESSED) else best[_asked(group.answers), at] - value
            for at, value in enumerate(group.values)
        )
        yield Told(group.answers, group.n, group.values, gaps)


def _asked(answers: Answers) -> tuple[str, ...]:
    return tuple(question for question, _ in answers)


class _Hiding:
    """Which groups are too small, and which keep them company: by each measure, and last by their people."""

    def __init__(self, groups: Groups, questions: int) -> None:
        self._groups, self._all = groups, groups.get((), NOBODY)
        every = range(len(MEASURES) + 1)
        self.gone = [self._single(at) if questions == 1 else self._crossed(at) for at in every]

    def _sizes(self, at: int) -> dict[str, dict[str, int]]:
        """By question and answer, with those who say nothing."""
        sizes: dict[str, dict[str, int]] = defaultdict(dict)
        for answers, group in self._groups.items():
            if len(answers) == 1:
                ((question, answer),) = answers
                sizes[question][answer] = _count(group, at)
        for known in sizes.values():
            known[_NONE] = _count(self._all, at) - sum(known.values())
        return sizes

    def _single(self, at: int) -> frozenset[Answers]:
        return frozenset(
            ((question, answer),) for question, sizes in self._sizes(at).items() for answer in _hidden(sizes)
        )

    def _crossed(self, at: int) -> frozenset[Answers]:
        sizes, tables = self._sizes(at), defaultdict[tuple[str, str], dict[Cell, int]](dict)
        for answers, group in self._groups.items():
            if len(answers) == 2:
                (one, says), (other, replies) = answers
                tables[one, other][says, replies] = _count(group, at)
        return frozenset(
            ((one, cell[0]), (other, cell[1]))
            for (one, other), cells in tables.items()
            for cell in hidden_cells(
                _filled(cells, sizes[one], sizes[other]), _hidden(sizes[one]), _hidden(sizes[other])
            )
        )


def _hidden(sizes: Mapping[str, int]) -> frozenset[str]:
    return hidden({answer: size for answer, size in sizes.items() if size})


def _filled(
    cells: Mapping[Cell, int], rows: Mapping[str, int], columns: Mapping[str, int]
) -> dict[Cell, int]:
    """With those who answer one of the two questions alone, where there are any."""
    filled = dict(cells)
    for row, size in rows.items():
        if row != _NONE and (rest := size - sum(n for (r, _), n in cells.items() if r == row)):
            filled[row, _NONE] = rest
    for column, size in columns.items():
        if column != _NONE and (rest := size - sum(n for (_, c), n in cells.items() if c == column)):
            filled[_NONE, column] = rest
    return filled


def widest_gap(groups: Sequence[Told]) -> float | None:
    """Of being matched, between the groups of any one question that can be told of."""
    gaps = [group.gaps[0] for group in groups if group.gaps[0] not in (None, SUPPRESSED)]
    return max(gaps, default=None)


def _columns(questions: int) -> tuple[Column, ...]:
    asked = [
        Column(f"{word}{'' if at == 0 else '_2'}", title, Kind.TEXT)
        for at in range(questions)
        for word, title in (("question", "Question"), ("answer", "Answer"))
    ]
    figures = [
        column
        for name, title, kind in zip(MEASURES, _TITLES, _KINDS, strict=True)
        for column in (
            Column(name, title, kind, hides=True),
            Column(f"{name}_gap", f"{title}: behind the best group", kind, hides=True),
        )
    ]
    return (*asked, Column("n", "Mentees", Kind.COUNT, hides=True), *figures)


def equity_of(connection: Connection, scope: Scope, questions: int) -> list[Told]:
    taken = cut(connection, scope)
    whole, part = groups_of(connection, taken)
    return told(whole, part, allowed=taken.people, questions=questions)


def _rows(questions: int) -> Any:
    def rows(connection: Connection, scope: Scope) -> Iterator[Row]:
        for group in equity_of(connection, scope, questions):
            words = [word for answer in group.answers for word in answer]
            figures = [one for pair in zip(group.values, group.gaps, strict=True) for one in pair]
            yield (*words, group.n, *figures)

    return rows


EQUITY: Final = Report(
    "equity",
    "Equity",
    "How mentees fare by what they say of themselves; groups under five, and those that would give them away,"
    " are not told of.",
    _columns(1),
    _rows(1),
)
EQUITY_CROSSED: Final = Report(
    "equity_crossed",
    "Equity by two answers",
    "How mentees fare by two answers at once; groups under five, and those that would give them away, are not"
    " told of.",
    _columns(2),
    _rows(2),
)
