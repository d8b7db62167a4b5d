"""Relationships from the agreement to the end: what each command does, repeats and refuses."""

from datetime import date
from typing import Any, Final
from uuid import uuid4

import pytest

from api.relay import global_id
from domain.ids import MentorshipId, ParticipantId
from domain.mentorship import Began
from domain.permissions import Role
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from tests.api.accompanied import TEXT, Accompanied
from tests.house import Caller, House, Json, key_of
from tests.projections.given import happened

FAR: Final = "2999-01-01"
STATE: Final = "mentorship { state version }"


@pytest.fixture(scope="module")
def here(house: House) -> Accompanied:
    return Accompanied(house)


@pytest.fixture(scope="module")
def pair(here: Accompanied) -> tuple[Caller, Caller, str]:
    """Ada mentors Noor. What a test adds to their relationship disturbs no other."""
    ada, noor = here.meeting.mentor(), here.meeting.mentee()
    return ada, noor, here.pair(ada, noor)


def pair_of(here: Accompanied) -> tuple[Caller, Caller, Json]:
    ada, noor = here.meeting.mentor(), here.meeting.mentee()
    return ada, noor, {"mentorship": here.pair(ada, noor)}


def group_of(here: Accompanied) -> tuple[Caller, list[Caller], Json]:
    ada, mentees = here.meeting.mentor(), [here.meeting.mentee(name) for name in ("Noor", "Lin", "Ola")]
    return ada, mentees, {"mentorship": here.group(ada, *mentees)}


def done(house: House, caller: Caller, command: str, given: Json, selection: str = STATE) -> Json:
    """And again with the same key: the same receipt, and nothing written."""
    keyed = {**given, "idempotencyKey": str(uuid4())}
    first = house.done(caller, command, keyed, selection)
    head = house.store.head()
    again = house.done(caller, command, keyed)
    assert again["position"] == first["position"]
    assert house.store.head() == head
    return first


def code(house: House, caller: Caller, command: str, given: Json) -> str:
    found: str = house.refused(caller, command, given)["code"]
    return found


def test_members_sign_and_sign_once(house: House, here: Accompanied) -> None:
    ada, noor, own = pair_of(here)
    ask = "mentorship { agreement { text complete signatures { version by { id } } } }"
    first = done(house, noor, "signAgreement", own, ask)["mentorship"]["agreement"]
    assert (first["text"], first["complete"], first["signatures"][0]["by"]["id"]) == (TEXT, False, noor.id)
    assert done(house, ada, "signAgreement", own, ask)["mentorship"]["agreement"]["complete"]
    head = house.store.head()
    house.done(ada, "signAgreement", own)
    assert house.store.head() == head


def test_a_goal_is_set_described_and_achieved(house: House, pair: tuple[Caller, Caller, str]) -> None:
    ada, noor, mentorship = pair
    own, ask = {"mentorship": mentorship}, "goal { goalId text competency due state percent }"
    words = {"text": "Ask", "competency": "Coaching", "due": FAR}
    goal = done(house, noor, "setGoal", {**own, **words}, ask)["goal"]
    assert goal == {**words, "goalId": goal["goalId"], "state": "OPEN", "percent": 0}
    this = {**own, "goal": goal["goalId"]}
    described = done(house, ada, "describeGoal", {**this, "text": "Ask better"}, ask)["goal"]
    assert (described["text"], described["competency"], described["due"]) == ("Ask better", None, None)
    progressed = done(house, noor, "progressGoal", {**this, "percent": 60, "note": "More than half"}, ask)
    assert progressed["goal"]["percent"] == 60
    achieved = done(house, noor, "achieveGoal", this, ask)["goal"]
    assert (achieved["state"], achieved["percent"]) == ("ACHIEVED", 100)
    assert code(house, noor, "progressGoal", {**this, "percent": 70}) == "GOAL_IS_ACHIEVED"
    assert code(house, noor, "dropGoal", this) == "GOAL_IS_ACHIEVED"


