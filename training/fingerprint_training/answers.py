"""Left-out answers: what sets, thresholds and pools are fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """Calibrated probabilities (n, classes) of left-out samples, truth, weights and owners (n,)."""

    probabilities: FloatArray
    truth: IntArray
    weights: FloatArray
    owner: IntArray


def joined(sides: Sequence[Answers]) -> Answers:
    """Return several sides as one, each weighing the same."""
    return Answers(
        np.concatenate([side.probabilities for side in sides]),
        np.concatenate([side.truth for side in sides]),
        np.concatenate([side.weights / side.weights.sum() for side in sides]),
        np.concatenate([side.owner for side in sides]),
    )


def quantile(values: FloatArray, weights: FloatArray, q: float) -> float:
    """Return the least value that a share `q` of the weight does not exceed."""
    order = np.argsort(values)
    mass = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(mass, q)), len(values) - 1)])
