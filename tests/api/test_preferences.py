"""What people prefer of being told things: their own business, guests' too."""

from typing import Final
from uuid import uuid4

from domain.permissions import Role
from tests.house import House

PREFERENCES: Final = "notificationPreferences { mail muted quietSince quietUntil }"
READ: Final = f"query ($id: ID!) {{ participant(id: $id) {{ {PREFERENCES} }} }}"
USUAL: Final = {"mail": True, "muted": [], "quietSince": None, "quietUntil": None}
NIGHT: Final = {"since": "22:00", "until": "07:00"}


def test_they_are_the_usual_until_set_and_again_when_left_out(house: House) -> None:
    noor = house.person("Noor")
    assert house.ask(noor, READ, id=noor.id)["participant"]["notificationPreferences"] == USUAL
    wish = {"mail": False, "muted": ["SURVEY", "MEETING"], "quiet": NIGHT}
    done = house.done(noor, "setNotificationPreferences", wish, f"participant {{ {PREFERENCES} }}")
    quiet = {"quietSince": "22:00", "quietUntil": "07:00"}
    found = done["participant"]["notificationPreferences"]
    assert found == {"mail": False, "muted": ["MEETING", "SURVEY"], **quiet}
    done = house.done(noor, "setNotificationPreferences", {}, f"participant {{ {PREFERENCES} }}")
    assert done["participant"]["notificationPreferences"] == USUAL


def test_the_same_command_is_done_once(house: House) -> None:
    noor, key = house.person("Noor"), str(uuid4())
    first = house.done(noor, "setNotificationPreferences", {"mail": False, "idempotencyKey": key})
    house.done(noor, "setNotificationPreferences", {"mail": True})
    again = house.done(noor, "setNotificationPreferences", {"mail": False, "idempotencyKey": key})
    assert again == first
    assert house.ask(noor, READ, id=noor.id)["participant"]["notificationPreferences"]["mail"] is True


def test_a_guest_has_preferences_too(house: House) -> None:
    gus = house.person("Gus", Role.GUEST)
    house.done(gus, "setNotificationPreferences", {"mail": False})
    assert house.ask(gus, READ, id=gus.id)["participant"]["notificationPreferences"]["mail"] is False


def test_nobody_sees_or_sets_those_of_another(house: House) -> None:
    noor = house.person("Noor")
    for role in set(Role) - {Role.SERVICE}:
        other = house.person("Somebody", role)
        shown = house.answer(other, READ, {"id": noor.id})["data"]["participant"] or {}
        assert shown.get("notificationPreferences") is None
        wish = {"participant": noor.id, "mail": False}
        assert house.refused(other, "setNotificationPreferences", wish)["code"] == "FORBIDDEN"


def test_quiet_hours_are_two_times_of_day(house: House) -> None:
    noor = house.person("Noor")
    wish = {"quiet": {"since": "22:00", "until": "25:00"}}
    told = house.refused(noor, "setNotificationPreferences", wish)
    assert (told["code"], told["path"]) == ("VALUE_ERROR", ["input", "quiet", "until"])
