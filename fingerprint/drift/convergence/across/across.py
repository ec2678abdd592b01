"""Whether AI is harder to tell from people over time, in sources that a classifier never saw."""

from __future__ import annotations

import numpy as np

from fingerprint.drift.convergence.across.control import ages, models, of_halves, people
from fingerprint.drift.convergence.across.figures import Figures
from fingerprint.drift.convergence.across.matched import FEWEST_OF_SIDE, matched
from fingerprint.drift.convergence.across.material import material
from fingerprint.drift.convergence.across.scored import compared
from fingerprint.drift.convergence.across.towards import towards
from fingerprint.drift.convergence.arranged import ALL
from fingerprint.drift.convergence.figures import resamples
from fingerprint.drift.convergence.record import Across
from fingerprint.drift.convergence.scoring import FROZEN, REFIT
from fingerprint.drift.convergence.trends import ordered
from fingerprint.drift.measured import Measured
from fingerprint.drift.periods import By
from fingerprint_models.families import HUMAN

HALVES = 3
"""Halves that chance makes of the sources for each draw: it is their spread that is asked."""


def across(measured: Measured, *, by: By, draws: int, replicates: int, seed: int) -> Across:
    """Compare people's samples with AI's of other sources in each period, within a language.

    Says why where nothing can be shown.
    """
    found = material(measured, by, seed)
    samples, human = found.samples, found.samples.family == HUMAN
    if not human.any() or human.all():
        return Across(why=f"no {'AI' if human.any() else 'human'} samples of a known source")
    match = matched(samples, seed)
    series, missing = match.series, match.missing
    if not series:
        few = f"no language has {FEWEST_OF_SIDE} sources of either side in two periods"
        return Across(why=few, missing=missing)
    won = [compared(samples, one, draws=draws, seed=(seed, 9, at)) for at, one in enumerate(series)]
    weights = resamples(1, samples.tasks, 1, n=replicates, seed=seed).model
    figures = Figures(samples, series, won, weights)
    groups = ordered(tuple(samples.groups))
    first, second = (
        np.unique(np.concatenate([getattr(cell, side) for one in series for cell in one.cells]))
        for side in ("first", "second")
    )
    of_people, of_models, of_ages = (
        of_halves(found, series, rows, times=HALVES * draws, seed=(seed, 10, at))
        for at, rows in enumerate((people, models, ages(found)))
    )
    before, since = towards(found, series, weights, draws=draws, seed=seed)
    return Across(
        sources=(len(np.unique(samples.task_at[first])), len(np.unique(samples.task_at[second]))),
        samples=(len(first), len(second)),
        languages=tuple(one.source for one in series),
        kinds=found.kinds,
        trends=tuple(figures.trend(REFIT, group, seed) for group in groups),
        levels=tuple(level for group in groups for level in figures.levels(REFIT, group)),
        frozen=(figures.trend(FROZEN, ALL, seed),),
        frozen_levels=tuple(figures.levels(FROZEN, ALL)),
        halves=of_people,
        ai_halves=of_models,
        ages=of_ages,
        before=before,
        since=since,
        missing=missing,
    )
