from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn.metrics import brier_score_loss, f1_score, roc_auc_score

from fingerprint_training import metrics
from fingerprint_training.metrics import BoolArray, FloatArray, IntArray

CLASSES = 4
LABEL = st.integers(0, CLASSES - 1)
STEPS = 20  # confidences come on a grid, so that ties happen
ANSWERS = st.lists(st.tuples(LABEL, LABEL), min_size=1, max_size=40)
SCORED = st.lists(st.tuples(st.booleans(), st.integers(0, STEPS)), min_size=1, max_size=40)
REPEATS = st.lists(st.integers(0, 3), min_size=40, max_size=40)


def weighted_mean(rows: FloatArray, weights: FloatArray) -> FloatArray:
    return np.array([metrics.share(rows, weights)])


def labels(answers: list[tuple[int, int]]) -> tuple[IntArray, IntArray]:
    truth, told = np.array(answers, np.int64).T
    return truth, told


def scores(scored: list[tuple[bool, int]]) -> tuple[BoolArray, FloatArray]:
    return np.array([hit for hit, _ in scored]), np.array([step / STEPS for _, step in scored])


@given(answers=ANSWERS)
def test_f1_is_what_scikit_learn_says(answers: list[tuple[int, int]]) -> None:
    """Per class and macro over the classes of the truth, F1 agrees with another implementation."""
    truth, told = labels(answers)
    present = np.unique(truth)
    ours = metrics.per_class_f1(truth, told, CLASSES)
    theirs = f1_score(truth, told, labels=present, average=None, zero_division=0)
    assert ours[present] == pytest.approx(theirs)
    assert np.isnan(np.delete(ours, present)).all()
    assert metrics.macro_f1(truth, told, CLASSES) == pytest.approx(theirs.mean())


@given(answers=ANSWERS, repeats=REPEATS)
def test_weights_are_repeated_rows(answers: list[tuple[int, int]], repeats: list[int]) -> None:
    """A row of weight 2 counts as two rows and a row of weight 0 as none, in every figure."""
    truth, told = labels(answers)
    times = np.array(repeats[: len(truth)])
    weights = times.astype(float)
    again = np.repeat(np.arange(len(truth)), times)
    score, hit = told / 3, truth == told
    spread = np.eye(CLASSES)[told] * 0.6 + 0.1

    def figures(rows: IntArray, weight: FloatArray | None) -> list[float]:
        return [
            metrics.macro_f1(truth[rows], told[rows], CLASSES, weight),
            metrics.auroc(truth[rows] > 1, score[rows], weight),
            metrics.ece(score[rows], hit[rows], weight),
            metrics.brier(truth[rows], spread[rows], weight),
            metrics.coverage_at_precision(score[rows], hit[rows], 0.6, weight),
            metrics.share(score[rows], weight),
        ]

    weighted = figures(np.arange(len(truth)), weights)
    assert weighted == pytest.approx(figures(again, None), nan_ok=True)


@given(answers=ANSWERS, seed=st.integers(0, 9))
def test_row_order_plays_no_part(answers: list[tuple[int, int]], seed: int) -> None:
    """Shuffled rows give the same figures."""
    truth, told = labels(answers)
    order = np.random.default_rng(seed).permutation(len(truth))
    score, hit = told / 3, truth == told
    shuffled = truth[order], told[order], score[order], hit[order]

    def figures(truth: Any, told: Any, score: Any, hit: Any) -> list[float]:
        return [
            metrics.macro_f1(truth, told, CLASSES),
            metrics.auroc(truth > 1, score),
            metrics.ece(score, hit),
            metrics.coverage_at_precision(score, hit, 0.8),
        ]

    assert figures(*shuffled) == pytest.approx(figures(truth, told, score, hit), nan_ok=True)


@given(truth=st.lists(LABEL, min_size=1, max_size=40))
def test_a_perfect_predictor_is_perfect(truth: list[int]) -> None:
    """All right and all sure: F1 1, ECE 0, Brier 0, full coverage, a diagonal confusion."""
    y = np.array(truth, np.int64)
    sure, right = np.ones(len(y)), np.ones(len(y), np.bool_)
    assert metrics.macro_f1(y, y, CLASSES) == 1
    assert metrics.ece(sure, right) == 0
    assert metrics.brier(y, np.eye(CLASSES)[y]) == 0
    assert metrics.coverage_at_precision(sure, right, 0.95) == 1
    cells = metrics.confusion(y, y, CLASSES)
    assert cells.diagonal().tolist() == np.bincount(y, minlength=CLASSES).tolist()
    assert cells.sum() == len(y)


