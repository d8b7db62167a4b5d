"""A key repeated when other things have become possible, or late, or over, is still the first wish."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import pytest

from api.relay import global_id
from domain.command import Command
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, meeting_id
from domain.meeting import MEETING, Cancelled, Confirmed, Proposed, Slot
from tests.api.meeting import meeting as programme
from tests.api.test_meetings import Pair, met
from tests.house import Caller, Json, key_of

NOW: Final = datetime.now(UTC)
DAY: Final = timedelta(days=1)
BERLIN: Final = "Europe/Berlin"


@pytest.fixture(scope="module")
def pair(house: Any) -> Pair:
    place = programme(house)
    return met(place, place.mentor("Ada"), place.mentee("Noor"))


def person(caller: Caller) -> ParticipantId:
    return ParticipantId(key_of(caller.id))


def proposed(pair: Pair, starts_at: datetime, series: UUID | None = None) -> Proposed:
    slot = Slot(starts_at=starts_at, minutes=60)
    us, ada = MentorshipId(key_of(pair.mentorship)), person(pair.ada)
    return Proposed(mentorship=us, by=ada, slots=(slot,), time_zone=BERLIN, series=series)


def sent(caller: Caller, key: str) -> UUID:
    """The command that a key of theirs stands for."""
    return uuid5(UUID(key), str(caller.participant))


def told(pair: Pair, stream: Any, *events: DomainEvent, command: UUID | None = None, ago: timedelta) -> None:
    happened = Command(command or uuid4(), str(person(pair.ada)), at=NOW - ago)
    pair.house.store.act(happened, stream, lambda _: list(events))


def repeats(pair: Pair, caller: Caller, command: str, given: Json) -> None:
    head = pair.house.store.head()
    assert pair.house.tell(caller, command, given)["errors"] == []
    assert pair.house.store.head() == head


def code(pair: Pair, caller: Caller, command: str, given: Json) -> str:
    found: str = pair.house.refused(caller, command, given)["code"]
    return found


@pytest.mark.parametrize("command", ["cancelMeetingSeries", "confirmMeetingSeries"])
def test_a_series_whose_first_meeting_has_been(pair: Pair, command: str) -> None:
    series = uuid4()
    for number in (1, 2, 3):
        begins = NOW + (number - 1.5) * DAY
        stream = MEETING.stream(meeting_id(series, number))
        told(pair, stream, proposed(pair, begins, series), ago=3 * DAY)
    confirmed = Confirmed(by=person(pair.noor), slot=proposed(pair, NOW - DAY / 2).slots[0])
    told(pair, MEETING.stream(meeting_id(series, 1)), confirmed, ago=2 * DAY)
    given: Json = {"mentorship": pair.mentorship, "series": str(series), "idempotencyKey": str(uuid4())}
    pair.house.done(pair.noor, command, given)
    repeats(pair, pair.noor, command, given)
    if command == "cancelMeetingSeries":
        assert code(pair, pair.noor, command, {**given, "reason": "Ill"}) == "COMMAND_REUSED"


def test_a_series_that_has_begun_since_it_was_proposed(pair: Pair) -> None:
    key, begins = str(uuid4()), NOW - DAY
    command = sent(pair.ada, key)
    series = uuid5(command, "new")
    first = MEETING.stream(meeting_id(series, 1))
    told(pair, first, proposed(pair, begins, series), command=command, ago=2 * DAY)
    given = {
        "mentorship": pair.mentorship, "timeZone": BERLIN, "startsAt": begins.isoformat(), "minutes": 60,
        "period": "DAY", "count": 1, "idempotencyKey": key,
    }  # fmt: skip
    repeats(pair, pair.ada, "proposeMeetingSeries", given)
    other = {**given, "minutes": 30}
    assert code(pair, pair.ada, "proposeMeetingSeries", other) == "COMMAND_REUSED"


def test_what_was_called_off_in_time(pair: Pair) -> None:
    key, stream = str(uuid4()), MEETING.stream(uuid4())
    to_come = proposed(pair, NOW + DAY / 2)
    told(pair, stream, to_come, Confirmed(by=person(pair.noor), slot=to_come.slots[0]), ago=3 * DAY)
    gone = Cancelled(by=person(pair.ada))
    told(pair, stream, gone, command=sent(pair.ada, key), ago=2 * DAY)
    given = {"meeting": global_id("Meeting", stream.id), "idempotencyKey": key}
    repeats(pair, pair.ada, "cancelMeeting", given)
