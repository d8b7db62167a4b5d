"""Settings cannot hold nonsense, and their defaults are the product's."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.accountability_settings import (
    DEFAULT_TARGETS,
    AccountabilitySettings,
    Confidentiality,
    Degree,
    Metric,
    Target,
    Timers,
)
from domain.matching_settings import MatchingSettings
from domain.occasions import Occasion
from domain.program_settings import (
    AgreementSettings,
    Channel,
    CommunicationsSettings,
    EnrollmentSettings,
    Kind,
    Milestone,
    PlanSettings,
    Question,
    RelationshipType,
    Reminder,
    Size,
    Task,
    Window,
)
from domain.templates import Template
from domain.words import Value

PAIR = {"id": "pair", "kind": "one_to_one", "name": "Pair"}
DIRECTIONS = {"id": "why", "text": "Why?"}


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        (Size, {"least": 3, "most": 2}, "the least size is above the most"),
        (RelationshipType, {**PAIR, "mentees": {"most": 3}}, "kind one_to_one has one mentor and one mentee"),
        (RelationshipType, {**PAIR, "cadence_days": 30, "duration_days": 20}, "cadence is longer"),
        (RelationshipType, {**PAIR, "kind": "love"}, "Input should be"),
        (RelationshipType, {**PAIR, "id": "The Pair"}, "must be a word of small letters"),
        (Window, {"opens": "2030-02-01", "closes": "2030-01-01"}, "the window closes before it opens"),
        (EnrollmentSettings, {"questions": [DIRECTIONS, DIRECTIONS]}, "each question can be listed once"),
        (EnrollmentSettings, {"capacity": {"mentees_per_mentor": 0}}, "greater than or equal to 1"),
        (MatchingSettings, {"modes": []}, "at least 1 item"),
        (MatchingSettings, {"modes": ["facilitator", "facilitator"]}, "each mode can be listed once"),
        (MatchingSettings, {"hard_rules": ["shared_language"] * 2}, "each hard rule can be listed once"),
        (
            MatchingSettings,
            {"weights": [{"criterion": "location", "parts": 9_999}]},
            "add up to 9,999 instead of 10,000",
        ),
        (
            MatchingSettings,
            {"weights": [{"criterion": "location", "parts": 5_000}] * 2},
            "each criterion can be listed once",
        ),
        (MatchingSettings, {"minimum_score": 10_001}, "less than or equal to 10000"),
        (
            PlanSettings,
            {"milestones": [{"id": "a", "title": "A", "due_day": 1}] * 2},
            "each milestone can be",
        ),
        (
            PlanSettings,
            {"tasks": [{"id": "a", "title": "A", "due_day": 1}] * 2},
            "each task can be listed once",
        ),
        (
            PlanSettings,
            {"tasks": [{"id": "a", "title": "A", "due_day": 1, "milestone": "gone"}]},
            "no milestone is called gone",
        ),
        (AgreementSettings, {"required": True}, "a required agreement needs a text"),
        (Reminder, {"about": "wish", "days": [3, 2]}, "the days of a reminder ladder must rise"),
        (Reminder, {"about": "wish", "days": [2, 2]}, "the days of a reminder ladder must rise"),
        (Template, {"about": "wish", "subject": "Hi {{ nobody }}", "body": "x"}, "only the variables date, "),
        (Template, {"about": "wish", "subject": "Hi", "body": "{{ name"}, "line 1: unexpected end of"),
        (CommunicationsSettings, {"channels": []}, "at least 1 item"),
        (CommunicationsSettings, {"channels": ["inbox", "inbox"]}, "each channel can be listed once"),
        (CommunicationsSettings, {"reminders": [{"about": "wish", "days": [1]}] * 2}, "each reminder can be"),
        (
            CommunicationsSettings,
            {"templates": [{"about": "wish", "subject": "Hi", "body": "Hi"}] * 2},
            "each template can be listed once",
        ),
        (Target, {"metric": "meeting_cadence", "target": 0.5, "at_risk": 0.8}, "must be better than"),
        (Target, {"metric": "response_time", "target": 48, "at_risk": 24}, "must be better than"),
        (Target, {"metric": "satisfaction", "target": 6, "at_risk": 3}, "can be at most 5"),
        (Target, {"metric": "satisfaction", "target": "nan", "at_risk": 3}, "finite number"),
        (Timers, {"wish_reminder": 3}, "a wish is reminded of before it cascades"),
        (Timers, {"survey_reminder": 14}, "a survey is reminded of before it lapses"),
        (
            AccountabilitySettings,
            {"targets": [{"metric": "satisfaction", "target": 4, "at_risk": 3}] * 2},
            "each metric can have one target",
        ),
        (AccountabilitySettings, {"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(kind: type[Value], wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(wrong)
    assert sentence in str(refused.value)


def test_a_relationship_type_has_the_size_of_its_kind_unless_it_says_another() -> None:
    group = RelationshipType(id="circle", kind=Kind.CIRCLE, name="Circle")
    assert (group.mentors, group.mentees) == (Size(least=0, most=2), Size(least=3, most=12))
    small = RelationshipType(id="circle", kind=Kind.CIRCLE, name="Circle", mentees=Size(least=3, most=4))
    assert small.mentees == Size(least=3, most=4)
    assert RelationshipType.model_validate(group) is group


@pytest.mark.parametrize(
    ("window", "day", "held"),
    [
        (Window(), date(2030, 1, 1), True),
        (Window(opens=date(2030, 1, 2)), date(2030, 1, 1), False),
        (Window(opens=date(2030, 1, 1)), date(2030, 1, 1), True),
        (Window(closes=date(2030, 1, 1)), date(2030, 1, 1), True),
        (Window(closes=date(2030, 1, 1)), date(2030, 1, 2), False),
        (Window(opens=date(2030, 1, 1), closes=date(2030, 1, 3)), date(2030, 1, 2), True),
    ],
)
def test_a_window_includes_both_its_days(window: Window, day: date, held: bool) -> None:
    assert window.holds(day) is held


def test_the_default_weights_add_up() -> None:
    assert sum(weight.parts for weight in MatchingSettings().weights) == 10_000


def test_good_settings_are_kept_as_given() -> None:
    plan = PlanSettings(
        milestones=(Milestone(id="met", title="You have met", due_day=14),),
        tasks=(Task(id="read", title="Read the handbook", due_day=7, milestone="met"),),
    )
    messages = CommunicationsSettings(
        channels=(Channel.EMAIL,),
        reminders=(Reminder(about=Occasion.WISH, days=(2, 5)),),
        templates=(Template(about=Occasion.WISH, subject="{{ name }}, hello", body="See {{ link }} {x}"),),
    )
    asked = EnrollmentSettings(questions=(Question(id="why", text="Why?"), Question(id="when", text="When?")))
    for kept in (plan, messages, asked, AgreementSettings(required=True, text="We agree.")):
        assert type(kept).model_validate_json(kept.model_dump_json()) == kept


def test_the_defaults_are_those_of_the_product() -> None:
    assert {metric: (t.target, t.at_risk) for metric, t in DEFAULT_TARGETS.items()} == {
        Metric.MEETING_CADENCE: (0.8, 0.5),
        Metric.SESSION_COMPLETION: (0.85, 0.6),
        Metric.CHECK_IN_RATE: (0.8, 0.5),
        Metric.GOAL_PROGRESS: (0.5, 0.25),
        Metric.MILESTONES_ON_TIME: (0.65, 0.4),
        Metric.LEARNING_COMPLETION: (0.7, 0.4),
        Metric.RESPONSE_TIME: (48, 120),
        Metric.SATISFACTION: (4, 3),
        Metric.HOURS_MENTORED: (0, 0),
    }
    assert Timers().model_dump() == {
        "wish_reminder": 2,
        "wish_cascade": 3,
        "proposal_expires": 14,
        "agreement_unsigned": 7,
        "first_meeting": 10,
        "next_meeting": 14,
        "milestone_stuck": 21,
        "first_survey": 30,
        "survey_every": 60,
        "survey_reminder": 2,
        "survey_open": 14,
        "escalation": 7,
        "silence_warning": 90,
        "silence_conclusion": 7,
    }
    assert Confidentiality().messages == Confidentiality().notes == "members"


@pytest.mark.parametrize(
    ("degree", "count"), [(Degree.NONE, 0), (Degree.LIGHT, 3), (Degree.STANDARD, 6), (Degree.STRICT, 9)]
)
def test_each_degree_measures_more(degree: Degree, count: int) -> None:
    assert len(AccountabilitySettings(degree=degree).measured()) == count


def test_a_programme_overrides_a_target_and_adds_a_metric() -> None:
    cadence = Target(metric=Metric.MEETING_CADENCE, target=0.9, at_risk=0.7, weight=3)
    learning = Target(metric=Metric.LEARNING_COMPLETION, target=0.5, at_risk=0.2)
    measured = AccountabilitySettings(degree=Degree.LIGHT, targets=(cadence, learning)).measured()
    assert cadence in measured
    assert learning in measured
    assert len(measured) == 4
