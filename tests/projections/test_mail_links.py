"""The links that turn mail off: each for one person, and nobody can make one."""

from domain.store import KeyRing, Store
from projections import mail_links
from tests.people import ADA, NOOR

OLD, NEW = b"o" * 32, b"n" * 32


def secret(store: Store) -> str:
    return mail_links.path(store, NOOR.id).rpartition("/")[2]


def test_a_link_is_of_whom_it_was_sent_to(memory_store: Store) -> None:
    assert mail_links.person_of(memory_store, secret(memory_store)) == NOOR.id
    assert mail_links.path(memory_store, NOOR.id) != mail_links.path(memory_store, ADA.id)


def test_a_link_outlives_an_exchange_of_keys() -> None:
    before, after = Store.in_memory(KeyRing(OLD)), Store.in_memory(KeyRing(NEW, OLD))
    assert mail_links.person_of(after, secret(before)) == NOOR.id


def test_a_link_that_is_changed_anywhere_is_nobodys(memory_store: Store) -> None:
    whole = secret(memory_store)
    for place, letter in enumerate(whole):
        for other in {"A", "B", "_"} - {letter}:
            assert mail_links.person_of(memory_store, whole[:place] + other + whole[place + 1 :]) is None
    for wrong in ("", "A", whole[:-1], whole + "A", whole + "=", "ä" * 43, "+/" * 21, "x" * 5_000):
        assert mail_links.person_of(memory_store, wrong) is None


def test_another_organisation_has_other_links(memory_store: Store) -> None:
    assert mail_links.person_of(Store.in_memory(), secret(memory_store)) is None
