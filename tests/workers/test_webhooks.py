"""Webhooks are told of what they are owed, in order, once it is taken; nobody else waits for who does not."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from standardwebhooks import Webhook as Verifier

from domain import webhook
from domain.participant import PARTICIPANT, Returned
from domain.webhook import Changed, Paused, Pinged, Reason, Removed, ReplayAsked, Resumed, SecretRotated
from tests.projections.given import eventually
from tests.workers import at_webhooks
from tests.workers.hooked import Hooks, hooks
from tests.workers.lain import messages
from tests.workers.locks import cut_off, held_up, waiting_for
from tests.workers.receiver import TAKEN, Receiver, receiver
from tests.workers.test_publisher import live, tell
from workers.webhook_message import FORMER_SECRET, headers
from workers.webhook_sender import FAILING, RETRIES
from workers.webhooks import NotShownYet, Webhooks


@pytest.fixture
def here(postgres_url: str) -> Iterator[Hooks]:
    with hooks(postgres_url) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


def happens(here: Hooks, count: int = 1) -> list[int]:
    """The positions of things that happen to as many people."""
    before = here.store.head()
    for _ in range(count):
        tell(here.store, PARTICIPANT.stream(uuid4()), Returned())
    return list(range(before + 1, here.store.head() + 1))


def test_it_is_told_of_what_it_asked_for_signed_and_in_order(here: Hooks, server: Receiver) -> None:
    happens(here)
    some = here.hook(server.url, "org.chiron.meeting.*", "org.chiron.mentorship.began.v1")
    server.secret = here.secret(some)
    live(here.store)
    here.read()
    here.send()
    told = [one for one in messages(here.store) if one.type.startswith("org.chiron.meeting.")]
    began = [one for one in messages(here.store) if one.name == "mentorship.began"]
    wanted = {one.position for one in (*told, *began)}
    assert set(server.positions) == wanted
    assert all(earlier < later for one in server.by_key().values() for earlier, later in pairwise(one))
    assert server.came == [
        next(one for one in _bodies(here) if one["sequence"] == came["sequence"]) for came in server.came
    ]
    assert set(here.states(some)) == {"delivered"}
    assert all("." not in one for one in server.ids)


def _bodies(here: Hooks) -> list[dict[str, object]]:
    return [json.loads(one.raw) for one in messages(here.store)]


def test_a_topic_that_is_read_again_tells_nothing_twice(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url)
    happens(here, 3)
    for topic in ("velmora.events", "velmora.events", "velmora.other"):
        here.read(topic)
        here.send()
    assert sorted(server.positions) == list(range(1, here.store.head() + 1))
    assert len(here.log(hook)) == 4


def test_what_happened_before_it_or_long_ago_it_is_not_told(here: Hooks, server: Receiver) -> None:
    happens(here)
    here.hook(server.url)
    late = happens(here)
    here.read()
    here.send()
    assert sorted(server.positions) == [late[0] - 1, *late]
    anew = here.hook(server.url)
    here.later(days=31).read("velmora.other")
    assert here.log(anew) == []


def test_what_is_not_known_yet_is_waited_for(here: Hooks) -> None:
    tell(here.store, PARTICIPANT.stream(uuid4()), Returned())
    with here.database.connect() as connection, pytest.raises(NotShownYet):
        Webhooks(here.clock).take(connection, messages(here.store))


def test_types_hold_from_where_they_were_changed_up_to_where_it_is_removed(
    here: Hooks, server: Receiver
) -> None:
    hook = here.hook(server.url, "org.chiron.participant.returned.v1")
    first = happens(here)
    here.tell(hook, Changed(url=server.url, types=("org.chiron.meeting.*",)))
    happens(here)
    here.tell(hook, Changed(url=server.url, types=("*",)))
    last = happens(here)
    here.read()
    assert [row["position"] for row in here.log(hook)] == [*first, last[0] - 1, *last]
    here.tell(hook, Removed())
    happens(here)
    here.read()
    here.send()
    assert server.came == []
    with here.sender() as sender:
        here.later(hours=1)
        sender.advance()
    assert here.log(hook) == []


def test_a_key_waits_for_its_first_and_others_go_on(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url, "org.chiron.participant.*")
    stuck, other = PARTICIPANT.stream(uuid4()), PARTICIPANT.stream(uuid4())
    for _ in range(2):
        tell(here.store, stuck, Returned())
        tell(here.store, other, Returned())
    server.answer = lambda one: (500, {}) if one["subject"] == str(stuck.id) else TAKEN
    here.read()
    for _ in range(3):
        here.send()
        here.later(seconds=2)
    assert server.by_key().keys() == {str(other.id)}
    assert [row["attempts"] for row in here.log(hook) if row["key"] == stuck.id] == [1, 0]
    server.answer = lambda _: TAKEN
    for _ in range(3):
        here.later(minutes=10).send()
    assert all(earlier < later for one in server.by_key().values() for earlier, later in pairwise(one))
    assert set(here.states(hook)) == {"delivered"}


def test_what_is_never_taken_is_given_up_and_the_next_goes_on(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url, "org.chiron.participant.*")
    person = PARTICIPANT.stream(uuid4())
    tell(here.store, person, Returned())
    tell(here.store, person, Returned())
    first, second = (one.position for one in messages(here.store)[-2:])
    server.answer = lambda one: (400, {}) if int(one["sequence"]) == first else TAKEN
    here.read()
    for wait in (timedelta(), *RETRIES):
        here.now += wait * 1.3
        here.send()
    here.later(minutes=6).send()
    assert server.asked == len(RETRIES) + 2
    assert server.positions == [second]
    assert [(row["state"], row["status"]) for row in here.log(hook)] == [("failed", 400), ("delivered", 204)]


def test_who_is_gone_for_good_is_paused_and_tried_at_once_when_resumed(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url)
    server.answer = lambda _: (410, {})
    here.read()
    here.send()
    happens(here)
    here.read()
    here.later(days=1).send()
    assert server.asked == 1
    state = here.store.load(webhook.WEBHOOK.stream(hook)).state
    assert state.paused is Reason.GONE
    server.answer = lambda _: TAKEN
    here.later(seconds=1).tell(hook, Resumed())
    here.read()
    here.send()
    assert sorted(server.positions) == list(range(1, here.store.head() + 1))


def test_who_is_removed_while_it_answers_is_not_paused(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url)
    here.read()

    def goes(_: object) -> tuple[int, dict[str, str]]:
        here.tell(hook, Removed())
        return 410, {}

    server.answer = goes
    here.send()
    assert server.asked == 1
    assert [one.name for one in messages(here.store)] == ["webhook.registered", "webhook.removed"]


def test_who_has_failed_for_days_is_paused(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url)
    server.answer = lambda _: (503, {"Retry-After": "30"})
    here.read()
    here.send()
    assert here.log(hook)[0]["due_at"] >= here.now + timedelta(seconds=30)
    happens(here)
    here.read()
    here.now += FAILING
    here.send()
    assert here.store.load(webhook.WEBHOOK.stream(hook)).state.paused is Reason.FAILING
    assert "webhook.paused" in [one.name for one in messages(here.store)]


def test_what_is_paused_by_hand_waits(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url)
    here.tell(hook, Paused(reason=Reason.ASKED))
    here.read()
    here.send()
    assert (server.asked, here.states(hook)) == (0, ["waiting"] * 2)
    here.tell(hook, Resumed())
    here.read()
    here.send()
    assert server.positions == [1, 2, 3]


def test_who_hangs_holds_up_nobody_else(here: Hooks, server: Receiver) -> None:
    answers, asked = threading.Event(), threading.Semaphore(0)
    with receiver() as slow:

        def hangs(_: object) -> tuple[int, dict[str, str]]:
            asked.release()
            answers.wait()
            return TAKEN

        slow.answer = hangs
        theirs, ours = here.hook(slow.url), here.hook(server.url)
        happens(here, 20)
        here.read()
        with here.sender() as sender:
            while "waiting" in here.states(ours):
                sender.advance()
            assert asked.acquire(timeout=60)
            assert "delivered" not in here.states(theirs)
            answers.set()
            while "waiting" in here.states(theirs):
                sender.advance()
    assert set(slow.positions) == {row["position"] for row in here.log(theirs)}


def test_both_secrets_sign_for_a_day_after_a_rotation(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url)
    here.tell(hook, SecretRotated(generation=2))
    here.read()
    for generation in (1, 2):
        server.secret = here.secret(hook, generation)
        here.send()
        happens(here)
        here.read()
    server.secret = here.secret(hook, 1)
    here.now += FORMER_SECRET + timedelta(minutes=1)
    asked = server.asked
    refused: list[str] = []
    server.handle_error = lambda *_: refused.append("signature")  # type: ignore[method-assign]  # as the library has it
    here.send()
    assert (server.asked, refused) == (asked + 1, ["signature"])


def test_what_is_signed_is_what_the_standard_says() -> None:
    """By a verifier of theirs, and the example of their specification."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)
    signed = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", body, [secret], at)
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    now = datetime.now(UTC)
    assert Verifier(secret).verify(body, dict(headers("a.1", body, [secret], now)))


