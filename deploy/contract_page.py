"""The event stream's contract as one page to browse: each message with fields, models and an example."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from workers.messages import ENVELOPE, MODELS, asyncapi

Schema = Mapping[str, Any]

TEXTS: Final = {
    "uuid": "0192f3a4-1c1f-7bb0-8000-5f4dd1f6a001",
    "date-time": "2026-03-02T15:04:05Z",
    "date": "2026-03-02",
    "time": "15:04:05",
    "uri": "https://example.org/",
}
PATTERNS: Final = {"^[0-9]{20}$": f"{12345:020}"}
TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Field:
    """`model` is the one that `kind` speaks of, where it speaks of any."""

    name: str
    kind: str
    model: str | None
    needed: bool
    about: str


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    about: str
    kind: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Message:
    name: str
    type: str
    about: str
    fields: tuple[Field, ...]
    models: tuple[Model, ...]
    example: str


def page() -> str:
    """Nothing is fetched for it: it can be kept, sent and served as it is."""
    contract = asyncapi()
    schemas: Mapping[str, Schema] = contract["components"]["schemas"]
    told = contract["components"]["messages"].values()
    return _template().render(
        info=contract["info"],
        channel=contract["channels"]["events"],
        envelope=fields({"properties": ENVELOPE, "required": list(ENVELOPE)}),
        messages=[_message(one, schemas) for one in told],
    )


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined).get_template(
        "contract_page.html"
    )


def _message(told: Schema, schemas: Mapping[str, Schema]) -> Message:
    data = told["payload"]["properties"]["data"]
    own = [name for name in schemas if name.startswith(f"{told['title']}.")]
    return Message(
        told["title"],
        told["name"],
        data.get("description", ""),
        fields(data),
        tuple(_model(name, schemas[name]) for name in own),
        json.dumps(example(told["payload"], schemas), indent=2, ensure_ascii=False),
    )


def _model(name: str, schema: Schema) -> Model:
    return Model(name, schema.get("description", ""), kind(schema), fields(schema))


def fields(schema: Schema) -> tuple[Field, ...]:
    needed = schema.get("required", ())
    return tuple(
        Field(name, kind(of), next(_models_in(of), None), name in needed, of.get("description", ""))
        for name, of in schema.get("properties", {}).items()
    )


def kind(schema: Schema) -> str:
    """In words."""
    match schema:
        case {"$ref": str(model)}:
            return model.rpartition(".")[2]
        case {"const": value}:
            return json.dumps(value)
        case {"enum": values}:
            return f"one of {', '.join(map(str, values))}"
        case {"anyOf": choices} | {"oneOf": choices}:
            return " or ".join(dict.fromkeys(kind(one) for one in choices))
        case {"type": "array"}:
            return f"list of {kind(schema['items'])}" if "items" in schema else "list"
        case {"type": "object", "additionalProperties": Mapping() as values}:
            return f"map to {kind(values)}"
        case {"type": "string"}:
            return str(schema.get("format", TEXT))
        case {"type": str(name)}:
            return name
    return "any"


def _models_in(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix(MODELS)
        for of in schema.values():
            yield from _models_in(of)
    elif isinstance(schema, list):
        for of in schema:
            yield from _models_in(of)


def example(schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    """The same each time, and valid."""
    match schema:
        case {"$ref": str(model)}:
            return example(schemas[model.removeprefix(MODELS)], schemas)
        case {"const": value} | {"enum": [value, *_]}:
            return value
        case {"anyOf": [first, *_]} | {"oneOf": [first, *_]}:
            return example(first, schemas)
        case {"type": "array"}:
            return _list(schema, schemas)
        case {"type": "object", "additionalProperties": Mapping() as values}:
            name = example(schema.get("propertyNames", {"type": "string"}), schemas)
            return {name: example(values, schemas)}
        case {"type": "object"}:
            return {name: example(of, schemas) for name, of in schema.get("properties", {}).items()}
        case {"type": "string"}:
            return _text(schema)
        case {"type": "integer" | "number"}:
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case {"type": "boolean"}:
            return True
    return None


def _list(schema: Schema, schemas: Mapping[str, Schema]) -> list[Any]:
    if "prefixItems" in schema:
        return [example(of, schemas) for of in schema["prefixItems"]]
    return [example(schema["items"], schemas)] * max(1, schema.get("minItems", 0))


def _text(schema: Schema) -> str:
    if "pattern" in schema:
        return PATTERNS[schema["pattern"]]
    return TEXTS.get(schema.get("format", ""), TEXT)
