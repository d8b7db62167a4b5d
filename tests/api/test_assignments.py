"""Learning assignments through the API: suggested, assigned to several, handed in, returned and completed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import pytest

from api.relay import global_id
from domain import assignment
from domain.assignment import Assigned
from domain.command import Command
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.mentorship import Began, MemberJoined, MemberLeft, Paused, Resumed
from domain.permissions import Role
from domain.program import Drafted, PlanSet, StaffAssigned
from domain.program_settings import Kind, PlanSettings, RelationshipType, Side, StaffRole, Task
from domain.relationship import Member
from tests.house import Caller, House, Json, key_of
from tests.projections.given import happened

GROUP: Final = RelationshipType(id="group", kind=Kind.GROUP, name="Group")
TASKS: Final = (
    Task(id="reading", title="Read the handbook", due_day=400, description="All of it."),
    Task(id="listening", title="Listen", due_day=1, side=Side.MENTOR),
)
TODAY: Final = datetime.now(UTC).date()
BEGAN: Final = datetime.now(UTC) - timedelta(days=100)
ASSIGNMENT: Final = """assignment { id state title description task due overdue submission reason version
  assignee { name } givenBy { name } returnedBy { name } endedBy { name }
  resource { title } submissionResource { title } mentorship { id } }"""


@dataclass(frozen=True)
class Group:
    """Ada mentors Noor and Lin in a programme that Fay facilitates and Kim administers."""

    house: House
    key: MentorshipId
    ada: Caller
    noor: Caller
    lin: Caller
    fay: Caller
    kim: Caller

    @property
    def id(self) -> str:
        return global_id("Mentorship", self.key)

    def given(self, **words: Any) -> Json:
        return {"mentorship": self.id, **words}

    def suggested(self, by: Caller, to: Caller, **words: Any) -> str:
        given = self.given(to=to.id, title="Read a book", **words)
        made = self.house.done(by, "suggestAssignment", given, "assignment { id }")
        id_: str = made["assignment"]["id"]
        return id_

    def assigned(self, by: Caller, *to: Caller, **words: Any) -> list[Json]:
        given = self.given(to=[one.id for one in to], **words)
        selection = "assignments { id title due assignee { name } task description }"
        made: list[Json] = self.house.done(by, "assignTask", given, selection)["assignments"]
        return made

    def shown(self, who: Caller, id_: str, fields: str = "state") -> Any:
        query = f"query ($id: ID!) {{ assignment(id: $id) {{ {fields} }} }}"
        return self.house.ask(who, query, id=id_)["assignment"]


def _person(caller: Caller) -> ParticipantId:
    assert caller.participant is not None
    return ParticipantId(caller.participant)


@pytest.fixture(scope="module")
def group(house: House) -> Group:
    ada, noor, lin, fay, kim = (
        house.person("Ada"), house.person("Noor"), house.person("Lin"),
        house.person("Fay", Role.PARTICIPANT, Role.FACILITATOR),
        house.person("Kim", Role.PARTICIPANT, Role.ADMINISTRATOR),
    )  # fmt: skip
    program, key = ProgramId(uuid4()), MentorshipId(uuid4())
    staff = (
        StaffAssigned(person=_person(fay), role=StaffRole.FACILITATOR),
        StaffAssigned(person=_person(kim), role=StaffRole.ADMINISTRATOR),
    )
    plan = PlanSet(settings=PlanSettings(tasks=TASKS))
    happened(house.store, program, Drafted(name="Learning"), plan, *staff)
    sides = zip((ada, noor, lin), (Side.MENTOR, Side.MENTEE, Side.MENTEE), strict=True)
    mentor, first, second = (Member(participant=_person(one), role=side) for one, side in sides)
    began = Began(
        program=program, settings_version=1, type=GROUP, members=(mentor, first), planned_end=date(2999, 1, 1)
    )
    happened(house.store, key, began, MemberJoined(member=second), at=BEGAN)
    house._told = house.store.head()
    return Group(house, key, ada, noor, lin, fay, kim)


def test_a_suggestion_is_assigned_worked_on_returned_and_completed(group: Group) -> None:
    house, link = group.house, group.given(title="Listening", url="https://example.org/listen")
    shared = house.done(group.ada, "shareLink", link, "resource { id }")["resource"]["id"]
    one = {"assignment": group.suggested(group.lin, group.noor, description="Slowly", resource=shared)}
    day = {**one, "due": str(TODAY + timedelta(days=7))}
    made = house.done(group.ada, "scheduleAssignment", day, ASSIGNMENT)["assignment"]
    assert (made["state"], made["title"], made["due"], made["overdue"]) == (
        "ASSIGNED", "Read a book", day["due"], False,
    )  # fmt: skip
    assert (made["assignee"], made["givenBy"]) == ({"name": "Noor"}, {"name": "Ada"})
    assert (made["resource"], made["mentorship"]) == ({"title": "Listening"}, {"id": group.id})
    assert house.done(group.noor, "startAssignment", one, ASSIGNMENT)["assignment"]["state"] == "STARTED"
    words = {**one, "text": "Read.", "resource": shared}
    made = house.done(group.noor, "submitAssignment", words, ASSIGNMENT)["assignment"]
    assert (made["submission"], made["submissionResource"]) == ("Read.", {"title": "Listening"})
    back = {**one, "reason": "And?"}
    made = house.done(group.ada, "returnAssignment", back, ASSIGNMENT)["assignment"]
    assert (made["state"], made["reason"], made["returnedBy"]) == ("RETURNED", "And?", {"name": "Ada"})
    house.done(group.noor, "submitAssignment", {**one, "text": "It was good."})
    done = {**one, "expectedVersion": 6}
    made = house.done(group.ada, "completeAssignment", done, ASSIGNMENT)["assignment"]
    assert (made["state"], made["endedBy"], made["version"]) == ("COMPLETED", {"name": "Ada"}, 7)


def test_several_are_assigned_a_task_of_the_plan_at_once(group: Group) -> None:
    head = group.house.store.head()
    made = group.assigned(group.ada, group.noor, group.lin, group.noor, task="reading")
    due = str(BEGAN.date() + timedelta(days=400))
    assert made == [
        {**one, "title": "Read the handbook", "description": "All of it.", "task": "reading", "due": due}
        for one in made
    ]
    assert [one["assignee"]["name"] for one in made] == ["Noor", "Lin"]
    assert len({one["id"] for one in made}) == len(group.house.events_since(head)) == 2
    [late] = group.assigned(group.fay, group.ada, task="listening", title="Hear", due=None)
    assert (late["title"], late["due"]) == ("Hear", str(TODAY))


def test_a_repeated_key_means_the_day_it_meant_when_the_plan_was_late_already(group: Group) -> None:
    key, ago = str(uuid4()), timedelta(days=10)
    ada, us = ParticipantId(key_of(group.ada.id)), group.key
    command = Command(uuid5(UUID(key), str(ada)), str(ada), at=datetime.now(UTC) - ago)
    assigned = Assigned(mentorship=us, by=ada, to=ada, title="Listen", task="listening", due=TODAY - ago)
    stream = assignment.ASSIGNMENT.stream(uuid5(command.id, "new"))
    group.house.store.act(command, stream, lambda _: [assigned])
    given = group.given(to=[group.ada.id], task="listening", idempotencyKey=key)
    head = group.house.store.head()
    assert group.house.tell(group.ada, "assignTask", given)["errors"] == []
    assert group.house.store.head() == head
    other = {**given, "title": "Hear"}
    assert group.house.refused(group.ada, "assignTask", other)["code"] == "COMMAND_REUSED"


def test_a_repeated_key_is_for_the_same_people(group: Group) -> None:
    keyed: Json = {"task": "reading", "idempotencyKey": str(uuid4())}
    both = group.given(to=[group.noor.id, group.lin.id], **keyed)
    group.house.done(group.ada, "assignTask", both)
    group.house.done(group.ada, "assignTask", both)
    others = group.given(to=[group.noor.id, group.ada.id], **keyed)
    assert group.house.refused(group.ada, "assignTask", others)["code"] == "COMMAND_REUSED"


def test_the_same_key_assigns_once(group: Group) -> None:
    key, to = str(uuid4()), (group.lin, group.noor)
    first = group.assigned(group.ada, *to, title="Write", idempotencyKey=key)
    head = group.house.store.head()
    assert group.assigned(group.ada, *to, title="Write", idempotencyKey=key) == first
    assert group.house.store.head() == head


def test_one_of_several_who_is_no_member_keeps_it_from_all(group: Group) -> None:
    given = group.given(to=[group.noor.id, group.fay.id], title="Write")
    assert group.house.refused(group.ada, "assignTask", given)["code"] == "NOT_IN_THIS_RELATIONSHIP"


BAD: Final[list[tuple[str, str, Json, str]]] = [
    ("ada", "assignTask", {"to": ["noor"]}, "NOTHING_TO_DO"),
    ("ada", "assignTask", {"to": ["noor"], "task": "unheard-of"}, "TASK_IS_UNKNOWN"),
    ("ada", "assignTask", {"to": ["noor"], "task": "listening"}, "TASK_IS_FOR_OTHERS"),
    ("ada", "assignTask", {"to": ["noor"], "title": "It", "due": "2001-01-01"}, "DUE_DAY_IS_PAST"),
    ("ada", "assignTask", {"to": [], "title": "It"}, "BAD_NUMBER"),
    ("ada", "assignTask", {"to": ["ada"], "title": "It"}, "ONLY_MENTEES_ARE_ASSIGNED"),
    ("noor", "assignTask", {"to": ["lin"], "title": "It"}, "ONLY_MENTORS_ASSIGN"),
    ("noor", "suggestAssignment", {"to": "lin", "title": " "}, "STRING_TOO_SHORT"),
    ("noor", "suggestAssignment", {"to": "lin"}, "NOTHING_TO_DO"),
    ("noor", "suggestAssignment", {"to": "fay", "title": "It"}, "NOT_IN_THIS_RELATIONSHIP"),
]


@pytest.mark.parametrize(("who", "command", "words", "code"), BAD)
def test_what_cannot_be_given_is_refused_by_name(
    group: Group, who: str, command: str, words: Json, code: str
) -> None:
    to = words["to"]
    people = [getattr(group, one).id for one in to] if isinstance(to, list) else getattr(group, to).id
    refused = group.house.refused(getattr(group, who), command, group.given(**{**words, "to": people}))
    assert refused["code"] == code


def test_only_what_is_shared_here_is_worked_with(group: Group) -> None:
    unknown = global_id("Resource", uuid4())
    given = group.given(to=group.lin.id, title="It", resource=unknown)
    assert group.house.refused(group.noor, "suggestAssignment", given)["code"] == "NOT_SHARED_HERE"
    given = {**given, "resource": group.noor.id}
    assert group.house.refused(group.noor, "suggestAssignment", given)["path"] == ["input", "resource"]


def test_what_is_not_there_is_told_by_name(group: Group) -> None:
    given = {"assignment": global_id("Assignment", uuid4())}
    assert group.house.refused(group.noor, "startAssignment", given)["code"] == "FORBIDDEN"
    asking = {"assignment": group.noor.id}
    assert group.house.refused(group.noor, "startAssignment", asking)["code"] == "BAD_ID"
    nowhere = {"mentorship": global_id("Mentorship", uuid4()), "to": [group.noor.id], "task": "reading"}
    assert group.house.refused(group.ada, "assignTask", nowhere)["code"] == "FORBIDDEN"


def test_staff_take_back_what_they_gave(group: Group) -> None:
    [given] = group.assigned(group.fay, group.noor, title="Not for you after all")
    group.house.done(group.fay, "dropAssignment", {"assignment": given["id"]})
    [other] = group.assigned(group.ada, group.noor, title="For you")
    refused = group.house.refused(group.fay, "dropAssignment", {"assignment": other["id"]})
    assert refused["code"] == "NOT_IN_THIS_RELATIONSHIP"


def test_lists_by_state_and_by_whom_it_is_for(group: Group) -> None:
    mine = group.suggested(group.ada, group.lin)
    group.house.done(group.lin, "dropAssignment", {"assignment": mine})
    query = """query ($id: ID!, $who: ID!) { mentorship(id: $id) {
      assignments(states: [DROPPED], assignee: $who) { totalCount nodes { id state } } } }"""
    found = group.house.ask(group.noor, query, id=group.id, who=group.lin.id)["mentorship"]["assignments"]
    assert found == {"totalCount": 1, "nodes": [{"id": mine, "state": "DROPPED"}]}


def test_a_pause_moves_the_day_it_is_due(group: Group) -> None:
    day = TODAY + timedelta(days=3)
    [one] = group.assigned(group.ada, group.noor, title="Before the pause", due=str(day))
    happened(group.house.store, group.key, Paused(until=TODAY + timedelta(days=10)))
    [during] = group.assigned(group.ada, group.noor, title="During the pause", due=str(day))
    group.house._told = group.house.store.head()
    moved = {"due": str(day + timedelta(days=10)), "overdue": False}
    assert [group.shown(group.noor, each["id"], "due overdue") for each in (one, during)] == [moved, moved]
    happened(group.house.store, group.key, Resumed())
    group.house._told = group.house.store.head()
    assert group.shown(group.noor, one["id"], "due") == {"due": str(day)}


def test_staff_sees_that_there_is_one_and_who_left_sees_what_was(group: Group) -> None:
    [one] = group.assigned(group.ada, group.noor, title="Confide")
    assert group.shown(group.kim, one["id"], "state title") == {"state": "ASSIGNED", "title": None}
    happened(group.house.store, group.key, MemberLeft(participant=_person(group.lin)))
    group.house.done(group.noor, "submitAssignment", {"assignment": one["id"], "text": "So"})
    seen = group.shown(group.lin, one["id"], "state title submission submittedAt")
    assert seen == {"state": None, "title": "Confide", "submission": None, "submittedAt": None}
    assert group.shown(group.noor, one["id"]) == {"state": "SUBMITTED"}