def test_a_goal_is_dropped_for_a_reason(house: House, pair: tuple[Caller, Caller, str]) -> None:
    _, noor, mentorship = pair
    own, ask = {"mentorship": mentorship}, "goal { goalId state steps { nodes { state note } } }"
    this = {**own, "goal": house.done(noor, "setGoal", {**own, "text": "All"}, ask)["goal"]["goalId"]}
    dropped = done(house, noor, "dropGoal", {**this, "reason": "Too much"}, ask)["goal"]
    assert dropped["state"] == "DROPPED"
    assert dropped["steps"] == {"nodes": [{"state": "DROPPED", "note": "Too much"}]}
    assert code(house, noor, "achieveGoal", this) == "GOAL_IS_DROPPED"


def test_milestones_and_check_ins(house: House, here: Accompanied, pair: tuple[Caller, Caller, str]) -> None:
    ada, noor, mentorship = pair
    own, ask = {"mentorship": mentorship}, "mentorship { milestones { milestone reachedBy { id } } }"
    reached = done(house, here.fay, "reachMilestone", {**own, "milestone": "goals"}, ask)
    assert reached["mentorship"]["milestones"] == [{"milestone": "goals", "reachedBy": {"id": here.fay.id}}]
    assert code(house, ada, "reachMilestone", {**own, "milestone": "stars"}) == "MILESTONE_IS_UNKNOWN"
    ratings = [{"about": "progress", "rating": 4}, {"about": "relationship", "rating": 5}]
    given = {**own, "ratings": ratings, "comment": "It goes well"}
    said = done(house, noor, "checkIn", given, "checkIn { ratings comment by { id } }")["checkIn"]
    told = {"progress": 4, "relationship": 5}
    assert said == {"ratings": told, "comment": "It goes well", "by": {"id": noor.id}}
    house.done(noor, "checkIn", given)
    assert here.shown(mentorship, "checkIns { totalCount }", ada) == {"checkIns": {"totalCount": 2}}


def test_a_concern_is_between_who_has_it_and_the_staff(
    house: House, here: Accompanied, pair: tuple[Caller, Caller, str]
) -> None:
    ada, noor, mentorship = pair
    own, ask = {"mentorship": mentorship}, "concern { concernId text confidential settledAt note }"
    raised = done(house, noor, "raiseConcern", {**own, "text": "We never meet"}, ask)["concern"]
    assert (raised["text"], raised["confidential"]) == ("We never meet", True)
    counted = "concerns { totalCount }"
    counts = [here.shown(mentorship, counted, one)["concerns"]["totalCount"] for one in (ada, noor, here.fay)]
    assert counts == [0, 1, 1]
    this = {**own, "concern": raised["concernId"], "note": "They have met"}
    settled = done(house, here.fay, "settleConcern", this, ask)["concern"]
    assert (settled["note"], settled["settledAt"] is None) == ("They have met", False)
    assert code(house, here.fay, "settleConcern", {**this, "concern": str(uuid4())}) == "CONCERN_IS_UNKNOWN"


def test_a_pause_is_set_moved_and_ended(house: House, here: Accompanied) -> None:
    ada, noor, own = pair_of(here)
    ask = "mentorship { state pausedUntil pauses { until endedAt } }"
    paused = done(house, noor, "pauseMentorship", {**own, "until": FAR}, ask)["mentorship"]
    assert (paused["state"], paused["pausedUntil"]) == ("PAUSED", FAR)
    moved = done(house, ada, "pauseMentorship", {**own, "until": "2999-02-01"}, ask)["mentorship"]
    assert moved["pauses"] == [{"until": "2999-02-01", "endedAt": None}]
    resumed = done(house, here.fay, "resumeMentorship", own, ask)["mentorship"]
    assert (resumed["state"], resumed["pausedUntil"]) == ("RUNNING", None)
    assert code(house, noor, "pauseMentorship", {**own, "until": "2020-01-01"}) == "PAUSE_MUST_END_LATER"


