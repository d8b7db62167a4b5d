"""Meetings: who proposes, answers, records and notes them, and who reads them by calendar."""

from typing import Any, Final

from tests.house import House, Json, key_of

SELF: Final = {"self"}
MANAGED: Final = {"organisation_admin", "service"}
MUTATIONS: Final[dict[str, set[str]]] = {
    "proposeMeeting": SELF,
    "describeMeeting": SELF,
    "proposeMeetingSlots": SELF,
    "answerMeeting": SELF,
    "confirmMeeting": SELF,
    "rescheduleMeeting": SELF,
    "cancelMeeting": SELF,
    "recordMeetingHeld": SELF,
    "recordMeetingMissed": SELF,
    "noteMeeting": SELF,
    "proposeMeetingSeries": SELF,
    # Once it is cancelled, nothing of it is left to be confirmed.
    "cancelMeetingSeries": SELF,
    "confirmMeetingSeries": SELF,
    "recordCalendarReply": SELF,
    # Each for themself, whoever is one of the people that have meetings.
    "issueCalendarFeed": {"self", "colleague", "guest"},
    "revokeCalendarFeed": SELF | MANAGED,
}
UNVERSIONED: Final = frozenset(
    {
        "proposeMeeting",
        "proposeMeetingSeries",
        "cancelMeetingSeries",
        "confirmMeetingSeries",
        "issueCalendarFeed",
        "revokeCalendarFeed",
    }
)
ONES_OWN: Final = frozenset(MUTATIONS)

SEEN: Final = SELF | MANAGED | {"facilitator", "administrator", "auditor"}
QUERIES: Final[dict[str, set[str]]] = {
    "meeting(id: $session) { state }": SEEN,
    "meeting(id: $session) { title }": {"self", "facilitator"},
    "meeting(id: $session) { answers { answeredAt } }": SEEN,
    "meeting(id: $session) { answers { answer } }": {"self", "facilitator"},
    "meeting(id: $session) { notes { nodes { notedAt } } }": SEEN,
    "meeting(id: $session) { notes { nodes { text } } }": SELF,
    "meetings(first: 1, filter: {mentorship: $mentorship}) { nodes { id } }": SEEN,
    "mentorship(id: $mentorship) { meetings(first: 1) { nodes { id } } }": SEEN,
    "meetingInvitation(meeting: $session) { method }": SELF,
}
WORDS: Final = {
    "title": "First talk",
    "agenda": "Who we are",
    "place": "Room 4",
    "link": "https://meet.example.org/4",
}
SLOT: Final = {"startsAt": "2027-11-01T10:00:00Z", "minutes": 60}
RECURRING: Final = {
    "timeZone": "Europe/Berlin",
    "startsAt": SLOT["startsAt"],
    "minutes": 30,
    "period": "WEEK",
    "interval": 2,
    "count": 2,
}


def scene(house: House, base: Any) -> dict[str, str]:
    """Ada has proposed to meet Lee, once and every two weeks."""
    mentorship = {"mentorship": base.met.mentorship}
    given = {**mentorship, **WORDS, "slots": [SLOT], "timeZone": "Europe/Berlin"}
    meeting = house.done(base.ada, "proposeMeeting", given, "meeting { id }")["meeting"]["id"]
    note = {"meeting": meeting, "text": "Ask about the exam", "visibility": "MEMBERS"}
    house.done(base.ada, "noteMeeting", note)
    made = house.done(base.ada, "proposeMeetingSeries", {**mentorship, **RECURRING}, "series { seriesId }")
    return {"session": meeting, "series": made["series"]["seriesId"]}


def reply(meeting: str, mail: str = "ada@example.org", *lines: str) -> str:
    """What a calendar program sends back, where nothing else is said."""
    uid = f"{key_of(meeting)}@chiron" if meeting else "unknown"
    event = [f"UID:{uid}", "SEQUENCE:0", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{mail}", *lines]
    body = ["METHOD:REPLY", "BEGIN:VEVENT", *event, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tests//EN", *body, "END:VCALENDAR", ""])


def wishes(base: Any) -> dict[str, Json]:
    mentorship = {"mentorship": base.met.mentorship}
    meeting = {"meeting": base.ids.get("session", "")}
    series = {**mentorship, "series": base.ids.get("series", "")}
    return {
        "proposeMeeting": {**mentorship, **WORDS, "slots": [SLOT], "timeZone": "Europe/Berlin"},
        "describeMeeting": {**meeting, **WORDS},
        "proposeMeetingSlots": {**meeting, "slots": [SLOT]},
        "answerMeeting": {**meeting, "answer": "ACCEPTED"},
        "confirmMeeting": {**meeting, "slot": SLOT},
        "rescheduleMeeting": {**meeting, "slot": SLOT},
        "cancelMeeting": {**meeting, "reason": "I am ill"},
        "recordMeetingHeld": {
            **meeting,
            "startedAt": SLOT["startsAt"],
            "durationMinutes": 50,
            "attendance": [base.ada.id, base.noor.id],
            "minutes": "We set two goals.",
        },
        "recordMeetingMissed": {**meeting, "missedBy": [base.ada.id]},
        "noteMeeting": {**meeting, "text": "Ask about the exam", "visibility": "AUTHOR"},
        "proposeMeetingSeries": {**mentorship, **WORDS, **RECURRING},
        "cancelMeetingSeries": {**series, "reason": "I am away"},
        "confirmMeetingSeries": series,
        "recordCalendarReply": {**meeting, "body": reply(meeting["meeting"])},
        "issueCalendarFeed": {},
        "revokeCalendarFeed": {"participant": base.ada.id},
    }
