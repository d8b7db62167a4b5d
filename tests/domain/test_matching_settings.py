"""What is set about matching adds up, names each thing once, and has the product's defaults."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.audience import RuleIsUnreadable
from domain.matching_settings import (
    WHOLE,
    Criterion,
    Gap,
    HardRule,
    MatchingSettings,
    Mode,
    Objective,
    PairRule,
    Rung,
    Weight,
)

HALF = {"criterion": "languages", "parts": 5_000}
SENIOR = {"step": 3, "words": ["senior"]}
SALES = {"id": "sales", "mentor": 'department == "Sales"'}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"weights": []}, "at least 1 item"),
        ({"weights": [HALF]}, "add up to 5,000 instead of 10,000"),
        ({"weights": [HALF, HALF]}, "each criterion can be listed once"),
        ({"weights": [{"criterion": "charm", "parts": 10_000}]}, "Input should be"),
        ({"weights": [{"criterion": "languages", "parts": 0}]}, "greater than or equal to 1"),
        ({"modes": ["facilitator"] * 2}, "each mode can be listed once"),
        ({"hard_rules": ["shared_language"] * 2}, "each hard rule can be listed once"),
        ({"ladder": [SENIOR, SENIOR]}, "each rung can be listed once"),
        ({"ladder": [{"step": 3, "words": []}]}, "at least 1 item"),
        ({"gaps": [{"rungs": 1, "score": 1}] * 2}, "each gap can be listed once"),
        ({"gaps": [{"rungs": 1, "score": 10_001}]}, "less than or equal to 10000"),
        ({"gaps": []}, "at least 1 item"),
        ({"pair_rules": [SALES, SALES]}, "each pair rule can be listed once"),
        ({"minimum_score": 10_001}, "less than or equal to 10000"),
        ({"wishes": 0}, "greater than or equal to 1"),
    ],
)
def test_what_does_not_add_up_cannot_be_set(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        MatchingSettings.model_validate(wrong)


def test_an_unreadable_pair_rule_is_told_as_any_audience_rule_is() -> None:
    with pytest.raises(RuleIsUnreadable):
        PairRule(id="sales", mentor="colour == 3")


def test_the_defaults_are_the_products() -> None:
    settings = MatchingSettings()
    assert settings.modes == (Mode.SELF_DIRECTED,)
    assert settings.hard_rules == (HardRule.NOT_IN_REPORTING_LINE,)
    assert settings.objective is Objective.PLACED_FIRST
    assert {weight.criterion: weight.parts for weight in settings.weights} == {
        Criterion.COMPETENCIES: 5_000,
        Criterion.LANGUAGES: 1_500,
        Criterion.TIME_ZONE: 1_500,
        Criterion.EXPERIENCE: 1_000,
        Criterion.AVAILABILITY: 1_000,
    }
    assert sum(weight.parts for weight in settings.weights) == WHOLE


def test_everything_can_be_set_and_is_stored_as_it_was() -> None:
    told = MatchingSettings(
        modes=tuple(Mode),
        weights=(Weight(criterion=Criterion.WISH, parts=WHOLE),),
        hard_rules=tuple(HardRule),
        ladder=(Rung(step=1, words=("trainee",)),),
        gaps=(Gap(rungs=-9, score=0), Gap(rungs=9, score=WHOLE)),
        pair_rules=(PairRule(id="sales", mentee='department=="Sales"', mentor=" expert "),),
    )
    assert MatchingSettings.model_validate_json(told.model_dump_json()) == told
    assert (told.pair_rules[0].mentee, told.pair_rules[0].mentor) == ('department == "Sales"', "expert")
