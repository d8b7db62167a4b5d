"""What one has been told: in the programme's words, read once, and nobody else's business."""

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import uuid4

import pytest

from api.relay import global_id
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.mentorship import Began
from domain.notification import Sent
from domain.occasions import Occasion
from domain.permissions import Role
from domain.program import Drafted, Opened
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from projections import mail_log
from projections.projection import connect
from tests.house import Caller, House, Json, key_of
from tests.projections.given import happened

PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")
ALL: Final = """query ($filter: NotificationFilter, $after: String) {
  notifications(first: 2, after: $after, filter: $filter) {
    totalCount nodes { id occasion readAt } pageInfo { endCursor hasNextPage } } }"""
ONE: Final = """query ($id: ID!) { notification(id: $id) {
  occasion about aboutType link rung dueOn sentAt readAt wording { subject body }
  mentorship { id } program { name } } }"""


class Told:
    """Ada and Noor are a pair; Noor is told of this and that."""

    def __init__(self, house: House) -> None:
        self.house, self.ada, self.noor = house, house.person("Ada"), house.person("Noor")
        self.program, self.pair = ProgramId(uuid4()), MentorshipId(uuid4())
        happened(house.store, self.program, Drafted(name="Listening"), Opened())
        sides = ((self.ada, Side.MENTOR), (self.noor, Side.MENTEE))
        members = tuple(Member(participant=_person(who), role=side) for who, side in sides)
        terms: dict[str, Any] = {"program": self.program, "type": PAIR, "members": members}
        began = Began(settings_version=1, planned_end=date(2999, 1, 1), **terms)
        happened(house.store, self.pair, began)

    def tell(self, to: Caller, occasion: Occasion = Occasion.CHECK_IN, **more: Any) -> str:
        key = uuid4()
        terms = {"about": self.pair, "mentorship": self.pair, "program": self.program, "settings_version": 1}
        sent = Sent(to=_person(to), occasion=occasion, **{**terms, **more})
        self.house._told = happened(self.house.store, key, sent)
        return global_id("Notification", key)

    def listed(self, who: Caller, **filter_: Any) -> list[Json]:
        found: list[Json] = []
        after = None
        while True:
            page = self.house.ask(who, ALL, filter=filter_, after=after)["notifications"]
            found += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                assert len(found) == page["totalCount"]
                return found


def _person(caller: Caller) -> ParticipantId:
    assert caller.participant is not None
    return ParticipantId(caller.participant)


@pytest.fixture(scope="module")
def told(house: House) -> Told:
    return Told(house)


def test_it_reads_in_the_programme_s_words(told: Told) -> None:
    id_ = told.tell(told.noor, rung=2)
    found = told.house.ask(told.noor, ONE, id=id_)["notification"]
    assert found.pop("sentAt")
    pair = global_id("Mentorship", told.pair)
    wording = found.pop("wording")
    assert wording["subject"] == "How is it going with Ada?"
    assert wording["body"].startswith("Hello Noor,\n\na check-in on your mentoring in Listening is due.")
    assert wording["body"].endswith(f"Here: /mentorship/{pair}")
    assert found == {
        "occasion": "CHECK_IN", "about": pair, "aboutType": "Mentorship", "link": f"/mentorship/{pair}",
        "rung": 2, "dueOn": None, "readAt": None, "mentorship": {"id": pair},
        "program": {"name": "Listening"},
    }  # fmt: skip


def test_a_page_is_worded_at_once_and_by_kind(told: Told) -> None:
    lin = told.house.person("Lin")
    for occasion in Occasion:
        told.tell(lin, occasion)
    query = "{ notifications(first: 50) { nodes { occasion wording { subject } } } }"
    nodes = told.house.ask(lin, query)["notifications"]["nodes"]
    assert {node["occasion"] for node in nodes} == {occasion.upper() for occasion in Occasion}
    assert all(node["wording"]["subject"] for node in nodes)


def test_they_are_listed_the_newest_first_and_by_what_they_are(told: Told) -> None:
    max_ = told.house.person("Max")
    first, second, third = (told.tell(max_, one) for one in (Occasion.ENDING, Occasion.WISH, Occasion.ENDING))
    assert [one["id"] for one in told.listed(max_)] == [third, second, first]
    assert [one["id"] for one in told.listed(max_, occasions=["WISH"])] == [second]
    told.house.done(max_, "markNotificationRead", {"notification": second})
    assert [one["id"] for one in told.listed(max_, unread=True)] == [third, first]
    assert [one["id"] for one in told.listed(max_, unread=False)] == [second]


def test_it_is_read_once(told: Told) -> None:
    given = {"notification": told.tell(told.noor), "idempotencyKey": str(uuid4())}
    first, again = (
        told.house.done(told.noor, "markNotificationRead", given, "notification { readAt version }")
        for _ in range(2)
    )
    assert first == again
    assert first["notification"]["readAt"]
    unkeyed = {"notification": given["notification"]}
    head = told.house.store.head()
    told.house.done(told.noor, "markNotificationRead", unkeyed)
    assert told.house.store.head() == head


