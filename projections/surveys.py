"""Surveys as they stand: what each asks of whom, and what was answered; words go when a person is erased."""

from typing import Any, Final, assert_never, get_args
from uuid import UUID

from domain.event import ERASED
from domain.participant import Erased
from domain.store import RecordedEvent
from domain.survey import Answered, Asked, Lapsed, SurveyEvent
from domain.survey_forms import SurveyQuestion
from projections.projection import Projection
from projections.statements import Statements, jsonb

DDL: Final = """
CREATE TABLE surveys (
    survey_id      uuid        PRIMARY KEY,
    mentorship_id  uuid        NOT NULL,
    program_id     uuid,
    to_id          uuid        NOT NULL,
    kind           text        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('asked', 'answered', 'lapsed')),
    due            date        NOT NULL,
    meeting_id     uuid,
    asked_at       timestamptz NOT NULL,
    answered_at    timestamptz,
    answered_by    uuid,
    lapsed_at      timestamptz,
    asked_position bigint      NOT NULL,
    version        bigint      NOT NULL,
    position       bigint      NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX surveys_by_asking ON surveys (asked_position);
CREATE INDEX surveys_by_mentorship ON surveys (mentorship_id, asked_position);
CREATE INDEX surveys_by_program ON surveys (program_id, kind, asked_at);
CREATE INDEX surveys_by_answering ON surveys (answered_by) WHERE answered_by IS NOT NULL;
CREATE INDEX surveys_open ON surveys (to_id) WHERE state = 'asked';
CREATE INDEX surveys_due ON surveys (due) WHERE state = 'asked';

CREATE TABLE survey_questions (
    survey_id     uuid    NOT NULL,
    number        int     NOT NULL,
    question      text    NOT NULL,
    text          text    NOT NULL,
    kind          text    NOT NULL,
    measures      text,
    required      boolean NOT NULL,
    choices       text[]  NOT NULL,
    answered      boolean NOT NULL DEFAULT false,
    rating        int,
    choice        text,
    words         text,
    PRIMARY KEY (survey_id, number)
);
CREATE INDEX survey_questions_measuring ON survey_questions (measures, survey_id)
 WHERE answered AND measures IS NOT NULL;

CREATE TABLE survey_erased (participant_id uuid PRIMARY KEY);
"""

ASKED: Final = """
INSERT INTO surveys (survey_id, mentorship_id, program_id, to_id, kind, state, due, meeting_id, asked_at,
                     asked_position, version, position)
VALUES (%(survey)s, %(mentorship)s, %(program)s, %(to)s, %(kind)s, 'asked', %(due)s, %(meeting)s, %(at)s,
        %(position)s, %(version)s, %(position)s)
ON CONFLICT (survey_id) DO NOTHING
"""
# Only of the asking that the row was made by.
QUESTIONS: Final = """
INSERT INTO survey_questions (survey_id, number, question, text, kind, measures, required, choices)
SELECT s.survey_id, q.number, q.told ->> 'id', q.told ->> 'text', q.told ->> 'kind', q.told ->> 'measures',
       (q.told ->> 'required')::boolean, ARRAY(SELECT jsonb_array_elements_text(q.told -> 'choices'))
  FROM surveys s, jsonb_array_elements(%(questions)s::jsonb) WITH ORDINALITY AS q (told, number)
 WHERE s.survey_id = %(survey)s AND s.asked_position = %(position)s
"""
ANSWERED: Final = """
UPDATE surveys SET state = 'answered', answered_at = %(at)s, answered_by = %(by)s
 WHERE survey_id = %(survey)s
"""
ANSWERS: Final = """
UPDATE survey_questions
   SET answered = question = ANY (%(answered)s::text[]), rating = (%(ratings)s::jsonb ->> question)::int,
       choice = %(choices)s::jsonb ->> question, words = %(words)s::jsonb ->> question
 WHERE survey_id = %(survey)s
"""
LAPSED: Final = """
UPDATE surveys SET state = 'lapsed', lapsed_at = %(at)s WHERE survey_id = %(survey)s AND state = 'asked'
"""
SEEN: Final = """
UPDATE surveys SET version = %(version)s, position = %(position)s WHERE survey_id = %(survey)s
"""
ERASED_PERSON: Final = """
INSERT INTO survey_erased (participant_id) VALUES (%(person)s) ON CONFLICT DO NOTHING
"""
# That there were any is not known either, once they cannot be read.
WORDS_CLEARED: Final = """
UPDATE survey_questions q SET words = NULL, answered = false
  FROM surveys s
 WHERE s.survey_id = q.survey_id AND s.answered_by = %(person)s AND q.words IS NOT NULL
   AND EXISTS (SELECT FROM survey_erased WHERE participant_id = %(person)s)
"""


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, Erased):
        sql.execute(ERASED_PERSON, {"person": recorded.stream_id})
        _clear(sql, recorded.stream_id)
    else:
        _project_survey(sql, recorded, event)  # type: ignore[arg-type]  # what PROJECTION.names leaves


def _clear(sql: Statements, person: UUID) -> None:
    """An answer may follow the erasure in the log, and be readable still until the key is gone."""
    sql.execute(WORDS_CLEARED, {"person": person})


def _project_survey(sql: Statements, recorded: RecordedEvent, event: SurveyEvent) -> None:
    seen: dict[str, Any] = {
        "survey": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case Asked():
            sql.execute(ASKED, {**seen, **event.model_dump(exclude={"questions"})})
            sql.execute(QUESTIONS, {**seen, "questions": jsonb([_told(one) for one in event.questions])})
        case Answered():
            sql.execute(ANSWERED, {**seen, "by": event.by})
            sql.execute(ANSWERS, {**seen, **_said(event)})
            _clear(sql, event.by)
        case Lapsed():
            sql.execute(LAPSED, seen)
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)


def _told(question: SurveyQuestion) -> dict[str, Any]:
    return question.model_dump(mode="json", exclude={"of_mentees"})


def _said(event: Answered) -> dict[str, Any]:
    words = {} if event.text is None or event.text is ERASED else event.text
    return {
        "answered": [*event.ratings, *event.choices, *words],
        "ratings": jsonb(event.ratings),
        "choices": jsonb(event.choices),
        "words": jsonb(words),
    }


PROJECTION: Final = Projection(
    name="surveys",
    version=1,
    ddl=DDL,
    tables=("surveys", "survey_questions", "survey_erased"),
    names=frozenset(kind.event_name for kind in (*get_args(SurveyEvent), Erased)),
    apply=project,
)
