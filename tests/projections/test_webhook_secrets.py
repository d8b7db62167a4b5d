"""The secrets of webhooks: each webhook and generation has its own, and they outlive an exchange of keys."""

from uuid import UUID

from domain.ids import WebhookId
from domain.store import KeyRing, Store
from projections.webhook_secrets import PREFIX, key_of, secret

OLD, NEW = b"o" * 32, b"n" * 32
CRM, DESK = WebhookId(UUID(int=1)), WebhookId(UUID(int=2))


def test_each_webhook_and_generation_has_its_own(memory_store: Store) -> None:
    made = {secret(memory_store, one, generation) for one in (CRM, DESK) for generation in (1, 2)}
    assert len(made) == 4
    assert {one.startswith(PREFIX) for one in made} == {True}
    assert {len(key_of(one)) for one in made} == {32}
    assert secret(Store.in_memory(), CRM, 1) not in made


def test_a_secret_outlives_an_exchange_of_keys() -> None:
    before, after = Store.in_memory(KeyRing(OLD)), Store.in_memory(KeyRing(NEW, OLD))
    assert secret(after, CRM, 1) == secret(before, CRM, 1)