def test_a_ping_comes_whatever_it_is_told_of(here: Hooks, server: Receiver) -> None:
    hook, other = here.hook(server.url, "org.chiron.meeting.*"), here.hook(server.url, "*")
    here.tell(hook, Pinged(ping=uuid4()))
    here.tell(other, ReplayAsked(replay=uuid4(), after=0))
    here.read()
    here.send()
    pinged = "org.chiron.webhook.pinged.v1"
    assert [one["type"] for one in server.came].count(pinged) == 1
    assert [row["type"] for row in here.log(hook)] == [pinged]


def test_what_cannot_be_read_is_put_off_and_the_rest_goes_on(here: Hooks, server: Receiver) -> None:
    """As an event of a newer version, while an older one still sends."""
    hook = here.hook(server.url)
    unread, *rest = happens(here, 3)
    here.read()
    with here.database.connect() as connection:
        far = {"position": unread, "far": 10_000}
        connection.execute(
            "UPDATE webhook_deliveries SET position = %(far)s WHERE position = %(position)s", far
        )
    here.send()
    assert sorted(server.positions) == [1, *rest]
    assert [(row["state"], row["code"]) for row in here.log(hook)][-1] == ("waiting", "unreadable")


def test_what_was_is_told_again_once_up_to_where_it_was_asked_for(here: Hooks, server: Receiver) -> None:
    before = happens(here, 3)
    hook = here.hook(server.url, "org.chiron.participant.*")
    happens(here, 2)
    here.read()
    here.send()
    here.tell(hook, ReplayAsked(replay=uuid4(), after=before[0]))
    asked_at = here.store.head()
    after = happens(here)
    here.read()
    first = list(server.ids)
    here.send()
    again = [position for position in range(before[1], asked_at) if position != before[-1] + 1]
    assert sorted(server.positions[2:]) == sorted([*again, *after])
    assert set(first) <= set(server.ids[2:]), "the same ids, so that who has seen them may drop them"
    assert set(here.states(hook)) == {"delivered"}
    here.read("velmora.other")
    here.send()
    assert len(server.came) == 2 + len(again) + 1


