"""Calibrating on left-out tasks and left-out sources: pools, and the gate between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fingerprint_models.calibration import (
    FLOOR,
    MIN_BATCH,
    Calibration,
    Gate,
    Pool,
    Scores,
    adapt_sides,
    context,
    nearness,
)
from fingerprint_models.transfer import log_softmax
from fingerprint_training.answers import Answers
from fingerprint_training.crossfit import LeftOut

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

BIAS_PENALTY = 0.02
"""L2 penalty on a pool's class biases: a new source's shares are not those of the corpus."""

CONCENTRATIONS = (1.0, 3.0, 10.0, 30.0, 100.0)


@dataclass(frozen=True)
class Evidence:
    """Left-out answers of the same samples, with their truth, source and its owner."""

    tasks: LeftOut
    sources: LeftOut
    truth: IntArray
    source: IntArray
    owner: IntArray

    @property
    def even(self) -> FloatArray:
        """The same, with small classes lifted: a new source's shares are not the corpus's."""
        mass = np.bincount(self.truth, weights=self.weights)
        even: FloatArray = self.weights / np.sqrt(mass[self.truth])
        even /= even.mean()
        return even

    @property
    def weights(self) -> FloatArray:
        """Weights under which each source counts as the root of its size; mean 1."""
        weights: FloatArray = 1.0 / np.sqrt(np.bincount(self.source)[self.source])
        weights /= weights.mean()
        return weights


def calibrate(evidence: Evidence, human: int | None) -> Calibration:
    """Fit every part of the calibration on left-out answers."""
    known = fit_pool(evidence.tasks.scores, evidence.truth, np.ones(len(evidence.truth)))
    unseen = fit_pool(evidence.sources.scores, evidence.truth, evidence.even)
    concentration = _concentration(known, evidence, human)
    return Calibration(known, unseen, fit_gate(evidence), human, concentration)


def fit_pool(scores: Scores, truth: IntArray, weights: FloatArray) -> Pool:
    """Fit a pool by maximum likelihood; no head may count negatively."""
    heads = (scores.booster, scores.transfer, scores.side)
    factors, bias = fit_weights(heads, truth, weights, start=(0.5, 0.2, 0.2))
    return Pool(factors[0], factors[1], factors[2], tuple(bias.tolist()))


def fit_weights(
    heads: Sequence[FloatArray], truth: IntArray, weights: FloatArray, *, start: Sequence[float]
) -> tuple[list[float], FloatArray]:
    """Fit factors of the heads' log-probabilities (n, classes), and a bias a class.

    Maximum likelihood with `BIAS_PENALTY`; factors lie in [0, 5], biases in [-3, 3].
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - of the training extra

    rows = np.arange(len(truth))
    w = weights / weights.sum()
    n, classes = len(heads), heads[0].shape[1]
    target = np.eye(classes)[truth]

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        factors, bias = theta[:n], theta[n:]
        logs = log_softmax(sum(f * head for f, head in zip(factors, heads, strict=True)) + bias)
        error = (np.exp(logs) - target) * w[:, None]
        value = -float(w @ logs[rows, truth]) + 0.5 * BIAS_PENALTY * float(bias @ bias)
        slopes = [(error * head).sum() for head in heads]
        return value, np.concatenate((slopes, error.sum(axis=0) + BIAS_PENALTY * bias))

    first = np.concatenate((start, np.zeros(classes)))
    bounds = [(0.0, 5.0)] * n + [(-3.0, 3.0)] * classes
    found: FloatArray = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found[:n].tolist(), found[n:]


def fit_gate(evidence: Evidence) -> Gate:
    """Fit how to tell a left-out task (context known) from a left-out source (context new)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - training extra

    sides = ((evidence.tasks, 1), (evidence.sources, 0))
    x = np.concatenate([context(side.scores) for side, _ in sides])
    y = np.repeat((1, 0), len(evidence.truth))
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit(x, y, sample_weight=np.tile(evidence.weights, 2))
    alone = Gate(tuple(model.coef_[0].tolist()), float(model.intercept_[0]), (1.0, 0.0), 0.0)
    batches, labels = [], []
    for side, label in sides:
        logits = alone.logits(side.scores)
        for rows in _batches(evidence.source):
            batches.append((logits[rows].mean(), nearness(side.batch_distance[rows].mean())))
            labels.append(label)
    if not batches:
        return alone
    # Few sources: the penalty keeps one lucky threshold from becoming certainty.
    fitted = LogisticRegression(C=3.0, max_iter=1000).fit(np.array(batches), labels)
    mean, far = fitted.coef_[0].tolist()
    return replace(alone, batch_weights=(mean, far), batch_bias=float(fitted.intercept_[0]))


def _batches(source: IntArray) -> list[IntArray]:
    order = np.argsort(source, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(source[order])) + 1)
    return [part for part in parts if len(part) >= MIN_BATCH]


def _concentration(known: Pool, evidence: Evidence, human: int | None) -> float:
    """Choose how slowly a batch may move the share of human code in it, by likelihood."""
    p = known(evidence.tasks.scores)
    losses = []
    for concentration in CONCENTRATIONS:
        loss = 0.0
        for rows in _batches(evidence.source):
            moved = adapt_sides(p[rows], human, concentration)
            right = moved[np.arange(len(rows)), evidence.truth[rows]]
            loss -= float(evidence.weights[rows] @ np.log(np.maximum(right, FLOOR)))
        losses.append(loss)
    return CONCENTRATIONS[int(np.argmin(losses))]


def answers_of(calibration: Calibration, evidence: Evidence) -> list[Answers]:
    """Return the calibrated answers on left-out tasks and sources, alone and in batches."""
    even = np.ones(len(evidence.truth))
    found: list[Answers] = []
    for side, weights in ((evidence.tasks, even), (evidence.sources, evidence.weights)):
        alone = calibration.alone(side.scores)
        batch = alone.copy()
        for rows in _batches(evidence.source):
            distance = float(side.batch_distance[rows].mean())
            batch[rows] = calibration.batch(side.scores.take(rows), distance)
        found.extend(Answers(p, evidence.truth, weights, evidence.owner) for p in (alone, batch))
    return found
