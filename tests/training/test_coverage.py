"""Levels of prediction sets: the truth is held as often as promised, on a new source too."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_models.conformal import PredictionSets, smallest_sets
from fingerprint_models.transfer import log_softmax
from fingerprint_training.answers import Answers
from fingerprint_training.coverage import (
    COVERAGE,
    FEWEST_OWNERS,
    fit_sets,
    measure_sets,
    needed_level,
    new_owner_level,
)

CLASSES = ("human", "claude", "gpt")
SAMPLES = 300
seeds = st.integers(0, 10_000)


def answers(seed: int, knows: float, *, digits: int = 9, owners: int = 20) -> Answers:
    """Return calibrated answers; few digits make for ties, and owners are of unequal size."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, SAMPLES)
    scores = rng.normal(size=(SAMPLES, 3))
    scores[np.arange(SAMPLES), truth] += knows
    p = np.round(np.exp(log_softmax(1.5 * scores)), digits) + 1e-6
    owner = np.minimum(rng.integers(0, owners, SAMPLES), rng.integers(0, owners, SAMPLES))
    owner[:owners] = np.arange(owners)
    weights = rng.uniform(0.5, 2.0, SAMPLES)
    return Answers(p / p.sum(axis=1, keepdims=True), truth, weights, owner)


def held(sets: PredictionSets, side: Answers, language: list[str]) -> Any:
    """Return whether each sample's set holds its truth."""
    found = sets(side.probabilities, language, CLASSES)
    return np.array([CLASSES[t] in names for t, names in zip(side.truth, found, strict=True)])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(seeds, st.floats(0.0, 4.0)), min_size=2, max_size=4), st.booleans())
