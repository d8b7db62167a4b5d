"""The rows of surveys: what was asked of whom, what was answered, and what stays of whom is erased."""

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from domain.ids import MeetingId, MentorshipId, ParticipantId, ProgramId
from domain.participant import Erased, Registered
from domain.store import Database, Store
from domain.survey import Answered, Asked, Lapsed
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from projections import catalogue, runner
from tests.projections.given import ADA, NOOR, SAM, happened, rows, shown

PAIR: Final = MentorshipId(UUID(int=31))
HERS, HIS, LATE = UUID(int=91), UUID(int=92), UUID(int=93)
PROGRAM: Final = ProgramId(UUID(int=1))
MEETING: Final = MeetingId(UUID(int=51))
DUE: Final = date(2030, 5, 16)
MAY: Final = datetime(2030, 5, 2, 9, tzinfo=UTC)


def asked(to: ParticipantId = NOOR, kind: SurveyKind = SurveyKind.CLOSING, **other: Any) -> Asked:
    questions = DEFAULT_FORMS[kind].questions
    return Asked(mentorship=PAIR, program=PROGRAM, to=to, kind=kind, questions=questions, due=DUE, **other)


def answered(by: ParticipantId = NOOR, **other: Any) -> Answered:
    said = {"ratings": {"satisfaction": 4, "recommend": 9}, "choices": {"goals": "No"}}
    return Answered(**{"by": by, **said, "text": {"words": "We met too late."}, **other})


def of(database: Database, survey: UUID, *columns: str) -> list[tuple[Any, ...]]:
    found = [row for row in rows(database, "survey_questions") if row["survey_id"] == survey]
    return [tuple(row[name] for name in columns) for row in sorted(found, key=lambda row: row["number"])]


def test_what_was_asked_of_whom(organisation: Database, store: Store) -> None:
    happened(store, HERS, asked(), at=MAY)
    last = happened(store, HIS, asked(ADA, SurveyKind.MEETING, meeting=MEETING))
    hers, his = shown(organisation, store, "surveys")
    assert (hers["to_id"], hers["kind"], hers["state"], hers["due"]) == (NOOR, "closing", "asked", DUE)
    assert (hers["mentorship_id"], hers["program_id"], hers["meeting_id"]) == (PAIR, PROGRAM, None)
    assert (hers["asked_at"], hers["answered_at"], hers["lapsed_at"]) == (MAY, None, None)
    assert (his["to_id"], his["meeting_id"], his["version"], his["position"]) == (ADA, MEETING, 1, last)
    assert of(organisation, HERS, "question", "kind", "measures", "required", "choices") == [
        ("satisfaction", "rating", "satisfaction", True, []),
        ("mentor_effectiveness", "rating", "effectiveness", True, []),
        ("recommend", "score", "recommendation", True, []),
        ("goals", "choice", None, True, ["Yes, all of it", "In part", "No"]),
        ("words", "text", None, False, []),
    ]
    assert [text for (text,) in of(organisation, HIS, "text")] == [
        "How useful was the meeting?",
        "What should we know?",
    ]


def test_what_was_answered_stands_beside_its_question(organisation: Database, store: Store) -> None:
    happened(store, HIS, asked(ADA), answered(ADA, text=None))
    happened(store, HERS, asked(), answered(), Lapsed(), at=MAY)
    happened(store, LATE, asked(SAM), Lapsed(), at=MAY)
    found = {row["survey_id"]: row for row in shown(organisation, store, "surveys")}
    assert [found[one]["state"] for one in (HERS, HIS, LATE)] == ["answered", "answered", "lapsed"]
    assert (found[HERS]["answered_at"], found[HERS]["answered_by"], found[LATE]["lapsed_at"]) == (
        MAY,
        NOOR,
        MAY,
    )
    said = [(4, None, None), (None, None, None), (9, None, None), (None, "No", None)]
    assert of(organisation, HERS, "rating", "choice", "words") == [*said, (None, None, "We met too late.")]
    assert of(organisation, HIS, "rating", "choice", "words") == [*said, (None, None, None)]
    assert of(organisation, LATE, "rating") == [(None,)] * 5


def test_asked_twice_it_stays_what_it_was(organisation: Database, store: Store) -> None:
    happened(store, HERS, asked(), asked(ADA, SurveyKind.PULSE))
    happened(store, HIS, asked(ADA, SurveyKind.PULSE))
    assert [row["to_id"] for row in shown(organisation, store, "surveys")] == [NOOR, ADA]
    assert (len(of(organisation, HERS, "number")), len(of(organisation, HIS, "number"))) == (5, 2)


def test_the_words_of_whom_is_erased_go_whenever_they_come(organisation: Database, store: Store) -> None:
    for person in (NOOR, ADA):
        happened(store, person, Registered(name="Somebody", source="csv"))
    happened(store, HERS, asked(), answered())
    happened(store, HIS, asked(ADA), answered(ADA))
    happened(store, NOOR, Erased())
    runner.catch_up(organisation, store, catalogue.ALL)
    happened(store, LATE, asked(), answered())
    runner.catch_up(organisation, store, catalogue.ALL)
    words = [of(organisation, one, "words")[-1] for one in (HERS, HIS, LATE)]
    assert words == [(None,), ("We met too late.",), (None,)]
    assert [of(organisation, one, "rating")[0] for one in (HERS, HIS, LATE)] == [(4,)] * 3


def test_answers_already_erased_have_no_words(organisation: Database, store: Store) -> None:
    happened(store, NOOR, Registered(name="Noor", source="csv"))
    happened(store, HERS, asked(), answered())
    happened(store, NOOR, Erased())
    store.forget(NOOR)
    happened(store, HIS, asked(ADA), answered(ADA))
    runner.catch_up(organisation, store, catalogue.ALL)
    assert [of(organisation, one, "words")[-1] for one in (HERS, HIS)] == [(None,), ("We met too late.",)]


def test_the_history_tells_members_that_and_nobody_else_what(organisation: Database, store: Store) -> None:
    words = {"words": "We met too late.", "more": "And not often."}
    happened(store, HERS, asked(), answered(text=words))
    happened(store, HIS, asked(ADA), Lapsed())
    entries = sorted(shown(organisation, store, "history"), key=lambda row: row["position"])
    assert [(row["name"], row["kind"], row["content"]) for row in entries] == [
        ("survey.asked", "survey", "surveys"),
        ("survey.answered", "survey", "surveys"),
        ("survey.asked", "survey", "surveys"),
        ("survey.lapsed", "survey", None),
    ]
    first, said, *_ = entries
    assert (first["people"], first["text"], first["facts"]["due"]) == ([NOOR], None, "2030-05-16")
    assert (said["text"], said["private_to"]) == ("We met too late.\nAnd not often.", NOOR)
    assert said["details"] == {"ratings": {"satisfaction": 4, "recommend": 9}, "choices": {"goals": "No"}}
    assert said["facts"] == {}
