"""Random notifications, also such as are read by others, or before they are sent."""

from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import notification as n
from domain.event import DomainEvent
from domain.ids import MentorshipId, NotificationId, ProgramId
from domain.occasions import Occasion
from tests.projections.given import ADA, NOOR, SAM

NOTIFICATIONS: Final = (NotificationId(UUID(int=9001)), NotificationId(UUID(int=9002)))

person = st.sampled_from((ADA, NOOR, SAM))
of_a_notification: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(
        n.Sent,
        to=person,
        occasion=st.sampled_from(Occasion),
        about=st.just(UUID(int=31)),
        program=st.none() | st.just(ProgramId(UUID(int=1))),
        settings_version=st.integers(0, 3),
        mentorship=st.none() | st.just(MentorshipId(UUID(int=31))),
        rung=st.integers(1, 3),
        on=st.none() | st.dates(),
        detail=st.none() | st.just("first-project"),
    ),
    st.builds(n.Read, by=person),
)
