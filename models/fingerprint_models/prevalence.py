"""How much of a collection each class wrote: estimated as a whole, not counted from answers.

A classifier that errs pulls every count of its answers towards the classes it likes. The adjusted
probabilistic count undoes that: the mean answer of a mixture is the mixture of the classes' mean
answers (Bella et al., "Quantification via probability estimators", ICDM 2010), so the shares are
what solves `mean(p) = shares @ mean_answers` on the simplex, as nearly as can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

FEWEST = 30
"""Below so many changes an interval would say nothing but that nothing is known."""

DRAWS = 200
"""Bootstrap draws of an interval (Efron and Tibshirani, 1993: 200 and more for percentiles)."""

SUPPORT = 100.0
"""What a row of mean answers weighs, in changes, where it was not measured: a class's mean answer
then strays from one repository to the next by up to 5 points. An assumption, on the wide side."""

_LEVELS = (0.025, 0.975)
_STEPS = 1_000
_STILL = 1e-8


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of K classes, which sum to 1, each with the ends of its 95 % interval.

    `n` changes stand behind them.
    """

    classes: tuple[str, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: int


def estimate(
    probabilities: FloatArray,
    mean_answers: FloatArray,
    classes: Sequence[str],
    *,
    weights: FloatArray | None = None,
    support: float = SUPPORT,
    draws: int = DRAWS,
    seed: int = 0,
) -> Shares | None:
    """Return the shares of K classes among n changes, or None where n is below `FEWEST`.

    `probabilities` (n, K) are calibrated answers, `mean_answers` (K, K) holds in row c the mean
    answer to changes of class c, `weights` (n,) says how many changes each stands for. Intervals
    are percentiles of bootstrap draws over changes, each with mean answers drawn anew from
    Dirichlet distributions of weight `support`. The same seed gives the same intervals.
    ValueError: the shapes do not agree, or a weight is not above 0.
    """
    n, k = _checked(probabilities, mean_answers, classes, weights)
    if n < FEWEST:
        return None
    weight = np.ones(n) if weights is None else weights / weights.mean()
    random = np.random.default_rng(seed)
    share = solve((weight @ probabilities / n)[None], mean_answers[None])[0]
    times = random.multinomial(n, np.full(n, 1 / n), size=draws) * weight
    means = times @ probabilities / times.sum(axis=1, keepdims=True)
    rows = random.gamma(np.broadcast_to(mean_answers * support, (draws, k, k)))
    drawn = solve(means, rows / np.maximum(rows.sum(axis=2, keepdims=True), 1e-300))
    low, high = np.quantile(drawn, _LEVELS, axis=0)
    # At an end of the simplex all draws agree, and would promise what n changes cannot: of a class
    # that none of n is of, up to this share may be (Clopper and Pearson, 1934).
    unseen = 1.0 - _LEVELS[0] ** (1.0 / n)
    low, high = np.minimum(low, 1.0 - unseen), np.maximum(high, unseen)
    return Shares(
        classes=tuple(classes),
        share=tuple(share.tolist()),
        low=tuple(np.minimum(low, share).tolist()),
        high=tuple(np.maximum(high, share).tolist()),
        n=n,
    )


def solve(means: FloatArray, mean_answers: FloatArray) -> FloatArray:
    """Return the points of the simplex, (B, K), whose mixtures come nearest to `means` (B, K).

    `mean_answers` has shape (B, K, K). Least squares by accelerated projected gradient (Beck and
    Teboulle, "A fast iterative shrinkage-thresholding algorithm", 2009; restarts after O'Donoghue
    and Candès, "Adaptive restart for accelerated gradient schemes", 2015), all B at once.
    """
    gram = mean_answers @ mean_answers.transpose(0, 2, 1)
    target = np.einsum("bk,bck->bc", means, mean_answers)
    step = 1.0 / np.linalg.norm(gram, ord=2, axis=(1, 2))[:, None]
    shares = np.full_like(means, 1.0 / means.shape[1])
    ahead, momentum = shares, np.ones((len(means), 1))
    for _ in range(_STEPS):
        slope = np.einsum("bk,bck->bc", ahead, gram) - target
        found = _on_simplex(ahead - step * slope)
        # A point that the step leaves where it is solves the problem; one that merely did not
        # move since the last step may sit in a corner into which the momentum overshot.
        still = np.abs(found - ahead).max() < _STILL
        against = ((ahead - found) * (found - shares)).sum(axis=1, keepdims=True) > 0
        momentum = np.where(against, 1.0, momentum)
        after = (1.0 + np.sqrt(1.0 + 4.0 * momentum**2)) / 2.0
        ahead = found + (momentum - 1.0) / after * (found - shares)
        shares, momentum = found, after
        if still:
            break
    return shares


def _on_simplex(points: FloatArray) -> FloatArray:
    """Return the nearest points of the simplex (Duchi et al., ICML 2008)."""
    k = points.shape[1]
    falling = -np.sort(-points, axis=1)
    excess = (np.cumsum(falling, axis=1) - 1.0) / np.arange(1, k + 1)
    last = k - 1 - np.argmax((falling > excess)[:, ::-1], axis=1)
    return np.maximum(points - np.take_along_axis(excess, last[:, None], axis=1), 0.0)


def _checked(
    probabilities: FloatArray,
    mean_answers: FloatArray,
    classes: Sequence[str],
    weights: FloatArray | None,
) -> tuple[int, int]:
    k = len(classes)
    if probabilities.ndim != 2 or probabilities.shape[1] != k or mean_answers.shape != (k, k):
        raise ValueError(
            f"answers of shape {probabilities.shape} and mean answers of shape "
            f"{mean_answers.shape} do not fit {k} classes"
        )
    n = len(probabilities)
    if weights is not None and (weights.shape != (n,) or not (weights > 0).all()):
        raise ValueError(f"give {n} weights, each above 0")
    return n, k
