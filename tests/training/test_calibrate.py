"""Calibrating: what is promised holds on the samples that it was chosen on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_models.attribution import AI, UNKNOWN
from fingerprint_models.calibration import Scores, sigmoid, smallest_sets
from fingerprint_models.transfer import log_softmax
from fingerprint_training.calibrate import (
    COVERAGE,
    PROMISES,
    Answers,
    Evidence,
    answers_of,
    calibrate,
    fit_decision,
    fit_gate,
    fit_pool,
    set_level,
)
from fingerprint_training.crossfit import LeftOut

CLASSES = ("human", "claude", "gpt")
seeds = st.integers(0, 10_000)


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
    return Evidence(tasks, sources, truth, np.arange(n) % 8)


def answers(seed: int, knows: float, digits: int = 9) -> Answers:
    """Return calibrated answers; few digits make for ties."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, 300)
    p = np.round(np.exp(said(truth, rng, knows=knows, sure=1.5)), digits) + 1e-6
    return Answers(p / p.sum(axis=1, keepdims=True), truth, rng.uniform(0.5, 2.0, 300))


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
    made = calibrate(Evidence(small.tasks, small.sources, small.truth, np.arange(60) % 20), 0)
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
        assert log_loss(side.probabilities, side.truth) < np.log(3)
    assert log_loss(unseen.probabilities, made.truth) < log_loss(
        np.exp(made.sources.scores.booster), made.truth
    )
    assert not np.array_equal(known.probabilities, known_batch.probabilities)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(seeds, st.floats(0.0, 4.0)), min_size=1, max_size=3), st.booleans())
def test_sets_cover_what_they_promise(sides: list[tuple[int, float]], tied: bool) -> None:
    """At the level that was chosen, sets hold the truth as often as promised, on every side."""
    given_ = [answers(seed, knows, 2 if tied else 9) for seed, knows in sides]
    level = set_level(given_)
    assert 0 < level <= 1
    for side in given_:
        sets = smallest_sets(side.probabilities, level, CLASSES)
        held = [CLASSES[t] in names for t, names in zip(side.truth, sets, strict=True)]
        assert np.average(held, weights=side.weights) >= COVERAGE - 1e-9


def test_sets_are_no_larger_than_needed() -> None:
    """A little below the chosen level the promise would be broken."""
    side = answers(0, 1.0)
    sets = smallest_sets(side.probabilities, set_level([side]) - 1e-3, CLASSES)
    held = [CLASSES[t] in names for t, names in zip(side.truth, sets, strict=True)]
    assert np.average(held, weights=side.weights) < COVERAGE + 0.01


@settings(max_examples=40, deadline=None)
@given(seeds, st.floats(0.5, 5.0), st.sampled_from([1, 2, 9]), st.sampled_from(sorted(PROMISES)))
def test_thresholds_hold_the_promise(seed: int, knows: float, digits: int, mode: str) -> None:
    """What is told of a family is as precise as the mode says, and few humans are accused."""
    side = answers(seed, knows, digits)
    precision, most = PROMISES[mode]
    decision = fit_decision(CLASSES, "human", [side] * 4)
    told = np.array(
        [decision(p, mode=mode, lines=99, parsed=True).family for p in side.probabilities]
    )
    truth = np.array(CLASSES)[side.truth]
    for group in (told == "human", (told != "human") & (told != AI) & (told != UNKNOWN)):
        if group.any():
            right = np.average((told == truth)[group], weights=side.weights[group])
            assert right >= precision - 1e-9
    human = truth == "human"
    accused = (told[human] != "human") & (told[human] != UNKNOWN)
    assert np.average(accused, weights=side.weights[human]) <= most + 1e-9


def test_thresholds_are_worth_something() -> None:
    """Where the answers are good, most of them are told."""
    side = answers(1, 6.0)
    decision = fit_decision(CLASSES, "human", [side] * 4)
    told = [decision(p, mode="balanced", lines=99, parsed=True).family for p in side.probabilities]
    assert np.mean([name != UNKNOWN for name in told]) > 0.5


def test_too_few_answers_promise_nothing() -> None:
    """Fewer than 50 answers, however good, are no ground for telling a family.

    Left-out tasks and left-out sources give two answers a sample.
    """
    n = 24
    p = np.tile([0.01, 0.98, 0.01], (n, 1))
    for extra, tells in ((0, False), (1, True)):
        more = Answers(
            np.concatenate((p, p[:extra])), np.ones(n + extra, dtype=np.int64), np.ones(n + extra)
        )
        decision = fit_decision(CLASSES, None, [more] * 4)
        told = decision(p[0], mode="balanced", lines=99, parsed=True).family
        assert (told == "claude") is tells


def test_corpus_without_human_samples() -> None:
    """Where the human class is not in the corpus there is nobody to accuse wrongly."""
    decision = fit_decision(("a", "b", "c"), "human", [answers(0, 4.0)] * 4)
    assert decision.human is None
    assert decision.thresholds["balanced"].ai == 0.0
