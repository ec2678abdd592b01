"""How far two sides lie apart: statistics that are one number for every draw of the sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh

FloatMatrix = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]

PART, LEAST, MOST = 0.25, 30, 300
"""Principal components of a group: a quarter of its columns, but 30 to 300. With fewer, and with
all of them, fewer planted generators were found (benchmarks/README.md)."""

WHITENED, NARROW = 300, 0.25
"""Components that the kernel looks at, each scaled to variance 1 (unscaled, the first few decide
all), and its width as a part of the median distance. An admixture is a few samples that lie close
to each other: of widths from 0.1 to 1 this one found the most of them (benchmarks/README.md)."""

_BLOCK = 512
_UNITS_EACH, _FEWEST = 10, 2
_LEAST = 1e-6
_NO_SPREAD = 1e-12  # of a column that is constant but for rounding
_ROUNDING = 1e-5  # of the largest variance: less is rounding of float32


def components(values: FloatMatrix, most: int) -> FloatMatrix:
    """Return the first principal components of centred columns (n, d), shape (n, k ≤ most).

    Components without variance are left out. The sign of each is fixed by its largest loading.
    """
    if not values.shape[1]:
        return values
    scatter, width = values.T @ values / np.float32(max(len(values), 1)), values.shape[1]
    largest = (max(width - most, 0), width - 1)
    spread, axes = eigh(scatter, subset_by_index=largest)
    kept = np.flatnonzero(spread > _ROUNDING * max(float(spread[-1]), _ROUNDING))[::-1]
    chosen = axes[:, kept]
    peak = np.abs(chosen).argmax(axis=0)
    chosen = chosen * np.sign(chosen[peak, np.arange(len(kept))])
    result: FloatMatrix = values @ chosen.astype(np.float32)
    return result


def of_group(columns: int, units: int) -> int:
    """Return how many components stand for a group of columns, `units` being what is shuffled."""
    return fitting(min(max(round(PART * columns), LEAST), MOST), units)


def fitting(most: int, units: int) -> int:
    """Return `most`, or fewer where there are few samples (or sources, where these are shuffled).

    With as many scaled components as units any two sides are equally far apart, and nothing is ever
    found; a tenth leaves nine in ten directions to chance.
    """
    return max(min(most, units // _UNITS_EACH), _FEWEST)


def shift(coefficients: FloatMatrix, scores: FloatMatrix) -> FloatArray:
    """Return the sum of squared standard scores of the mean differences, shape (1 + draws,).

    Each column is scaled by its spread over the draws, so columns that always differ, as between
    sources, count little. Of principal components this is Hotelling's T² with a covariance that
    comes from the draws. `scores` has shape (n, k).
    """
    moved = (coefficients @ scores).astype(np.float64)
    spread = moved.std(axis=0)
    fine = spread > max(_LEAST * float(spread.max(initial=0.0)), _NO_SPREAD)
    result: FloatArray = ((moved[:, fine] / spread[fine]) ** 2).sum(axis=1)
    return result


def joint_shift(coefficients: FloatMatrix, columns: FloatMatrix) -> FloatArray:
    """Return the squared Mahalanobis length of the mean difference of few columns (n, k).

    The covariance is that of the difference over the draws; directions without any are left out.
    """
    moved = (coefficients @ columns).astype(np.float64)
    spread, axes = np.linalg.eigh(np.atleast_2d(np.cov(moved.T)))
    fine = spread > max(_LEAST * float(spread[-1]), _NO_SPREAD)
    result: FloatArray = ((moved @ axes[:, fine]) ** 2 / spread[fine]).sum(axis=1)
    return result


def discrepancy(coefficients: FloatMatrix, scores: FloatMatrix) -> FloatArray:
    """Return the squared maximum mean discrepancy with a Laplace kernel, shape (1 + draws,).

    Gretton et al., "A kernel two-sample test" (2012), with k(x, y) = exp(-|x - y| / width) and
    k(x, x) = 0, for which coefficients stand in place of 1/n and -1/m. `scores` are components
    (n, k). The width goes by distances of the pooled samples, no matter who stands on which side.
    The kernel is made block by block: memory grows with n, not with n².
    """
    whitened = scores / np.maximum(scores.std(axis=0), np.float32(_LEAST))
    square = (whitened**2).sum(axis=1)
    width = np.float32(NARROW * _median_distance(whitened, square))
    total = np.zeros(len(coefficients))
    for start in range(0, len(whitened), _BLOCK):
        block = slice(start, start + _BLOCK)
        kernel = np.exp(-_distances(whitened, square, block) / width)
        here = np.arange(kernel.shape[1])
        kernel[here + start, here] = 0.0
        total += ((coefficients @ kernel) * coefficients[:, block]).sum(axis=1, dtype=np.float64)
    return total


def _distances(scores: FloatMatrix, square: FloatMatrix, block: slice) -> FloatMatrix:
    inner = scores @ scores[block].T
    apart: FloatMatrix = np.sqrt(np.maximum(square[:, None] + square[None, block] - 2 * inner, 0))
    return apart


def _median_distance(scores: FloatMatrix, square: FloatMatrix) -> float:
    """Return the median distance of all samples to every so manieth one."""
    some = np.arange(0, len(scores), max(len(scores) // 200, 1))
    inner = scores @ scores[some].T
    apart = np.sqrt(np.maximum(square[:, None] + square[None, some] - 2 * inner, 0))
    return max(float(np.median(apart)), _LEAST)


def uneven(reference: FloatArray, current: FloatArray) -> FloatArray:
    """Return how far shares of kinds differ, from counts (1 + draws, kinds): a chi-square's sum.

    Σ (p - q)² / pooled share.
    """
    before = reference / np.maximum(reference.sum(axis=1, keepdims=True), 1)
    now = current / np.maximum(current.sum(axis=1, keepdims=True), 1)
    pooled = (reference + current)[0] / max(float((reference + current)[0].sum()), 1)
    seen = pooled > 0
    result: FloatArray = ((now - before)[:, seen] ** 2 / pooled[seen]).sum(axis=1)
    return result
