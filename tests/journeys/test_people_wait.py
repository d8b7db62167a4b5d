"""Noor wishes for mentors, and the next is asked when one declines; Ben waits and is told how long."""

from datetime import UTC, datetime
from typing import Any

from tests.house import Caller, House
from tests.journeys.test_a_programme_lives import ENROLLMENT, Program, opened
from tests.projections.given import eventually
from tests.workers.wishing import moving_on

WISHES = """query ($id: ID!) { enrollment(id: $id) {
    openRequests proposals(first: 5) { nodes { id state rank members { participant { name } } } } } }"""
ESTIMATE = """query ($id: ID!) { enrollment(id: $id) {
    waitlistPosition waitlistEstimate { fromDays toDays basedOn pastErrorDays } } }"""


def utc_now() -> datetime:
    return datetime.now(UTC)


def joined(house: House, program: Program, who: Caller, role: str, then: str = "approveEnrollment") -> str:
    applied = house.done(who, "applyToProgram", program.of(role=role), ENROLLMENT)
    made: str = applied["enrollment"]["id"]
    house.done(program.fay, then, {"enrollment": made}, ENROLLMENT)
    return made


def asked(house: House, who: Caller, enrollment: str) -> list[tuple[int, str, str]]:
    """The newest first: at which rank, whom, and what became of it."""
    found: Any = house.ask(who, WISHES, id=enrollment)["enrollment"]["proposals"]["nodes"]
    return [(one["rank"], one["members"][0]["participant"]["name"], one["state"]) for one in found]


def test_the_next_wish_is_asked_when_one_declines(house: House) -> None:
    program = opened(house, "Wishes")
    ada, kim, noor = house.person("Ada"), house.person("Kim"), house.person("Noor")
    for mentor in (ada, kim):
        joined(house, program, mentor, "MENTOR")
    own = joined(house, program, noor, "MENTEE")
    house.done(noor, "rankWishes", program.of(wishes=[ada.id, kim.id]), ENROLLMENT)
    assert asked(house, noor, own) == [(1, "Ada", "WAITING")]
    first = house.ask(noor, WISHES, id=own)["enrollment"]["proposals"]["nodes"][0]["id"]
    with moving_on(house.database, house.store, utc_now):
        house.done(ada, "declineProposal", {"proposal": first, "reason": "No time."})
        eventually(lambda: len(asked(house, noor, own)) == 2)
    assert asked(house, noor, own) == [(2, "Kim", "WAITING"), (1, "Ada", "DECLINED")]
    assert house.ask(noor, WISHES, id=own)["enrollment"]["openRequests"] == 1


def test_who_waits_is_told_for_how_long(house: House) -> None:
    """All on one day: the shortest time that a rate is taken over."""
    program = opened(house, "Waiting")
    others = [house.person(f"Person {letter}") for letter in "ABCDEFG"]
    ben = house.person("Ben")
    waiting = [joined(house, program, one, "MENTEE", "waitlistEnrollment") for one in (*others, ben)]
    own = waiting[-1]

    def told(who: Caller) -> Any:
        return house.ask(who, ESTIMATE, id=own)["enrollment"]

    nothing = {"fromDays": None, "toDays": None, "basedOn": 0, "pastErrorDays": None}
    assert told(ben) == {"waitlistPosition": 8, "waitlistEstimate": nothing}
    for one in waiting[:6]:
        house.done(program.fay, "approveEnrollment", {"enrollment": one}, ENROLLMENT)
    estimate = {"fromDays": 0, "toDays": 1, "basedOn": 6, "pastErrorDays": None}
    assert told(ben) == told(program.fay) == {"waitlistPosition": 2, "waitlistEstimate": estimate}
    for one in waiting[6:]:
        house.done(program.fay, "approveEnrollment", {"enrollment": one}, ENROLLMENT)
    assert told(ben) == {"waitlistPosition": None, "waitlistEstimate": None}
    assert house.ask(others[0], ESTIMATE, id=own)["enrollment"] is None
