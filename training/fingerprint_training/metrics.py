"""Figures of merit as functions of arrays, and a bootstrap that resamples whole groups.

Every figure takes `weights` (n,), one a row: a resample that draws a group twice is the same rows
with the group's weights at 2, so one set of functions serves the figures and their intervals. A
figure that its rows leave undefined is NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Groups = npt.NDArray[np.str_] | IntArray

BINS = 15  # of equal width, as Guo et al. 2017 report ECE
LEVEL = 0.95  # of every interval


@dataclass(frozen=True, slots=True)
class Bins:
    """A reliability diagram: bin b holds the confidences in (b/B, (b+1)/B], the first also 0.

    `mass` is the rows' weight in each bin; mean confidence and accuracy of an empty bin are NaN.
    All have shape (B,).
    """

    mass: FloatArray
    confidence: FloatArray
    accuracy: FloatArray


def confusion(
    truth: IntArray, told: IntArray, n_classes: int, weights: FloatArray | None = None
) -> FloatArray:
    """Return the weight of rows by true class (row) and told class (column), shape (K, K)."""
    cells = np.bincount(truth * n_classes + told, weights, n_classes * n_classes)
    return cells.reshape(n_classes, n_classes).astype(np.float64)


def per_class_f1(
    truth: IntArray, told: IntArray, n_classes: int, weights: FloatArray | None = None
) -> FloatArray:
    """Return F1 = 2 TP / (2 TP + FP + FN) of each class, shape (K,).

    NaN for a class that does not occur in `truth`: its F1 would be 0 or undefined by whether
    somebody was mistaken for it. Such mistakes still cost the classes they were made on.
    """
    cells = confusion(truth, told, n_classes, weights)
    support = cells.sum(axis=1)
    return _ratio(2 * cells.diagonal(), support + cells.sum(axis=0), where=support > 0)


def macro_f1(
    truth: IntArray, told: IntArray, n_classes: int, weights: FloatArray | None = None
) -> float:
    """Return the plain mean of F1 over the classes that occur in `truth`; NaN without rows."""
    scores = per_class_f1(truth, told, n_classes, weights)
    return _mean(scores[~np.isnan(scores)])


def auroc(positive: BoolArray, score: FloatArray, weights: FloatArray | None = None) -> float:
    """Return the chance that a positive row scores above a negative one, ties counted half.

    Mann-Whitney's U over its maximum (Hanley and McNeil 1982). NaN when a side is empty.
    """
    each = _weights(weights, len(score))
    _, place = np.unique(score, return_inverse=True)
    above = np.bincount(place, each * positive)
    below = np.bincount(place, each * ~positive)
    lower = np.cumsum(below) - below / 2  # negatives below each score, those level with it half
    return _divide(float(above @ lower), float(above.sum() * below.sum()))


def reliability_bins(
    confidence: FloatArray,
    correct: BoolArray,
    weights: FloatArray | None = None,
    *,
    bins: int = BINS,
) -> Bins:
    """Sort rows into `bins` equal steps of confidence in [0, 1] and average within each."""
    each = _weights(weights, len(confidence))
    place = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    mass, sure, right = (
        np.bincount(place, values, bins).astype(np.float64)
        for values in (each, each * confidence, each * correct)
    )
    return Bins(mass, _ratio(sure, mass, where=mass > 0), _ratio(right, mass, where=mass > 0))


def ece(
    confidence: FloatArray,
    correct: BoolArray,
    weights: FloatArray | None = None,
    *,
    bins: int = BINS,
) -> float:
    """Return the expected calibration error of the top label, in [0, 1]; NaN without rows.

    The mean over rows of |accuracy − mean confidence| of their bin (Naeini et al. 2015; 15 bins of
    equal width as in Guo et al. 2017). Chance alone lifts it: with few rows it reads too high.
    """
    found = reliability_bins(confidence, correct, weights, bins=bins)
    full = found.mass > 0
    gaps = np.abs(found.accuracy - found.confidence)[full]
    return _divide(float(found.mass[full] @ gaps), float(found.mass.sum()))


def brier(truth: IntArray, probabilities: FloatArray, weights: FloatArray | None = None) -> float:
    """Return the mean over rows of the squared distance to the true class's corner, in [0, 2].

    Brier 1950, summed over classes: a coin's 0.5 of two classes costs 0.5. NaN without rows.
    """
    hit = probabilities[np.arange(len(truth)), truth]
    costs = (probabilities**2).sum(axis=1) - 2 * hit + 1
    return share(costs, weights)


def coverage_at_precision(
    confidence: FloatArray,
    correct: BoolArray,
    target: float,
    weights: FloatArray | None = None,
) -> float:
    """Return the largest share of rows that one threshold answers at precision ≥ `target`.

    0 when no threshold does; rows of equal confidence are answered together. The threshold is
    chosen on these very rows, so this is what a threshold could reach, not a promise. NaN without
    rows.
    """
    each = _weights(weights, len(confidence))
    # np.unique sorts upward, and a threshold answers everything from it up: hence the flips.
    _, place = np.unique(-confidence, return_inverse=True)
    answered = np.cumsum(np.bincount(place, each))
    right = np.cumsum(np.bincount(place, each * correct))
    if not answered.size or not answered[-1]:
        return float("nan")
    enough = (right >= target * answered - 1e-9) & (answered > 0)
    return float(np.max(answered[enough], initial=0.0) / answered[-1])


def share(values: FloatArray | BoolArray, weights: FloatArray | None = None) -> float:
    """Return the weighted mean of `values` (n,); NaN without weight."""
    each = _weights(weights, len(values))
    return _divide(float(each @ values), float(each.sum()))


def clopper_pearson(hits: int, trials: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a share of `hits` in `trials` (Clopper and Pearson 1934).

    It holds for independent trials; (0, 1) without any. Raises ValueError unless
    0 ≤ hits ≤ trials.
    """
    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} hits in {trials} trials: hits lie between 0 and the trials")
    tail = (1 - LEVEL) / 2
    low = float(betaincinv(hits, trials - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 1 - tail)) if hits < trials else 1.0
    return low, high


