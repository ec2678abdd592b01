from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.drift.monitor.draws import by_rows, by_sources
from fingerprint.drift.monitor.panel import stepped_down


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_adjusted_is_never_below_what_stands_alone(seed: int, members: int) -> None:
    """Looking at more statistics makes none more significant, and no p-value is 0."""
    random = np.random.default_rng(seed)
    found = stepped_down({str(at): random.normal(size=60) for at in range(members)})
    assert all(p >= 0.016 and p <= adjusted + 1e-9 <= 1.1 for p, adjusted in found.values())


def test_the_panel_alarms_at_its_rate() -> None:
    """Of correlated statistics without drift one is significant at 5 % in 5 % of panels."""
    random = np.random.default_rng(1)
    alarms = 0
    for _ in range(600):
        shared = random.normal(size=200)
        panel = {str(at): shared + random.normal(size=200) for at in range(5)}
        alarms += min(adjusted for _, adjusted in stepped_down(panel).values()) <= 0.05
    assert 0.03 < alarms / 600 < 0.075


def test_the_largest_of_one_statistic_is_found_beside_others() -> None:
    """One statistic far out is significant, those that are like their draws are not."""
    random = np.random.default_rng(2)
    panel = {str(at): random.normal(size=400) for at in range(4)}
    panel["2"][0] = 9.0
    panel["3"][0] = 0.0
    found = stepped_down(panel)
    assert np.allclose(found["2"], 1 / 400)
    assert found["3"][0] == pytest.approx(0.5, abs=0.1)
    assert found["3"][1] > 0.8


def test_equal_statistics_are_no_evidence() -> None:
    """A statistic that never varies has the p-value 1."""
    assert stepped_down({"still": np.zeros(50)}) == {"still": (1.0, 1.0)}
    assert stepped_down({}) == {}


@given(st.integers(0, 10_000))
def test_shuffled_rows_compare_means_within_language(seed: int) -> None:
    """A column that is constant in each language has no difference, whatever the languages' mix."""
    random = np.random.default_rng(seed)
    language = random.integers(3, size=90)
    current = random.random(90) < 0.4
    counts = np.stack([np.bincount(language[current == side], minlength=3) for side in (0, 1)])
    drawn = by_rows(current, language, counts.min(axis=0) >= 3, draws=20, random=random)
    assert np.abs(drawn.coefficients @ np.array([1.0, -5.0, 9.0])[language]).max() < 1e-4
    assert np.allclose(np.where(drawn.coefficients > 0, drawn.coefficients, 0).sum(axis=1), 1)
    assert np.array_equal(drawn.current.sum(axis=1), np.full(21, current.sum()))


@given(st.integers(0, 10_000))
def test_shuffled_sources_stay_whole(seed: int) -> None:
    """All samples of a source and language have one coefficient in a draw; the mix is equalised."""
    random = np.random.default_rng(seed)
    source = np.repeat(np.arange(12), 10)
    language = random.integers(2, size=120)
    current = source >= 8
    drawn = by_sources(
        current, language, np.array([True, True]), source, fewest=5, draws=15, random=random
    )
    for each in np.unique(2 * source + language):
        same = drawn.coefficients[:, 2 * source + language == each]
        assert np.ptp(same, axis=1).max() == 0
    assert np.abs(drawn.coefficients @ np.array([2.0, -3.0])[language]).max() < 1e-4
    assert np.array_equal(drawn.current.sum(axis=1), np.full(16, 40))


def test_few_splits_of_sources_are_drawn_once_each() -> None:
    """One current source of 21 has 20 others to be like, whatever the seed."""
    source = np.repeat(np.arange(21), 10)
    current, language = source == 4, np.zeros(210, dtype=np.int64)
    for seed in range(3):
        random = np.random.default_rng(seed)
        drawn = by_sources(
            current, language, np.array([True]), source, fewest=10, draws=500, random=random
        )
        ahead = [set(source[row > 0]) for row in drawn.coefficients]
        assert ahead[0] == {4}
        assert sorted(map(min, ahead)) == list(range(21))
        assert set(map(len, ahead)) == {1}


def test_splits_without_the_tested_language_are_no_draws() -> None:
    """A source of one language is held against sources of it; too few of them are none."""
    source = np.repeat(np.arange(50), 10)
    language = (np.arange(50) % 2)[source]
    for many, tested in ((50, True), (30, False)):
        some = source < many
        random = np.random.default_rng(0)
        drawn = by_sources(
            source[some] == 0, language[some], np.array([True, False]), source[some],
            fewest=10, draws=100, random=random,
        )  # fmt: skip
        assert drawn.tested.tolist() == [tested, False]
        assert (np.abs(drawn.coefficients[:, source[some] % 2 == 1]) == 0).all()
        assert ((drawn.coefficients > 0).sum(axis=1) == (10 if tested else 0)).all()
