"""Who reads what of a relationship: each item by every kind of reader, under every policy and under none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import pytest

from api.relay import global_id
from domain import mentorship as m
from domain import program as g
from domain.accountability_settings import AccountabilitySettings, Confidentiality, Seer
from domain.aggregate import Stream
from domain.command import Command
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.permissions import TABLE, Actor, Role
from domain.program import PROGRAM
from domain.program_settings import Kind, RelationshipType, Side, StaffRole
from domain.relationship import Member
from domain.store import Store
from projections.confidentiality import trusted
from tests.api import (
    confidential_items,
    conversation_items,
    document_items,
    found_items,
    history_items,
    meeting_items,
    survey_items,
)
from tests.api.confidential_items import Item, Place
from tests.api.world import World, opened

NAMES: Final = UUID("a3e1a8f0-5c0d-4b5f-9a53-3b1f0c7f5a22")
START: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
ITEMS: Final = (
    *confidential_items.ITEMS,
    *conversation_items.ITEMS,
    *history_items.ITEMS,
    *document_items.ITEMS,
    *meeting_items.ITEMS,
    *found_items.ITEMS,
    *survey_items.ITEMS,
)
CIRCLE: Final = RelationshipType(id="circle", kind=Kind.CIRCLE, name="Circle")


def person(name: str) -> ParticipantId:
    return ParticipantId(uuid5(NAMES, name))


def actor(name: str, *roles: Role) -> Actor:
    return Actor(name, frozenset(roles), person(name))


READERS: Final = {
    "author": actor("author", Role.PARTICIPANT),
    "other_member": actor("other_member", Role.PARTICIPANT),
    "guest_member": actor("guest_member", Role.GUEST),
    "left_before": actor("left_before", Role.PARTICIPANT),
    "left_after": actor("left_after", Role.PARTICIPANT),
    "facilitator": actor("facilitator", Role.PARTICIPANT, Role.FACILITATOR),
    "administrator": actor("administrator", Role.PARTICIPANT, Role.ADMINISTRATOR),
    "other_facilitator": actor("other_facilitator", Role.PARTICIPANT, Role.FACILITATOR),
    "colleague": actor("colleague", Role.PARTICIPANT),
    "guest": actor("guest", Role.GUEST),
    "organisation_admin": Actor("ola", frozenset({Role.ORGANISATION_ADMIN})),
    "organisation_admin_with_glass": Actor("olga", frozenset({Role.ORGANISATION_ADMIN})),
    "organisation_admin_after_glass": Actor("otto", frozenset({Role.ORGANISATION_ADMIN})),
    "auditor": Actor("eve", frozenset({Role.AUDITOR})),
    "auditor_with_glass": Actor("ewa", frozenset({Role.AUDITOR})),
    "auditor_after_glass": Actor("emil", frozenset({Role.AUDITOR})),
    "service": Actor("scim", frozenset({Role.SERVICE}), None, frozenset(TABLE)),
}
MEMBERS: Final = ("author", "other_member", "guest_member", "left_before", "left_after")
OTHERS: Final = {"other_member", "guest_member", "left_after"}
STAFF: Final = {"facilitator", "administrator"}
WITH_GLASS: Final = {"organisation_admin_with_glass", "auditor_with_glass"}
OVERSEERS: Final = {name for name in READERS if name.startswith(("organisation_admin", "auditor"))} | {
    "service"
}

POLICIES: Final[Mapping[str, Seer | None]] = {**{one.value: one for one in Seer}, "no programme": None}
TRUSTED: Final[Mapping[Seer | None, set[str]]] = {
    None: set(),
    Seer.MEMBERS: set(),
    Seer.FACILITATOR: {"facilitator"},
    Seer.ADMINISTRATOR: {"facilitator", "administrator"},
}


def readers(item: Item, policy: Seer | None) -> set[str]:
    return {"author", *WITH_GLASS, *(OTHERS if item.others else ()), *(TRUSTED[policy] if item.staff else ())}


def knowers(item: Item, policy: Seer | None) -> set[str]:
    """Outside every programme it is nobody's business but the members'."""
    beyond = WITH_GLASS if policy is None else STAFF | OVERSEERS
    return {"author", *(OTHERS if item.known else ()), *beyond}


@dataclass
class Teller:
    """Records what happened, an hour apart, whatever a rule would have said to it."""

    store: Store
    now: datetime = START

    def tell(
        self, stream: Stream[Any], event: DomainEvent, by: str = "tester", at: datetime | None = None
    ) -> None:
        self.now += timedelta(hours=1)
        command = Command(uuid4(), by, at=at or self.now)
        self.store.act(command, stream, lambda _: [event])

    def programme(self, policy: str, seer: Seer) -> ProgramId:
        id_ = ProgramId(uuid5(NAMES, policy))
        trust = Confidentiality(**dict.fromkeys(Confidentiality.model_fields, seer))
        for event in (
            g.Drafted(name=policy),
            g.AccountabilitySet(settings=AccountabilitySettings(confidentiality=trust)),
            g.StaffAssigned(person=person("facilitator"), role=StaffRole.FACILITATOR),
            g.StaffAssigned(person=person("administrator"), role=StaffRole.ADMINISTRATOR),
        ):
            self.tell(PROGRAM.stream(id_), event)
        return id_

    def relationship(self, place: Place, item: Item) -> None:
        members = tuple(Member(participant=person(one), role=Side.MENTEE) for one in MEMBERS)
        began = m.Began(
            program=place.program,
            settings_version=1,
            type=CIRCLE,
            members=members,
            planned_end=date(2026, 12, 1),
        )
        self.tell(place.stream, began)
        self.tell(place.stream, m.MemberLeft(participant=person("left_before")))
        for stream, event in item.made(place):
            self.tell(stream, event)
        self.tell(place.stream, m.MemberLeft(participant=person("left_after")))
        for name in READERS:
            if name.endswith("_glass"):
                broken = m.GlassBroken(reason="A complaint", hours=4)
                at = datetime.now(UTC) if name in WITH_GLASS else None
                self.tell(place.stream, broken, READERS[name].id, at)


def place_of(item: Item, policy: str) -> Place:
    mentorship = MentorshipId(uuid5(NAMES, f"{item.name}, {policy}"))
    program = ProgramId(uuid5(NAMES, policy)) if POLICIES[policy] else None
    return Place(mentorship, program, person("author"))


@pytest.fixture(scope="module")
def told(postgres_url: str) -> Iterator[World]:
    with opened(postgres_url) as world:
        teller = Teller(world.store)
        elsewhere = PROGRAM.stream(ProgramId(uuid5(NAMES, "elsewhere")))
        teller.tell(elsewhere, g.Drafted(name="Elsewhere"))
        other = g.StaffAssigned(person=person("other_facilitator"), role=StaffRole.FACILITATOR)
        teller.tell(elsewhere, other)
        for policy, seer in POLICIES.items():
            if seer:
                teller.programme(policy, seer)
            for item in ITEMS:
                teller.relationship(place_of(item, policy), item)
        world.catch_up()
        yield world


def shown(world: World, reader: str, query: str, place: Place, item: Item) -> bool:
    ids = {"mentorship": global_id("Mentorship", place.mentorship), **item.ids(place)}
    used = {name: value for name, value in ids.items() if f"${name}" in query}
    declared = ", ".join(f"${name}: ID!" for name in used)
    answer = world.answer(f"query ({declared}) {{ {query} }}", READERS[reader], **used)
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    assert codes <= {"FORBIDDEN"}, answer
    value = answer["data"]
    while isinstance(value, dict | list) and value:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    return value is not None and value != []


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_content_and_that_it_happened(told: World, item: Item, policy: str) -> None:
    place, seer = place_of(item, policy), POLICIES[policy]
    read = {reader for reader in READERS if shown(told, reader, item.content, place, item)}
    assert read == readers(item, seer)
    known = {reader for reader in READERS if shown(told, reader, item.happened, place, item)}
    assert known == knowers(item, seer)


def test_the_items_are_of_kinds_that_a_policy_is_about() -> None:
    assert {item.kind for item in ITEMS} <= set(Confidentiality.model_fields)
    assert len({item.name for item in ITEMS}) == len(ITEMS)
    with pytest.raises(ValueError, match="gossip"):
        trusted("gossip", "{t}.mentorship_id")
