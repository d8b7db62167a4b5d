"""Sam drafts a programme, says whom it is for, opens it, and at last closes its books."""

from dataclasses import dataclass

import pytest

from domain.permissions import Role
from tests.house import Caller, House, Json

ENROLLMENT = "enrollment { id state role waitlistPosition reason question answer answers version }"


@dataclass(frozen=True)
class Program:
    id: str
    sam: Caller
    fay: Caller

    def of(self, **given: object) -> Json:
        return {"program": self.id, **given}


def draft(house: House, name: str) -> Program:
    """Sam administers it, and Fay facilitates."""
    sam, fay = house.person("Sam Berg", Role.ADMINISTRATOR), house.person("Fay Lind", Role.FACILITATOR)
    made = house.done(house.registrar, "draftProgram", {"name": name}, "program { id state }")
    assert made["program"]["state"] == "DRAFT"
    program = Program(made["program"]["id"], sam, fay)
    house.done(house.registrar, "assignStaff", program.of(person=sam.id, role="ADMINISTRATOR"))
    return program


def opened(house: House, name: str) -> Program:
    program = draft(house, name)
    house.done(house.registrar, "assignStaff", program.of(person=program.fay.id, role="FACILITATOR"))
    types = [{"id": "pair", "kind": "ONE_TO_ONE", "name": "Pair"}]
    house.done(program.sam, "setRelationshipTypes", program.of(types=types))
    house.done(program.sam, "openProgram", program.of())
    return program


def test_a_draft_is_opened_once_nothing_is_missing(house: House) -> None:
    program = draft(house, "Leadership")
    lacking = house.refused(program.sam, "openProgram", program.of())
    assert lacking["code"] == "PROGRAM_IS_NOT_READY"
    assert "it has no relationship type" in lacking["message"]
    assert "it has no facilitator" in lacking["message"]

    types = [{"id": "circle", "kind": "CIRCLE", "name": "Circle", "mentees": {"least": 4, "most": 8}}]
    house.done(program.sam, "setRelationshipTypes", program.of(types=types))
    house.done(house.registrar, "assignStaff", program.of(person=program.fay.id, role="FACILITATOR"))
    selection = "program { state openedAt settingsVersion staff { role person { name } } }"
    found = house.done(program.sam, "openProgram", program.of(), selection)["program"]
    assert (found["state"], found["settingsVersion"]) == ("OPEN", 1)
    assert found["openedAt"] is not None
    assert sorted((one["role"], one["person"]["name"]) for one in found["staff"]) == [
        ("ADMINISTRATOR", "Sam Berg"),
        ("FACILITATOR", "Fay Lind"),
    ]


def test_settings_changed_after_opening_are_a_new_version(house: House) -> None:
    program = opened(house, "Onboarding")
    capacity = {"capacity": {"menteesPerMentor": 4}}
    selection = "program { settingsVersion settings { enrollment } versions { version } }"
    found = house.done(program.sam, "configureEnrollment", program.of(settings=capacity), selection)[
        "program"
    ]
    assert found["settingsVersion"] == 2
    assert found["settings"]["enrollment"]["capacity"]["mentees_per_mentor"] == 4
    assert [one["version"] for one in found["versions"]] == [1, 2]


def test_whom_it_is_for_is_said_to_who_is_refused(house: House) -> None:
    program = opened(house, "High potential")
    rule = 'department in ["Sales", "Finance"] and hours_a_month >= 2'
    house.done(program.sam, "limitAudience", program.of(role="MENTEE", rule=rule))
    ben = house.person("Ben", department="Legal")
    asked = program.of(role="MENTEE")

    refused = house.refused(ben, "applyToProgram", asked)
    assert refused["code"] == "OUTSIDE_AUDIENCE"
    assert "department" in refused["message"]
    house.done(
        house.registrar,
        "syncRecord",
        {"participant": ben.id, "source": "hr", "record": {"department": "Sales"}},
    )
    refused = house.refused(ben, "applyToProgram", asked)
    assert "hours" in refused["message"]
    assert "department" not in refused["message"]
    house.done(ben, "setAvailability", {"hoursAMonth": 3})
    found = house.done(ben, "applyToProgram", asked, ENROLLMENT)["enrollment"]
    assert (found["state"], found["role"]) == ("APPLIED", "MENTEE")
    house.done(house.person("Mia", department="Legal"), "applyToProgram", program.of(role="MENTOR"))


