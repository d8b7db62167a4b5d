"""What waits for whom, and that the command it names settles it: every kind, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from api.relay import global_id, parse_global_id
from api.schema import GRAPHQL
from domain.assignment import Assigned, Submitted, Suggested
from domain.conversation import QuestionAnswered, QuestionAsked
from domain.ids import MentorshipId, ParticipantId, ProgramId, conversation_id
from domain.inquiry import Answered as InquiryAnswered
from domain.inquiry import Asked
from domain.meeting import Confirmed, Proposed, Slot
from domain.mentorship import (
    MENTORSHIP,
    Began,
    CheckedIn,
    ConcernRaised,
    Concluded,
    MemberLeft,
    Outcome,
    Paused,
    Resumed,
)
from domain.notification import Sent
from domain.occasions import Occasion
from domain.permissions import Role
from domain.program import AgreementSet, Drafted, Opened, StaffAssigned
from domain.program_settings import AgreementSettings, Kind, RelationshipType, Side, StaffRole
from domain.relationship import Member
from domain.survey import Asked as SurveyAsked
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from projections.inbox import InboxKind
from projections.inbox_shapes import COMMANDS
from tests.api.meeting import Meeting, meeting
from tests.house import Caller, House, Json
from tests.projections.given import happened

PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")
NOW: Final = datetime.now(UTC)
LONG_AGO: Final = NOW - timedelta(days=100)
ITEM: Final = "kind about aboutType title since dueAt overdue command mentorship { id } program { name }"
INBOX: Final = f"query ($kinds: [InboxKind!]) {{ inbox(filter: {{kinds: $kinds}}) {{ nodes {{ {ITEM} }} }} }}"


def _person(caller: Caller) -> ParticipantId:
    assert caller.participant is not None
    return ParticipantId(caller.participant)


@dataclass(frozen=True)
class Stage:
    """Ada mentors Noor in a programme that Fay facilitates; `here` is one where people find each other."""

    house: House
    here: Meeting
    ada: Caller
    noor: Caller
    fay: Caller

    def tell(self, stream: UUID, *events: Any, at: datetime | None = None) -> None:
        self.house._told = happened(self.house.store, stream, *events, at=at)

    def began(self, agreement: AgreementSettings | None = None, at: datetime = LONG_AGO) -> MentorshipId:
        program, key = ProgramId(uuid4()), MentorshipId(uuid4())
        signing = [AgreementSet(settings=agreement)] if agreement else []
        staff = StaffAssigned(person=_person(self.fay), role=StaffRole.FACILITATOR)
        self.tell(program, Drafted(name="Listening"), *signing, staff, Opened())
        sides = ((self.ada, Side.MENTOR), (self.noor, Side.MENTEE))
        members = tuple(Member(participant=_person(who), role=side) for who, side in sides)
        terms: dict[str, Any] = {"program": program, "type": PAIR, "members": members}
        self.tell(key, Began(settings_version=1, planned_end=date(2999, 1, 1), **terms), at=at)
        return key

    def waiting(self, who: Caller, *kinds: InboxKind) -> list[Json]:
        names = [kind.value.upper() for kind in kinds] or None
        found: list[Json] = self.house.ask(who, INBOX, kinds=names)["inbox"]["nodes"]
        return found


@pytest.fixture(scope="module")
def stage(house: House) -> Stage:
    ada, noor = house.person("Ada"), house.person("Noor")
    fay = house.person("Fiona", Role.PARTICIPANT, Role.FACILITATOR)
    return Stage(house, meeting(house), ada, noor, fay)


Told = tuple[Caller, Json]
"""For whom something waits now, and what the command takes beside it."""


def invitation(stage: Stage) -> Told:
    lin = stage.house.person("Lin")
    given = {"program": stage.here.program, "participant": lin.id, "role": "MENTEE"}
    stage.house.done(stage.here.sam, "inviteToProgram", given)
    return lin, {"role": "MENTEE"}


def _applied(stage: Stage, who: Caller) -> Json:
    given = {"program": stage.here.program, "role": "MENTEE"}
    made = stage.house.done(who, "applyToProgram", given, "enrollment { id }")
    return {"enrollment": made["enrollment"]["id"]}


def application_question(stage: Stage) -> Told:
    kit = stage.house.person("Kit")
    given = {**_applied(stage, kit), "question": "Since when?"}
    stage.house.done(stage.here.fay, "requestInformation", given)
    return kit, {"answer": "Since May."}


def application(stage: Stage) -> Told:
    _applied(stage, stage.house.person("Ben"))
    return stage.here.fay, {}


def proposal(stage: Stage) -> Told:
    mentor, mentee = stage.here.mentor("Mia"), stage.here.mentee("Nils")
    stage.here.requested(mentee, mentor)
    return mentor, {}


def proposal_question(stage: Stage) -> Told:
    mentor, mentee = stage.here.mentor("Max"), stage.here.mentee("Nora")
    given = {"proposal": stage.here.requested(mentee, mentor), "question": "Why me?"}
    stage.house.done(mentor, "requestProposalInformation", given)
    return mentee, {"answer": "You listen."}


def agreement(stage: Stage) -> Told:
    stage.began(AgreementSettings(required=True, text="We keep it to ourselves."), at=NOW)
    return stage.noor, {}


def check_in(stage: Stage) -> Told:
    stage.began()
    return stage.noor, {"ratings": [{"about": "progress", "rating": 4}]}


def question(stage: Stage) -> Told:
    key = stage.began(at=NOW)
    asked = QuestionAsked(mentorship=key, question=uuid4(), by=_person(stage.noor), text="How?")
    stage.tell(conversation_id(key), asked)
    return stage.ada, {"mentorship": global_id("Mentorship", key), "text": "So."}


def answer(stage: Stage) -> Told:
    key, asked, said = stage.began(at=NOW), uuid4(), uuid4()
    question = QuestionAsked(mentorship=key, question=asked, by=_person(stage.noor), text="How?")
    answered = QuestionAnswered(question=asked, answer=said, by=_person(stage.ada), text="So.")
    stage.tell(conversation_id(key), question, answered)
    return stage.noor, {"mentorship": global_id("Mentorship", key)}


def _proposed(stage: Stage, starts_at: datetime, *, confirmed: bool) -> Json:
    key, slot = stage.began(at=NOW), Slot(starts_at=starts_at, minutes=30)
    proposed = Proposed(mentorship=key, by=_person(stage.ada), slots=(slot,), time_zone="UTC", title="Tea")
    agreed = [Confirmed(by=_person(stage.ada), slot=slot)] if confirmed else []
    stage.tell(uuid4(), proposed, *agreed)
    return {"startsAt": starts_at.isoformat(), "minutes": 30}


def meeting_time(stage: Stage) -> Told:
    return stage.noor, {"slot": _proposed(stage, NOW + timedelta(days=2), confirmed=False)}


def meeting_answer(stage: Stage) -> Told:
    _proposed(stage, NOW + timedelta(days=2), confirmed=True)
    return stage.noor, {"answer": "TENTATIVE"}


def meeting_record(stage: Stage) -> Told:
    slot = _proposed(stage, NOW - timedelta(hours=2), confirmed=True)
    there = {"durationMinutes": 25, "attendance": [stage.ada.id, stage.noor.id]}
    return stage.ada, {"startedAt": slot["startsAt"], **there}


def _given(stage: Stage, kind: type[Suggested] | type[Assigned], *events: Any, **more: Any) -> None:
    terms: dict[str, Any] = {
        "mentorship": stage.began(at=NOW),
        "by": _person(stage.ada),
        "to": _person(stage.noor),
    }
    stage.tell(uuid4(), kind(title="Read it", **terms, **more), *events)


def suggestion(stage: Stage) -> Told:
    _given(stage, Suggested)
    return stage.noor, {}


def assignment(stage: Stage) -> Told:
    _given(stage, Assigned, due=NOW.date() - timedelta(days=1))
    return stage.noor, {"text": "Done."}


def submission(stage: Stage) -> Told:
    _given(stage, Assigned, Submitted(by=_person(stage.noor), text="Done."))
    return stage.ada, {}


def _asked(stage: Stage) -> Asked:
    return Asked(expert=_person(stage.ada), by=_person(stage.noor), text="May I ask?")


def inquiry(stage: Stage) -> Told:
    stage.tell(uuid4(), _asked(stage))
    return stage.ada, {"text": "You may."}


def inquiry_rating(stage: Stage) -> Told:
    stage.tell(uuid4(), _asked(stage), InquiryAnswered(by=_person(stage.ada), text="You may."))
    return stage.noor, {"rating": 5}


def survey(stage: Stage) -> Told:
    """Also of what has ended."""
    key = stage.began(at=NOW)
    began = stage.house.store.load(MENTORSHIP.stream(key)).state.began
    form = DEFAULT_FORMS[SurveyKind.PULSE]
    terms: dict[str, Any] = {"mentorship": key, "program": began.program if began else None}
    asked = SurveyAsked(
        to=_person(stage.noor), kind=form.kind, questions=form.questions, due=NOW.date(), **terms
    )
    stage.tell(uuid4(), asked)
    stage.tell(key, Concluded(outcome=Outcome.ACHIEVED))
    return stage.noor, {"ratings": [{"question": "satisfaction", "rating": 4}]}


def concern(stage: Stage) -> Told:
    key = stage.began(at=NOW)
    stage.tell(key, ConcernRaised(concern=uuid4(), by=_person(stage.noor), text="Worried", confidential=True))
    return stage.fay, {"mentorship": global_id("Mentorship", key), "note": "Spoken."}


def _told(stage: Stage, occasion: Occasion) -> Told:
    key = stage.began(at=NOW)
    began = stage.house.store.load(MENTORSHIP.stream(key)).state.began
    where: dict[str, Any] = {"about": key, "mentorship": key, "program": began.program if began else None}
    stage.tell(uuid4(), Sent(to=_person(stage.noor), occasion=occasion, **where))
    return stage.noor, {}


def announcement(stage: Stage) -> Told:
    return _told(stage, Occasion.ANNOUNCEMENT)


def notice(stage: Stage) -> Told:
    return _told(stage, Occasion.ENDING)


TELLING: Final[dict[InboxKind, Callable[[Stage], Told]]] = {
    InboxKind(tells.__name__): tells
    for tells in (
        invitation, application_question, application, proposal, proposal_question, agreement, check_in,
        question, answer, meeting_time, meeting_answer, meeting_record, suggestion, assignment, submission,
        inquiry, inquiry_rating, survey, concern, announcement, notice,
    )
}  # fmt: skip
ARGUMENTS: Final = {"Concern": "concern", "Question": "question", "Answer": "answer"}


def test_every_kind_names_a_command_that_there_is() -> None:
    assert GRAPHQL.mutation_type is not None
    assert set(COMMANDS) == set(InboxKind) == set(TELLING)
    assert set(COMMANDS.values()) <= set(GRAPHQL.mutation_type.fields)


@pytest.mark.parametrize("kind", InboxKind)
def test_what_waits_is_settled_by_its_command(stage: Stage, kind: InboxKind) -> None:
    who, more = TELLING[kind](stage)
    item = stage.waiting(who, kind)[0]
    assert (item["kind"], item["command"]) == (kind.upper(), COMMANDS[kind])
    assert item["mentorship"] is None or item["program"]["name"] == "Listening"
    argument = ARGUMENTS.get(item["aboutType"], item["aboutType"].lower())
    if item["aboutType"] not in ARGUMENTS:
        assert parse_global_id(item["about"], item["aboutType"])
    stage.house.done(who, item["command"], {argument: item["about"], **more})
    assert item["about"] not in {one["about"] for one in stage.waiting(who, kind)}


def test_what_waits_says_since_when_and_until_when(stage: Stage) -> None:
    _given(stage, Assigned, due=NOW.date() - timedelta(days=1))
    late = stage.waiting(stage.noor, InboxKind.ASSIGNMENT)[0]
    assert (late["title"], late["overdue"], late["aboutType"]) == ("Read it", True, "Assignment")
    assert late["dueAt"] == f"{NOW.date()}T00:00:00.000000Z"
    meant = _proposed(stage, NOW + timedelta(days=2), confirmed=False)
    tea = stage.waiting(stage.noor, InboxKind.MEETING_TIME)[0]
    assert (tea["title"], tea["overdue"]) == ("Tea", False)
    assert datetime.fromisoformat(tea["dueAt"]) == datetime.fromisoformat(meant["startsAt"])


def test_it_waits_for_nobody_else(stage: Stage) -> None:
    stranger = stage.house.person("Una")
    question(stage)
    assert stage.waiting(stranger) == []
    assert InboxKind.QUESTION.upper() not in {one["kind"] for one in stage.waiting(stage.noor)}
    concern(stage)
    without_the_role = stage.house.caller(Role.PARTICIPANT, participant=stage.fay.participant)
    assert stage.waiting(without_the_role, InboxKind.CONCERN) == []
    staff_alone = stage.house.caller(Role.FACILITATOR, participant=stage.fay.participant)
    assert {one["kind"] for one in stage.waiting(staff_alone)} == {"CONCERN"}


def test_a_reminder_of_what_waits_anyway_does_not_wait_again(stage: Stage) -> None:
    _told(stage, Occasion.CHECK_IN)
    assert "Notification" not in {one["aboutType"] for one in stage.waiting(stage.noor)}


def test_the_proposer_of_times_confirms_once_another_accepts(stage: Stage) -> None:
    _proposed(stage, NOW + timedelta(days=3), confirmed=False)
    mine = stage.waiting(stage.noor, InboxKind.MEETING_TIME)[0]["about"]
    assert mine not in {one["about"] for one in stage.waiting(stage.ada, InboxKind.MEETING_TIME)}
    stage.house.done(stage.noor, "answerMeeting", {"meeting": mine, "answer": "ACCEPTED"})
    assert mine in {one["about"] for one in stage.waiting(stage.ada, InboxKind.MEETING_TIME)}


def test_a_pause_puts_a_check_in_off_and_its_days_do_not_count(stage: Stage) -> None:
    key, noor = stage.began(), _person(stage.noor)
    checked = CheckedIn(check_in=uuid4(), by=noor, ratings={"progress": 4})
    stage.tell(key, checked, at=NOW - timedelta(days=15))
    about = global_id("Mentorship", key)

    def due() -> bool:
        return about in {one["about"] for one in stage.waiting(stage.noor, InboxKind.CHECK_IN)}

    assert due()
    stage.tell(key, Paused(until=date(2999, 1, 1)), at=NOW - timedelta(days=5))
    assert not due()
    stage.tell(key, Resumed(), at=NOW - timedelta(days=3))
    assert not due()
    last = NOW - timedelta(days=17)
    other = stage.began()
    stage.tell(other, CheckedIn(check_in=uuid4(), by=noor, ratings={"progress": 4}), at=last)
    stage.tell(other, Paused(until=NOW.date()), at=NOW - timedelta(days=5))
    stage.tell(other, Resumed(), at=NOW - timedelta(days=3))
    about = global_id("Mentorship", other)
    assert due()


def test_who_has_left_is_waited_for_no_more(stage: Stage) -> None:
    key = stage.began(at=NOW)
    asked = QuestionAsked(mentorship=key, question=uuid4(), by=_person(stage.noor), text="And?")
    stage.tell(conversation_id(key), asked)
    about = str(asked.question)
    assert about in {one["about"] for one in stage.waiting(stage.ada, InboxKind.QUESTION)}
    stage.tell(key, MemberLeft(participant=_person(stage.ada)))
    assert about not in {one["about"] for one in stage.waiting(stage.ada, InboxKind.QUESTION)}


def test_it_is_paged_the_newest_first(stage: Stage) -> None:
    query = "query ($after: String) { inbox(first: 3, after: $after) { totalCount nodes { about kind since }"
    query += " pageInfo { endCursor hasNextPage } } }"
    pages, after = [], None
    while True:
        page = stage.house.ask(stage.noor, query, after=after)["inbox"]
        pages += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(pages) == page["totalCount"] > 3
    assert [one["since"] for one in pages] == sorted((one["since"] for one in pages), reverse=True)
    assert len({(one["kind"], one["about"]) for one in pages}) == len(pages)
