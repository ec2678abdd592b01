"""Which columns moved, in words, with their medians on both sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fingerprint.drift.measured import LEXICON, Measured
from fingerprint.drift.monitor.divergence import (
    BINS,
    USUAL,
    Distances,
    deciles,
    distances,
    mean_of,
)
from fingerprint.drift.monitor.draws import FloatArray, FloatMatrix, IntArray
from fingerprint.drift.monitor.pooled import Pooled
from fingerprint.drift.monitor.record import Column, Divergence
from fingerprint_features import registry
from fingerprint_features.activity import registry as activity

NAMED = 20
"""Columns that are told at most."""

DESCRIBED = 201
"""Rows of the draws that describe columns: what was observed and 200 draws."""


def columns_of(
    reference: Measured, current: Measured, pooled: Pooled, alpha: float
) -> tuple[tuple[Divergence, ...], tuple[int, int], tuple[Column, ...]]:
    """Return the divergence of each feature group, what moved, and the first columns of that.

    What moved is counted as columns, and as how many of these are n-grams: hashed, they have no
    words to be told in, and are not among the first.

    A column has moved where its Kolmogorov-Smirnov distance, over what it is on average without
    drift, is larger than the largest of all columns in all but `alpha` of the draws (Westfall and
    Young's single-step max-T): of columns that did not move, one is named at that rate.
    """
    used = pooled.used
    if not len(used):
        return (), (0, 0), ()
    coefficients = pooled.draws.coefficients[:DESCRIBED, used]
    values = pooled.both(reference.values, current.values)[used]
    is_current = pooled.current[used]
    bins = deciles(values)
    least = 0.5 / min(int(is_current.sum()), int((~is_current).sum()))
    found = distances(coefficients, bins, BINS, least)
    p = _p_values(found.ks)
    groups = np.array(reference.groups)
    moved, hashed = p <= alpha, groups == LEXICON
    order = np.lexsort((-_strength(found.ks)[0], p, hashed))[: min(NAMED, int((~hashed).sum()))]
    told = tuple(
        _column(reference, int(at), float(p[at]), found, (values[:, at], coefficients[0]))
        for at in order
    )
    by_group = tuple(
        mean_of(name, found, groups == name) for name in dict.fromkeys(groups.tolist())
    )
    return by_group, (int(moved.sum()), int((moved & hashed).sum())), told


def _strength(ks: FloatArray) -> FloatArray:
    usual = ks[1:].mean(axis=0)
    result: FloatArray = np.divide(ks, usual, out=np.zeros_like(ks), where=usual > 1e-6)
    return result


def _p_values(ks: FloatArray) -> FloatArray:
    strength = np.round(_strength(ks), 9)
    largest = np.sort(strength.max(axis=1))
    result: FloatArray = 1.0 - np.searchsorted(largest, strength[0], side="left") / len(largest)
    return result


def _column(
    side: Measured, at: int, p: float, found: Distances, cells: tuple[FloatMatrix, FloatMatrix]
) -> Column:
    name, (values, observed) = side.columns[at], cells
    before, now = np.maximum(-observed, 0), np.maximum(observed, 0)
    return Column(
        name=name,
        group=side.groups[at],
        words=words_of(name),
        p=p,
        ks=float(found.ks[0, at]),
        psi=float(found.psi[0, at]),
        psi_usual=float(np.quantile(found.psi[1:, at], USUAL)),
        reference_median=weighted_median(values, before),
        current_median=weighted_median(values, now),
        reference_mean=float(before @ values),
        current_mean=float(now @ values),
    )


def words_of(name: str) -> str:
    """Return what a column measures."""
    return registry.DESCRIPTIONS.get(name) or activity.DESCRIPTIONS[name]


def weighted_median(values: npt.NDArray[np.floating], weights: npt.NDArray[np.floating]) -> float:
    """Return the least value with half of the weight at or below it; NaN without weight."""
    order: IntArray = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order], dtype=np.float64)
    if not len(running) or running[-1] <= 0:
        return float("nan")
    return float(values[order[np.searchsorted(running, running[-1] / 2)]])
