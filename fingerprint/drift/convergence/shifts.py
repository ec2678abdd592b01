"""What moved within a family, group by group, and how reliable the shipped model's answers are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.figures import Estimate, estimate
from fingerprint.drift.convergence.measures import Measures
from fingerprint.drift.convergence.record import GroupShift, Reliability
from fingerprint.drift.measured import Measured
from fingerprint_training import metrics

FloatArray = npt.NDArray[np.float64]
Strings = npt.NDArray[np.str_]

BINS = 10


def group_shifts(found: Measures, groups: Sequence[str]) -> list[GroupShift]:
    """Return the shift of each family, and their mean, by later period and group.

    Intervals draw tasks alone: they speak of these very models' answers to other such tasks.
    """
    told = []
    families = sorted({key[0] for key in found.shift})
    for family in ("", *families):
        periods = {key[2] for key in found.shift if family in ("", key[0])}
        for period in sorted(periods):
            for group in groups:
                own = [
                    (key[1], each)
                    for key, each in found.shift.items()
                    if family in ("", key[0])
                    and key[2:] == (period, group)
                    and math.isfinite(float(each[0]))
                ]
                if own:
                    told.append(_shift(found, family, period, group, own))
    return told


def _shift(
    found: Measures, family: str, period: str, group: str, own: list[tuple[str, FloatArray]]
) -> GroupShift:
    weight = np.stack([found.source_weight(source) for source, _ in own])
    figures = np.stack([each for _, each in own])
    mean = (weight * figures).sum(axis=0) / weight.sum(axis=0)
    tasks = sum(found.source_tasks(source) for source in {source for source, _ in own})
    return GroupShift(family, period, group, estimate(mean, tasks), len(own))


def reliabilities(measured: Measured, family: Strings, period: Strings) -> list[Reliability]:
    """Return the calibration of the model by period, on samples of families that it knows."""
    classes = np.array(measured.classes)
    known = (period != "") & np.isin(family, classes)
    told = []
    for name in sorted(set(period[known].tolist())):
        rows = np.flatnonzero(known & (period == name))
        best = measured.probabilities[rows].argmax(axis=1)
        sure = measured.probabilities[rows].max(axis=1)
        right = classes[best] == family[rows]
        tasks = np.char.add(np.char.add(measured.source[rows], "\t"), measured.task[rows])
        told.append(_reliability(name, sure, right, tasks))
    return told


def _reliability(
    name: str, sure: FloatArray, right: npt.NDArray[np.bool_], tasks: Strings
) -> Reliability:
    def both(weights: FloatArray) -> FloatArray:
        return np.array(
            [metrics.share(right, weights), metrics.ece(sure, right, weights, bins=BINS)]
        )

    value, low, high = metrics.bootstrap(tasks, both, n=100)
    bins = metrics.reliability_bins(sure, right, bins=BINS)
    accuracy, ece = (Estimate(*map(float, each)) for each in zip(value, low, high, strict=True))
    return Reliability(
        name,
        len(sure),
        len(np.unique(tasks)),
        accuracy,
        ece,
        tuple(bins.mass.tolist()),
        tuple(bins.confidence.tolist()),
        tuple(bins.accuracy.tolist()),
    )
