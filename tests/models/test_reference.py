"""Reference statistics: what is typical of each class, measured, stored, and read again."""

import numpy as np
import pytest

from fingerprint_models.arrays import npz_bytes, read_npz
from fingerprint_models.errors import ModelError
from fingerprint_models.reference import Reference, measure_reference


def test_reference_is_measured() -> None:
    """Means are weighted by class, the spread is that of all, an empty class has all's mean."""
    values = np.array([[0.0, 1.0], [2.0, 1.0], [8.0, 5.0]], dtype=np.float32)
    weights = np.array([3.0, 1.0, 4.0])
    mean, spread = measure_reference(values, np.array([0, 0, 1]), 3, weights)
    np.testing.assert_allclose(mean, [[0.5, 1.0], [8.0, 5.0], [4.25, 3.0]])
    overall = np.average(values, axis=0, weights=weights)
    expected = np.sqrt(np.average((values - overall) ** 2, axis=0, weights=weights))
    np.testing.assert_allclose(spread, expected)


def test_reference_without_weights() -> None:
    """Without weights every sample counts once; without samples there is nothing to measure."""
    values = np.array([[1.0], [3.0]])
    mean, spread = measure_reference(values, np.array([0, 0]), 1)
    assert (mean.tolist(), spread.tolist()) == ([[2.0]], [1.0])
    with pytest.raises(ValueError, match="no samples"):
        measure_reference(values[:0], np.zeros(0, dtype=int), 1)


def test_reference_survives_its_file() -> None:
    """A reference is the same after it went through an npz file."""
    before = Reference(("a.b", "c.d"), ("human", "gpt"), np.eye(2), np.array([1.0, 2.0]))
    after = Reference.from_arrays(read_npz(npz_bytes(before.to_arrays())))
    assert (after.columns, after.classes) == (before.columns, before.classes)
    np.testing.assert_array_equal(after.mean, before.mean)
    np.testing.assert_array_equal(after.spread, before.spread)


def test_reference_that_does_not_fit() -> None:
    """Missing arrays and shapes that do not fit the names are refused."""
    whole = Reference(("a",), ("x",), np.ones((1, 1)), np.ones(1)).to_arrays()
    with pytest.raises(ModelError, match="lack mean"):
        Reference.from_arrays({name: whole[name] for name in whole if name != "mean"})
    with pytest.raises(ModelError, match="do not fit 1 classes and 1 columns"):
        Reference.from_arrays(whole | {"mean": np.ones((2, 1))})