def test_it_is_extended_and_concluded_and_then_nothing_is_added(house: House, here: Accompanied) -> None:
    ada, noor, own = pair_of(here)
    extended = done(house, noor, "extendMentorship", {**own, "until": FAR}, "mentorship { plannedEnd }")
    assert extended["mentorship"] == {"plannedEnd": FAR}
    assert code(house, noor, "extendMentorship", {**own, "until": "2020-01-01"}) == "END_MUST_BE_LATER"
    assert (here.places(ada), here.places(noor)) == (1, 1)
    ask = "mentorship { state outcome endedAt }"
    over = done(house, ada, "concludeMentorship", {**own, "outcome": "ACHIEVED"}, ask)["mentorship"]
    assert (over["state"], over["outcome"], over["endedAt"] is None) == ("CONCLUDED", "ACHIEVED", False)
    assert (here.places(ada), here.places(noor)) == (0, 0)
    for command, given in (
        ("setGoal", {"text": "More"}),
        ("checkIn", {"ratings": [{"about": "progress", "rating": 1}]}),
        ("concludeMentorship", {"outcome": "LAPSED"}),
        ("pauseMentorship", {"until": FAR}),
    ):
        assert code(house, noor, command, {**own, **given}) == "RELATIONSHIP_HAS_ENDED"


def test_it_ends_early_without_fault_and_is_reopened(house: House, here: Accompanied) -> None:
    ada, noor, own = pair_of(here)
    ask = "mentorship { state endReason noFault endWords endedBy { id } }"
    given = {**own, "reason": "NO_FIT", "words": "We differ"}
    assert done(house, noor, "endMentorship", given, ask)["mentorship"] == {
        "state": "ENDED_EARLY", "endReason": "NO_FIT", "noFault": True, "endWords": "We differ",
        "endedBy": {"id": noor.id},
    }  # fmt: skip
    assert here.shown(own["mentorship"], "endWords endReason", ada) == {
        "endWords": None,
        "endReason": "NO_FIT",
    }
    assert here.places(ada) == 0
    reopened = done(house, here.fay, "reopenMentorship", {**own, "until": FAR}, ask)["mentorship"]
    assert (reopened["state"], reopened["endReason"]) == ("RUNNING", None)
    assert (here.places(ada), here.places(noor)) == (1, 1)
    assert (
        code(house, here.fay, "reopenMentorship", {**own, "until": "2998-01-01"}) == "RELATIONSHIP_STILL_RUNS"
    )


def test_a_mentor_who_is_full_by_now_reopens_nothing(house: House, here: Accompanied) -> None:
    ada, _, own = pair_of(here)
    house.done(ada, "endMentorship", {**own, "reason": "NO_TIME"})
    for name in ("Lin", "Max"):
        here.pair(ada, here.meeting.mentee(name))
    assert code(house, here.fay, "reopenMentorship", {**own, "until": FAR}) == "MENTOR_IS_FULL"


def test_a_group_takes_people_in_and_lets_them_go(house: House, here: Accompanied) -> None:
    ada, (noor, lin, ola), own = group_of(here)
    ask = "mentorship { members { role leftAt leavingReason participant { id } } }"
    max_ = here.meeting.mentee("Max")
    full = {**own, "participant": max_.id, "role": "MENTEE"}
    assert code(house, here.fay, "addMember", full) == "RELATIONSHIP_IS_FULL"
    left = done(house, lin, "leaveMentorship", {**own, "reason": "No time"}, ask)["mentorship"]["members"]
    assert [one["participant"]["id"] for one in left if one["leftAt"]] == [lin.id]
    assert (left[2]["leavingReason"], here.places(lin)) == ("No time", 0)
    joined = done(house, here.fay, "addMember", full, ask)["mentorship"]["members"]
    assert (joined[-1]["participant"]["id"], joined[-1]["role"], here.places(max_)) == (max_.id, "MENTEE", 1)
    done(house, here.fay, "removeMember", {**own, "participant": noor.id, "reason": "Has moved"}, ask)
    assert code(house, ola, "leaveMentorship", own) == "TOO_FEW_WOULD_REMAIN"
    assert code(house, here.fay, "removeMember", {**own, "participant": ada.id}) == "TOO_FEW_WOULD_REMAIN"


