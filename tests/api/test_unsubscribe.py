"""Whoever has got a mail turns mail off by the link in it, and nobody else does."""

from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from domain.ids import ParticipantId
from domain.occasions import Occasion
from domain.permissions import Role
from domain.preferences import NotificationsPreferred, QuietHours
from projections import mail_links
from tests.house import Caller, House

ONE_CLICK: Final = {"List-Unsubscribe": "One-Click"}
READ: Final = "query ($id: ID!) { participant(id: $id) { notificationPreferences { mail muted } } }"


def address(house: House, who: Caller) -> str:
    assert who.participant is not None
    path = mail_links.path(house.store, ParticipantId(who.participant))
    return f"{house._http.base_url}".rstrip("/") + path


def asked(method: str, url: str, **more: Any) -> httpx.Response:
    """As a browser or a mail program does: without a token, and following nothing."""
    return httpx.request(method, url, timeout=30, **more)


def preferred(house: House, who: Caller) -> Any:
    return house.ask(who, READ, id=who.id)["participant"]["notificationPreferences"]


def test_looking_at_the_page_changes_nothing(house: House) -> None:
    noor = house.person("Noor")
    head = house.store.head()
    page = asked("GET", address(house, noor))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post">' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert asked("HEAD", address(house, noor)).status_code == 200
    assert house.store.head() == head


@pytest.mark.parametrize(
    "body",
    [{"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}],
    ids=["as Gmail posts it", "as a form in parts"],
)
def test_one_click_turns_mail_off_as_the_person_themself(house: House, body: Any) -> None:
    noor = house.person("Noor")
    wish = {"muted": ["SURVEY"], "quiet": {"since": "22:00", "until": "07:00"}}
    house.done(noor, "setNotificationPreferences", wish)
    head = house.store.head()
    answer = asked("POST", address(house, noor), **body)
    assert (answer.status_code, "Mail is off" in answer.text) == (200, True)
    (recorded,) = house.events_since(head)
    quiet = QuietHours(since="22:00", until="07:00")
    assert recorded.event == NotificationsPreferred(mail=False, muted=(Occasion.SURVEY,), quiet=quiet)
    assert recorded.actor == str(noor.participant)
    house.wait_for(house.store.head())
    assert preferred(house, noor) == {"mail": False, "muted": ["SURVEY"]}


def test_asked_again_nothing_happens_again(house: House) -> None:
    noor = house.person("Noor")
    assert asked("POST", address(house, noor), data=ONE_CLICK).status_code == 200
    head = house.store.head()
    assert asked("POST", address(house, noor), data=ONE_CLICK).status_code == 200
    assert house.store.head() == head


def test_guests_and_who_has_left_turn_it_off_too(house: House) -> None:
    gus, noor = house.person("Gus", Role.GUEST), house.person("Noor")
    house.done(noor, "markParticipantLeft", {"reason": "OWN_WISH"})
    for who in (gus, noor):
        assert asked("POST", address(house, who), data=ONE_CLICK).status_code == 200


def code(answer: httpx.Response) -> tuple[int, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["extensions"]["code"]


def test_a_link_that_is_changed_turns_nothing_off(house: House) -> None:
    noor, ada = house.person("Noor"), house.person("Ada")
    whole, other = address(house, noor), address(house, ada)
    head = house.store.head()
    for wrong in (whole[:-1], whole[:-2] + "AA", whole[:-20] + other[-20:], whole + "A"):
        for method in ("GET", "POST"):
            assert code(asked(method, wrong)) == (404, "LINK_IS_NOT_OURS")
    assert house.store.head() == head


def test_nothing_is_turned_off_of_the_erased_and_the_unknown(house: House) -> None:
    noor = house.person("Noor")
    house.done(house.registrar, "eraseParticipant", {"participant": noor.id})
    assert code(asked("POST", address(house, noor))) == (400, "PERSON_IS_ERASED")
    nobody = house.caller(participant=uuid4())
    assert code(asked("POST", address(house, nobody))) == (400, "PERSON_IS_UNKNOWN")


def test_other_ways_to_ask_are_refused(house: House) -> None:
    answer = asked("PUT", address(house, house.person("Noor")))
    assert code(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, HEAD, POST"


def test_a_fault_of_ours_says_nothing_of_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    noor = house.person("Noor")
    whole = address(house, noor)

    def broken(*_: Any) -> None:
        raise LookupError(str(noor.participant))

    monkeypatch.setattr(mail_links, "person_of", broken)
    answer = asked("POST", whole, data=ONE_CLICK)
    assert code(answer) == (500, "INTERNAL")
    assert str(noor.participant) not in answer.text
