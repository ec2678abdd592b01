from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_training.corpora import Corpus
from fingerprint_training.errors import SplitError
from fingerprint_training.split import holdout, source_folds, task_folds

MakeCorpus = Callable[[list[dict[str, Any]]], Corpus]
MEMBERS = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("xyz"), st.sampled_from("STUVW")),
    min_size=1,
    max_size=60,
)
FOLDS = {"tasks": (task_folds, "task"), "sources": (source_folds, "source")}


def rows_of(members: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [{"code": "c", "task": t, "label": y, "source": s} for t, y, s in members]


@pytest.mark.parametrize("protocol", ["tasks", "sources"])
@settings(max_examples=60, deadline=None)
@given(members=MEMBERS, n=st.integers(2, 4), seed=st.integers(0, 3))
def test_folds_keep_groups_whole_and_cover_all(
    make_corpus: MakeCorpus, protocol: str, members: list[tuple[str, str, str]], n: int, seed: int
) -> None:
    """No group lies in two folds, every row in one, no fold is empty, and row order is nothing."""
    folds_of, column = FOLDS[protocol]
    corpus = make_corpus(rows_of(members))
    groups = corpus.column(column)
    if len(set(groups)) < n:
        with pytest.raises(SplitError, match=protocol):
            folds_of(corpus, n, seed)
        return
    folds = folds_of(corpus, n, seed)
    assert folds.shape == (len(corpus),)
    assert set(folds.tolist()) == set(range(n))
    assert len({*zip(groups, folds.tolist(), strict=True)}) == len(set(groups))
    order = list(range(len(corpus)))
    random.Random(seed).shuffle(order)
    assert folds_of(corpus.take(order), n, seed).tolist() == folds[order].tolist()


@pytest.mark.parametrize("protocol", ["tasks", "sources"])
@settings(max_examples=60, deadline=None)
@given(members=MEMBERS, fraction=st.floats(0.05, 0.6), seed=st.integers(0, 3))
def test_holdout_shares_no_group(
    make_corpus: MakeCorpus,
    protocol: Any,
    members: list[tuple[str, str, str]],
    fraction: float,
    seed: int,
) -> None:
    """Both sides hold rows, all rows once together, and no group stands on both."""
    corpus = make_corpus(rows_of(members))
    groups = np.array(corpus.column(FOLDS[protocol][1]))
    if len(set(groups)) < 2:
        with pytest.raises(SplitError):
            holdout(corpus, protocol, seed, fraction)
        return
    split = holdout(corpus, protocol, seed, fraction)
    assert len(split.train) > 0
    assert len(split.test) > 0
    assert sorted([*split.train, *split.test]) == list(range(len(corpus)))
    assert not set(groups[split.train]) & set(groups[split.test])


def test_a_task_stays_together_across_sources(make_corpus: MakeCorpus) -> None:
    """Two sources that gave the same task have it in the same fold."""
    rows = [
        {"code": "c", "task": f"t{n % 10}", "source": "ab"[n // 10], "label": "xy"[n % 2]}
        for n in range(20)
    ]
    folds = task_folds(make_corpus(rows), 3)
    assert folds[:10].tolist() == folds[10:].tolist()


def test_labels_are_spread_evenly_where_groups_permit(make_corpus: MakeCorpus) -> None:
    """With many small tasks each fold gets its share of even a rare label."""
    rows = [{"code": "c", "task": f"t{n}", "label": "ab"[n % 20 == 0]} for n in range(1000)]
    corpus = make_corpus(rows)
    folds = task_folds(corpus, 5)
    rare = np.array([label == "b" for label in corpus.column("label")])
    assert np.bincount(folds[rare]).tolist() == [10] * 5
    assert np.bincount(folds).tolist() == [200] * 5


def test_source_folds_test_several_labels(make_corpus: MakeCorpus) -> None:
    """Sources of one label each are spread so that every fold tests all labels."""
    rows = [
        {"code": "c", "source": f"{label}{n}", "label": label}
        for label in "abc"
        for n in range(6)
        for _ in range(4)
    ]
    corpus = make_corpus(rows)
    folds = source_folds(corpus, 3)
    labels = np.array(corpus.column("label"))
    assert [sorted(set(labels[folds == fold])) for fold in range(3)] == [["a", "b", "c"]] * 3


def test_holdout_is_about_as_large_as_asked(make_corpus: MakeCorpus) -> None:
    """A fifth is a fifth of each label when tasks are small, and the seed changes which."""
    rows = [{"code": "c", "task": f"t{n}", "label": "ab"[n % 2]} for n in range(500)]
    corpus = make_corpus(rows)
    labels = np.array(corpus.column("label"))
    first, second = (holdout(corpus, "tasks", seed, 0.2) for seed in (0, 1))
    assert abs((labels[first.test] == "a").sum() - 50) <= 1
    assert abs(len(first.test) - 100) <= 2
    assert first.test.tolist() != second.test.tolist()


def test_misuse_is_told(make_corpus: MakeCorpus) -> None:
    """One fold, a fraction of 1 and an unknown protocol are errors that say so."""
    corpus = make_corpus(rows_of([("a", "x", "S"), ("b", "y", "T")]))
    with pytest.raises(SplitError, match="1 folds"):
        task_folds(corpus, 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        holdout(corpus, fraction=1.0)
    with pytest.raises(ValueError, match="'rows'"):
        holdout(corpus, "rows")  # type: ignore[arg-type]
