"""Meetings in calendar programs: the private feed of one person, invitations, and the replies to them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import structlog
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from api import calendar_feed, calendar_text
from api.calendar_address import CalendarAddresses, digest_of
from api.calendar_reply import (
    Reply,
    ReplyHasNoTime,
    ReplyIsOfSomebodyElse,
    ReplyIsUnreadable,
    ReplySaysNothing,
    read_reply,
)
from domain.ids import MeetingId, ParticipantId
from domain.meeting import Answer, Status
from domain.permissions import Role
from projections.calendars import Entry, Invitation, Invited
from tests.api.meeting import meeting as programme
from tests.api.slices.meetings import reply
from tests.api.test_meetings import MONDAY, TUESDAY, WORDS, Pair, met
from tests.house import Caller, House, key_of

INVITATION: Final = "query ($id: ID!) { meetingInvitation(meeting: $id) { method body } }"


@pytest.fixture(scope="module")
def pair(house: House) -> Pair:
    place = programme(house)
    return met(place, place.mentor("Ada"), place.mentee("Noor"))


def got(house: House, path: str, **headers: str) -> httpx.Response:
    """As a calendar program asks, without any token; once all is shown that was told."""
    house.ask(house.registrar, "{ viewer { actor } }")
    return httpx.get(f"{house._http.base_url}".rstrip("/") + path, headers=headers, timeout=30)


def issued(house: House, caller: Caller, **given: Any) -> str:
    told = house.done(caller, "issueCalendarFeed", given, "path calendarFeed { issuedAt }")
    assert told["calendarFeed"]["issuedAt"]
    path: str = told["path"]
    return path


def events(text: str | bytes) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def test_a_feed_has_ones_meetings_as_they_stand(pair: Pair) -> None:
    own = met(pair.place, pair.place.mentor("Bea"), pair.place.mentee("Cem"))
    pair.proposed(title="Nobody else's")
    planned, gone = own.proposed(**WORDS), own.proposed(TUESDAY)
    own.done(own.noor, "confirmMeeting", planned, slot=MONDAY)
    own.done(own.noor, "cancelMeeting", gone)
    answer = got(pair.house, issued(pair.house, own.noor))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    called_off, agreed = events(answer.content)
    assert (str(agreed["UID"]), agreed["SEQUENCE"], agreed["STATUS"]) == (
        f"{key_of(planned)}@chiron", 1, "CONFIRMED",
    )  # fmt: skip
    assert [str(agreed[name]) for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "URL")] == list(
        WORDS.values()
    )
    assert agreed["DTSTART"].dt == datetime(2027, 11, 1, 10, tzinfo=UTC)
    assert agreed["DTEND"].dt - agreed["DTSTART"].dt == timedelta(hours=1)
    assert {"ATTENDEE", "ORGANIZER"}.isdisjoint(agreed)
    assert (called_off["STATUS"], called_off["SEQUENCE"], called_off["SUMMARY"]) == (
        "CANCELLED",
        1,
        "Mentoring",
    )


def test_it_is_sent_again_only_where_it_has_changed(pair: Pair) -> None:
    meeting = pair.proposed()
    path = issued(pair.house, pair.ada)
    first = got(pair.house, path)
    tag = {"if-none-match": first.headers["etag"]}
    same = got(pair.house, path, **tag)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
    pair.done(pair.noor, "confirmMeeting", meeting, slot=MONDAY)
    assert got(pair.house, path, **tag).status_code == 200


def test_an_address_is_good_until_it_is_revoked_or_another_is_issued(pair: Pair) -> None:
    key = {"idempotencyKey": str(uuid4())}
    first = issued(pair.house, pair.ada, **key)
    assert issued(pair.house, pair.ada, **key) == first
    second = issued(pair.house, pair.ada)
    assert [got(pair.house, path).status_code for path in (first, second)] == [404, 200]
    gone = pair.house.done(pair.ada, "revokeCalendarFeed", {}, "calendarFeed { issuedAt }")
    assert gone["calendarFeed"] is None
    assert got(pair.house, second).status_code == 404
    third = issued(pair.house, pair.ada)
    pair.house.done(pair.house.registrar, "revokeCalendarFeed", {"participant": pair.ada.id})
    assert got(pair.house, third).status_code == 404


@pytest.mark.parametrize("command", ["markParticipantLeft", "eraseParticipant"])
def test_whoever_is_gone_has_no_feed(house: House, command: str) -> None:
    person = house.person("Gone")
    path = issued(house, person)
    assert got(house, path).status_code == 200
    given = {"participant": person.id} | ({"reason": "OWN_WISH"} if "Left" in command else {})
    house.done(house.registrar, command, given)
    assert got(house, path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/calendar/x.ics", "/calendar/.ics", "/calendar/" + "a" * 5_000 + ".ics", "/calendar/%00.ics"]
)
def test_what_was_never_issued_is_not_there(house: House, path: str) -> None:
    assert got(house, path).status_code == 404


def test_the_address_stands_in_no_event_and_no_log(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    with structlog.testing.capture_logs() as logged:
        head = pair.house.store.head()
        path = issued(pair.house, pair.noor)
        secret = path.removeprefix("/calendar/").removesuffix(".ics")
        assert len(secret) == 43
        [recorded] = pair.house.events_since(head)
        assert recorded.event.model_dump()["digest"] == digest_of(secret)
        got(pair.house, path)

        def away(*_: Any) -> bytes:
            raise psycopg.OperationalError("the database is away")

        monkeypatch.setattr(calendar_feed, "_read", away)
        refused = got(pair.house, path)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert secret not in str(logged)


def test_nobody_guesses_an_address() -> None:
    mine, another = CalendarAddresses(b"k" * 32), CalendarAddresses(b"l" * 32)
    first, second = UUID(int=1), UUID(int=2)
    assert mine.secret(first) == mine.secret(first)
    assert len({mine.secret(first), mine.secret(second), another.secret(first)}) == 3


def invitation(pair: Pair, meeting: str, by: Caller | None = None) -> tuple[str, Any]:
    told = pair.house.ask(by or pair.noor, INVITATION, id=meeting)["meetingInvitation"]
    calendar = Calendar.from_ical(told["body"])
    assert str(calendar["METHOD"]) == told["method"]
    [event] = calendar.walk("VEVENT")
    return told["method"], event


def test_an_invitation_its_update_and_its_cancellation(pair: Pair) -> None:
    meeting = pair.proposed(**WORDS)
    sequences = []
    for command, told in (
        ("answerMeeting", {"answer": "TENTATIVE"}),
        ("confirmMeeting", {"slot": MONDAY}),
        ("describeMeeting", {"title": "Other"}),
        ("rescheduleMeeting", {"slot": TUESDAY}),
    ):
        method, event = invitation(pair, meeting)
        assert method == "REQUEST"
        sequences.append(event["SEQUENCE"])
        pair.done(pair.noor, command, meeting, **told)
    _, event = invitation(pair, meeting, pair.ada)
    assert [*sequences, event["SEQUENCE"]] == [0, 0, 1, 1, 2]
    assert str(event["ORGANIZER"]) == "mailto:ada@example.org"
    said = {str(one): one.params["PARTSTAT"] for one in event["ATTENDEE"]}
    assert said == {"mailto:ada@example.org": "NEEDS-ACTION", "mailto:noor@example.org": "ACCEPTED"}
    pair.done(pair.ada, "cancelMeeting", meeting)
    method, event = invitation(pair, meeting)
    assert (method, event["SEQUENCE"], event["STATUS"]) == ("CANCEL", 3, "CANCELLED")


def test_only_members_are_told_who_is_invited(pair: Pair) -> None:
    meeting, house = pair.proposed(), pair.house
    staff = house.caller(Role.FACILITATOR, participant=pair.ada.participant)
    for caller in (pair.place.fay, pair.place.sam, house.person("Eve"), house.registrar, staff):
        assert house.ask(caller, INVITATION, id=meeting)["meetingInvitation"] is None


def test_a_reply_is_an_answer(pair: Pair) -> None:
    meeting = pair.proposed()
    found = pair.house.done(
        pair.noor, "recordCalendarReply", {"meeting": meeting, "body": reply(meeting, "NOOR@example.org")},
        "meeting { answers { answer by { id } } }",
    )  # fmt: skip
    assert {"answer": "ACCEPTED", "by": {"id": pair.noor.id}} in found["meeting"]["answers"]


def test_a_counter_proposes_another_time(pair: Pair) -> None:
    meeting = pair.proposed()
    times = ["DTSTART;TZID=Europe/Berlin:20271102T110000", "DTEND;TZID=Europe/Berlin:20271102T120000"]
    for lines in (times, ["DTSTART:20271102T100000Z", "DURATION:PT1H"]):
        body = reply(meeting, "noor@example.org", *lines).replace("METHOD:REPLY", "METHOD:COUNTER")
        found = pair.done(pair.noor, "recordCalendarReply", meeting, body=body)
        assert found["slots"] == [TUESDAY]


Change = Callable[[str], str]
REFUSED: Final[list[tuple[str, Change]]] = [
    ("INVITATION_HAS_CHANGED", lambda body: body.replace("SEQUENCE:0", "SEQUENCE:7")),
    ("REPLY_IS_TO_ANOTHER_MEETING", lambda body: body.replace("UID:", "UID:x")),
    ("REPLY_IS_OF_SOMEBODY_ELSE", lambda body: body.replace("noor@", "ada@")),
    ("REPLY_IS_OF_SOMEBODY_ELSE", lambda body: body.replace("ATTENDEE", "X-NOBODY")),
    ("REPLY_SAYS_NOTHING", lambda body: body.replace("ACCEPTED", "DELEGATED")),
    ("REPLY_SAYS_NOTHING", lambda body: body.replace(";PARTSTAT=ACCEPTED", "")),
    ("REPLY_HAS_NO_TIME", lambda body: body.replace("REPLY", "COUNTER")),
    ("REPLY_IS_UNREADABLE", lambda body: body.replace("REPLY", "REQUEST")),
    ("REPLY_IS_UNREADABLE", lambda body: body.replace("SEQUENCE:0", "SEQUENCE:soon")),
    ("REPLY_IS_UNREADABLE", lambda body: body.replace("END:VEVENT", "")),
    ("REPLY_IS_UNREADABLE", lambda body: body.partition("BEGIN:VEVENT")[0] + "END:VCALENDAR"),
    ("REPLY_IS_UNREADABLE", lambda _: ""),
    ("REPLY_IS_UNREADABLE", lambda _: "Yes, I come"),
    ("REPLY_IS_UNREADABLE", lambda _: "BEGIN:VEVENT\r\nEND:VEVENT"),
    ("REPLY_IS_UNREADABLE", lambda body: body + "X" * 100_001),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change"), REFUSED)
def test_what_is_no_reply_to_it_is_refused_by_name(pair: Pair, code: str, change: Change) -> None:
    meeting = pair.proposed()
    body = change(reply(meeting, "noor@example.org"))
    assert pair.refused(pair.noor, "recordCalendarReply", meeting, body=body) == code


@pytest.mark.parametrize(
    "line",
    ["DTSTART:20271102T100000", "DTSTART;VALUE=DATE:20271102", "DTSTART:soon"],
    ids=["floating", "day", "rubbish"],
)
def test_a_counter_names_a_moment(pair: Pair, line: str) -> None:
    meeting = pair.proposed()
    body = reply(meeting, "noor@example.org", line, "DURATION:PT1H").replace("METHOD:REPLY", "METHOD:COUNTER")
    assert pair.refused(pair.noor, "recordCalendarReply", meeting, body=body) == "REPLY_HAS_NO_TIME"


OWN_ZONE: Final = """BEGIN:VTIMEZONE
TZID:{zone}
BEGIN:STANDARD
DTSTART:19700101T000000
RRULE:FREQ=SECONDLY
TZOFFSETFROM:+0900
TZOFFSETTO:{offset}
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700101T000000
RRULE:FREQ=SECONDLY
TZOFFSETFROM:{offset}
TZOFFSETTO:+0900
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT"""


def countered(zone: str, described: str) -> Reply:
    lines = [f"{name};TZID={zone}:20271102T1{hour}0000" for hour, name in enumerate(("DTSTART", "DTEND"))]
    body = reply("", "noor@example.org", *lines).replace("METHOD:REPLY", "METHOD:COUNTER")
    return read_reply(body.replace("BEGIN:VEVENT", described, 1))


@pytest.mark.parametrize("folded", ["BEGIN:VTIMEZONE", "begin:vtime\n zone", "BEGIN;X=1:VTIMEZONE"])
def test_a_zone_is_what_everybody_knows_by_its_name_and_not_what_somebody_says(folded: str) -> None:
    """Else it would be another for whoever comes next, and could take for ever to reckon with."""
    person = ParticipantId(UUID(int=1))
    told = {"zone": "Ours", "offset": "+0800"}
    described = OWN_ZONE.format_map(told).replace("BEGIN:VTIMEZONE", folded)
    for text in (described, "BEGIN:VEVENT"):
        with pytest.raises(ReplyHasNoTime):
            countered("Ours", text).slot_of(person, "noor@example.org")
    berlin = OWN_ZONE.format_map({**told, "zone": "Europe/Berlin"})
    slot = countered("Europe/Berlin", berlin).slot_of(person, "noor@example.org")
    assert slot == {"starts_at": datetime(2027, 11, 2, 9, tzinfo=UTC), "minutes": 60}


def test_a_counter_takes_no_longer_than_a_meeting(pair: Pair) -> None:
    meeting = pair.proposed()
    lines = ("DTSTART:20271102T100000Z", "DURATION:P3D")
    body = reply(meeting, "noor@example.org", *lines).replace("METHOD:REPLY", "METHOD:COUNTER")
    given = {"meeting": meeting, "body": body}
    error = pair.house.refused(pair.noor, "recordCalendarReply", given)
    assert (error["code"], error["path"]) == ("LESS_THAN_EQUAL", ["input", "body", "slots", "0", "minutes"])


NAMED: Final = (ReplyIsOfSomebodyElse, ReplySaysNothing, ReplyHasNoTime)
GOOD: Final = reply("", "noor@example.org", "DTSTART:20271102T100000Z", "DTEND:20271102T110000Z")
PIECES: Final = st.lists(
    st.sampled_from(
        [*GOOD.split("\r\n"), "METHOD:COUNTER", "ATTENDEE:x", "DTSTART:x", "DURATION:PT0S", ";:\\"]
    )
    | st.text(max_size=9),
    max_size=12,
).map("\r\n".join)


@settings(max_examples=300)
@given(
    st.text(max_size=60)
    | PIECES
    | st.tuples(st.integers(0, len(GOOD)), st.text(max_size=3)).map(
        lambda cut: GOOD[: cut[0]] + cut[1] + GOOD[cut[0] + 1 :]
    )
)
def test_whatever_is_sent_is_read_or_refused_by_name(body: str) -> None:
    person = ParticipantId(UUID(int=1))
    try:
        found = read_reply(body)
    except ReplyIsUnreadable:
        return
    assert isinstance(found.sequence, int)
    for read in (found.answer_of, found.slot_of):
        with suppress(*NAMED):
            read(person, "noor@example.org")


NOW: Final = datetime(2027, 11, 1, 10, tzinfo=UTC)
words = st.none() | st.text(
    st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n"), min_size=1, max_size=300
)


@settings(max_examples=200)
@example(title=None, agenda=None, name="\\")
@given(title=words, agenda=words, name=words)
def test_what_is_written_is_read_again_as_it_was(
    title: str | None, agenda: str | None, name: str | None
) -> None:
    title, name = (one and one.replace("\n", " ") for one in (title, name))
    person = UUID(int=7)
    entry = Entry(
        UUID(int=1),
        NOW,
        30,
        title,
        agenda,
        None,
        "https://example.org/?a=1,2;3",
        NOW,
        person,
        Status.CONFIRMED,
        3,
        NOW,
    )
    invited = (
        Invited(person, name, None, None),
        Invited(UUID(int=8), "Noor", "noor@example.org", Answer.DECLINED),
    )
    body = calendar_text.itip(Invitation(entry, invited))
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    [event] = events(body)
    assert str(event["SUMMARY"]) == (title or "Mentoring")
    assert event.get("DESCRIPTION") == agenda
    first, second = event["ATTENDEE"]
    assert (str(first), first.params["RSVP"], str(second)) == (person.urn, "TRUE", "mailto:noor@example.org")
    assert str(event["ORGANIZER"]) == person.urn
    assert calendar_text.uid(MeetingId(UUID(int=1))) == event["UID"]


def test_whoever_proposed_it_and_has_left_is_still_its_organizer() -> None:
    entry = Entry(UUID(int=1), NOW, 30, None, None, None, None, NOW, UUID(int=7), Status.CANCELLED, 3, NOW)
    [event] = events(calendar_text.itip(Invitation(entry, ())))
    assert str(event["ORGANIZER"]) == UUID(int=7).urn
