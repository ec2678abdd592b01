"""Design matrix: the columns that both heads read, and the rates of selected n-grams."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features import lexicon, registry
from fingerprint_features.extract import SparseRows, extract
from fingerprint_features.sample import Sample
from fingerprint_models.arrays import npz_bytes, read_npz
from fingerprint_models.design_matrix import PER, DesignMatrix, rates

buckets = st.integers(0, lexicon.BUCKETS - 1)
rows = st.lists(st.dictionaries(buckets, st.integers(1, 500), max_size=8), max_size=6)


def sparse(counts: list[dict[int, int]]) -> SparseRows:
    ordered = [sorted(row.items()) for row in counts]
    flat = [pair for row in ordered for pair in row]
    return SparseRows(
        np.cumsum([0, *map(len, ordered)], dtype=np.int64),
        np.array([bucket for bucket, _ in flat], dtype=np.int32),
        np.array([count for _, count in flat], dtype=np.int32),
    )


@given(rows, st.data())
def test_rates_by_hand(counts: list[dict[int, int]], data: st.DataObject) -> None:
    """Rates are those of a dictionary a sample, whether a bucket was hit or not."""
    hit = sorted({bucket for row in counts for bucket in row})
    some = st.sampled_from(hit) if hit else buckets
    chosen = sorted(data.draw(st.sets(some | buckets, max_size=6)))
    found = rates(sparse(counts), np.array(chosen, dtype=np.int32))
    assert found.shape == (len(counts), len(chosen))
    for row, line in zip(counts, found, strict=True):
        total = max(sum(row.values()), 1)
        expected = [math.log1p(row.get(bucket, 0) * PER / total) for bucket in chosen]
        np.testing.assert_allclose(line, expected, rtol=1e-5)


def test_rates_ignore_length() -> None:
    """A sample twice as long with the same n-grams has the same rates."""
    once, twice = {3: 2, 9: 1}, {3: 4, 9: 2}
    found = rates(sparse([once, twice]), np.array([3, 9], dtype=np.int32))
    np.testing.assert_allclose(found[0], found[1])


@pytest.fixture
def design() -> DesignMatrix:
    """Return a design with buckets of two views out of three."""
    some = np.array([5, 77, 1024], dtype=np.int32)
    return DesignMatrix({"tokens": some, "characters": some[:2]})


def test_columns_have_names(design: DesignMatrix) -> None:
    """There is one name a column, dense ones first, views in the order of the lexicon."""
    features = extract([Sample("x = 1\n", "python"), Sample("", "python")])
    made = design(features)
    assert made.shape == (2, len(design.columns))
    assert made.dtype == np.float32
    assert design.columns[: len(registry.COLUMNS)] == registry.COLUMNS
    assert design.columns[len(registry.COLUMNS) :] == (
        "lexicon.characters.5",
        "lexicon.characters.77",
        "lexicon.tokens.5",
        "lexicon.tokens.77",
        "lexicon.tokens.1024",
    )
    np.testing.assert_array_equal(made[:, : len(registry.COLUMNS)], features.dense)


def test_each_column_counts_its_own_bucket() -> None:
    """The column named after a bucket holds that bucket's rate."""
    features = extract([Sample("def f(a):\n    return a + 1\n", "python")])
    for at, view in enumerate(lexicon.VIEWS):
        hit = features.lexicon[at].indices[:3]
        design = DesignMatrix({view: hit})
        assert np.all(design(features)[0, len(registry.COLUMNS) :] > 0)


def test_no_samples(design: DesignMatrix) -> None:
    """No samples give no rows, and all columns."""
    assert design(extract([])).shape == (0, len(design.columns))


def test_no_selected_ngrams() -> None:
    """A design without n-grams has the dense columns alone."""
    assert DesignMatrix({}).columns == registry.COLUMNS


def test_design_round_trip(design: DesignMatrix) -> None:
    """A design comes back from an npz file with the same columns, in the same order."""
    back = DesignMatrix.from_arrays(read_npz(npz_bytes(design.to_arrays())))
    assert back.columns == design.columns
    assert {view: chosen.dtype for view, chosen in back.buckets.items()} == {
        "tokens": np.int32,
        "characters": np.int32,
    }
