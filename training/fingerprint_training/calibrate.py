"""Calibrating on left-out tasks and left-out sources: pools, gate, set level, thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_models.calibration import Calibration, Gate, Pool, adapt, context
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

SCALES = (0.4, 0.55, 0.7, 0.85, 1.0, 1.25)
CONCENTRATIONS = (1.0, 3.0, 10.0, 30.0, 100.0)
MIN_BATCH = 10
"""Smaller sources say nothing of how batches behave."""


@dataclass(frozen=True)
class Evidence:
    """Left-out answers of the same samples, with their truth and source."""

    tasks: LeftOut
    sources: LeftOut
    truth: IntArray
    source: IntArray

    @property
    def weights(self) -> FloatArray:
        """Weights under which each source counts as the root of its size; mean 1."""
        weights: FloatArray = 1.0 / np.sqrt(np.bincount(self.source)[self.source])
        weights /= weights.mean()
        return weights


def calibrate(evidence: Evidence) -> Calibration:
    """Fit every part of the calibration on left-out answers."""
    even = np.ones(len(evidence.truth))
    known = fit_pool(evidence.tasks, evidence.truth, even)
    unseen = fit_pool(evidence.sources, evidence.truth, evidence.weights)
    gate = fit_gate(evidence)
    unseen_batch, concentration = _batch_pool(unseen, evidence.sources, evidence, CONCENTRATIONS)
    known_batch, _ = _batch_pool(known, evidence.tasks, evidence, (concentration,))
    return Calibration(known, unseen, known_batch, unseen_batch, gate, concentration)


def fit_pool(answers: LeftOut, truth: IntArray, weights: FloatArray) -> Pool:
    """Fit a pool by maximum likelihood; neither head may count negatively."""
    from scipy.optimize import minimize  # noqa: PLC0415 - of the training extra

    rows = np.arange(len(truth))
    w = weights / weights.sum()
    classes = answers.booster.shape[1]
    target = np.eye(classes)[truth]

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        pooled = theta[0] * answers.booster + theta[1] * answers.transfer + theta[2:]
        logs = log_softmax(pooled)
        error = (np.exp(logs) - target) * w[:, None]
        value = -float(w @ logs[rows, truth]) + 0.5 * BIAS_PENALTY * float(theta[2:] @ theta[2:])
        slope = np.concatenate(
            (
                [(error * answers.booster).sum(), (error * answers.transfer).sum()],
                error.sum(axis=0) + BIAS_PENALTY * theta[2:],
            )
        )
        return value, slope

    start = np.concatenate(([0.5, 0.2], np.zeros(classes)))
    bounds = [(0.0, 5.0)] * 2 + [(-3.0, 3.0)] * classes
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Pool(float(found[0]), float(found[1]), tuple(float(b) for b in found[2:]))


def fit_gate(evidence: Evidence) -> Gate:
    """Fit how to tell a left-out task (context known) from a left-out source (context new)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - training extra

    known = context(evidence.tasks.booster, evidence.tasks.transfer)
    unseen = context(evidence.sources.booster, evidence.sources.transfer)
    x = np.concatenate((known, unseen))
    y = np.repeat((1, 0), (len(known), len(unseen)))
    model = LogisticRegression(C=1.0, max_iter=500)
    model.fit(x, y, sample_weight=np.tile(evidence.weights, 2))
    weights, bias = model.coef_[0], float(model.intercept_[0])
    means, labels = [], []
    for rows in _batches(evidence.source):
        for side, label in ((known, 1), (unseen, 0)):
            means.append(float((side[rows] @ weights + bias).mean()))
            labels.append(label)
    if len(set(labels)) < 2:
        return Gate(tuple(weights.tolist()), bias, 1.0, 0.0)
    # Few sources: the penalty keeps one lucky threshold from becoming certainty.
    batch = LogisticRegression(C=3.0, max_iter=500).fit(np.array(means)[:, None], labels)
    return Gate(tuple(weights.tolist()), bias, float(batch.coef_[0, 0]), float(batch.intercept_[0]))


def _batches(source: IntArray) -> list[IntArray]:
    order = np.argsort(source, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(source[order])) + 1)
    return [part for part in parts if len(part) >= MIN_BATCH]


def _batch_pool(
    pool: Pool, answers: LeftOut, evidence: Evidence, concentrations: Sequence[float]
) -> tuple[Pool, float]:
    """Choose how flat a pool must be, and how slowly a batch may move the shares."""
    batches = _batches(evidence.source)
    best = (np.inf, pool, concentrations[0])
    if not batches:
        return pool, max(concentrations)
    for scale in SCALES:
        scaled = Pool(
            pool.booster * scale, pool.transfer * scale, tuple(b * scale for b in pool.bias)
        )
        for concentration in concentrations:
            loss = 0.0
            for rows in batches:
                p = scaled(answers.booster[rows], answers.transfer[rows])
                p = adapt(p, concentration)[np.arange(len(rows)), evidence.truth[rows]]
                loss -= float(evidence.weights[rows] @ np.log(np.maximum(p, 1e-6)))
            if loss < best[0]:
                best = (loss, scaled, concentration)
    return best[1], best[2]


@dataclass(frozen=True)
class Answers:
    """Calibrated probabilities of left-out samples, with truth and weights."""

    probabilities: FloatArray
    truth: IntArray
    weights: FloatArray


def answers_of(calibration: Calibration, evidence: Evidence) -> list[Answers]:
    """Return the calibrated answers on left-out tasks and sources, alone and in batches."""
    even = np.ones(len(evidence.truth))
    found = []
    for side, weights in ((evidence.tasks, even), (evidence.sources, evidence.weights)):
        found.append(
            Answers(calibration.alone(side.booster, side.transfer), evidence.truth, weights)
        )
        batch = np.array(found[-1].probabilities)
        for rows in _batches(evidence.source):
            batch[rows] = calibration.batch(side.booster[rows], side.transfer[rows])
        found.append(Answers(batch, evidence.truth, weights))
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
    """Choose thresholds by mode such that every protocol holds the mode's promise."""
    at = classes.index(human) if human in classes else None
    thresholds = {}
    for mode, (precision, false_alarms) in PROMISES.items():
        ai = max((_ai_threshold(side, at, false_alarms) for side in answers), default=0.0)
        family = max(_precise(side, _told_ai(side, at, ai), precision) for side in answers)
        person = max(_precise(side, _told_human(side, at), precision) for side in answers)
        thresholds[mode] = Thresholds(family, person, ai)
    return Decision(tuple(classes), human if at is not None else None, thresholds)


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
    good = np.flatnonzero(reached >= precision)
    if not len(good) or good[-1] < 50:
        return 2.0
    return float(confidence[order][good[-1]])
