"""The panel: which few statistics raise the alarm, and of which kind each of them is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor.draws import FloatArray, FloatMatrix
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

_FLOOR = 1e-4


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
    gap = gaps(reference, current, pooled)
    if gap is not None:
        found[CALIBRATION] = np.abs((coefficients @ gap[used]).astype(np.float64))
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


def gaps(reference: Measured, current: Measured, pooled: Pooled) -> FloatMatrix | None:
    """Return confidence - correctness less its mean within language (n,), 0 without a label.

    None where a side has too few labels.
    """
    known, hit = (pooled.both(a, b) for a, b in zip(right(reference), right(current), strict=True))
    if min((known & pooled.current).sum(), (known & ~pooled.current).sum()) < FEWEST_LABELLED:
        return None
    sure = pooled.both(reference.probabilities.max(axis=1), current.probabilities.max(axis=1))
    gap = np.zeros(len(known), dtype=np.float32)
    gap[known] = centred((sure - hit)[known], pooled.language[known])
    return gap
