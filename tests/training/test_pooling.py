"""Pools: what n samples of one source tell more than one, fitted and measured by source."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_models.pooling import Pooling
from fingerprint_models.transfer import log_softmax
from fingerprint_training.answers import Answers
from fingerprint_training.pooling import (
    GROWTHS,
    MOST,
    SIZES,
    curve,
    draw,
    fit_pooling,
    mean_answers,
    pools,
)

CLASSES = 3
seeds = st.integers(0, 10_000)


def answers(
    seed: int = 0, *, sources: int = 60, size: int = 120, shared: float = 0.0, knows: float = 0.8
) -> tuple[Answers, list[str]]:
    """Return calibrated answers to samples of sources, one class each, and the cell of each.

    What a sample shows is a Gaussian around its class; a share `shared` of the noise is that of
    the whole source. With none, samples are independent evidence; with 1, all say the same.
    """
    rng = np.random.default_rng(seed)
    source = np.arange(sources).repeat(size)
    truth = source % CLASSES
    common, own = rng.normal(size=(sources, CLASSES)), rng.normal(size=(len(source), CLASSES))
    shown = np.sqrt(shared) * common[source] + np.sqrt(1 - shared) * own
    shown[np.arange(len(source)), truth] += knows
    p = np.exp(log_softmax(knows * shown))  # Bayes' rule for unit variance
    side = Answers(p, truth, rng.uniform(0.5, 2.0, len(source)), source // 2)
    return side, [f"source {name}" for name in source.tolist()]


def strength(pooling: Pooling, n: int) -> float:
    return float(pooling.factor * n**pooling.growth)


def test_what_is_dependent_does_not_grow() -> None:
    """Samples that all say the same are one sample: no growth, and no factor above 1."""
    pooling = fit_pooling(*answers(shared=1.0))
    assert pooling.growth <= GROWTHS[1]
    assert strength(pooling, 100) < 1.5


def test_what_is_independent_grows() -> None:
    """Independent samples are worth most: the growth is near the largest there is."""
    pooling = fit_pooling(*answers(shared=0.0))
    assert pooling.growth >= GROWTHS[-2]
    assert strength(pooling, 100) > 4 * strength(fit_pooling(*answers(shared=0.5)), 100)


def test_sources_too_small_to_pool() -> None:
    """Where no source has samples enough for any pool, fitting still gives a finite answer."""
    side, cell = answers(size=SIZES[1] - 1, sources=9)
    pooling = fit_pooling(side, cell)
    np.testing.assert_allclose(pooling(side.probabilities[:5]).sum(), 1.0)
    assert len(pools(pooling, side, cell).truth) == 0
    assert [score.size for score in curve(pooling, side, cell, 0)] == [1]


def test_the_curve_rises() -> None:
    """Of independent evidence more is told better, at every size, by every figure."""
    side, cell = answers(knows=0.5)
    found = curve(fit_pooling(side, cell), side, cell, 0)
    assert [score.size for score in found] == list(SIZES)
    for name in ("accuracy", "macro_f1", "human_auroc"):
        values = [getattr(score, name) for score in found]
        means = [value for value, _, _ in values]
        assert all(b >= a for a, b in pairwise(means)), name
        assert means[-1] > means[0] + 0.2
        assert all(low <= mean <= high for mean, low, high in values)


def test_one_sample_is_told_as_it_was() -> None:
    """A pool of one scores what the samples themselves score, whatever the pooling."""
    side, cell = answers(sources=30, size=20)
    one = curve(Pooling(3.0, 0.5), side, cell, 0)[0]
    drawn = draw(side, cell, 1)
    right = side.probabilities.argmax(axis=1) == side.truth
    expected = np.average(right[drawn.rows[:, 0]], weights=drawn.weights)
    assert one.accuracy[0] == pytest.approx(expected)
    assert (one.pools, one.owners) == (30 * 20, 15)


def test_a_corpus_without_a_human_class() -> None:
    """Without a human class there is no telling humans apart, and the rest is measured."""
    side, cell = answers(sources=12, size=12)
    scores = curve(Pooling(), side, cell, None)
    assert all(np.isnan(score.human_auroc[0]) for score in scores)
    assert all(0 <= score.accuracy[0] <= 1 for score in scores)


def test_plain_data() -> None:
    """A score is strict JSON with each figure's ends, None where it could not be measured."""
    side, cell = answers(sources=12, size=12)
    score = curve(Pooling(), side, cell, None)[-1]
    plain = json.loads(json.dumps(score.to_dict(), allow_nan=False))
    assert plain["human_auroc"] == {"value": None, "low": None, "high": None}
    assert (plain["size"], plain["owners"]) == (10, 6)
    assert set(plain["accuracy"]) == {"value", "low", "high"}


@settings(max_examples=40, deadline=None)
@given(seeds, st.lists(st.integers(1, 90), min_size=1, max_size=8), st.sampled_from(SIZES))
def test_pools_keep_to_their_cell(seed: int, counts: list[int], size: int) -> None:
    """A pool is of one cell, hence one truth and owner, no sample twice; cells draw at most MOST.

    The same seed draws the same pools.
    """
    place = np.random.default_rng(seed).permutation(np.arange(len(counts)).repeat(counts))
    truth, owner = place % CLASSES, place // 2
    side = Answers(np.full((len(place), CLASSES), 1 / 3), truth, np.ones(len(place)), owner)
    drawn = draw(side, [str(name) for name in place], size, seed)
    assert drawn.rows.shape[1] == size
    cell: Any = place[drawn.rows]
    assert (cell == cell[:, :1]).all()
    assert (truth[drawn.rows] == drawn.truth[:, None]).all()
    assert (owner[drawn.rows] == drawn.owner[:, None]).all()
    assert all(len(set(rows)) == size for rows in drawn.rows.tolist())
    expected = [min(MOST, n // size) for n in counts]
    assert np.bincount(cell[:, 0], minlength=len(counts)).tolist() == expected
    again = draw(side, [str(name) for name in place], size, seed)
    assert np.array_equal(drawn.rows, again.rows)


def test_answers_of_pools() -> None:
    """Pools of all sizes above one are answered together, each weighing by its owner's number."""
    side, cell = answers(sources=12, size=30)
    pooling = Pooling(1.0, 0.5)
    found = pools(pooling, side, cell)
    drawn = [draw(side, cell, size) for size in SIZES[1:]]
    assert len(found.truth) == sum(len(each.rows) for each in drawn) == 12 * (10 + 3 + 1)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1.0)
    np.testing.assert_array_equal(
        found.probabilities[0], pooling(side.probabilities[drawn[0].rows[0]])
    )
    assert (found.weights > 0).all()


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(1, 40))
def test_mean_answers_are_distributions(seed: int, n: int) -> None:
    """Each row sums to 1; a class without samples is believed to be answered evenly."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, n)
    side = Answers(rng.dirichlet((1, 1, 1), n), truth, rng.uniform(0.1, 2.0, n), truth)
    means = mean_answers(side)
    assert means.shape == (CLASSES, CLASSES)
    np.testing.assert_allclose(means.sum(axis=1), 1.0)
    np.testing.assert_allclose(means[2], 1 / 3)


def test_mean_answers_are_weighed() -> None:
    """A sample of weight 3 counts as three."""
    p = np.array([[0.8, 0.1, 0.1], [0.4, 0.5, 0.1]])
    truth = np.zeros(2, dtype=np.int64)
    means = mean_answers(Answers(p, truth, np.array([3.0, 1.0]), truth))
    np.testing.assert_allclose(means[0], [0.7, 0.2, 0.1])
