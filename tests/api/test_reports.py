"""Reports as the API tells them: beside an earlier moment, of a part, page by page, and to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pytest

from api.relay import global_id
from domain.accountability_settings import Degree
from domain.ids import ParticipantId
from domain.permissions import Role
from domain.program import StaffAssigned
from domain.program_settings import Side, StaffRole
from tests.house import Caller, House, Json
from tests.projections.growth import BERLIN, ENGINEERING, FINANCE, GROWTH, PARIS, SALES, Played, day

FEW: Final = "People"
TYPES: Final = {
    "asOf": "DateTime",
    "compareTo": "DateTime",
    "department": "String",
    "location": "String",
    "beganFrom": "Date",
    "beganUntil": "Date",
}
PART: Final = (
    "asOf: $asOf, department: $department, location: $location, beganFrom: $beganFrom,"
    " beganUntil: $beganUntil"
)


@dataclass
class Reported:
    """Twelve pairs of Sales began in January, six of Finance and three of People in April."""

    house: House
    sam: Caller
    fay: Caller

    def reports(self, fields: str, caller: Caller | None = None, **given: Any) -> Json:
        answer = self.answer(fields, caller, **given)
        assert "errors" not in answer, answer["errors"]
        found: Json = answer["data"]["program"]["reports"]
        return found

    def answer(self, fields: str, caller: Caller | None = None, **given: Any) -> Json:
        used = ", ".join(f"${name}: {type_}" for name, type_ in TYPES.items() if f"${name}" in fields)
        program = global_id("Program", GROWTH)
        asked = f'{{ program(id: "{program}") {{ reports {{ {fields} }} }} }}'
        return self.house.answer(caller or self.sam, f"query ({used}) {asked}" if used else asked, given)

    def code(self, fields: str, **given: Any) -> str:
        [error] = self.answer(fields, **given)["errors"]
        code: str = error["extensions"]["code"]
        return code

    def figures(self, **given: Any) -> dict[str, Json]:
        told = self.reports(
            f"dashboard({PART}, compareTo: $compareTo)"
            " { figures { key value previous change n target reached suppressed } }",
            **given,
        )
        return {figure["key"]: figure for figure in told["dashboard"]["figures"]}


def moment(at: datetime) -> str:
    return at.isoformat()


@pytest.fixture(scope="module")
def told(house: House) -> Reported:
    sam = house.person("Sam", Role.PARTICIPANT, Role.ADMINISTRATOR)
    fay = house.person("Fay", Role.PARTICIPANT, Role.FACILITATOR)
    played = Played(house.database, house.store)
    played.draft(day(1, 5), Degree.STANDARD)
    for who, role in ((sam, StaffRole.ADMINISTRATOR), (fay, StaffRole.FACILITATOR)):
        assert who.participant is not None
        assigned = StaffAssigned(person=ParticipantId(who.participant), role=role)
        played.tell(GROWTH, day(1, 5), assigned)
    for department, location, number, began in (
        (SALES, BERLIN, 12, day(1, 20)),
        (FINANCE, PARIS, 6, day(4, 3)),
        (FEW, PARIS, 3, day(4, 3)),
    ):
        mentors = played.people(number, day(1, 6), ENGINEERING)
        mentees = played.people(number, day(1, 6), department, location)
        for mentor, mentee in zip(mentors, mentees, strict=True):
            played.enrolls(mentor, Side.MENTOR, day(1, 7))
            played.enrolls(mentee, Side.MENTEE, day(1, 7))
            pair = played.pair(mentor, mentee, began)
            if department == SALES:
                played.meets(pair, day(2, 1))
    house._told = house.store.head()
    house.ask(sam, "{ viewer { actor } }")
    return Reported(house, sam, fay)


def test_figures_stand_beside_what_they_were(told: Reported) -> None:
    figures = told.figures(asOf=moment(day(5, 1)), compareTo=moment(day(3, 1)))
    relationships = figures["relationships"]
    assert (relationships["value"], relationships["previous"], relationships["change"]) == (21, 12, 9)
    # All of 21 mentees are matched; on 1 March, twelve were.
    matched = figures["match_rate"]
    assert (matched["value"], matched["target"], matched["reached"]) == (1.0, 0.7, True)
    assert matched["change"] == pytest.approx(1 - 12 / 21)
    assert told.figures(asOf=moment(day(3, 1)))["relationships"]["value"] == 12


def test_a_part_is_told_of_where_nobody_can_be_reckoned_from_it(told: Reported) -> None:
    """Three of People are too few, so Finance, the next smallest, is not told of either."""
    now = moment(day(5, 1))
    sales = told.figures(asOf=now, department="sales")
    assert (sales["relationships"]["value"], sales["meetings_held"]["value"]) == (12, 12)
    for department in (FINANCE, FEW, "Nobody's"):
        figures = told.figures(asOf=now, department=department)
        assert {
            figure["suppressed"] for figure in figures.values() if figure["n"] or figure["value"]
        } == set()
        assert (figures["relationships"]["value"], figures["relationships"]["suppressed"]) == (None, True)
    # Paris is both of them together.
    assert told.figures(asOf=now, location=PARIS)["relationships"]["value"] == 9


def test_of_a_quarter(told: Reported) -> None:
    part = {"asOf": moment(day(5, 1)), "beganFrom": "2023-01-01", "beganUntil": "2023-03-31"}
    assert told.figures(**part)["relationships"]["value"] == 12
    fields = f"cohorts({PART}) {{ rows {{ cohort relationships meetingCadence }} before {{ cohort }} }}"
    rows = told.reports(fields, asOf=moment(day(5, 1)))["cohorts"]
    assert [(one["cohort"], one["relationships"]) for one in rows["rows"]] == [
        ("2023-Q1", 12),
        ("2023-Q2", 9),
    ]
    assert rows["before"] is None


def test_the_funnel_beside_what_it_was(told: Reported) -> None:
    fields = f"funnel({PART}, compareTo: $compareTo) {{ rows {{ stage people }} before {{ stage people }} }}"
    funnel = told.reports(fields, asOf=moment(day(5, 1)), compareTo=moment(day(3, 1)))["funnel"]
    now, before = ({row["stage"]: row["people"] for row in funnel[side]} for side in ("rows", "before"))
    assert (now["matched"], before["matched"], now["active"]) == (42, 24, 24)


def test_mentors_come_page_by_page(told: Reported) -> None:
    now = moment(day(5, 1))
    fields = """mentorLoad(asOf: $asOf, first: 20%s) { totalCount
      pageInfo { hasNextPage hasPreviousPage endCursor } nodes { placesTaken participant { id } } }"""
    first = told.reports(fields % "", asOf=now)["mentorLoad"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], len(first["nodes"])) == (21, True, 20)
    cursor = first["pageInfo"]["endCursor"]
    last = told.reports(fields % f', after: "{cursor}"', asOf=now)["mentorLoad"]
    assert (len(last["nodes"]), last["pageInfo"]["hasNextPage"], last["pageInfo"]["hasPreviousPage"]) == (
        1,
        False,
        True,
    )
    people = [node["participant"]["id"] for node in (*first["nodes"], *last["nodes"])]
    assert len(set(people)) == 21


def test_relationships_come_page_by_page(told: Reported) -> None:
    now = moment(day(5, 1))
    fields = """relationships(asOf: $asOf, department: $department, first: 15%s) { totalCount
      pageInfo { hasNextPage endCursor } nodes { held meetingCadence mentorship { id } } }"""
    first = told.reports(fields % "", asOf=now)["relationships"]
    assert (first["totalCount"], len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (21, 15, True)
    cursor = first["pageInfo"]["endCursor"]
    last = told.reports(fields % f', after: "{cursor}"', asOf=now)["relationships"]
    assert (len(last["nodes"]), last["pageInfo"]["hasNextPage"]) == (6, False)
    ids = [node["mentorship"]["id"] for node in (*first["nodes"], *last["nodes"])]
    assert len(set(ids)) == 21
    assert told.reports(fields % "", asOf=now, department=SALES)["relationships"]["totalCount"] == 12


def test_who_needs_a_look_and_why(told: Reported) -> None:
    """By 1 May a pair of Sales has met once in 101 days: seven fortnights. Check-ins: none of fourteen."""
    fields = """atRisk(asOf: $asOf, first: 1) { totalCount
      nodes { verdict health reasons mentorship { id members { participant { name } } } } }"""
    at_risk = told.reports(fields, told.fay, asOf=moment(day(5, 1)))["atRisk"]
    [worst] = at_risk["nodes"]
    assert at_risk["totalCount"] == 21
    assert worst["verdict"] == "at_risk"
    assert worst["mentorship"]["members"][0]["participant"]["name"] == "Somebody"
    fields = "atRisk(asOf: $asOf, department: $department) { nodes { reasons daysSinceActivity } }"
    of_sales = told.reports(fields, asOf=moment(day(5, 1)), department=SALES)["atRisk"]["nodes"]
    assert of_sales[0]["reasons"] == [
        "0 of 14 check-ins were given.",
        "1 of 7 expected meetings were held.",
    ]
    assert of_sales[0]["daysSinceActivity"] == 89.0


def test_lists_tell_what_was_before(told: Reported) -> None:
    """By 1 March the pairs of Sales had met once in 40 days, two fortnights; the others began on 3 April."""
    now, before = moment(day(5, 1)), moment(day(3, 1))
    fields = """relationships(asOf: $asOf, compareTo: $compareTo, department: $department, first: 30) {
      totalCount nodes { held expected previous { held expected previous { held } } } }
      mentorLoad(asOf: $asOf, compareTo: $compareTo, first: 30) {
      nodes { placesTaken previous { placesTaken } } }"""
    found = told.reports(fields, asOf=now, compareTo=before)
    nodes = found["relationships"]["nodes"]
    assert found["relationships"]["totalCount"] == 21
    was = [node["previous"] for node in nodes if node["previous"]]
    assert was == 12 * [{"held": 1, "expected": 2, "previous": None}]
    assert all(node["expected"] == 7 for node in nodes if node["previous"])
    taken = [(node["placesTaken"], node["previous"]["placesTaken"]) for node in found["mentorLoad"]["nodes"]]
    assert sorted(taken) == [*[(1, 0)] * 9, *[(1, 1)] * 12]
    fields = """atRisk(asOf: $asOf, compareTo: $compareTo, first: 30) {
      nodes { health previousHealth previousVerdict } }"""
    worries = told.reports(fields, told.fay, asOf=now, compareTo=before)["atRisk"]["nodes"]
    assert sum(one["previousVerdict"] is None for one in worries) == 9
    assert {one["previousVerdict"] for one in worries if one["previousHealth"] is not None} == {"at_risk"}


def test_facilitators_see_who_needs_a_look_and_no_report(told: Reported) -> None:
    answer = told.answer("dashboard { asOf } atRisk { totalCount }", told.fay)
    assert answer["data"]["program"]["reports"]["dashboard"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


def test_what_cannot_be_asked(told: Reported) -> None:
    dashboard = f"dashboard({PART}, compareTo: $compareTo) {{ asOf }}"
    ahead, now, before = "2999-01-01T00:00:00Z", moment(day(5, 1)), moment(day(3, 1))
    assert told.code(dashboard, asOf=ahead) == "MOMENT_IS_AHEAD"
    assert told.code(dashboard, asOf=before, compareTo=now) == "COMPARISON_IS_LATER"
    assert told.code(dashboard, department="x" * 201) == "PART_UNUSABLE"
    for part in ({"beganFrom": "2023-01-02"}, {"beganUntil": "2023-03-30"}, {"beganUntil": "2023-02-28"}):
        assert told.code(dashboard, **part) == "BEGINNING_IS_NO_QUARTER"
    assert told.code("mentorLoad(first: 101) { totalCount }") == "BAD_PAGE"
    assert told.code("mentorLoad(first: -1) { totalCount }") == "BAD_PAGE"
    assert told.code('relationships(after: "bad") { totalCount }') == "BAD_CURSOR"
    [cursor] = told.reports("mentorLoad(first: 1) { edges { cursor } }")["mentorLoad"]["edges"]
    assert told.code(f'atRisk(after: "{cursor["cursor"]}") {{ totalCount }}') == "BAD_CURSOR"


def test_equity_learning_and_hours_have_their_lines(told: Reported) -> None:
    fields = """equity(asOf: $asOf) { rows { answers { question } n } }
      equityCrossed(asOf: $asOf) { rows { n } }
      learning(asOf: $asOf) { rows { topic relationships documents library suppressed } }
      hours(asOf: $asOf) { rows { month meetings hours people relationships } }"""
    found = told.reports(fields, asOf=moment(day(5, 1)))
    assert found["equity"]["rows"] == found["equityCrossed"]["rows"] == []
    [learning] = found["learning"]["rows"]
    assert (learning["topic"], learning["library"], learning["suppressed"]) == (None, 0, False)
    assert found["hours"]["rows"] == [
        {"month": "2023-02-01", "meetings": 12, "hours": 12.0, "people": 24, "relationships": 12}
    ]
