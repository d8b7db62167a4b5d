"""The key figures of a programme: who takes part, who is matched, how relationships do, and how far all that
can be relied on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from domain.accountability import Accuracy
from domain.accountability_settings import Metric
from domain.rates import Rate
from domain.survey_forms import Measure
from projections.report_accuracy import accuracy_of
from projections.report_equity import Told, matching_of, told, widest_gap
from projections.report_figures import COLUMNS, Figure, hide, of_a_part, of_the_whole
from projections.report_people import People, people_of
from projections.report_relationships import Totals, aimed, totals_of
from projections.report_satisfaction import saying
from projections.report_scope import cut
from projections.reporting import SUPPRESSED, Kind, Report, Row, Scope
from projections.survey_answers import Surveyed
from projections.survey_results import promoters

Connection = psycopg.Connection[Any]

MATCHED_TARGET: Final = 0.7
"""Of those who were let in as mentees, so many should find somebody."""

METRIC_TITLES: Final[dict[Metric, tuple[str, Kind]]] = {
    Metric.MEETING_CADENCE: ("Meetings held of those expected", Kind.SHARE),
    Metric.SESSION_COMPLETION: ("Sessions held of those planned", Kind.SHARE),
    Metric.CHECK_IN_RATE: ("Check-ins given of those due", Kind.SHARE),
    Metric.GOAL_PROGRESS: ("Progress of goals", Kind.SHARE),
    Metric.MILESTONES_ON_TIME: ("Milestones reached on time", Kind.SHARE),
    Metric.LEARNING_COMPLETION: ("Assignments completed of those due", Kind.SHARE),
    Metric.RESPONSE_TIME: ("Time to a reply", Kind.HOURS),
    Metric.SATISFACTION: ("Satisfaction, 1 to 5", Kind.SCORE),
    Metric.HOURS_MENTORED: ("Hours of a relationship", Kind.HOURS),
}
_CONFIDENTIAL: Final = frozenset({Metric.SATISFACTION})


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the figures of one side, the whole or the part, are made of."""

    people: People
    totals: Totals
    groups: list[Told]

    @property
    def accuracy(self) -> Accuracy:
        return accuracy_of(self.totals)


def figures(connection: Connection, scope: Scope) -> list[Figure]:
    """As they can be told."""
    taken = cut(connection, scope)
    params = aimed(connection, taken, by_quarter=False)
    people, totals = people_of(connection, taken), totals_of(connection, taken, params)
    groups = told(*map(matching_of, people), allowed=taken.people)
    whole, part = (Facts(people[side], totals[side], groups) for side in range(2))
    recommending = _recommending(connection, scope)
    if not scope.part:
        waits = params["waits"]
        told_ = (hide(one) if one.told and waits else of_the_whole(one) for one in _all(whole))
        return [*told_, recommending]
    said = taken.relationships and saying(connection, params).tells(taken.part)
    of_people = {figure.key for figure in _of_people(whole)}

    def allowed(figure: Figure) -> bool:
        if figure.told:
            return said
        return taken.people if figure.key in of_people else taken.relationships

    both = zip(_all(part), _all(whole), strict=True)
    return [*(of_a_part(one, around, allowed(one)) for one, around in both), recommending]


def _recommending(connection: Connection, scope: Scope) -> Figure:
    """Counted as survey results count answers, whatever part it is of."""
    surveyed = Surveyed(connection, scope, measures=Measure.RECOMMENDATION)
    found = promoters(surveyed)[0].found
    title = "Net promoter score"
    if found is None:
        return Figure("net_promoter_score", title, Kind.SCORE, SUPPRESSED if surveyed.answers() else None)
    return Figure("net_promoter_score", title, Kind.SCORE, found.score, found.n)


def _all(facts: Facts) -> list[Figure]:
    return [
        *_of_people(facts),
        *_of_relationships(facts.totals),
        *_of_health(facts.totals, facts.accuracy),
        *_of_metrics(facts.totals),
    ]


