"""Templates: what is refused says where and why; what is accepted always becomes a text, and soon."""

from typing import Any, Final

import pytest
from hypothesis import example
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.default_templates import DEFAULTS, wording
from domain.event import UPCASTS
from domain.occasions import ANNOUNCED, VARIABLES, Occasion, samples
from domain.older_texts import literal
from domain.program import AnnouncementMade, CommunicationsSet
from domain.templates import FILTERS, LONGEST_BODY, LONGEST_SUBJECT, Template, body, fault, subject

KNOWN: Final = VARIABLES[Occasion.WISH]
SAID: Final = samples(KNOWN)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Hello {{ name }}!", "Hello Noor Haddad!"),
        ("{{ name|upper }} and {{ partner|lower|title|trim }}", "NOOR HADDAD and Ada Lovelace"),
        ("{{ 'one' if days == 1 else 'many' }}", "many"),
        ("{% if days > 2 and rung <= 1 %}late{% elif date %}soon{% else %}now{% endif %}", "late"),
        ("{% if not date or name != 'Noor' %}yes{% endif %}", "yes"),
        ("{% raw %}{{ name }}{% endraw %}{# a remark #}", "{{ name }}"),
        ("{% if date %}\nA line\n{% endif %}\nand one more", "A line\nand one more"),
        ("{{ none }}{{ '<b>' }}", "<b>"),
    ],
)
def test_a_template_becomes_a_text(source: str, text: str) -> None:
    assert fault(source, KNOWN) is None
    assert body(source, SAID) == text


@pytest.mark.parametrize(
    ("source", "line", "why"),
    [
        ("{{ nobody }}", 1, f"knows only the variables {', '.join(sorted(KNOWN))}"),
        ("Hello\n\n{{ name.__class__ }}", 3, "a template has no parts of a value"),
        ("{{ name['x'] }}", 1, "a template has no parts of a value"),
        ("{{ name() }}", 1, "a template has no calls"),
        ("{% for x in name %}{% endfor %}", 1, "a template has no loops"),
        ("{% set x = 1 %}", 1, "a template has no variables of its own"),
        ("{% macro x() %}{% endmacro %}", 1, "a template has no macros"),
        ("{% include 'x' %}", 1, "a template has no other templates"),
        ("{% import 'x' as y %}", 1, "a template has no other templates"),
        ("{% extends 'x' %}", 1, "a template has no other templates"),
        ("{% block x %}{% endblock %}", 1, "a template has no blocks"),
        ("{% with %}{% endwith %}", 1, "a template has no such things"),
        ("{{ 'a' * 1000 }}", 1, "a template has no computations"),
        ("{{ 'a' ~ name }}", 1, "a template has no computations"),
        ("{{ [1] }}", 1, "a template has no lists"),
        ("{{ name is defined }}", 1, "a template has no tests with `is`"),
        ("{% if 'a' in name %}{% endif %}", 1, "a template has no searches with `in`"),
        ("{% if name < 3 %}{% endif %}", 1, "only numbers can be less or more"),
        ("{% if days < nobody %}{% endif %}", 1, "only numbers can be less or more"),
        ("{{ name if days }}", 1, "`if` within a line needs an `else`"),
        ("{{ name|tojson }}", 1, "knows only the filters capitalize, lower, title, trim, upper"),
        ("{{ name|trim('x') }}", 1, "the filter trim takes nothing in parentheses"),
        ("{{ 9999999999999 }}", 1, "numbers have at most twelve digits"),
        ("{{ 0x" + "f" * 9_000 + " }}", 1, "numbers have at most twelve digits"),
        ("{{ " + "9" * 5_000 + " }}", 1, "a number is too long, or too much stands within each other"),
        ("{{ " + "(" * 9_000 + " }}", 1, "a number is too long, or too much stands within each other"),
        ("{% if date %}" * 30 + "{% endif %}" * 30, 1, "at most 20 things can stand within each other"),
        ("{{ name" + "|trim" * 30 + " }}", 1, "at most 20 things can stand within each other"),
        ("a\n{{ name", 2, "unexpected end of template, expected 'end of print statement'"),
        ("{% endif %}", 1, "Encountered unknown tag 'endif'"),
    ],
)  # fmt: skip
def test_what_is_refused_says_where_and_why(source: str, line: int, why: str) -> None:
    found = fault(source, KNOWN)
    assert found is not None
    assert (found.line, found.sentence) == (line, why)


pieces = st.sampled_from([
    "{{ name }}", "{{ ", " }}", "{% if days %}", "{% if date == name %}", "{% elif ", " > ", "{% else %}",
    "{% endif %}", "{#", "#}", "days", "name", "|upper", "|title", " if ", " else ", " and ", "not ", "'a'",
    "12", "1.5", "none", "true", "1e999", "(", ")", "\n", "{", "}", "%", "Ada", "…", ".x", "[0]", "loop", "~",
    "{%- raw -%}", "{% endraw %}", "-", ",", ":", "is defined", "{% set a = 1 %}", "{% for a in name %}",
])  # fmt: skip
sources = st.one_of(
    st.lists(pieces, max_size=25).map("".join),
    st.text(max_size=80),
    st.recursive(
        st.sampled_from(["{{ name }}", "{{ days|upper }}", "x", "{{ title or 'none' }}"]),
        lambda inner: st.tuples(inner, inner).map(
            lambda two: f"{{% if days > 1 %}}{two[0]}{{% else %}}{two[1]}{{% endif %}}"
        ),
        max_leaves=8,
    ),
)
values = st.fixed_dictionaries(
    {name: st.integers(0, 10**9) if one.numeric else st.text(max_size=40) for name, one in KNOWN.items()}
)