def test_confusion_has_the_truth_in_its_rows() -> None:
    """Cell (true, told) counts the answer: twice a 0 taken for 2, never a 2 taken for 0."""
    cells = metrics.confusion(np.array([0, 0, 1]), np.array([2, 2, 1]), 3)
    assert cells.tolist() == [[0, 0, 2], [0, 1, 0], [0, 0, 0]]


@given(scored=SCORED)
def test_auroc_is_symmetric_and_right(scored: list[tuple[bool, int]]) -> None:
    """AUROC is scikit-learn's; swapping sides or the sign of the score mirrors it about a half."""
    positive, score = scores(scored)
    value = metrics.auroc(positive, score)
    if positive.all() or not positive.any():
        assert np.isnan(value)
        return
    assert value == pytest.approx(roc_auc_score(positive, score))
    assert metrics.auroc(~positive, score) == pytest.approx(1 - value)
    assert metrics.auroc(positive, -score) == pytest.approx(1 - value)
    assert metrics.auroc(positive, np.exp(3 * score)) == pytest.approx(value)


def test_ece_by_hand() -> None:
    """Two bins, gaps 0.3 of three rows and 0.5 of one: 0.35; a bin holds its upper edge."""
    confidence = np.array([0.9, 0.9, 0.9, 0.5])
    correct = np.array([True, True, False, True])
    gap = abs(2 / 3 - 0.9)
    assert metrics.ece(confidence, correct) == pytest.approx(0.75 * gap + 0.25 * 0.5)
    bins = metrics.reliability_bins(np.array([0.0, 0.5, 0.51, 1.0]), correct, bins=2)
    assert bins.mass.tolist() == [2, 2]
    assert bins.confidence.tolist() == [0.25, 0.755]
    assert bins.accuracy.tolist() == [1, 0.5]


@given(scored=SCORED)
def test_ece_lies_between_the_overall_gap_and_one(scored: list[tuple[bool, int]]) -> None:
    """ECE is at least |accuracy − mean confidence| and at most 1; bins hold every row once."""
    correct, confidence = scores(scored)
    bins = metrics.reliability_bins(confidence, correct)
    gap = abs(correct.mean() - confidence.mean())
    assert gap - 1e-9 <= metrics.ece(confidence, correct) <= 1
    assert bins.mass.sum() == len(correct)
    assert np.isnan(bins.accuracy[bins.mass == 0]).all()


def test_ece_of_a_calibrated_predictor_is_small() -> None:
    """Answers that are right as often as they say have an ECE near 0, overconfident ones do not."""
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.2, 0.8, 20_000)
    correct = rng.random(20_000) < confidence
    assert metrics.ece(confidence, correct) < 0.02
    assert metrics.ece(confidence + 0.2, correct) == pytest.approx(0.2, abs=0.01)


@given(truth=st.lists(st.integers(0, 1), min_size=1, max_size=30), seed=st.integers(0, 9))
def test_brier_is_twice_the_binary_score(truth: list[int], seed: int) -> None:
    """Summed over two classes, Brier's score is twice scikit-learn's, and lies in [0, 2]."""
    y = np.array(truth, np.int64)
    p = np.random.default_rng(seed).random(len(y))
    value = metrics.brier(y, np.stack([1 - p, p], axis=1))
    assert value == pytest.approx(2 * brier_score_loss(y, p, labels=[0, 1]))
    assert 0 <= value <= 2


@given(scored=SCORED, targets=st.tuples(st.integers(0, 20), st.integers(0, 20)))
def test_coverage_is_the_best_threshold_and_falls_with_the_target(
    scored: list[tuple[bool, int]], targets: tuple[int, int]
) -> None:
    """It is the best of all thresholds tried one by one, and asking for more never covers more."""
    correct, confidence = scores(scored)
    low, high = (target / 20 for target in sorted(targets))
    best = max(
        (
            float((confidence >= threshold).mean())
            for threshold in np.unique(confidence)
            if correct[confidence >= threshold].mean() >= high - 1e-12
        ),
        default=0.0,
    )
    value = metrics.coverage_at_precision(confidence, correct, high)
    assert value == pytest.approx(best)
    assert value <= metrics.coverage_at_precision(confidence, correct, low)


