"""Synthetic pools, the same for the same seed: a company as uneven as real ones are.

Competencies stand in branches as those of ESCO do. Few are sought by many, and others are offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final
from uuid import UUID

from domain.ids import ParticipantId
from domain.matching_settings import Criterion, HardRule, MatchingSettings, Objective, Weight
from domain.pairing.pool import Person, Pool
from domain.pairing.terms import Terms
from domain.program_settings import Kind, RelationshipType

BRANCHES: Final = 40
IN_A_BRANCH: Final = 15
OFFICES: Final = (
    ("Berlin", 60, "German"),
    ("Pune", 330, "Hindi"),
    ("Austin", -360, "English"),
    ("Krakow", 60, "Polish"),
    ("London", 0, "English"),
    ("Sao Paulo", -180, "Portuguese"),
    ("Singapore", 480, "English"),
    ("Lyon", 60, "French"),
    ("Toronto", -300, "English"),
    ("Madrid", 60, "Spanish"),
    ("Nairobi", 180, "English"),
    ("Osaka", 540, "Japanese"),
)
DEPARTMENTS: Final = (
    "Engineering",
    "Sales",
    "Operations",
    "Finance",
    "Support",
    "Product",
    "People",
    "Legal",
)
FURTHER: Final = ("Spanish", "French", "German", "Mandarin")
MENTEE_STEPS: Final = ((1, 30), (2, 45), (3, 20), (4, 5))
MENTOR_STEPS: Final = ((2, 5), (3, 35), (4, 35), (5, 20), (6, 5))


def skewed(size: int, exponent: float = 0.9) -> list[float]:
    """Weights of a long tail, added up: what `Random.choices` draws by."""
    return list(accumulate(1 / (rank + 1) ** exponent for rank in range(size)))


@dataclass(frozen=True, slots=True)
class Shape:
    mentees: int
    mentors: int
    places: int
    """Of all mentors together, about."""


def terms(
    *,
    objective: Objective = Objective.PLACED_FIRST,
    rules: Sequence[HardRule] = (
        HardRule.NOT_IN_REPORTING_LINE,
        HardRule.SHARED_LANGUAGE,
        HardRule.TIME_ZONE_SPAN,
    ),
    weights: dict[Criterion, int] | None = None,
    **settings: object,
) -> Terms:
    kind = RelationshipType(id="mentoring", kind=Kind.ONE_TO_ONE, name="Mentoring")
    given: dict[str, object] = {"objective": objective, "hard_rules": tuple(rules), **settings}
    if weights is not None:
        given["weights"] = tuple(Weight(criterion=name, parts=parts) for name, parts in weights.items())
    return Terms(MatchingSettings.model_validate(given), kind)


def pool(shape: Shape, seed: int) -> Pool:
    company = _Company(Random(seed))
    mentors = tuple(company.mentor(shape.places / max(1, shape.mentors)) for _ in range(shape.mentors))
    company.managers = mentors
    mentees = tuple(company.mentee() for _ in range(shape.mentees))
    return Pool(mentees, mentors, company.nearness())


def shuffled(pool: Pool, seed: int) -> Pool:
    mentees, mentors, order = list(pool.mentees), list(pool.mentors), Random(seed)
    order.shuffle(mentees)
    order.shuffle(mentors)
    return Pool(tuple(mentees), tuple(mentors), pool.nearness, pool.matched_before, pool.declined)


class _Company:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.managers: tuple[Person, ...] = ()
        self._office = skewed(len(OFFICES))
        self._department = skewed(len(DEPARTMENTS))
        self._branch = skewed(BRANCHES)
        self._skill = skewed(IN_A_BRANCH)
        # What is sought most is offered least: the branches come in another order.
        self._offered = random.sample(range(BRANCHES), BRANCHES)

    def mentor(self, places: float) -> Person:
        spread = self.random.choice((0, 0, 1, 2)) if places > 1 else 0
        least = int(places) + (self.random.random() < places % 1)
        offers = {self._skill_of(self._offered): self._level() for _ in range(self.random.randint(3, 6))}
        return self._person(
            MENTOR_STEPS,
            places=max(1, least + (spread if self.random.random() < 0.5 else -spread)),
            offers=offers,
            wishes={},
            hours_left=self.random.randint(6, 24),
        )

    def mentee(self) -> Person:
        straight = range(BRANCHES)
        wishes = {
            self._skill_of(straight): (self._level(), self.random.randint(1, 3))
            for _ in range(self.random.randint(1, 4))
        }
        offers = {self._skill_of(self._offered): self._level() for _ in range(self.random.randint(0, 3))}
        return self._person(MENTEE_STEPS, places=1, offers=offers, wishes=wishes, hours_left=4)

    def _person(
        self,
        ladder: Sequence[tuple[int, int]],
        *,
        places: int,
        offers: dict[str, int],
        wishes: dict[str, tuple[int, int]],
        hours_left: int,
    ) -> Person:
        draw = self.random
        city, offset, tongue = draw.choices(OFFICES, cum_weights=self._office)[0]
        spoken = {tongue} | ({"English"} if draw.random() < 0.9 else set())
        if draw.random() < 0.15:
            spoken.add(draw.choice(FURTHER))
        department = draw.choices(DEPARTMENTS, cum_weights=self._department)[0]
        boss = draw.choice(self.managers) if self.managers and draw.random() < 0.95 else None
        return Person(
            id=ParticipantId(UUID(int=draw.getrandbits(128), version=4)),
            places=places,
            offers=offers,
            wishes=wishes,
            languages=tuple(sorted(spoken)),
            utc_offset=offset,
            location=city,
            department=department,
            title_step=draw.choices([step for step, _ in ladder], [share for _, share in ladder])[0],
            hours_left=hours_left,
            managers=() if boss is None else (boss.id, *boss.managers[:1]),
            facts={"department": department, "location": city, "languages": tuple(sorted(spoken))},
        )

    def _skill_of(self, order: Sequence[int]) -> str:
        branch = order[self.random.choices(range(BRANCHES), cum_weights=self._branch)[0]]
        return f"{branch}.{self.random.choices(range(IN_A_BRANCH), cum_weights=self._skill)[0]}"

    def _level(self) -> int:
        return self.random.choice((2, 3, 3, 4, 5))

    def nearness(self) -> dict[tuple[str, str], int]:
        """The same branch by setting, and some pairs that are near in meaning across branches."""
        near = {
            (f"{branch}.{wish}", f"{branch}.{offer}"): 6_000
            for branch in range(BRANCHES)
            for wish in range(IN_A_BRANCH)
            for offer in range(IN_A_BRANCH)
            if wish != offer
        }
        for _ in range(BRANCHES * IN_A_BRANCH * 2):
            wish, offer = self._skill_of(range(BRANCHES)), self._skill_of(range(BRANCHES))
            if wish != offer:
                near.setdefault((wish, offer), self.random.randint(1_500, 4_000))
        return near
