"""A hundred thousand made-up people to search for experts among, the same ones for the same seed."""

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from uuid_utils.compat import uuid7

from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.participant import ListedAsExpert, ProfileDescribed, RecordSynced, Registered
from domain.profile import key_of

_HEADS, _TAILS = "bdfghjklmnprstvwz", ("a", "e", "i", "o", "u", "an", "er", "or", "in")
SYLLABLES: Final = tuple(head + tail for head in _HEADS for tail in _TAILS)
LANGUAGES: Final = ("en", "de", "fr", "es", "pl", "pt", "nl", "it", "ja", "hi")
SEARCHES: Final = 400
Question = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    id: ParticipantId
    name: str
    topics: tuple[str, ...]
    headline: str
    job_title: str
    biography: str
    location: str
    languages: tuple[str, ...]

    @property
    def told(self) -> list[DomainEvent]:
        return [
            Registered(name=self.name, source="made-up"),
            RecordSynced(
                source="made-up",
                changed=("job_title", "location", "languages"),
                job_title=self.job_title,
                location=self.location,
                languages=self.languages,
            ),
            ProfileDescribed(changed=("biography",), biography=self.biography),
        ]

    @property
    def listed(self) -> list[DomainEvent]:
        return [ListedAsExpert(headline=self.headline, topics=self.topics)]

    @property
    def words(self) -> set[str]:
        said = (self.name, *self.topics, self.headline, self.job_title, self.biography, self.location)
        return set(" ".join(said).lower().split())


@dataclass(frozen=True)
class Crowd:
    """Words are used as people use them: the n-th most frequent one an n-th as often as the first."""

    people: int
    seed: int = 4
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "chance", random.Random(self.seed))

    def _word(self, *syllables: int) -> str:
        return "".join(self.chance.choice(SYLLABLES) for _ in range(self.chance.choice(syllables)))

    def _often(self, words: Sequence[str], count: int) -> list[str]:
        return self.chance.choices(words, [1 / rank for rank in range(1, len(words) + 1)], k=count)

    @cached_property
    def everybody(self) -> list[Person]:
        first, last = ([self._word(2, 3) for _ in range(count)] for count in (2_000, 20_000))
        subjects = [f"{self._word(2, 3)} {self._word(2, 3, 4)}" for _ in range(500)]
        prose = [self._word(2, 3, 4) for _ in range(5_000)]
        titles = [f"{self._word(3)} {self._word(2)}" for _ in range(200)]
        places = [self._word(3) for _ in range(60)]
        draw = self.chance
        return [
            Person(
                id=ParticipantId(uuid7()),
                name=f"{draw.choice(first)} {draw.choice(last)}".title(),
                topics=tuple(dict.fromkeys(self._often(subjects, draw.randint(1, 6)))),
                headline=" ".join(self._often(prose, 6)),
                job_title=self._often(titles, 1)[0],
                biography=" ".join(self._often(prose, draw.randint(20, 60))),
                location=self._often(places, 1)[0],
                languages=tuple(dict.fromkeys(self._often(LANGUAGES, draw.randint(1, 3)))),
            )
            for _ in range(self.people)
        ]

    def questions(self, experts: Sequence[Person]) -> list[Question]:
        """What people look for: a topic, a name, words begun or misspelled, narrowed or not."""
        return [self._question(self.chance.choice(experts)) for _ in range(SEARCHES)]

    def _question(self, meant: Person) -> Question:
        topic, draw = self.chance.choice(meant.topics), self.chance
        word = draw.choice(sorted(meant.words))
        searched: Question = draw.choice(
            [
                {"search": topic},
                {"search": topic.split()[0][:5]},
                {"search": meant.name},
                {"search": word},
                {"search": f"{word} {meant.location}"},
                {"search": _misspelled(meant.name.split()[1].lower(), draw), "misspelled": True},
                {"search": _misspelled(draw.choice(topic.split()), draw), "misspelled": True},
                {},
            ]
        )
        narrowed: list[Question] = [
            {},
            {},
            {"topics": [topic]},
            {"languages": [draw.choice(meant.languages)]},
            {"locations": [meant.location], "languages": [draw.choice(meant.languages)]},
        ]
        order = draw.choice(["RELEVANCE", "RELEVANCE", "RELEVANCE", "RATING", "NAME"])
        return {**searched, "filter": draw.choice(narrowed), "orderBy": order}


def _misspelled(word: str, draw: random.Random) -> str:
    """A letter in the middle is another one, or missing; of a short word too little would be left."""
    at = draw.randrange(2, len(word) - 1)
    return word if len(word) < 6 else word[:at] + draw.choice(["", "x", "q"]) + word[at + 1 :]


class Expected:
    """How many must be found: counted from what everybody was made of, without any database."""

    def __init__(self, experts: Sequence[Person]) -> None:
        self._all = frozenset(range(len(experts)))
        self._by: dict[tuple[str, str], set[int]] = defaultdict(set)
        for number, expert in enumerate(experts):
            for kind, value in _traits(expert):
                self._by[kind, value].add(number)
        self._words = sorted(value for kind, value in self._by if kind == "word")

    def count(self, question: Question) -> int:
        found = set(self._all)
        for term in question.get("search", "").lower().split():
            found &= self._beginning_with(term)
        for kind, values in question["filter"].items():
            found &= set().union(*(self._by[kind, key_of(value)] for value in values))
        return len(found)

    def _beginning_with(self, term: str) -> set[int]:
        begin = bisect_left(self._words, term)
        end = bisect_left(self._words, term + chr(0x10FFFF)) if len(term) >= 3 else begin + 1
        return set().union(
            *(self._by["word", word] for word in self._words[begin:end] if word[: len(term)] == term)
        )


def _traits(expert: Person) -> Iterator[tuple[str, str]]:
    yield from (("word", word) for word in expert.words)
    yield from (("topics", key_of(topic)) for topic in expert.topics)
    yield from (("languages", key_of(language)) for language in expert.languages)
    yield "locations", key_of(expert.location)
