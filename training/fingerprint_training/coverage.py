"""Levels of prediction sets, so that they hold the truth on a source never seen.

Samples of one source are alike, so their number says little of how a new source will do. A new
source counts as one more draw among the left-out owners (hierarchical conformal prediction; Lee,
Barber and Willett, "Distribution-free inference with hierarchical data", 2023): each owner weighs
the same, and one more owner, of which the worst is assumed, stands for the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_models.conformal import PredictionSets
from fingerprint_training import metrics
from fingerprint_training.answers import Answers, quantile
from fingerprint_training.assessment import Estimate, plain

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

COVERAGE = 0.90
"""Share of samples whose set must hold the truth: of a new owner's, and of all."""

FEWEST_OWNERS = 12
"""Owners from which on a language has a level of its own: nine in ten of fewer is all of them."""


def fit_sets(
    known: Sequence[Answers], unseen: Sequence[Answers], language: Sequence[str]
) -> PredictionSets:
    """Return the levels at which sets cover on every side, as owners count and as samples count.

    `language` names that of each sample, in the order of every side.
    """
    names = np.array(language)
    everything = np.ones(len(names), dtype=np.bool_)
    level = _level([*known, *unseen], everything)
    by_language = {
        str(name): _level([*known, *unseen], names == name)
        for name in np.unique(names)
        if name and len(np.unique(unseen[0].owner[names == name])) >= FEWEST_OWNERS
    }
    return PredictionSets(level, by_language)


def _level(sides: Sequence[Answers], rows: npt.NDArray[np.bool_]) -> float:
    found = []
    for side in sides:
        needed = needed_level(side.probabilities[rows], side.truth[rows])
        found.append(_above(quantile(needed, side.weights[rows], COVERAGE)))
        found.append(new_owner_level(needed, side.owner[rows]))
    return max(found)


def needed_level(probabilities: FloatArray, truth: IntArray) -> FloatArray:
    """Return what stands before the truth, shape (n,): above it, a level's set holds the truth."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    reached = np.cumsum(np.take_along_axis(probabilities, order, axis=1), axis=1)
    place = (order == truth[:, None]).argmax(axis=1)
    before = reached[np.arange(len(place)), np.maximum(place - 1, 0)]
    return np.where(place > 0, before, 0.0)


def new_owner_level(needed: FloatArray, owner: IntArray) -> float:
    """Return the level at which the samples of one more owner are covered on average."""
    _, group, size = np.unique(owner, return_inverse=True, return_counts=True)
    share = 1.0 / size[group] / (len(size) + 1)
    order = np.argsort(needed)
    # What nine owners add up to is nine tenths, but for rounding.
    at = int(np.searchsorted(np.cumsum(share[order]), COVERAGE - 1e-9))
    return _above(float(needed[order][at])) if at < len(needed) else 1.0


def _above(needed: float) -> float:
    """Return the level whose sets hold the truth where `needed` stands before it."""
    return min(needed + 1e-9, 1.0)


@dataclass(frozen=True)
class SetScore:
    """How often sets hold the truth, of all samples and of the mean owner's, and their size.

    Intervals are 95 %, by bootstrap over owners.
    """

    samples: Estimate
    owners: Estimate
    size: Estimate

    def to_dict(self) -> dict[str, dict[str, float | None]]:
        """Return plain data, None for what could not be measured."""
        made: dict[str, dict[str, float | None]] = plain(asdict(self))
        return made


def measure_sets(sets: PredictionSets, side: Answers, language: Sequence[str]) -> SetScore:
    """Return the coverage of prediction sets on samples that no level was chosen on."""
    classes = tuple(str(c) for c in range(side.probabilities.shape[1]))
    found = sets(side.probabilities, language, classes)
    held = np.array([str(t) in each for t, each in zip(side.truth.tolist(), found, strict=True)])
    size = np.array([len(each) for each in found], dtype=np.float64)
    even = 1.0 / np.bincount(side.owner)[side.owner]

    def figures(weights: FloatArray) -> FloatArray:
        return np.array(
            [
                metrics.share(held, weights),
                metrics.share(held, weights * even),
                metrics.share(size, weights),
            ]
        )

    table = metrics.bootstrap(side.owner, figures)
    return SetScore(*(Estimate(*column) for column in table.T.tolist()))