def test_what_waits_is_not_told_twice_by_a_replay(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url, "org.chiron.participant.*")
    waiting = happens(here, 2)
    here.tell(hook, ReplayAsked(replay=uuid4(), after=0))
    here.read()
    here.send()
    assert sorted(server.positions) == waiting


def test_a_private_address_is_not_asked(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url)
    here.read()
    with here.sender(allow_private=False) as sender:
        while not here.log(hook)[0]["attempts"]:
            sender.advance()
    row = here.log(hook)[0]
    assert (row["state"], row["code"], server.asked) == ("waiting", "address_is_private", 0)


def test_killed_between_sending_and_noting_it_is_sent_again_as_the_same(
    here: Hooks, server: Receiver
) -> None:
    hook = here.hook(server.url)
    happens(here, 10)
    here.read()
    with ExitStack() as held:
        first = threading.Lock()

        def takes(_: object) -> tuple[int, dict[str, str]]:
            """From the first on nothing can be noted."""
            if first.acquire(blocking=False):
                held.enter_context(held_up(here.database, "webhook_deliveries"))
            return TAKEN

        server.answer = takes
        arguments = [here.database.url, here.database.schema, here.key.hex()]
        child = subprocess.Popen([sys.executable, "-m", at_webhooks.__name__, *arguments])
        try:
            eventually(lambda: server.came and waiting_for(here.database, "webhook_deliveries"))
        finally:
            child.kill()
            child.wait()
        cut_off(here.database, "webhook_deliveries")
    here.send()
    assert set(here.states(hook)) == {"delivered"}
    assert set(server.positions) == set(range(1, here.store.head() + 1))
    assert 0 < len(server.came) - len(set(server.ids)) <= 4


def test_two_senders_one_after_the_other_send_the_rest(here: Hooks, server: Receiver) -> None:
    hook = here.hook(server.url)
    happens(here, 8)
    here.read()
    with here.sender() as sender:
        sender.advance()
    here.send()
    assert sorted(server.positions) == list(range(1, here.store.head() + 1))
    assert set(here.states(hook)) == {"delivered"}


def test_nothing_that_is_logged_says_where_to(
    here: Hooks, server: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    here.hook(server.url)
    server.answer = lambda _: (500, {})
    here.read()
    here.send()
    printed = capsys.readouterr().out
    assert "webhook.fails" in printed
    assert not re.search(r"127\.0\.0\.1|velmora", printed)
