"""Current samples that are most unlike the reference, by a classifier that did not see them."""

from __future__ import annotations

import numpy as np

from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor.draws import FloatArray, FloatMatrix, IntArray
from fingerprint.drift.monitor.pooled import Pooled, centred, standardised
from fingerprint.drift.monitor.record import Example
from fingerprint.drift.monitor.statistics import components
from fingerprint_training.metrics import auroc

SHOWN = 10
_COMPONENTS, _FOLDS = 60, 5


def examples_of(
    reference: Measured, current: Measured, pooled: Pooled, random: np.random.Generator
) -> tuple[float, tuple[Example, ...]]:
    """Return the classifier's out-of-fold AUROC within languages, and the clearest samples.

    A linear discriminant on principal components (Lopez-Paz and Oquab, "Revisiting classifier
    two-sample tests", 2017). The AUROC has no p-value of its own: the panel's kernel is the test.
    """
    used = pooled.used
    if not len(used):
        return float("nan"), ()
    language = pooled.language[used]
    values = pooled.both(reference.values, current.values)[used]
    scores = components(centred(standardised(values), language), _COMPONENTS)
    if not scores.shape[1]:
        return float("nan"), ()
    observed = pooled.draws.coefficients[0, used]
    told = _out_of_fold(scores, observed, _folds(pooled, random))
    is_current = pooled.current[used]
    first = np.argsort(np.where(is_current, -told, np.inf), kind="stable")
    first = first[: min(SHOWN, int(is_current.sum()))]
    rows = pooled.row[used][first]
    shown = tuple(
        _example(current, int(row), float(told[at])) for row, at in zip(rows, first, strict=True)
    )
    return auroc(is_current, told, np.abs(observed).astype(np.float64)), shown


def _folds(pooled: Pooled, random: np.random.Generator) -> IntArray:
    """Return the fold of each used sample: whole sources where these were shuffled, else singly.

    A side of few sources is folded singly too: with most of it in one fold, samples of the other
    side alone would say which way it lies.
    """
    used = pooled.used
    fold = random.integers(_FOLDS, size=len(used))
    of_source = random.integers(_FOLDS, size=int(pooled.source.max()) + 1)[pooled.source[used]]
    for side in (False, True):
        rows = pooled.current[used] == side
        many = len(np.unique(pooled.source[used][rows])) >= 2 * _FOLDS
        if pooled.by == "sources" and many:
            fold[rows] = of_source[rows]
    return fold


def _out_of_fold(scores: FloatMatrix, observed: FloatMatrix, fold: IntArray) -> FloatArray:
    told = np.zeros(len(scores))
    spread = scores.var(axis=0)
    for each in np.unique(fold):
        inside, out = fold != each, fold == each
        direction = (observed[inside] @ scores[inside]) / (spread + spread.mean())
        told[out] = scores[out] @ direction
    result: FloatArray = told / max(float(told.std()), 1e-12)
    return result


def _example(side: Measured, row: int, score: float) -> Example:
    return Example(
        at=int(side.at[row]),
        language=str(side.language[row]),
        source=str(side.source[row]),
        told=str(side.told[row]),
        novelty=float(side.novelty[row]),
        score=score,
        known_as="" if side.known_as is None else str(side.known_as[row]),
    )
