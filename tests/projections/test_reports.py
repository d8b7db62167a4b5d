"""Reports on a small programme, each figure worked out by hand beside it.

Sixteen people could take part: four mentors of Engineering, six mentees of Sales in Berlin, six of Finance in
Paris. Ten of the mentees apply on 10 January and are let in on the 12th. Four pairs of Sales begin on the
22nd, two of Finance on 1 February.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import pytest

from domain import enrollment as e
from domain import participant as p
from domain.ids import MentorshipId, ParticipantId, ProposalId
from domain.mentorship import Outcome
from domain.profile import LeavingReason
from domain.program_settings import Side
from domain.store import Database, Store
from projections.report_cohorts import COHORTS
from projections.report_dashboard import DASHBOARD
from projections.report_funnel import FUNNEL
from projections.report_hours import HOURS
from projections.report_lists import RELATIONSHIPS
from projections.report_mentors import MENTORS
from projections.reporting import Row
from projections.reports import REPORTS
from tests.projections.growth import (
    ENGINEERING,
    FINANCE,
    GROWTH,
    PARIS,
    SALES,
    Played,
    day,
    rows_by_name,
    value_of,
)

LATE: Final = day(3, 15)


@dataclass
class Growth:
    played: Played
    mentors: list[ParticipantId]
    sales: list[ParticipantId]
    finance: list[ParticipantId]
    pairs: list[MentorshipId]


@pytest.fixture
def played(organisation: Database, store: Store) -> Played:
    played = Played(organisation, store)
    played.draft(day(1, 5), mentor='department == "Engineering"', mentee='department in ["sales", "Finance"]')
    return played


@pytest.fixture
def growth(played: Played) -> Growth:
    mentors = [played.person(day(1, 5), ENGINEERING, hours=hours) for hours in (8, 8, None, 2)]
    sales = played.people(6, day(1, 5), SALES)
    finance = played.people(6, day(1, 5), FINANCE, PARIS)
    played.people(2, day(1, 5), "People")
    for who in sales[:4]:
        played.of(who, day(1, 7), e.Invited(program=GROWTH, participant=who, role=Side.MENTEE))
    for mentor in mentors:
        played.enrolls(mentor, Side.MENTOR, day(1, 8))
    for who in (*sales, *finance[:4]):
        played.enrolls(who, Side.MENTEE, day(1, 10), day(1, 12))
    pairs = [played.pair(mentors[at // 2], sales[at], day(1, 22)) for at in range(4)]
    pairs += [played.pair(mentors[2 + at], finance[at], day(2, 1)) for at in range(2)]
    return Growth(played, mentors, sales, finance, pairs)


@pytest.fixture
def grown(growth: Growth) -> Growth:
    """Each pair of Sales has met for an hour, the first one for half an hour more; two have ended."""
    for pair in growth.pairs[:4]:
        growth.played.meets(pair, day(2, 2))
    growth.played.meets(growth.pairs[0], day(3, 3), minutes=30)
    growth.played.ends(growth.pairs[5], day(3, 1))
    growth.played.ends(growth.pairs[1], day(3, 10), Outcome.ACHIEVED)
    return growth


def test_the_dashboard_tells_who_takes_part_and_who_is_matched(grown: Growth) -> None:
    told = rows_by_name(grown.played.ask(DASHBOARD, LATE))
    assert told["eligible"][2] == 4 + 6 + 6
    assert told["enrolled"][2] == 4 + 10
    assert told["participation"][2:4] == (14 / 16, 16)
    # Six of ten; the target is 0.7.
    assert told["match_rate"][2:] == (0.6, 10, 0.7, False)
    # Ten days four times, twenty days twice.
    assert told["time_to_match"][2:4] == (10.0, 6)
    assert told["time_to_match_p90"][2] == 20.0
    # Two places each; of the last one's two hours a month, one relationship takes both.
    assert told["mentor_utilisation"][2:4] == (6 / (2 + 2 + 2 + 1), 4)


def test_the_dashboard_tells_how_relationships_do(grown: Growth) -> None:
    told = rows_by_name(grown.played.ask(DASHBOARD, LATE))
    assert (told["relationships"][2], told["open_relationships"][2]) == (6, 4)
    # Since 13 February something has happened in the first one alone, of four that run.
    assert told["active_pairing"][2:4] == (0.25, 4)
    # One of the two that ended did so early.
    assert told["early_closure"][2:4] == (0.5, 2)
    # Four hours and a half.
    assert (told["meetings_held"][2], told["hours"][2]) == (5, 4.5)
    assert told["satisfaction"][2:4] == (None, 0)


def test_the_funnel_tells_how_far_people_came(grown: Growth) -> None:
    told = rows_by_name(grown.played.ask(FUNNEL, LATE))
    assert told["eligible"][1:] == (16, None, None, None, None)
    assert told["invited"][1:4] == (4, 4 / 16, 4 / 16)
    assert told["applied"][1:4] == (14, 14 / 16, 14 / 16)
    # Mentors at once, four times; mentees after two days, ten times.
    assert told["enrolled"][1:] == (14, 1.0, 14 / 16, 2.0, 2.0)
    # Mentees after 10 or 20 days, mentors, who were let in on the 8th, after 14 or 24: the middle of
    # 10 10 10 10 14 14 20 20 24 24 is 14.
    assert told["matched"][1:] == (10, 10 / 14, 10 / 16, 14.0, 24.0)
    # Four pairs of two mentors met, eleven days later.
    assert told["active"][1:5] == (6, 0.6, 6 / 16, 11.0)
    # From 22 January to 10 March, and from 1 February to 1 March.
    assert told["concluded"][1:5] == (2, 0.2, 2 / 16, 47.0)
    assert told["ended_early"][1:5] == (2, 0.2, 2 / 16, 28.0)


def test_the_load_of_each_mentor(grown: Growth) -> None:
    told = rows_by_name(grown.played.ask(MENTORS, LATE, since=day(2, 15)))
    one, two, three, four = grown.mentors
    # The half hour of March; one of the first mentor's pairs has ended, but its place is not released here.
    assert told[one] == (2, 2, 0, 1, 0.5, 0)
    assert told[two] == (2, 2, 0, 2, 0.0, 0)
    assert told[three] == (2, 1, 1, 1, 0.0, 0)
    assert told[four] == (1, 1, 0, 0, 0.0, 0)
    grown.played.of(one, day(3, 11), e.Withdrawn())
    assert one not in rows_by_name(grown.played.ask(MENTORS, LATE))


def test_hours_by_month(grown: Growth) -> None:
    assert grown.played.ask(HOURS, LATE) == [
        (date(2023, 2, 1), 4, 4.0, 6, 4),
        (date(2023, 3, 1), 1, 0.5, 2, 1),
    ]
    assert grown.played.ask(HOURS, day(2, 28)) == [(date(2023, 2, 1), 4, 4.0, 6, 4)]
    assert grown.played.ask(HOURS, LATE, since=day(3, 1)) == [(date(2023, 3, 1), 1, 0.5, 2, 1)]


def test_cohorts_begin_in_a_quarter(grown: Growth) -> None:
    grown.played.pair(grown.mentors[2], grown.finance[2], day(4, 1))
    told = rows_by_name(grown.played.ask(COHORTS, day(4, 20)))
    assert told["2023-Q1"][:5] == (6, 4, 1, 1, 0.5)
    assert told["2023-Q2"][:5] == (1, 1, 0, 0, None)


def test_relationships_with_all_their_figures(grown: Growth) -> None:
    names = [column.name for column in RELATIONSHIPS.columns]
    told = {row[0]: dict(zip(names, row, strict=True)) for row in grown.played.ask(RELATIONSHIPS, LATE)}
    assert set(told) == set(grown.pairs)
    first = told[grown.pairs[0]]
    # From 22 January to 15 March are 52 days, so three whole fortnights.
    assert (first["active_days"], first["expected"], first["held"]) == (52.0, 3, 2)
    assert (first["meeting_cadence"], first["hours_mentored"]) == (2 / 3, 1.5)
    assert told[grown.pairs[5]]["state"] == "ended_early"


def test_what_was_reported_of_a_day_is_reported_of_it_for_ever(growth: Growth) -> None:
    """Asked while time goes on, and again when much more has happened, every report says the same."""
    played, told = growth.played, {}

    def report(on: tuple[int, int]) -> dict[str, list[Row]]:
        return {name: sorted(played.ask(one, day(*on)), key=repr) for name, one in REPORTS.items()}

    steps: list[Callable[[], None]] = [
        lambda: played.meets(growth.pairs[0], day(2, 3)),
        lambda: played.of(growth.sales[5], day(2, 11), e.Withdrawn()),
        lambda: played.moves(growth.sales[0], day(2, 12), FINANCE, PARIS),
        lambda: played.ends(growth.pairs[1], day(2, 20), Outcome.ACHIEVED),
        lambda: played.of(growth.mentors[3], day(2, 21), e.PlaceReleased(proposal=ProposalId(played.new()))),
        lambda: played.tell(growth.mentors[0], day(2, 22), p.AvailabilitySet(hours_a_month=4)),
        lambda: played.tell(growth.finance[0], day(2, 23), p.Left(reason=LeavingReason.OWN_WISH)),
    ]
    days = [(2, 1), (2, 10), (2, 11), (2, 13), (2, 20), (2, 21), (2, 22)]
    for on, step in zip(days, steps, strict=True):
        told[on] = report(on)
        step()
    for on in days:
        assert report(on) == told[on]


def test_who_is_outside_the_audience_later_was_inside_before(growth: Growth) -> None:
    growth.played.moves(growth.finance[5], day(2, 1), "People", PARIS)
    assert value_of(growth.played.ask(DASHBOARD, day(1, 31)), "eligible") == 16
    assert value_of(growth.played.ask(DASHBOARD, day(2, 2)), "eligible") == 15


def test_whoever_takes_part_is_counted_though_erased_later(growth: Growth) -> None:
    growth.played.tell(growth.finance[0], day(2, 5), p.Erased())
    assert value_of(growth.played.ask(DASHBOARD, day(2, 1)), "eligible") == 16
