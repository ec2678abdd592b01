"""The parts that a verdict rests on, each against a plain way to compute it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fingerprint.drift.convergence.arranged import middle
from fingerprint.drift.convergence.discriminant import SHRINKAGE, designed, fitted
from fingerprint.drift.convergence.figures import (
    Estimate,
    bounded,
    chance_of,
    estimate,
    holm,
    resamples,
)
from fingerprint.drift.convergence.tallies import Scored, accuracy_tally, auroc_tally, figure
from fingerprint.drift.convergence.trend import Point, kendall, levels, slope


def test_the_dual_fit_is_the_primal_one() -> None:
    """Fitting by inner products gives (S + shrinkage)⁻¹ of the difference of means."""
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(24, 7)).astype(np.float32)
    first, stratum = np.arange(24) % 2 == 0, np.arange(24) // 4
    design = designed(first, stratum)
    assert design is not None
    model = fitted(design, rows, (rows @ rows.T).astype(np.float64))
    means = np.stack([rows[stratum == s].mean(axis=0) for s in range(6)])
    centred = rows - means[stratum]
    sides = [centred[first].mean(axis=0), centred[~first].mean(axis=0)]
    rest = centred - np.where(first[:, None], sides[0], sides[1])
    scatter = rest.T @ rest / len(rows) + SHRINKAGE * np.eye(7)
    primal = np.linalg.solve(scatter, rows[first].mean(axis=0) - rows[~first].mean(axis=0))
    np.testing.assert_allclose(model.weights, primal, rtol=1e-4, atol=1e-6)
    assert model(rows)[first].mean() == pytest.approx(-model(rows)[~first].mean(), abs=1e-5)


def test_one_stratum_is_no_design() -> None:
    """A single task cannot be told from the families' difference."""
    assert designed(np.array([True, False]), np.zeros(2, dtype=np.int64)) is None


def test_a_tally_is_the_mean_of_aurocs_within_strata() -> None:
    """Only rows of the same task are compared, and tasks count alike."""
    ints = np.array([0, 0, 1, 1, 1, 1])
    scored = Scored(
        turn=0,
        score=np.array([2.0, 1.0, 0.0, 9.0, 9.0, 8.0]),
        first=np.array([True, False, True, True, False, False]),
        stratum=ints,
        task=ints,
        model=np.zeros(6, dtype=np.int64),
    )
    weights = resamples(2, 1, 1, n=3, seed=0)
    # stratum 1: 0 against 9 and 8 lost, 9 against 9 a draw and against 8 won
    assert figure(auroc_tally([scored]), weights)[0] == pytest.approx((1 + 1.5 / 4) / 2)
    sides = figure(accuracy_tally([scored]), weights)[0]
    # right: 1 of 1 and 0 of 1 in stratum 0; 1/2 (the tie at nought counts half) + 1, and 0 in 1
    assert sides == pytest.approx((1 + 0 + 1.5 / 2 + 0) / 4)


def test_nothing_scored_is_nan() -> None:
    """A cell without scores has no figure."""
    assert np.isnan(figure(auroc_tally([]), resamples(1, 1, 1, n=2, seed=0))).all()


def points(table: dict[int, dict[str, float]]) -> list[Point]:
    """Return points without spread."""
    one = np.ones(3)
    return [
        Point(series, period, middle(period), np.full(3, value), one)
        for series, values in table.items()
        for period, value in values.items()
    ]


def test_slopes_are_within_series() -> None:
    """A worse pair that joins late makes no slope, and levels are those of the mean series."""
    table = {
        0: {"2025-Q1": 0.9, "2025-Q2": 0.8},
        1: {"2025-Q2": 0.6, "2025-Q3": 0.5},
        2: {"2025-Q3": 0.1},
    }
    assert slope(points(table))[0] == pytest.approx(-0.4)
    found = {period: each[0] for period, each in levels(points(table)).items()}
    mean = ((0.9 + 0.8 + 0.7) + (0.7 + 0.6 + 0.5)) / 6
    assert found == pytest.approx(
        {"2025-Q1": mean + 0.1, "2025-Q2": mean, "2025-Q3": mean - 0.1}, abs=1e-6
    )
    assert math.isnan(slope(points({2: {"2025-Q3": 0.1}}))[0])


def test_levels_need_a_common_series() -> None:
    """Periods that no chain of series joins to the most points have no level beside them."""
    table = {
        0: {"2023-Q1": 0.9, "2023-Q2": 0.8},
        1: {"2025-Q1": 0.6, "2025-Q2": 0.5},
        2: {"2025-Q2": 0.6, "2025-Q3": 0.5},
    }
    assert list(levels(points(table))) == ["2025-Q1", "2025-Q2", "2025-Q3"]


def test_bounds_cut_values_too() -> None:
    """A level that was fitted beyond 1 is told as 1, and an interval stays in order."""
    assert bounded(Estimate(1.1, 1.05, 1.2), 0, 1) == Estimate(1.0, 1.0, 1.0)
    assert math.isnan(bounded(Estimate(0.5, math.nan, math.nan), 0, 1).low)


def test_kendall_permutes_periods() -> None:
    """Five falling periods have tau -1 and p = 2 / 5!, in however many series."""
    names = [f"2025-Q{at}" for at in range(1, 5)] + ["2026-Q1"]
    fall = {name: 0.9 - at / 10 for at, name in enumerate(names)}
    assert kendall(points({0: fall, 1: fall}), 0) == pytest.approx((-1.0, 2 / 120))
    assert math.isnan(kendall(points({0: {"2025-Q1": 0.5}}), 0)[1])


def test_estimates_widen_with_few_units() -> None:
    """The same replicates of three tasks say less than those of thirty; of one, nothing."""
    replicates = np.array([0.5, 0.4, 0.6, 0.5])
    few, many = estimate(replicates, 3), estimate(replicates, 30)
    assert few.high - few.low > many.high - many.low
    assert math.isnan(estimate(replicates, 1).low)
    assert math.isnan(chance_of(replicates, 1))
    assert Estimate(1.0, 0.5, 1.5).excludes_nought
    assert not Estimate(1.0, math.nan, math.nan).excludes_nought


def test_holm_counts_what_is_known() -> None:
    """Adjusted p-values are those of Holm; NaN stays and does not count."""
    assert holm([0.01, math.nan, 0.04, 0.03])[0] == pytest.approx(0.03)
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@pytest.mark.parametrize(("period", "year"), [("2025-H1", 2025.25), ("2026-Q4", 2026.875)])
def test_middles(period: str, year: float) -> None:
    """A period stands for its middle."""
    assert middle(period) == year
