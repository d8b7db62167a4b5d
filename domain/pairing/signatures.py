"""What many people have in common, as numbers: each measure is asked once for any two kinds of people."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import WHOLE, Criterion, HardRule
from domain.pairing import criteria, rules
from domain.pairing.pool import Person
from domain.pairing.terms import Yardstick

Ints = NDArray[np.int32]
Trait = Callable[[Person], Hashable]
Compare = Callable[[Person, Person], int]

UNTOLD: Final = -1

_LANGUAGES: Final[Trait] = lambda person: frozenset(name.casefold() for name in person.languages)
_OFFSET: Final[Trait] = lambda person: person.utc_offset
_LOCATION: Final[Trait] = lambda person: person.location
_DEPARTMENT: Final[Trait] = lambda person: person.department
_STEP: Final[Trait] = lambda person: person.title_step
_NOTHING: Final[Trait] = lambda _: None
_PREFERENCE: Final[Trait] = lambda person: frozenset(person.preference.items())
_GROUPS: Final[Trait] = lambda person: frozenset(person.groups.items())

TRAITS: Final[Mapping[Criterion, tuple[Trait, Trait]]] = {
    Criterion.LANGUAGES: (_LANGUAGES, _LANGUAGES),
    Criterion.TIME_ZONE: (_OFFSET, _OFFSET),
    Criterion.LOCATION: (_LOCATION, _LOCATION),
    Criterion.DEPARTMENT: (_DEPARTMENT, _DEPARTMENT),
    Criterion.EXPERIENCE: (_STEP, _STEP),
    Criterion.AVAILABILITY: (_NOTHING, lambda person: person.hours_left),
}
"""What a criterion reads of a mentee and of a mentor."""
RULED: Final[Mapping[HardRule, Trait]] = {
    HardRule.NOT_SAME_DEPARTMENT: _DEPARTMENT,
    HardRule.SAME_LOCATION: _LOCATION,
    HardRule.SHARED_LANGUAGE: _LANGUAGES,
    HardRule.OVERLAPPING_HOURS: _OFFSET,
    HardRule.TIME_ZONE_SPAN: _OFFSET,
    HardRule.MENTOR_IS_SENIOR: _STEP,
}


@dataclass(frozen=True, slots=True)
class Kinds:
    """People sorted by kind: the kind of each, and one person of every kind."""

    codes: NDArray[np.intp]
    examples: tuple[Person, ...]

    @classmethod
    def of(cls, people: Sequence[Person], trait: Trait) -> "Kinds":
        known: dict[Hashable, int] = {}
        examples: list[Person] = []
        codes = np.zeros(len(people), np.intp)
        for at, person in enumerate(people):
            found = trait(person)
            if found not in known:
                known[found] = len(examples)
                examples.append(person)
            codes[at] = known[found]
        return cls(codes, tuple(examples))


@dataclass(frozen=True, slots=True)
class Table:
    """One measure between kinds; a row of it is made when the first mentee of the kind comes."""

    mentees: Kinds
    mentors: Kinds
    compare: Compare
    _rows: dict[int, Ints] = field(default_factory=dict)

    @property
    def kinds(self) -> NDArray[np.intp]:
        """The kind of each mentee."""
        return self.mentees.codes

    def row(self, kind: int) -> Ints:
        """For a kind of mentees, what the measure gives with every mentor."""
        if kind not in self._rows:
            self._rows[kind] = self._made(self.mentees.examples[kind])
        return self._rows[kind][self.mentors.codes]

    def column(self, kind: int) -> Ints:
        """For a kind of mentors, what the measure gives with every mentee."""
        mentor = self.mentors.examples[kind]
        made = [self.compare(mentee, mentor) for mentee in self.mentees.examples]
        return np.array(made, np.int32)[self.mentees.codes]

    def _made(self, mentee: Person) -> Ints:
        return np.array([self.compare(mentee, mentor) for mentor in self.mentors.examples], np.int32)


@dataclass(frozen=True, slots=True)
class Answered:
    """Equal answers: as a table, of kinds too many to ask for any two."""

    kinds: NDArray[np.intp]
    asked: Ints
    given: Ints
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, mentees: Sequence[Person], mentors: Sequence[Person]) -> "Answered":
        trait: Trait = lambda person: frozenset(person.answers.items())
        mine, theirs = Kinds.of(mentees, trait), Kinds.of(mentors, trait)
        words: dict[tuple[str, str], int] = {}
        questions = sorted(
            {question for one in (*mine.examples, *theirs.examples) for question in one.answers}
        )
        asked, given = (_answers(kinds.examples, questions, words) for kinds in (mine, theirs))
        return cls(mine.codes, asked, given, theirs.codes)

    def row(self, kind: int) -> Ints:
        mine = self.asked[kind]
        both = ((self.given != UNTOLD) & (mine != UNTOLD)).sum(axis=1, dtype=np.int32)
        equal = ((self.given == mine) & (mine != UNTOLD)).sum(axis=1, dtype=np.int32)
        value = np.where(both > 0, WHOLE * equal // np.maximum(both, 1), UNTOLD).astype(np.int32)
        return value[self.codes]


def _answers(people: Sequence[Person], questions: list[str], words: dict[tuple[str, str], int]) -> Ints:
    told = np.full((len(people), len(questions)), UNTOLD, np.int32)
    at = {question: number for number, question in enumerate(questions)}
    for row, person in enumerate(people):
        for question, answer in person.answers.items():
            told[row, at[question]] = words.setdefault((question, answer), len(words))
    return told


def measured(
    criterion: Criterion, mentees: Sequence[Person], mentors: Sequence[Person], yardstick: Yardstick
) -> Table:
    traits = TRAITS[criterion]
    measure = criteria.SYMMETRIC[criterion]
    compare: Compare = lambda mentee, mentor: _plain(measure(mentee, mentor, yardstick))
    return Table(Kinds.of(mentees, traits[0]), Kinds.of(mentors, traits[1]), compare)


def preferred(
    mentees: Sequence[Person], mentors: Sequence[Person], yardstick: Yardstick
) -> tuple[Table, Table]:
    """The mentee's preference of mentors, and the mentors' of the mentee."""
    mine: Compare = lambda mentee, mentor: _plain(criteria.preference(mentee, mentor, yardstick))
    theirs: Compare = lambda mentee, mentor: _plain(criteria.preference(mentor, mentee, yardstick))
    return (
        Table(Kinds.of(mentees, _PREFERENCE), Kinds.of(mentors, _GROUPS), mine),
        Table(Kinds.of(mentees, _GROUPS), Kinds.of(mentors, _PREFERENCE), theirs),
    )


def barring(
    rule: HardRule, mentees: Sequence[Person], mentors: Sequence[Person], yardstick: Yardstick
) -> Table:
    """1 where the rule bars the pair."""
    bars = rules.SHARED[rule]
    compare: Compare = lambda mentee, mentor: int(bars(mentee, mentor, yardstick.terms))
    return Table(Kinds.of(mentees, RULED[rule]), Kinds.of(mentors, RULED[rule]), compare)


def programme_defined(
    test: rules.PairRuleTest, mentees: Sequence[Person], mentors: Sequence[Person]
) -> Table:
    asks, answers = _cached(test.asks), _cached(test.answers)
    compare: Compare = lambda mentee, mentor: int(asks(mentee) and not answers(mentor))
    return Table(Kinds.of(mentees, asks), Kinds.of(mentors, answers), compare)


def _cached(test: Callable[[Person], bool]) -> Callable[[Person], bool]:
    """Asked once for all whose facts are the same."""
    known: dict[Hashable, bool] = {}

    def ask(person: Person) -> bool:
        facts = _facts(person.facts)
        if facts not in known:
            known[facts] = test(person)
        return known[facts]

    return ask


def _facts(facts: Mapping[str, Any]) -> Hashable:
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in facts.items())


def _plain(told: int | None) -> int:
    return UNTOLD if told is None else told
