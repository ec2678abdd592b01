"""Whether people's samples move towards AI's: their scores by date, within a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.across.matched import FEWEST_OF_SIDE
from fingerprint.drift.convergence.across.material import WRITES, Material
from fingerprint.drift.convergence.across.scored import folds, trained_share
from fingerprint.drift.convergence.arranged import ALL
from fingerprint.drift.convergence.figures import estimate, pull
from fingerprint.drift.convergence.plan import Cell, Series
from fingerprint.drift.convergence.record import NOT_MOVED, Moved

FloatArray = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


def towards(
    found: Material, series: Sequence[Series], weights: FloatArray, *, draws: int, seed: int
) -> tuple[Moved, Moved]:
    """Return how far people moved towards AI a year, before models wrote code and since.

    A classifier learns the earlier half of people's dated samples against AI's of all periods, and
    is asked about sources held out. The slope of its score is taken within a source, language,
    length and kind, and told as a share of the way from the earlier half to AI.
    """
    spans = (found.year < WRITES, found.year >= WRITES)
    up, down = np.zeros((2, 2, draws, found.samples.tasks))
    for number, one in enumerate(series):
        human, cell = _dated(found, one)
        for turn in range(draws):
            chance = np.random.default_rng([seed, 11, number, turn])
            score = _scores(found, one, cell, human, chance)
            early, ai = (
                score[side][np.isfinite(score[side])] for side in (cell.first, cell.second)
            )
            if not min(len(early), len(ai)):
                continue
            for span, its in enumerate(spans):
                rows = human[its[human] & np.isfinite(score[human])]
                rise, spread = _within(found, rows, -score[rows])
                up[span, turn] += rise
                down[span, turn] += spread * (early.mean() - ai.mean())
    share = max((trained_share(found.samples, each) for each in series), default=0.0)
    human = np.unique(np.concatenate([each.cells[0].first for each in series]))
    before, since = (
        _moved(found.year[human[its[human]]], up[span], down[span], weights, share)
        for span, its in enumerate(spans)
    )
    return before, since


def _dated(found: Material, series: Series) -> tuple[Positions, Cell]:
    """Return dated human rows of a language, and their earlier half beside AI of all periods."""
    human = series.cells[0].first
    human = human[np.isfinite(found.year[human])]
    early = found.year[human] <= np.median(found.year[human]) if len(human) else human > 0
    ai = np.concatenate([each.second for each in series.cells])
    return human, Cell("", human[early], ai)


def _scores(
    found: Material, series: Series, cell: Cell, human: Positions, chance: np.random.Generator
) -> FloatArray:
    """Return scores (n,) of people's and AI's samples by classifiers that never saw the source."""
    score = np.full(len(found.samples), np.nan)
    rows = np.concatenate((human, cell.second))
    for fold in folds(found.samples, series, chance):
        model = fold.learned(series, cell, chance).get(ALL)
        own = rows[fold.held[rows]]
        if model is not None and len(own):
            score[own] = model(fold.of(own))
    return score


def _within(found: Material, rows: Positions, score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Σ xy and Σ x² by source, x being years and y scores, less their means alike."""
    samples = found.samples
    pairs = np.stack((samples.task_at[rows], samples.stratum[rows]))
    _, place, count = np.unique(pairs, axis=1, return_inverse=True, return_counts=True)
    place = place.reshape(-1)

    def centred(values: FloatArray) -> FloatArray:
        rest: FloatArray = values - (np.bincount(place, values, len(count)) / count)[place]
        return rest

    def by_source(values: FloatArray) -> FloatArray:
        return np.bincount(samples.task_at[rows], values, samples.tasks).astype(np.float64)

    year, level = centred(found.year[rows]), centred(score)
    return by_source(year * level), by_source(year**2)


def _moved(
    years: FloatArray, up: FloatArray, down: FloatArray, weights: FloatArray, share: float
) -> Moved:
    """Return the slope with an interval by weights (1 + B, sources) of sources."""
    sources = int((down.sum(axis=0) > 0).sum())
    none = replace(NOT_MOVED, samples=len(years), sources=sources)
    drawn = down.sum(axis=1) > 0
    if sources < FEWEST_OF_SIDE or not drawn.all():
        return none
    replicates = (weights @ up.sum(axis=0)) / (weights @ down.sum(axis=0))
    replicates[1:] += pull(up.sum(axis=1) / down.sum(axis=1), share, len(replicates) - 1, 0)
    ends = float(years.min()), float(years.max())
    return replace(none, first=ends[0], last=ends[1], a_year=estimate(replicates, sources))
