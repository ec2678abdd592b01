"""Thresholds: what is promised holds on the left-out answers that they were chosen on."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_models.attribution import AI, UNKNOWN
from fingerprint_models.decision import NEVER, Decision
from fingerprint_models.transfer import log_softmax
from fingerprint_training.answers import Answers
from fingerprint_training.risk import (
    FEWEST,
    FEWEST_OWNERS,
    KNOWN,
    MOST_WRONG,
    PROMISES,
    fit_decision,
    lowest_safe,
)

CLASSES = ("human", "claude", "gpt")
FAMILIES = CLASSES[1:]
SAMPLES = 400
SLACK = 0.01
"""The promise is on resampled owners at 200 steps; the plain precision may lie a hair below."""

Array = npt.NDArray[Any]
seeds = st.integers(0, 10_000)
modes = st.sampled_from(sorted(PROMISES))


def answers(seed: int, knows: float, digits: int = 9) -> Answers:
    """Return calibrated answers; few digits make for ties."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, SAMPLES)
    scores = rng.normal(size=(SAMPLES, 3))
    scores[np.arange(SAMPLES), truth] += knows
    p = np.round(np.exp(log_softmax(1.5 * scores)), digits) + 1e-6
    weights = rng.uniform(0.5, 2.0, SAMPLES)
    owner = rng.integers(0, 25, SAMPLES)
    return Answers(p / p.sum(axis=1, keepdims=True), truth, weights, owner)


def told(decision: Decision, side: Answers, mode: str) -> Array:
    """Return what is told of each sample of a side, however new it looks."""
    found = [
        decision(p, mode=mode, lines=99, parsed=True, novelty=-inf) for p in side.probabilities
    ]
    return np.array([each.family for each in found])


def names(side: Answers) -> Array:
    return np.array(CLASSES)[side.truth]


def both_ways(side: Answers) -> tuple[Array, Array]:
    return side.weights, np.ones(len(side.truth))


sides = st.builds(answers, seeds, st.floats(0.5, 6.0), st.sampled_from([1, 2, 9]))


@settings(max_examples=25, deadline=None)
@given(st.tuples(sides, sides), st.tuples(sides, sides), modes)
def test_few_humans_are_accused(
    known: Sequence[Answers], unseen: Sequence[Answers], mode: str
) -> None:
    """Of human samples on every side, no more are told to be AI than the mode promises."""
    decision = fit_decision(CLASSES, "human", known, unseen)
    for side in (*known, *unseen):
        human = names(side) == "human"
        found = told(decision, side, mode)[human]
        accused = (found != "human") & (found != UNKNOWN)
        assert np.average(accused, weights=side.weights[human]) <= PROMISES[mode][1] + 1e-9


@settings(max_examples=25, deadline=None)
@given(st.tuples(sides, sides), st.tuples(sides, sides), modes)
def test_sides_are_as_precise_as_promised(
    known: Sequence[Answers], unseen: Sequence[Answers], mode: str
) -> None:
    """On unseen sides "human", and all that is told of AI, are right as often as promised.

    As sources are weighed and as samples are counted, where answers suffice to judge by.
    """
    decision = fit_decision(CLASSES, "human", known, unseen)
    for side in unseen:
        found, human = told(decision, side, mode), names(side) == "human"
        ai = (found != "human") & (found != UNKNOWN)
        for weights in both_ways(side):
            for group, right in ((found == "human", human), (ai, ~human)):
                if group.sum() >= FEWEST:
                    share = np.average(right[group], weights=weights[group])
                    assert share >= PROMISES[mode][0] - SLACK


