"""Calibrating: who knows is listened to, on known sources and on new ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fingerprint_models.calibration import Scores, sigmoid
from fingerprint_models.transfer import log_softmax
from fingerprint_training.calibrate import Evidence, answers_of, calibrate, fit_gate, fit_pool
from fingerprint_training.crossfit import LeftOut

CLASSES = ("human", "claude", "gpt")


def said(truth: Any, rng: Any, *, knows: float, sure: float) -> Any:
    """Return log-probabilities of a head that `knows` the truth, and how `sure` it is of it."""
    scores = rng.normal(size=(len(truth), len(CLASSES)))
    scores[np.arange(len(truth)), truth] += knows
    return log_softmax(sure * scores)


def left_out(booster: Any, transfer: Any, *, far: float) -> LeftOut:
    """Return answers on samples that all lie equally far from what is known."""
    distance = np.full(len(booster), far)
    return LeftOut(Scores(booster, transfer, np.zeros_like(transfer), distance), distance)


def evidence(seed: int = 0, n: int = 400) -> Evidence:
    """Return left-out answers as they are: on unseen sources worse, and just as sure."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, n)
    tasks = left_out(
        said(truth, rng, knows=6.0, sure=2.0), said(truth, rng, knows=2.0, sure=1.0), far=0.2
    )
    sources = left_out(
        said(truth, rng, knows=0.3, sure=1.0), said(truth, rng, knows=1.5, sure=1.0), far=1.0
    )
    source = np.arange(n) % 8
    return Evidence(tasks, sources, truth, source, source // 2)


def test_pool_listens_to_who_knows() -> None:
    """A head of noise gets no weight, and a head that is too sure less than one."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 2000)
    knows, noise = said(truth, rng, knows=1.0, sure=3.0), said(truth, rng, knows=0.0, sure=1.0)
    scores = left_out(knows, noise, far=1.0).scores
    pool = fit_pool(scores, truth, np.ones(2000))
    assert pool.transfer < 0.1
    assert pool.booster == pytest.approx(1 / 3, abs=0.08)
    # Calibrated now: of answers that are told with p about p are right.
    p = pool(scores)
    assert p.max(axis=1).mean() == pytest.approx((p.argmax(axis=1) == truth).mean(), abs=0.03)


def test_gate_separates() -> None:
    """Answers on known sources are told from those on new ones, batches surer than samples."""
    given_ = evidence()
    gate = fit_gate(given_)
    known = sigmoid(gate.logits(given_.tasks.scores))
    unseen = sigmoid(gate.logits(given_.sources.scores))
    assert known.mean() > 0.7
    assert unseen.mean() < 0.3
    batch = np.flatnonzero(given_.source == 3)
    assert gate.batch(given_.tasks.scores.take(batch), 0.2) > 0.9
    assert gate.batch(given_.sources.scores.take(batch), 1.0) < 0.1


def test_sources_too_small_for_batches() -> None:
    """Where no source has samples enough for a batch, calibration still gives finite answers."""
    small = evidence(n=60)
    source = np.arange(60) % 20
    made = calibrate(Evidence(small.tasks, small.sources, small.truth, source, source), 0)
    p = made.batch(small.sources.scores.take(range(12)), 1.0)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)


def log_loss(p: Any, truth: Any) -> float:
    return float(-np.log(p[np.arange(len(truth)), truth]).mean())


def test_calibration_helps_where_it_is_needed() -> None:
    """Calibrated answers beat both heads' own on unseen sources, and knowing nothing on both."""
    made = evidence()
    known, known_batch, unseen, unseen_batch = answers_of(calibrate(made, 0), made)
    for side in (known, known_batch, unseen, unseen_batch):
        np.testing.assert_allclose(side.probabilities.sum(axis=1), 1.0)
        np.testing.assert_array_equal(side.truth, made.truth)
        np.testing.assert_array_equal(side.owner, made.owner)
        assert log_loss(side.probabilities, side.truth) < np.log(3)
    assert log_loss(unseen.probabilities, made.truth) < log_loss(
        np.exp(made.sources.scores.booster), made.truth
    )
    assert not np.array_equal(known.probabilities, known_batch.probabilities)
