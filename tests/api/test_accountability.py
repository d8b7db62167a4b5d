"""What is measured, as the API tells it: to members and staff, as of any moment, and satisfaction to few."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import pytest

from api.relay import global_id
from domain import program as g
from domain.accountability_settings import AccountabilitySettings, Confidentiality, Degree, Seer
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.measuring import Dated
from domain.mentorship import Began, MemberJoined, MemberLeft
from domain.participant import Registered
from domain.permissions import Role
from domain.program_settings import Side, StaffRole
from domain.relationship import Member
from tests import measured_by_hand as hand
from tests.house import Caller, House, Json
from tests.people import ADA, EVE, KIM, LIN, NOOR, ONBOARDING, SAM
from tests.projections.given import happened

# In a fortnight one meeting was held, as was expected; of four check-ins of two fortnights one was given.
TOLD: Final = [
    hand.began(),
    *hand.held(3),
    hand.checked_in(10, ADA.id),
    *hand.rated(20, NOOR.id, 2),
    *hand.rated(20, ADA.id, 4),
    hand.said(21, NOOR.id),
    hand.said(21.5, ADA.id),
    hand.on(25, MemberJoined(member=Member(participant=LIN.id, role=Side.MENTEE))),
    hand.on(26, MemberLeft(participant=LIN.id)),
]
QUIET: Final = MentorshipId(UUID(int=0x52))
FLASH: Final = MentorshipId(UUID(int=0x53))
SECRET: Final = ProgramId(UUID(int=0x5EC))
METRICS: Final = "metrics(asOf: $asOf) { %s }"
VALUES: Final = METRICS % "metrics { metric value target atRisk }"
HEALTH: Final = (
    "health(asOf: $asOf) { score verdict formulaVersion parts { metric value target weight score } reasons }"
)


@dataclass
class Told:
    house: House

    def caller(self, who: Any, *roles: Role) -> Caller:
        return self.house.caller(*(roles or (Role.PARTICIPANT,)), participant=who.id)

    @property
    def kim(self) -> Caller:
        return self.caller(KIM, Role.ADMINISTRATOR)

    def answer(
        self, fields: str, caller: Caller, at: float | None = 30, mentorship: UUID = hand.MENTORSHIP
    ) -> Json:
        asked = f"query ($id: ID!, $asOf: DateTime) {{ mentorship(id: $id) {{ {fields} }} }}"
        moment = hand.day(at).isoformat() if at is not None else None
        return self.house.answer(caller, asked, {"id": global_id("Mentorship", mentorship), "asOf": moment})

    def shown(self, fields: str, caller: Caller, *of: Any, **given: Any) -> Json:
        answer = self.answer(fields, caller, *of, **given)
        assert "errors" not in answer, answer["errors"]
        found: Json = answer["data"]["mentorship"]
        return found

    def values(self, caller: Caller, *of: Any, **given: Any) -> dict[str, float | None]:
        metrics = self.shown(VALUES, caller, *of, **given)["metrics"]["metrics"]
        return {one["metric"]: one["value"] for one in metrics}

    def code(self, fields: str, caller: Caller, at: float | None = 30) -> str:
        [error] = self.answer(fields, caller, at)["errors"]
        code: str = error["extensions"]["code"]
        return code


def programme(house: House, id_: ProgramId, settings: AccountabilitySettings) -> None:
    staffed = [
        g.StaffAssigned(person=KIM.id, role=StaffRole.ADMINISTRATOR),
        g.StaffAssigned(person=SAM.id, role=StaffRole.FACILITATOR),
    ]
    drafted = g.Drafted(name="Onboarding", purpose=None)
    types = g.RelationshipTypesSet(types=(hand.PAIR,))
    measures = g.AccountabilitySet(settings=settings)
    happened(house.store, id_, drafted, types, *staffed, measures, g.Opened(), at=hand.day(-1))


def elsewhere(mentorship: MentorshipId, program: ProgramId | None) -> list[Dated]:
    first, *others = hand.elsewhere(TOLD, mentorship)
    assert isinstance(first.event, Began)
    return [Dated(first.at, first.stream, first.event.model_copy(update={"program": program})), *others]


@pytest.fixture(scope="module")
def told(house: House) -> Told:
    standard = AccountabilitySettings(degree=Degree.STANDARD)
    programme(house, ONBOARDING, standard)
    quiet = Confidentiality(surveys=Seer.MEMBERS)
    programme(house, SECRET, standard.model_copy(update={"confidentiality": quiet}))
    for who in (ADA, NOOR, LIN, SAM):
        happened(house.store, who.id, Registered(name=who.name, source="csv"), at=hand.day(-1))
    for one in (*TOLD, *elsewhere(QUIET, SECRET), *elsewhere(FLASH, None)):
        happened(house.store, one.stream, one.event, at=one.at)
    house.wait_for(house.store.head())
    return Told(house)


def test_members_see_what_is_measured_and_not_what_the_other_has_answered(told: Told) -> None:
    values = told.values(told.caller(ADA))
    assert values == {
        "MEETING_CADENCE": 0.5,
        "SESSION_COMPLETION": 1.0,
        "CHECK_IN_RATE": 0.25,
        "GOAL_PROGRESS": None,
        "MILESTONES_ON_TIME": None,
        "LEARNING_COMPLETION": None,
        "RESPONSE_TIME": 12.0,
        "SATISFACTION": None,
        "HOURS_MENTORED": 1.0,
    }
    assert told.values(told.kim) == {**values, "SATISFACTION": 3.0}
    counts = told.shown(METRICS % "activeDays held expected checkIns checkInsDue replies", told.kim)
    assert counts["metrics"] == {
        "activeDays": 30.0, "held": 1, "expected": 2, "checkIns": 1, "checkInsDue": 4, "replies": 1,
    }  # fmt: skip


def test_auditors_see_figures_and_no_satisfaction(told: Told) -> None:
    eve = told.caller(EVE, Role.AUDITOR)
    assert told.values(eve)["MEETING_CADENCE"] == 0.5
    assert told.values(eve)["SATISFACTION"] is None


def test_what_the_programme_aims_at_stands_beside_it(told: Told) -> None:
    """The goals' target is 0.5 at half time: on day 30 of 140, 30/70 of that."""
    shown = told.shown(VALUES, told.kim)["metrics"]["metrics"]
    targets = {one["metric"]: (one["target"], one["atRisk"]) for one in shown}
    assert targets["MEETING_CADENCE"] == (0.8, 0.5)
    assert targets["GOAL_PROGRESS"] == (pytest.approx(0.5 * 30 / 70), pytest.approx(0.25 * 30 / 70))
    assert targets["MILESTONES_ON_TIME"] == (None, None)


