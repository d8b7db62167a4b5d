"""The pool: whom a run may pair, frozen, with all that scores and rules read of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

import orjson

from domain.ids import Pair, ParticipantId


@dataclass(frozen=True, slots=True)
class Person:
    """One person on one side. `offers` and `wishes` go by competency key; a wish is (level, priority).

    `places` is how many relationships more they can have in this programme. `utc_offset` is in minutes.
    `title_step` is their rung of the ladder, None without a job title. `facts` are the fields an audience
    rule can name. `groups` are self-stated, by question; `preference` is what they wish of the other side's.
    `wished` ranks people of the other side. `biography` is a unit vector in 127ths, a byte each.
    `waiting_days` counts since they were let in.
    """

    id: ParticipantId
    places: int = 1
    offers: Mapping[str, int] = field(default_factory=dict)
    wishes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    utc_offset: int | None = None
    location: str | None = None
    department: str | None = None
    title_step: int | None = None
    hours_left: int | None = None
    managers: tuple[ParticipantId, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    preference: Mapping[str, str] = field(default_factory=dict)
    wished: tuple[ParticipantId, ...] = ()
    avoided: frozenset[ParticipantId] = frozenset()
    biography: bytes | None = None
    waiting_days: int = 0


__all__ = ["Pair", "Person", "Pool"]


@dataclass(frozen=True, slots=True)
class Pool:
    """`managers` of a person: the manager first, then the manager's manager.

    `nearness` says how near two different competencies are, mentee's wish first, where the catalogue or their
    meaning says so: already capped as the settings have it. Absent pairs are worth nothing.
    `matched_before` pairs had a relationship once; `declined` pairs were declined for good.
    """

    mentees: tuple[Person, ...]
    mentors: tuple[Person, ...]
    nearness: Mapping[tuple[str, str], int] = field(default_factory=dict)
    matched_before: frozenset[Pair] = frozenset()
    declined: frozenset[Pair] = frozenset()

    @property
    def digest(self) -> str:
        """The same for the same people, in whatever order they came."""
        told = {
            "mentees": sorted((_plain(person) for person in self.mentees), key=_id),
            "mentors": sorted((_plain(person) for person in self.mentors), key=_id),
            "nearness": sorted((wish, offer, score) for (wish, offer), score in self.nearness.items()),
            "matched_before": sorted(self.matched_before),
            "declined": sorted(self.declined),
        }
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _id(told: Mapping[str, Any]) -> UUID:
    found: UUID = told["id"]
    return found


def _plain(person: Person) -> dict[str, Any]:
    told = asdict(person)
    told["avoided"] = sorted(person.avoided)
    told["biography"] = person.biography.hex() if person.biography else None
    return told
