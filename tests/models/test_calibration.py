"""Calibration: whatever the heads say, what comes out is a probability distribution."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fingerprint_models.calibration import (
    FLOOR,
    Calibration,
    Gate,
    Pool,
    Scores,
    adapt,
    adapt_sides,
    bounded,
    context,
    sigmoid,
)
from fingerprint_models.transfer import log_softmax

CLASSES = ("human", "claude", "gpt")
Array = npt.NDArray[np.float64]


def scores(rows: st.SearchStrategy[int], span: float = 60.0) -> st.SearchStrategy[Array]:
    shape = rows.map(lambda n: (n, len(CLASSES)))
    return hnp.arrays(np.float64, shape, elements=st.floats(-span, span))


logs = scores(st.just(12)).map(log_softmax)
distributions = scores(st.integers(1, 12), 8.0).map(lambda s: np.exp(log_softmax(s)))


def heard(booster: Array, transfer: Array) -> Scores:
    """Return scores of samples that lie ever farther from what is known."""
    side = log_softmax(transfer[:, ::-1])
    return Scores(booster, transfer, side, np.linspace(0.0, 5.0, len(booster)))


def pool(booster: float = 0.8, transfer: float = 0.3) -> Pool:
    return Pool(booster, transfer, 0.4, (0.1, -0.2, 0.0))


def calibration(concentration: float = 3.0, gate_bias: float = 0.2) -> Calibration:
    gate = Gate((0.4, 0.3, -0.2, 0.1, 0.05, 0.6, 0.2), gate_bias, (1.5, 0.3), -0.1)
    return Calibration(pool(), pool(0.3, 0.6), gate, 0, concentration)


@given(logs, logs)
def test_answers_are_distributions(booster: Array, transfer: Array) -> None:
    """Lone or in a batch, probabilities lie in (0, 1) and sum to 1, however sure the heads are."""
    scores = heard(booster, transfer)
    for answer in (calibration().alone(scores), calibration().batch(scores, 0.7)):
        assert answer.shape == booster.shape
        assert np.all(answer >= FLOOR / 2)
        assert np.all(answer < 1)
        np.testing.assert_allclose(answer.sum(axis=1), 1.0)


def test_no_samples() -> None:
    """No samples give no answers, and no warning of a division."""
    nothing = np.zeros((0, 3))
    assert calibration().alone(heard(nothing, nothing)).shape == (0, 3)
    assert adapt(nothing, 3.0).shape == (0, 3)


@given(logs, logs)
def test_lone_samples_do_not_meet(booster: Array, transfer: Array) -> None:
    """A lone sample's answer is the same whoever else is scored in the same call."""
    scores = heard(booster, transfer)
    together = calibration().alone(scores)
    by_itself = calibration().alone(scores.take([3]))
    np.testing.assert_allclose(together[3:4], by_itself)


@given(logs, logs)
def test_gate_chooses_the_pool(booster: Array, transfer: Array) -> None:
    """A gate that is sure that the context is known leaves the unseen pool no say, and back."""
    for bias, chosen in ((1e6, pool()), (-1e6, pool(0.3, 0.6))):
        answer = calibration(gate_bias=bias).alone(heard(booster, transfer))
        np.testing.assert_allclose(answer, bounded(chosen(heard(booster, transfer))), atol=1e-12)


@given(logs)
def test_context_measures(booster: Array) -> None:
    """Agreement of a head with itself is 1, margins are positive, entropy is at most log n.

    The farther a sample lies, the less near it is.
    """
    found = context(heard(booster, booster))
    assert found.shape == (len(booster), 7)
    np.testing.assert_allclose(found[:, 5], 1.0)
    assert np.all(found[:, 1] >= 0)
    assert np.all(found[:, 2] <= np.log(len(CLASSES)) + 1e-9)
    assert np.all(np.isfinite(found))
    assert np.all(np.diff(found[:, 6]) < 0)


@pytest.mark.parametrize("value", [-1e9, -800.0, 0.0, 800.0, 1e9])
def test_sigmoid_does_not_overflow(value: float) -> None:
    """The logistic function is finite, and symmetric about 0, at any argument."""
    both = sigmoid(np.array([value, -value]))
    assert both.sum() == pytest.approx(1.0)


@given(distributions)
def test_adapt_with_much_inertia(probabilities: Array) -> None:
    """A concentration far above the batch's size leaves every sample as it is."""
    np.testing.assert_allclose(adapt(probabilities, 1e9), probabilities, atol=1e-6)


@given(st.integers(1, 40), st.integers(1, 40))
def test_adapt_finds_the_shares(first: int, second: int) -> None:
    """On unambiguous samples the shares become those of the batch, and tip what is undecided."""
    sure = np.eye(2)[[0] * first + [1] * second] * 0.999998 + 1e-6
    undecided = np.array([[0.5, 0.5]])
    answer = adapt(np.concatenate((sure, undecided)), 1e-6, rounds=300)[-1]
    # The undecided sample belongs to the batch too: it converges to the shares of the sure ones.
    assert answer[0] == pytest.approx(first / (first + second), abs=1e-3)


@given(distributions, st.randoms(use_true_random=False), st.floats(0.1, 100))
def test_adapt_ignores_order(probabilities: Array, random: object, concentration: float) -> None:
    """The order of a batch plays no part."""
    order = list(range(len(probabilities)))
    random.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_allclose(
        adapt(probabilities[order], concentration),
        adapt(probabilities, concentration)[order],
        atol=1e-9,
    )


@given(st.floats(0.1, 1e3), st.floats(-5, 5))
def test_calibration_round_trip(concentration: float, bias: float) -> None:
    """A calibration comes back from JSON as it was."""
    made = calibration(concentration, bias)
    assert Calibration.from_dict(json.loads(json.dumps(made.to_dict()))) == made


@given(logs, logs)
def test_scores_joined_and_taken(booster: Array, transfer: Array) -> None:
    """Scores of parts, joined, are those of the whole."""
    whole = heard(booster, transfer)
    joined = Scores.concatenate([whole.take(range(5)), whole.take(range(5, len(booster)))])
    for name in ("booster", "transfer", "side", "distance"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))


@given(distributions, st.floats(0.1, 100))
def test_adapting_sides_keeps_the_families(probabilities: Array, concentration: float) -> None:
    """Human against not human moves; what the families are to each other does not."""
    moved = adapt_sides(probabilities, 0, concentration)
    np.testing.assert_allclose(moved.sum(axis=1), 1.0)
    np.testing.assert_allclose(
        moved[:, 1] * probabilities[:, 2], moved[:, 2] * probabilities[:, 1], atol=1e-9
    )
    np.testing.assert_array_equal(adapt_sides(probabilities, None, concentration), probabilities)
