"""Distances of distributions: PSI, Jensen-Shannon and Kolmogorov-Smirnov, and what is usual.

None of them is held against a fixed limit (such as 0.2 for PSI): what a distance is without drift
depends on how many samples, languages and sources stand behind it, and the draws say that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.monitor.draws import BoolArray, FloatArray, FloatMatrix
from fingerprint.drift.monitor.record import Divergence

BINS = 10
"""Deciles of both sides together: those of the reference alone, as is usual for PSI, would fit what
was observed and not the draws."""

USUAL = 0.95

Bins = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Distances:
    """Each of shape (1 + draws, columns)."""

    psi: FloatArray
    js: FloatArray
    ks: FloatArray


def deciles(values: FloatMatrix) -> Bins:
    """Return the bin 0 … 9 of each cell of (n, d), between deciles of its column."""
    edges = np.quantile(values, np.arange(1, BINS) / BINS, axis=0, method="lower")
    bins = np.zeros(values.shape, dtype=np.uint8)
    for at in range(values.shape[1]):
        bins[:, at] = np.searchsorted(edges[:, at], values[:, at], side="left")
    return bins


def distances(coefficients: FloatMatrix, bins: Bins, kinds: int, least: float) -> Distances:
    """Return the distances of both sides' shares of `kinds` bins, for each column of (n, d).

    `least` is added to shares in logarithms, so that an empty bin is not infinitely far.
    """
    ahead = np.maximum(coefficients, 0)
    psi = js = running = ks = np.zeros((len(coefficients), bins.shape[1]))
    for kind in range(kinds):
        here = (bins == kind).astype(np.float32)
        now = (ahead @ here).astype(np.float64)
        gap = (coefficients @ here).astype(np.float64)
        before = np.maximum(now - gap, 0.0)
        middle = np.log2((now + before) / 2 + least)
        psi = psi + gap * np.log((now + least) / (before + least))
        js = js + (now * (np.log2(now + least) - middle)) / 2
        js = js + (before * (np.log2(before + least) - middle)) / 2
        running = running + gap
        ks = np.maximum(ks, np.abs(running))
    return Distances(psi, np.maximum(js, 0.0), ks)


def of_counts(name: str, reference: FloatArray, current: FloatArray) -> Divergence:
    """Return the divergence of two tables of counts (1 + draws, kinds) without an order."""
    least = 0.5 / max(float(min(reference[0].sum(), current[0].sum())), 1.0)
    before = reference / np.maximum(reference.sum(axis=1, keepdims=True), 1) + least
    now = current / np.maximum(current.sum(axis=1, keepdims=True), 1) + least
    middle = (before + now) / 2
    psi = ((now - before) * np.log(now / before)).sum(axis=1)
    js = (now * np.log2(now / middle) + before * np.log2(before / middle)).sum(axis=1) / 2
    return Divergence(name, 1, *_with_usual(psi), *_with_usual(js), float("nan"), float("nan"))


def mean_of(name: str, found: Distances, columns: BoolArray, *, ordered: bool = True) -> Divergence:
    """Return the mean divergence of some columns; without order there is no `ks`."""
    psi, js, ks = (each[:, columns].mean(axis=1) for each in (found.psi, found.js, found.ks))
    last = _with_usual(ks) if ordered else (float("nan"), float("nan"))
    return Divergence(name, int(columns.sum()), *_with_usual(psi), *_with_usual(js), *last)


def _with_usual(statistic: FloatArray) -> tuple[float, float]:
    """Return what was observed, and what 95 % of the draws stay below."""
    return float(statistic[0]), float(np.quantile(statistic[1:], USUAL))
