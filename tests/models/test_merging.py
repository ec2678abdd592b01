"""Merging of neighbours, and the score of mixed files."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_models.merging import (
    MERGING,
    best_path,
    evidence,
    log_odds,
    mixed_probability,
    pooled,
    spread,
)

_SAID = st.lists(st.lists(st.integers(-8, 8), min_size=2, max_size=2), min_size=1, max_size=7)


@given(_SAID, st.integers(0, 6))
def test_no_path_is_better(said: list[list[int]], cost: int) -> None:
    """What Viterbi finds scores as high as the best of all paths."""
    table = np.array(said, dtype=np.float64)

    def score(path: tuple[int, ...]) -> float:
        changes = sum(a != b for a, b in itertools.pairwise(path))
        return float(table[np.arange(len(path)), list(path)].sum()) - cost * changes

    best = max(map(score, itertools.product((0, 1), repeat=len(said))))
    assert score(tuple(best_path(table, cost).tolist())) == pytest.approx(best)


def test_a_short_doubtful_piece_goes_with_its_neighbours() -> None:
    """One piece that leans the other way does not cut a run; a long and sure one does."""
    lines = np.array([20, 20, 5, 20])
    told = best_path(evidence(np.zeros((4, 2)), np.array([3.0, 3.0, -1.0, 3.0]), lines, 0.4), 1.5)
    assert told.tolist() == [1, 1, 1, 1]
    lines[2] = 40
    told = best_path(evidence(np.zeros((4, 2)), np.array([3.0, 3.0, -4.0, 3.0]), lines, 0.4), 1.5)
    assert told.tolist() == [1, 1, 0, 1]


def test_without_a_human_class_classes_are_the_states() -> None:
    """Runs are then of the class that is likeliest."""
    logs = np.log([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0.1, 0.1, 0.8]])
    assert best_path(evidence(logs, None, np.array([15, 15, 15]), 0.0), 1.0).tolist() == [0, 2, 2]


def test_no_pieces_no_path() -> None:
    """Nothing in, nothing out."""
    assert best_path(np.zeros((0, 2)), 1.0).tolist() == []


@given(st.integers(1, 30), st.integers(1, 99))
def test_repeating_a_piece_makes_it_no_surer(count: int, percent: int) -> None:
    """Pieces of one file share the model's error: what is said twice is not surer."""
    p = percent / 100
    logs = np.log([[p, 1 - p]] * count)
    assert pooled(logs, np.full(count, 10))[0] == pytest.approx(p, abs=1e-5)


def test_longer_pieces_count_for_more() -> None:
    """The pool leans to the piece with more lines."""
    logs = np.log([[0.9, 0.1], [0.1, 0.9]])
    assert pooled(logs, np.array([30, 10]))[0] > 0.5


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=9), st.floats(-5, 5))
def test_the_spread_does_not_feel_a_shift(odds: list[float], shift: float) -> None:
    """A project that is misjudged as a whole is not thereby mixed."""
    lines = np.arange(1, len(odds) + 1)
    moved = spread(np.array(odds) + shift, lines)
    assert moved == pytest.approx(spread(np.array(odds), lines), abs=1e-6)


def test_mixed_grows_with_the_spread() -> None:
    """Further apart is likelier mixed, and stays a probability."""
    for merging in MERGING.values():
        near, far = (mixed_probability(apart, merging) for apart in (0.1, 5.0))
        assert 0 < near < merging.mixed_from < far < 1


def test_log_odds_stay_finite() -> None:
    """At certainty too."""
    assert log_odds(0.5) == 0
    assert np.isfinite([log_odds(0.0), log_odds(1.0)]).all()