def test_what_has_been_seen_is_read_together(told: Told) -> None:
    kim = told.house.person("Kim")
    told.tell(told.noor)
    *seen, newest, later = (told.tell(kim) for _ in range(4))
    given = {"upTo": newest, "idempotencyKey": str(uuid4())}
    first = told.house.done(kim, "markNotificationsRead", given, "notification { id }")
    assert [one["id"] for one in told.listed(kim, unread=True)] == [later]
    assert told.house.done(kim, "markNotificationsRead", given, "notification { id }") == first
    assert (
        told.house.refused(kim, "markNotificationsRead", {**given, "upTo": later})["code"] == "COMMAND_REUSED"
    )
    assert [one["id"] for one in told.listed(kim, unread=True)] == [later]
    assert {one["id"] for one in told.listed(kim, unread=False)} == {*seen, newest}


def test_a_repeated_key_marks_what_it_marked_though_the_last_was_read_before(told: Told) -> None:
    ola = told.house.person("Ola")
    older, newest = told.tell(ola), told.tell(ola)
    told.house.done(ola, "markNotificationRead", {"notification": newest})
    given = {"upTo": newest, "idempotencyKey": str(uuid4())}
    first = told.house.done(ola, "markNotificationsRead", given)
    assert told.house.done(ola, "markNotificationsRead", given) == first
    assert told.listed(ola, unread=True) == []
    assert told.house.done(ola, "markNotificationsRead", {"upTo": older})


def test_so_many_are_marked_at_once(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.notification_commands.AT_ONCE", 2)
    ben = told.house.person("Ben")
    oldest, _, newest = (told.tell(ben) for _ in range(3))
    given = {"upTo": newest, "idempotencyKey": str(uuid4())}
    for _ in range(2):
        told.house.done(ben, "markNotificationsRead", given)
        assert [one["id"] for one in told.listed(ben, unread=True)] == [oldest]


@pytest.mark.parametrize(
    ("command", "field"), [("markNotificationRead", "notification"), ("markNotificationsRead", "upTo")]
)
def test_it_is_nobody_else_s(told: Told, command: str, field: str) -> None:
    id_ = told.tell(told.noor)
    assert told.house.refused(told.ada, command, {field: id_})["code"] == "FORBIDDEN"
    unknown = global_id("Notification", uuid4())
    assert told.house.refused(told.noor, command, {field: unknown})["code"] == "FORBIDDEN"
    wrong = told.house.refused(told.noor, command, {field: global_id("Mentorship", told.pair)})
    assert (wrong["code"], wrong["path"]) == ("BAD_ID", ["input", field])
    assert told.house.ask(told.ada, ONE, id=id_)["notification"] is None


def test_it_waits_in_the_inbox_until_it_is_read(told: Told) -> None:
    una = told.house.person("Una")
    id_ = told.tell(una, Occasion.ANNOUNCEMENT)
    query = "{ inbox { nodes { kind about aboutType title command } } }"
    assert told.house.ask(una, query)["inbox"]["nodes"] == [
        {
            "kind": "ANNOUNCEMENT", "about": id_, "aboutType": "Notification", "title": "Listening",
            "command": "markNotificationRead",
        }
    ]  # fmt: skip
    told.house.done(una, "markNotificationRead", {"notification": id_})
    assert told.house.ask(una, query)["inbox"]["nodes"] == []


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.ADMINISTRATOR])
def test_staff_who_are_nothing_else_read_what_they_are_told(told: Told, role: Role) -> None:
    """They are warned of silence and told of what stays undone, in relationships that they are no part of."""
    staff = told.house.person(f"Vic {role}", role)
    occasion = Occasion.SILENCE if role is Role.FACILITATOR else Occasion.ESCALATION
    id_ = told.tell(staff, occasion)
    found = told.house.ask(staff, ONE, id=id_)["notification"]
    assert "Noor and Ada in Listening" in found["wording"]["body"]
    assert [one["id"] for one in told.listed(staff, unread=True)] == [id_]
    inbox = "{ inbox { nodes { kind about } } }"
    assert told.house.ask(staff, inbox)["inbox"]["nodes"] == [{"kind": "NOTICE", "about": id_}]
    others = told.tell(told.noor)
    assert told.house.ask(staff, ONE, id=others)["notification"] is None
    assert told.house.refused(staff, "markNotificationRead", {"notification": others})["code"] == "FORBIDDEN"
    told.house.done(staff, "markNotificationsRead", {"upTo": id_})
    assert told.listed(staff, unread=True) == []
    assert told.house.ask(staff, inbox)["inbox"]["nodes"] == []


def test_one_sees_what_has_become_of_ones_mails_and_nobody_elses(told: Told) -> None:
    house, ids = told.house, [told.tell(told.noor) for _ in range(3)]
    now, keys = datetime.now(UTC), [key_of(one) for one in ids]
    with connect(house.database) as connection:
        mail_log.wait(connection, [(one, 1, now) for one in keys[:2]])
        mail_log.unsent(connection, keys[0], now, "mail_off")
    ask = "query ($id: ID!) { notification(id: $id) { mail { state at attempts code } } }"
    first, second, third = (house.ask(told.noor, ask, id=one)["notification"]["mail"] for one in ids)
    assert datetime.fromisoformat(first.pop("at")) == now
    assert first == {"state": "UNSENT", "attempts": 0, "code": "MAIL_OFF"}
    assert second == {"state": "WAITING", "at": None, "attempts": 0, "code": None}
    assert third is None
    assert house.ask(told.ada, ask, id=ids[0])["notification"] is None
