"""Why these people, as a proposal keeps it; and what is told of nobody."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.ids import MatchRunId, ParticipantId
from domain.match_outcome import Found
from domain.matching_settings import Criterion, HardRule, MatchingSettings, Weight
from domain.pairing import provenance as slice_
from domain.pairing.compiled import Compiled
from domain.pairing.pool import Person, Pool
from domain.pairing.provenance import provenance
from domain.pairing.terms import Terms
from domain.pairing.veil import veiled, veiled_counts
from domain.proposal import Alternative, Provenance
from tests.programs import PAIR

RUN = MatchRunId(UUID(int=41))
LANGUAGES = Weight(criterion=Criterion.LANGUAGES, parts=6_000)
PLACES = Weight(criterion=Criterion.LOCATION, parts=4_000)
TERMS = Terms(MatchingSettings(weights=(LANGUAGES, PLACES), hard_rules=(HardRule.NOT_SAME_DEPARTMENT,)), PAIR)


def who(number: int) -> ParticipantId:
    return ParticipantId(UUID(int=number))


def person(number: int, department: str = "Sales", location: str = "Berlin") -> Person:
    return Person(who(number), languages=("en",), department=department, location=location)


NOOR = person(1, "People")
MENTORS = (
    person(11), person(12, location="Pune"), person(13), person(14, location="Pune"), person(15),
    person(16, "People"), person(17, "People"),
)  # fmt: skip


def compiled(noor: Person = NOOR) -> Compiled:
    return Compiled(Pool((noor, person(2)), MENTORS), TERMS)


def told(found: Found, of: Compiled | None = None) -> Provenance:
    return provenance(of or compiled(), found, engine=1, digest="abc", run=RUN)


PAIRED = Found(number=1, mentors=(who(13),), mentees=(NOOR.id,), score=10_000, rank=1, answered=2, asked=2)


def test_it_tells_the_score_the_others_and_whom_rules_barred() -> None:
    found = told(PAIRED)
    assert (found.engine, found.digest, found.run, found.score, found.rank) == (1, "abc", RUN, 10_000, 1)
    assert (found.answered, found.asked, found.eligible) == (2, 2, 5)
    assert found.barred == {"not_same_department": 2}
    assert found.alternatives == (
        Alternative(person=who(11), score=10_000, rank=1),
        Alternative(person=who(15), score=10_000, rank=1),
        Alternative(person=who(12), score=6_000, rank=4),
    )


def test_of_a_group_nothing_is_told_of_others() -> None:
    group = PAIRED.model_copy(update={"mentees": (NOOR.id, who(2))})
    found = told(group)
    assert (found.eligible, found.alternatives, found.barred) == (0, (), {})


def test_who_is_avoided_looks_as_if_without_a_place() -> None:
    found = told(PAIRED, compiled(replace(NOOR, avoided=frozenset({who(11)}))))
    assert (found.barred, found.eligible) == ({"capacity": 1, "not_same_department": 2}, 4)


def test_of_very_many_who_are_barred_it_is_not_told_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slice_, "MOST_COUNTED", 1)
    assert told(PAIRED).barred == {}


def test_rules_are_told_without_avoidance() -> None:
    assert veiled(("shared_language", "avoided")) == veiled(("capacity", "shared_language", "avoided"))
    assert veiled(()) == ()
    assert veiled_counts({"avoided": 2, "capacity": 3, "oneself": 1}) == {"capacity": 5, "oneself": 1}
