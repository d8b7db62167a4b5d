"""What was asked in the relationships of the small organisation: answered, lapsed, and still open."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from domain import survey as s
from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, ProgramId, SurveyId
from domain.survey import SURVEY
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from tests.api.meetings_told import HELD
from tests.api.mentorships_told import CIRCLE, ENDED
from tests.api.proposed import NAMES

FIRST, AFTER, CLOSING, OPEN = TOLD = tuple(
    SurveyId(uuid5(NAMES, f"survey: {word}")) for word in ("first", "after", "closing", "open")
)

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _asked(
    mentorship: MentorshipId, program: ProgramId, to: ParticipantId, kind: SurveyKind, **more: Any
) -> s.Asked:
    questions = DEFAULT_FORMS[kind].questions
    due = date(2026, 2, 20)
    return s.Asked(
        mentorship=mentorship, program=program, to=to, kind=kind, questions=questions, due=due, **more
    )


def _surveys(program: ProgramId, ada: ParticipantId, noor: ParticipantId) -> Lives:
    ratings = {"satisfaction": 4, "mentor_effectiveness": 5}
    said = s.Answered(by=noor, ratings=ratings, text={"words": 'It is "good", 漢字'})
    yield FIRST, [_asked(CIRCLE, program, noor, SurveyKind.FIRST), said]
    after = _asked(CIRCLE, program, ada, SurveyKind.MEETING, meeting=HELD)
    yield AFTER, [after, s.Lapsed()]
    closed = {"satisfaction": 3, "mentor_effectiveness": 3, "recommend": 6}
    answered = s.Answered(by=noor, ratings=closed, choices={"goals": "Yes, all of it"})
    yield CLOSING, [_asked(ENDED, program, noor, SurveyKind.CLOSING), answered]
    yield OPEN, [_asked(CIRCLE, program, noor, SurveyKind.PULSE)]


def told(people: dict[str, ParticipantId], program: ProgramId) -> list[tuple[Aggregate[Any], Lives]]:
    return [(SURVEY, _surveys(program, people["Ada"], people["Noor"]))]
