"""Statistics of many groups at once: of the lines, names or nodes of each sample of a batch.

Samples are short, so that numpy's overhead for one call outweighs the work; a call that serves a
whole batch costs hardly more. Whole numbers are summed exactly, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fingerprint_features.grammars import BoolArray, IntArray
from fingerprint_features.ratios import Numbers

FloatArray = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Groups:
    """Items that stand in the order of their groups; `size` (groups,) says how many each has."""

    size: Index

    @classmethod
    def of_owners(cls, owner: Index | IntArray, groups: int) -> Groups:
        """Return the groups of items whose owners, ascending, are given."""
        return cls(np.bincount(owner, minlength=groups))

    def __len__(self) -> int:
        return len(self.size)

    @cached_property
    def start(self) -> Index:
        """Position of each group's first item."""
        return np.cumsum(self.size) - self.size

    @cached_property
    def owner(self) -> Index:
        """Group of each item."""
        return np.repeat(np.arange(len(self.size)), self.size)

    @cached_property
    def _filled(self) -> Index:
        return np.flatnonzero(self.size)

    def sum(self, values: Numbers) -> FloatArray:
        """Return each group's sum, 0 for an empty one."""
        return self._reduce(np.add, values)

    def max(self, values: Numbers) -> FloatArray:
        """Return each group's largest value, 0 for an empty one."""
        return self._reduce(np.maximum, values)

    def mean(self, values: Numbers) -> FloatArray:
        """Return each group's mean, 0 for an empty one."""
        return shares(self.sum(values), self.size)

    def variance(self, values: Numbers) -> FloatArray:
        """Return each group's variance, 0 for an empty one."""
        apart = values - self.mean(values)[self.owner]
        return self.mean(apart * apart)

    def spread(self, values: Numbers) -> FloatArray:
        """Return each group's standard deviation, 0 for an empty one."""
        made: FloatArray = np.sqrt(self.variance(values))
        return made

    def quantiles(self, values: IntArray, at: tuple[float, ...]) -> list[FloatArray]:
        """Return quantiles of whole numbers that are not negative, 0 for an empty group."""
        if not len(values):
            return [np.zeros(len(self.size)) for _ in at]
        # Groups stand in order already: sorting group and value as one number keeps them apart.
        scale = int(values.max()) + 1
        below = np.arange(len(self.size)) * scale
        # Numbers of 16 bits are sorted many times faster than others.
        kind = np.uint16 if len(self.size) * scale < 1 << 16 else np.intp
        ordered = np.sort((below[self.owner] + values).astype(kind), kind="stable").astype(np.intp)
        last = np.maximum(self.size - 1, 0)
        places = (np.minimum(self.start + np.rint(q * last), len(values) - 1) for q in at)
        found = (ordered[place.astype(np.intp)] - below for place in places)
        return [np.where(self.size > 0, each, 0.0) for each in found]

    def entropy(self, counts: Numbers) -> FloatArray:
        """Return the Shannon entropy of each group's counts, all above 0, in bits."""
        p = counts / self.sum(counts)[self.owner]
        return -self.sum(p * np.log2(p)) + 0.0

    def kept(self, chosen: BoolArray) -> Groups:
        """Return the groups of the chosen items alone."""
        return Groups(self.sum(chosen).astype(np.intp))

    def _reduce(self, how: np.ufunc, values: Numbers) -> FloatArray:
        found = np.zeros(len(self.size))
        if len(values):
            found[self._filled] = how.reduceat(values, self.start[self._filled], dtype=np.float64)
        return found


def shares(part: Numbers, whole: Numbers) -> FloatArray:
    """Return part / whole, 0 where there is no whole; see `ratios.share`."""
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole != 0)


def preferences(one: Numbers, other: Numbers) -> FloatArray:
    """Return how much `one` is preferred to `other`; see `ratios.preference`."""
    made: FloatArray = (one + 1.0) / (one + other + 2.0)
    return made
