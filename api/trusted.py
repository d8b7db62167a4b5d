"""Trusted documents: operations known beforehand by their SHA-256; a client sends the name, not the text."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import orjson

from api.params import Params
from api.refusals import Problem

Mode = Literal["off", "prefer", "only"]
PREFIX = "sha256:"


class BadManifest(Exception):
    """The manifest of trusted documents cannot be used; the text says which entry and why."""


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    """`prefer` takes texts too, `only` takes nothing but what the manifest holds."""

    mode: Mode = "off"
    documents: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, mode: Mode, manifest: Path) -> Self:
        """A JSON object of SHA-256 (hexadecimal) to document; raises BadManifest."""
        try:
            found = orjson.loads(manifest.read_bytes())
        except (OSError, orjson.JSONDecodeError) as error:
            raise BadManifest(f"{manifest} is not a readable JSON file") from error
        if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
            raise BadManifest(f"{manifest} is not a JSON object of hash to document")
        documents = {key.removeprefix(PREFIX).lower(): text for key, text in found.items()}
        for key, text in documents.items():
            if _digest(text) != key:
                raise BadManifest(f"{manifest}: {key} is not the SHA-256 of its document")
        return cls(mode, documents)

    def text(self, params: Params) -> str:
        """The document that is asked for."""
        if params.document_id is None:
            if self.mode == "only":
                raise Problem("DOCUMENT_NOT_TRUSTED", "Only documents known beforehand are executed here.")
            return params.query or ""
        if self.mode == "off":
            raise Problem("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
        return self._known(params.document_id.removeprefix(PREFIX).lower(), params.query)

    def _known(self, key: str, sent: str | None) -> str:
        known = self.documents.get(key)
        if sent is not None and _digest(sent) != key:
            raise Problem("DOCUMENT_HASH_MISMATCH", "The document does not have the hash it is sent with.")
        if known is not None:
            return known
        if self.mode == "prefer" and sent is not None:
            return sent
        raise Problem("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