def test_an_application_is_asked_about_waitlisted_and_approved(house: House) -> None:
    program = opened(house, "Circles")
    questions = {"questions": [{"id": "why", "text": "Why would you like to take part?"}]}
    house.done(program.sam, "configureEnrollment", program.of(settings=questions))
    people = [house.person(name) for name in ("Ada", "Ben", "Cleo")]
    unanswered = house.refused(people[0], "applyToProgram", program.of(role="MENTEE"))
    assert unanswered["code"] == "ANSWER_IS_MISSING"
    answers = [{"question": "why", "answer": "To learn."}]
    asked = program.of(role="MENTEE", answers=answers)
    ids = [house.done(one, "applyToProgram", asked, ENROLLMENT)["enrollment"]["id"] for one in people]

    house.done(program.fay, "requestInformation", {"enrollment": ids[0], "question": "Why now?"})
    given = house.done(
        people[0], "giveInformation", {"enrollment": ids[0], "answer": "I have time."}, ENROLLMENT
    )
    assert given["enrollment"]["state"] == "APPLIED"
    assert (given["enrollment"]["question"], given["enrollment"]["answer"]) == ("Why now?", "I have time.")
    assert given["enrollment"]["answers"] == {"why": "To learn."}

    places = [
        house.done(program.fay, "waitlistEnrollment", {"enrollment": one}, ENROLLMENT)["enrollment"][
            "waitlistPosition"
        ]
        for one in ids
    ]
    assert places == [1, 2, 3]
    approved = house.done(program.fay, "approveEnrollment", {"enrollment": ids[0]}, ENROLLMENT)["enrollment"]
    assert (approved["state"], approved["waitlistPosition"]) == ("APPROVED", None)
    waiting = """query ($id: ID!) { program(id: $id) { waitlist(role: MENTEE) {
        nodes { waitlistPosition participant { name } } } } }"""
    assert house.ask(program.fay, waiting, id=program.id)["program"]["waitlist"]["nodes"] == [
        {"waitlistPosition": 1, "participant": {"name": "Ben"}},
        {"waitlistPosition": 2, "participant": {"name": "Cleo"}},
    ]
    rejected = house.done(
        program.fay, "rejectEnrollment", {"enrollment": ids[1], "reason": "No place is free."}, ENROLLMENT
    )
    assert (rejected["enrollment"]["state"], rejected["enrollment"]["reason"]) == (
        "REJECTED",
        "No place is free.",
    )
    assert house.refused(people[1], "applyToProgram", asked)["code"] == "NEEDS_INVITATION"


def test_the_invited_need_no_approval(house: House) -> None:
    program = opened(house, "Invited")
    ada = house.person("Ada")
    invited = house.done(
        program.fay, "inviteToProgram", program.of(participant=ada.id, role="MENTOR"), ENROLLMENT
    )["enrollment"]
    assert invited["state"] == "INVITED"
    accepted = house.done(ada, "applyToProgram", program.of(role="MENTOR"), ENROLLMENT)["enrollment"]
    assert (accepted["id"], accepted["state"]) == (invited["id"], "APPROVED")


def test_a_pause_ends_and_a_part_comes_to_its_end(house: House) -> None:
    program = opened(house, "Pauses")
    ada = house.person("Ada")
    enrollment = house.done(ada, "applyToProgram", program.of(role="MENTOR"), ENROLLMENT)["enrollment"]["id"]
    mine = {"enrollment": enrollment}
    assert house.refused(ada, "pauseEnrollment", {**mine, "until": "2999-01-01"})["code"] == "NOT_IN_PROGRAM"
    house.done(program.fay, "approveEnrollment", mine)
    assert (
        house.refused(ada, "pauseEnrollment", {**mine, "until": "2020-01-01"})["code"]
        == "PAUSE_MUST_END_LATER"
    )
    paused = house.done(
        ada, "pauseEnrollment", {**mine, "until": "2999-01-01"}, "enrollment { state pausedUntil }"
    )
    assert paused["enrollment"] == {"state": "PAUSED", "pausedUntil": "2999-01-01"}
    resumed = house.done(ada, "resumeEnrollment", mine, "enrollment { state pausedUntil }")
    assert resumed["enrollment"] == {"state": "APPROVED", "pausedUntil": None}
    completed = house.done(program.fay, "completeEnrollment", mine, ENROLLMENT)["enrollment"]
    assert completed["state"] == "COMPLETED"
    assert house.refused(ada, "withdrawEnrollment", mine)["code"] == "NOT_IN_PROGRAM"


