import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fingerprint.drift.diversity.formulas import (
    entropies,
    moving_type_token,
    shared,
    types,
    vendi,
)

TOKENS = arrays(np.int64, st.integers(1, 60), elements=st.integers(0, 9))


@pytest.mark.parametrize("n", [1, 2, 15])
def test_vendi_score_of_copies_is_one_and_of_strangers_their_number(n: int) -> None:
    """Copies of one thing are as diverse as it; n things with nothing in common as n."""
    same, apart = vendi(np.stack([np.ones((n, n)), np.eye(n)]))
    assert same == pytest.approx(1.0)
    assert apart == pytest.approx(n)


def test_vendi_score_of_groups_is_their_number() -> None:
    """Three kinds of thing, four copies of each, are three."""
    kernel = np.kron(np.eye(3), np.ones((4, 4)))
    assert vendi(kernel[None])[0] == pytest.approx(3.0)


@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_vendi_score_is_between_one_and_n_in_any_order(n: int, seed: int) -> None:
    """The score lies in [1, n] and does not depend on the order of things."""
    chance = np.random.default_rng(seed)
    points = chance.normal(size=(n, 5))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    kernel, order = points @ points.T, chance.permutation(n)
    one, other = vendi(np.stack([kernel, kernel[np.ix_(order, order)]]))
    assert 1 - 1e-9 <= one <= n + 1e-9
    assert other == pytest.approx(one)


def test_entropy_of_a_uniform_sample_is_that_of_its_types() -> None:
    """2^k types, each as often, have k bits, and one type has none."""
    rows = np.stack([np.tile(np.arange(8), 5000), np.zeros(40_000, dtype=np.int64)])
    assert entropies(rows) == pytest.approx([3.0, 0.0], abs=1e-3)


def test_correction_of_entropy_takes_its_dependence_on_size_away() -> None:
    """50 draws of 32 types read nearly 5 bits, where the plug-in estimate is half a bit short."""
    drawn = np.random.default_rng(0).integers(32, size=(2000, 50))
    correction = (types(drawn) - 1) / (2 * 50 * math.log(2))
    assert entropies(drawn).mean() == pytest.approx(5.0, abs=0.2)
    assert (entropies(drawn) - correction).mean() < 4.55


@given(TOKENS)
def test_entropy_and_types_do_not_depend_on_order_or_names(tokens: np.ndarray) -> None:
    """Only how often each type occurs counts; one row is measured as among others."""
    other = np.sort(9 - tokens)
    assert entropies(np.stack([tokens, other])) == pytest.approx([entropies(tokens[None])[0]] * 2)
    assert types(tokens[None])[0] == len(set(tokens.tolist()))


@given(TOKENS, st.integers(1, 20))
def test_moving_ratio_is_the_mean_over_windows(tokens: np.ndarray, window: int) -> None:
    """The fast formula is what counting types in each window gives; NaN where none fits."""
    rows = [tokens[at : at + window].tolist() for at in range(len(tokens) - window + 1)]
    found = moving_type_token(tokens, window)
    if rows:
        assert found == pytest.approx(np.mean([len(set(row)) / window for row in rows]))
    else:
        assert math.isnan(found)


def test_type_token_ratio_falls_with_the_window_and_not_with_the_length() -> None:
    """Longer windows hold fewer new types; a longer text has the same ratio."""
    text = np.random.default_rng(0).zipf(1.5, size=20_000) % 500
    ratios = [moving_type_token(text, window) for window in (10, 50, 200)]
    assert ratios[0] > ratios[1] > ratios[2]
    assert moving_type_token(text[:5000], 50) == pytest.approx(ratios[1], abs=0.02)


def test_sets_share_what_both_hold() -> None:
    """Jaccard: two of four members are common."""
    assert shared(np.array([1, 2, 3]), np.array([2, 3, 9])) == pytest.approx(0.5)
    assert shared(np.array([], dtype=np.int64), np.array([], dtype=np.int64)) == 0.0