@settings(max_examples=25, deadline=None)
@given(st.tuples(sides, sides), st.tuples(sides, sides), modes)
def test_families_are_as_precise_as_promised(
    known: Sequence[Answers], unseen: Sequence[Answers], mode: str
) -> None:
    """A family is right as often as promised on known and unseen in equal parts.

    On unseen ones alone hardly any sample is told it wrongly.
    """
    decision = fit_decision(CLASSES, "human", known, unseen)
    for one, other in zip(known, unseen, strict=True):
        found = np.concatenate([told(decision, side, mode) for side in (one, other)])
        truth = np.concatenate([names(side) for side in (one, other)])
        weights = np.concatenate([side.weights / side.weights.sum() for side in (one, other)])
        for name in FAMILIES:
            group = found == name
            if group.sum() >= FEWEST:
                share = np.average(truth[group] == name, weights=weights[group])
                assert share >= PROMISES[mode][0] - SLACK
                assert (truth[group] == name).mean() >= PROMISES[mode][0] - SLACK
    for side in unseen:
        found = told(decision, side, mode)
        for name in FAMILIES:
            wrong = (found == name) & (names(side) != name)
            assert np.average(wrong, weights=side.weights) <= MOST_WRONG + 1e-9


def test_thresholds_are_worth_something() -> None:
    """Where the answers are good, most of them are told."""
    side = answers(1, 8.0)
    decision = fit_decision(CLASSES, "human", [side] * 2, [side] * 2)
    for mode in PROMISES:
        found = told(decision, side, mode)
        for name in CLASSES:
            assert (found[names(side) == name] == name).mean() > 0.5


def test_what_unseen_sides_confuse_is_not_told() -> None:
    """A family that is sure on known sides and a coin toss on unseen ones is not told; "ai" is."""
    good, bad = answers(1, 8.0), answers(2, 8.0)
    rng = np.random.default_rng(0)
    swapped = np.where((bad.truth > 0) & (rng.random(SAMPLES) < 0.5), 3 - bad.truth, bad.truth)
    confused = Answers(bad.probabilities, swapped, bad.weights, bad.owner)
    found = told(fit_decision(CLASSES, "human", [good], [confused]), confused, "balanced")
    assert not set(found) & set(FAMILIES)
    assert (found == AI).sum() > SAMPLES / 3


def test_corpus_without_human_samples() -> None:
    """Where the human class is not in the corpus there is nobody to accuse wrongly."""
    side = answers(0, 4.0)
    decision = fit_decision(("a", "b", "c"), "human", [side] * 2, [side] * 2)
    assert decision.human is None
    assert decision.thresholds["balanced"].ai == 0.0
    assert set(decision.thresholds["balanced"].family) == {"a", "b", "c"}


def test_no_answers_promise_nothing() -> None:
    """Where nothing was left out, as in pools of a corpus of small sources, nothing is told."""
    nobody = np.zeros(0, dtype=np.int64)
    side = Answers(np.zeros((0, 3)), nobody, np.zeros(0), nobody)
    decision = fit_decision(CLASSES, "human", [], [side])
    for p in np.eye(3) * 0.9998 + 1e-4:
        for mode in PROMISES:
            assert decision(p, mode=mode, lines=99, parsed=True).family in {AI, UNKNOWN}


def test_one_in_twenty_known_samples_is_news() -> None:
    """The novelty limit leaves the stated share of known families' samples below it."""
    side = answers(3, 1.0)
    decision = fit_decision(CLASSES, "human", [side], [answers(4, 0.0)])
    for mode in PROMISES:
        limit = decision.thresholds[mode].novelty
        below = [decision.novelty(p) <= limit for p in side.probabilities[side.truth != 0]]
        assert np.mean(below) == pytest.approx(KNOWN, abs=0.01)


def scored(n: int, right: Array | None = None, owners: int = 10) -> tuple[Array, ...]:
    """Return n scores that fall, whether each is right, even weights, and owners in turn."""
    score = np.linspace(0.99, 0.5, n)
    good = np.ones(n, dtype=np.bool_) if right is None else right
    return score, good, np.ones(n), np.arange(n) % owners


