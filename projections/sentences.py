"""The sentence of every entry of a relationship's history, in English: all such texts stand here.

A placeholder is `{by}`, who did it; `{people}`, whom it is about; or a fact of the event by its name and
the way it is written, as in `{until:date}`. What stands in brackets is left out where something in it is
missing, or not for the reader. Nothing that anybody said is ever part of a sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sentence:
    """`nobody` is the one for what no person did; without it, somebody always does."""

    somebody: str
    nobody: str = ""


SENTENCES: Final[Mapping[str, Sentence]] = {
    "mentorship.began": Sentence("The relationship of {people} began."),
    "mentorship.agreement_signed": Sentence("{by} signed the agreement."),
    "mentorship.goal_set": Sentence("{by} set a goal[, due on {due:date}]."),
    "mentorship.goal_described": Sentence("{by} described a goal anew[, due on {due:date}]."),
    "mentorship.goal_progressed": Sentence("{by} saw a goal {percent} % reached."),
    "mentorship.goal_achieved": Sentence("{by} saw a goal achieved."),
    "mentorship.goal_dropped": Sentence("{by} dropped a goal."),
    "mentorship.milestone_reached": Sentence(
        "{by} saw the milestone “{milestone}” reached.", "The milestone “{milestone}” was reached."
    ),
    "mentorship.checked_in": Sentence("{by} checked in."),
    "mentorship.member_joined": Sentence("{people} joined the relationship."),
    "mentorship.member_left": Sentence("{people} left the relationship."),
    "mentorship.concern_raised": Sentence("{by} raised a concern."),
    "mentorship.concern_settled": Sentence("{by} settled a concern."),
    "mentorship.paused": Sentence(
        "{by} paused the relationship until {until:date}.",
        "The relationship was paused until {until:date}.",
    ),
    "mentorship.resumed": Sentence("{by} resumed the relationship.", "The relationship resumed."),
    "mentorship.extended": Sentence(
        "{by} extended the relationship until {until:date}.",
        "The relationship was extended until {until:date}.",
    ),
    "mentorship.concluded": Sentence(
        "{by} concluded the relationship: {outcome:word}.",
        "The relationship was concluded: {outcome:word}.",
    ),
    "mentorship.ended_early": Sentence(
        "{by} ended the relationship early: {reason:word}.",
        "The relationship ended early: {reason:word}.",
    ),
    "mentorship.reopened": Sentence(
        "{by} reopened the relationship until {until:date}.",
        "The relationship was reopened until {until:date}.",
    ),
    "mentorship.handed_over": Sentence(
        "{by} handed the relationship over to another mentor.",
        "The relationship was handed over to another mentor.",
    ),
    "mentorship.migrated": Sentence(
        "{by} brought the relationship to version {settings_version} of its programme.",
        "The relationship came to version {settings_version} of its programme.",
    ),
    "mentorship.glass_broken": Sentence(
        "{by} broke the glass, to read for {hours} hours what only members may.",
        "Somebody broke the glass, to read for {hours} hours what only members may.",
    ),
    "meeting.proposed": Sentence("{by} proposed a meeting: {slots:moments}."),
    "meeting.described": Sentence("{by} described a meeting."),
    "meeting.slots_proposed": Sentence("{by} proposed other times for a meeting: {slots:moments}."),
    "meeting.answered": Sentence("{by} answered for a meeting[: {answer:word}]."),
    "meeting.confirmed": Sentence("{by} confirmed a meeting on {slot:start}."),
    "meeting.rescheduled": Sentence("{by} moved a meeting to {slot:start}."),
    "meeting.cancelled": Sentence("{by} cancelled a meeting.", "A meeting was cancelled."),
    "meeting.held": Sentence(
        "A meeting was held on {started_at:moment}, for {duration_minutes} minutes[, by {people}]."
    ),
    "meeting.missed": Sentence("A meeting did not take place[: {people} missed it]."),
    "meeting.noted": Sentence("{by} noted something of a meeting."),
    "conversation.message_sent": Sentence("{by} sent a message."),
    "conversation.message_withdrawn": Sentence("{by} withdrew a message."),
    "conversation.question_asked": Sentence("{by} asked a question."),
    "conversation.question_answered": Sentence("{by} answered a question."),
    "conversation.answer_accepted": Sentence("{by} accepted an answer."),
    "resource.document_shared": Sentence("{by} shared a document[ ({media_type})]."),
    "resource.link_shared": Sentence("{by} shared a link."),
    "resource.described": Sentence("{by} described something shared."),
    "resource.withdrawn": Sentence("{by} withdrew something shared.", "Something shared was withdrawn."),
    "resource.published": Sentence("{by} set who finds something shared: {to:word}."),
    "assignment.suggested": Sentence("{by} suggested an assignment to {people}."),
    "assignment.assigned": Sentence("{by} gave {people} an assignment[, due on {due:date}]."),
    "assignment.started": Sentence("{by} started an assignment."),
    "assignment.submitted": Sentence("{by} submitted an assignment."),
    "assignment.completed": Sentence("{by} saw an assignment completed."),
    "assignment.returned": Sentence("{by} returned an assignment: there is more to do."),
    "assignment.dropped": Sentence("{by} dropped an assignment.", "An assignment was dropped."),
    "inquiry.asked": Sentence("{by} asked {people} as an expert."),
    "inquiry.followed_up": Sentence("{by} asked the expert further."),
    "inquiry.answered": Sentence("{by} answered as an expert."),
    "inquiry.declined": Sentence("{by} declined to answer as an expert."),
    "inquiry.session_agreed": Sentence("{by} agreed on a flash session."),
    "inquiry.closed": Sentence("{by} closed the inquiry.", "The inquiry was closed."),
    "inquiry.rated": Sentence("{by} rated the expert's answer."),
    "survey.asked": Sentence(
        "{by} asked {people} to answer a survey by {due:date}.",
        "{people} was asked to answer a survey by {due:date}.",
    ),
    "survey.answered": Sentence("{by} answered a survey."),
    "survey.lapsed": Sentence("A survey was not answered in time."),
}
NAMELESS: Final = "Somebody"
"""Who has been erased, or whose name the reader may not see."""

_MOMENT: Final = "to_char(({v})::timestamptz AT TIME ZONE 'UTC', 'FMDD FMMonth YYYY, HH24:MI \"UTC\"')"
_SLOT: Final = _MOMENT.format(v="s.value ->> 'starts_at'")
_SLOTS: Final = """(SELECT string_agg(<slot>, ' or ' ORDER BY s.ordinality)
   FROM jsonb_array_elements({f} -> '{n}') WITH ORDINALITY s)"""
_WRITTEN: Final[Mapping[str, str]] = {
    "text": "{f} ->> '{n}'",
    "word": "replace({f} ->> '{n}', '_', ' ')",
    "date": "to_char(({f} ->> '{n}')::date, 'FMDD FMMonth YYYY')",
    "moment": _MOMENT.format(v="{f} ->> '{n}'"),
    "start": _MOMENT.format(v="{f} -> '{n}' ->> 'starts_at'"),
    "moments": _SLOTS.replace("<slot>", _SLOT),
}
_PLACES: Final = re.compile(r"(\{\w+(?::\w+)?\})")
_BRACKETS: Final = re.compile(r"(\[[^\]]*\])")


def sentence_sql(name: str, facts: str, by: str, people: str) -> str:
    """The sentence as one SQL expression; all four are SQL: the event's name, its facts, and the names of
    who did it, NULL for nobody, and of whom it is about.
    """
    named = {"by": by, "people": people}
    arms = " ".join(
        f"WHEN '{event}' THEN {_of_sentence(sentence, facts, named)}" for event, sentence in SENTENCES.items()
    )
    return f"CASE {name} {arms} END"


def _of_sentence(sentence: Sentence, facts: str, named: Mapping[str, str]) -> str:
    somebody = _joined(sentence.somebody, facts, named)
    if not sentence.nobody:
        return somebody
    nobody = _joined(sentence.nobody, facts, named)
    return f"CASE WHEN {named['by']} IS NULL THEN {nobody} ELSE {somebody} END"


def _joined(template: str, facts: str, named: Mapping[str, str]) -> str:
    known = {name: f"coalesce({sql}, '{NAMELESS}')" for name, sql in named.items()}
    return " || ".join(
        f"coalesce({_pieces(piece[1:-1], facts, named)}, '')"
        if piece.startswith("[")
        else _pieces(piece, facts, known)
        for piece in _BRACKETS.split(template)
        if piece
    )


def _pieces(template: str, facts: str, named: Mapping[str, str]) -> str:
    """NULL where something in it is missing."""
    return " || ".join(_piece(piece, facts, named) for piece in _PLACES.split(template) if piece)


def _piece(piece: str, facts: str, named: Mapping[str, str]) -> str:
    if not piece.startswith("{"):
        return "'" + piece.replace("'", "''") + "'"
    fact, _, way = piece[1:-1].partition(":")
    return named.get(fact) or "(" + _WRITTEN[way or "text"].format(f=facts, n=fact) + ")"
