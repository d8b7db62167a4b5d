"""Whatever is wished of a meeting in whatever order: what was granted and is repeated decides nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import meeting, meeting_series
from domain import meeting_times as times
from domain.meeting import MEETING, Answer, Described, Held, Missed, Noted, Proposed
from domain.relationship import Status
from tests.domain.test_meeting import FRIDAY, MONDAY, NOW, THEIRS, TOGETHER, TUESDAY
from tests.domain.test_wishes import Wish, each_decides_nothing_again, ids, texts, wish
from tests.people import ADA, LIN, NOOR

people = st.sampled_from([ADA.id, NOOR.id, LIN.id])
slot = st.sampled_from([MONDAY, TUESDAY, FRIDAY])
slots = st.lists(slot, min_size=1, max_size=3, unique=True).map(tuple)
within = st.sampled_from([TOGETHER, TOGETHER, TOGETHER, replace(TOGETHER, status=Status.CONCLUDED)])
now = st.sampled_from(
    [NOW, NOW, NOW, MONDAY.starts_at - timedelta(hours=1), FRIDAY.starts_at + timedelta(hours=2)]
)
there: dict[str, Any] = {"within": within, "now": now}
inside: dict[str, Any] = {**there, "by": people}
sequence = st.none() | st.integers(0, 2)
attendance = st.lists(people, min_size=1, unique=True).map(tuple)
proposals = st.builds(
    Proposed,
    mentorship=st.just(THEIRS),
    by=people,
    slots=slots,
    time_zone=st.just("Europe/Berlin"),
    title=texts,
)
OF_A_MEETING = st.one_of(
    wish(meeting.propose, **there, proposed=proposals),
    wish(meeting.describe, within=within, described=st.builds(Described, by=people, title=texts)),
    wish(times.propose_slots, **inside, slots=slots, sequence=sequence),
    wish(times.answer, **inside, answer=st.sampled_from(Answer), sequence=sequence),
    wish(times.confirm, **inside, slot=slot),
    wish(times.reschedule, **inside, slot=slot),
    wish(times.cancel, **inside, reason=st.none() | texts),
    wish(meeting_series.cancel_what_is_to_come, **inside),
    wish(meeting_series.confirm_what_is_proposed, **inside),
    wish(
        meeting.hold,
        **there,
        held=st.builds(
            Held,
            by=people,
            started_at=slot.map(lambda one: one.starts_at),
            duration_minutes=st.just(30),
            attendance=attendance,
        ),
    ),
    wish(meeting.miss, **there, missed=st.builds(Missed, by=people, missed_by=attendance)),
    wish(meeting.note, within=within, noted=st.builds(Noted, note=ids, by=people, text=texts)),
)


@drawn(proposals, st.lists(OF_A_MEETING, max_size=25))
def test_a_repeated_wish_decides_nothing(first: Proposed, wishes: list[Wish]) -> None:
    each_decides_nothing_again(MEETING, wishes, [first])
