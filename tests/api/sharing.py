"""A pair that shares documents: how tests send one, and what they get back."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx

from domain.store import RecordedEvent
from tests.api.meeting import Meeting, meeting
from tests.house import Caller, House, key_of

PDF: Final = "application/pdf"
MOST: Final = 11_000_000
LIMITS: Final = {"mostBytes": MOST, "types": ["application/pdf", "image/*", "text/*", "application/zip"]}
BYTES: Final = bytes(range(256)) * 40


@dataclass(frozen=True)
class Pair:
    """Ada mentors Noor; Lin takes part in the same programme; Sam administers it, Fay facilitates."""

    house: House
    met: Meeting
    ada: Caller
    noor: Caller
    lin: Caller
    mentorship: str

    @property
    def http(self) -> httpx.Client:
        return self.house._http

    def send(
        self, by: Caller, body: bytes | Iterator[bytes] = BYTES, media_type: str = PDF, **more: Any
    ) -> httpx.Response:
        """POST /documents; `headers` are added, and whatever else is named is a parameter."""
        headers = {"content-type": media_type, **self.authorization(by), **more.pop("headers", {})}
        query = {"mentorship": self.mentorship, "name": "Slides.pdf", **more}
        return self.http.post("/documents", params=query, content=body, headers=headers)

    def shared(self, by: Caller, body: bytes = BYTES, media_type: str = PDF, **more: Any) -> str:
        """The global id of a document that has been shared."""
        found = self.send(by, body, media_type, **more)
        assert found.status_code == 201, found.text
        self.house._told = max(self.house._told, int(found.json()["position"]))
        document: str = found.json()["id"]
        return document

    def get(self, by: Caller, document: str, method: str = "GET", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(
            method, f"/documents/{document}", headers={**self.authorization(by), **named}
        )

    def authorization(self, by: Caller) -> dict[str, str]:
        return {"authorization": f"Bearer {by.token}"}

    def events(self, document: str) -> list[RecordedEvent]:
        return list(self.house.store.history(key_of(document)))


def code(found: httpx.Response) -> tuple[int, str]:
    assert found.headers["content-type"] == "application/json; charset=utf-8"
    [error] = found.json()["errors"]
    return found.status_code, error["extensions"]["code"]


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def pair(house: House) -> Pair:
    met = meeting(house)
    settings = {"documents": LIMITS}
    house.done(met.sam, "setCommunications", {"program": met.program, "settings": settings})
    ada, noor, lin = met.mentor("Ada"), met.mentee("Noor"), met.mentee("Lin")
    proposal = met.requested(noor, ada)
    begun = house.done(ada, "acceptProposal", {"proposal": proposal}, "mentorship { id }")
    return Pair(house, met, ada, noor, lin, begun["mentorship"]["id"])
