"""Texts before anybody gets them: what they can hold, and how they read."""

from typing import Any, Final
from uuid import uuid4

import pytest

from api.relay import global_id
from domain.default_templates import DEFAULTS
from domain.occasions import VARIABLES, Occasion
from domain.templates import FILTERS
from tests.api.accompanied import Accompanied
from tests.house import Caller, House, Json

HELP: Final = """query ($occasion: CommunicationOccasion!) { templateVariables(occasion: $occasion) {
  variables { name meaning numeric sample } filters { name meaning } subject body } }"""
TEMPLATE: Final = """query (
  $program: ID!, $occasion: CommunicationOccasion!, $subject: String!, $body: String!, $mentorship: ID,
  $member: ID
) { previewTemplate(program: $program, occasion: $occasion, subject: $subject, body: $body,
  mentorship: $mentorship, member: $member) { subject body faults { part line message } } }"""
ANNOUNCEMENT: Final = """query ($program: ID!, $title: String!, $text: String!) {
  previewAnnouncement(program: $program, title: $title, text: $text) {
    subject body faults { part line message } } }"""


class Pair:
    """Ada mentors Noor in what Sam administers."""

    def __init__(self, house: House) -> None:
        there = Accompanied(house)
        self.house, self.sam, self.program = house, there.sam, there.program
        self.ada, self.noor = there.meeting.mentor(), there.meeting.mentee()
        self.mentorship = there.pair(self.ada, self.noor)


@pytest.fixture(scope="module")
def pair(house: House) -> Pair:
    return Pair(house)


def preview(pair: Pair, subject: str = "Hello", body: str = "Well", **more: Any) -> Json:
    given = {"program": pair.program, "occasion": "MILESTONE", "subject": subject, "body": body, **more}
    found: Json = pair.house.ask(pair.sam, TEMPLATE, **given)["previewTemplate"]
    return found


def refused(house: House, who: Caller, document: str, **given: Any) -> str:
    (error,) = house.answer(who, document, given)["errors"]
    code: str = error["extensions"]["code"]
    return code


@pytest.mark.parametrize("occasion", Occasion)
def test_every_variable_and_filter_of_an_occasion_is_told(house: House, occasion: Occasion) -> None:
    told = house.ask(house.registrar, HELP, occasion=occasion.upper())["templateVariables"]
    assert {one["name"]: one["sample"] for one in told["variables"]} == {
        name: str(one.sample) for name, one in VARIABLES[occasion].items()
    }
    assert {one["name"] for one in told["variables"] if one["numeric"]} == {"days", "rung"}
    assert {one["name"] for one in told["filters"]} == set(FILTERS)
    assert (told["subject"], told["body"]) == (DEFAULTS[occasion].subject, DEFAULTS[occasion].body)


def test_a_text_is_shown_with_invented_values(pair: Pair) -> None:
    body = "{{ name }} and {{ partner }}\n{% if days > 2 %}{{ title|upper }}{% endif %}"
    assert preview(pair, "In {{ program }}", body) == {
        "subject": "In Onboarding", "body": "Noor Haddad and Ada Lovelace\nFIRST GOALS ARE SET", "faults": [],
    }  # fmt: skip


def test_a_text_is_shown_to_a_member_of_a_relationship(pair: Pair) -> None:
    body = "{{ name }}, {{ role }} with {{ partner }}: {{ link }}"
    link = f"/mentorship/{pair.mentorship}"
    members = {"mentorship": pair.mentorship, "member": pair.ada.id}
    assert preview(pair, body=body, **members)["body"] == f"Ada, mentor with Noor: {link}"
    assert preview(pair, body=body, mentorship=pair.mentorship)["body"] == f"Noor, mentee with Ada: {link}"


def test_what_is_wrong_with_a_text_is_told_with_its_line(pair: Pair) -> None:
    found = preview(pair, "", "One\n{{ two }}")
    assert (found["subject"], found["body"]) == (None, None)
    assert found["faults"] == [
        {"part": "subject", "line": None, "message": "String should have at least 1 character"},
        {
            "part": "body",
            "line": 2,
            "message": f"knows only the variables {', '.join(sorted(VARIABLES[Occasion.MILESTONE]))}",
        },
    ]


def test_an_announcement_is_shown_in_the_programme_s_words(pair: Pair) -> None:
    own = {"about": "ANNOUNCEMENT", "subject": "[{{ program }}] {{ title }}", "body": "{{ text }}\n-- \nSam"}
    given = {"program": pair.program, "settings": {"templates": [own]}}
    pair.house.done(pair.sam, "setCommunications", given)
    words = {"program": pair.program, "title": "Hi, {{ name }}", "text": "Look: {{ link }}"}
    assert pair.house.ask(pair.sam, ANNOUNCEMENT, **words)["previewAnnouncement"] == {
        "subject": "[Onboarding] Hi, Noor Haddad",
        "body": f"Look: /program/{pair.program}\n-- \nSam",
        "faults": [],
    }
    wrong = {**words, "title": "{{ partner }}"}
    (fault,) = pair.house.ask(pair.sam, ANNOUNCEMENT, **wrong)["previewAnnouncement"]["faults"]
    assert (fault["part"], fault["line"]) == ("title", 1)
    made = pair.house.refused(pair.sam, "makeAnnouncement", wrong)
    assert (made["code"], made["path"]) == ("TEMPLATE_IS_WRONG", ["input", "title"])


def test_nobody_else_sees_it_and_no_other_relationship(pair: Pair) -> None:
    words = {"program": pair.program, "occasion": "WISH", "subject": "Hello", "body": "Well"}
    assert refused(pair.house, pair.noor, TEMPLATE, **words) == "FORBIDDEN"
    plain = {"program": pair.program, "title": "Hello", "text": "Well"}
    assert refused(pair.house, pair.noor, ANNOUNCEMENT, **plain) == "FORBIDDEN"
    elsewhere = {**words, "mentorship": global_id("Mentorship", uuid4())}
    assert refused(pair.house, pair.sam, TEMPLATE, **elsewhere) == "NOT_FOUND"
    stranger = {**words, "mentorship": pair.mentorship, "member": pair.sam.id}
    assert refused(pair.house, pair.sam, TEMPLATE, **stranger) == "NOT_FOUND"
    assert refused(pair.house, pair.sam, TEMPLATE, **{**words, "program": "?"}) == "BAD_ID"
