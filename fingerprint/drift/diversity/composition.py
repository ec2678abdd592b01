"""Draws of two sides composed alike: of the same tasks or sources, as many samples of each.

Samples of one task, or of one source, resemble each other. Of two sides that are equal the one
whose draws take more samples of one cluster would read as less diverse; so draws of both are made
of the same strata, and of each stratum take as many samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.diversity.formulas import FloatArray, IntArray
from fingerprint.drift.rows import Strings

FEWEST_CLUSTERS = 5
"""With fewer sources or tasks nothing honest can be said of how far others may differ."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """What each of n entries stands in: `names` of clusters, which are of kind `of`.

    `of` is "source" or "task". `matched` names what both sides of a difference must have of the
    entry: its task, its source, or nothing ("").
    """

    names: Strings
    of: str
    matched: Strings

    def __getitem__(self, at: npt.NDArray[np.bool_] | IntArray) -> Clusters:
        """Return those of some entries."""
        return Clusters(self.names[at], self.of, self.matched[at])


def clusters(
    source: Strings, task: Strings, *, of: str | None = None, what: str | None = None
) -> Clusters:
    """Return sources as clusters where there are enough of them, else the tasks of each source.

    A sample without a task is a task of its own. `what` is matched: "task", "source", or nothing.
    """
    names = [
        f"{where}\n{name}" if name else f"{where}\n\n{at}"
        for at, (where, name) in enumerate(zip(source.tolist(), task.tolist(), strict=True))
    ]
    tasks = np.array(names, dtype=np.str_)
    matched = {"task": tasks, "source": source}.get(what or "", np.full(len(source), ""))
    if of == "source" or (of is None and len(set(source.tolist()) - {""}) >= FEWEST_CLUSTERS):
        return Clusters(source, "source", matched)
    return Clusters(tasks, "task", matched)


@dataclass(frozen=True, eq=False)
class Layout:
    """How one side is drawn from: its entries lie in units, units in strata.

    `order` (m,) are the entries that can be drawn, by their ascending `unit` (m,). Of each unit
    `stratum` (ascending), `cluster` and `base`, its weight, are told; `most` (strata,) is how many
    samples of a stratum a draw can take. Units of one stratum stand for each other: a draw takes
    from one of them.
    """

    order: IntArray
    unit: IntArray
    stratum: IntArray
    cluster: IntArray
    base: FloatArray
    most: IntArray

    @property
    def clusters(self) -> int:
        """How many clusters there are to draw."""
        return int(self.cluster.max()) + 1 if len(self.cluster) else 0

    def compose(
        self, weights: FloatArray, size: int, draws: int, chance: np.random.Generator
    ) -> IntArray | None:
        """Return how many samples of each stratum draws of `size` take, (draws, strata).

        `weights` (units,) are divided among what a stratum holds. None is drawn twice: in a
        bootstrap's replicate, copies would pass for a lack of diversity. Return None where fewer
        than `size` have a weight.
        """
        if not size:
            return np.zeros((1, len(self.most)), dtype=np.int64)
        whole = np.bincount(self.stratum, weights, minlength=len(self.most))
        held = np.repeat(np.arange(len(self.most)), np.where(whole > 0, self.most, 0))
        if len(held) < size:
            return None
        # The first to come in a race of exponential clocks are a weighted sample without
        # replacement (Efraimidis and Spirakis 2006).
        rate = whole[held] / self.most[held]
        clocks = chance.exponential(size=(draws, len(held))) / rate
        first = held[np.argpartition(clocks, size - 1, axis=1)[:, :size]]
        first += len(self.most) * np.arange(draws)[:, None]
        counts = np.bincount(first.ravel(), minlength=draws * len(self.most))
        return counts.reshape(draws, len(self.most))

    def take(self, counts: IntArray, weights: FloatArray, chance: np.random.Generator) -> IntArray:
        """Return the entries of draws that are so composed, (draws, size)."""
        draws = len(counts)
        with np.errstate(divide="ignore"):
            clocks = chance.exponential(size=(draws, len(weights))) / weights
        begins = np.searchsorted(self.stratum, np.arange(len(self.most)))
        earliest = np.minimum.reduceat(clocks, begins, axis=1)[:, self.stratum]
        wanted = counts[:, self.stratum] * (clocks == earliest)
        mixed = np.argsort(self.unit + chance.random((draws, len(self.unit))), axis=1)
        place = np.arange(len(self.unit)) - np.searchsorted(self.unit, self.unit)
        found: IntArray = self.order[mixed[place < wanted[:, self.unit]].reshape(draws, -1)]
        return found


def alone(of: Clusters) -> Layout:
    """Return the layout of a side by itself: each cluster is a stratum, and they count alike."""
    names, unit, count = np.unique(of.names, return_inverse=True, return_counts=True)
    return _alone(unit, np.ones(len(names)), count)


def _alone(unit: IntArray, base: FloatArray, most: IntArray) -> Layout:
    each = np.arange(len(most))
    return _layout(unit, each, each, base, most)


def paired(one: Clusters, other: Clusters) -> tuple[Layout, Layout]:
    """Return the layouts of sides that have all that is matched in common.

    What is matched is a stratum, of which as many samples are drawn as the smaller side has. In a
    cluster its strata count alike.
    """
    both = np.concatenate((one.matched, other.matched))
    _, first, unit = np.unique(both, return_index=True, return_inverse=True)
    sides = unit[: len(one.names)], unit[len(one.names) :]
    most = np.minimum(*(np.bincount(side, minlength=len(first)) for side in sides))
    names = np.concatenate((one.names, other.names))[first]
    _, cluster, strata = np.unique(names, return_inverse=True, return_counts=True)
    each, base = np.arange(len(first)), 1 / strata[cluster]
    return (
        _layout(sides[0], each, cluster, base, most),
        _layout(sides[1], each, cluster, base, most),
    )


def apart(one: Clusters, other: Clusters) -> tuple[Layout, Layout]:
    """Return the layouts of sides of different clusters, of which nothing is drawn.

    All that is matched counts on both sides as much, and in it the clusters of a side alike.
    """
    sides = [_Units.of(side, np.unique(one.matched)) for side in (one, other)]
    count = [side.at_least(1) for side in sides]
    strata = np.minimum(*count)
    found = [
        _alone(side.unit, (strata / held)[side.group], side.size)
        for side, held in zip(sides, count, strict=True)
    ]
    return found[0], found[1]


def cut(
    one: Clusters, other: Clusters, *, least: int, chance: np.random.Generator
) -> tuple[Layout, Layout]:
    """Return the layouts of sides of different clusters, cut to as many on both, and as large.

    Each gives as few samples as make `least` of a side together, so that most clusters are large
    enough. A side that has more of them shares them out to the strata by chance. Strata are what
    the bootstrap draws, those of both sides together: drawn apart, one side's replicate would hold
    fewer of them than the other's. Clusters met by chance have nothing in common, so the
    differences of strata vary as much as both sides do.
    """
    sides = [_Units.of(side, np.unique(one.matched)) for side in (one, other)]
    top = min(int(side.size.max()) for side in sides)
    strata = [np.minimum(*(side.at_least(size) for side in sides)) for size in range(1, top + 1)]
    held = np.array([size * each.sum() for size, each in enumerate(strata, 1)])
    best = int(np.argmax(held >= least if (held >= least).any() else held))
    most = np.full(strata[best].sum(), best + 1)
    found = []
    for side in sides:
        stratum = side.shared_out(best + 1, strata[best], chance)
        count = np.bincount(stratum[stratum >= 0], minlength=len(most))
        found.append(_layout(side.unit, stratum, stratum, 1 / count[stratum], most))
    return found[0], found[1]


@dataclass(frozen=True, eq=False)
class _Units:
    """The clusters of one side: the `unit` of each entry, and the `size` and `group` of each unit.

    Groups are what is matched, in which each side has clusters of its own.
    """

    unit: IntArray
    size: IntArray
    group: IntArray
    groups: int

    @classmethod
    def of(cls, side: Clusters, matched: Strings) -> _Units:
        _, first, unit, size = np.unique(
            side.names, return_index=True, return_inverse=True, return_counts=True
        )
        return cls(unit, size, np.searchsorted(matched, side.matched[first]), len(matched))

    def at_least(self, size: int) -> IntArray:
        """Return how many units of each group have so many entries."""
        return np.bincount(self.group[self.size >= size], minlength=self.groups)

    def shared_out(self, size: int, strata: IntArray, chance: np.random.Generator) -> IntArray:
        """Return the stratum of each unit of a size, in each group so many strata; -1 of others."""
        stratum = np.full(len(self.size), -1, dtype=np.int64)
        mixed = chance.permutation(np.flatnonzero(self.size >= size))
        for group, (count, begin) in enumerate(
            zip(strata, np.cumsum(strata) - strata, strict=True)
        ):
            own = mixed[self.group[mixed] == group]
            if count:
                stratum[own] = begin + np.arange(len(own)) % count
        return stratum


def _layout(
    unit: IntArray, stratum: IntArray, cluster: IntArray, base: FloatArray, most: IntArray
) -> Layout:
    """Return a layout of entries in units, those in order that have a stratum."""
    kept = np.flatnonzero(stratum >= 0)
    kept = kept[np.argsort(stratum[kept], kind="stable")]
    number = np.full(len(stratum), -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    order = np.argsort(number[unit], kind="stable")
    order = order[number[unit][order] >= 0]
    return Layout(order, number[unit][order], stratum[kept], cluster[kept], base[kept], most)
