"""What surveys come to: worked out by hand for a small programme, and nothing told of fewer than five."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import psycopg
import pytest

from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.mentorship import Began, MemberJoined
from domain.participant import Erased, RecordSynced, Registered
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from domain.store import Database, Store
from domain.survey import Answered, Asked, Lapsed
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from projections import catalogue, runner
from projections.projection import connect
from projections.reporting import SUPPRESSED, Report, Row, Scope
from projections.survey_results import EFFECTIVENESS, NPS, REPORTS, SURVEY_ANSWERS, SURVEY_RESULTS
from tests.projections.given import happened

PROGRAM: Final = ProgramId(UUID(int=0xB0))
START: Final = datetime(2030, 1, 10, 9, tzinfo=UTC)
NOW: Final = datetime(2030, 6, 1, tzinfo=UTC)
PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")
SALES, FINANCE = "Sales", "Finance"


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@dataclass
class Small:
    """A programme in which Mentor 0, 1, ... each mentor some mentees."""

    database: Database
    store: Store
    connection: psycopg.Connection[Any]
    pairs: list[tuple[MentorshipId, tuple[ParticipantId, ParticipantId]]] = field(default_factory=list)

    def person(self, name: str, department: str) -> ParticipantId:
        who = ParticipantId(uuid5(PROGRAM, name))
        synced = RecordSynced(source="csv", changed=("department",), department=department)
        happened(self.store, who, Registered(name=name, source="csv"), synced, at=START)
        return who

    def pair(self, mentor: ParticipantId, name: str, department: str = SALES, began: float = 0) -> int:
        mentee, mentorship = self.person(name, department), MentorshipId(uuid5(PROGRAM, f"with {name}"))
        sides = ((mentor, Side.MENTOR), (mentee, Side.MENTEE))
        members = tuple(Member(participant=who, role=side) for who, side in sides)
        terms: dict[str, Any] = {
            "program": PROGRAM,
            "settings_version": 1,
            "type": PAIR,
            "planned_end": date(2030, 12, 31),
        }
        happened(self.store, mentorship, Began(**terms, members=members), at=day(began))
        self.pairs.append((mentorship, (mentor, mentee)))
        return len(self.pairs) - 1

    def asked(self, number: int, to: int, kind: SurveyKind, *then: Any, at: float = 30) -> None:
        mentorship, people = self.pairs[number]
        asked = Asked(
            mentorship=mentorship,
            program=PROGRAM,
            to=people[to],
            kind=kind,
            questions=DEFAULT_FORMS[kind].questions,
            due=date(2030, 12, 1),
        )
        survey = uuid5(mentorship, f"{kind} {to}")
        happened(self.store, survey, asked, at=day(at - 1))
        if then:
            happened(self.store, survey, *then, at=day(at))

    def closed(
        self, number: int, to: int, score: int, *, at: float = 30, words: str = "", **other: int
    ) -> None:
        """`to`: 0 the mentor, 1 the mentee."""
        ratings = {"satisfaction": 4, "recommend": score, **other}
        said = {"words": words} if words else None
        answer = Answered(
            by=self.pairs[number][1][to], ratings=ratings, choices={"goals": "In part"}, text=said
        )
        self.asked(number, to, SurveyKind.CLOSING, answer, at=at)

    def rows(self, report: Report, **scope: Any) -> list[Row]:
        runner.catch_up(self.database, self.store, catalogue.ALL)
        return list(report.rows(self.connection, Scope(PROGRAM, **{"as_of": NOW, **scope})))


@pytest.fixture
def small(organisation: Database, store: Store) -> Iterator[Small]:
    runner.catch_up(organisation, store, catalogue.ALL)
    with connect(organisation) as connection:
        yield Small(organisation, store, connection)


def of(rows: Sequence[Row], *key: str) -> Row:
    (found,) = [row[len(key) :] for row in rows if tuple(row[: len(key)]) == key]
    return found


def pairs(small: Small, count: int, department: str = SALES, mentors: int = 1) -> list[int]:
    begin = len(small.pairs)
    who = [small.person(f"Mentor {begin + number}", "People") for number in range(mentors)]
    return [
        small.pair(who[number % mentors], f"Mentee {begin + number}", department) for number in range(count)
    ]


def test_what_was_asked_answered_and_rated(small: Small) -> None:
    """Six mentees: five answer with 10, 9, 8, 6 and 3, which is 36 / 5; one survey lapses, one is open."""
    numbers = pairs(small, 7)
    for number, score in zip(numbers, (10, 9, 8, 6, 3), strict=False):
        small.closed(number, 1, score, at=30 + number)
    small.asked(5, 1, SurveyKind.CLOSING, Lapsed())
    small.asked(6, 1, SurveyKind.CLOSING)
    found = small.rows(SURVEY_RESULTS)
    text = "How likely are you to recommend this programme to a colleague?"
    assert of(found, "closing", "recommend") == (text, "score", 7, 5, 5 / 7, 5, 7.2)
    assert of(found, "closing", "satisfaction")[-2:] == (5, 4)
    assert [row[:2] for row in found] == [
        ("closing", "goals"),
        ("closing", "recommend"),
        ("closing", "satisfaction"),
    ]
    shares = {row[2]: row[3:] for row in small.rows(SURVEY_ANSWERS) if row[1] == "goals"}
    assert shares == {"Yes, all of it": (0, 0), "In part": (5, 1), "No": (0, 0)}
    scores = {row[2]: row[3] for row in small.rows(SURVEY_ANSWERS) if row[1] == "recommend"}
    assert [scores[str(number)] for number in range(11)] == [0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1]


def test_of_four_nothing_is_told_but_that_they_answered(small: Small) -> None:
    for number in pairs(small, 4):
        small.closed(number, 1, 9)
    assert of(small.rows(SURVEY_RESULTS), "closing", "recommend")[2:] == (4, 4, 1, SUPPRESSED, SUPPRESSED)
    assert of(small.rows(NPS), "both") == (SUPPRESSED,) * 5
    assert small.rows(EFFECTIVENESS) == [(None, SUPPRESSED, SUPPRESSED)]
    assert ("closing", "goals", None, SUPPRESSED, SUPPRESSED) in small.rows(SURVEY_ANSWERS)


def test_answers_count_in_batches_of_five_people(small: Small) -> None:
    """The sixth to ninth wait for the tenth; as of any earlier moment it is as it was then."""
    numbers = pairs(small, 10)
    told = []
    for number in numbers:
        small.closed(number, 1, 10 if number < 5 else 0, at=30 + number)
        told.append(of(small.rows(SURVEY_RESULTS), "closing", "recommend")[-2:])
    assert told == [*[(SUPPRESSED, SUPPRESSED)] * 4, *[(5, 10)] * 5, (10, 5)]
    again = [
        of(small.rows(SURVEY_RESULTS, as_of=day(30 + number)), "closing", "recommend")[-2:]
        for number in numbers
    ]
    assert again == told


def test_the_net_promoter_score_of_both_sides(small: Small) -> None:
    """Five mentors say 9, five mentees 10, 10, 8, 6, 6: 5 + 2 - 2 of 10 is 50; of the mentees 2 - 2 is 0."""
    numbers = pairs(small, 5, mentors=5)
    for number, score in zip(numbers, (10, 10, 8, 6, 6), strict=True):
        small.closed(number, 0, 9, at=30 + number)
        small.closed(number, 1, score, at=40 + number)
    found = small.rows(NPS)
    assert of(found, "both") == (50, 10, 7, 1, 2)
    assert of(found, "mentor") == (100, 5, 5, 0, 0)
    assert of(found, "mentee") == (0, 5, 2, 1, 2)


def test_a_side_of_four_is_not_told_nor_reckoned_from_both(small: Small) -> None:
    """Six mentees and four mentors: of the mentees five are told of, so five are left and not four."""
    numbers = pairs(small, 6, mentors=6)
    for number in numbers:
        small.closed(number, 1, 10, at=30 + number)
        if number < 4:
            small.closed(number, 0, 0, at=40 + number)
    found = small.rows(NPS)
    assert of(found, "both") == (20, 10, 6, 0, 4)
    assert of(found, "mentor") == (SUPPRESSED,) * 5
    assert of(found, "mentee") == (100, 5, 5, 0, 0)


def test_a_side_of_a_department_leaves_no_few_of_its_answers_over(small: Small) -> None:
    """Seven mentees of one and eight of the other: five of the seven alone would tell what two have said."""
    numbers = [
        *pairs(small, 3),
        *pairs(small, 2, FINANCE),
        *pairs(small, 4),
        *pairs(small, 6, FINANCE),
    ]
    for number in numbers:
        small.closed(number, 1, 10 if number < 8 else 0, at=30 + number)
    found = small.rows(NPS, department=SALES)
    assert of(found, "both")[1] == 7
    assert of(found, "mentee") == of(found, "both")


def test_one_kind_of_survey_is_not_told_apart_from_all_of_them(small: Small) -> None:
    """Four rate 5 first, one rates 1 at the end: 4.2. A fifth first answer would tell what that one said."""
    pairs(small, 10)
    for number in (0, 1, 2, 3, 5, 6, 7, 8, 9):
        mentee = small.pairs[number][1][1]
        said = Answered(by=mentee, ratings={"satisfaction": 4, "mentor_effectiveness": 5})
        small.asked(number, 1, SurveyKind.FIRST, said, at=30 + number)
    small.closed(4, 1, 9, mentor_effectiveness=1, at=34)
    assert small.rows(EFFECTIVENESS, as_of=day(34.5))[0] == (None, 5, 4.2)
    then = small.rows(SURVEY_RESULTS, as_of=day(35.5))
    assert of(then, "first", "mentor_effectiveness")[-2:] == (SUPPRESSED, SUPPRESSED)
    assert of(then, "first", "satisfaction")[-2:] == (5, 4)


def test_a_mentor_is_told_of_where_five_rate(small: Small) -> None:
    """Two mentors with five raters each, of 4 and of 2: 3 together."""
    for department, rating in ((SALES, 4), (FINANCE, 2)):
        for number in pairs(small, 5, department):
            small.closed(number, 1, 8, mentor_effectiveness=rating, at=30 + number)
    good, other = small.pairs[0][1][0], small.pairs[5][1][0]
    assert small.rows(EFFECTIVENESS) == [(None, 10, 3), (good, 5, 4), (other, 5, 2)]


def test_a_mentor_whom_fewer_rate_is_not_reckoned_from_the_others(small: Small) -> None:
    """Five of fifteen rate two more mentors, three and two: together five, so all the others can be told."""
    for number in pairs(small, 10, mentors=2):
        small.closed(number, 1, 8, mentor_effectiveness=4, at=30 + number)
    for number in pairs(small, 5, mentors=2):
        small.closed(number, 1, 8, mentor_effectiveness=1, at=50 + number)
    told = small.rows(EFFECTIVENESS)
    assert told[0] == (None, 15, 3)
    assert {mentor for mentor, *_ in told[1:]} == {small.pairs[0][1][0], small.pairs[1][1][0]}


def test_a_mentor_is_rated_by_who_met_them(small: Small) -> None:
    """Whoever takes over later is not rated by what was answered before."""
    numbers = pairs(small, 5)
    late = small.person("Late", "People")
    for number in numbers:
        small.closed(number, 1, 8, mentor_effectiveness=4, at=30 + number)
        joined = MemberJoined(member=Member(participant=late, role=Side.MENTOR))
        happened(small.store, small.pairs[number][0], joined, at=day(60))
    assert small.rows(EFFECTIVENESS) == [(None, 5, 4), (small.pairs[0][1][0], 5, 4)]


def test_whoever_rates_twice_counts_once_by_the_mean(small: Small) -> None:
    """One rates 1 after a month and 3 at the end, which is 2; four rate 5: (2 + 4 x 5) / 5 = 4.4."""
    numbers = pairs(small, 5)
    first = Answered(by=small.pairs[4][1][1], ratings={"satisfaction": 3, "mentor_effectiveness": 1})
    small.asked(4, 1, SurveyKind.FIRST, first, at=20)
    for number in reversed(numbers):
        small.closed(number, 1, 8, mentor_effectiveness=3 if number == 4 else 5, at=30 - number)
    assert small.rows(EFFECTIVENESS)[0] == (None, 5, 4.4)


def test_a_department_is_told_of_where_it_and_the_rest_are_large_enough(small: Small) -> None:
    for department, score, count in ((SALES, 10, 5), (FINANCE, 5, 5)):
        for number in pairs(small, count, department):
            small.closed(number, 1, score, at=30 + number)
    recommend: Callable[..., Row] = lambda **scope: of(
        small.rows(SURVEY_RESULTS, **scope), "closing", "recommend"
    )
    assert recommend()[-2:] == (10, 7.5)
    assert recommend(department=SALES)[2:] == (5, 5, 1, 5, 10)
    assert recommend(department=FINANCE)[-2:] == (5, 5)
    assert small.rows(NPS, department=FINANCE)[0] == ("both", -100, 5, 0, 0, 5)


def test_a_department_of_fewer_is_not_told_nor_what_is_left_without_it(small: Small) -> None:
    for department, count in ((SALES, 8), (FINANCE, 2)):
        for number in pairs(small, count, department):
            small.closed(number, 1, 9, at=30 + number)
    assert of(small.rows(SURVEY_RESULTS), "closing", "recommend")[-2:] == (10, 9)
    for department in (SALES, FINANCE):
        found = of(small.rows(SURVEY_RESULTS, department=department), "closing", "recommend")
        assert found[2:] == (SUPPRESSED,) * 5
        assert small.rows(NPS, department=department)[0] == ("both", *(SUPPRESSED,) * 5)


def test_those_that_began_in_a_quarter(small: Small) -> None:
    mentor = small.person("Mentor", "People")
    for number in range(10):
        held = small.pair(mentor, f"Mentee {number}", began=0 if number < 5 else 90)
        small.closed(held, 1, 10 if number < 5 else 7, at=100 + number)
    quarter = {"began_from": date(2030, 4, 1), "began_until": date(2030, 6, 30)}
    assert of(small.rows(SURVEY_RESULTS, **quarter), "closing", "recommend")[-2:] == (5, 7)


def test_of_who_is_erased_no_words_are_known_nor_counted(small: Small) -> None:
    for number in pairs(small, 10):
        small.closed(number, 1, 9, words="We met too late.", at=30 + number)
    asked, rated = "words", "satisfaction"
    before = of(small.rows(SURVEY_RESULTS), "closing", rated)
    assert of(small.rows(SURVEY_RESULTS), "closing", asked)[-2:] == (10, None)
    happened(small.store, small.pairs[0][1][1], Erased())
    assert of(small.rows(SURVEY_RESULTS), "closing", asked)[-2:] == (5, None)
    assert of(small.rows(SURVEY_RESULTS), "closing", rated) == before


def test_every_report_has_a_value_a_column(small: Small) -> None:
    for number in pairs(small, 5):
        small.closed(number, 1, 9, mentor_effectiveness=4)
    for report in REPORTS:
        rows = small.rows(report)
        assert rows
        assert {len(row) for row in rows} == {len(report.columns)}
