"""Hard rules: which bar a pair. What must hold and is not known to, bars; what must not, does not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from domain import audience
from domain.matching_settings import HardRule, PairRule
from domain.pairing.criteria import minutes_apart, shared_minutes, shares_language
from domain.pairing.pool import Pair, Person, Pool
from domain.pairing.terms import Terms

ONESELF: Final = "oneself"
AVOIDED: Final = "avoided"
DECLINED: Final = "declined_for_good"
CAPACITY: Final = "capacity"
FORBIDDEN: Final = "forbidden"

Bars = Callable[[Person, Person, Terms], bool]


def places(person: Person, terms: Terms) -> int:
    """What a person can take: their places, and no more than their hours are enough for."""
    if person.hours_left is None or terms.hours_a_month == 0:
        return max(0, person.places)
    return max(0, min(person.places, person.hours_left // terms.hours_a_month))


def oneself(mentee: Person, mentor: Person, _: Terms) -> bool:
    return mentee.id == mentor.id


def avoided(mentee: Person, mentor: Person, _: Terms) -> bool:
    return mentor.id in mentee.avoided or mentee.id in mentor.avoided


def in_line(mentee: Person, mentor: Person, _: Terms) -> bool:
    return mentor.id in mentee.managers[:2] or mentee.id in mentor.managers[:2]


def same_manager(mentee: Person, mentor: Person, _: Terms) -> bool:
    return bool(mentee.managers) and mentee.managers[:1] == mentor.managers[:1]


def same_department(mentee: Person, mentor: Person, _: Terms) -> bool:
    return mentee.department is not None and mentee.department == mentor.department


def another_location(mentee: Person, mentor: Person, _: Terms) -> bool:
    return mentee.location is None or mentee.location != mentor.location


def no_language(mentee: Person, mentor: Person, _: Terms) -> bool:
    return not shares_language(mentee, mentor)


def few_hours(mentee: Person, mentor: Person, terms: Terms) -> bool:
    if mentee.utc_offset is None or mentor.utc_offset is None:
        return True
    return shared_minutes(mentee.utc_offset, mentor.utc_offset) < 60 * terms.settings.least_hours_together


def far_apart(mentee: Person, mentor: Person, terms: Terms) -> bool:
    if mentee.utc_offset is None or mentor.utc_offset is None:
        return False
    return minutes_apart(mentee.utc_offset, mentor.utc_offset) > 60 * terms.settings.most_hours_apart


def not_senior(mentee: Person, mentor: Person, terms: Terms) -> bool:
    if mentee.title_step is None or mentor.title_step is None:
        return True
    return mentor.title_step - mentee.title_step < terms.settings.least_rungs


SHARED: Final[Mapping[HardRule, Bars]] = {
    HardRule.NOT_SAME_DEPARTMENT: same_department,
    HardRule.SAME_LOCATION: another_location,
    HardRule.SHARED_LANGUAGE: no_language,
    HardRule.OVERLAPPING_HOURS: few_hours,
    HardRule.TIME_ZONE_SPAN: far_apart,
    HardRule.MENTOR_IS_SENIOR: not_senior,
}
"""Rules about what many people have in common."""
SINGLE: Final[Mapping[HardRule, Bars]] = {
    HardRule.NOT_IN_REPORTING_LINE: in_line,
    HardRule.NOT_SAME_MANAGER: same_manager,
}
"""Rules about who exactly somebody is."""


def pair_rule_name(rule: PairRule) -> str:
    return f"pair_rule:{rule.id}"


@dataclass(frozen=True, slots=True)
class PairRuleTest:
    """One programme-defined rule. What it says of a person is asked once for all who are alike in it."""

    name: str
    mentee: audience.Rule | None
    mentor: audience.Rule

    @classmethod
    def of(cls, rule: PairRule) -> "PairRuleTest":
        asked = None if rule.mentee is None else audience.parse(rule.mentee)
        return cls(pair_rule_name(rule), asked, audience.parse(rule.mentor))

    def asks(self, mentee: Person) -> bool:
        return self.mentee is None or audience.fulfils(self.mentee, mentee.facts)

    def answers(self, mentor: Person) -> bool:
        return audience.fulfils(self.mentor, mentor.facts)


def failed(mentee: Person, mentor: Person, pool: Pool, terms: Terms) -> tuple[str, ...]:
    """Every rule that bars the two, by name; none, and they are eligible."""
    return tuple(sorted(_failed(mentee, mentor, pool, terms)))


def _failed(mentee: Person, mentor: Person, pool: Pool, terms: Terms) -> Iterator[str]:
    pair: Pair = (mentee.id, mentor.id)
    if oneself(mentee, mentor, terms):
        yield ONESELF
    if avoided(mentee, mentor, terms):
        yield AVOIDED
    if pair in pool.declined:
        yield DECLINED
    if not places(mentee, terms) or not places(mentor, terms):
        yield CAPACITY
    wanted = terms.settings.hard_rules
    if HardRule.NOT_MATCHED_BEFORE in wanted and pair in pool.matched_before:
        yield HardRule.NOT_MATCHED_BEFORE
    tests = {**SHARED, **SINGLE}
    yield from (rule for rule in wanted if rule in tests and tests[rule](mentee, mentor, terms))
    for rule in terms.settings.pair_rules:
        test = PairRuleTest.of(rule)
        if test.asks(mentee) and not test.answers(mentor):
            yield test.name