@pytest.mark.parametrize(
    ("command", "state"), [("withdrawEnrollment", "WITHDRAWN"), ("removeFromProgram", "REMOVED")]
)
def test_one_leaves_or_is_asked_to(house: House, command: str, state: str) -> None:
    program = opened(house, f"Leaving by {command}")
    ada = house.person("Ada")
    enrollment = house.done(ada, "applyToProgram", program.of(role="MENTEE"), ENROLLMENT)["enrollment"]["id"]
    own = command == "withdrawEnrollment"
    given = {"enrollment": enrollment} if own else {"enrollment": enrollment, "reason": "Has moved away."}
    left = house.done(ada if own else program.fay, command, given, ENROLLMENT)["enrollment"]
    assert left["state"] == state


def test_content_and_announcements_reach_those_who_may_see_the_programme(house: House) -> None:
    program = opened(house, "News")
    link = program.of(title="Start here", url="https://example.org/start", description="Ten minutes.")
    selection = "program { content { contentId title url } }"
    [added] = house.done(program.fay, "addContent", link, selection)["program"]["content"]
    assert (added["title"], added["url"]) == ("Start here", "https://example.org/start")
    house.done(program.sam, "makeAnnouncement", program.of(title="Hello", text="We begin.", side="MENTOR"))
    ada = house.person("Ada")
    read = """query ($id: ID!) { program(id: $id) {
        content { title } announcements { title body side } } }"""
    assert house.ask(ada, read, id=program.id)["program"] == {
        "content": [{"title": "Start here"}],
        "announcements": [{"title": "Hello", "body": "We begin.", "side": "MENTOR"}],
    }
    removed = house.done(program.fay, "removeContent", program.of(content=added["contentId"]), selection)
    assert removed["program"]["content"] == []


def test_the_last_administrator_of_an_open_programme_stays(house: House) -> None:
    program = opened(house, "Staffed")
    given = program.of(person=program.sam.id, role="ADMINISTRATOR")
    assert (
        house.refused(house.registrar, "withdrawStaff", given)["code"] == "OPEN_PROGRAM_NEEDS_ADMINISTRATOR"
    )
    house.done(house.registrar, "withdrawStaff", program.of(person=program.fay.id, role="FACILITATOR"))
    late = house.refused(program.fay, "makeAnnouncement", program.of(title="Hello", text="Still here."))
    assert late["code"] == "FORBIDDEN"


def test_a_programme_ends_step_by_step_and_then_nothing_is_added(house: House) -> None:
    program = opened(house, "Ending")
    ada = house.person("Ada")
    enrollment = house.done(ada, "applyToProgram", program.of(role="MENTEE"), ENROLLMENT)["enrollment"]["id"]
    early = house.refused(program.sam, "archiveProgram", program.of())
    assert (early["code"], "open" in early["message"]) == ("PROGRAM_STAGE_FORBIDS", True)
    for command, state in (
        ("closeProgram", "CLOSED"),
        ("openProgram", "OPEN"),
        ("closeProgram", "CLOSED"),
        ("windDownProgram", "WOUND_DOWN"),
        ("archiveProgram", "ARCHIVED"),
    ):
        assert (
            house.done(program.sam, command, program.of(), "program { state }")["program"]["state"] == state
        )
    late = [
        house.refused(program.fay, "approveEnrollment", {"enrollment": enrollment}),
        house.refused(ada, "withdrawEnrollment", {"enrollment": enrollment}),
        house.refused(program.sam, "describeProgram", program.of(name="Again")),
        house.refused(program.fay, "addContent", program.of(title="Late", url="https://example.org")),
    ]
    assert {one["code"] for one in late} == {"PROGRAM_IS_ARCHIVED"}
