"""Ada and Noor agree to meet, and nobody does anything: what they hear, who else does, and how it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from domain.permissions import Role
from projections.projection import connect
from tests.api.accompanied import Accompanied
from tests.house import Caller, House
from tests.projections.given import eventually
from workers import reminders, surveying

TOLD: Final = "{ notifications(first: 50) { nodes { occasion rung sentAt wording { subject body } } } }"
STATE: Final = "state endReason outcome history(last: 1) { nodes { name sentence actor { name } } }"
INBOX: Final = "{ inbox(first: 50) { nodes { kind command } } }"


@pytest.fixture(scope="module")
def here(house: House) -> Accompanied:
    """The programme is followed strictly."""
    here = Accompanied(house)
    here.set("setAccountability", settings={"degree": "STRICT"})
    return here


def days_later(house: House, days: int) -> None:
    """So many days from now the workers make their rounds, until nothing is left to be done."""
    now = datetime.now(UTC) + timedelta(days=days)
    for begin in (reminders.rounds, surveying.rounds):
        with connect(house.database) as connection:
            worker = begin(connection, house.store, lambda: now)
            eventually(lambda: not worker.advance() and worker.position >= house.store.head())  # noqa: B023 used before the next round


def herself(house: House, staff: Caller) -> Caller:
    """What somebody of the staff is told is told to a person."""
    return house.caller(Role.PARTICIPANT, participant=staff.participant)


def told(house: House, who: Caller) -> list[tuple[str, int]]:
    """Of what, the first first."""
    found: list[Any] = house.ask(who, TOLD)["notifications"]["nodes"]
    return [(one["occasion"], one["rung"]) for one in reversed(found)]


def hears(house: House, who: Caller, *occasions: str) -> None:
    eventually(lambda: [of for of, _ in told(house, who)] == list(occasions))


def who_has_not_signed_is_reminded(here: Accompanied, us: str, ada: Caller, noor: Caller) -> None:
    house = here.house
    days_later(house, 6)
    assert told(house, ada) == told(house, noor) == []
    house.done(noor, "signAgreement", {"mentorship": us})
    days_later(house, 7)
    hears(house, ada, "AGREEMENT")
    [reminder] = house.ask(ada, TOLD)["notifications"]["nodes"]
    assert reminder["wording"]["subject"]
    assert "{" not in reminder["wording"]["body"]
    days_later(house, 9)
    assert (told(house, ada), told(house, noor)) == ([("AGREEMENT", 1)], [])


def nobody_meets(here: Accompanied, ada: Caller, noor: Caller) -> None:
    house = here.house
    days_later(house, 10)
    hears(house, noor, "MEETING")
    hears(house, ada, "AGREEMENT", "MEETING")


def the_administrator_hears_of_what_stays_undone(here: Accompanied, ada: Caller, noor: Caller) -> None:
    house = here.house
    days_later(house, 14)
    hears(house, herself(house, here.sam), "ESCALATION")
    assert [of for of, _ in told(house, noor)] == ["MEETING", "CHECK_IN"]
    days_later(house, 18)
    hears(house, herself(house, here.sam), "ESCALATION", "ESCALATION")
    assert told(house, herself(house, here.fay)) == []


def they_are_asked_how_it_goes(house: House, ada: Caller, noor: Caller) -> None:
    days_later(house, 30)
    days_later(house, 32)
    hears(house, noor, "MEETING", "CHECK_IN", "SURVEY")
    days_later(house, 40)
    waits = {one["kind"] for one in house.ask(ada, INBOX)["inbox"]["nodes"]}
    assert "AGREEMENT" in waits


def silence_is_told_to_them_and_to_who_looks_after_them(here: Accompanied, ada: Caller, noor: Caller) -> None:
    house = here.house
    days_later(house, 91)
    hears(house, herself(house, here.fay), "SILENCE")
    for one in (ada, noor):
        eventually(lambda: ("SILENCE", 1) in told(house, one))  # noqa: B023 used before the next one
    assert here.places(noor) == 1


def a_week_later_it_is_over(here: Accompanied, us: str, ada: Caller, noor: Caller) -> None:
    house = here.house
    days_later(house, 97)
    assert here.shown(us, "state", noor)["state"] == "RUNNING"
    days_later(house, 98)
    eventually(lambda: here.shown(us, "state", noor)["state"] == "CONCLUDED")
    assert here.shown(us, "outcome", noor) == {"outcome": "LAPSED"}
    assert (here.places(ada), here.places(noor)) == (0, 0)
    before = told(house, ada)
    days_later(house, 99)
    days_later(house, 200)
    after = [of for of, _ in told(house, ada)]
    assert after[: len(before)] == [of for of, _ in before]
    assert set(after[len(before) :]) <= {"SURVEY"}


def nobody_hears_anything_twice(house: House) -> None:
    head = house.store.head()
    days_later(house, 200)
    assert house.store.head() == head


def test_from_the_agreement_to_silence(house: House, here: Accompanied) -> None:
    """One story: each step stands on those before it."""
    ada, noor = here.meeting.mentor("Ada Okafor"), here.meeting.mentee("Noor Haddad")
    us = here.pair(ada, noor)
    who_has_not_signed_is_reminded(here, us, ada, noor)
    nobody_meets(here, ada, noor)
    the_administrator_hears_of_what_stays_undone(here, ada, noor)
    they_are_asked_how_it_goes(house, ada, noor)
    silence_is_told_to_them_and_to_who_looks_after_them(here, ada, noor)
    a_week_later_it_is_over(here, us, ada, noor)
    nobody_hears_anything_twice(house)
