from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from fingerprint_models import trees
from fingerprint_models.booster import FEW, Booster
from fingerprint_models.trees import MOST_LEAVES, parse


def fitted(classes: int = 3, absent: float = 0.0) -> tuple[str, np.ndarray]:
    """Return a small multiclass model's text and some rows, a share of their cells NaN."""
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(300, 6)).astype(np.float32)
    rows[rng.random(rows.shape) < absent * (np.arange(6) % 2)] = np.nan
    truth = (rows[:, 0] + rows[:, 1] > 0).astype(int) + (rows[:, 2] > 0.5)
    parameters = {
        "objective": "multiclass", "num_class": classes, "num_leaves": 9, "verbose": -1,
        "num_threads": 1, "min_data_in_leaf": 5,
    }  # fmt: skip
    made = lightgbm.train(parameters, lightgbm.Dataset(rows, truth), 12)
    return made.model_to_string(), rows


def test_numpy_and_lightgbm_agree() -> None:
    """The trees read from the text give LightGBM's probabilities."""
    text, rows = fitted()
    wanted = lightgbm.Booster(model_str=text).predict(rows, num_threads=1)
    np.testing.assert_allclose(parse(text).probabilities(rows), wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("absent", [0.0, 0.5])
def test_missing_values_go_where_lightgbm_sends_them(absent: float) -> None:
    """NaN is followed as LightGBM does, also in columns that missed nothing in training."""
    text, rows = fitted(absent=absent)
    holed = rows.copy()
    holed[np.random.default_rng(1).random(rows.shape) < 0.3] = np.nan
    wanted = lightgbm.Booster(model_str=text).predict(holed, num_threads=1)
    made = parse(text)
    assert not (absent and made.absent_left.all()), "in some node NaN must go to the right"
    np.testing.assert_allclose(made.probabilities(holed), wanted, rtol=0, atol=1e-12)
    alone = np.concatenate([made.probabilities(row[None]) for row in holed])
    assert np.array_equal(made.probabilities(holed), alone)


def test_a_class_that_never_occurs_has_trees_of_one_leaf() -> None:
    """A class without samples has trees that are a single leaf, and these count too."""
    text, rows = fitted(classes=4)
    wanted = lightgbm.Booster(model_str=text).predict(rows, num_threads=1)
    np.testing.assert_allclose(parse(text).probabilities(rows), wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("most_leaves", [MOST_LEAVES, 4])
def test_few_samples_do_not_open_lightgbm(
    most_leaves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few samples are scored without a LightGBM booster, many too where trees are narrow."""
    monkeypatch.setattr(trees, "MOST_LEAVES", most_leaves)
    text, rows = fitted()
    booster = Booster(text)
    few = booster.probabilities(rows[: FEW - 1])
    assert booster._opened is None
    np.testing.assert_allclose(booster.probabilities(rows)[: FEW - 1], few, rtol=0, atol=1e-12)
    assert (booster._opened is None) == (most_leaves == MOST_LEAVES)


def test_marking_leaves_finds_what_walking_down_finds() -> None:
    """Few samples, which walk, and many, whose leaves are marked, get the same answers."""
    text, rows = fitted()
    made = parse(text)
    # Thresholds themselves go left, in either way.
    rows[: len(made.threshold), 0] = made.threshold[:, 0].astype(np.float32)
    alone = np.concatenate([made.probabilities(row[None]) for row in rows])
    assert np.array_equal(made.probabilities(rows), alone)


def test_no_samples_give_no_rows() -> None:
    """Nothing in, nothing out, with the right width."""
    text, rows = fitted()
    assert parse(text).probabilities(rows[:0]).shape == (0, 3)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version=v4", "version=v9"),
        ("num_cat=0", "num_cat=1"),
        ("decision_type=2", "decision_type=6"),
    ],
)
def test_text_that_is_not_understood_is_refused(old: str, new: str) -> None:
    """Another version of the format, or a categorical split, is an error and no guess."""
    text, _ = fitted()
    with pytest.raises(ValueError, match="LightGBM text"):
        parse(text.replace(old, new))
