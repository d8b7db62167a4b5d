"""Whatever is wished of a webhook, in whatever order: the same wish again decides nothing."""

from uuid import UUID

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import webhook as w
from domain.webhook import WEBHOOK
from tests.domain.test_webhook import KNOWN, TYPES, URL
from tests.domain.test_wishes import Wish, each_decides_nothing_again, wish

types = st.sampled_from([TYPES, ("*",), ("org.chiron.nothing.*",)])
urls = st.sampled_from([URL, "https://other.example.org/", "http://other.example.org/"])
known = st.just(KNOWN)
ids = st.sampled_from([UUID(int=1), UUID(int=2)])
OF_A_WEBHOOK = st.one_of(
    wish(w.register, url=urls, types=types, known=known),
    wish(w.change, url=st.none() | urls, types=st.none() | types, known=known),
    wish(w.pause, reason=st.sampled_from(w.Reason)),
    wish(w.resume),
    wish(w.rotate_secret, former=st.integers(1, 4)),
    wish(w.ask_replay, replay=ids, after=st.integers(0, 9), head=st.just(8)),
    wish(w.send_ping, ping=ids),
    wish(w.remove),
)


@drawn(st.lists(OF_A_WEBHOOK, min_size=1, max_size=25))
def test_a_wish_that_already_holds_decides_nothing(lived: list[Wish]) -> None:
    each_decides_nothing_again(WEBHOOK, lived)
