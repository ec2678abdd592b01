"""Slopes over time within series, and a check that needs no spread: Kendall's with permutations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

FLOOR = 0.02
"""Spread that every point has at least: what makes two models differ is in no bootstrap."""

MOST_ORDERS = 720
"""Orders of periods tried; with at most six periods these are all."""


@dataclass(frozen=True, eq=False)
class Point:
    """A figure of one series in one period: replicates (1 + B,), the first is the figure itself.

    `time` is in years, `source` (1 + B,) the weight of its source in each replicate.
    """

    series: int
    period: str
    time: float
    figures: FloatArray
    source: FloatArray


def defined(points: Sequence[Point]) -> list[Point]:
    """Return the points with a figure whose series has one in two periods or more."""
    known = [each for each in points if math.isfinite(float(each.figures[0]))]
    periods = {at: {p.period for p in known if p.series == at} for at in {p.series for p in known}}
    return [each for each in known if len(periods[each.series]) > 1]


def slope(points: Sequence[Point]) -> FloatArray:
    """Return the slope a year, (1 + B,): weighted least squares with a level of its own per series.

    Only change within a pair and source counts, so that which pairs are there in which period
    cannot make a trend. NaN where no series has two periods.
    """
    known = defined(points)
    if not known:
        return np.full(len(points[0].figures) if points else 1, np.nan)
    weight = np.array([precision(each) for each in known])
    time = np.array([each.time for each in known])
    series = np.array([each.series for each in known])
    for at in set(series.tolist()):
        its = series == at
        time[its] -= np.average(time[its], weights=weight[its])
    own = np.stack([each.source for each in known]) * weight[:, None]
    figures = np.stack([each.figures for each in known])
    above = (own * time[:, None] * figures).sum(axis=0)
    result: FloatArray = above / (own * (time**2)[:, None]).sum(axis=0)
    return result


def levels(points: Sequence[Point]) -> dict[str, FloatArray]:
    """Return the level of each period, (1 + B,), as if every series had it in every period.

    The least-squares fit of series and period effects, at the mean series. Only of the periods that
    series hold together: what no series compares has no common level.
    """
    known = connected(defined(points))
    if not known:
        return {}
    names = sorted({each.period for each in known})
    series = sorted({each.series for each in known})
    design = np.zeros((len(known), len(series) + len(names)))
    for at, each in enumerate(known):
        design[at, series.index(each.series)] = 1.0
        design[at, len(series) + names.index(each.period)] = 1.0
    root = np.sqrt([precision(each) for each in known])
    figures = np.stack([each.figures for each in known])
    effects = np.linalg.pinv(design * root[:, None]) @ (figures * root[:, None])
    mean = effects[: len(series)].mean(axis=0)
    return {name: mean + effects[len(series) + at] for at, name in enumerate(names)}


def connected(points: Sequence[Point]) -> list[Point]:
    """Return the largest set of points whose series and periods hang together."""
    rest, best = list(points), list[Point]()
    while rest:
        own = [rest[0]]
        while True:
            series, periods = {p.series for p in own}, {p.period for p in own}
            grown = [p for p in rest if p.series in series or p.period in periods]
            if len(grown) == len(own):
                break
            own = grown
        best = max(best, own, key=len)
        rest = [each for each in rest if each not in own]
    return best


def precision(point: Point) -> float:
    """Return the weight of a point: one over its variance and the floor's."""
    spread = float(np.nanvar(point.figures[1:])) if len(point.figures) > 1 else 0.0
    return 1.0 / (spread + FLOOR**2)


def kendall(points: Sequence[Point], seed: int) -> tuple[float, float]:
    """Return Kendall's tau summed over series and its two-sided permutation p-value.

    Periods are permuted alike in all series, as what a period brings it brings to all pairs; with k
    periods p cannot be below 2/k!. NaN where no series has two periods.
    """
    known = defined(points)
    if not known:
        return math.nan, math.nan
    names = sorted({each.period for each in known})
    table = np.full((len({p.series for p in known}), len(names)), np.nan)
    numbers = {at: row for row, at in enumerate(sorted({p.series for p in known}))}
    for each in known:
        table[numbers[each.series], names.index(each.period)] = each.figures[0]
    rise = np.sign(table[:, None, :] - table[:, :, None])  # from period i to period j
    summed = np.nansum(rise, axis=0)
    count = np.isfinite(rise).sum(axis=0)
    upper = np.triu_indices(len(names), 1)
    total = float(summed[upper].sum())
    orders = _orders(len(names), seed)
    others = np.array([summed[np.ix_(order, order)][upper].sum() for order in orders])
    extreme = np.abs(others) >= abs(total) - 1e-9
    return total / float(count[upper].sum()), float(extreme.mean())


def _orders(count: int, seed: int) -> list[list[int]]:
    if math.factorial(count) <= MOST_ORDERS:
        return [list(order) for order in permutations(range(count))]
    chance = np.random.default_rng([seed, 4])
    drawn = [chance.permutation(count).tolist() for _ in range(MOST_ORDERS - 1)]
    return [list(range(count)), *drawn]
