"""Meetings by those who meet: proposed, agreed on, moved, called off, recorded and noted."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from api.relay import global_id
from domain.command import Command
from domain.ids import MentorshipId, ParticipantId
from domain.meeting import MEETING, Confirmed, Proposed, Slot
from tests.api.meeting import Meeting as Programme
from tests.api.meeting import meeting as programme
from tests.house import Caller, House, Json, key_of

MONDAY, TUESDAY = ({"startsAt": f"2027-11-{day:02}T10:00:00.000000Z", "minutes": 60} for day in (1, 2))
WORDS: Final = {
    "title": 'The "first" one',
    "agenda": "Who we are\nand why",
    "place": "Room 4",
    "link": "https://meet.example.org/4",
}
WHEN: Final = "meeting { id state startsAt plannedMinutes sequence slots { startsAt minutes } version }"
READ: Final = "query ($id: ID!) { meeting(id: $id) { %s } }"


@dataclass(frozen=True)
class Pair:
    """Ada mentors Noor."""

    house: House
    place: Programme
    ada: Caller
    noor: Caller
    mentorship: str

    def proposed(self, *slots: Json, **more: Any) -> str:
        given = {"mentorship": self.mentorship, "slots": slots or [MONDAY], "timeZone": "Europe/Berlin"}
        made = self.house.done(self.ada, "proposeMeeting", {**given, **more}, WHEN)
        meeting: str = made["meeting"]["id"]
        return meeting

    def done(self, caller: Caller, command: str, meeting: str, **given: Any) -> Json:
        payload = self.house.done(caller, command, {"meeting": meeting, **given}, WHEN)
        found: Json = payload["meeting"]
        return found

    def refused(self, caller: Caller, command: str, meeting: str, **given: Any) -> str:
        code: str = self.house.refused(caller, command, {"meeting": meeting, **given})["code"]
        return code

    def read(self, meeting: str, selection: str, by: Caller | None = None) -> Any:
        return self.house.ask(by or self.noor, READ % selection, id=meeting)["meeting"]

    def past(self) -> str:
        """One whose time has come: nobody can propose that, so it is told as it happened."""
        slot = Slot(starts_at=datetime.now(UTC) - timedelta(hours=2), minutes=60)
        stream = MEETING.stream(uuid4())
        ada, noor = (ParticipantId(key_of(one.id)) for one in (self.ada, self.noor))
        mentorship = MentorshipId(key_of(self.mentorship))
        proposed = Proposed(mentorship=mentorship, by=ada, slots=(slot,), time_zone="Europe/Berlin")
        for event in (proposed, Confirmed(by=noor, slot=slot)):
            self.house.store.act(Command(uuid4(), str(ada)), stream, lambda _, event=event: [event])
        return global_id("Meeting", stream.id)


@pytest.fixture(scope="module")
def pair(house: House) -> Pair:
    place = programme(house)
    return met(place, place.mentor("Ada"), place.mentee("Noor"))


def met(place: Programme, ada: Caller, noor: Caller) -> Pair:
    proposal = {"proposal": place.proposed(ada, noor)}
    place.house.done(ada, "acceptProposal", proposal)
    made = place.house.done(noor, "acceptProposal", proposal, "mentorship { id }")
    return Pair(place.house, place, ada, noor, made["mentorship"]["id"])


def test_a_meeting_is_proposed_answered_confirmed_moved_and_called_off(pair: Pair) -> None:
    meeting = pair.proposed(TUESDAY, MONDAY, **WORDS)
    found = pair.read(
        meeting, f"state startsAt timeZone {' '.join(WORDS)} proposedBy {{ id }} slots {{ startsAt }}"
    )
    assert found == {
        "state": "PROPOSED", "startsAt": MONDAY["startsAt"], "timeZone": "Europe/Berlin", **WORDS,
        "proposedBy": {"id": pair.ada.id},
        "slots": [{"startsAt": one["startsAt"]} for one in (TUESDAY, MONDAY)],
    }  # fmt: skip
    assert pair.refused(pair.ada, "confirmMeeting", meeting, slot=TUESDAY) == "NOBODY_ELSE_HAS_ACCEPTED"
    assert pair.refused(pair.noor, "rescheduleMeeting", meeting, slot=TUESDAY) == "MEETING_IS_NOT_CONFIRMED"
    pair.done(pair.noor, "answerMeeting", meeting, answer="ACCEPTED")
    agreed = pair.done(pair.ada, "confirmMeeting", meeting, slot=TUESDAY)
    assert (agreed["state"], agreed["startsAt"], agreed["slots"]) == ("CONFIRMED", TUESDAY["startsAt"], [])
    later = {"startsAt": "2027-11-03T11:00:00.000000Z", "minutes": 30}
    moved = pair.done(pair.noor, "rescheduleMeeting", meeting, slot=later)
    assert (moved["startsAt"], moved["plannedMinutes"], moved["sequence"]) == (later["startsAt"], 30, 2)
    answers = pair.read(meeting, "answers { answer by { id } }")["answers"]
    assert answers == [{"answer": "ACCEPTED", "by": {"id": pair.noor.id}}]
    gone = pair.done(pair.ada, "cancelMeeting", meeting, reason="Away")
    assert (gone["state"], gone["sequence"]) == ("CANCELLED", 3)
    found = pair.read(meeting, "late cancelReason cancelledBy { id }")
    assert found == {"late": False, "cancelReason": "Away", "cancelledBy": {"id": pair.ada.id}}
    assert pair.refused(pair.noor, "answerMeeting", meeting, answer="DECLINED") == "MEETING_IS_CANCELLED"


def test_other_times_and_other_words(pair: Pair) -> None:
    meeting = pair.proposed(**WORDS)
    other = pair.done(pair.noor, "proposeMeetingSlots", meeting, slots=[TUESDAY])
    assert (other["startsAt"], other["slots"]) == (TUESDAY["startsAt"], [TUESDAY])
    pair.done(pair.noor, "describeMeeting", meeting, title="The second one")
    found = pair.read(meeting, " ".join(WORDS))
    assert found == {**dict.fromkeys(WORDS), "title": "The second one"}


def test_a_repeated_key_proposes_once(pair: Pair) -> None:
    key = {"idempotencyKey": str(uuid4())}
    first = pair.proposed(**key)
    assert pair.proposed(**key) == first
    given = {"mentorship": pair.mentorship, "slots": [TUESDAY], "timeZone": "Europe/Berlin", **key}
    assert pair.house.refused(pair.ada, "proposeMeeting", given)["code"] == "COMMAND_REUSED"


def test_how_a_meeting_went(pair: Pair) -> None:
    held, missed = pair.past(), pair.past()
    began = datetime.now(UTC) - timedelta(hours=2)
    given = {"startedAt": began.isoformat(), "durationMinutes": 45, "attendance": [pair.ada.id, pair.noor.id]}
    record = {**given, "minutes": "Two goals"}
    assert pair.done(pair.noor, "recordMeetingHeld", held, **record)["state"] == "HELD"
    assert pair.done(pair.ada, "recordMeetingMissed", missed, missedBy=[pair.noor.id])["state"] == "MISSED"
    found = pair.read(
        held, "durationMinutes minutes recordedBy { id } attendance { came participant { id } }"
    )
    came = found.pop("attendance")
    assert sorted(one["participant"]["id"] for one in came) == sorted([pair.ada.id, pair.noor.id])
    assert found == {"durationMinutes": 45, "minutes": "Two goals", "recordedBy": {"id": pair.noor.id}}
    absent = pair.read(missed, "attendance { came participant { id } }")["attendance"]
    assert absent == [{"came": False, "participant": {"id": pair.noor.id}}]
    assert pair.refused(pair.ada, "recordMeetingMissed", held, missedBy=[pair.noor.id]) == "MEETING_IS_OVER"
    early = pair.proposed()
    assert pair.refused(pair.ada, "recordMeetingHeld", early, **given) == "MEETING_IS_NOT_OVER_YET"
    strange = {**given, "attendance": [pair.place.fay.id]}
    assert pair.refused(pair.ada, "recordMeetingHeld", pair.past(), **strange) == "NOT_IN_THIS_RELATIONSHIP"


def test_notes_are_for_whom_their_author_says(pair: Pair) -> None:
    meeting = pair.proposed()
    for visibility in ("AUTHOR", "MEMBERS", "STAFF"):
        given = {"meeting": meeting, "text": visibility.lower(), "visibility": visibility}
        pair.house.done(pair.ada, "noteMeeting", given, "note { noteId text }")
    read = "notes { totalCount nodes { text visibility by { id } } }"
    by = {"by": {"id": pair.ada.id}}
    own, others, staff = (
        [{"text": text, "visibility": one, **by} for one, text in told]
        for told in (
            [("AUTHOR", "author"), ("MEMBERS", "members"), ("STAFF", "staff")],
            [("MEMBERS", "members"), ("STAFF", "staff")],
            [("MEMBERS", None), ("STAFF", None)],
        )
    )
    for caller, expected in ((pair.ada, own), (pair.noor, others), (pair.place.fay, staff)):
        assert pair.read(meeting, read, caller)["notes"] == {"totalCount": len(expected), "nodes": expected}
    trust = {"degree": "LIGHT", "confidentiality": {"notes": "FACILITATOR"}}
    pair.house.done(pair.place.sam, "setAccountability", {"program": pair.place.program, "settings": trust})
    pair.house.done(pair.house.registrar, "migrateMentorship", {"mentorship": pair.mentorship})
    trusted = pair.read(meeting, read, pair.place.fay)["notes"]["nodes"]
    assert [one["text"] for one in trusted] == [None, "staff"]


SERIES: Final = "series { seriesId meetings { id state startsAt series { seriesId } } }"


def recurring(pair: Pair, **more: Any) -> Json:
    given = {"mentorship": pair.mentorship, "timeZone": "Europe/Berlin", "minutes": 30, "period": "WEEK"}
    wished = {**given, "startsAt": "2027-10-18T08:00:00Z", "count": 3, **more}
    made = pair.house.done(pair.ada, "proposeMeetingSeries", wished, SERIES)
    series: Json = made["series"]
    return series


def test_a_series_keeps_its_time_of_day_and_each_of_it_its_own_way(pair: Pair) -> None:
    series = recurring(pair)
    # Clocks go back on the last day of October.
    starts = [one["startsAt"][:16] for one in series["meetings"]]
    assert starts == ["2027-10-18T08:00", "2027-10-25T08:00", "2027-11-01T09:00"]
    assert {one["series"]["seriesId"] for one in series["meetings"]} == {series["seriesId"]}
    ids = {"mentorship": pair.mentorship, "series": series["seriesId"]}
    assert pair.house.refused(pair.ada, "confirmMeetingSeries", ids)["code"] == "NOBODY_ELSE_HAS_ACCEPTED"
    confirmed = pair.house.done(pair.noor, "confirmMeetingSeries", ids, SERIES)["series"]
    assert [one["state"] for one in confirmed["meetings"]] == ["CONFIRMED"] * 3
    first, second, _ = (one["id"] for one in series["meetings"])
    pair.done(pair.noor, "rescheduleMeeting", second, slot=TUESDAY)
    pair.done(pair.noor, "cancelMeeting", first)
    position = pair.house.store.head()
    given = {**ids, "reason": "The year is over"}
    gone = pair.house.done(pair.ada, "cancelMeetingSeries", given, SERIES)["series"]
    assert [one["state"] for one in gone["meetings"]] == ["CANCELLED"] * 3
    assert len(pair.house.events_since(position)) == 2


def test_a_series_is_until_a_day_and_of_one_relationship(pair: Pair) -> None:
    series = recurring(pair, count=None, until="2027-10-31", period="DAY", interval=7)
    assert len(series["meetings"]) == 2
    unknown = {"mentorship": pair.mentorship, "series": str(uuid4())}
    assert pair.house.refused(pair.ada, "cancelMeetingSeries", unknown)["code"] == "SERIES_IS_UNKNOWN"
    elsewhere = met(pair.place, pair.place.mentor("Max"), pair.place.mentee("Lin"))
    other = {"mentorship": elsewhere.mentorship, "series": series["seriesId"]}
    refused = pair.house.refused(elsewhere.ada, "cancelMeetingSeries", other)
    assert refused["code"] == "SERIES_IS_UNKNOWN"


def test_meetings_are_listed_by_time_and_found_by_what_they_are(pair: Pair) -> None:
    other = met(pair.place, pair.place.mentor("Kim"), pair.place.mentee("Lou"))
    ids = [other.proposed({"startsAt": f"2027-12-{day:02}T10:00:00Z", "minutes": 30}) for day in (3, 1, 2)]
    query = """query ($filter: MeetingFilter!, $order: MeetingOrder) {
        meetings(filter: $filter, orderBy: $order) { totalCount nodes { id } }
    }"""

    def found(order: str | None = None, **more: Any) -> list[str]:
        given = {"filter": {"mentorship": other.mentorship, **more}, "order": order}
        nodes = pair.house.ask(other.noor, query, **given)["meetings"]["nodes"]
        return [one["id"] for one in nodes]

    assert found() == [ids[2], ids[1], ids[0]]
    assert found("STARTS_AT_DESC") == [ids[0], ids[2], ids[1]]
    assert found("STARTS_AT") == [ids[1], ids[2], ids[0]]
    assert found(to="2027-12-02T10:00:00Z") == [ids[1]]
    assert found(**{"from": "2027-12-02T10:00:00Z"}) == [ids[2], ids[0]]
    other.done(other.ada, "cancelMeeting", ids[0])
    assert found(states=["PROPOSED"]) == [ids[2], ids[1]]
    assert found(states=["CANCELLED"]) == [ids[0]]


def test_what_is_to_come_falls_with_its_relationship(pair: Pair) -> None:
    other = met(pair.place, pair.place.mentor("Bea"), pair.place.mentee("Cem"))
    proposed, confirmed, past = other.proposed(), other.proposed(), other.past()
    other.done(other.noor, "confirmMeeting", confirmed, slot=MONDAY)
    ending = {"mentorship": other.mentorship, "reason": "NO_TIME"}
    pair.house.done(other.noor, "endMentorship", ending)
    states = [other.read(one, "state sequence") for one in (proposed, confirmed, past)]
    assert states == [
        {"state": "CANCELLED", "sequence": 1},
        {"state": "CANCELLED", "sequence": 2},
        {"state": "CONFIRMED", "sequence": 1},
    ]
    assert other.refused(other.noor, "confirmMeeting", proposed, slot=MONDAY) == "RELATIONSHIP_HAS_ENDED"


BAD: Final[list[tuple[str, Json, str, list[str]]]] = [
    ("proposeMeeting", {"slots": []}, "VALUE_ERROR", ["slots"]),
    ("proposeMeeting", {"slots": [MONDAY] * 11}, "TOO_LONG", ["slots"]),
    ("proposeMeeting", {"slots": [MONDAY] * 2}, "VALUE_ERROR", ["slots"]),
    ("proposeMeeting", {"slots": [{**MONDAY, "minutes": 4}]}, "GREATER_THAN_EQUAL",
     ["slots", "0", "minutes"]),
    ("proposeMeeting", {"slots": [{**MONDAY, "minutes": 481}]}, "LESS_THAN_EQUAL", ["slots", "0", "minutes"]),
    ("proposeMeeting", {"timeZone": "Mars/Olympus"}, "VALUE_ERROR", ["timeZone"]),
    ("proposeMeeting", {"timeZone": ""}, "VALUE_ERROR", ["timeZone"]),
    ("proposeMeeting", {"title": "x" * 201}, "STRING_TOO_LONG", ["title"]),
    ("proposeMeeting", {"agenda": " "}, "STRING_TOO_SHORT", ["agenda"]),
    ("proposeMeeting", {"link": "javascript:alert(1)"}, "VALUE_ERROR", ["link"]),
    ("proposeMeeting", {"slots": [{**MONDAY, "startsAt": "2020-01-01T00:00:00Z"}]}, "TIME_HAS_PASSED", []),
    ("proposeMeeting", {"slots": [{**MONDAY, "startsAt": "2999-01-01T00:00:00Z"}]}, "TIME_IS_TOO_FAR", []),
    ("proposeMeeting", {"slots": [{**MONDAY, "startsAt": "0001-01-01T00:00:00Z"}]}, "TIME_HAS_PASSED", []),
    ("proposeMeetingSeries", {"count": 0}, "GREATER_THAN_EQUAL", ["count"]),
    ("proposeMeetingSeries", {"count": 61}, "SERIES_IS_TOO_LONG", []),
    ("proposeMeetingSeries", {"count": None}, "SERIES_HAS_NO_END", []),
    ("proposeMeetingSeries", {"until": "2028-01-01"}, "SERIES_HAS_NO_END", []),
    ("proposeMeetingSeries", {"count": None, "until": "2027-01-01"}, "SERIES_IS_EMPTY", []),
    ("proposeMeetingSeries", {"interval": 0}, "GREATER_THAN_EQUAL", ["interval"]),
    ("proposeMeetingSeries", {"interval": 53}, "LESS_THAN_EQUAL", ["interval"]),
    ("proposeMeetingSeries", {"minutes": 1}, "GREATER_THAN_EQUAL", ["minutes"]),
    ("proposeMeetingSeries", {"timeZone": "Nowhere"}, "VALUE_ERROR", ["timeZone"]),
    ("cancelMeetingSeries", {"series": "one"}, "BAD_ID", ["series"]),
    ("confirmMeeting", {"slot": {**MONDAY, "minutes": 0}}, "GREATER_THAN_EQUAL", ["slot", "minutes"]),
    ("confirmMeeting", {"slot": TUESDAY}, "SLOT_IS_NOT_PROPOSED", []),
    ("proposeMeetingSlots", {"slots": []}, "VALUE_ERROR", ["slots"]),
    ("describeMeeting", {"place": "two\nlines"}, "VALUE_ERROR", ["place"]),
    ("cancelMeeting", {"reason": ""}, "STRING_TOO_SHORT", ["reason"]),
    ("recordMeetingHeld", {"durationMinutes": 0}, "GREATER_THAN_EQUAL", ["durationMinutes"]),
    ("recordMeetingHeld", {"durationMinutes": 1441}, "LESS_THAN_EQUAL", ["durationMinutes"]),
    ("recordMeetingHeld", {"attendance": ["x"]}, "BAD_ID", ["attendance", "0"]),
    ("recordMeetingHeld", {"startedAt": "9999-12-31T23:59:59Z"}, "MEETING_IS_NOT_OVER_YET", []),
    ("recordMeetingHeld", {"startedAt": "0001-01-01T00:00:00Z"}, "MEETING_IS_NOT_OVER_YET", []),
    ("recordMeetingMissed", {"missedBy": []}, "TOO_SHORT", ["missedBy"]),
    ("recordMeetingMissed", {"missedBy": ["x"]}, "BAD_ID", ["missedBy", "0"]),
    ("noteMeeting", {"text": ""}, "STRING_TOO_SHORT", ["text"]),
    ("noteMeeting", {"text": "x" * 10_001}, "STRING_TOO_LONG", ["text"]),
    ("noteMeeting", {"meeting": global_id("Meeting", UUID(int=1))}, "FORBIDDEN", []),
]  # fmt: skip


@pytest.fixture(scope="module")
def good(pair: Pair) -> dict[str, Json]:
    mentorship, meeting = {"mentorship": pair.mentorship}, {"meeting": pair.proposed()}
    held = {
        "startedAt": "2026-01-01T00:00:00Z",
        "durationMinutes": 30,
        "attendance": [pair.ada.id, pair.noor.id],
    }
    series = {"startsAt": MONDAY["startsAt"], "minutes": 30, "period": "DAY", "count": 2}
    return {
        "proposeMeeting": {**mentorship, "slots": [MONDAY], "timeZone": "Europe/Berlin"},
        "proposeMeetingSeries": {**mentorship, "timeZone": "Europe/Berlin", **series},
        "cancelMeetingSeries": {**mentorship, "series": str(uuid4())},
        "recordMeetingHeld": {**meeting, **held},
        "noteMeeting": {**meeting, "text": "Hm"},
        **{name: meeting for name, *_ in BAD if name in MEETING_ONLY},
    }


MEETING_ONLY: Final = {
    "confirmMeeting", "proposeMeetingSlots", "describeMeeting", "cancelMeeting", "recordMeetingMissed",
}  # fmt: skip


@pytest.mark.parametrize(("command", "change", "code", "path"), BAD)
def test_what_makes_no_sense_is_refused_by_name(
    *, pair: Pair, good: dict[str, Json], command: str, change: Json, code: str, path: list[str]
) -> None:
    error = pair.house.refused(pair.noor, command, {**good[command], **change})
    assert (error["code"], error["path"]) == (code, ["input", *path] if path else [])
