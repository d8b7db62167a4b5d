"""`chiron docs`: all messages with valid examples, links that lead somewhere, and nothing is fetched."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from deploy import cli
from deploy.contract_page import example, kind, page
from domain.catalogue import catalogue
from workers.messages import ENVELOPE, asyncapi, data_models

CONTRACT = asyncapi()
SCHEMAS = CONTRACT["components"]["schemas"]
LIES_WITHIN = "#"


class Read(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.examples: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        self.fetched += [given["src"]] if "src" in given else []
        if tag in {"script", "link", "iframe"}:
            self.fetched.append(tag)
        if tag not in {"meta", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["pre"]:
            self.examples.append(data)


@pytest.fixture(scope="module")
def read() -> Read:
    return Read(page())


def test_every_message_is_there_and_every_link_leads_somewhere(read: Read) -> None:
    assert set(read.ids) == {"envelope", *catalogue(), *SCHEMAS}
    assert len(set(read.ids)) == len(read.ids)
    assert {link.removeprefix(LIES_WITHIN) for link in read.links} <= set(read.ids)
    assert all(link.startswith(LIES_WITHIN) for link in read.links)
    assert read.fetched == []


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_example_is_valid(name: str) -> None:
    schema = CONTRACT["components"]["messages"][name]["payload"]
    document = {**schema, "components": {"schemas": data_models(name)}}
    shown = example(schema, SCHEMAS)
    assert set(shown) == {*ENVELOPE, "data"}
    Draft202012Validator(document, format_checker=FormatChecker()).validate(shown)


def test_the_examples_stand_on_the_page(read: Read) -> None:
    types = {f"org.chiron.{name}.v1" for name in catalogue()}
    assert {json.loads(text)["type"] for text in read.examples} == types


def test_what_a_field_is_stands_in_words() -> None:
    slot = {"$ref": "#/components/schemas/meeting.proposed.Slot"}
    assert kind({"type": "array", "items": slot}) == "list of Slot"
    assert kind({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}) == "uuid or null"
    assert kind({"enum": ["mentor", "mentee"]}) == "one of mentor, mentee"
    assert kind({"type": "object", "additionalProperties": {"type": "integer"}}) == "map to integer"
    assert kind({"const": "1.0"}) == '"1.0"'
    assert kind({}) == "any"


def test_it_is_written_where_it_is_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str], logging_restored: None
) -> None:
    assert cli.run(["docs", "--out", str(home / "one" / "two")]) == 0
    assert capsys.readouterr().out == f"{home}/one/two/index.html\n"
    assert (home / "one" / "two" / "index.html").read_text() == page()
    (home / "file").write_text("")
    assert cli.run(["docs", "--out", str(home / "file")]) == 2
    assert capsys.readouterr().err.startswith("FOLDER_NOT_WRITABLE")
