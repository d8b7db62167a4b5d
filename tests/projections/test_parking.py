"""Which failures are an event's own, and what is said of them: the kind and the place, never a value."""

import psycopg
import pytest
from psycopg import errors

from domain.refusal import Refusal
from domain.store import Database, EventUnreadable, StoreUnavailable
from projections import parking
from projections.projection import connect


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        EventUnreadable(),
        errors.DivisionByZero(),
        errors.CheckViolation(),
        errors.UndefinedColumn(),
        psycopg.DataError(),
    ],
)
def test_what_fails_again_is_poison(error: Exception) -> None:
    assert parking.is_poison(error)


@pytest.mark.parametrize(
    "error",
    [
        StoreUnavailable(),
        ConnectionResetError(),
        MemoryError(),
        errors.AdminShutdown(),
        errors.DiskFull(),
        errors.SerializationFailure(),
        errors.UndefinedTable(),
        errors.InsufficientPrivilege(),
        errors.InFailedSqlTransaction(),
        psycopg.InterfaceError(),
    ],
)
def test_what_passes_is_not(error: Exception) -> None:
    assert not parking.is_poison(error)


def test_a_value_too_large_for_an_index_is_poison_though_it_is_called_operational(
    organisation: Database,
) -> None:
    with connect(organisation) as connection:
        connection.execute("CREATE TEMPORARY TABLE words (word text PRIMARY KEY)")
        with pytest.raises(psycopg.OperationalError) as raised:
            connection.execute(
                "INSERT INTO words SELECT string_agg(md5(n::text), '') FROM generate_series(1, 300) n"
            )
    assert parking.is_poison(raised.value)
    assert parking.reason_of(raised.value) == "ProgramLimitExceeded (54000)"


def test_a_reason_names_the_column_but_not_the_value(organisation: Database) -> None:
    with connect(organisation) as connection:
        connection.execute(
            "CREATE TEMPORARY TABLE people (name text CHECK (length(name) < 3), age int NOT NULL)"
        )
        with pytest.raises(errors.NotNullViolation) as missing:
            connection.execute("INSERT INTO people VALUES ('Al', NULL)")
        with pytest.raises(errors.CheckViolation) as too_long:
            connection.execute("INSERT INTO people VALUES ('Ada', 36)")
    assert parking.reason_of(missing.value) == "NotNullViolation (23502) at people.age"
    assert parking.reason_of(too_long.value) == "CheckViolation (23514) at people.people_name_check"


def test_a_reason_gives_the_place_of_a_fault_in_the_code() -> None:
    def apply() -> None:
        raise KeyError("Ada Lovelace")

    with pytest.raises(KeyError) as raised:
        apply()
    assert parking.reason_of(raised.value).startswith("KeyError in apply, line ")
    assert parking.reason_of(ValueError("Ada Lovelace")) == "ValueError"


def test_a_refusal_and_an_unreadable_event_speak_for_themselves() -> None:
    class TooLate(Refusal):
        """It is {hour} already."""

    assert parking.reason_of(TooLate(hour=9)) == "It is 9 already."
    assert parking.reason_of(EventUnreadable("position 3 is damaged")) == "position 3 is damaged"
