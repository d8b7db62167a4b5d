"""A webhook's life: what it is told of and where, when it is paused, and which wishes are refused."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import webhook as w
from domain.refusal import Refusal
from domain.webhook import WEBHOOK, Changed, Paused, Pinged, Reason, Registered, Removed, ReplayAsked
from tests.scenario import given

URL = "https://hooks.example.org/chiron"
TYPES = ("org.chiron.mentorship.*",)
FIRST, SECOND = UUID(int=1), UUID(int=2)
KNOWN = frozenset({"org.chiron.mentorship.began.v1", "org.chiron.program.opened.v1"})
REGISTERED = Registered(url=URL, types=TYPES)
WISH: dict[str, Any] = {"url": URL, "types": TYPES, "known": KNOWN}


def test_it_is_registered_once() -> None:
    given(WEBHOOK).when(w.register, **WISH).then(REGISTERED)
    given(WEBHOOK, REGISTERED).when(w.register, **WISH).then_nothing()
    given(WEBHOOK, REGISTERED).when(w.register, **{**WISH, "types": ("*",)}).then_refused(
        w.WebhookIsRegistered
    )
    given(WEBHOOK, REGISTERED, Removed()).when(w.register, **WISH).then_refused(w.WebhookIsUnknown)


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("http://hooks.example.org/", w.AddressIsNotSecure),
        ("https://hooks.example.org/#part", w.AddressHasFragment),
        ("https://hooks.example.org:port/", w.AddressHasNoHost),
        ("https://hooks.example.org:0/", w.AddressHasNoHost),
        ("https://[::1/", w.AddressHasNoHost),
        ("https://:443/", w.AddressHasNoHost),
        ("https://höoks.example.org/", w.AddressHasNoHost),
    ],
)
def test_where_nothing_could_go_safely_nothing_goes(url: str, refusal: type[Refusal]) -> None:
    given(WEBHOOK).when(w.register, **{**WISH, "url": url}).then_refused(refusal)
    given(WEBHOOK, REGISTERED).when(w.change, url=url, known=KNOWN).then_refused(refusal)


@pytest.mark.parametrize("url", ["ftp://example.org/", "https://", "https://ada:x@example.org/", "nowhere"])
def test_what_is_no_address_of_the_web_cannot_be_said(url: str) -> None:
    with pytest.raises(ValidationError):
        Registered(url=url, types=TYPES)


def test_plain_http_is_for_where_it_is_allowed() -> None:
    url = "http://127.0.0.1:9000/"
    given(WEBHOOK).when(w.register, **{**WISH, "url": url}, plain_http=True).then(
        Registered(url=url, types=TYPES)
    )


@pytest.mark.parametrize("types", [("org.chiron.mentorship.ended.v9",), ("org.chiron.nothing.*",)])
def test_only_of_events_that_there_are(types: tuple[str, ...]) -> None:
    given(WEBHOOK).when(w.register, **{**WISH, "types": types}).then_refused(w.TypeIsUnknown, type=types[0])


@pytest.mark.parametrize("types", [(), ("*", "*"), ("Org.*",), ("org chiron",), ("org.**",), ("a",) * 51])
def test_types_are_written_in_one_way_and_each_once(types: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        Registered(url=URL, types=types)


def test_types_mean_what_they_say() -> None:
    type_ = "org.chiron.mentorship.began.v1"
    assert w.wanted(("*",), type_)
    assert w.wanted(("org.chiron.mentorship.*",), type_)
    assert w.wanted(("org.chiron.program.*", type_), type_)
    assert not w.wanted(("org.chiron.mentor.*", "org.chiron.mentorship.began.v2"), type_)
    assert not w.wanted((), type_)


def test_what_is_not_said_stays() -> None:
    webhook = given(WEBHOOK, Registered(url=URL, types=TYPES, description="The CRM"))
    webhook.when(w.change, known=KNOWN, types=("*",)).then(
        Changed(url=URL, types=("*",), description="The CRM")
    )
    webhook.when(w.change, known=KNOWN).then_nothing()
    changed = given(WEBHOOK, REGISTERED, Changed(url=URL, types=("*",), description="Other"))
    changed.when(w.change, known=KNOWN, types=("*",), description="Other").then_nothing()


def test_it_is_paused_and_resumed() -> None:
    given(WEBHOOK, REGISTERED).when(w.pause).then(Paused(reason=Reason.ASKED))
    given(WEBHOOK, REGISTERED).when(w.pause, reason=Reason.GONE).then(Paused(reason=Reason.GONE))
    paused = given(WEBHOOK, REGISTERED, Paused(reason=Reason.FAILING))
    paused.when(w.pause).then_nothing()
    paused.when(w.send_ping, ping=FIRST).then_refused(w.WebhookIsPaused)
    paused.when(w.resume).then(w.Resumed())
    given(WEBHOOK, REGISTERED, Paused(reason=Reason.GONE), w.Resumed()).when(w.resume).then_nothing()


def test_each_secret_has_a_number() -> None:
    given(WEBHOOK, REGISTERED).when(w.rotate_secret, former=1).then(w.SecretRotated(generation=2))
    rotated = given(WEBHOOK, REGISTERED, w.SecretRotated(generation=2))
    rotated.when(w.rotate_secret, former=1).then_nothing()
    rotated.when(w.rotate_secret, former=2).then(w.SecretRotated(generation=3))
    rotated.when(w.rotate_secret, former=3).then_refused(w.SecretIsUnknown, former=3, newest=2)


def test_only_what_has_happened_is_replayed() -> None:
    webhook = given(WEBHOOK, REGISTERED, ReplayAsked(replay=FIRST, after=0), Pinged(ping=SECOND))
    webhook.when(w.ask_replay, replay=FIRST, after=6, head=7).then(ReplayAsked(replay=FIRST, after=6))
    webhook.when(w.ask_replay, replay=FIRST, after=7, head=7).then_refused(w.ReplayIsAhead, head=7, after=7)
    webhook.when(w.send_ping, ping=FIRST).then(Pinged(ping=FIRST))
    webhook.when(w.send_ping, ping=SECOND).then_nothing()


@pytest.mark.parametrize("life", [(), (REGISTERED, Removed())])
def test_nothing_is_done_with_one_that_is_not_there(life: tuple[Any, ...]) -> None:
    absent = given(WEBHOOK, *life)
    for wish in (w.pause, w.resume):
        absent.when(wish).then_refused(w.WebhookIsUnknown)
    absent.when(w.rotate_secret, former=1).then_refused(w.WebhookIsUnknown)
    absent.when(w.send_ping, ping=FIRST).then_refused(w.WebhookIsUnknown)
    absent.when(w.change, known=KNOWN).then_refused(w.WebhookIsUnknown)
    absent.when(w.ask_replay, replay=FIRST, after=0, head=9).then_refused(w.WebhookIsUnknown)


def test_it_is_removed_for_good() -> None:
    given(WEBHOOK, REGISTERED).when(w.remove).then(Removed())
    given(WEBHOOK, REGISTERED, Removed()).when(w.remove).then_nothing()
    given(WEBHOOK).when(w.remove).then_refused(w.WebhookIsUnknown)