def test_nobody_joins_a_pair_nor_from_outside_the_programme(house: House, here: Accompanied) -> None:
    _, noor, own = pair_of(here)
    lin, stranger = here.meeting.mentee("Lin"), house.person("Max")
    given = {**own, "role": "MENTEE"}
    assert code(house, here.fay, "addMember", {**given, "participant": lin.id}) == "NOBODY_ELSE_FITS"
    _, (gone, *_), group = group_of(here)
    house.done(gone, "leaveMentorship", group)
    given = {**group, "participant": stranger.id, "role": "MENTEE"}
    assert code(house, here.fay, "addMember", given) == "NOT_IN_PROGRAM"
    given = {**group, "participant": noor.id, "role": "MENTEE"}
    assert code(house, here.fay, "addMember", given) == "MENTEE_IS_FULL"


def test_it_goes_on_with_another_mentor(house: House, here: Accompanied) -> None:
    ada, noor, own = pair_of(here)
    kim = here.meeting.mentor("Kim")
    ask = "mentorship { state successor { id state members { role participant { id } } predecessor { id } } }"
    over = done(house, here.fay, "handOverMentorship", {**own, "mentors": [kim.id]}, ask)["mentorship"]
    successor = over["successor"]
    people = [one["participant"]["id"] for one in successor["members"]]
    assert (over["state"], successor["state"], people) == ("HANDED_OVER", "RUNNING", [kim.id, noor.id])
    assert successor["predecessor"] == {"id": own["mentorship"]}
    assert [here.places(one) for one in (ada, noor, kim)] == [0, 1, 1]
    assert here.shown(successor["id"], "state", ada) is None
    assert code(house, here.fay, "reopenMentorship", {**own, "until": FAR}) == "RELATIONSHIP_GOES_ON"


def test_it_is_not_handed_to_whom_a_rule_or_a_person_keeps_away(house: House, here: Accompanied) -> None:
    _, noor, own = pair_of(here)
    boss, avoided = here.meeting.mentor("Bo"), here.meeting.mentor("Av")
    record = {"name": "Noor", "manager": boss.id}
    house.done(house.registrar, "syncRecord", {"participant": noor.id, "source": "hr", "record": record})
    house.done(noor, "avoidPerson", {"person": avoided.id})
    here.meeting.configure(hardRules=["NOT_IN_REPORTING_LINE"])
    hand_over: list[tuple[Caller, str]] = [(boss, "PAIR_IS_BARRED"), (avoided, "MENTOR_ACCEPTS_NOBODY")]
    for mentor, expected in hand_over:
        assert code(house, here.fay, "handOverMentorship", {**own, "mentors": [mentor.id]}) == expected
    here.meeting.configure()


def test_it_moves_to_the_newest_terms_and_is_signed_anew(house: House, here: Accompanied) -> None:
    _, noor, own = pair_of(here)
    house.done(noor, "signAgreement", own)
    here.set("setAgreement", settings={"required": True, "text": "We also meet on time."})
    ask = "mentorship { settingsVersion agreement { text version complete } }"
    moved = done(house, here.sam, "migrateMentorship", own, ask)["mentorship"]
    assert moved["agreement"]["text"] == "We also meet on time."
    assert moved["agreement"]["version"] == moved["settingsVersion"]
    assert not moved["agreement"]["complete"]
    here.set("setAgreement", settings={"required": True, "text": TEXT})


