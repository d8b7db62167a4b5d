"""Small pools of people of whom anything can be known or unknown: for comparing fast ways with plain ones."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final
from uuid import UUID

from domain.ids import ParticipantId
from domain.matching_settings import Criterion, HardRule, Likeness, MatchingSettings, PairRule, Weight
from domain.pairing.pool import Person, Pool
from domain.pairing.terms import Terms
from domain.program_settings import Kind, RelationshipType

SKILLS: Final = ("sql", "python", "sales", "law", "tax", "talks")
ONE_TO_ONE: Final = RelationshipType(id="mentoring", kind=Kind.ONE_TO_ONE, name="Mentoring")
RULES: Final = (
    PairRule(id="leaders", mentee='department == "Sales"', mentor="hours_a_month >= 4"),
    PairRule(id="anywhere", mentor='not (location == "Oslo")'),
)


def pool(mentees: int, mentors: int, seed: int) -> Pool:
    """Some stand on both sides; some pairs were together before, or declined for good."""
    draw = Random(seed)
    ids = [ParticipantId(UUID(int=draw.getrandbits(128), version=4)) for _ in range(mentees + mentors)]
    theirs = [*ids[mentees + len(ids[mentees:]) // 5 :], *ids[: len(ids[mentees:]) // 5]]
    mine = ids[:mentees]
    nearness = {
        (wish, offer): draw.randint(500, 9_000) for wish in SKILLS for offer in SKILLS if draw.random() < 0.3
    }
    pairs = [(mentee, mentor) for mentee in mine for mentor in theirs]
    return Pool(
        tuple(person(draw, one, ids) for one in mine),
        tuple(person(draw, one, ids) for one in theirs),
        nearness,
        frozenset(draw.sample(pairs, len(pairs) // 20)),
        frozenset(draw.sample(pairs, len(pairs) // 30)),
    )


def person(draw: Random, own: ParticipantId, others: Sequence[ParticipantId]) -> Person:
    skills = draw.sample(SKILLS, draw.randint(0, 3))
    department = draw.choice(("Sales", "Law", None))
    location = draw.choice(("Oslo", "Lima", None))
    return Person(
        id=own,
        places=draw.choice((0, 1, 1, 2, 3)),
        offers={skill: draw.randint(1, 5) for skill in skills},
        wishes={
            skill: (draw.randint(1, 5), draw.randint(1, 5))
            for skill in draw.sample(SKILLS, draw.randint(0, 3))
        },
        languages=tuple(draw.sample(("English", "Norsk", "espanol"), draw.randint(0, 2))),
        utc_offset=draw.choice((None, -300, 60, 330, 720)),
        location=location,
        department=department,
        title_step=draw.choice((None, 1, 2, 4, 6)),
        hours_left=draw.choice((None, 1, 3, 4, 8)),
        managers=tuple(draw.sample(others, draw.randint(0, 2))),
        facts={"department": department, "location": location, "hours_a_month": draw.choice((None, 2, 6))},
        answers={
            question: draw.choice("abc")
            for question in draw.sample(("one", "two", "three"), draw.randint(0, 3))
        },
        groups={question: draw.choice("xy") for question in ("age", "origin") if draw.random() < 0.7},
        preference={"age": draw.choice("xy")} if draw.random() < 0.3 else {},
        wished=tuple(draw.sample(others, draw.randint(0, 3))),
        avoided=frozenset(draw.sample(others, draw.randint(0, 2))),
        biography=_biography(draw) if draw.random() < 0.8 else None,
    )


def _biography(draw: Random) -> bytes:
    """Of length 127, about."""
    drawn = [draw.gauss(0, 1) for _ in range(8)]
    length = sum(one * one for one in drawn) ** 0.5
    return bytes(round(127 * one / length) % 256 for one in drawn)


def terms(draw: Random, **settings: object) -> Terms:
    """Any criteria, any rules."""
    criteria = draw.sample(tuple(Criterion), draw.randint(1, len(Criterion)))
    parts = [draw.randint(1, 800) for _ in criteria]
    parts[0] += 10_000 - sum(parts)
    given: dict[str, object] = {
        "weights": tuple(
            Weight(criterion=name, parts=part) for name, part in zip(criteria, parts, strict=True)
        ),
        "hard_rules": tuple(draw.sample(tuple(HardRule), draw.randint(0, 2))),
        "pair_rules": RULES if draw.random() < 0.3 else (),
        "location": draw.choice(tuple(Likeness)),
        "department": draw.choice(tuple(Likeness)),
    }
    return Terms(MatchingSettings.model_validate(given | settings), ONE_TO_ONE, draw.choice((0, 2)))


def small(seed: int, mentees: int = 5, mentors: int = 4) -> Pool:
    """Everybody wants one mentor, so that all pairings can be tried."""
    drawn = pool(mentees, mentors, seed)
    return replace(drawn, mentees=tuple(replace(one, places=min(one.places, 1)) for one in drawn.mentees))
