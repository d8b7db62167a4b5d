"""Random webhooks, also such as are changed before they are registered, or resumed after they are removed."""

from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import webhook as w
from domain.event import DomainEvent
from domain.ids import WebhookId

WEBHOOKS: Final = (WebhookId(UUID(int=9101)), WebhookId(UUID(int=9102)))

told = {
    "url": st.sampled_from(["https://one.example.org/", "https://two.example.org/hook"]),
    "types": st.sampled_from([("*",), ("org.chiron.mentorship.*",)]),
    "description": st.none() | st.just("Tells the CRM"),
}
of_a_webhook: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(w.Registered, **told),
    st.builds(w.Changed, **told),
    st.builds(w.Paused, reason=st.sampled_from(w.Reason)),
    st.builds(w.SecretRotated, generation=st.integers(2, 4)),
    st.builds(w.ReplayAsked, replay=st.just(UUID(int=1)), after=st.integers(0, 9)),
    st.sampled_from([w.Resumed(), w.Pinged(ping=UUID(int=2)), w.Removed()]),
)