def test_who_breaks_the_glass_reads_and_the_members_are_told(
    house: House, pair: tuple[Caller, Caller, str]
) -> None:
    _, noor, mentorship = pair
    own = {"mentorship": mentorship}
    house.done(noor, "setGoal", {**own, "text": "Ask why"})
    eve, other = house.caller(Role.AUDITOR), house.caller(Role.AUDITOR)
    query = "query ($id: ID!) { mentorship(id: $id) { goals(last: 1) { nodes { text } } } }"

    def text(caller: Caller) -> Any:
        return house.ask(caller, query, id=mentorship)["mentorship"]["goals"]["nodes"][0]["text"]

    assert (text(eve), text(other)) == (None, None)
    done(house, eve, "breakGlass", {**own, "reason": "A complaint", "hours": 2}, "mentorship { id }")
    assert (text(eve), text(other)) == ("Ask why", None)
    told = "query ($id: ID!) { mentorship(id: $id) { glassBroken { actor reason } } }"
    [broken] = house.ask(noor, told, id=mentorship)["mentorship"]["glassBroken"]
    assert broken["reason"] == "A complaint"


def test_what_was_decided_upon_an_older_version_is_a_conflict(house: House, here: Accompanied) -> None:
    _, noor, own = pair_of(here)
    version = here.shown(own["mentorship"], "version", noor)["version"]
    house.done(noor, "setGoal", {**own, "text": "Two"})
    error = house.refused(
        noor, "concludeMentorship", {**own, "outcome": "LAPSED", "expectedVersion": version}
    )
    assert (error["__typename"], error["currentVersion"]) == ("ConflictError", version + 1)


@pytest.mark.parametrize("command", ["signAgreement", "resumeMentorship", "breakGlass"])
def test_there_is_no_such_relationship(house: House, command: str) -> None:
    given: Json = {"mentorship": global_id("Mentorship", uuid4())}
    if command == "breakGlass":
        error = house.refused(house.registrar, command, {**given, "reason": "A complaint"})
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "mentorship"])
    else:
        assert code(house, house.person("Max"), command, given) == "FORBIDDEN"


def test_a_session_outside_every_programme_is_its_members_own(house: House) -> None:
    """Whoever manages the organisation can act on it, and is shown nothing."""
    ada, noor = house.person("Ada"), house.person("Noor")
    own: Json = {"mentorship": global_id("Mentorship", flash(house, ada, noor))}
    house.done(noor, "setGoal", {**own, "text": "Ask"})
    over = house.done(ada, "concludeMentorship", {**own, "outcome": "ACHIEVED"}, STATE)["mentorship"]
    assert over["state"] == "CONCLUDED"
    given = {**own, "until": FAR}
    assert done(house, house.registrar, "reopenMentorship", given)["mentorship"] is None
    member = {"participant": house.person("Lin").id, "role": "MENTEE"}
    assert code(house, house.registrar, "addMember", {**own, **member}) == "OUTSIDE_ANY_PROGRAM"
    mentors = {"mentors": [member["participant"]]}
    assert code(house, house.registrar, "handOverMentorship", {**own, **mentors}) == "OUTSIDE_ANY_PROGRAM"
    assert code(house, house.registrar, "migrateMentorship", own) == "OUTSIDE_ANY_PROGRAM"


def flash(house: House, mentor: Caller, mentee: Caller) -> MentorshipId:
    """As an inquiry leads to one."""
    sides = ((mentor, Side.MENTOR), (mentee, Side.MENTEE))
    began = Began(
        type=RelationshipType(id="flash", kind=Kind.FLASH, name="Flash session"),
        members=tuple(Member(participant=ParticipantId(key_of(one.id)), role=side) for one, side in sides),
        planned_end=date(2999, 1, 1),
    )
    id_ = MentorshipId(uuid4())
    happened(house.store, id_, began)
    return id_


