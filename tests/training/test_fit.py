"""Fitting: sources are weighed evenly, columns chosen from the given rows alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features import lexicon, registry
from fingerprint_features.extract import Features, SparseRows
from fingerprint_features.registry import GROUPS
from fingerprint_training import fold_model
from fingerprint_training.crossfit import score_left_out
from fingerprint_training.fit import (
    ABSENT,
    Augmentation,
    Heads,
    class_weights,
    fit_heads,
    fit_linear,
    select,
    source_weights,
)
from fingerprint_training.fold_model import Fitter
from fingerprint_training.material import Material, by_owner
from fingerprint_training.recipe import Augmentation as Augmented


def silent(_: str) -> None:
    """Drop a message."""


def holding(rows: list[set[int]]) -> Features:
    """Return features whose samples hold some buckets of every view, once each."""
    n = len(rows)
    flat = [bucket for row in rows for bucket in sorted(row)]
    view = SparseRows(
        np.cumsum([0, *map(len, rows)], dtype=np.int64),
        np.array(flat, dtype=np.int32),
        np.ones(len(flat), dtype=np.int32),
    )
    return Features(
        np.zeros((n, len(registry.COLUMNS)), dtype=np.float32),
        (view,) * len(lexicon.VIEWS),
        ("ok",) * n,
        ("python",) * n,
        np.ones(n, dtype=np.bool_),
        np.full(n, 10, dtype=np.int32),
    )


cells = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40)


@given(cells)
def test_classes_are_even_within_a_source(pairs: list[tuple[int, int]]) -> None:
    """In a source each class weighs the same in sum, and a source weighs the root of its size."""
    names = sorted({s for s, _ in pairs})
    source = np.array([names.index(s) for s, _ in pairs])
    truth = np.array([t for _, t in pairs])
    weights = source_weights(source, truth)
    assert weights.mean() == pytest.approx(1.0)
    scale = weights.sum() / sum(np.sqrt(np.bincount(source)))
    for s in range(len(names)):
        inside = source == s
        sums = [weights[inside & (truth == t)].sum() for t in np.unique(truth[inside])]
        np.testing.assert_allclose(sums, sums[0])
        assert sum(sums) == pytest.approx(scale * np.sqrt(inside.sum()))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_class_weights(labels: list[int]) -> None:
    """A class weighs the root of its size in sum; the mean weight is 1."""
    truth = np.array(labels)
    weights = class_weights(truth, 5)
    assert weights.mean() == pytest.approx(1.0)
    sums = np.bincount(truth, weights=weights, minlength=5)
    sizes = np.bincount(truth, minlength=5)
    np.testing.assert_allclose(sums / sums.sum(), np.sqrt(sizes) / np.sqrt(sizes).sum())


def test_ngrams_of_many_sources_are_chosen() -> None:
    """N-grams that all samples hold, or one source in eight, are passed over; the rest ranked."""
    source = np.repeat(np.arange(8), 2)
    everywhere, half, some, lone = 1, 2, 3, 4
    rows = [
        {everywhere}
        | ({half} if i % 2 else set())
        | ({some} if i in {0, 2, 4} else set())
        | ({lone} if i == 15 else set())
        for i in range(16)
    ]
    features = holding(rows)
    best = select(features, source, 8, {"tokens": 1, "characters": 10})
    assert best.buckets["tokens"].tolist() == [half]
    assert best.buckets["characters"].tolist() == [half, some]
    assert "tree" not in best.buckets  # no column of it was asked for


def test_a_large_source_has_no_more_say() -> None:
    """The score is over sources: n-grams held in half of the sources beat those of one large one.

    The large source alone holds most samples.
    """
    source = np.array([0] * 50 + [1, 2, 3])
    of_large, of_small = 7, 8
    rows = [{of_large} if i < 26 else set() for i in range(50)] + [{of_small}, {of_small}, set()]
    best = select(holding(rows), source, 4, {"tokens": 1})
    assert best.buckets["tokens"].tolist() == [of_small]


def separable(n: int = 60) -> tuple[Any, Any]:
    """Return columns and truth of three classes, of which the middle one has no sample."""
    rng = np.random.default_rng(0)
    truth = np.arange(n) % 2 * 2
    columns = rng.normal(size=(n, 4)).astype(np.float32)
    columns[:, 1] += 6.0 * (truth - 1)
    return columns, truth


def test_transfer_tells_a_separable_toy_apart() -> None:
    """Discriminants find the one column that separates, also on samples they did not see."""
    columns, truth = separable()
    head = fit_linear(columns[:40], truth[:40], np.ones(40), 3, 0.2)
    assert np.array_equal(head(columns).argmax(axis=1), truth)
    assert np.abs(head.weights[:, 0]).argmax() == 1


def test_absent_class_is_scored_as_absent() -> None:
    """A class without samples has the score ABSENT at every point."""
    columns, truth = separable()
    scores = fit_linear(columns, truth, np.ones(len(truth)), 3, 0.2)(columns)
    assert np.all(scores[:, 1] == ABSENT)


def test_weights_are_counts() -> None:
    """A sample of weight 2 counts as that sample twice, a sample of weight 0 as none."""
    columns, truth = separable(20)
    weights = np.array([2.0] * 10 + [1.0] * 9 + [0.0])
    written_out = np.repeat(np.arange(20), weights.astype(int))
    one = fit_linear(columns, truth, weights, 3, 0.2)
    other = fit_linear(columns[written_out], truth[written_out], np.ones(len(written_out)), 3, 0.2)
    np.testing.assert_allclose(one(columns), other(columns), rtol=1e-3, atol=1e-2)


def test_constant_columns_are_harmless() -> None:
    """A column that never varies yields finite scores, even where it varies later."""
    columns, truth = separable()
    columns[:, 3] = 7.0
    head = fit_linear(columns, truth, np.ones(len(truth)), 3, 0.2)
    columns[:, 3] = 1e6
    assert np.all(np.isfinite(head(columns)))


@pytest.fixture(scope="module")
def fitter(trained: Any, material: Material) -> Fitter:
    """Return a fitter that keeps nothing on disk."""
    return Fitter(material, trained.recipe, None, silent)


def test_heads_look_at_their_rows_alone(fitter: Fitter, material: Material) -> None:
    """What the other rows hold, and are called, changes nothing in columns, scores and trees."""
    rows = np.arange(0, len(material.truth), 2)
    others = np.arange(1, len(material.truth), 2)
    order = np.arange(len(material.truth))
    order[others] = np.roll(others, 3)
    truth = material.truth.copy()
    truth[others] = 1 - truth[others]
    spoilt = replace(material, features=material.features.take(order), truth=truth)
    one, other = fitter.heads(rows), replace(fitter, material=spoilt).heads(rows)
    assert one.booster.text == other.booster.text
    for name, array in one.to_arrays().items():
        np.testing.assert_array_equal(array, other.to_arrays()[name])


@pytest.fixture(scope="module")
def augmented(fitter: Fitter) -> Fitter:
    """Return a fitter whose recipe wants copies."""
    return replace(fitter, recipe=replace(fitter.recipe, augmentation=Augmented(0.5)))


def test_copies_teach_the_heads_and_place_nothing(augmented: Fitter, fitter: Fitter) -> None:
    """With copies the heads are others; columns are chosen and sources placed as without."""
    rows = np.arange(0, len(fitter.material.truth), 2)
    one, other = fitter.heads(rows), augmented.heads(rows)
    assert one.booster.text != other.booster.text
    assert one.design.columns == other.design.columns
    for name, array in one.familiarity.to_arrays("familiarity").items():
        np.testing.assert_array_equal(array, other.familiarity.to_arrays("familiarity")[name])


def test_copies_weigh_what_the_recipe_says(augmented: Fitter) -> None:
    """Copies that are their samples, at weight 1, fit the linear head that samples alone fit."""
    rows = np.arange(0, len(augmented.material.truth), 2)
    features, truth = augmented.material.features.take(rows), augmented.material.truth[rows]
    source = augmented.material.corpus.take(rows.tolist()).column("source")
    recipe = augmented.recipe
    heads = [
        fit_heads(
            features,
            truth,
            source,
            2,
            human=0,
            selected={"tokens": 10},
            settings=recipe.booster,
            shrinkage=0.1,
            seed=0,
            copies=copies,
        )
        for copies in (None, Augmentation(features, np.arange(len(rows)), 1.0))
    ]
    for name, array in heads[0].transfer.to_arrays().items():
        np.testing.assert_allclose(array, heads[1].transfer.to_arrays()[name], atol=1e-3)


def test_a_fold_sees_copies_of_its_own_rows_alone(
    augmented: Fitter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the heads get beside the rows are copies of these, each beside its own sample."""
    got: list[tuple[Any, Augmentation]] = []

    def spy(features: Any, *given: Any, copies: Augmentation, **settings: Any) -> Heads:
        got.append((features, copies))
        return fit_heads(features, *given, copies=copies, **settings)

    monkeypatch.setattr(fold_model, "fit_heads", spy)
    rows = np.arange(1, len(augmented.material.truth), 3)[::-1].copy()
    augmented.heads(rows)
    ((features, copies),) = got
    assert augmented.copies is not None
    own = np.isin(augmented.copies.of, rows)
    assert 0 < own.sum() == len(copies.features) < len(own)
    np.testing.assert_array_equal(rows[copies.of], augmented.copies.of[own])
    assert [features.language[at] for at in copies.of] == list(copies.features.language)


