"""Commands that meet: each wish once, and no rule broken however they interleave."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from api.command import ATTEMPTS, CommandInput, Done
from api.context import open_services
from api.enrollment_commands import Part, decide
from domain.enrollment import Invited
from domain.event import DomainEvent
from domain.guards import StillChanging
from domain.ids import ParticipantId, ProgramId
from domain.permissions import Action, Actor, Role
from domain.program_settings import Side
from tests.api.wishes import open_program
from tests.house import Caller, House, Json, key_of


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def staffed_program(house: House) -> tuple[str, Caller]:
    sam, fay = house.person("Sam", Role.ADMINISTRATOR), house.person("Fay", Role.FACILITATOR)
    return open_program(house, sam, fay), sam


def test_one_key_sent_sixteen_times_at_once_is_done_once(house: House) -> None:
    ada, head = house.person("Ada"), house.store.head()
    given = {"competency": "Python", "level": 4, "idempotencyKey": str(uuid4())}
    payloads = at_once(*[lambda: house.done(ada, "offerCompetency", given)] * 16)
    assert len({payload["position"] for payload in payloads}) == 1
    assert [event.name for event in house.events_since(head)] == ["participant.competency_offered"]


def test_of_sixteen_who_expect_the_same_version_one_is_heard(house: House) -> None:
    ada, head = house.person("Ada"), house.store.head()

    def offer(n: int) -> Callable[[], Json]:
        given = {"competency": f"Skill {n}", "level": 3, "expectedVersion": 1}
        return lambda: house.tell(ada, "offerCompetency", given)

    payloads = at_once(*[offer(n) for n in range(16)])
    refused = [payload["errors"][0] for payload in payloads if payload["errors"]]
    assert len(refused) == 15
    assert {(error["code"], error["currentVersion"]) for error in refused} == {("CONFLICT", 2)}
    assert len(house.events_since(head)) == 1


def test_nobody_applies_to_a_programme_after_it_has_closed(house: House) -> None:
    program, sam = staffed_program(house)
    people = [house.person(f"Mentee {n}") for n in range(12)]
    head = house.store.head()

    def join(person: Caller) -> Callable[[], Json]:
        return lambda: house.tell(person, "applyToProgram", {"program": program, "role": "MENTEE"})

    joins = [join(person) for person in people]
    payloads = at_once(*joins[:6], lambda: house.tell(sam, "closeProgram", {"program": program}), *joins[6:])
    names = [event.name for event in house.events_since(head)]
    late = names[names.index("program.closed") + 1 :]
    assert "enrollment.applied" not in late
    codes = [error["code"] for payload in payloads for error in payload["errors"]]
    assert set(codes) <= {"PROGRAM_IS_NOT_OPEN"}
    assert names.count("enrollment.applied") == 12 - len(codes)


def test_nobody_is_let_in_by_a_rule_or_a_profile_that_has_just_changed(house: House) -> None:
    program, sam = staffed_program(house)
    ada = house.person("Ada", department="Sales")
    record = {"participant": ada.id, "source": "hr", "record": {"department": "Finance"}}
    rule = {"program": program, "role": "MENTEE", "rule": 'department == "Sales"'}
    head = house.store.head()
    at_once(
        lambda: house.tell(sam, "limitAudience", rule),
        lambda: house.tell(ada, "applyToProgram", {"program": program, "role": "MENTEE"}),
        lambda: house.tell(house.registrar, "syncRecord", record),
    )
    names = [event.name for event in house.events_since(head)]
    if "enrollment.applied" in names:
        before = names[: names.index("enrollment.applied")]
        assert not {"program.audience_limited", "participant.record_synced"} <= set(before)
    assert {"program.audience_limited", "participant.record_synced"} <= set(names)


@pytest.mark.parametrize(("changes", "outcome"), [(1, "applied"), (ATTEMPTS, "refused")])
def test_a_programme_that_changes_meanwhile_is_read_again_but_not_for_ever(
    house: House, changes: int, outcome: str
) -> None:
    program, sam = staffed_program(house)
    part, rules = Part(ProgramId(key_of(program)), ParticipantId(uuid4())), iter(range(changes))

    def slow(_: object, **__: object) -> list[DomainEvent]:
        """While it decides, somebody else changes whom the programme is for."""
        if (n := next(rules, None)) is not None:
            rule = {"program": program, "role": "MENTEE", "rule": f"hours_a_month > {n}"}
            house.done(sam, "limitAudience", rule)
        return [Invited(program=part.program, participant=part.person, role=Side.MENTEE)]

    async def deciding() -> Done:
        async with open_services(house.database, house.keys, b"cursors") as services:
            info: Any = SimpleNamespace(
                context=services.context(Actor("sam", frozenset({Role.ORGANISATION_ADMIN})))
            )
            return await decide(info, CommandInput(), Action.REJECT, part, slow)

    if outcome == "refused":
        with pytest.raises(StillChanging):
            asyncio.run(deciding())
    else:
        assert asyncio.run(deciding()).position == house.store.head()


def test_two_decisions_at_once_leave_one_outcome(house: House) -> None:
    program, sam = staffed_program(house)
    ada = house.person("Ada")
    made = house.done(ada, "applyToProgram", {"program": program, "role": "MENTOR"}, "enrollment { id }")
    enrollment = made["enrollment"]["id"]
    payloads = at_once(
        lambda: house.tell(sam, "approveEnrollment", {"enrollment": enrollment}),
        lambda: house.tell(sam, "rejectEnrollment", {"enrollment": enrollment, "reason": "No."}),
    )
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1]
    history = [event.name for event in house.store.history(key_of(enrollment))]
    assert history[1:] in (["enrollment.approved"], ["enrollment.rejected"])
