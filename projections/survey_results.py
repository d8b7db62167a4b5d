"""What surveys came to: who answered, how they rated, whether they would recommend it, how mentors do."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.program_settings import Side
from domain.suppression import hidden
from domain.survey_counting import NetPromoters, counted, mean, net_promoters
from domain.survey_forms import AnswerKind, Measure
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope
from projections.survey_answers import Answer, Asked, Connection, Question, Surveyed

MENTORS: Final = """
SELECT w.mentorship_id::text, w.participant_id, w.joined_at, w.left_at
  FROM mentorship_members w JOIN mentorships m USING (mentorship_id)
 WHERE m.program_id = %(program)s AND w.role = 'mentor'
"""
SUMMED: Final = frozenset({Measure.RECOMMENDATION, Measure.EFFECTIVENESS})
"""What questions of several surveys come to together is told beside each of them."""

_Id = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """`n` answers count by now. None of the figures of a `suppressed` one is told."""

    kind: str
    question: str
    text: str
    answered_by: str
    measures: str | None
    n: int
    mean: float | None
    distribution: tuple[tuple[str, int], ...]
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Promoters:
    """Of a side, or of both; None: of too few to be told."""

    side: str | None
    found: NetPromoters | None


@dataclass(frozen=True, slots=True)
class Rated:
    """By `n` mentees, each counted once."""

    n: int
    mean: float


@dataclass(frozen=True, slots=True)
class Effectiveness:
    """How mentees rate their mentors: all together, None by too few to be told; and each who can be told."""

    whole: Rated | None
    mentors: tuple[tuple[UUID, Rated], ...] = ()


def question_results(surveyed: Surveyed) -> list[QuestionResult]:
    """By kind and question, each in the words in which it was asked last."""
    questions = surveyed.questions()
    counting = _counting(surveyed, questions)
    return [_question(surveyed, asked, counting[asked[:3]]) for asked in questions]


def _counting(surveyed: Surveyed, questions: Sequence[Question]) -> Mapping[_Id, Sequence[Answer]]:
    """Of each question. Those that are added up elsewhere count together: else one would tell of another."""
    together = {asked[:3]: asked.measures if asked.measures in SUMMED else asked[:3] for asked in questions}
    given: dict[Hashable, list[Answer]] = defaultdict(list)
    for one in surveyed.answers():
        given[together[one[:3]]].append(one)
    counting: dict[_Id, list[Answer]] = defaultdict(list)
    for answers in given.values():
        for one in surveyed.counting(answers, by=lambda answer: answer[:3]):
            counting[one[:3]].append(one)
    return counting


def _question(surveyed: Surveyed, asked: Question, counting: Sequence[Answer]) -> QuestionResult:
    about = (asked.kind, asked.question, asked.text, asked.answered_by, asked.measures)
    told = surveyed.of_part(counting)
    if told is None:
        return QuestionResult(*about, 0, None, (), suppressed=True)
    ratings = [one.rating for one in told if one.rating is not None]
    return QuestionResult(*about, len(told), mean(ratings), _distribution(asked, told))


def _distribution(asked: Question, told: Sequence[Answer]) -> tuple[tuple[str, int], ...]:
    """Every possible answer in its order, then choices that the question no longer has."""
    if asked.answered_by == AnswerKind.TEXT:
        return ()
    times = Counter(one.choice if one.rating is None else str(one.rating) for one in told)
    scale = {AnswerKind.RATING: range(1, 6), AnswerKind.SCORE: range(11)}.get(AnswerKind(asked.answered_by))
    possible = asked.choices if scale is None else [str(value) for value in scale]
    gone = sorted(str(value) for value in times.keys() - set(possible))
    return tuple((value, times[value]) for value in [*possible, *gone])


def promoters(surveyed: Surveyed) -> list[Promoters]:
    """Of both sides together, then of each; a side alone counts where both have grown by enough."""
    answers = surveyed.answers()
    told = surveyed.tell(answers)
    return [
        Promoters(None, None if told is None else _scores(told)),
        *(Promoters(side, found) for side, found in _by_side(surveyed, answers).items()),
    ]


def _by_side(surveyed: Surveyed, answers: Sequence[Answer]) -> dict[str, NetPromoters | None]:
    sided = surveyed.counting(answers, by=lambda answer: answer.role)
    of = {side: surveyed.of_part([one for one in sided if one.role == side]) for side in Side}
    return {str(side): _scores(found) if found else None for side, found in of.items()}


def _scores(told: Sequence[Answer]) -> NetPromoters:
    return net_promoters([one.rating for one in told if one.rating is not None])


def effectiveness(surveyed: Surveyed, connection: Connection, scope: Scope) -> Effectiveness:
    """The best mentor first; every rater counts once."""
    told = surveyed.tell(surveyed.answers())
    if told is None:
        return Effectiveness(None)
    return Effectiveness(_rated(told), _of_each(connection, scope, told))


def _of_each(connection: Connection, scope: Scope, told: Sequence[Answer]) -> tuple[tuple[UUID, Rated], ...]:
    """None of those whose figure, or the rest without it, would tell of too few raters."""
    counting = {
        mentor: answers[: counted((one.person, None) for one in answers)]
        for mentor, answers in _by_mentor(connection, scope, told).items()
    }
    alone = {_mark(one) for answers in counting.values() for one in answers}
    rest = [one for one in told if _mark(one) not in alone]
    people: dict[UUID | None, set[str]] = {None: {one.person for one in rest}}
    people |= {mentor: {one.person for one in answers} for mentor, answers in counting.items()}
    gone = hidden({mentor: len(who) for mentor, who in people.items() if who})
    found = [(who, _rated(answers)) for who, answers in counting.items() if answers and who not in gone]
    return tuple(sorted(found, key=lambda one: (-one[1].mean, str(one[0]))))


def _mark(one: Answer) -> tuple[str, datetime, str]:
    return one.person, one.at, one.question


def _by_mentor(connection: Connection, scope: Scope, told: Sequence[Answer]) -> dict[UUID, list[Answer]]:
    """A mentor is rated by whoever answered while they were in the relationship, or after its end."""
    mentors = defaultdict(list)
    for mentorship, *stay in connection.execute(MENTORS, {"program": scope.program}):
        mentors[mentorship].append(stay)
    rated: dict[UUID, list[Answer]] = defaultdict(list)
    for one in told:
        for mentor, joined_at, left_at in mentors[one.mentorship]:
            if joined_at <= one.at and (left_at is None or one.at <= left_at):
                rated[mentor].append(one)
    return rated


def _rated(answers: Sequence[Answer]) -> Rated:
    ratings: dict[str, list[int]] = defaultdict(list)
    for one in answers:
        ratings[one.person] += [one.rating] if one.rating is not None else []
    means = [sum(given) / len(given) for given in ratings.values()]
    return Rated(len(means), sum(means) / len(means))


def _results(connection: Connection, scope: Scope) -> Iterator[Row]:
    surveyed = Surveyed(connection, scope)
    asked = {one.kind: one for one in surveyed.asked()}
    for one in question_results(surveyed):
        of_all = _asked(asked.get(one.kind))
        figures = (SUPPRESSED, SUPPRESSED) if one.suppressed else (one.n, one.mean)
        yield (one.kind, one.question, one.text, one.answered_by, *of_all, *figures)


def _asked(one: Asked | None) -> Row:
    if one is None:
        return (SUPPRESSED, SUPPRESSED, SUPPRESSED)
    return (one.asked, one.answered, one.answered / one.asked)


def _answers(connection: Connection, scope: Scope) -> Iterator[Row]:
    for one in question_results(Surveyed(connection, scope)):
        if one.suppressed:
            yield (one.kind, one.question, None, SUPPRESSED, SUPPRESSED)
        for value, times in one.distribution:
            yield (one.kind, one.question, value, times, times / one.n)


def _promoters(connection: Connection, scope: Scope) -> Iterator[Row]:
    for one in promoters(Surveyed(connection, scope, measures=Measure.RECOMMENDATION)):
        side, found = one.side or "both", one.found
        figures: Row = (SUPPRESSED,) * 5
        if found is not None:
            figures = (found.score, found.n, found.promoters, found.passives, found.detractors)
        yield (side, *figures)


def _effectiveness(connection: Connection, scope: Scope) -> Iterator[Row]:
    """All mentors first, as the row without a mentor."""
    surveyed = Surveyed(connection, scope, measures=Measure.EFFECTIVENESS)
    found = effectiveness(surveyed, connection, scope)
    yield (None, SUPPRESSED, SUPPRESSED) if found.whole is None else (None, found.whole.n, found.whole.mean)
    for mentor, rated in found.mentors:
        yield (mentor, rated.n, rated.mean)


_ASKED: Final = (
    Column("asked", "Asked", Kind.COUNT, hides=True),
    Column("answered", "Answered", Kind.COUNT, hides=True),
    Column("response_rate", "Response rate", Kind.SHARE, hides=True),
)
_SURVEY: Final = Column("survey", "Survey", Kind.TEXT)
_QUESTION: Final = Column("question", "Question", Kind.TEXT)

SURVEY_RESULTS: Final = Report(
    name="survey_results",
    title="Survey results",
    about="Question by question: how many were asked and answered, and the mean of ratings and scores.",
    columns=(
        _SURVEY,
        _QUESTION,
        Column("text", "Asked as", Kind.TEXT),
        Column("answered_by", "Answered by", Kind.TEXT),
        *_ASKED,
        Column("n", "Answers counted", Kind.COUNT, hides=True),
        Column("mean", "Mean", Kind.NUMBER, hides=True),
    ),
    rows=_results,
)
SURVEY_ANSWERS: Final = Report(
    name="survey_answers",
    title="Survey answers",
    about="How often each possible answer was given, question by question.",
    columns=(
        _SURVEY,
        _QUESTION,
        Column("answer", "Answer", Kind.TEXT),
        Column("n", "Times", Kind.COUNT, hides=True),
        Column("share", "Share", Kind.SHARE, hides=True),
    ),
    rows=_answers,
)
NPS: Final = Report(
    name="net_promoter_score",
    title="Net promoter score",
    about="Who would recommend the programme (9 or 10) less who rather would not (0 to 6), of 100.",
    columns=(
        Column("side", "Side", Kind.TEXT),
        Column("score", "Score", Kind.NUMBER, hides=True),
        Column("n", "Answers counted", Kind.COUNT, hides=True),
        Column("promoters", "Promoters", Kind.COUNT, hides=True),
        Column("passives", "Passives", Kind.COUNT, hides=True),
        Column("detractors", "Detractors", Kind.COUNT, hides=True),
    ),
    rows=_promoters,
)
EFFECTIVENESS: Final = Report(
    name="mentor_effectiveness",
    title="Mentor effectiveness",
    about="How mentees rate the help of their mentors, from 1 to 5; a mentor alone where enough people do.",
    columns=(
        Column("mentor", "Mentor", Kind.ID),
        Column("n", "Raters", Kind.COUNT, hides=True),
        Column("mean", "Mean", Kind.NUMBER, hides=True),
    ),
    rows=_effectiveness,
)
REPORTS: Final[tuple[Report, ...]] = (SURVEY_RESULTS, SURVEY_ANSWERS, NPS, EFFECTIVENESS)
"""Beside those of `projections.reports`, for files and for GraphQL."""