def test_hidden_columns_are_seen_by_no_head(augmented: Fitter) -> None:
    """A group that is hidden is 0 in samples and copies: no tree asks for it."""
    rows = np.arange(len(augmented.material.truth))
    heads = replace(augmented, hidden="comments").heads(rows)
    columns = augmented.heads(rows).design.columns
    used = set(re.findall(r"Column_(\d+)", heads.booster.text.split("feature_importances:")[1]))
    names = {columns[int(at)] for at in used}
    assert names
    assert not [name for name in names if GROUPS.get(name) == "comments"]


def test_heads_round_trip(fitter: Fitter, material: Material) -> None:
    """Heads that went through arrays answer as before, in log-probabilities."""
    rows = np.arange(0, len(material.truth), 2)
    heads = fitter.heads(rows)
    columns = heads.design(material.features.take(np.arange(6)))
    back = Heads.from_arrays(heads.to_arrays())
    assert back.design.columns == heads.design.columns
    one, other = heads.scores(columns), back.scores(columns)
    for name in ("booster", "transfer", "side", "distance"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9)
    for logs in (one.booster, one.transfer):
        np.testing.assert_allclose(np.exp(logs).sum(axis=1), 1.0, rtol=1e-6)
    assert np.all(one.distance >= 0)


def test_same_rows_are_fitted_once(fitter: Fitter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folds that agree, as those of a corpus without tasks and sources, are fitted once."""
    rows = np.arange(40)
    fitted: list[int] = []
    heads_of = Fitter.heads
    monkeypatch.setattr(
        Fitter, "heads", lambda self, asked: fitted.append(len(asked)) or heads_of(self, asked)
    )
    assert len(fitter.all_heads([rows, rows.copy()])) == 1
    assert fitted == [40]


def test_left_out_folds(fitter: Fitter, material: Material) -> None:
    """Every fold is scored, in the order of the rows, by heads that never saw it."""
    rows = np.arange(len(material.truth))[::-1].copy()
    fold, source = np.arange(len(rows)) % 2, np.arange(len(rows)) % 4
    asked: list[list[int]] = []

    def heads_of(kept: Any) -> Heads:
        asked.append(kept.tolist())
        return fitter.heads(kept)

    found = score_left_out(material.features, rows, fold, source, heads_of)
    assert asked == [rows[fold != 0].tolist(), rows[fold != 1].tolist()]
    for held in (0, 1):
        heads = fitter.heads(rows[fold != held])
        columns = heads.design(material.features.take(rows[fold == held]))
        alone, left = heads.scores(columns), found.scores.take(np.flatnonzero(fold == held))
        np.testing.assert_allclose(left.booster, alone.booster)
        np.testing.assert_allclose(left.transfer, alone.transfer)
        np.testing.assert_allclose(left.distance, alone.distance)
    for name in range(4):  # the batch of a sample is its source in its fold
        assert len(set(found.batch_distance[source == name])) == 1


def test_repositories_of_one_owner(material: Material) -> None:
    """OWNER/NAME sources are held out by owner, others by their whole name."""
    corpus = material.corpus.take([0, 1, 2])
    named = corpus.with_column("source", ["ann/x", "ann/y", "plain"])
    assert by_owner(named).column("source") == ["ann", "ann", "plain"]
