"""A document with everything in it, without a database: what pages are made of."""

import datetime as dt
from functools import cache
from typing import Any, Final

from projections.report_charts import DRAWINGS, Picture, drawn
from projections.report_dashboard import METRIC_TITLES
from projections.report_document import METHOD, Card, Document, Grid, Section
from projections.reporting import SUPPRESSED

MADE: Final = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)
SUBTITLE: Final = "Leadership · as of 30 June 2026"

FUNNEL: Final = [
    {"title": "Could take part", "people": 1200, "of_before": None, "median_days": None},
    {"title": "Were invited", "people": 640, "of_before": 0.533, "median_days": None},
    {"title": "Were let in", "people": 410, "of_before": 0.64, "median_days": 4.0},
    {"title": "Were matched", "people": 300, "of_before": 0.73, "median_days": 12.5},
    {
        "title": "Had a relationship end early",
        "people": SUPPRESSED,
        "of_before": SUPPRESSED,
        "median_days": None,
    },
]
MONTHS: Final = [{"month": dt.date(2026, month, 1), "hours": 40.5 * month} for month in range(1, 7)]
COHORTS: Final[list[dict[str, Any]]] = [
    {"cohort": "2025-Q4", "health": 72.5, "relationships": 40},
    {"cohort": "2026-Q1", "health": 55.0, "relationships": 31},
    {"cohort": "2026-Q2", "health": None, "relationships": 12},
]
MENTORS: Final = [{"relationships": many} for many in (0, 0, 1, 1, 1, 1, 2, 2, 4)]
EQUITY: Final = [
    {"question": "gender", "answer": "woman", "matched_rate": 0.78, "n": 120},
    {"question": "gender", "answer": "man", "matched_rate": 0.7, "n": 130},
    {"question": "gender", "answer": "other", "matched_rate": SUPPRESSED, "n": SUPPRESSED},
]
HEALTH: Final = [
    {"figure": "on_track", "title": "On track", "value": 61},
    {"figure": "needs_check_in", "title": "In need of a check-in", "value": 22},
    {"figure": "at_risk", "title": "At risk", "value": 9},
    {"figure": "too_early", "title": "Too early to tell", "value": 14},
]
SHARES: Final = {metric: at / 10 for at, metric in enumerate(METRIC_TITLES, start=1)}
METRICS: Final = [
    {"figure": f"{metric}{suffix}", "value": share}
    for metric, share in SHARES.items()
    for suffix in ("", "_at_target")
]
RECOMMENDING: Final[list[dict[str, Any]]] = [
    {"side": "mentee", "n": 31, "promoters": 18, "passives": 8, "detractors": 5},
    {
        "side": "mentor",
        "n": SUPPRESSED,
        "promoters": SUPPRESSED,
        "passives": SUPPRESSED,
        "detractors": SUPPRESSED,
    },
    {"side": "all", "n": 0, "promoters": 0, "passives": 0, "detractors": 0},
]
TOLD: Final[dict[str, list[dict[str, Any]]]] = {
    "health": HEALTH,
    "metrics": METRICS,
    "funnel": FUNNEL,
    "cohorts": COHORTS,
    "hours": MONTHS,
    "mentors": MENTORS,
    "equity": EQUITY,
    "recommending": RECOMMENDING,
}


WIDE: Final = Grid(
    ("About", *(f"How many of kind {number}" for number in range(12))),
    (False, *[True] * 12),
    (("All together", *map(str, range(12))), ("leading people", *["–"] * 12)),
)


@cache
def picture(name: str) -> Picture:
    found = drawn(DRAWINGS[name], TOLD[name], SUBTITLE)
    assert found is not None
    return found


def document(name: str = "Leadership", purpose: str = "For those who lead for the first time.") -> Document:
    grid = Grid(
        ("Figure", "Value", "On 31 March 2026", "Change", "Of how many", "Target", "Reached"),
        (False, True, True, True, True, True, False),
        (
            ("Participation", "34.2 %", "30 %", "+4.2 points", "1,200", "–", "–"),
            ("Mentees matched", "73 %", "75 %", "−2 points", "410", "70 %", "yes"),
            ("Satisfaction, 1 to 5", "hidden", "hidden", "hidden", "–", "–", "–"),
        ),
        more=3,
    )
    cards = (
        Card("People who take part", "410", "+38"),
        Card("Mentees matched", "73 %", "−2 points"),
        Card("Health of relationships under way", "66.4", "unchanged"),
        Card("Hours mentored", "1,204 h", "+310 h"),
        Card("Net promoter score", "41", "hidden"),
    )
    sections = (
        Section("Key figures", "The key figures.", (picture("health"), picture("metrics")), grid),
        Section("Funnel", "How far people come.", (picture("funnel"),), None),
        Section("Learning", "What people learn from.", (), WIDE),
        *(Section(name, f"About {name}.", (picture(name),), grid) for name in TOLD if name not in "funnel"),
    )
    facts = (("Period", "1 January 2026 to 30 June 2026"), ("As of", "30 June 2026"), ("Department", "Sales"))
    return Document(name, purpose, facts, cards, sections, METHOD, MADE)
