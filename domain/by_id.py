"""A mapping by id that never changes and still grows cheaply: what the state of a long stream is kept in."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeVar
from uuid import UUID

Entry = TypeVar("Entry")
SHARES: Final = 256


class ById(Mapping[UUID, Entry]):
    """One more entry copies its share, not everything: the ten-thousandth costs what the tenth did."""

    __slots__ = ("_shares",)

    def __init__(self, shares: tuple[Mapping[UUID, Entry], ...] = ({},) * SHARES) -> None:
        self._shares = shares

    def having(self, id_: UUID, entry: Entry) -> "ById[Entry]":
        """The same with this entry in its place."""
        at = id_.int % SHARES
        share = {**self._shares[at], id_: entry}
        return ById((*self._shares[:at], share, *self._shares[at + 1 :]))

    def __getitem__(self, id_: UUID) -> Entry:
        return self._shares[id_.int % SHARES][id_]

    def __iter__(self) -> Iterator[UUID]:
        return (id_ for share in self._shares for id_ in share)

    def __len__(self) -> int:
        return sum(map(len, self._shares))