@drawn(sources, values)
def test_what_is_accepted_never_fails(source: str, said: dict[str, Any]) -> None:
    if fault(source, KNOWN) is None:
        assert len(body(source, said)) <= LONGEST_BODY
        line = subject(source, said)
        assert len(line) <= LONGEST_SUBJECT
        assert "\n" not in line


def test_what_becomes_too_long_is_cut() -> None:
    source = "{{ text }}" * 6_000
    said = {**samples(VARIABLES[Occasion.ANNOUNCEMENT]), "text": "long " * 2_000}
    assert fault(source, VARIABLES[Occasion.ANNOUNCEMENT]) is None
    assert len(body(source, said)) == LONGEST_BODY
    assert body(source, said).endswith("…")
    assert subject(source, said).endswith("…")
    assert len(subject(source, said)) == LONGEST_SUBJECT


def test_every_occasion_has_words_and_they_read_well() -> None:
    assert set(DEFAULTS) == set(VARIABLES) == set(Occasion)
    for occasion, template in DEFAULTS.items():
        known = VARIABLES[occasion]
        least = {name: 0 if one.numeric else "" for name, one in known.items()}
        for said in (samples(known), {**least, "name": "Somebody", "program": "First steps", "text": "Hi"}):
            told = f"{subject(template.subject, said)}\n{body(template.body, said)}"
            assert not {"{", "}"} & set(told)
            assert "  " not in told
            assert "None" not in told


def test_a_programme_s_own_words_come_first() -> None:
    own = Template(about=Occasion.WISH, subject="Well", body="Well, {{ name }}?")
    assert wording((own,), Occasion.WISH) == own
    assert wording((own,), Occasion.PROPOSAL) == DEFAULTS[Occasion.PROPOSAL]


def test_every_variable_and_filter_is_told_of() -> None:
    for variables in (*VARIABLES.values(), ANNOUNCED):
        for name, one in variables.items():
            assert fault(f"{{{{ {name} }}}}", variables) is None
            assert one.meaning
    assert all(fault(f"{{{{ name|{word} }}}}", ANNOUNCED) is None for word in FILTERS)


PLACEHOLDERS: Final = ("name", "partner", "program", "date", "link", "title")
formats = st.lists(
    st.one_of(
        st.sampled_from([f"{{{name}}}" for name in PLACEHOLDERS]),
        st.sampled_from(["{{", "}}", "%", "#", "%}}", "{{%", "{{{{", "a", " ", "ü", "\n", "'", '"', "\\"]),
        st.text(st.characters(exclude_characters="{}", exclude_categories=("Cc", "Cs")), max_size=5),
    ),
    min_size=1,
).map("".join)


def _raised(name: str, version: int, stored: dict[str, Any]) -> dict[str, Any]:
    return UPCASTS[name, version](stored)


@drawn(formats.map(str.strip).filter(bool))
@example("{{" * 5_000)
@example("{{%" * 3_333)
@example("{{{name}")
def test_an_old_template_says_what_it_said(text: str) -> None:
    stored = {"settings": {"templates": [{"about": "wish", "subject": "s", "body": text}]}}
    event = CommunicationsSet.model_validate(_raised(CommunicationsSet.event_name, 2, stored))
    (template,) = event.settings.templates
    told = text.format_map({name: f"<{name}>" for name in PLACEHOLDERS}).strip()
    assert body(template.body, {name: f"<{name}>" for name in KNOWN}) == told


def test_settings_without_templates_are_raised_as_they_are() -> None:
    assert _raised(CommunicationsSet.event_name, 2, {"settings": {}}) == {"settings": {"templates": []}}


@drawn(st.one_of(st.text(st.sampled_from("{%#}- \nan"), min_size=1), st.text(min_size=1)))
@example("{" * 200)
@example("{%" * 100)
def test_what_looked_like_a_template_stays_a_text(text: str) -> None:
    assert fault(literal(text), {}) is None
    assert body(literal(text), {}) == text.replace("\r\n", "\n").replace("\r", "\n").strip()


@pytest.mark.parametrize("text", ["{" * 10_000, "{%" * 5_000, "plain " * 1_600])
def test_an_old_announcement_is_never_too_long(text: str) -> None:
    old = {"announcement": "00000000-0000-4000-8000-000000000008", "title": text[:200], "text": text}
    made = AnnouncementMade.model_validate(_raised(AnnouncementMade.event_name, 1, old))
    assert body(made.text, {}) == text.strip()


def test_old_placeholders_are_known_on_every_occasion() -> None:
    assert all(set(PLACEHOLDERS) <= set(variables) for variables in VARIABLES.values())
