"""One verdict of several statistics: the alarm as a whole keeps its rate, then each by itself.

The clearest statistic of a panel is held against the clearest of every draw (Westfall and Young,
"Resampling-based multiple testing", 1993, the free step-down of minP). Statistics that go together
cost less than a Bonferroni correction would take, and the rate holds whatever they share.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc

FloatArray = npt.NDArray[np.float64]

_NEAR = 1e-9
_LEAST_SKEWNESS = 0.05  # below, the gamma distribution is the normal one


def stepped_down(statistics: Mapping[str, FloatArray]) -> dict[str, tuple[float, float]]:
    """Return the p-value of each statistic, and what it is within the panel.

    A statistic has shape (1 + draws,), row 0 the observed one; large means drift. The smallest
    adjusted p-value is the panel's own. No p-value is 0: what was observed is one of the draws.
    """
    names = list(statistics)
    if not names:
        return {}
    scores = np.stack([surprise(statistics[name]) for name in names])
    order = np.argsort(-scores[:, 0], kind="stable")
    adjusted, least = np.empty(len(names)), 0.0
    for step, member in enumerate(order):
        least = max(least, _rank(scores[order[step:]].max(axis=0), scores[member, 0]))
        adjusted[member] = least
    return {
        name: (_rank(scores[at], scores[at, 0]), float(adjusted[at]))
        for at, name in enumerate(names)
    }


def surprise(statistic: FloatArray) -> FloatArray:
    """Return -log10 of the tail beyond each row, shape as given; 0 where nothing varies.

    The tail is of the gamma distribution with the rows' mean, variance and skewness (Pearson's
    type III). It only puts statistics on a common scale, finer than ranks, which tie as soon as
    each of two statistics is the largest of its draws: p-values are shares of draws all the same.
    """
    spread = float(statistic.std())
    if spread <= _NEAR * max(float(np.abs(statistic).max()), _NEAR):
        return np.zeros(len(statistic))
    standard = (statistic - statistic.mean()) / spread
    skewness = max(float((standard**3).mean()), _LEAST_SKEWNESS)
    shape = 4 / skewness**2
    tail = gammaincc(shape, np.maximum(shape + standard * np.sqrt(shape), 0.0))
    # The last term keeps the order where tails no longer differ in double precision.
    result: FloatArray = -np.log10(np.maximum(tail, 1e-300)) + _NEAR * standard
    return result


def _rank(scores: FloatArray, observed: float) -> float:
    return float((scores >= observed).mean())
