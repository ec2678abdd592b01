"""At most so many samples of a group, drawn evenly from a history of unknown length."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Row = TypeVar("Row")


def priority(*parts: str) -> int:
    """Return 64 bits that depend on the parts alone: the lottery ticket of a sample."""
    data = "\0".join(parts).encode(errors="replace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


class Quota(Generic[Row]):
    """Keeps the rows with the lowest priorities of each group: bottom-k sampling.

    Whatever order the rows come in, the same are kept, and each row of a group is as likely as
    another. Asking before a row is built spares building those that cannot stay.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._tickets: dict[Hashable, list[int]] = defaultdict(list)
        self._rows: dict[tuple[Hashable, int], tuple[bytes, Row]] = {}
        self._place: dict[bytes, tuple[Hashable, int]] = {}

    def open(self, group: Hashable, ticket: int) -> bool:
        """Tell whether a row with this ticket would stay."""
        tickets = self._tickets[group]
        return len(tickets) < self._most or ticket < tickets[-1]

    def keep(self, group: Hashable, ticket: int, key: bytes, row: Row) -> None:
        """Keep a row; `key` names its content, and the last of two with one key stays."""
        if key in self._place:
            self._drop(*self._place[key])
        tickets = self._tickets[group]
        if (group, ticket) in self._rows or not self.open(group, ticket):
            return
        insort(tickets, ticket)
        self._rows[group, ticket] = key, row
        self._place[key] = group, ticket
        if len(tickets) > self._most:
            self._drop(group, tickets[-1])

    def rows(self) -> Iterator[Row]:
        """Yield what is kept, in the order it came."""
        for _, row in self._rows.values():
            yield row

    def _drop(self, group: Hashable, ticket: int) -> None:
        key, _ = self._rows.pop((group, ticket))
        del self._place[key]
        tickets = self._tickets[group]
        del tickets[bisect_left(tickets, ticket)]
