"""What somebody answers to a survey, as items that not everybody may read."""

from datetime import date
from typing import Final
from uuid import uuid5

from api.relay import global_id
from domain import survey as s
from domain.survey import SURVEY
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from tests.api.confidential_items import Item, Made, Place


def _answered(place: Place) -> Made:
    stream = SURVEY.stream(uuid5(place.mentorship, "survey"))
    kind = SurveyKind.CLOSING
    yield (
        stream,
        s.Asked(
            mentorship=place.mentorship,
            program=place.program,
            to=place.author,
            kind=kind,
            questions=DEFAULT_FORMS[kind].questions[-2:],
            due=date(2026, 5, 1),
        ),
    )
    said = {"words": "We should have begun earlier."}
    yield stream, s.Answered(by=place.author, choices={"goals": "No"}, text=said)


def _of(selection: str) -> str:
    return f"mentorship(id: $mentorship) {{ surveys {{ nodes {{ {selection} }} }} }}"


def _entry(selection: str) -> str:
    return (
        f"mentorship(id: $mentorship) {{ history(kinds: [SURVEY], last: 1) {{ nodes {{ {selection} }} }} }}"
    )


ITEMS: Final = (
    Item(
        "choice in a survey", "surveys", _answered,
        content=_of("questions { choice }"), happened=_of("state"), others=False,
    ),
    Item(
        "survey by its id", "surveys", _answered,
        content="survey(id: $survey) { questions { choice } }", happened="survey(id: $survey) { answeredAt }",
        others=False, ids=lambda place: {"survey": global_id("Survey", uuid5(place.mentorship, "survey"))},
    ),
    Item(
        "words of a survey, in the history", "surveys", _answered,
        content=_entry("text"), happened=_entry("position"), others=False,
    ),
)  # fmt: skip
