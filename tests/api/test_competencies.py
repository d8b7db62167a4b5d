"""The catalogue through the API: curated by few, read by everybody, found by word, spelling and meaning."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from api.command import CommandInput, Done
from api.competency_commands import ATTEMPTS, place_below
from api.context import open_services
from api.relay import global_id
from domain.competency import Lineage, Moved, ParentIsChanging
from domain.event import DomainEvent
from domain.ids import CompetencyId, competency_id
from domain.permissions import Actor, Role
from projections import runner
from projections.meanings import PROJECTION as MEANINGS
from tests.api.wishes import define
from tests.house import Caller, House, Json, key_of, open_house

ROOT = Path(__file__).resolve().parents[2]
ENTRY = (
    "competency { id label synonyms path retired version externalIds { scheme externalId } parent { label } }"
)


@pytest.fixture
def reader(house: House) -> Caller:
    return house.caller(Role.AUDITOR)


@pytest.fixture(scope="module")
def tree(house: House) -> dict[str, str]:
    """Skills > Speaking > (Public speaking, Storytelling), Skills > Tax law, and a retired one."""
    ids: dict[str, str] = {}
    for label, parent, more in (
        ("Skills", None, {}),
        ("Speaking", "Skills", {}),
        ("Public speaking", "Speaking", {"synonyms": ["Giving talks"]}),
        ("Storytelling", "Speaking", {}),
        ("Tax law", "Skills", {"externalIds": [{"scheme": "esco", "externalId": "S9"}]}),
        ("Public spelling", "Skills", {}),
    ):
        above = {} if parent is None else {"parent": ids[parent]}
        ids[label] = define(house, label, **above, **more)
    house.done(house.registrar, "retireCompetency", {"competency": ids["Public spelling"]})
    runner.catch_up(house.database, house.store, [MEANINGS])
    return ids


def suggested(house: House, text: str, first: int = 5) -> list[tuple[str, str]]:
    document = """query ($text: String!, $first: Int!) {
        competencySuggestions(text: $text, first: $first) { foundBy nearness competency { label path } } }"""
    found = house.ask(house.registrar, document, text=text, first=first)["competencySuggestions"]
    assert [one["nearness"] for one in found] == sorted((one["nearness"] for one in found), reverse=True)
    return [(one["competency"]["label"], one["foundBy"]) for one in found]


def labels(house: House, condition: str, **variables: Any) -> list[str]:
    declared = "($id: ID!)" if variables else ""
    document = (
        f"query {declared} {{ competencies(filter: {{{condition}}}) {{ nodes {{ label }} totalCount }} }}"
    )
    found = house.ask(house.registrar, document, **variables)["competencies"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["label"] for node in found["nodes"]]


def test_an_entry_is_answered_as_it_was_defined(house: House, tree: dict[str, str]) -> None:
    given = {
        "label": "Negotiation", "parent": tree["Speaking"], "synonyms": ["Bargaining", "negotiation"],
        "externalIds": [{"scheme": "esco", "externalId": "S1"}],
    }  # fmt: skip
    entry = house.done(house.registrar, "defineCompetency", given, ENTRY)["competency"]
    assert {name: entry[name] for name in ("label", "synonyms", "path", "retired", "version", "parent")} == {
        "label": "Negotiation", "synonyms": ["Bargaining"], "path": ["Skills", "Speaking", "Negotiation"],
        "retired": False, "version": 1, "parent": {"label": "Speaking"},
    }  # fmt: skip
    assert entry["externalIds"] == [{"scheme": "esco", "externalId": "S1"}]
    again = house.done(house.registrar, "defineCompetency", given, "competency { id version }")["competency"]
    assert again == {"id": entry["id"], "version": 1}


def test_an_entry_changes_command_by_command(house: House, tree: dict[str, str]) -> None:
    entry = {"competency": define(house, "Pottery")}
    for command, change in (
        ("describeCompetency", {"label": "Ceramics"}),
        ("describeCompetency", {"synonyms": ["Pottery", "Clay"]}),
        ("moveCompetency", {"parent": tree["Skills"]}),
        ("linkCompetency", {"scheme": "onet", "externalId": "2.B"}),
        ("linkCompetency", {"scheme": "esco", "externalId": "S4"}),
        ("unlinkCompetency", {"scheme": "onet"}),
        ("retireCompetency", {}),
    ):
        house.done(house.registrar, command, {**entry, **change})
    shown = house.done(house.registrar, "retireCompetency", entry, ENTRY)["competency"]
    assert shown == {
        "id": entry["competency"], "label": "Ceramics", "synonyms": ["Pottery", "Clay"],
        "path": ["Skills", "Ceramics"], "retired": True, "version": 8, "parent": {"label": "Skills"},
        "externalIds": [{"scheme": "esco", "externalId": "S4"}],
    }  # fmt: skip
    house.done(house.registrar, "restoreCompetency", entry)
    root = house.done(house.registrar, "moveCompetency", entry, "competency { path parent { id } }")
    assert root["competency"] == {"path": ["Ceramics"], "parent": None}


@pytest.mark.parametrize(
    ("command", "given", "code"),
    [
        ("defineCompetency", {"label": "public SPEAKING", "synonyms": ["Oratory"]}, "COMPETENCY_IS_DEFINED"),
        ("defineCompetency", {"label": "Oratory", "synonyms": ["giving talks"]}, "WORD_IS_TAKEN"),
        ("defineCompetency", {"label": "Giving Talks"}, "WORD_IS_TAKEN"),
        ("defineCompetency", {"label": "Cursive", "parent": "Public spelling"}, "PARENT_IS_RETIRED"),
        ("describeCompetency", {"competency": "Tax law", "label": "Storytelling"}, "WORD_IS_TAKEN"),
        (
            "describeCompetency",
            {"competency": "Public spelling", "label": "Spelling"},
            "COMPETENCY_IS_RETIRED",
        ),
        ("moveCompetency", {"competency": "Skills", "parent": "Storytelling"}, "PARENT_STANDS_BELOW"),
        ("moveCompetency", {"competency": "Skills", "parent": "Skills"}, "NOTHING_IS_ITS_OWN_PARENT"),
    ],
)
def test_the_rules_of_the_catalogue_are_said(
    house: House, tree: dict[str, str], command: str, given: Json, code: str
) -> None:
    ids = {name: tree[value] for name, value in given.items() if name in {"parent", "competency"}}
    error = house.refused(house.registrar, command, {**given, **ids})
    assert (error["__typename"], error["code"]) == ("RefusalError", code)


def test_a_parent_that_nobody_defined_is_refused(house: House, tree: dict[str, str]) -> None:
    nobody = global_id("Competency", competency_id("never defined"))
    error = house.refused(house.registrar, "moveCompetency", {"competency": tree["Skills"], "parent": nobody})
    assert error["code"] == "PARENT_IS_UNKNOWN"
    error = house.refused(house.registrar, "retireCompetency", {"competency": nobody})
    assert error["code"] == "COMPETENCY_IS_UNKNOWN"


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"label": ""}, "STRING_TOO_SHORT", ["label"]),
        ({"label": "x" * 121}, "STRING_TOO_LONG", ["label"]),
        ({"label": "Weaving", "synonyms": ["", "Looms"]}, "STRING_TOO_SHORT", ["synonyms", "0"]),
        ({"label": "Weaving", "synonyms": [f"word {n}" for n in range(51)]}, "TOO_LONG", ["synonyms"]),
        (
            {"label": "Weaving", "externalIds": [{"scheme": "esco", "externalId": i} for i in "12"]},
            "REPEATED",
            ["externalIds"],
        ),
    ],
)
def test_what_no_entry_can_be_is_refused_where_it_stands(
    house: House, given: Json, code: str, path: list[str]
) -> None:
    error = house.refused(house.registrar, "defineCompetency", given)
    assert (error["__typename"], error["code"], error["path"]) == ("InputError", code, ["input", *path])


def test_the_catalogue_is_read_by_condition(house: House, tree: dict[str, str], reader: Caller) -> None:
    assert labels(house, "parent: $id", id=tree["Speaking"])[-2:] == ["Public speaking", "Storytelling"]
    assert labels(house, 'text: "TALKS"') == ["Public speaking"]
    assert labels(house, 'externalId: "S9"') == labels(house, 'scheme: "esco", text: "law"') == ["Tax law"]
    assert labels(house, 'retired: true, text: "spelling"') == ["Public spelling"]
    assert labels(house, 'retired: false, text: "spelling"') == []
    found = house.ask(
        reader,
        """query ($id: ID!) { node(id: $id) { id ... on Competency { label log { nodes { name stream } }
            children(first: 1) { nodes { label parent { label } } totalCount } } } }""",
        id=tree["Skills"],
    )["node"]
    assert found["children"]["nodes"][0]["parent"] == {"label": "Skills"}
    assert found["children"]["totalCount"] >= 3
    assert found["log"]["nodes"] == [{"name": "competency.defined", "stream": tree["Skills"]}]


def test_the_word_itself_comes_first(house: House, tree: dict[str, str]) -> None:
    assert suggested(house, " giving  TALKS ")[0] == ("Public speaking", "EXACT")
    assert suggested(house, "speaking")[:2] == [("Speaking", "EXACT"), ("Public speaking", "SPELLING")]
    assert suggested(house, "Speaking", first=1) == [("Speaking", "EXACT")]


def test_a_misspelled_word_is_found_by_its_spelling(house: House, tree: dict[str, str]) -> None:
    assert suggested(house, "publik speeking")[0] == ("Public speaking", "SPELLING")


def test_what_means_the_like_is_found_by_its_meaning(house: House, tree: dict[str, str]) -> None:
    assert ("Tax law", "MEANING") in suggested(house, "fiscal legislation")
    assert ("Public speaking", "MEANING") in suggested(house, "talking in front of an audience", first=20)


def test_what_is_retired_or_means_nothing_is_not_suggested(house: House, tree: dict[str, str]) -> None:
    assert "Public spelling" not in [label for label, _ in suggested(house, "public spelling", first=20)]
    assert suggested(house, "xqzw") == suggested(house, "   ") == suggested(house, "speaking", first=0) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ('text: "a", first: 21', "BAD_PAGE"),
        ('text: "a", first: -1', "BAD_PAGE"),
        (f'text: "{"a" * 201}"', "BAD_TEXT"),
        (r'text: "a\u0000"', "BAD_TEXT"),
    ],
)
def test_what_cannot_be_suggested_for_is_refused(house: House, arguments: str, code: str) -> None:
    answer = house.answer(house.registrar, f"{{ competencySuggestions({arguments}) {{ nearness }} }}")
    assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
    assert answer["data"] == {"competencySuggestions": None}


@pytest.mark.parametrize(("changes", "outcome"), [(1, "moved"), (ATTEMPTS, "refused")])
def test_a_branch_that_changes_meanwhile_is_read_again_but_not_for_ever(
    house: House, changes: int, outcome: str
) -> None:
    above, entry = define(house, f"Above {outcome}"), define(house, f"Below {outcome}")
    others = iter([define(house, f"Elsewhere {outcome} {n}") for n in range(changes)])

    def slow(_: object, *, oneself: CompetencyId, lineage: Lineage) -> list[DomainEvent]:
        """While it decides, somebody else moves the entry above."""
        if (other := next(others, None)) is not None:
            house.done(house.registrar, "moveCompetency", {"competency": above, "parent": other})
        return [Moved(parent=lineage[0].competency)]

    async def moving() -> Done:
        async with open_services(house.database, house.keys, b"cursors") as services:
            info: Any = SimpleNamespace(context=services.context(Actor("ola", frozenset())))
            return await place_below(info, CommandInput(), CompetencyId(key_of(entry)), above, slow)

    if outcome == "refused":
        with pytest.raises(ParentIsChanging):
            asyncio.run(moving())
    else:
        assert asyncio.run(moving()).position == house.store.head()


def test_two_who_move_each_below_the_other_make_no_circle(house: House) -> None:
    one, other = define(house, "Chicken"), define(house, "Egg")
    with ThreadPoolExecutor(2) as pool:
        moves = [
            pool.submit(
                house.tell, house.registrar, "moveCompetency", {"competency": entry, "parent": parent}
            )
            for entry, parent in ((one, other), (other, one))
        ]
        codes = [error["code"] for move in moves for error in move.result()["errors"]]
    assert codes == ["PARENT_STANDS_BELOW"]


def test_an_api_process_that_nobody_asks_for_meaning_loads_no_model() -> None:
    heavy = "{'numpy', 'onnxruntime', 'tokenizers'}"
    script = f"import sys, api.app; print(*{heavy} & sys.modules.keys())"
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == []


@pytest.fixture
def small(postgres_url: str) -> Iterator[House]:
    with open_house(postgres_url) as opened:
        yield opened


def test_an_empty_catalogue_suggests_nothing(small: House) -> None:
    assert suggested(small, "speaking") == []
