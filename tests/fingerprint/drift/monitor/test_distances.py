from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from fingerprint.drift.monitor.columns import weighted_median, words_of
from fingerprint.drift.monitor.divergence import BINS, deciles, distances, of_counts
from fingerprint.drift.monitor.statistics import (
    components,
    discrepancy,
    fitting,
    joint_shift,
    of_group,
    shift,
    uneven,
)

SIZES = (120, 80)


def _coefficients() -> np.ndarray:
    """Return one row: the first 120 samples are the reference's, the others current."""
    before, now = SIZES
    return np.repeat([[-1 / before, 1 / now]], SIZES, axis=1).astype(np.float32)


def test_psi_of_equal_sides_is_nothing() -> None:
    """The same values on both sides are at no distance."""
    values = np.tile(np.arange(40.0, dtype=np.float32), 5)[:, None]
    bins = deciles(values)
    found = distances(_coefficients(), bins, BINS, 1e-3)
    assert max(found.psi.max(), found.js.max(), found.ks.max()) < 1e-5


def test_psi_is_the_textbook_sum() -> None:
    """PSI is the sum of (q - p) ln(q / p) over bins, and of counts likewise."""
    bins = np.concatenate((np.repeat([0, 1], 60), np.repeat([0, 1], [20, 60])))[:, None]
    found = distances(_coefficients(), bins.astype(np.uint8), 2, 0.0)
    wanted = -0.25 * np.log(0.5) + 0.25 * np.log(1.5)
    assert found.psi[0, 0] == pytest.approx(wanted, abs=1e-5)
    counts = of_counts("x", np.array([[6000.0, 6000], [1, 1]]), np.array([[2000.0, 6000], [1, 1]]))
    assert counts.psi == pytest.approx(wanted, rel=1e-2)
    assert 0 <= counts.js <= 1


def test_separate_sides_are_one_bit_apart() -> None:
    """Distributions without a common bin have a Jensen-Shannon divergence of 1 bit, and KS 1."""
    bins = np.repeat([0, 1], SIZES)[:, None].astype(np.uint8)
    found = distances(_coefficients(), bins, 2, 1e-9)
    assert found.js[0, 0] == pytest.approx(1, abs=1e-3)
    assert found.ks[0, 0] == pytest.approx(1, abs=1e-5)


def test_ks_on_deciles_is_near_the_exact_one() -> None:
    """The distance at deciles is at most the exact one, and not far below it."""
    random = np.random.default_rng(0)
    values = np.concatenate((random.normal(size=120), random.normal(0.7, size=80)))
    bins = deciles(values.astype(np.float32)[:, None])
    found = distances(_coefficients(), bins, BINS, 1e-3).ks[0, 0]
    exact = ks_2samp(values[:120], values[120:]).statistic
    assert exact - 0.1 < found <= exact + 1e-6


def test_kernel_is_made_in_blocks() -> None:
    """The discrepancy is what the whole kernel matrix says, also beyond one block of it."""
    random = np.random.default_rng(3)
    scores = random.normal(size=(700, 4)).astype(np.float32)
    coefficients = random.normal(size=(3, 700)).astype(np.float32)
    found = discrepancy(coefficients, scores)
    white = scores / scores.std(axis=0)
    apart = np.sqrt(((white[:, None] - white[None]) ** 2).sum(axis=2))
    width = 0.25 * np.median(apart[:: 700 // 200])
    kernel = np.exp(-apart / width)
    np.fill_diagonal(kernel, 0)
    assert np.allclose(found, ((coefficients @ kernel) * coefficients).sum(axis=1), rtol=2e-3)


def test_components_carry_all_variance() -> None:
    """As many components as columns keep every distance; constant columns add none."""
    random = np.random.default_rng(4)
    values = np.concatenate((random.normal(size=(50, 3)), np.zeros((50, 2))), axis=1)
    values = (values - values.mean(axis=0)).astype(np.float32)
    found = components(values, 5)
    assert found.shape == (50, 3)
    assert np.allclose(found @ found.T, values @ values.T, atol=1e-3)
    assert components(values[:, :0], 5).shape == (50, 0)


def test_few_units_have_few_components() -> None:
    """Components stay a tenth of what is shuffled: with all of them every split is as far apart."""
    assert of_group(1000, 6000) == 250
    assert of_group(43, 6000) == 30
    assert of_group(1000, 100) == fitting(300, 100) == 10
    assert fitting(300, 3) == 2


def test_shifts_do_not_care_for_scale() -> None:
    """Sums of standard scores and Mahalanobis lengths are the same in other units."""
    random = np.random.default_rng(5)
    coefficients = random.normal(size=(30, 50)).astype(np.float32)
    scores = random.normal(size=(50, 3)).astype(np.float32)
    units = np.array([1, 10, 100], dtype=np.float32)
    for statistic in (shift, joint_shift):
        first, second = statistic(coefficients, scores), statistic(coefficients, scores * units)
        assert np.allclose(first, second, rtol=1e-2)
        assert np.isfinite(statistic(coefficients, scores * 0)).all()


def test_uneven_shares_grow_with_the_gap() -> None:
    """Equal shares are 0 whatever the sizes, and larger gaps count for more."""
    before = np.array([[50.0, 50], [50, 50], [50, 50]])
    now = np.array([[10.0, 10], [8, 12], [2, 18]])
    found = uneven(before, now)
    assert found[0] == 0 < found[1] < found[2]


def test_medians_go_by_weight() -> None:
    """Half of the weight lies at or below the median; without weight there is none."""
    values, weights = np.array([3.0, 1, 2]), np.array([5.0, 1, 1])
    assert weighted_median(values, weights) == 3
    assert weighted_median(values, np.ones(3)) == 2
    assert np.isnan(weighted_median(values, np.zeros(3)))


def test_columns_have_words() -> None:
    """A dense column is told in the registry's words, an n-gram by its name."""
    assert words_of("layout.blank_with_space") != "layout.blank_with_space"
    assert words_of("title.words") != "title.words"
