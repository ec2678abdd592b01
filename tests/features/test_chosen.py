"""Counting chosen buckets alone tells of these what counting all of them tells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features import lexicon
from fingerprint_features.batch import Batch
from fingerprint_features.extract import extract
from fingerprint_features.lexicon import BUCKETS, VIEWS
from fingerprint_features.sample import Sample
from fingerprint_features.source import prepare
from fingerprint_features.sparse import SparseRows

CODE = [
    Sample("def f(xs):\n    return [x for x in xs if x]  # all\n", "python"),
    Sample("", "python"),
    Sample("int main(void) { return 0; }", "c"),
    Sample("x", None),
    Sample(f"a = '{'b' * 200}'\n\t\tc{' ' * 90}d\n", "ruby"),
]


def table(view: SparseRows) -> np.ndarray:
    """Return the counts of a view as a full table, shape (samples, BUCKETS)."""
    made = np.zeros((len(view.indptr) - 1, BUCKETS), dtype=np.int64)
    row = np.repeat(np.arange(len(made)), np.diff(view.indptr))
    made[row, view.indices] = view.counts
    return made


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Return samples of several languages, one of them empty."""
    return Batch.of([prepare(sample) for sample in CODE])


@given(st.data())
def test_chosen_buckets_have_the_counts_they_have_among_all(
    batch: Batch, data: st.DataObject
) -> None:
    """So does the number of all n-grams, which shares are taken of."""
    everything = lexicon.count_batch(batch)
    hit = {name: np.unique(view.indices) for name, view in zip(VIEWS, everything, strict=True)}
    chosen = {}
    for name in data.draw(st.sets(st.sampled_from(VIEWS))):
        some = data.draw(st.sets(st.sampled_from(hit[name].tolist()), max_size=20))
        chosen[name] = np.array(sorted(some | {0, BUCKETS - 1}), dtype=np.int32)
    for name, whole, part in zip(
        VIEWS, everything, lexicon.count_batch(batch, chosen), strict=True
    ):
        expected = np.zeros((len(CODE), BUCKETS), dtype=np.int64)
        buckets = chosen.get(name, np.zeros(0, dtype=np.int32))
        expected[:, buckets] = table(whole)[:, buckets]
        assert np.array_equal(table(part), expected)
        assert np.array_equal(part.totals, whole.totals)


def test_choosing_changes_nothing_but_the_lexicon() -> None:
    """Dense columns, statuses and languages are those of a full extraction."""
    full, part = extract(CODE), extract(CODE, chosen={})
    assert np.array_equal(full.dense, part.dense)
    assert (full.status, full.language) == (part.status, part.language)
    assert all(len(view.indices) == 0 for view in part.lexicon)
    for whole, view in zip(full.lexicon, part.lexicon, strict=True):
        assert np.array_equal(view.totals, whole.totals)


def test_a_batch_counts_what_each_sample_counts_alone(batch: Batch) -> None:
    """No n-gram reaches over into the next sample, nor into a newline that was added."""
    for name, view in zip(VIEWS, lexicon.count_batch(batch), strict=True):
        alone = [lexicon.count(prepare(sample))[VIEWS.index(name)] for sample in CODE]
        for at, counts in enumerate(alone):
            own = slice(view.indptr[at], view.indptr[at + 1])
            assert np.array_equal(view.indices[own], counts.buckets)
            assert np.array_equal(view.counts[own], counts.counts)


def test_a_long_run_is_hashed_like_the_sum_that_defines_it() -> None:
    """Powers go up to the 64th byte of a token, and stay there."""
    data = np.frombuffer(b"ab" + b"c" * 100 + b"d", dtype=np.uint8)
    found = lexicon._run_hashes(data, np.array([0, 2, 102]))
    for run, hashed in zip((data[:2], data[2:102], data[102:]), found.tolist(), strict=True):
        powers = (pow(16777619, min(at, 63) + 1) for at in range(len(run)))
        total = sum((int(byte) + 1) * power for byte, power in zip(run, powers, strict=True))
        assert hashed == total % (1 << 32)
