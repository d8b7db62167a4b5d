"""The codes that docs/api.md lists are those that the code can answer with."""

import re
from collections.abc import Iterator
from pathlib import Path

import api.schema  # noqa: F401 with it comes every refusal that a command can meet
import domain.pairing.locks  # noqa: F401 what only the engine refuses stands in a run
from domain.refusal import Refusal

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile("[A-Z]{5,}(?:_[A-Z]+)*|[A-Z]+(?:_[A-Z]+)+")
BOUNDS = {"STRING_TOO_SHORT", "STRING_TOO_LONG", "TOO_SHORT", "TOO_LONG", "VALUE_ERROR"}
"""Pydantic's own words, made into codes as they come; those that the page names."""
BOUNDS |= {"GREATER_THAN_EQUAL", "LESS_THAN_EQUAL", "TEMPLATE_IS_WRONG"}


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        yield one
        yield from refusals(one)


def test_the_page_lists_every_code_and_no_other() -> None:
    written = {
        word
        for file in (ROOT / "api").glob("*.py")
        for word in re.findall('"([A-Z_]+)"', file.read_text())
        if CODE.fullmatch(word)
    }
    named = {
        re.sub("(?<=[a-z])(?=[A-Z])", "_", one.__name__).upper()
        for one in refusals()
        if one.__module__.startswith(("api.", "domain."))
    }
    section = (ROOT / "docs/api.md").read_text().partition("## Error codes")[2]
    listed = re.findall(f"`({CODE.pattern})`", section)
    assert len(listed) == len(set(listed))
    assert set(listed) - BOUNDS == written | named
