"""A sample of a stream of unknown length, spread evenly over strata, in constant memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Reservoir(Generic[Item]):
    """At most `size` items, the largest strata giving way first.

    Every item draws a number, and a stratum holds its items of the lowest numbers: what it holds is
    a uniform sample of it, however much its part shrank on the way (bottom-k sampling; Cohen and
    Kaplan, "Summarizing data using bottom-k sketches", PODC 2007). The same seed and stream give
    the same sample.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._size = size
        self._random = Random(seed)  # noqa: S311 - a sample, no secret
        # Of a stratum the items with their negated numbers, so the highest number stands first.
        self._held: dict[str, list[tuple[float, int, Item]]] = {}
        self._limit: dict[str, float] = {}
        self.seen: Counter[str] = Counter()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def admits(self, stratum: str) -> float | None:
        """Count an item of a stratum; return the number with which to `put` it, None to drop it."""
        self.seen[stratum] += 1
        number = self._random.random()
        return number if self._size and number < self._limit.get(stratum, 1.0) else None

    def put(self, stratum: str, number: float, item: Item) -> None:
        """Hold an item, and let go of the largest stratum's highest number if it is too many."""
        heappush(self._held.setdefault(stratum, []), (-number, self.seen.total(), item))
        self._count += 1
        if self._count > self._size:
            fullest = max(self._held, key=self._pressure)
            self._limit[fullest] = -heappop(self._held[fullest])[0]
            self._count -= 1

    def _pressure(self, stratum: str) -> tuple[int, float]:
        """Order strata by what they hold; of equal ones the highest number goes first.

        Otherwise the strata that were met first would all stay, whatever comes later.
        """
        held = self._held[stratum]
        return len(held), -held[0][0] if held else 0.0

    def items(self) -> Iterator[tuple[Item, float]]:
        """Yield what is held, with how many items of the stream each stands for."""
        for stratum, held in sorted(self._held.items()):
            for _, _, item in sorted(held, key=lambda each: each[:2]):
                yield item, self.seen[stratum] / len(held)
