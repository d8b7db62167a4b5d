"""Random lives of surveys, more disorderly than any rule would let them be."""

from datetime import date
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from domain import survey as s
from domain.event import DomainEvent
from domain.ids import MeetingId, MentorshipId, ProgramId, SurveyId
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from tests.projections.given import ADA, NOOR, SAM

SURVEYS: Final = (SurveyId(UUID(int=91)), SurveyId(UUID(int=92)), SurveyId(UUID(int=93)))

people = st.sampled_from((ADA, NOOR, SAM))
ratings = st.dictionaries(
    st.sampled_from(["satisfaction", "mentor_effectiveness", "recommend"]), st.integers(0, 10)
)
choices = st.sampled_from([{}, {"goals": "In part"}, {"goals": "No"}])
words = st.sampled_from([None, {"words": "We met"}, {"words": "We did not", "other": "Unasked"}])
asked = st.builds(
    s.Asked,
    mentorship=st.sampled_from([MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32))]),
    program=st.sampled_from([None, ProgramId(UUID(int=1))]),
    to=people,
    kind=st.sampled_from(SurveyKind),
    questions=st.sampled_from([form.questions for form in DEFAULT_FORMS.values()]),
    due=st.sampled_from([date(2026, 5, 2), date(2030, 5, 2)]),
    meeting=st.sampled_from([None, MeetingId(UUID(int=51))]),
)
of_a_survey: st.SearchStrategy[DomainEvent] = st.one_of(
    asked,
    st.builds(s.Answered, by=people, ratings=ratings, choices=choices, text=words),
    st.builds(s.Lapsed),
)