def test_health_comes_with_its_parts_and_reasons(told: Told) -> None:
    """40 for the cadence, 20 for the check-ins, 92.5 for replies (70 + 30 * 36/48), 40 for satisfaction."""
    health = told.shown(HEALTH, told.kim)["health"]
    scores = {one["metric"]: one["score"] for one in health["parts"]}
    assert scores == {
        "MEETING_CADENCE": 40.0, "CHECK_IN_RATE": 20.0, "RESPONSE_TIME": 92.5, "SATISFACTION": 40.0,
    }  # fmt: skip
    assert (health["score"], health["verdict"], health["formulaVersion"]) == (48, "NEEDS_CHECK_IN", 1)
    assert health["reasons"] == [
        "1 of 4 check-ins were given.",
        "1 of 2 expected meetings were held.",
    ]


def test_who_may_not_see_what_surveys_say_cannot_reckon_it(told: Told) -> None:
    """The same score without it: 152.5/3."""
    for caller, mentorship in (
        (told.caller(EVE, Role.AUDITOR), hand.MENTORSHIP),
        (told.kim, QUIET),
        (told.caller(SAM, Role.FACILITATOR), QUIET),
    ):
        health = told.shown(HEALTH, caller, mentorship=mentorship)["health"]
        assert "SATISFACTION" not in {one["metric"] for one in health["parts"]}
        assert health["score"] == 51
        assert told.values(caller, mentorship=mentorship)["SATISFACTION"] is None