def test_a_guest_acts_in_their_own_relationship_alone(house: House, here: Accompanied) -> None:
    _, noor, own = pair_of(here)
    guest = house.caller(Role.GUEST, participant=noor.participant)
    goal = house.done(guest, "setGoal", {**own, "text": "Ask"}, "goal { text percent }")["goal"]
    assert goal == {"text": "Ask", "percent": 0}
    _, _, others = pair_of(here)
    assert code(house, guest, "setGoal", {**others, "text": "Ask"}) == "FORBIDDEN"
    assert here.shown(others["mentorship"], "state", guest) is None


@pytest.mark.parametrize(
    ("command", "given", "other"),
    [
        ("setGoal", {"text": "One"}, {"text": "Two"}),
        ("extendMentorship", {"until": FAR}, {"until": "2999-02-01"}),
        ("endMentorship", {"reason": "NO_FIT"}, {"reason": "NO_TIME"}),
    ],
)
def test_a_key_stands_for_one_wish(
    house: House, here: Accompanied, command: str, given: Json, other: Json
) -> None:
    _, noor, own = pair_of(here)
    keyed = {**own, "idempotencyKey": str(uuid4())}
    house.done(noor, command, {**keyed, **given})
    assert code(house, noor, command, {**keyed, **other}) == "COMMAND_REUSED"


LONG: Final = "x" * 10_001
LIMITS: Final[list[tuple[str, Json, list[str]]]] = [
    ("setGoal", {"text": ""}, ["text"]),
    ("setGoal", {"text": LONG}, ["text"]),
    ("setGoal", {"text": "Ask", "competency": "x" * 121}, ["competency"]),
    ("progressGoal", {"percent": 101}, ["percent"]),
    ("progressGoal", {"percent": -1}, ["percent"]),
    ("progressGoal", {"percent": 1, "note": LONG}, ["note"]),
    ("describeGoal", {"text": " "}, ["text"]),
    ("dropGoal", {"reason": ""}, ["reason"]),
    ("checkIn", {"ratings": []}, ["ratings"]),
    ("checkIn", {"ratings": [{"about": "progress", "rating": 6}]}, ["ratings", "progress"]),
    ("checkIn", {"ratings": [{"about": "All of it", "rating": 1}]}, ["ratings", "All of it", "[key]"]),
    ("checkIn", {"ratings": [{"about": "progress", "rating": 1}] * 2}, ["ratings"]),
    ("checkIn", {"ratings": [{"about": "progress", "rating": 1}], "comment": LONG}, ["comment"]),
    ("raiseConcern", {"text": " "}, ["text"]),
    ("endMentorship", {"reason": "OTHER", "words": LONG}, ["words"]),
]


@pytest.mark.parametrize(("command", "given", "place"), LIMITS)
def test_a_value_outside_its_limits_is_refused_where_it_stands(
    *, house: House, pair: tuple[Caller, Caller, str], command: str, given: Json, place: list[str]
) -> None:
    _, noor, mentorship = pair
    own: Json = {"mentorship": mentorship}
    if "Goal" in command and command != "setGoal":
        made = house.done(noor, "setGoal", {**own, "text": "Try"}, "goal { goalId }")
        own["goal"] = made["goal"]["goalId"]
    error = house.refused(noor, command, {**own, **given})
    assert (error["__typename"], error["path"]) == ("InputError", ["input", *place])


@pytest.mark.parametrize(("hours", "reason"), [(0, "Why"), (73, "Why"), (4, "")])
def test_glass_is_broken_for_a_reason_and_some_hours(
    house: House, pair: tuple[Caller, Caller, str], hours: int, reason: str
) -> None:
    given = {"mentorship": pair[2], "hours": hours, "reason": reason}
    error = house.refused(house.registrar, "breakGlass", given)
    assert error["path"] == ["input", "reason" if not reason else "hours"]
