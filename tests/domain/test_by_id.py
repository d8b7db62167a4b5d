"""A mapping by id is what a dictionary is, and what it was stays as it was."""

from uuid import UUID

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.by_id import SHARES, ById

ids = st.integers(0, 3 * SHARES).map(lambda number: UUID(int=number))


@drawn(st.lists(st.tuples(ids, st.integers())))
def test_it_holds_what_a_dictionary_would(entries: list[tuple[UUID, int]]) -> None:
    held: ById[int] = ById()
    for id_, entry in entries:
        held = held.having(id_, entry)
    assert held == dict(entries)
    assert len(held) == len(dict(entries))
    assert set(held) == set(dict(entries))


def test_another_entry_makes_another_mapping() -> None:
    one, same_share = UUID(int=1), UUID(int=1 + SHARES)
    before: ById[str] = ById[str]().having(one, "first")
    after = before.having(same_share, "second").having(one, "changed")
    assert dict(before) == {one: "first"}
    assert dict(after) == {one: "changed", same_share: "second"}
    assert UUID(int=2) not in after
