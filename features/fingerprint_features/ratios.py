"""Small statistics that are defined for every input: no division by nought, no NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.integer[Any]] | npt.NDArray[np.floating[Any]] | npt.NDArray[np.bool_]
"""Arrays that statistics can be taken of."""


def share(part: float, whole: float) -> float:
    """Return part / whole, 0 where there is no whole."""
    return part / whole if whole else 0.0


def preference(one: float, other: float) -> float:
    """Return how much `one` is preferred to `other`, in (0, 1), 0.5 where neither was seen.

    The posterior mean of a Beta(1, 1) prior (Laplace's rule): one sighting does not yet make
    a habit.
    """
    return (one + 1.0) / (one + other + 2.0)


def entropy(counts: Numbers) -> float:
    """Return the Shannon entropy of counts, in bits."""
    values = np.asarray(counts, dtype=np.float64)
    total = values.sum()
    if total <= 0:
        return 0.0
    p = values[values > 0] / total
    return float(-(p * np.log2(p)).sum()) + 0.0


def quantiles(values: Numbers, at: tuple[float, ...]) -> list[float]:
    """Return quantiles of values, 0 where there are none."""
    if not len(values):
        return [0.0] * len(at)
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    last = len(ordered) - 1
    return [float(ordered[round(q * last)]) for q in at]


def mean(values: Numbers) -> float:
    """Return the mean, 0 where there are no values."""
    return float(np.add.reduce(values, dtype=np.float64)) / len(values) if len(values) else 0.0


def spread(values: Numbers) -> float:
    """Return the standard deviation, 0 where there are no values."""
    if not len(values):
        return 0.0
    # As numpy's `std` does it, without its overhead for arrays of a few dozen values.
    apart = np.asarray(values, dtype=np.float64) - mean(values)
    return float(np.sqrt(np.add.reduce(apart * apart) / len(values)))