def share(count: int, n: int) -> float | None:
    return count / n if n else None


def _of_people(facts: Facts) -> list[Figure]:
    people = facts.people
    taking = share(people.enrolled, people.eligible)
    matched = share(people.matched, people.mentees)
    used = share(people.taken, people.offered)
    stated = sum(group.n for group in facts.groups if isinstance(group.n, int))
    return [
        Figure("eligible", "People who could take part", Kind.COUNT, people.eligible),
        Figure("enrolled", "People who take part", Kind.COUNT, people.enrolled),
        Figure("participation", "Participation", Kind.SHARE, taking, people.eligible),
        Figure("match_rate", "Mentees matched", Kind.SHARE, matched, people.mentees, MATCHED_TARGET),
        Figure("time_to_match", "Time to a match, median", Kind.DAYS, people.median_days, people.matched),
        Figure("time_to_match_p90", "Time to a match, 90 %", Kind.DAYS, people.p90_days, people.matched),
        Figure("mentor_utilisation", "Mentors' places taken", Kind.SHARE, used, people.mentors),
        Figure("equity_gap", "Matched: widest gap of groups", Kind.SHARE, widest_gap(facts.groups), stated),
    ]


def _of_relationships(t: Totals) -> list[Figure]:
    ended = t["concluded"] + t["ended_early"]
    return [
        Figure("relationships", "Relationships begun", Kind.COUNT, t["n"]),
        Figure("open_relationships", "Relationships under way", Kind.COUNT, t["open"]),
        Figure("active_pairing", "Running ones in which something happens", Kind.SHARE,
               share(t["active"], t["running"]), t["running"]),
        Figure("early_closure", "Ended early", Kind.SHARE, share(t["ended_early"], ended), ended),
        Figure("goal_attainment", "Goals achieved", Kind.SHARE, share(t["goals_achieved"], t["goals"]),
               t["goals"]),
        Figure("meetings_held", "Meetings held", Kind.COUNT, t["held"], t["n"]),
        Figure("hours", "Hours mentored", Kind.HOURS, t["hours"], t["n"]),
    ]  # fmt: skip


def _of_health(t: Totals, accuracy: Accuracy) -> list[Figure]:
    counts = [
        Figure(key, title, Kind.COUNT, t[key], t["open"])
        for key, title in (
            ("at_risk", "At risk"),
            ("needs_check_in", "In need of a check-in"),
            ("on_track", "On track"),
            ("too_early", "Too early to tell"),
        )
    ]
    return [
        Figure("health", "Health of relationships under way", Kind.SCORE, t["health"], t["health_n"]),
        *counts,
        _of_rate("health_precision", "At risk 30 days before, and ended badly", accuracy.precision),
        _of_rate("health_recall", "Ended badly, and at risk 30 days before", accuracy.recall),
    ]


def _of_rate(key: str, title: str, rate: Rate | None) -> Figure:
    value = share(rate.count, rate.n) if rate else None
    return Figure(key, title, Kind.SHARE, value, rate.n if rate else 0)


def _of_metrics(t: Totals) -> Iterator[Figure]:
    for metric, (title, kind) in METRIC_TITLES.items():
        private = metric in _CONFIDENTIAL
        mean = t[metric] if t[metric] is None or not private else round(t[metric], 1)
        yield Figure(str(metric), title, kind, mean, t[f"{metric}_n"], told=private)
        aimed = t[f"{metric}_aimed"]
        reached = share(t[f"{metric}_reached"], aimed)
        yield Figure(
            f"{metric}_at_target", f"{title}: at the target", Kind.SHARE, reached, aimed, told=private
        )


def _rows(connection: Connection, scope: Scope) -> Iterator[Row]:
    return (figure.row for figure in figures(connection, scope))


DASHBOARD: Final = Report(
    "dashboard",
    "Dashboard",
    "The programme's key figures, each with what it is made of and its target.",
    COLUMNS,
    _rows,
)
