"""What the model says of both sides: how sure it is, what it tells, and which mix that implies."""

from __future__ import annotations

import numpy as np

from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor.divergence import Distances, distances, mean_of
from fingerprint.drift.monitor.draws import FloatArray, FloatMatrix, IntArray
from fingerprint.drift.monitor.members import FAMILIES, PARTS, parts, right, sureness
from fingerprint.drift.monitor.pooled import Pooled
from fingerprint.drift.monitor.record import Calibration, Divergence, Mix, Reliability, Shift
from fingerprint_models.prevalence import estimate
from fingerprint_training.metrics import bootstrap, ece

SURENESS = ("confidence", "entropy", "novelty", "told unknown")
LEAST_OF_CLASS = 10
"""Labelled samples from which a class's mean answer is taken; classes with fewer are left out."""

_ENDS = (0.025, 0.975)


def sureness_of(reference: Measured, current: Measured, pooled: Pooled) -> tuple[Shift, ...]:
    """Return the means of confidence, entropy, novelty and the share that is told unknown."""
    both = pooled.both(sureness(reference), sureness(current))
    return _shifts(SURENESS, both, pooled)


def predicted_of(
    reference: Measured, current: Measured, pooled: Pooled
) -> tuple[tuple[Shift, ...], tuple[Divergence, ...]]:
    """Return the share of each likeliest family by side, and how far the shares lie apart."""
    names = reference.classes
    both = pooled.both(reference.probabilities, current.probabilities)
    code = both.argmax(axis=1)
    cells = np.eye(len(names), dtype=np.float32)[code]
    used = pooled.used
    if not len(used):
        return (), ()
    least = 0.5 / min(int(pooled.current[used].sum()), int((~pooled.current[used]).sum()))
    bins = code[used, None].astype(np.uint8)
    found: Distances = distances(pooled.draws.coefficients[:, used], bins, len(names), least)
    apart = mean_of(FAMILIES, found, np.array([True]), ordered=False)
    return _shifts(names, cells, pooled), (apart,)


def _shifts(names: tuple[str, ...], columns: FloatMatrix, pooled: Pooled) -> tuple[Shift, ...]:
    used = pooled.used
    if not len(used):
        return ()
    coefficients, here = pooled.draws.coefficients[:, used], columns[used]
    gap = coefficients @ here
    now = np.maximum(coefficients[0], 0) @ here
    before = now - gap[0]
    ends = (before + np.quantile(gap[1:], end, axis=0) for end in _ENDS)
    low, high = (np.clip(end, here.min(axis=0), here.max(axis=0)) for end in ends)
    return tuple(
        Shift(name, *(float(each[at]) for each in (before, now, low, high)))
        for at, name in enumerate(names)
    )


def mix_of(reference: Measured, current: Measured, pooled: Pooled, seed: int) -> tuple[Mix, ...]:
    """Return each class's share of the reference's labels and, estimated, of the current side.

    Black-box shift estimation (Lipton, Wang and Smola, 2018), soft: the mean answer of the current
    side is a mixture of the reference's mean answers to each class, weighted as the current side
    has its languages. Empty where fewer than two classes have enough labels, or the current side
    too few samples for an interval, of which sources are single ones where these are shuffled.
    """
    side = pooled.current[pooled.used]
    rows = pooled.row[pooled.used]
    weight = np.abs(pooled.draws.coefficients[0, pooled.used]).astype(np.float64)
    before, now = rows[~side], rows[side]
    labels, answers = reference.label[before], reference.probabilities[before]
    kept = [
        at for at, name in enumerate(reference.classes) if (labels == name).sum() >= LEAST_OF_CLASS
    ]
    if len(kept) < 2:
        return ()
    names = [reference.classes[at] for at in kept]
    of_class = [(answers[labels == name], weight[~side][labels == name]) for name in names]
    mean = np.stack([np.average(said, axis=0, weights=by)[kept] for said, by in of_class])
    unit = pooled.source[pooled.used][side] if pooled.by == "sources" else np.arange(len(now))
    said, sizes = _means(_share(current.probabilities[now][:, kept]), unit)
    found = estimate(said, _share(mean), names, weights=sizes, seed=seed)
    if found is None:
        return ()
    mass = np.array([weight[~side][labels == name].sum() for name in names])
    shares = mass / max(float(mass.sum()), 1e-12)
    return tuple(
        Mix(name, float(share), *ends)
        for name, share, *ends in zip(
            names, shares, found.share, found.low, found.high, strict=True
        )
    )


def _means(answers: FloatArray, unit: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean answer of each unit (units, classes), and how many answers it has."""
    _, code, sizes = np.unique(unit, return_inverse=True, return_counts=True)
    total = np.zeros((len(sizes), answers.shape[1]))
    np.add.at(total, code, answers)
    return total / sizes[:, None], sizes.astype(np.float64)


def _share(values: FloatArray) -> FloatArray:
    result: FloatArray = values / np.maximum(values.sum(axis=1, keepdims=True), 1e-12)
    return result


def calibration_of(
    reference: Measured, current: Measured, *, found: bool, seed: int
) -> Calibration:
    """Return both sides' calibration; worse where a difference was `found` and the error is larger.

    Intervals resample whole sources where a side names two or more.
    """
    sides = reference, current
    before, now = (_reliability(side, seed) for side in sides)
    ends = parts(np.concatenate([side.probabilities.max(axis=1)[right(side)[0]] for side in sides]))
    return Calibration(before, now, worse=found and _error(current, ends) > _error(reference, ends))


def _error(side: Measured, ends: FloatArray) -> float:
    """Return the mean squared gap between confidence and correctness over parts of confidence.

    Less what chance adds to it (the variance of each part's mean), which falls as labels get more:
    the side with fewer labels, whose ECE is the larger for that alone, is not taken for the worse.
    """
    known, hit = right(side)
    sure = side.probabilities.max(axis=1)[known]
    gap, part = sure - hit[known], np.searchsorted(ends, sure)
    inside = [gap[part == each] for each in range(PARTS)]
    return sum(
        len(each) * float(each.mean()) ** 2 - float(each.var(ddof=1))
        for each in inside
        if len(each) > 1
    ) / len(gap)


def _reliability(side: Measured, seed: int) -> Reliability:
    known, hit = right(side)
    sure, hit = side.probabilities.max(axis=1)[known], hit[known]
    source = side.source[known]
    groups = source if len(np.unique(source)) > 1 else np.arange(len(source))
    (value,), (low,), (high,) = bootstrap(
        groups, lambda weights: np.array([ece(sure, hit, weights)]), seed=seed
    )
    accuracy = float(hit.mean())
    return Reliability(
        int(known.sum()), float(value), float(low), float(high), accuracy,
        float(sure.mean()) - accuracy,
    )  # fmt: skip
