"""The catalogue of every event: what `events.json` says, and that it only ever grows."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import domain
from domain.event import REGISTRY

Schema = Mapping[str, Any]
Catalogue = Mapping[str, Mapping[str, Any]]


def catalogue() -> dict[str, Any]:
    """Every event: name, version of its shape, personal fields, their subject, JSON Schema."""
    for module in pkgutil.iter_modules(domain.__path__, "domain."):
        if not module.ispkg:
            importlib.import_module(module.name)
    return {
        name: {
            "version": event.schema_version,
            "personal": sorted(event.personal_fields),
            "subject": event.subject,
            "schema": event.model_json_schema(),
        }
        for name, event in sorted(REGISTRY.items())
        if event.__module__.startswith("domain.")
    }


def shrunk(before: Catalogue, after: Catalogue) -> list[str]:
    """What would make events unreadable that have been stored already: one sentence each."""
    faults: list[str] = []
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            faults.append(f"{name} is gone: an event's name is permanent, stored ones carry it for good.")
        elif new["version"] < old["version"]:
            faults.append(f"{name} went back from version {old['version']} to {new['version']}.")
        elif new["version"] == old["version"]:
            faults += [
                f"{name}: {fault}; raise the version and write an upcast." for fault in _faults(old, new)
            ]
    return faults


def _faults(old: Schema, new: Schema) -> Iterator[str]:
    was, now = set(old["personal"]), set(new["personal"])
    kept = set(old["schema"].get("properties", ())) & set(new["schema"].get("properties", ()))
    for field in sorted((was ^ now) & kept):
        yield f"the field {field} is no longer stored as it was (personal or not)"
    if was and old.get("subject", new.get("subject")) != new.get("subject"):
        yield "its personal data has another subject, whose key does not open what is stored"
    yield from _Comparison(old["schema"], new["schema"]).objects(old["schema"], new["schema"], "")


_UPPER: Final = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum")
_LOWER: Final = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum")


class _Comparison:
    """Whether all that fits the old schema fits the new one; `path` says where it does not."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old_definitions, self.new_definitions = old.get("$defs", {}), new.get("$defs", {})

    def schemas(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        old, new = _resolved(old, self.old_definitions), _resolved(new, self.new_definitions)
        choices = _choices(new)
        for choice in _choices(old):
            tried = [list(self.choice(choice, other, path)) for other in choices]
            if all(tried):
                yield from min(tried, key=len)

    def choice(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        old, new = _resolved(old, self.old_definitions), _resolved(new, self.new_definitions)
        if new.get("type", old.get("type")) != old.get("type"):
            yield f"the field {path} changes its type from {old.get('type')} to {new.get('type')}"
            return
        if "enum" in new or "const" in new:
            gone = [value for value in _values(old) if value not in _values(new)]
            if gone or not _values(old):
                yield f"the field {path} no longer knows {', '.join(map(str, gone)) or 'every value'}"
        if new.get("format") not in {None, old.get("format")}:
            yield f"the field {path} changes its format"
        if new.get("pattern") not in {None, old.get("pattern")}:
            yield f"the field {path} changes its pattern"
        for limit in (*_UPPER, *_LOWER):
            if _tighter(old.get(limit), new.get(limit), lower=limit in _LOWER):
                yield f"the field {path} is bound more tightly ({limit})"
        yield from self.parts(old, new, path)

    def parts(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        for part in ("items", "additionalProperties"):
            if isinstance(old.get(part), Mapping) and isinstance(new.get(part), Mapping):
                yield from self.schemas(old[part], new[part], path)
        yield from self.objects(old, new, f"{path}.")

    def objects(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        was, now = old.get("properties", {}), new.get("properties", {})
        for field in was:
            if field not in now:
                yield f"the field {path}{field} is gone"
            else:
                yield from self.schemas(was[field], now[field], f"{path}{field}")
        for field in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"the field {path}{field} is now required, which stored events lack"


def _resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    reference = schema.get("$ref")
    return definitions[reference.rpartition("/")[2]] if reference else schema


def _choices(schema: Schema) -> Sequence[Schema]:
    choices: Sequence[Schema] = schema.get("anyOf") or [schema]
    return choices


def _values(schema: Schema) -> Sequence[Any]:
    values: Sequence[Any] = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    return values


def _tighter(old: float | None, new: float | None, *, lower: bool) -> bool:
    if new is None:
        return False
    return old is None or (new > old if lower else new < old)
