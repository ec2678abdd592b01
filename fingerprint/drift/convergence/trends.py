"""Trends of separability and their verdicts: of each pair, of all pairs, of human against AI."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.arranged import ALL
from fingerprint.drift.convergence.figures import (
    FEWEST_SOURCES,
    NOTHING,
    VERDICT_LEVEL,
    Estimate,
    bounded,
    chance_of,
    estimate,
    holm,
)
from fingerprint.drift.convergence.measures import CENTROIDS, Chosen, Measures, of_families
from fingerprint.drift.convergence.record import (
    CONVERGED,
    DIVERGED,
    NOT_SHOWN,
    CellFigure,
    Level,
    PairLevel,
    Trend,
)
from fingerprint.drift.convergence.scoring import REFIT
from fingerprint.drift.convergence.trend import Point, defined, kendall, levels, slope

FloatArray = npt.NDArray[np.float64]

NOWHERE = np.full(1, math.nan)
"""Replicates of a figure that is not measured."""

PAIR_LEVEL = 0.05
"""Adjusted p-value from which on a single pair is told to have converged or diverged."""


def trend(
    found: Measures, group: str, which: Chosen, *, pair: tuple[str, str], by: str, seed: int
) -> Trend:
    """Return the trend of all series of the pairs that `which` accepts.

    By release, families of a single model in some period of every series show nothing: the model
    may differ from the next for reasons of its own.
    """
    points = found.points(found.auroc, REFIT, group, which)
    known = defined(points)
    apart = slope(found.points(found.distance, CENTROIDS, group, which))
    units, why = drawn_units(found, known), _why(found, known, by)
    return trend_of(points, units, pair=pair, group=group, seed=seed, why=why, apart=apart)


def trend_of(
    points: Sequence[Point],
    units: int,
    *,
    pair: tuple[str, str],
    group: str,
    seed: int,
    why: str = "",
    apart: FloatArray = NOWHERE,
) -> Trend:
    """Return the trend of points with `units` drawn; `apart` is the slope of the distances."""
    known = defined(points)
    slopes = slope(points)
    strict = estimate(slopes, units, VERDICT_LEVEL)
    tau, permuted = kendall(points, seed)
    return Trend(
        *pair,
        group=group,
        verdict=NOT_SHOWN if why else verdict_of(strict.low, strict.high),
        slope=estimate(slopes, units),
        strict=strict,
        distance=estimate(apart, units),
        tau=tau,
        permuted=permuted,
        adjusted=math.nan,
        series=len({each.series for each in known}),
        periods=tuple(sorted({each.period for each in known})),
        why=why,
    )


def pair_trends(found: Measures, groups: Sequence[str], *, by: str, seed: int) -> list[Trend]:
    """Return the trend of every pair of families and group, with p-values adjusted over pairs."""
    pairs = sorted(
        {(s.first, s.second) for s in found.plan.series if of_families(s.first, s.second)}
    )
    told: list[Trend] = []
    for group in groups:
        own = [trend(found, group, _is(pair), pair=pair, by=by, seed=seed) for pair in pairs]
        chances = [_chance(found, group, pair) for pair in pairs]
        for each, p in zip(own, holm(chances), strict=True):
            sure = not each.why and p < PAIR_LEVEL
            verdict = (CONVERGED if each.slope.value < 0 else DIVERGED) if sure else NOT_SHOWN
            told.append(replace(each, adjusted=p, verdict=verdict))
    return told


def timeline(found: Measures, groups: Sequence[str], which: Chosen) -> list[Level]:
    """Return the level of each period and group."""
    told = []
    for group in groups:
        points = found.points(found.auroc, REFIT, group, which)
        known = defined(points)
        units = drawn_units(found, known)
        for period, figures in levels(points).items():
            count = sum(each.period == period for each in known)
            told.append(Level(period, group, bounded(estimate(figures, units), 0, 1), count))
    return told


def pair_levels(found: Measures, groups: Sequence[str]) -> list[PairLevel]:
    """Return AUROC of each pair by period and group, the mean over the sources that have it."""
    cells: dict[tuple[str, str, str, str], list[Point]] = {}
    for group in groups:
        for point in found.points(found.auroc, REFIT, group, of_families):
            series = found.plan.series[point.series]
            key = (series.first, series.second, point.period, group)
            cells.setdefault(key, []).append(point)
    return [
        PairLevel(*key, _mean_of(found, points), len(points))
        for key, points in sorted(cells.items())
    ]


def _mean_of(found: Measures, points: Sequence[Point]) -> Estimate:
    source = np.stack([each.source for each in points])
    figures = np.stack([each.figures for each in points])
    mean = (source * figures).sum(axis=0) / source.sum(axis=0)
    return bounded(estimate(mean, drawn_units(found, points)), 0, 1)


def cell_figures(found: Measures, groups: Sequence[str], which: Chosen) -> list[CellFigure]:
    """Return every cell's figures."""
    told = []
    for number, series in enumerate(found.plan.series):
        if not which(series.first, series.second):
            continue
        for at, cell in enumerate(series.cells):
            tasks = len(found.tasks[number, at])
            for group in groups:
                auroc = found.auroc.get((number, at, REFIT, group))
                distance = found.distance.get((number, at, CENTROIDS, group))
                told.append(
                    CellFigure(
                        series.first,
                        series.second,
                        series.source,
                        cell.period,
                        group,
                        NOTHING if auroc is None else bounded(estimate(auroc, tasks), 0, 1),
                        NOTHING if distance is None else estimate(distance, tasks),
                        (len(cell.first), len(cell.second)),
                        tasks,
                        series.models,
                        series.same_tasks,
                    )
                )
    return told


def drawn_units(found: Measures, points: Sequence[Point]) -> int:
    """Return how many tasks stand behind points, or how many sources, where these are drawn.

    Of fewer than `FEWEST_SOURCES` sources it is the tasks: intervals speak of these sources alone.
    """
    numbers = {each.series for each in points}
    tasks = set()
    for number in numbers:
        for at in range(len(found.plan.series[number].cells)):
            tasks |= set(found.tasks[number, at].tolist())
    sources = {found.plan.series[number].source for number in numbers}
    return len(sources) if len(sources) >= FEWEST_SOURCES else len(tasks)


def verdict_of(low: float, high: float) -> str:
    """Return what an interval of the slope of AUROC says."""
    if high < 0:
        return CONVERGED
    return DIVERGED if low > 0 else NOT_SHOWN


def _is(pair: tuple[str, str]) -> Chosen:
    return lambda first, second: (first, second) == pair


def _chance(found: Measures, group: str, pair: tuple[str, str]) -> float:
    points = found.points(found.auroc, REFIT, group, _is(pair))
    return chance_of(slope(points), drawn_units(found, defined(points)))


def _why(found: Measures, points: Sequence[Point], by: str) -> str:
    """Return why a trend of these points cannot be told, or ""."""
    if not points:
        return "no pair in one source has two periods"
    series = [found.plan.series[number] for number in {each.series for each in points}]
    alone = by == "release" and all(each.fewest_models < 2 for each in series)
    return "one model a period" if alone else ""


def ordered(groups: Sequence[str]) -> tuple[str, ...]:
    """Return all feature groups, the one of all columns first."""
    return (ALL, *sorted(set(groups) - {ALL}, key=_place))


def _place(group: str) -> tuple[int, str]:
    usual = ("stylometry", "shape", "comments", "lexicon")
    return (usual.index(group) if group in usual else len(usual), group)
