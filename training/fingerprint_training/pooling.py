"""Fitting and measuring pools: how much more n samples of one new source tell than one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_models.pooling import Pooling
from fingerprint_models.transfer import log_softmax
from fingerprint_training import metrics
from fingerprint_training.answers import Answers
from fingerprint_training.assessment import plain

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SIZES = (1, 3, 10, 30, 100)
"""Samples in a pool whose figures are told."""

MOST = 20
"""Pools drawn of one source and class: more say the same once more."""

FACTORS = np.geomspace(0.2, 3.0, 12)
GROWTHS = np.linspace(0.0, 0.5, 6)
DRAWS = 200


@dataclass(frozen=True)
class PoolScore:
    """Figures of pools of `size` samples, each with the ends of its 95 % interval over owners."""

    size: int
    pools: int
    owners: int
    macro_f1: tuple[float, float, float]
    accuracy: tuple[float, float, float]
    human_auroc: tuple[float, float, float]
    ece: tuple[float, float, float]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, None for what could not be measured."""
        names = ("macro_f1", "accuracy", "human_auroc", "ece")
        figures = {
            name: dict(zip(("value", "low", "high"), plain(getattr(self, name)), strict=True))
            for name in names
        }
        return {"size": self.size, "pools": self.pools, "owners": self.owners, **figures}


@dataclass(frozen=True)
class Pools:
    """Samples that are pooled: `rows` (pools, size), with the truth and owner of each pool."""

    rows: IntArray
    truth: IntArray
    owner: IntArray

    @property
    def weights(self) -> FloatArray:
        """Weights under which an owner counts as the root of its pools."""
        weights: FloatArray = 1.0 / np.sqrt(np.bincount(self.owner)[self.owner])
        return weights


def draw(side: Answers, cell: Sequence[str], size: int, seed: int = 0) -> Pools:
    """Draw pools of `size` samples, each out of one `cell`: a source and who wrote the samples.

    `cell` names that of each sample; all samples of a cell have one true class.
    """
    _, place = np.unique(np.array(cell), return_inverse=True)
    chance = np.random.default_rng(seed)
    found: list[IntArray] = []
    for each in range(int(place.max()) + 1):
        members = np.flatnonzero(place == each)
        if len(members) >= size:
            times = min(MOST, len(members) // size)
            found += [chance.choice(members, size, replace=False) for _ in range(times)]
    rows = np.array(found, dtype=np.int64).reshape(-1, size)
    return Pools(rows, side.truth[rows[:, 0]], side.owner[rows[:, 0]])


def fit_pooling(side: Answers, cell: Sequence[str], seed: int = 0) -> Pooling:
    """Choose how evidence adds up, by likelihood of pools of left-out sources."""
    means = []
    for size in SIZES[1:]:
        pools = draw(side, cell, size, seed)
        logs = np.log(side.probabilities[pools.rows]).mean(axis=1)
        means.append((size, logs, pools))
    losses = np.zeros((len(FACTORS), len(GROWTHS)))
    for size, logs, pools in means:
        if len(logs):
            right = np.arange(len(logs)), pools.truth
            for at in np.ndindex(losses.shape):
                strength = FACTORS[at[0]] * size ** GROWTHS[at[1]]
                likely = log_softmax(strength * logs)[right]
                losses[at] -= np.average(likely, weights=pools.weights)
    best = np.unravel_index(int(np.argmin(losses)), losses.shape)
    return Pooling(float(FACTORS[best[0]]), float(GROWTHS[best[1]]))


def pools(pooling: Pooling, side: Answers, cell: Sequence[str], seed: int = 0) -> Answers:
    """Return the answers to pools of several sizes: what their thresholds are fitted on."""
    drawn = [draw(side, cell, size, seed) for size in SIZES[1:]]
    truth = np.concatenate([each.truth for each in drawn])
    likely = [pooling(side.probabilities[rows]) for each in drawn for rows in each.rows]
    weights = np.concatenate([each.weights for each in drawn])
    p = np.array(likely).reshape(len(truth), side.probabilities.shape[1])
    return Answers(p, truth, weights, np.concatenate([each.owner for each in drawn]))


def curve(
    pooling: Pooling, side: Answers, cell: Sequence[str], human: int | None, seed: int = 0
) -> tuple[PoolScore, ...]:
    """Return how well pools of each size are told, sources weighed as the root of their pools."""
    found = []
    for size in SIZES:
        pools = draw(side, cell, size, seed)
        if len(pools.rows):
            found.append(_score(pooling, side, pools, size, human))
    return tuple(found)


def _score(
    pooling: Pooling, side: Answers, pools: Pools, size: int, human: int | None
) -> PoolScore:
    p = np.stack([pooling(side.probabilities[rows]) for rows in pools.rows])
    right = p.argmax(axis=1) == pools.truth
    ai = np.ones(len(p)) if human is None else 1.0 - p[:, human]
    is_ai = np.ones(len(p), dtype=np.bool_) if human is None else pools.truth != human

    def figures(weights: FloatArray) -> FloatArray:
        even = weights * pools.weights
        return np.array(
            [
                metrics.macro_f1(pools.truth, p.argmax(axis=1), p.shape[1], even),
                metrics.share(right, even),
                metrics.auroc(is_ai, ai, even),
                metrics.ece(np.minimum(p.max(axis=1), 1.0), right, even),
            ]
        )

    table = metrics.bootstrap(pools.owner, figures, n=DRAWS)
    values = [tuple(column) for column in table.T.tolist()]
    return PoolScore(size, len(p), len(np.unique(pools.owner)), *values)


def mean_answers(side: Answers) -> FloatArray:
    """Return the mean answer by true class, (classes, classes): what shares are corrected by."""
    classes = side.probabilities.shape[1]
    means = np.full((classes, classes), 1.0 / classes)
    for c in np.unique(side.truth).tolist():
        own = side.truth == c
        means[c] = np.average(side.probabilities[own], axis=0, weights=side.weights[own])
    return means
