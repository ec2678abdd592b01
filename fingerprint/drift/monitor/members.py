"""The panel: which few statistics raise the alarm, and of which kind each of them is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor.draws import FloatArray, FloatMatrix, IntArray
from fingerprint.drift.monitor.pooled import Pooled, centred, standardised
from fingerprint.drift.monitor.statistics import (
    WHITENED,
    components,
    discrepancy,
    fitting,
    joint_shift,
    of_group,
    shift,
    uneven,
)

LANGUAGES, FEATURES, FAMILIES = "languages", "features", "families"
CONFIDENCE, CALIBRATION = "confidence", "calibration"
KINDS = (LANGUAGES, FEATURES, FAMILIES, CONFIDENCE, CALIBRATION)

TOGETHER = "together"
"""All columns at once, by a kernel: it sees a few odd samples that no group's mean shows."""

UNKNOWN = "unknown"
FEWEST_LABELLED = 50
"""Labelled samples that each side needs, or calibration is not compared."""

PARTS = 5
"""Parts of the confidences in which calibration is compared, with equally many labels in each."""

_FLOOR = 1e-4
_LEAST = 1e-9


def statistics_of(reference: Measured, current: Measured, pooled: Pooled) -> dict[str, FloatArray]:
    """Return the panel's statistics by name, each of shape (1 + draws,).

    Languages alone are left where no language has enough samples on both sides; "calibration" is
    there where both sides have labels.
    """
    found = {LANGUAGES: uneven(pooled.draws.reference, pooled.draws.current)}
    used = pooled.used
    if not len(used):
        return found
    coefficients, language = pooled.draws.coefficients[:, used], pooled.language[used]
    values = centred(standardised(pooled.both(reference.values, current.values)[used]), language)
    groups = np.array(reference.groups)
    for group in dict.fromkeys(reference.groups):
        part = values[:, groups == group]
        found[group] = shift(coefficients, components(part, of_group(part.shape[1], pooled.units)))
    found[TOGETHER] = discrepancy(coefficients, components(values, fitting(WHITENED, pooled.units)))
    for name, make in ((FAMILIES, log_answers), (CONFIDENCE, sureness)):
        both = pooled.both(make(reference), make(current))[used].astype(np.float32)
        found[name] = joint_shift(coefficients, centred(both, language))
    gaps = calibration(reference, current, pooled)
    if gaps is not None:
        found[CALIBRATION] = gaps
    return found


def kind_of(member: str) -> str:
    """Return which of `KINDS` a statistic speaks of."""
    return member if member in KINDS else FEATURES


def log_answers(side: Measured) -> FloatMatrix:
    """Return log-probabilities (n, classes): of rare families a mean of probabilities sees none."""
    return np.log(side.probabilities + _FLOOR).astype(np.float32)


def sureness(side: Measured) -> FloatMatrix:
    """Return confidence, entropy in nats, novelty and whether unknown was told, shape (n, 4)."""
    p = side.probabilities
    entropy = -(p * np.log(p + 1e-12)).sum(axis=1)
    return np.stack((p.max(axis=1), entropy, side.novelty, side.told == UNKNOWN), axis=1).astype(
        np.float32
    )


def right(side: Measured) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which samples have a label that is a class, and whose likeliest class is right."""
    classes = np.array(side.classes)
    return np.isin(side.label, classes), classes[side.probabilities.argmax(axis=1)] == side.label


def parts(confidence: FloatArray) -> FloatArray:
    """Return the ends between `PARTS` parts with equally many samples, shape (PARTS - 1,)."""
    result: FloatArray = np.quantile(confidence, np.arange(1, PARTS) / PARTS)
    return result


def calibration(reference: Measured, current: Measured, pooled: Pooled) -> FloatArray | None:
    """Return how far confidence - correctness differs as a whole and in each part of confidence.

    A sum of squared standard scores (1 + draws,); None where a side has too few labels.
    """
    known, hit = (pooled.both(a, b) for a, b in zip(right(reference), right(current), strict=True))
    rows = pooled.used[known[pooled.used]]
    if min(pooled.current[rows].sum(), (~pooled.current[rows]).sum()) < FEWEST_LABELLED:
        return None
    sure = pooled.both(reference.probabilities.max(axis=1), current.probabilities.max(axis=1))
    gap = (sure - hit)[rows]
    part = np.searchsorted(parts(sure[rows]), sure[rows])
    every = [np.ones(len(rows), dtype=np.bool_), *(part == each for each in np.unique(part))]
    scores = [
        _standard(pooled.draws.coefficients[:, rows[some]], gap[some], pooled.language[rows[some]])
        for some in every
    ]
    result: FloatArray = (np.stack(scores) ** 2).sum(axis=0)
    return result


def _standard(coefficients: FloatMatrix, values: FloatArray, language: IntArray) -> FloatArray:
    """Return the mean difference within language of the samples given, in its standard error.

    How many of them a draw puts on either side changes from draw to draw, and the error with it.
    """
    centre = centred(values[:, None].astype(np.float32), language)[:, 0]
    error = np.sqrt((centred(coefficients.T, language) ** 2).sum(axis=0)) * float(centre.std())
    apart = coefficients @ centre
    result: FloatArray = np.divide(apart, error, out=np.zeros(len(apart)), where=error > _LEAST)
    return result
