"""Every kind of thing in a relationship that not everybody may read: how it comes about, and how it is read.

To add one, put an `Item` into ITEMS, or into those of a slice's own file that test_confidentiality.py joins
to them. `made` tells what happened in the relationship at `place`, by its author, as (stream, event);
`content` asks for what only the trusted may read, `happened` for what shows no more than that there is
something. Both are fields of Query in which `$mentorship` and the words of `ids` stand for global ids, and
the first value that they ask for decides: it is there, or it is null. test_confidentiality.py walks each
through every policy and every kind of reader.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid5

from domain import mentorship as m
from domain.aggregate import Stream
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.mentorship import MENTORSHIP, Mentorship


@dataclass(frozen=True)
class Place:
    """A relationship, in a programme or in none, and who in it makes the item."""

    mentorship: MentorshipId
    program: ProgramId | None
    author: ParticipantId

    @property
    def stream(self) -> Stream[Mentorship]:
        return MENTORSHIP.stream(self.mentorship)


Made = Iterator[tuple[Stream[Any], DomainEvent]]


@dataclass(frozen=True)
class Item:
    """`kind` is the field of the policy that is about it. `others`: the other members read it, too; `known`:
    they see at least that it happened; `staff`: whom the policy trusts reads it.
    """

    name: str
    kind: str
    made: Callable[[Place], Made]
    content: str
    happened: str
    others: bool = True
    known: bool = True
    staff: bool = True
    ids: Callable[[Place], Mapping[str, str]] = lambda _: {}


def _in_mentorship(*events: Callable[[Place], DomainEvent]) -> Callable[[Place], Made]:
    return lambda place: ((place.stream, event(place)) for event in events)


def _goal(place: Place) -> DomainEvent:
    return m.GoalSet(
        goal=uuid5(place.mentorship, "goal"), by=place.author, text="Listen", competency="Coaching"
    )


def _progress(place: Place) -> DomainEvent:
    goal = uuid5(place.mentorship, "goal")
    return m.GoalProgressed(goal=goal, by=place.author, percent=40, note="Half way")


def _check_in(place: Place) -> DomainEvent:
    return m.CheckedIn(by=place.author, ratings={"progress": 4}, comment="It goes well")


def _concern(place: Place, *, confidential: bool) -> DomainEvent:
    concern = uuid5(place.mentorship, "concern")
    return m.ConcernRaised(concern=concern, by=place.author, text="Worried", confidential=confidential)


def _settled(place: Place) -> DomainEvent:
    concern = uuid5(place.mentorship, "concern")
    return m.ConcernSettled(concern=concern, by=place.author, note="We have spoken")


def _ending(place: Place) -> DomainEvent:
    return m.EndedEarly(by=place.author, reason=m.EndReason.NO_FIT, words="We differ")


def _leaving(place: Place) -> DomainEvent:
    return m.MemberLeft(participant=place.author, reason="No time any more")


_open = lambda place: _concern(place, confidential=False)
_in_confidence = lambda place: _concern(place, confidential=True)


def _of(selection: str) -> str:
    return f"mentorship(id: $mentorship) {{ {selection} }}"


ITEMS: Final = (
    Item(
        "goal", "goals", _in_mentorship(_goal),
        content=_of("goals { nodes { text } }"), happened=_of("goals { nodes { setAt } }"),
    ),
    Item(
        "competency of a goal", "goals", _in_mentorship(_goal),
        content=_of("goals { nodes { competency } }"), happened=_of("goals { nodes { percent } }"),
    ),
    Item(
        "step of a goal", "goals", _in_mentorship(_goal, _progress),
        content=_of("goals { nodes { steps { nodes { note } } } }"),
        happened=_of("goals { nodes { steps { nodes { percent } } } }"),
    ),
    Item(
        "check-in", "check_ins", _in_mentorship(_check_in),
        content=_of("checkIns { nodes { comment } }"), happened=_of("checkIns { nodes { at } }"),
    ),
    Item(
        "ratings of a check-in", "check_ins", _in_mentorship(_check_in),
        content=_of("checkIns { nodes { ratings } }"), happened=_of("checkIns { nodes { at } }"),
    ),
    Item(
        "open concern", "concerns", _in_mentorship(_open),
        content=_of("concerns { nodes { text } }"), happened=_of("concerns { nodes { raisedAt } }"),
    ),
    Item(
        "confidential concern", "concerns", _in_mentorship(_in_confidence),
        content=_of("concerns { nodes { text } }"), happened=_of("concerns { nodes { raisedAt } }"),
        others=False, known=False,
    ),
    Item(
        "settling of a concern", "concerns", _in_mentorship(_open, _settled),
        content=_of("concerns { nodes { note } }"), happened=_of("concerns { nodes { settledAt } }"),
    ),
    Item(
        "settling in confidence", "concerns", _in_mentorship(_in_confidence, _settled),
        content=_of("concerns { nodes { note } }"), happened=_of("concerns { nodes { settledAt } }"),
        others=False, known=False,
    ),
    Item(
        "words of an ending", "concerns", _in_mentorship(_ending),
        content=_of("endWords"), happened=_of("endReason"), others=False,
    ),
    Item(
        "reason for leaving", "concerns", _in_mentorship(_leaving),
        content=_of("members { leavingReason }"), happened=_of("members { leftAt }"), others=False,
    ),
)  # fmt: skip
