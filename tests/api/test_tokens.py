"""Bearer tokens: what is issued is verified, and nothing else is."""

import base64
import json
from typing import Any
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.tokens import Tokens, Unauthenticated, bearer
from domain.ids import ParticipantId
from domain.permissions import Actor, Role

KEY, OTHER = b"k" * 32, b"o" * 32
ADA = ParticipantId(UUID("018f2c2e-7c1a-7000-8000-000000000001"))
NOW = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def signed(claims: dict[str, Any], key: bytes = KEY, algorithm: str = "HS256") -> str:
    usual = {"iss": "chiron", "sub": "ada", "exp": NOW + 60, "roles": ["participant"]}
    return jwt.encode({name: v for name, v in {**usual, **claims}.items() if v is not None}, key, algorithm)


def test_an_issued_token_names_its_actor() -> None:
    tokens = Tokens(KEY, now=Clock())
    token = tokens.issue("ada", [Role.PARTICIPANT, Role.FACILITATOR], participant=ADA, seconds=60)
    actor = Actor("ada", frozenset({Role.PARTICIPANT, Role.FACILITATOR}), ADA)
    assert tokens.verify(token) == (actor, NOW + 60)
    service = tokens.issue("scim", [Role.SERVICE], scopes=["import.run"])
    assert tokens.verify(service)[0] == Actor(
        "scim", frozenset({Role.SERVICE}), None, frozenset({"import.run"})
    )


def test_a_token_expires_remembered_or_not() -> None:
    clock = Clock()
    tokens = Tokens(KEY, now=clock)
    token = tokens.issue("ada", [Role.PARTICIPANT], seconds=60)
    tokens.verify(token)
    clock.now += 60
    with pytest.raises(Unauthenticated):
        tokens.verify(token)


def test_a_key_is_changed_without_a_break() -> None:
    old = Tokens(KEY, now=Clock()).issue("ada", [Role.AUDITOR])
    rotated = Tokens(OTHER, KEY, now=Clock())
    assert rotated.verify(old)[0].id == "ada"
    with pytest.raises(Unauthenticated):
        Tokens(KEY, now=Clock()).verify(rotated.issue("ada", [Role.AUDITOR]))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        "x" * 5_000,
        signed({}, key=OTHER),
        signed({}, algorithm="HS512", key=b"k" * 64),
        signed({"iss": "somebody else"}),
        signed({"iss": None}),
        signed({"sub": None}),
        signed({"exp": None}),
        signed({"exp": True}),
        signed({"roles": None}),
        signed({"roles": "participant"}),
        signed({"roles": ["emperor"]}),
        signed({"roles": [1]}),
        signed({"participant": "Ada Lovelace"}),
        signed({"participant": 7}),
        signed({"scopes": "import.run"}),
        signed({"scopes": [None]}),
    ],
)
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        Tokens(KEY, now=Clock()).verify(token)


def test_a_token_without_a_signature_is_refused() -> None:
    head, body, _ = signed({}).split(".")
    unsigned = (
        base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    )
    for token in (f"{unsigned}.{body}.", f"{head}.{body}."):
        with pytest.raises(Unauthenticated):
            Tokens(KEY, now=Clock()).verify(token)


@given(st.data())
def test_a_changed_token_is_refused(data: st.DataObject) -> None:
    tokens = Tokens(KEY, now=Clock())
    token = tokens.issue("ada", [Role.PARTICIPANT])
    payload_end = token.rindex(".")
    at = data.draw(st.integers(0, payload_end - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_.").filter(lambda one: one != token[at]))
    with pytest.raises(Unauthenticated):
        tokens.verify(token[:at] + letter + token[at + 1 :])


def test_a_short_key_is_no_key() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Tokens(b"short")


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", " BEARER   abc "])
def test_the_bearer_scheme_is_read(header: str) -> None:
    assert bearer(header) == "abc"


@pytest.mark.parametrize("header", ["", "abc", "Bearer", "Bearer ", "Basic abc"])
def test_other_schemes_are_not(header: str) -> None:
    with pytest.raises(Unauthenticated):
        bearer(header)
