"""How far apart two groups of samples lie, in units of the spread within them, without bias."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.arranged import ALL, Arranged
from fingerprint.drift.convergence.figures import Resamples

FloatArray = npt.NDArray[np.float64]
FloatMatrix = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Standardised:
    """Standardised `values` (m, columns) of some samples; sample i stands in row `at[i]`."""

    samples: Arranged
    values: FloatMatrix
    at: Positions

    def of(self, rows: Positions) -> FloatMatrix:
        """Return the values of samples by position."""
        return self.values[self.at[rows]]


def gaps(
    standard: Standardised, first: Positions, second: Positions, weights: Resamples
) -> dict[str, FloatArray]:
    """Return by group the squared distance of the two means over the variance within, (1 + B,).

    Means are taken at shared tasks, task by task. With the difference Δ_t of task t, the sum of
    Δ_s · Δ_t over pairs of different tasks estimates the squared distance without bias: noise does
    not lift it, and where there is no distance it falls below nought half of the time. The variance
    within is that of a family's answers to one task, summed over columns. NaN without two shared
    tasks, or without two answers of one side to a task.
    """
    samples = standard.samples
    tasks, differences = _differences(standard, first, second)
    within = _within(standard, first, second)
    found = {}
    for group, part in {ALL: slice(None), **samples.groups}.items():
        found[group] = _ratio(differences[:, part], float(within[part].sum()), tasks, weights)
    return found


def _differences(
    standard: Standardised, first: Positions, second: Positions
) -> tuple[Positions, FloatArray]:
    """Return the shared tasks (t,) and the difference of means in each (t, columns)."""
    samples = standard.samples
    strata = np.intersect1d(samples.stratum[first], samples.stratum[second])
    left, right = (
        _means(standard.of(rows), np.searchsorted(strata, samples.stratum[rows]), len(strata))
        for rows in (
            first[np.isin(samples.stratum[first], strata)],
            second[np.isin(samples.stratum[second], strata)],
        )
    )
    _, place = np.unique(samples.stratum[first], return_index=True)
    owner = samples.task_at[first[place]]
    owner = owner[np.isin(np.unique(samples.stratum[first]), strata)]
    tasks, of = np.unique(owner, return_inverse=True)
    return tasks, _means(left - right, of, len(tasks))


def _within(standard: Standardised, first: Positions, second: Positions) -> FloatArray:
    """Return the variance of each column within a side and stratum, sides even; (columns,)."""
    samples, found = standard.samples, []
    for rows in (first, second):
        names, place, count = np.unique(
            samples.stratum[rows], return_inverse=True, return_counts=True
        )
        own = standard.of(rows)
        rest = own - _means(own, place, len(names))[place]
        free = int((count - 1).sum())
        if free > 0:
            found.append((rest.astype(np.float64) ** 2).sum(axis=0) / free)
    return np.mean(found, axis=0) if found else np.full(standard.values.shape[1], np.nan)


def _means(rows: npt.NDArray[np.floating], place: Positions, count: int) -> FloatArray:
    order = np.argsort(place, kind="stable")
    sizes = np.bincount(place, minlength=count)
    if not count:
        return np.zeros((0, rows.shape[1]))
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    sums = np.add.reduceat(rows[order].astype(np.float64), starts, axis=0)
    return np.asarray(sums / sizes[:, None], dtype=np.float64)


def _ratio(
    differences: FloatArray, within: float, tasks: Positions, weights: Resamples
) -> FloatArray:
    if len(tasks) < 2 or not within > 0:
        return np.full(len(weights.task), np.nan)
    inner = differences @ differences.T
    own = weights.task[:, tasks]
    squares = own**2
    whole = np.einsum("bt,bt->b", own @ inner, own) - squares @ np.diag(inner)
    result: FloatArray = whole / (own.sum(axis=1) ** 2 - squares.sum(axis=1)) / within
    return result
