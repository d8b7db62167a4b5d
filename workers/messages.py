"""The event stream's public contract: a JSON Schema a message, all as AsyncAPI 3, and what would break it."""

from collections.abc import Mapping
from typing import Any, Final

from domain.catalogue import Catalogue, catalogue, shrunk
from domain.event import REGISTRY
from projections.cloud_events import schema_urn, type_of

CONTRACT_VERSION: Final = "1.0.0"
MODELS: Final = "#/components/schemas/"
TOPIC: Final = "{organisation}.events"
_STRING: Final = {"type": "string"}
_UUID: Final = {"type": "string", "format": "uuid"}
ENVELOPE: Final[Mapping[str, Mapping[str, Any]]] = {
    "specversion": {"const": "1.0"},
    "id": {**_STRING, "description": "The stream and the event's number in it; the same again is a repeat."},
    "source": {**_STRING, "format": "uri-reference", "description": "The organisation."},
    "type": _STRING,
    "subject": {**_UUID, "description": "The stream: what it happened to."},
    "time": {**_STRING, "format": "date-time", "description": "When it was recorded."},
    "datacontenttype": {"const": "application/json"},
    "dataschema": {**_STRING, "format": "uri"},
    "sequence": {
        **_STRING,
        "pattern": "^[0-9]{20}$",
        "description": "The position in the log. Positions have no gaps, and rise within a partition key.",
    },
    "partitionkey": {**_UUID, "description": "The relationship it belongs to, else the stream."},
    "streamversion": {"type": "integer", "minimum": 1, "description": "Its number in the stream."},
    "actor": {**_STRING, "description": "Who did it: a pseudonymous id, or a service or rule by its name."},
    "cause": {"enum": ["command", "timer", "rule", "sync"]},
    "commandid": {**_UUID, "description": "What brought it about; events of one command share it."},
    "correlationid": _UUID,
}


def asyncapi() -> dict[str, Any]:
    """The whole contract, for the organisation named in the channel's address."""
    names = sorted(catalogue())
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Chiron's event stream",
            "version": CONTRACT_VERSION,
            "description": "Every mentoring action as a CloudEvent, in order for each relationship. Nothing"
            " personal is ever part of a message. Types and fields are only added: ignore what you do not"
            " know. A message may come twice: its sequence tells.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {"events": _channel(names)},
        "operations": {
            "followEvents": {
                "action": "receive",
                "channel": {"$ref": "#/channels/events"},
                "summary": "Follow everything that happens, or from any offset again.",
            }
        },
        "components": {
            "messages": {name: _message(name) for name in names},
            "schemas": {model: of for name in names for model, of in sorted(data_models(name).items())},
        },
    }


def _channel(names: list[str]) -> dict[str, Any]:
    return {
        "address": TOPIC,
        "title": "Events",
        "description": "The key of a message is its partitionkey, as text.",
        "parameters": {"organisation": {"description": "The organisation's name, as in its settings."}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": {"bindingVersion": "0.5.0"}},
    }


def _message(name: str) -> dict[str, Any]:
    return {
        "name": type_of(name),
        "title": name,
        "contentType": "application/cloudevents+json",
        "payload": message_schema(name),
        "bindings": {"kafka": {"key": _UUID, "bindingVersion": "0.5.0"}},
    }


def message_schema(name: str) -> dict[str, Any]:
    """Of the whole CloudEvent; what it refers to stands in `data_models`."""
    data, _ = _of_data(name)
    own = {"type": {"const": type_of(name)}, "dataschema": {"const": schema_urn(name)}, "data": data}
    properties = {**ENVELOPE, **own}
    return {"type": "object", "required": list(properties), "properties": properties}


def data_models(name: str) -> dict[str, Any]:
    """What the schema of the message's data refers to, by the name it is referred to."""
    data, models = _of_data(name)
    kept: dict[str, Any] = {}
    wanted = _named(data)
    while wanted:
        kept |= {model: models[model] for model in wanted}
        wanted = {found for model in wanted for found in _named(models[model])} - kept.keys()
    return kept


def _of_data(name: str) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Two events may mean different things by one word, so models are named with their event."""
    kind = REGISTRY[name]
    whole = kind.model_json_schema(ref_template=f"{MODELS}{name}.{{model}}")
    schema = _public(whole, kind.personal_fields)
    models = {f"{name}.{model}": of for model, of in schema.pop("$defs", {}).items()}
    return schema, models


def _public(schema: Mapping[str, Any], personal: frozenset[str]) -> dict[str, Any]:
    """Without the personal fields, and open for what may be added."""
    opened: dict[str, Any] = _open(schema)
    shown = {field: of for field, of in opened.get("properties", {}).items() if field not in personal}
    needed = [field for field in opened.get("required", ()) if field in shown]
    return {**opened, "properties": shown, "required": needed}


def _open(schema: Any) -> Any:
    """What is stored is closed; what leaves may grow."""
    if isinstance(schema, Mapping):
        return {key: _open(of) for key, of in schema.items() if (key, of) != ("additionalProperties", False)}
    return [_open(of) for of in schema] if isinstance(schema, list) else schema


def _named(schema: Any) -> set[str]:
    """The models that a schema refers to."""
    if isinstance(schema, Mapping):
        here = {schema["$ref"].removeprefix(MODELS)} if isinstance(schema.get("$ref"), str) else set()
        return here.union(*(_named(of) for of in schema.values()))
    return set().union(*(_named(of) for of in schema)) if isinstance(schema, list) else set()


def broken(before: Catalogue, after: Catalogue) -> list[str]:
    """What would break consumers of messages as they were: one sentence each."""
    were, are = _published(before), _published(after)
    faults = [f"The message {fault}" for fault in shrunk(were, are)]
    for name in were.keys() & are.keys():
        old, new = were[name]["schema"], are[name]["schema"]
        lost = (set(old["required"]) - set(new["required"])) & new["properties"].keys()
        faults += [f"The message {name} may lack {field}, which it always had." for field in sorted(lost)]
    return sorted(faults)


def _published(events: Catalogue) -> Catalogue:
    """Of a catalogue what leaves; the contract's version is not that of what is stored."""
    return {
        name: {"version": 1, "personal": [], "schema": _public(event["schema"], frozenset(event["personal"]))}
        for name, event in events.items()
    }