def false_positive_rate(negative: BoolArray, flagged: BoolArray) -> tuple[float, float, float]:
    """Return the share of `negative` rows that are `flagged`, with its Clopper-Pearson interval.

    NaN with (0, 1) when no row is negative.
    """
    hits, trials = int((negative & flagged).sum()), int(negative.sum())
    return (_divide(hits, trials), *clopper_pearson(hits, trials))


def bootstrap(
    groups: Groups,
    statistic: Callable[[FloatArray], FloatArray],
    *,
    n: int = 200,
    seed: int = 0,
) -> FloatArray:
    """Return value, low and high of each of m figures, shape (3, m), by cluster bootstrap.

    `statistic` maps row weights (rows,) to m figures. As many groups as there are get drawn with
    replacement, `n` times, each with all its rows (Field and Welsh 2007): rows of one task or one
    source resemble each other, and drawing rows would pretend to more evidence than there is.

    The interval is the 95 % percentile interval, stretched to hold the value where a figure is
    biased under resampling (ECE reads higher on a resample). Resamples that leave a figure
    undefined do not count; with fewer than two groups nothing is known of the spread, and the
    interval is NaN. With a handful of groups it is too narrow: give their number beside it.
    """
    names, member = np.unique(groups, return_inverse=True)
    value = statistic(np.ones(len(groups)))
    if len(names) < 2:
        return np.stack([value, np.full_like(value, np.nan), np.full_like(value, np.nan)])
    draws = np.random.default_rng(seed).multinomial(
        len(names), np.full(len(names), 1 / len(names)), size=n
    )
    figures = np.stack([statistic(draw[member].astype(np.float64)) for draw in draws])
    low, high = (_percentile(figures, tail) for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return np.stack([value, np.fmin(low, value), np.fmax(high, value)])


def _percentile(figures: FloatArray, tail: float) -> FloatArray:
    known = ~np.isnan(figures)
    columns = [each[fine] for each, fine in zip(figures.T, known.T, strict=True)]
    return np.array([np.quantile(each, tail) if each.size else np.nan for each in columns])


def _weights(weights: FloatArray | None, count: int) -> FloatArray:
    return np.ones(count) if weights is None else weights


def _divide(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _ratio(part: FloatArray, whole: FloatArray, *, where: BoolArray) -> FloatArray:
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=where)
