"""What the pages in docs/ show for pasting fits the schema, and works in a relationship."""

import re
from pathlib import Path
from typing import Final

import pytest
from graphql import parse, validate

from api.schema import GRAPHQL
from tests.api.accompanied import Accompanied
from tests.house import Caller, House

ROOT: Final = Path(__file__).resolve().parents[2]
BLOCK: Final = re.compile(r"```graphql\n(.*?)```", re.DOTALL)
TOGETHER: Final = ("calendar", "directory", "history", "learning")
"""The pages about what people do together."""


def shown(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


PAGES: Final = [page for page in sorted((ROOT / "docs").glob("*.md")) if shown(page)]


@pytest.fixture(scope="module")
def here(house: House) -> Accompanied:
    return Accompanied(house)


@pytest.fixture(scope="module")
def noor(here: Accompanied) -> Caller:
    return here.meeting.mentee("Noor Haddad")


@pytest.fixture(scope="module")
def pair(here: Accompanied, noor: Caller) -> str:
    return here.pair(here.meeting.mentor("Ada Okafor"), noor)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_shown_fits_the_schema(page: Path) -> None:
    for document in shown(page):
        assert validate(GRAPHQL, parse(document)) == [], document


@pytest.mark.parametrize("page", TOGETHER)
def test_what_is_shown_works_in_a_relationship(house: House, noor: Caller, pair: str, page: str) -> None:
    given = {"id": pair, "input": {"mentorship": pair, "text": "Shall we begin?"}}
    for document in shown(ROOT / f"docs/{page}.md"):
        answer = house.answer(noor, document, given)
        assert "errors" not in answer, answer
        assert all((one or {}).get("errors", []) == [] for one in answer["data"].values()), answer
