"""Random lives of meetings and calendar feeds, more disorderly than any rule would let them be."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import calendar_feed as f
from domain import meeting as m
from domain.event import DomainEvent
from domain.ids import CalendarFeedId, MeetingId, calendar_feed_id
from tests.projections.given import ADA, NOOR, SAM
from tests.projections.lives_mentorships import MENTORSHIPS

MEETINGS: Final = (MeetingId(UUID(int=701)), MeetingId(UUID(int=702)))
FEEDS: Final[tuple[CalendarFeedId, ...]] = tuple(map(calendar_feed_id, (ADA, NOOR)))

people = st.sampled_from((ADA, NOOR, SAM))
by = {"by": people}
words = st.none() | st.sampled_from(["First meeting", "Goals"])
described = {
    "title": words,
    "agenda": words,
    "place": words,
    "link": st.sampled_from([None, "https://meet.example.org/"]),
    **by,
}
slot = st.builds(
    m.Slot,
    starts_at=st.integers(1, 9).map(lambda day: datetime(2026, 6, day, 10, tzinfo=UTC)),
    minutes=st.sampled_from([30, 60]),
)
slots = st.lists(slot, min_size=1, max_size=3, unique_by=lambda one: one.starts_at).map(tuple)
some = st.lists(people, min_size=1, max_size=3).map(tuple)

of_a_meeting: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(
        m.Proposed, mentorship=st.sampled_from(MENTORSHIPS), slots=slots, time_zone=st.just("Europe/Berlin"),
        series=st.sampled_from([None, UUID(int=703)]), **described,
    ),
    st.builds(m.Described, **described),
    st.builds(m.SlotsProposed, slots=slots, **by),
    st.builds(m.Answered, answer=st.sampled_from(m.Answer), **by),
    st.builds(m.Confirmed, slot=slot, **by),
    st.builds(m.Rescheduled, slot=slot, **by),
    st.builds(m.Cancelled, by=st.none() | people, late=st.booleans(), reason=words),
    st.builds(
        m.Held, started_at=slot.map(lambda one: one.starts_at), duration_minutes=st.integers(1, 90),
        attendance=some, minutes=words, **by,
    ),
    st.builds(m.Missed, missed_by=some, **by),
    st.builds(
        m.Noted, note=st.integers(1, 3).map(lambda number: UUID(int=number)),
        text=st.sampled_from(["Ask more", "Listen"]), visibility=st.sampled_from(m.Visibility), **by,
    ),
)  # fmt: skip
of_a_feed: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(f.Issued, participant=people, digest=people.map(lambda one: one.hex * 2)),
    st.builds(f.Revoked, participant=people),
)