@given(trials=st.integers(1, 400), part=st.floats(0, 1))
def test_clopper_pearson_is_the_exact_interval(trials: int, part: float) -> None:
    """The ends are the beta quantiles, hold the share, and mirror when hits become misses."""
    hits = round(part * trials)
    low, high = metrics.clopper_pearson(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
    assert low == pytest.approx(beta.ppf(0.025, hits, trials - hits + 1) if hits else 0)
    mirrored = metrics.clopper_pearson(trials - hits, trials)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-9)


def test_false_positives_are_counted_among_negatives_only() -> None:
    """A flagged positive is no false positive; without negatives nothing is known."""
    negative = np.array([True, True, True, True, False])
    flagged = np.array([True, False, False, False, True])
    rate, low, high = metrics.false_positive_rate(negative, flagged)
    assert rate == 0.25
    assert (low, high) == metrics.clopper_pearson(1, 4)
    nothing = metrics.false_positive_rate(np.zeros(2, np.bool_), np.ones(2, np.bool_))
    assert nothing == pytest.approx((np.nan, 0, 1), nan_ok=True)
    with pytest.raises(ValueError, match="3 hits in 2"):
        metrics.clopper_pearson(3, 2)


def test_no_rows_make_no_figure() -> None:
    """Without rows, or with weights of 0, a figure is NaN rather than a number or a crash."""
    none, no, label = np.zeros(0), np.zeros(0, np.bool_), np.zeros(0, np.int64)
    assert np.isnan(metrics.macro_f1(label, label, 2))
    assert np.isnan(metrics.ece(none, no))
    assert np.isnan(metrics.coverage_at_precision(none, no, 0.9))
    assert np.isnan(metrics.coverage_at_precision(np.ones(2), np.ones(2) > 0, 0.9, np.zeros(2)))
    assert np.isnan(metrics.share(np.ones(2), np.zeros(2)))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), groups=st.integers(15, 40))
def test_the_interval_holds_the_value_and_is_the_seeds(seed: int, groups: int) -> None:
    """Low ≤ value ≤ high, the width is positive, and the same seed gives the same interval."""
    rng = np.random.default_rng(seed)
    member = np.repeat(np.arange(groups), rng.integers(1, 6, groups))
    rows = rng.normal(size=len(member))
    found = metrics.bootstrap(member, partial(weighted_mean, rows), seed=seed)
    (value,), (low,), (high,) = found
    assert value == pytest.approx(rows.mean())
    assert low < value < high
    again = metrics.bootstrap(member, partial(weighted_mean, rows), seed=seed)
    assert again.tolist() == found.tolist()


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Over 200 data sets with clustered noise, 95 % intervals hold the true mean in 88–99 %."""
    rng = np.random.default_rng(1)
    member = np.repeat(np.arange(40), 5)
    held = 0
    for seed in range(200):
        rows = rng.normal(size=40)[member] + 0.1 * rng.normal(size=200)
        statistic = partial(weighted_mean, rows)
        _, low, high = metrics.bootstrap(member, statistic, n=100, seed=seed)
        held += int(low[0] <= 0 <= high[0])
    assert 0.88 <= held / 200 <= 0.99


def test_whole_groups_are_drawn() -> None:
    """Rows that repeat within a group make no evidence: intervals are as wide as without them."""
    rng = np.random.default_rng(2)
    few = rng.normal(size=30)
    many = np.repeat(few, 50)

    def width(rows: FloatArray, groups: Any) -> float:
        found = metrics.bootstrap(groups, partial(weighted_mean, rows))
        return float(found[2, 0] - found[1, 0])

    alone = width(few, np.arange(30))
    assert width(many, np.repeat(np.arange(30), 50)) == pytest.approx(alone)
    assert width(many, np.arange(1500)) < alone / 4


def test_one_group_has_no_interval_and_undefined_draws_do_not_count() -> None:
    """The value stands alone with one group; a class absent from some resamples harms nothing."""
    one = metrics.bootstrap(np.zeros(5, np.int64), lambda w: np.array([w.sum()]))
    assert one[0, 0] == 5
    assert np.isnan(one[1:]).all()
    positive = np.array([True, False, False, False])
    score = np.array([0.9, 0.1, 0.2, 0.95])
    found = metrics.bootstrap(
        np.arange(4), lambda w: np.array([metrics.auroc(positive, score, w), np.nan])
    )
    assert found[:, 0] == pytest.approx([2 / 3, 0, 1])
    assert np.isnan(found[:, 1]).all()
