"""What people are told of, and what a text about it can say: its variables, each with its meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Occasion(StrEnum):
    """What a reminder or a message is about."""

    INVITATION = "invitation"
    WISH = "wish"
    PROPOSAL = "proposal"
    AGREEMENT = "agreement"
    MEETING = "meeting"
    MILESTONE = "milestone"
    CHECK_IN = "check_in"
    SURVEY = "survey"
    ANNOUNCEMENT = "announcement"
    SILENCE = "silence"
    ENDING = "ending"
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True)
class Variable:
    """`sample` is what a preview shows. A variable is a number where its sample is one, else a text; what
    there is nothing to say about is 0 or an empty text.
    """

    name: str
    meaning: str
    sample: str | int

    @property
    def numeric(self) -> bool:
        return isinstance(self.sample, int)


Variables = Mapping[str, Variable]
Values = Mapping[str, str | int]

_NAME: Final = Variable("name", "who reads it", "Noor Haddad")
_ROLE: Final = Variable("role", "mentor or mentee, as whom they are in it; nothing for the staff", "mentee")
_PROGRAM: Final = Variable("program", "the programme's name", "First steps")
_LINK: Final = Variable("link", "where it can be dealt with", "/mentorship/TWVudG9yc2hpcDoxMjM0")
_TEXT: Final = Variable("text", "what is announced, whole", "The kick-off is on Monday at ten.")

_TITLES: Final[Mapping[Occasion, tuple[str, str]]] = {
    Occasion.MILESTONE: ("the milestone's title", "First goals are set"),
    Occasion.ANNOUNCEMENT: ("the announcement's title", "Kick-off on Monday"),
}
_NO_TITLE: Final = ("the programme's name", "First steps")


def _told_of(occasion: Occasion) -> Variables:
    told = (
        _NAME,
        _ROLE,
        Variable("partner", "who else is in it, all of them for the staff", "Ada Lovelace"),
        _PROGRAM,
        Variable("title", *_TITLES.get(occasion, _NO_TITLE)),
        Variable("date", "the day on which it fell due", "5 March 2026"),
        Variable("days", "how many days that was ago when this was sent", 3),
        Variable("until", "the last day to do it, where there is one", "19 March 2026"),
        Variable("rung", "1 for the first reminder, 2 for the next", 1),
        _LINK,
        *([_TEXT] if occasion is Occasion.ANNOUNCEMENT else []),
    )
    return {variable.name: variable for variable in told}


VARIABLES: Final[Mapping[Occasion, Variables]] = {occasion: _told_of(occasion) for occasion in Occasion}
ANNOUNCED: Final[Variables] = {variable.name: variable for variable in (_NAME, _ROLE, _PROGRAM, _LINK)}
"""What the title and the text of an announcement itself can say."""


def samples(variables: Variables) -> dict[str, str | int]:
    return {variable.name: variable.sample for variable in variables.values()}
