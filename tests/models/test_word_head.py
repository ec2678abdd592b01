"""The word head: hashed n-grams in, log-probabilities out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.extract import SparseRows
from fingerprint_models.word_head import WordHead, weigh

BUCKETS = 8


def rows(counts: list[dict[int, int]]) -> SparseRows:
    """Return sparse rows of explicit counts."""
    lengths = [len(each) for each in counts]
    return SparseRows(
        np.cumsum([0, *lengths]).astype(np.int64),
        np.array([b for each in counts for b in sorted(each)], dtype=np.int32),
        np.array([each[b] for each in counts for b in sorted(each)], dtype=np.int32),
    )


def head(seed: int = 0, classes: int = 3) -> WordHead:
    random = np.random.default_rng(seed)
    return WordHead(
        random.uniform(0.5, 2, 2 * BUCKETS).astype(np.float16),
        random.normal(size=(2 * BUCKETS, classes)).astype(np.float16),
        random.normal(size=classes).astype(np.float32),
    )


MESSAGES = st.lists(
    st.dictionaries(st.integers(0, BUCKETS - 1), st.integers(1, 50), max_size=BUCKETS), min_size=1
)


@given(MESSAGES)
def test_it_answers_a_distribution_for_any_message(counts: list[dict[int, int]]) -> None:
    """Probabilities of every message sum to one, an empty one's too."""
    said = head()([rows(counts), rows(counts)])
    assert said.shape == (len(counts), 3)
    np.testing.assert_allclose(np.exp(said).sum(axis=1), 1.0, atol=1e-9)


def test_an_empty_message_gets_what_the_biases_say() -> None:
    """Without n-grams nothing but the bias speaks."""
    model = head()
    said = model([rows([{}]), rows([{}])])[0]
    expected = model.bias - np.log(np.exp(model.bias.astype(np.float64)).sum())
    np.testing.assert_allclose(said, expected, atol=1e-6)


def test_sparse_scores_equal_the_dense_product() -> None:
    """The row-wise product gives what the whole matrix would."""
    model = head(1)
    counts = [{0: 1, 3: 4}, {7: 2}]
    one, two = rows(counts), rows(counts[::-1])
    dense = np.zeros((2, 2 * BUCKETS))
    for at, view in enumerate((one, two)):
        value = weigh(view, model.idf[view.indices + at * BUCKETS].astype(np.float32))
        for row in range(2):
            inside = slice(view.indptr[row], view.indptr[row + 1])
            dense[row, view.indices[inside] + at * BUCKETS] = value[inside]
    scores = dense @ model.weights.astype(np.float64) + model.bias
    expected = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(model([one, two]), expected, atol=1e-5)


@given(MESSAGES)
def test_weighed_rows_have_unit_length(counts: list[dict[int, int]]) -> None:
    """Length of a message does not count, only its direction."""
    view = rows(counts)
    value = weigh(view, np.ones(len(view.indices), dtype=np.float32))
    for row, each in enumerate(counts):
        inside = value[view.indptr[row] : view.indptr[row + 1]]
        assert np.isclose(np.sum(inside**2), 1.0 if each else 0.0, atol=1e-5)


def test_arrays_bring_the_same_head_back() -> None:
    """What a model folder keeps is the whole head."""
    model = head(2)
    again = WordHead.from_arrays(model.to_arrays())
    view = rows([{1: 2, 5: 1}])
    np.testing.assert_array_equal(model([view, view]), again([view, view]))