def test_health_is_for_the_staff(told: Told) -> None:
    assert told.code(HEALTH, told.caller(ADA)) == "FORBIDDEN"


def test_too_early_to_tell(told: Told) -> None:
    health = told.shown(HEALTH, told.kim, 10)["health"]
    assert (health["score"], health["verdict"], health["reasons"]) == (None, "TOO_EARLY", [])


def test_before_it_began_there_is_nothing(told: Told) -> None:
    shown = told.shown(f"{VALUES} {HEALTH}", told.kim, -0.5)
    assert shown == {"metrics": None, "health": None}


def test_outside_every_programme_members_see_figures_and_nobody_a_health(told: Told) -> None:
    assert told.values(told.caller(NOOR), mentorship=FLASH)["MEETING_CADENCE"] == 0.5
    eve = told.answer(VALUES, told.caller(EVE, Role.AUDITOR), mentorship=FLASH)
    assert eve["data"]["mentorship"] is None


def test_who_has_left_sees_what_was_before(told: Told) -> None:
    lin = told.caller(LIN)
    assert told.values(lin, 25.5)["MEETING_CADENCE"] == 1.0
    assert told.shown(VALUES, lin, 30) == {"metrics": None}


def test_as_of_now_is_what_is_told_unasked(told: Told) -> None:
    fields = "metrics(asOf: $asOf) { asOf activeDays } health(asOf: $asOf) { asOf verdict }"
    shown = told.shown(fields, told.kim, None)
    assert shown["metrics"]["asOf"] == shown["health"]["asOf"]
    assert datetime.fromisoformat(shown["metrics"]["asOf"]).tzinfo is not None
    assert shown["metrics"]["activeDays"] > 30


def test_of_a_moment_that_is_ahead_nothing_is_told(told: Told) -> None:
    assert told.code(VALUES, told.caller(ADA), 365_000) == "MOMENT_IS_AHEAD"


PERSON: Final = """query ($id: ID!, $asOf: DateTime) { participant(id: $id) { accountability(asOf: $asOf) {
  relationships open held hoursMentored checkIns responseTime } } }"""


def person(told: Told, caller: Caller, who: ParticipantId) -> Json | None:
    given = {"id": global_id("Participant", who), "asOf": hand.day(30).isoformat()}
    answer = told.house.answer(caller, PERSON, given)
    assert "errors" not in answer, answer["errors"]
    found: Json | None = answer["data"]["participant"]["accountability"]
    return found


def test_what_a_persons_relationships_add_up_to(told: Told) -> None:
    """Ada has three relationships, one of them outside every programme; Noor's words waited for 12 hours."""
    mine = person(told, told.caller(ADA), ADA.id)
    assert mine == {
        "relationships": 3, "open": 3, "held": 3, "hoursMentored": 3.0, "checkIns": 3, "responseTime": 12.0,
    }  # fmt: skip
    staff = person(told, told.kim, ADA.id)
    assert staff is not None
    assert (staff["relationships"], staff["held"], staff["checkIns"]) == (2, 2, 2)
    noor = person(told, told.kim, NOOR.id)
    assert noor is not None
    assert (noor["checkIns"], noor["responseTime"]) == (0, None)


def test_of_others_one_is_told_nothing(told: Told) -> None:
    assert person(told, told.caller(ADA), NOOR.id) is None
    assert person(told, told.caller(KIM, Role.ADMINISTRATOR), SAM.id) is None
