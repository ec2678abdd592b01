"""Calibrating on left-out tasks and left-out sources: pools, gate, set level, thresholds."""

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
from fingerprint_models.decision import Decision, Thresholds
from fingerprint_models.transfer import log_softmax
from fingerprint_training.crossfit import LeftOut

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

COVERAGE = 0.90
"""Share of left-out samples whose prediction set must hold the truth."""

PROMISES = {"balanced": (0.95, 0.003), "high-precision": (0.99, 0.0005)}
"""Mode: least precision of what is told, and most human samples told to be AI.

The second is set below what the modes promise (1 % and less), since thresholds that just hold
on left-out folds would fail on half of all new sources.
"""

BIAS_PENALTY = 0.02
"""L2 penalty on a pool's class biases: a new source's shares are not those of the corpus."""

CONCENTRATIONS = (1.0, 3.0, 10.0, 30.0, 100.0)


@dataclass(frozen=True)
class Evidence:
    """Left-out answers of the same samples, with their truth and source."""

    tasks: LeftOut
    sources: LeftOut
    truth: IntArray
    source: IntArray

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


@dataclass(frozen=True)
class Answers:
    """Calibrated probabilities of left-out samples, with truth and weights."""

    probabilities: FloatArray
    truth: IntArray
    weights: FloatArray


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
        found.extend(Answers(p, evidence.truth, weights) for p in (alone, batch))
    return found


def set_level(answers: Sequence[Answers], coverage: float = COVERAGE) -> float:
    """Return the least cumulated probability at which sets cover the truth in every protocol."""
    levels = []
    for side in answers:
        order = np.argsort(-side.probabilities, axis=1, kind="stable")
        reached = np.cumsum(np.take_along_axis(side.probabilities, order, axis=1), axis=1)
        place = (order == side.truth[:, None]).argmax(axis=1)
        rows = np.arange(len(place))
        # The truth is in the set when what stands before it does not reach the level yet.
        before = np.where(place > 0, reached[rows, np.maximum(place - 1, 0)], 0.0)
        levels.append(_quantile(before, side.weights, coverage))
    return min(max(levels) + 1e-9, 1.0)


def _quantile(values: FloatArray, weights: FloatArray, q: float) -> float:
    order = np.argsort(values)
    mass = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(mass, q)), len(values) - 1)])


def fit_decision(classes: Sequence[str], human: str | None, answers: Sequence[Answers]) -> Decision:
    """Choose thresholds by mode, on what `answers_of` returned.

    Human code told to be AI stays below the promise in every protocol, known contexts and new
    ones, alone and in batches. Precision holds over known and new contexts in equal parts: over
    new ones alone hardly any family could ever be told.
    """
    at = classes.index(human) if human in classes else None
    thresholds = {}
    pairs = [_joined(answers[::2]), _joined(answers[1::2])]
    for mode, (precision, false_alarms) in PROMISES.items():
        ai = max(_ai_threshold(side, at, false_alarms) for side in answers)
        family = max(_precise(side, _told_ai(side, at, ai), precision) for side in pairs)
        person = max(_precise(side, _told_human(side, at), precision) for side in pairs)
        thresholds[mode] = Thresholds(family, person, ai)
    return Decision(tuple(classes), human if at is not None else None, thresholds)


def _joined(answers: Sequence[Answers]) -> Answers:
    """Return left-out tasks and left-out sources as one, each side weighing half."""
    return Answers(
        np.concatenate([side.probabilities for side in answers]),
        np.concatenate([side.truth for side in answers]),
        np.concatenate([side.weights / side.weights.sum() for side in answers]),
    )


def _ai_threshold(side: Answers, human: int | None, most: float) -> float:
    """Return the AI probability that at most a share `most` of the human samples exceeds."""
    if human is None:
        return 0.0
    rows = side.truth == human
    if not rows.any():
        return 1.0
    ai = 1.0 - side.probabilities[rows, human]
    return min(_quantile(ai, side.weights[rows], 1.0 - most) + 1e-6, 1.0)


def _told_ai(side: Answers, human: int | None, least: float) -> npt.NDArray[np.bool_]:
    if human is None:
        return np.ones(len(side.truth), dtype=np.bool_)
    sure = side.probabilities[:, human] <= 1.0 - least
    told: npt.NDArray[np.bool_] = sure & (side.probabilities.argmax(axis=1) != human)
    return told


def _told_human(side: Answers, human: int | None) -> npt.NDArray[np.bool_]:
    if human is None:
        return np.zeros(len(side.truth), dtype=np.bool_)
    told: npt.NDArray[np.bool_] = side.probabilities.argmax(axis=1) == human
    return told


def _precise(side: Answers, rows: npt.NDArray[np.bool_], precision: float) -> float:
    """Return the least confidence above which the raw answers of `rows` are that precise.

    2, which no probability reaches, where fewer than 50 answers would remain.
    """
    if not rows.any():
        return 2.0
    p = side.probabilities[rows]
    confidence = p.max(axis=1)
    right = (p.argmax(axis=1) == side.truth[rows]) * side.weights[rows]
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(right[order]) / np.cumsum(side.weights[rows][order])
    # Of answers that are as sure as each other all are told, or none.
    last = np.append(np.diff(confidence[order]) < 0, True)
    good = np.flatnonzero((reached >= precision) & last)
    if not len(good) or good[-1] + 1 < 50:
        return 2.0
    return float(confidence[order][good[-1]])
