"""Pools that give exactly the scores of a table: each wish is near to each offer by as much as the table
says.

pool_of({("noor", "ada"): 9_000, ("noor", "lin"): 4_000})

A pair that the table leaves out is barred: the mentee avoids the mentor.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from domain.ids import ParticipantId
from domain.matching_settings import Criterion, MatchingSettings, Weight
from domain.pairing.pool import Pair, Person, Pool
from domain.pairing.terms import Terms
from domain.program_settings import Kind, RelationshipType, Size

Table = Mapping[tuple[str, str], int]
ONLY_COMPETENCIES: Final = (Weight(criterion=Criterion.COMPETENCIES, parts=10_000),)


def one(name: str) -> ParticipantId:
    return ParticipantId(uuid5(NAMESPACE_OID, name))


def pair(mentee: str, mentor: str) -> Pair:
    return one(mentee), one(mentor)


def pool_of(
    table: Table,
    returned: Table | None = None,
    *,
    places: Mapping[str, int] | None = None,
    mentors: tuple[str, ...] = (),
    mentees: tuple[str, ...] = (),
    **changes: Mapping[str, Any],
) -> Pool:
    """`returned` is what the mentors think of it, by the same pairs: mentee first. `changes` go by name."""
    left = sorted({mentee for mentee, _ in table} | set(mentees))
    right = sorted({mentor for _, mentor in table} | set(mentors))
    near = {(f"need-{mentee}", f"gift-{mentor}"): score for (mentee, mentor), score in table.items()}
    near |= {
        (f"need-{mentor}", f"gift-{mentee}"): score for (mentee, mentor), score in (returned or {}).items()
    }
    held = {
        name: _person(name, (places or {}).get(name, 1), wishes=name in left or bool(returned))
        for name in (*left, *right)
    }
    for name in left:
        barred = frozenset(one(mentor) for mentor in right if (name, mentor) not in table)
        held[name] = replace(held[name], avoided=barred)
    for name, change in changes.items():
        held[name] = replace(held[name], **change)
    return Pool(tuple(held[name] for name in left), tuple(held[name] for name in right), near)


def _person(name: str, places: int, *, wishes: bool) -> Person:
    wish = {f"need-{name}": (1, 1)} if wishes else {}
    return Person(one(name), places, offers={f"gift-{name}": 1}, wishes=wish)


def terms_of(
    kind: Kind = Kind.ONE_TO_ONE, *, sizes: tuple[Size, Size] | None = None, **settings: Any
) -> Terms:
    """Terms with competencies as the one criterion, and no hard rule, where nothing else is said."""
    told = {"weights": ONLY_COMPETENCIES, "hard_rules": (), **settings}
    given: dict[str, Any] = {} if sizes is None else {"mentors": sizes[0], "mentees": sizes[1]}
    return Terms(MatchingSettings(**told), RelationshipType(id="kind", kind=kind, name="Kind", **given))
