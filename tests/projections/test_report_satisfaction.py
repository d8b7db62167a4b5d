"""Satisfaction in reports: five people and more at a time, whatever two moments or parts stand beside each
other.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import pytest

from domain.accountability_settings import Degree
from domain.ids import MentorshipId
from domain.store import Database, Store
from domain.survey import Answered, Asked
from domain.survey_forms import Measure, SurveyKind, SurveyQuestion
from projections.report_cohorts import COHORTS
from projections.report_dashboard import DASHBOARD
from projections.report_lists import AT_RISK, RELATIONSHIPS
from projections.reporting import SUPPRESSED
from tests.projections.growth import (
    ENGINEERING,
    FINANCE,
    GROWTH,
    SALES,
    Played,
    day,
    rows_by_name,
    value_of,
)

SATISFIED: Final = SurveyQuestion(id="satisfied", text="Are you?", measures=Measure.SATISFACTION)
COLUMN: Final = [column.name for column in COHORTS.columns].index("satisfaction")


@pytest.fixture
def played(organisation: Database, store: Store) -> Played:
    played = Played(organisation, store)
    played.draft(day(1, 5))
    return played


def pairs(played: Played, number: int, department: str, began: datetime) -> list[MentorshipId]:
    mentees = played.people(number, day(1, 5), department)
    return [played.pair(played.person(day(1, 5), ENGINEERING), who, began) for who in mentees]


def say(played: Played, on: datetime, rated: Iterable[tuple[MentorshipId, int]]) -> None:
    """The mentee of each, a minute after the one before."""
    for at, (pair, rating) in enumerate(rated):
        _, mentee = played.pairs[pair]
        survey = played.new()
        asked = Asked(
            mentorship=pair,
            program=GROWTH,
            to=mentee,
            kind=SurveyKind.PULSE,
            due=(on + timedelta(days=14)).date(),
            questions=(SATISFIED,),
        )
        played.tell(survey, on - timedelta(days=1), asked)
        answered = Answered(by=mentee, ratings={"satisfied": rating})
        played.tell(survey, on + timedelta(minutes=at), answered)


def of_quarters(played: Played, as_of: datetime, **part: object) -> dict[str, object]:
    return {row[0]: row[COLUMN] for row in played.ask(COHORTS, as_of, **part)}


def test_it_never_differs_by_what_fewer_than_five_said(played: Played) -> None:
    """Five say 5; the four who come next say 1, and with the fifth of them 3 is the mean of all."""
    all_ = pairs(played, 10, SALES, day(1, 10))
    say(played, day(2, 1), [(pair, 5) for pair in all_[:5]])
    say(played, day(2, 10), [(pair, 1) for pair in all_[5:9]])
    for at in (day(2, 2), day(2, 15)):
        figures = rows_by_name(played.ask(DASHBOARD, at))
        assert figures["satisfaction"][2:4] == (5.0, 5)
        assert figures["satisfaction_at_target"][2:4] == (1.0, 5)
        assert of_quarters(played, at) == {"2023-Q1": 5.0}
    say(played, day(2, 20), [(all_[9], 1)])
    assert value_of(played.ask(DASHBOARD, day(2, 21)), "satisfaction") == 3.0
    assert of_quarters(played, day(2, 21)) == {"2023-Q1": 3.0}


def test_who_says_it_again_counts_with_four_others(played: Played) -> None:
    all_ = pairs(played, 5, SALES, day(1, 10))
    say(played, day(2, 1), [(pair, 5) for pair in all_])
    say(played, day(3, 1), [(all_[0], 1)])
    assert value_of(played.ask(DASHBOARD, day(3, 2)), "satisfaction") == 5.0


def test_quarters_grow_by_five_or_by_nobody(played: Played) -> None:
    """The sixth of the first quarter would stand out between four of the second, who came with them."""
    first = pairs(played, 6, SALES, day(1, 10))
    second = pairs(played, 5, SALES, day(4, 3))
    say(played, day(5, 1), [(pair, 5) for pair in first[:5]])
    say(played, day(5, 2), [(first[5], 1), *((pair, 3) for pair in second[:4])])
    assert of_quarters(played, day(5, 3)) == {"2023-Q1": 5.0, "2023-Q2": None}
    # Of all together ten count: 26 and 12 of ten.
    assert value_of(played.ask(DASHBOARD, day(5, 3)), "satisfaction") == 3.8


def test_a_quarter_in_which_few_said_it_hides_with_another(played: Played) -> None:
    """Both sides of three relationships are six people: all less the other quarter would tell of them."""
    first, second = pairs(played, 10, SALES, day(1, 10)), pairs(played, 3, SALES, day(4, 3))
    say(played, day(5, 1), [(pair, 5) for pair in first[:5]])
    say(played, day(5, 2), [(pair, 1) for pair in second])
    played.pairs |= {pair: (mentee, mentor) for pair, (mentor, mentee) in played.pairs.items()}
    say(played, day(5, 3), [(pair, 1) for pair in second])
    say(played, day(5, 4), [(pair, 5) for pair in (*first[5:], *first[:4])])
    assert rows_by_name(played.ask(DASHBOARD, day(5, 5)))["satisfaction"][3] == 13
    assert of_quarters(played, day(5, 5)) == {"2023-Q1": SUPPRESSED, "2023-Q2": SUPPRESSED}


def test_departments_less_each_other_tell_of_no_few(played: Played) -> None:
    """Fifteen of Sales and six of Finance have said it, and three of twelve of People, whose mean would be
    that of all less the two others'.
    """
    sales, finance = pairs(played, 15, SALES, day(1, 10)), pairs(played, 6, FINANCE, day(1, 10))
    people = pairs(played, 12, "People", day(1, 10))
    say(played, day(2, 1), [(pair, 5) for pair in (*people[:3], *sales, *finance, sales[0])])
    shown = {
        department: value_of(played.ask(DASHBOARD, day(3, 1), department=department), "satisfaction")
        for department in (SALES, FINANCE, "People")
    }
    assert shown == {SALES: 5.0, FINANCE: SUPPRESSED, "People": SUPPRESSED}


def test_quarters_of_departments_tell_of_no_few(played: Played) -> None:
    """Of the first quarter Sales has ten, Finance six, People three; of the second, People has twenty."""
    for department, first, second in ((SALES, 10, 6), (FINANCE, 6, 6), ("People", 3, 20)):
        pairs(played, first, department, day(1, 10))
        pairs(played, second, department, day(4, 3))
    told = {
        department: rows_by_name(played.ask(COHORTS, day(5, 3), department=department))["2023-Q1"][0]
        for department in (SALES, FINANCE, "People")
    }
    assert told["People"] is SUPPRESSED
    assert SUPPRESSED in (told[SALES], told[FINANCE])


def test_health_of_a_relationship_does_not_tell_what_its_members_said(
    organisation: Database, store: Store
) -> None:
    """Both met in time and neither checked in: the one content, the other not. That keeps both below 70."""
    played = Played(organisation, store)
    played.draft(day(1, 5), Degree.STANDARD)
    content, unhappy = pairs(played, 2, SALES, day(1, 10))
    for pair in (content, unhappy):
        for at in range(3):
            played.meets(pair, day(1, 20) + timedelta(days=14 * at))
    silent = {row[0]: row[2:4] for row in played.ask(AT_RISK, day(2, 25))}
    say(played, day(2, 24), [(content, 5), (unhappy, 1)])
    assert {row[0]: row[2:4] for row in played.ask(AT_RISK, day(2, 25))} == silent
    columns = [column.name for column in RELATIONSHIPS.columns]
    told = [dict(zip(columns, row, strict=True)) for row in played.ask(RELATIONSHIPS, day(2, 25))]
    assert {row["mentorship_id"]: (row["verdict"], row["health"]) for row in told} == silent
    assert len(silent) == 2
