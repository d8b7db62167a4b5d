"""Words that every slice is written with: lines, texts, slugs, and value objects made of them."""

import re
from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _printable(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    return text


def _single_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("must be a single line")
    return _printable(text)


def _squeezed(value: object) -> object:
    if not isinstance(value, str):
        return value
    return (re.sub("  +", " ", value) if "  " in value else value).strip()


def shaped(pattern: str, sentence: str) -> AfterValidator:
    """The whole text fits the pattern, or the sentence says what it must be."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(sentence)
        return text

    return AfterValidator(check)


def distinct(values: Iterable[object], what: str) -> None:
    """Raises ValueError where one is listed twice."""
    held = list(values)
    if len(set(held)) != len(held):
        raise ValueError(f"each {what} can be listed once")


PRINTABLE: Final = AfterValidator(_printable)
ONE_LINE = (BeforeValidator(_squeezed), AfterValidator(_single_line))
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), *ONE_LINE]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), PRINTABLE]
Slug = Annotated[str, shaped(r"[a-z][a-z0-9_-]{0,59}", "must be a word of small letters, digits, - and _")]
Url = Annotated[
    str,
    StringConstraints(max_length=2_000),
    shaped(
        r"https?://[^\s/?#@\"<>]+([/?#][^\s\"<>]*)?",
        "must be an address that begins with https:// or http://",
    ),
    PRINTABLE,
]


class Value(BaseModel):
    """A value object: no identity, no change; what does not fit its shape cannot be built."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
