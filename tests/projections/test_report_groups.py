"""Groups in reports: what mentees say of themselves, where they are, and what is hidden of the small."""

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations
from typing import Final

import pytest

from domain import resource as r
from domain.accountability_settings import Degree
from domain.conversation import AnswerAccepted, MessageWithdrawn, QuestionAnswered, QuestionAsked
from domain.ids import MentorshipId, conversation_id
from domain.mentorship import Outcome
from domain.program_settings import Side
from domain.store import Database, Store
from domain.survey import Answered, Asked
from domain.survey_forms import AnswerKind, Measure, SurveyKind, SurveyQuestion
from projections.projection import connect
from projections.report_dashboard import DASHBOARD
from projections.report_equity import EQUITY, EQUITY_CROSSED
from projections.report_hours import HOURS
from projections.report_learning import LEARNING
from projections.report_lists import RELATIONSHIPS
from projections.reporting import SUPPRESSED, Row
from projections.settling import settle
from tests.projections.growth import BERLIN, ENGINEERING, FINANCE, GROWTH, PARIS, SALES, Played, day, value_of

LATE: Final = day(3, 15)


@pytest.fixture
def played(organisation: Database, store: Store) -> Played:
    played = Played(organisation, store)
    played.draft(day(1, 5))
    return played


def mentees(played: Played, number: int, matched: int, **said: str) -> None:
    """So many, of whom the first find somebody."""
    for at, who in enumerate(played.people(number, day(1, 5), SALES, **said)):
        played.enrolls(who, Side.MENTEE, day(1, 6))
        if at < matched:
            mentor = played.person(day(1, 5), ENGINEERING)
            played.enrolls(mentor, Side.MENTOR, day(1, 6))
            played.pair(mentor, who, day(1, 10))


def told(rows: list[Row], answers: int = 1) -> dict[tuple[str, ...], Row]:
    return {tuple(row[1 : 2 * answers : 2]): row[2 * answers :] for row in rows}


def test_groups_stand_beside_the_one_that_fares_best(played: Played) -> None:
    mentees(played, 10, 8, gender="woman")
    mentees(played, 10, 5, gender="man")
    mentees(played, 5, 0)
    groups = told(played.ask(EQUITY, LATE))
    # Eight of ten and five of ten.
    assert groups["woman",][:3] == (10, 0.8, 0.0)
    assert groups["man",][:3] == (10, 0.5, pytest.approx(0.3))
    # Of goals nothing is known: too little is there to tell of.
    assert groups["man",][3:5] == (SUPPRESSED, SUPPRESSED)
    assert value_of(played.ask(DASHBOARD, LATE), "equity_gap") == pytest.approx(0.3)


def test_a_small_group_is_hidden_with_the_next_smallest(played: Played) -> None:
    """Four say nothing of it: less all the others, they could be reckoned."""
    mentees(played, 12, 8, gender="woman")
    mentees(played, 10, 5, gender="man")
    mentees(played, 4, 4)
    groups = told(played.ask(EQUITY, LATE))
    assert groups["woman",][0] == 12
    assert set(groups["man",]) == {SUPPRESSED}
    assert value_of(played.ask(DASHBOARD, LATE), "equity_gap") == 0.0


def test_two_answers_at_once(played: Played) -> None:
    for gender, age, number in (
        ("woman", "old", 6),
        ("woman", "young", 6),
        ("man", "old", 6),
        ("man", "young", 6),
    ):
        mentees(played, number, 3, gender=gender, age=age)
    groups = told(played.ask(EQUITY_CROSSED, LATE), answers=2)
    assert groups["old", "woman"][:3] == (6, 0.5, 0.0)
    mentees(played, 3, 3, gender="woman")
    groups = told(played.ask(EQUITY_CROSSED, LATE), answers=2)
    # Three women say nothing of their age: they are all others of a line, so the line is hidden.
    assert groups["old", "woman"][0] is SUPPRESSED
    assert groups["old", "man"][0] is SUPPRESSED


PLACES: Final = [(d, where) for d in (SALES, FINANCE, "People") for where in (BERLIN, PARIS)]


