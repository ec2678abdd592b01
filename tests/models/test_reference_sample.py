"""The reference sample: kept in few bytes, rounded alike on both sides, refused when unsound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features import registry
from fingerprint_models.arrays import npz_bytes, read_npz
from fingerprint_models.errors import ModelError
from fingerprint_models.model import Model
from fingerprint_models.reference_sample import ReferenceSample, rounded
from fingerprint_models.shipped_models import CODE, shipped_folder

WIDTH = len(registry.COLUMNS)


def sample(count: int = 5) -> ReferenceSample:
    chance = np.random.default_rng(0)
    dense = chance.lognormal(0, 3, (count, WIDTH))
    lexicon = np.log1p(chance.uniform(0, 1000, (count, 7)))
    values = np.concatenate((dense, lexicon), axis=1).astype(np.float32)
    return ReferenceSample(
        values=rounded(values),
        probabilities=np.full((count, 2), 0.5),
        truth=np.arange(count) % 2,
        language=np.array(["python", "go"] * count)[:count],
        source=np.array([f"owner/{i}" for i in range(count)]),
        lines=np.arange(count, dtype=np.int32),
        parsed=np.ones(count, dtype=np.bool_),
    )


def test_round_trip() -> None:
    """What was written is read, to the last bit of the rounded columns."""
    kept = sample()
    back = ReferenceSample.from_bytes(kept.to_bytes())
    for name in ("values", "probabilities", "truth", "language", "source", "lines", "parsed"):
        assert np.array_equal(getattr(back, name), getattr(kept, name)), name
    assert back.to_bytes() == kept.to_bytes()


def test_many_classes() -> None:
    """A model of more classes than a byte counts keeps which is which."""
    kept = replace(sample(), truth=np.array([0, 127, 128, 300, 32767]))
    assert ReferenceSample.from_bytes(kept.to_bytes()).truth.tolist() == kept.truth.tolist()


@given(st.floats(-1e6, 1e6, width=32), st.floats(0, 1000, width=32))
def test_rounding_is_done_once(dense: float, rate: float) -> None:
    """Rounded columns round to themselves, and stay near what they were."""
    values = np.zeros((1, WIDTH + 1), dtype=np.float32)
    values[0, 0], values[0, -1] = dense, np.log1p(rate)
    once = rounded(values)
    assert np.isfinite(once).all()
    assert np.array_equal(rounded(once), once)
    assert abs(once[0, -1] - values[0, -1]) <= 1 / 72 + 1e-6


def test_unsound() -> None:
    """Arrays that are missing or of other lengths are refused by name."""
    arrays = read_npz(sample().to_bytes())
    for broken in (
        {name: array for name, array in arrays.items() if name != "truth"},
        {**arrays, "source": arrays["source"][:2]},
    ):
        with pytest.raises(ModelError, match=r"reference_sample\.npz"):
            ReferenceSample.from_bytes(npz_bytes(broken))
    with pytest.raises(ModelError, match="train the model again"):
        ReferenceSample.from_bytes(b"no archive")


def test_shipped() -> None:
    """The shipped model keeps samples of many sources, its classes, and answers that sum to 1."""
    model = Model.load(shipped_folder(CODE))
    kept = model.reference_sample
    assert kept is not None
    assert kept.values.shape == (len(kept), len(model.design.columns))
    assert len(set(kept.source.tolist())) >= 100
    assert set(kept.truth.tolist()) == set(range(len(model.classes)))
    assert np.allclose(kept.probabilities.sum(axis=1), 1, atol=1e-5)
    assert replace(model, sample=b"").reference_sample is None