def test_sets_cover_what_they_promise(sides: list[tuple[int, float]], tied: bool) -> None:
    """On every side sets hold the truth as promised, as samples count and as owners count.

    Of owners, one more is counted, of which nothing is held.
    """
    made = [answers(seed, knows, digits=2 if tied else 9) for seed, knows in sides]
    language = ["python"] * (SAMPLES // 2) + [""] * (SAMPLES - SAMPLES // 2)
    sets = fit_sets(made[:1], made[1:], language)
    assert 0 < sets.level <= 1
    for side in made:
        for rows in (np.array(language) == "python", np.ones(SAMPLES, dtype=np.bool_)):
            # The level of all, on all; the language's own, on its samples.
            names = language if not rows.all() else [""] * SAMPLES
            right = held(sets, side, names)[rows]
            assert np.average(right, weights=side.weights[rows]) >= COVERAGE - 1e-6
            owner = side.owner[rows]
            each = [right[owner == name].mean() for name in np.unique(owner)]
            assert sum(each) / (len(each) + 1) >= COVERAGE - 1e-6


def test_sets_are_no_larger_than_needed() -> None:
    """A little below the chosen level the promise would be broken."""
    side = answers(0, 1.0)
    level = fit_sets([], [side], [""] * SAMPLES).level
    right = held(PredictionSets(level - 1e-3), side, [""] * SAMPLES)
    each = [right[side.owner == name].mean() for name in np.unique(side.owner)]
    by_weight = float(np.average(right, weights=side.weights))
    assert min(by_weight, sum(each) / (len(each) + 1)) < COVERAGE


@given(st.lists(st.lists(st.floats(0.001, 1.0), min_size=3, max_size=3), min_size=1), st.data())
def test_what_is_needed_is_the_edge(rows: list[list[float]], data: st.DataObject) -> None:
    """At the needed level the truth is not in the set yet, a hair above it is."""
    p = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    drawn = data.draw(st.lists(st.integers(0, 2), min_size=len(p), max_size=len(p)))
    truth = np.array(drawn)
    needed = needed_level(p, truth)
    above = smallest_sets(p, needed + 1e-9, CLASSES)
    at = smallest_sets(p, needed, CLASSES)
    for place, wanted in enumerate(drawn):
        assert CLASSES[wanted] in above[place]
        assert (CLASSES[wanted] in at[place]) == (needed[place] == 0.0)


@pytest.mark.parametrize("owners", range(1, 12))
def test_few_owners_say_nothing_of_the_next(owners: int) -> None:
    """Nine of ten owners must be known: with fewer than nine the level is 1, else it is not."""
    owner = np.arange(owners).repeat(7)
    needed = np.random.default_rng(owners).uniform(0.0, 0.5, len(owner))
    level = new_owner_level(needed, owner)
    if owners < 9:
        assert level == 1.0
    else:
        assert level <= needed.max() + 1e-6


@pytest.mark.parametrize("digits", [2, 9])
def test_the_new_owners_level_holds_by_itself(digits: int) -> None:
    """Sets at the very level hold the truth as promised, the sample that decided it included."""
    side = answers(7, 1.0, digits=digits, owners=9)
    level = new_owner_level(needed_level(side.probabilities, side.truth), side.owner)
    right = held(PredictionSets(level), side, [""] * SAMPLES)
    each = [right[side.owner == name].mean() for name in np.unique(side.owner)]
    assert sum(each) / (len(each) + 1) >= COVERAGE - 1e-6


def test_an_owner_counts_once() -> None:
    """An owner with many samples moves the level no more than one with few."""
    needed = np.concatenate((np.full(18, 0.2), np.full(2, 0.8)))
    once = new_owner_level(needed, np.arange(20))
    times = np.concatenate((np.full(18, 50), np.full(2, 1)))
    again = new_owner_level(needed.repeat(times), np.arange(20).repeat(times))
    assert once == again == pytest.approx(0.8)  # 18 of 21 are no nine tenths, 19 are


def new_owners(rng: Any, owners: int, size: int) -> tuple[Any, Any]:
    """Return what is needed for samples of owners, each with a difficulty of its own."""
    owner = np.arange(owners).repeat(size)
    score = rng.normal(size=owners)[owner] + rng.normal(size=len(owner))
    return 1 / (1 + np.exp(-score)), owner


@pytest.mark.parametrize("owners", [12, 30])
def test_new_owners_are_covered(owners: int) -> None:
    """Averaged over draws of known owners, samples of owners never seen are held as promised."""
    rng = np.random.default_rng(5)
    covered, naive = [], []
    for _ in range(200):
        needed, owner = new_owners(rng, owners, 15)
        fresh, _ = new_owners(rng, 200, 5)
        covered.append((fresh < new_owner_level(needed, owner)).mean())
        # One owner's samples as if they were everybody's: what the promise must not rest on.
        naive.append((fresh < np.quantile(needed[owner == 0], COVERAGE)).mean())
    assert np.mean(covered) >= 0.87
    assert np.mean(covered) < 0.99
    assert np.mean(naive) < 0.87


def test_languages_with_owners_enough_have_a_level() -> None:
    """A language has its own level from FEWEST_OWNERS owners on; one without a name never."""
    side = answers(3, 1.0, owners=FEWEST_OWNERS * 2)
    by_owner = dict.fromkeys(range(FEWEST_OWNERS - 1), "go")
    by_owner |= dict.fromkeys(range(FEWEST_OWNERS - 1, FEWEST_OWNERS * 2 - 1), "python")
    language = [by_owner.get(name, "") for name in side.owner.tolist()]
    assert set(fit_sets([], [side], language).by_language) == {"python"}


def test_a_language_that_is_told_better_has_smaller_sets() -> None:
    """Levels are the languages' own: where answers are better, the level is lower."""
    good, bad = answers(1, 5.0), answers(2, 0.5)
    side = Answers(
        *(
            np.concatenate((getattr(good, name), getattr(bad, name)))
            for name in ("probabilities", "truth", "weights", "owner")
        )
    )
    levels = fit_sets([], [side], ["go"] * SAMPLES + ["php"] * SAMPLES)
    assert levels.by_language["go"] < levels.level < levels.by_language["php"]


def test_measured_sets() -> None:
    """Coverage counts samples alike and owners alike; size is the mean number of classes."""
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.9, 0.1]])
    owner, truth = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    score = measure_sets(PredictionSets(0.8), Answers(p, truth, np.ones(4), owner), ["c"] * 4)
    # Held are the first three, of which the third's set has both classes.
    assert score.samples.value == pytest.approx(0.75)
    assert score.owners.value == pytest.approx(0.5)
    assert score.size.value == pytest.approx(1.25)
    assert score.samples.low <= 0.75 <= score.samples.high


def test_sets_of_one_owner_have_no_interval() -> None:
    """With one owner there is nothing to resample: None, as strict JSON wants it."""
    p, truth = np.array([[0.9, 0.1]] * 3), np.zeros(3, dtype=np.int64)
    score = measure_sets(PredictionSets(0.5), Answers(p, truth, np.ones(3), truth), [""] * 3)
    plain = json.loads(json.dumps(score.to_dict(), allow_nan=False))
    assert plain["samples"] == {"value": 1.0, "low": None, "high": None}