@pytest.mark.parametrize("seed", range(3))
def test_no_sum_and_no_difference_of_parts_tells_of_fewer_than_five(played: Played, seed: int) -> None:
    """Whatever is told of departments, of locations and of both: unions of what does not overlap, one inside
    another, differ by nobody or by five relationships.
    """
    cells = Counter(random.Random(seed).choices(PLACES, weights=[9, 1, 5, 2, 1, 2], k=22))
    mentors = [played.person(day(1, 5), ENGINEERING) for _ in range(4)]
    for (department, location), number in cells.items():
        for who in played.people(number, day(1, 5), department, location):
            played.pair(mentors[number % 4], who, day(1, 10))
    asked: list[dict[str, str]] = [{}]
    asked += [{"department": d} for d in (SALES, FINANCE, "People")]
    asked += [{"location": where} for where in (BERLIN, PARIS)]
    asked += [{"department": d, "location": where} for d, where in PLACES]
    known: dict[frozenset[tuple[str, str]], int] = {}
    for part in asked:
        value = value_of(played.ask(DASHBOARD, LATE, **part), "relationships")
        wanted = set(part.values())
        held = frozenset(cell for cell in cells if wanted <= set(cell))
        if value is not SUPPRESSED:
            assert value == sum(cells[cell] for cell in held)
            known[held] = int(str(value))
    unions = {frozenset[tuple[str, str]](): 0}
    for number in range(1, 4):
        for chosen in combinations(known, number):
            together = frozenset().union(*chosen)
            if len(together) == sum(map(len, chosen)):
                unions[together] = sum(known[one] for one in chosen)
    for larger, many in unions.items():
        for smaller, fewer in unions.items():
            if smaller <= larger:
                assert many - fewer not in range(1, 5)


def test_months_and_learning_of_a_part_that_is_too_small(played: Played) -> None:
    for department, number in ((SALES, 12), (FINANCE, 2), ("People", 6)):
        for who in played.people(number, day(1, 5), department):
            played.meets(played.pair(played.person(day(1, 5), ENGINEERING), who, day(1, 10)), day(2, 1))
    assert [row[1:] for row in played.ask(HOURS, LATE, department=SALES)] == [(12, 12.0, 24, 12)]
    assert [set(row[1:]) for row in played.ask(HOURS, LATE, department=FINANCE)] == [{SUPPRESSED}]
    [row] = played.ask(LEARNING, LATE, department=FINANCE)
    assert (row[0], set(row[1:])) == (None, {SUPPRESSED})
    assert len(played.ask(RELATIONSHIPS, LATE, department=FINANCE)) == 2


def pairs_of_sales(played: Played, number: int, began: datetime) -> list[MentorshipId]:
    mentees = played.people(number, day(1, 5), SALES)
    return [played.pair(played.person(day(1, 5), ENGINEERING), who, began) for who in mentees]


def test_health_tells_how_often_it_was_right(organisation: Database, store: Store) -> None:
    """Seven relationships have ended on 1 May; on 1 April it was said of each, after 81 days, how it did.

    Nobody checked in. Four had never met, and were at risk; three of these ended early. Of the three that had
    met five times in five fortnights, so needed a check-in, one did. An eighth began too late to tell.
    """
    played = Played(organisation, store)
    played.draft(day(1, 5), Degree.STANDARD)
    pairs = pairs_of_sales(played, 7, day(1, 10))
    pairs += pairs_of_sales(played, 1, day(3, 25))
    for pair in pairs[4:7]:
        for at in range(5):
            played.meets(pair, day(1, 20) + timedelta(days=14 * at))
    for at, pair in enumerate(pairs):
        played.ends(pair, day(5, 1), None if at in {0, 1, 2, 4, 7} else Outcome.ACHIEVED)
    rows = {row[0]: row[3:5] for row in played.ask(DASHBOARD, day(5, 2))}
    assert rows["health_precision"] == (0.75, 4)
    assert rows["health_recall"] == (0.75, 4)
    early = {row[0]: row[3:5] for row in played.ask(DASHBOARD, day(4, 30))}
    assert early["health_precision"] == early["health_recall"] == (None, 0)
    with connect(organisation) as connection:
        assert settle(connection, 10) == 8
    for when, before in ((day(5, 2), rows), (day(4, 30), early)):
        assert {row[0]: row[3:5] for row in played.ask(DASHBOARD, when)} == before


