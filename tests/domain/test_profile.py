"""The shapes of words: what is kept, how it is spelled, and the sentence for what does not fit."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain import profile, words
from domain.profile import Contact, Job, PersonFacts, Record, Statement
from domain.refusal import Refusal
from tests.people import ADA


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (words.Line, "  Ada   Okafor ", "Ada Okafor"),
        (words.Line, "日本 Ωμέγα", "日本 Ωμέγα"),
        (words.Text, " first\n\tsecond ", "first\n\tsecond"),
        (words.Slug, "day-30_survey", "day-30_survey"),
        (words.Url, "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (words.Url, "http://localhost:8080", "http://localhost:8080"),
        (profile.Email, " ada@example.org ", "ada@example.org"),
        (profile.Email, "o'neil+x@mail.exämple.co.uk", "o'neil+x@mail.exämple.co.uk"),
        (profile.TimeZone, "Europe/Berlin", "Europe/Berlin"),
        (profile.Language, "EN", "en"),
        (profile.Language, "pt-br", "pt-BR"),
        (profile.Language, "ZH-HANT-tw", "zh-Hant-TW"),
        (profile.Language, "es-419", "es-419"),
        (profile.Languages, ["en", "EN", "de"], ("en", "de")),
        (profile.Competency, "x" * 120, "x" * 120),
        (profile.HoursAMonth, 200, 200),
        (profile.Source, "workday", "workday"),
        (profile.Demographics, {"gender": "woman"}, {"gender": "woman"}),
    ],
)
def test_what_fits_is_kept_in_one_spelling(kind: Any, given: Any, kept: Any) -> None:
    assert TypeAdapter(kind).validate_python(given) == kept


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        (words.Line, "", "at least 1 character"),
        (words.Line, " ", "at least 1 character"),
        (words.Line, "x" * 201, "at most 200 characters"),
        (words.Line, "a\nb", "must be a single line"),
        (words.Line, "a\tb", "must be a single line"),
        (words.Line, "a\x00b", "control characters are not allowed"),
        (words.Line, "\x7f", "control characters are not allowed"),
        (words.Line, "a\x9fb", "control characters are not allowed"),
        (words.Line, 7, "valid string"),
        (words.Text, "a\x1bb", "control characters are not allowed"),
        (words.Text, "x" * 10_001, "at most 10000 characters"),
        (words.Slug, "9lives", "must be a word of small letters"),
        (words.Slug, "a" * 61, "must be a word of small letters"),
        (words.Slug, "day-30\n", "must be a word of small letters"),
        (words.Url, "javascript:alert(1)", "must be an address that begins with https://"),
        (words.Url, "https://user@example.org", "must be an address that begins with https://"),
        (words.Url, "https://example.org/<script>", "must be an address that begins with https://"),
        (profile.Email, "ada", "must be an e-mail address"),
        (profile.Email, "ada@example", "must be an e-mail address"),
        (profile.Email, "ada@@example.org", "must be an e-mail address"),
        (profile.Email, "ada okafor@example.org", "must be an e-mail address"),
        (profile.Email, "ada@-example.org", "must be an e-mail address"),
        (profile.Email, "Ada <ada@example.org>", "must be an e-mail address"),
        (profile.Email, "ada@example.org\n.evil", "must be an e-mail address"),
        (profile.Email, f"{'a' * 65}@example.org", "must be an e-mail address"),
        (profile.TimeZone, "Berlin", "must be a time zone of the IANA database"),
        (profile.TimeZone, "../../etc/passwd", "must be a time zone of the IANA database"),
        (profile.Language, "english", "must be a language tag"),
        (profile.Language, "e", "must be a language tag"),
        (profile.Languages, ["en"] * 21, "at most 20 items"),
        (profile.Competency, "x" * 121, "at most 120 characters"),
        (profile.Level, 0, "greater than or equal to 1"),
        (profile.Level, 6, "less than or equal to 5"),
        (profile.Priority, 6, "less than or equal to 5"),
        (profile.HoursAMonth, 201, "less than or equal to 200"),
        (profile.Source, "self", "kept for what the person states"),
        (profile.Demographics, {f"q{n}": "x" for n in range(21)}, "at most 20 items"),
        (Contact, {"phone": "call me"}, "must be a telephone number"),
        (Contact, {"fax": "1"}, "Extra inputs are not permitted"),
        (Job, {"title": "CEO", "since": "2021-01-01", "until": "2020-01-01"}, "cannot end before it began"),
        (Record, {"name": None}, "a person always has a name"),
        (Record, {"biography": "Written by somebody else"}, "Extra inputs are not permitted"),
        (Statement, {"name": "Queen Ada"}, "Extra inputs are not permitted"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(kind: Any, wrong: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(wrong)
    assert sentence in str(refused.value)


def test_a_value_object_never_repeats_what_it_refuses() -> None:
    with pytest.raises(ValidationError) as refused:
        Contact(phone="call me maybe")
    assert "call me maybe" not in str(refused.value)


def test_a_job_may_still_go_on() -> None:
    assert Job(title="Engineer", since=date(2020, 1, 1)).until is None


def test_words_left_out_are_not_said() -> None:
    assert Record(department="Sales", location=None).said() == {"department": "Sales", "location": None}
    assert Record(department="Sales", location=None).news({"department": "Finance"}) == {
        "department": "Sales"
    }


def test_two_spellings_have_one_key() -> None:
    assert (
        profile.key_of(" Public  Speaking") == profile.key_of("public speaking") != profile.key_of("public")
    )


def test_facts_that_are_not_known_limit_nobody() -> None:
    facts = PersonFacts(participant=ADA.id, active=True)
    assert (facts.hours_a_month, facts.accepting) == (None, True)


class CupboardIsBare(Refusal):
    """There are only {left} biscuits left."""


def test_a_refusal_is_named_and_told() -> None:
    refusal = CupboardIsBare(left=2)
    assert (refusal.code, refusal.sentence) == ("CUPBOARD_IS_BARE", "There are only 2 biscuits left.")
    assert str(refusal) == refusal.sentence
    assert refusal.details == {"left": 2}
