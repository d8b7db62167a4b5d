"""A command's answer shows what it did, or says that it cannot yet; it never lies."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from psycopg import sql
from structlog.testing import capture_logs

from projections import catalogue
from projections.runner import catch_up
from tests.house import House, open_house

REGISTER = """mutation ($key: ID!) { registerParticipant(input: {name: "Ada", idempotencyKey: $key}) {
    position participant { name } errors { __typename code path ... on StaleReadError { position } }
} }"""


@pytest.fixture
def unkept(postgres_url: str) -> Iterator[House]:
    with open_house(postgres_url, kept_up=False, patience=0.05) as house:
        yield house


def test_a_read_model_that_lags_is_told_and_the_command_stays_done(unkept: House) -> None:
    key = str(uuid4())
    told = unkept.ask(unkept.registrar, REGISTER, key=key)["registerParticipant"]
    stale = {"__typename": "StaleReadError", "code": "STALE", "path": [], "position": "1"}
    assert told == {"position": "1", "participant": None, "errors": [stale]}
    assert [event.name for event in unkept.store.log()] == ["participant.registered"]


def test_the_same_key_shows_the_entity_once_the_read_model_has_caught_up(unkept: House) -> None:
    key = str(uuid4())
    unkept.ask(unkept.registrar, REGISTER, key=key)
    catch_up(unkept.database, unkept.store, catalogue.ALL)
    told = unkept.ask(unkept.registrar, REGISTER, key=key)["registerParticipant"]
    assert told == {"position": "1", "participant": {"name": "Ada"}, "errors": []}
    assert unkept.store.head() == 1


RECEIPT_ONLY = """mutation {
    registerParticipant(input: {name: "Ada"}) { ...on RegisterParticipantPayload { position ...Rest } }
}
fragment Rest on RegisterParticipantPayload { errors { code } }"""
ENTITY_IN_A_FRAGMENT = RECEIPT_ONLY.replace("errors", "participant { name } errors")


def test_whoever_wants_only_the_receipt_waits_for_no_read_model(unkept: House) -> None:
    told = unkept.ask(unkept.registrar, RECEIPT_ONLY)["registerParticipant"]
    assert told == {"position": "1", "errors": []}


def test_an_entity_in_a_fragment_is_waited_for(unkept: House) -> None:
    told = unkept.ask(unkept.registrar, ENTITY_IN_A_FRAGMENT)["registerParticipant"]
    assert told == {"position": "1", "participant": None, "errors": [{"code": "STALE"}]}


def test_a_refusal_waits_for_nothing(unkept: House) -> None:
    error = unkept.refused(
        unkept.registrar, "eraseParticipant", {"participant": unkept.caller(participant=uuid4()).id}
    )
    assert error["code"] == "PERSON_IS_UNKNOWN"


def test_a_bug_after_the_command_is_masked_and_the_command_stays_done(postgres_url: str) -> None:
    with open_house(postgres_url) as house:
        ada = house.person("Ada")
        with house.database.connect() as connection:
            connection.execute(sql.SQL("ALTER TABLE profiles RENAME COLUMN biography TO lost"))
        with capture_logs() as entries:
            answer = house.answer(
                ada, "mutation { setAvailability(input: {hoursAMonth: 3}) { participant { biography } } }"
            )
        names = [event.name for event in house.store.log()]
    [error] = answer["errors"]
    assert error["message"] == "Something went wrong on our side."
    assert error["extensions"]["code"] == "INTERNAL"
    assert str(UUID(error["extensions"]["errorId"])) in {entry.get("error_id") for entry in entries}
    assert names == ["participant.registered", "participant.availability_set"]