RECOMMEND: Final = SurveyQuestion(
    id="recommend", text="Would you?", kind=AnswerKind.SCORE, measures=Measure.RECOMMENDATION
)
SATISFIED: Final = SurveyQuestion(id="satisfied", text="Are you?", measures=Measure.SATISFACTION)


def test_what_people_said_is_told_of_five(played: Played) -> None:
    """Three would recommend it, one would not: (3 - 1) / 5 is 40 of 100. The mean of 5 5 4 4 3 is 4.2."""
    pairs = pairs_of_sales(played, 5, day(1, 10))
    answers = zip(pairs, (10, 10, 9, 7, 3), (5, 5, 4, 4, 3), strict=True)
    for at, (pair, score, rating) in enumerate(answers):
        if at == 4:
            few = {row[0]: row for row in played.ask(DASHBOARD, day(2, 15))}
            assert few["net_promoter_score"][3] is few["satisfaction"][3] is SUPPRESSED
        _, mentee = played.pairs[pair]
        asked = Asked(
            mentorship=pair, program=GROWTH, to=mentee, kind=SurveyKind.PULSE, due=day(3, 1).date(),
            questions=(RECOMMEND, SATISFIED),
        )  # fmt: skip
        answered = Answered(by=mentee, ratings={"recommend": score, "satisfied": rating})
        survey = played.new()
        played.tell(survey, day(2, 1), asked)
        played.tell(survey, day(2, 2 + at), answered)
    told_ = {row[0]: row for row in played.ask(DASHBOARD, day(2, 15))}
    assert told_["net_promoter_score"][3:5] == (40.0, 5)
    assert told_["satisfaction"][3:5] == (4.2, 5)
    # Four fifths are satisfied as the programme wishes, with 4 at least.
    assert told_["satisfaction_at_target"][3:5] == (0.8, 5)


def test_learning_in_all_and_by_topic(played: Played) -> None:
    """Six pairs share a document about Go, one is about something else; a question is answered."""
    pairs = pairs_of_sales(played, 6, day(1, 10))
    for pair in pairs:
        mentor, _ = played.pairs[pair]
        shared = r.DocumentShared(
            mentorship=pair,
            by=mentor,
            name="Go",
            media_type="text/plain",
            bytes=1,
            sha256="ab" * 32,
            blob="1",
        )
        document = played.new()
        played.tell(document, day(2, 1), shared, r.Described(by=mentor, topics=("Go",)))
        if pair is pairs[0]:
            played.tell(document, day(2, 20), r.Published(by=mentor, to=r.Audience.PROGRAM, named=False))
    mentor, mentee = played.pairs[pairs[1]]
    link = played.new()
    played.tell(
        link, day(2, 1), r.LinkShared(mentorship=pairs[1], by=mentor, title="A", url="https://a.org/")
    )
    question, answer = played.new(), played.new()
    asked = QuestionAsked(mentorship=pairs[1], question=question, by=mentee, text="Why?", topics=("Love",))
    said = QuestionAnswered(question=question, answer=answer, by=mentor, text="Because.")
    accepted = AnswerAccepted(question=question, answer=answer, by=mentee)
    played.tell(conversation_id(pairs[1]), day(2, 2), asked, said)
    played.tell(conversation_id(pairs[1]), day(2, 10), accepted)
    everything, go, other = played.ask(LEARNING, LATE, since=day(2, 15))
    # Relationships, documents, links, published; questions, answered, accepted; library, new in it.
    assert everything[:10] == (None, 6, 6, 1, 1, 1, 1, 1, 2, 1)
    assert go[:10] == ("Go", 6, 6, 0, 1, 0, 0, 0, 1, 1)
    # What one pair speaks of is not named.
    assert other[:10] == ("other topics", None, 0, 0, 0, 1, 1, 1, 1, 0)
    played.tell(link, day(3, 1), r.Withdrawn(by=mentor))
    played.tell(conversation_id(pairs[1]), day(3, 1), MessageWithdrawn(message=answer, by=mentor))
    assert played.ask(LEARNING, day(2, 28), since=day(2, 15))[0][:10] == everything[:10]
    assert played.ask(LEARNING, LATE)[0][:10] == (None, 6, 6, 0, 1, 1, 0, 0, 1, 1)