@pytest.mark.parametrize(
    ("n", "owners", "tells"),
    [
        (FEWEST - 1, 10, False),
        (FEWEST, 10, True),
        (4 * FEWEST, FEWEST_OWNERS - 1, False),
        (4 * FEWEST, FEWEST_OWNERS, True),
    ],
)
def test_too_few_promise_nothing(n: int, owners: int, tells: bool) -> None:
    """Too few answers or owners, however good, are no ground for telling anything."""
    assert (lowest_safe(*scored(n, owners=owners), 0.95) < NEVER) is tells


def test_too_few_answers_of_a_family_are_not_told() -> None:
    """A family with fewer answers than FEWEST is not told, one with as many is."""
    for n, tells in ((FEWEST // 2 - 1, False), (FEWEST, True)):
        p, truth = np.tile([0.01, 0.98, 0.01], (n, 1)), np.ones(n, dtype=np.int64)
        side = Answers(p, truth, np.ones(n), np.arange(n) % 10)
        found = told(fit_decision(CLASSES, None, [side], [side]), side, "balanced")
        assert set(found) == ({"claude"} if tells else {UNKNOWN})


def test_the_threshold_lies_where_it_gets_worse() -> None:
    """Answers right down to 0.7 and tossed below: the threshold lies a little below 0.7."""
    score = np.linspace(1.0, 0.4, 6_000)
    right = (score >= 0.7) | (np.arange(6_000) % 2 == 0)
    owner = np.arange(6_000) % 40
    found = lowest_safe(score, right, np.ones(6_000), owner, 0.95)
    # With 0.3 of the range right, a precision of 0.95 is reached where a ninth more is told.
    assert found == pytest.approx(0.7 - 0.3 / 9, abs=0.01)
    assert right[score >= found].mean() >= 0.95


def test_a_bad_patch_on_top_is_not_jumped() -> None:
    """Sure answers that are wrong promise nothing for the less sure ones below them."""
    right = np.ones(1_000, dtype=np.bool_)
    right[:60] = False
    assert right.mean() > 0.9
    assert lowest_safe(*scored(1_000, right), 0.9) == NEVER


def test_mistakes_of_few_owners_weigh_more() -> None:
    """The same precision is safe where all owners err, and not where two of six do."""
    right = np.ones(1_000, dtype=np.bool_)
    right[400::15] = False  # 96 % are right
    at = np.arange(1_000)
    score, _, weight, everybody = scored(1_000, right, owners=53)
    assert lowest_safe(score, right, weight, everybody, 0.95) < score[-10]
    two = np.where(right, at % 4, 4 + at % 2)
    assert lowest_safe(score, right, weight, two, 0.95) > score[-300]


@settings(max_examples=30, deadline=None)
@given(seeds, st.floats(0.5, 0.99), st.floats(0.5, 0.99), st.booleans())
def test_more_precision_takes_more_confidence(
    seed: int, one: float, other: float, tied: bool
) -> None:
    """The threshold rises with the precision asked for, and is the same at every call."""
    rng = np.random.default_rng(seed)
    score = np.round(rng.uniform(0.3, 1.0, SAMPLES), 1 if tied else 9)
    right = rng.random(SAMPLES) < score
    data = (score, right, rng.uniform(0.5, 2.0, SAMPLES), rng.integers(0, 12, SAMPLES))
    low, high = sorted((one, other))
    least = lowest_safe(*data, low)
    assert least <= lowest_safe(*data, high)
    assert least == lowest_safe(*data, low)
    told_ = score >= least
    if told_.any():
        assert np.average(right[told_], weights=data[2][told_]) >= low - SLACK


@settings(max_examples=20, deadline=None)
@given(seeds, st.floats(0.5, 5.0))
def test_a_stricter_mode_tells_nothing_that_a_milder_one_withholds(seed: int, knows: float) -> None:
    """Whatever high-precision names, balanced names too."""
    side = answers(seed, knows)
    decision = fit_decision(CLASSES, "human", [side], [side])
    balanced, strict = (decision.thresholds[mode] for mode in ("balanced", "high-precision"))
    assert strict.ai >= balanced.ai
    assert strict.human >= balanced.human
    assert all(strict.family[name] >= balanced.family[name] for name in FAMILIES)
