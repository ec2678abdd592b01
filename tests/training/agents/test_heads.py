"""Weights, n-grams and blends of an agent model."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprint_features.activity import registry, words
from fingerprint_features.activity.extract import ActivityFeatures
from fingerprint_features.extract import SparseRows
from fingerprint_training.agents.heads import fit_blends, fit_words
from fingerprint_training.agents.material import AgentMaterial, balanced, design


def texts(buckets: list[list[int]]) -> SparseRows:
    """Return rows that hold each of their buckets once."""
    return SparseRows(
        np.cumsum([0, *map(len, buckets)]).astype(np.int64),
        np.array([b for row in buckets for b in row], dtype=np.int32),
        np.ones(sum(map(len, buckets)), dtype=np.int32),
    )


def test_an_owner_counts_as_the_root_of_its_changes() -> None:
    """Of two owners of one class, the one with four times the changes has twice the weight."""
    truth, owner = np.zeros(5, dtype=np.int64), np.array([0, 0, 0, 0, 1])
    weight = balanced(truth, owner, np.full(5, "diff"))
    assert weight[:4].sum() == pytest.approx(2 * weight[4])


def test_what_is_at_hand_is_balanced_by_itself() -> None:
    """A class's many pull requests take nothing from the weight of its commits."""
    truth = np.array([0, 1, *[1] * 50])
    hand = np.array(["diff", "diff", *["pull_request"] * 50])
    weight = balanced(truth, np.arange(52), hand)
    assert weight[0] == pytest.approx(weight[1])
    assert weight[hand == "pull_request"].mean() == pytest.approx(1.0)


def test_changes_with_a_diff_stand_twice() -> None:
    """The copy has the text's columns alone, its truth and its owner."""
    dense = np.ones((2, len(registry.COLUMNS)), dtype=np.float32)
    views = tuple(texts([[1], [2]]) for _ in words.VIEWS)
    numbers = (np.array([0, 1]), np.array([3, 4]), np.array([0, 1]))
    hand = np.array(["diff", "pull_request"])
    made = design(AgentMaterial(ActivityFeatures(dense, views), *numbers, hand, ("a", "b")))
    assert made.row.tolist() == [0, 1, 0]
    assert made.hand.tolist() == ["diff", "pull_request", "message"]
    groups = np.array([registry.GROUPS[name] for name in registry.COLUMNS])
    assert np.isfinite(made.features.dense[2, groups == "text"]).all()
    assert np.isnan(made.features.dense[2, groups != "text"]).all()
    assert np.isfinite(made.features.dense[:2]).all()


def test_names_that_few_owners_know_are_not_heard() -> None:
    """An n-gram of fewer than four owners has no say, one of all classes' owners has."""
    rows = [[7, 1] if at % 2 else [7, 2] for at in range(20)]
    rows = [[*row, 9] if at < 2 else row for at, row in enumerate(rows)]
    views = [texts(rows), texts([[5]] * 20)]
    truth = np.arange(20) % 2
    head = fit_words(views, truth, np.arange(20) % 10, np.ones(20), classes=3, c=10.0)
    assert head.idf[9] == 0
    assert head.idf[7] > 0
    said = np.exp(head(views))
    assert (said[:, :2].argmax(axis=1) == truth).all()
    assert (said[:, 2] < 1e-6).all(), "a class that was never seen is never told"


def test_a_class_that_does_not_occur_keeps_the_bias_of_none() -> None:
    """That a corpus has no pull request of a person does not mean that people open none."""
    random = np.random.default_rng(0)
    truth = random.integers(1, 3, 200)
    logs = np.log(random.dirichlet((1, 1, 1), 200))
    hand = np.full(200, "pull_request")
    blends = fit_blends(logs, logs, truth, hand)
    assert set(blends) == {"diff", "message", "pull_request"}
    assert blends["pull_request"].bias[0] == 0.0
    p = blends["pull_request"](logs, logs)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
