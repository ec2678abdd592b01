"""The transfer head: bounded columns, finite scores, and probabilities in logarithms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fingerprint_models.arrays import npz_bytes, read_npz
from fingerprint_models.transfer import CLIP, LinearHead, TransferHead, log_softmax, signed_log

Array = npt.NDArray[np.float32]
columns = hnp.arrays(
    np.float32, st.tuples(st.integers(0, 6), st.just(3)), elements=st.floats(-1e6, 1e6, width=32)
)


def head() -> LinearHead:
    return LinearHead(
        np.array([0.5, -1.0, 2.0], dtype=np.float32),
        np.array([1.0, 0.1, 3.0], dtype=np.float32),
        np.array([[1.0, -1.0], [0.5, 0.25], [-2.0, 2.0]], dtype=np.float32),
        np.array([0.1, -0.1], dtype=np.float32),
    )


@given(columns)
def test_no_column_decides_alone(values: Array) -> None:
    """Standardised columns are clipped, so that a score has a bound, whatever was measured."""
    assert np.all(np.abs(head().standardise(values)) <= CLIP)
    most = CLIP * np.abs(head().weights).sum(axis=0) + np.abs(head().bias)
    scores = head()(values)
    assert scores.shape == (len(values), 2)
    assert scores.dtype == np.float64
    assert np.all(np.abs(scores) <= most + 1e-3)


@given(columns)
def test_signed_log_is_odd(values: Array) -> None:
    """Values and their opposites are treated alike, nought stays, order is kept."""
    np.testing.assert_array_equal(signed_log(values), -signed_log(-values))
    assert np.all(np.sign(signed_log(values)) == np.sign(values))
    flat = np.sort(values.ravel())
    assert np.all(np.diff(signed_log(flat)) >= 0)


@given(hnp.arrays(np.float64, (4, 5), elements=st.floats(-1e6, 1e6)), st.floats(-1e3, 1e3))
def test_log_softmax(scores: npt.NDArray[np.float64], shift: float) -> None:
    """Probabilities sum to 1 without overflow, and a constant added to a row changes nothing."""
    logs = log_softmax(scores)
    np.testing.assert_allclose(np.exp(logs).sum(axis=1), 1.0)
    np.testing.assert_allclose(log_softmax(scores + shift), logs, atol=1e-6)


@given(columns)
def test_head_round_trip(values: Array) -> None:
    """A head scores the same after a way through an npz file beside another head."""
    stored = {**head().to_arrays("a"), **head().to_arrays("b")}
    back = LinearHead.from_arrays(read_npz(npz_bytes(stored)), "b")
    np.testing.assert_array_equal(back(values), head()(values))


def three(sides: LinearHead | None) -> TransferHead:
    family = head()
    wide = LinearHead(
        family.centre,
        family.scale,
        np.hstack([family.weights, family.weights[:, :1] * 0.3]),
        np.array([0.1, -0.1, 0.0], dtype=np.float32),
    )
    return TransferHead(wide, sides, 1 if sides else -1)


@given(columns)
def test_side_of_each_class(values: Array) -> None:
    """Human has the probability of its side, all others share that of the other side."""
    family, side = three(head())(values)
    assert family.shape == side.shape == (len(values), 3)
    expected = np.maximum(log_softmax(head()(values)), -20.0)
    np.testing.assert_allclose(side[:, 1], expected[:, 1])
    np.testing.assert_allclose(side[:, [0, 2]], expected[:, [0, 0]])


@given(columns)
def test_no_side_without_a_human_class(values: Array) -> None:
    """Where no class is human, the side says nothing of any class."""
    assert not three(None)(values)[1].any()


@given(columns)
def test_transfer_round_trip(values: Array) -> None:
    """Both kinds of head come back from an npz file and answer as before."""
    for made in (three(head()), three(None)):
        back = TransferHead.from_arrays(read_npz(npz_bytes(made.to_arrays())))
        assert back.human == made.human
        for one, other in zip(back(values), made(values), strict=True):
            np.testing.assert_array_equal(one, other)
