"""Prevalence: what a classifier's answers, errors and all, say of a whole collection."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fingerprint_models.prevalence import FEWEST, FloatArray, estimate, solve

CLASSES = ("human", "ada", "bob", "cyd")
CONCENTRATION = 4.0


def _mean_answers() -> FloatArray:
    """Return those of a mediocre classifier, which often takes cyd for a human."""
    return np.array(
        [[0.6, 0.1, 0.1, 0.2], [0.2, 0.6, 0.1, 0.1], [0.1, 0.2, 0.6, 0.1], [0.35, 0.1, 0.1, 0.45]]
    )


def _answers(mixture: FloatArray, n: int, seed: int) -> FloatArray:
    random = np.random.default_rng(seed)
    counts = np.round(mixture * n).astype(int)
    rows = [
        random.dirichlet(mean * CONCENTRATION, size=count)
        for mean, count in zip(_mean_answers(), counts, strict=True)
    ]
    return np.concatenate(rows)


@pytest.mark.parametrize(
    "mixture",
    [(0.25, 0.25, 0.25, 0.25), (1.0, 0.0, 0.0, 0.0), (0.7, 0.2, 0.0, 0.1), (0.0, 0.1, 0.5, 0.4)],
)
def test_known_mixtures_are_recovered(mixture: tuple[float, ...]) -> None:
    """A mixture that is known lies in every class's interval; counting labels would miss it."""
    for seed in range(3):
        answers = _answers(np.array(mixture), 600, seed)
        found = estimate(answers, _mean_answers(), CLASSES)
        assert found is not None
        assert found.n == 600
        for truth, low, high in zip(mixture, found.low, found.high, strict=True):
            assert low - 1e-6 <= truth <= high + 1e-6
        assert np.abs(np.array(found.share) - mixture).max() < 0.12


def test_the_error_is_corrected() -> None:
    """All human: the mean answer says six in ten, the estimate says nearly all."""
    answers = _answers(np.array([1.0, 0, 0, 0]), 2_000, 7)
    found = estimate(answers, _mean_answers(), CLASSES)
    assert found is not None
    assert answers.mean(axis=0)[0] < 0.65
    assert found.share[0] > 0.9


def test_intervals_cover() -> None:
    """Of twenty mixtures, at least 18 lie within the 95 % interval of the human share."""
    random = np.random.default_rng(1)
    covered = 0
    for seed in range(20):
        mixture = np.round(random.dirichlet(np.ones(4)) * 300) / 300
        found = estimate(_answers(mixture, 300, seed), _mean_answers(), CLASSES, draws=80)
        assert found is not None
        covered += found.low[0] - 0.005 <= mixture[0] <= found.high[0] + 0.005
    assert covered >= 18


def test_few_changes_have_wide_intervals() -> None:
    """A tenth of the changes has a wider interval."""
    mixture = np.array([0.5, 0.2, 0.2, 0.1])
    few = estimate(_answers(mixture, 40, 0), _mean_answers(), CLASSES)
    many = estimate(_answers(mixture, 4_000, 0), _mean_answers(), CLASSES)
    assert few is not None
    assert many is not None
    assert few.high[0] - few.low[0] > 1.3 * (many.high[0] - many.low[0])


def test_unsure_mean_answers_widen() -> None:
    """The less the mean answers weigh, the wider the intervals, however many the changes."""
    answers = _answers(np.array([0.5, 0.2, 0.2, 0.1]), 4_000, 0)
    wide, narrow = (
        estimate(answers, _mean_answers(), CLASSES, support=support) for support in (20.0, 1e6)
    )
    assert wide is not None
    assert narrow is not None
    assert wide.high[0] - wide.low[0] > 2 * (narrow.high[0] - narrow.low[0])


def test_too_few() -> None:
    """Below thirty changes there is no number, at thirty there is."""
    answers = _answers(np.array([0.5, 0.5, 0.0, 0.0]), FEWEST, 0)
    assert estimate(answers[1:], _mean_answers(), CLASSES) is None
    assert estimate(answers, _mean_answers(), CLASSES) is not None


def test_the_same_seed_gives_the_same_interval() -> None:
    """Two estimates of the same answers are equal, to the last digit; another seed differs."""
    answers = _answers(np.array([0.5, 0.5, 0.0, 0.0]), 60, 0)
    first, again, other = (
        estimate(answers, _mean_answers(), CLASSES, seed=seed) for seed in (3, 3, 4)
    )
    assert first == again
    assert other != first


def test_weights_count_as_copies() -> None:
    """A change of weight 3 moves the estimate as three of its kind do."""
    answers = _answers(np.array([0.5, 0.2, 0.2, 0.1]), 60, 0)
    weights = np.where(np.arange(60) < 30, 3.0, 1.0)
    weighted = estimate(answers, _mean_answers(), CLASSES, weights=weights)
    copied = estimate(np.repeat(answers, weights.astype(int), axis=0), _mean_answers(), CLASSES)
    assert weighted is not None
    assert copied is not None
    np.testing.assert_allclose(weighted.share, copied.share, atol=1e-6)


@given(st.permutations(range(4)), st.integers(0, 1_000))
@settings(max_examples=15, deadline=None)
def test_order_of_classes(order: list[int], seed: int) -> None:
    """Another order of the classes gives the same shares in that order."""
    answers = np.random.default_rng(seed).dirichlet(np.ones(4), size=50)
    matrix = _mean_answers()
    plain = estimate(answers, matrix, CLASSES, draws=2)
    moved = estimate(
        answers[:, order], matrix[np.ix_(order, order)], [CLASSES[i] for i in order], draws=2
    )
    assert plain is not None
    assert moved is not None
    np.testing.assert_allclose(np.array(plain.share)[order], moved.share, atol=1e-5)


@example(3633, 2)  # the momentum once overshot into a corner, and stayed there
@given(st.integers(0, 10_000), st.integers(2, 8))
@settings(max_examples=50, deadline=None)
def test_on_the_simplex_and_nearest(seed: int, k: int) -> None:
    """Shares are never negative, sum to 1, and no random mixture fits better."""
    random = np.random.default_rng(seed)
    matrix = random.dirichlet(np.ones(k), size=k)[None]
    mean = random.dirichlet(np.ones(k))[None]
    found = solve(mean, matrix)
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1.0)

    def miss(shares: FloatArray) -> FloatArray:
        return np.linalg.norm(shares @ matrix[0] - mean, axis=1)

    assert (miss(found) <= miss(random.dirichlet(np.ones(k), size=200)) + 1e-5).all()


@pytest.mark.parametrize(
    ("shape", "classes", "weights"),
    [((40, 3), 4, None), ((40, 4), 3, None), ((40, 4), 4, 39), ((40, 4), 4, 0)],
)
def test_misuse(shape: tuple[int, int], classes: int, weights: int | None) -> None:
    """Shapes that do not agree, and weights of 0, are refused with a word on which."""
    given_weights = None if weights is None else (np.ones(weights) if weights else np.zeros(40))
    with pytest.raises(ValueError, match=r"do not fit|weights"):
        estimate(np.full(shape, 0.25), _mean_answers(), CLASSES[:classes], weights=given_weights)
