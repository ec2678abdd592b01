"""The figures of every cell, under all weights: AUROC, accuracy, and the distance of centroids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.arranged import ALL, Arranged, middle
from fingerprint.drift.convergence.distances import Standardised, gaps
from fingerprint.drift.convergence.figures import FEWEST_SOURCES, TRAINED, Resamples, pull
from fingerprint.drift.convergence.plan import AI, FEWEST, FEWEST_TASKS, Plan, available, by_source
from fingerprint.drift.convergence.scoring import Key, Scores, standardised
from fingerprint.drift.convergence.tallies import (
    Scored,
    Tally,
    accuracy_tally,
    auroc_tally,
    by_turn,
    figure,
)
from fingerprint.drift.convergence.trend import Point

FloatArray = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
Chosen = Callable[[str, str], bool]


@dataclass(frozen=True, eq=False)
class Measures:
    """Replicates (1 + B,) of each figure; a figure that is not there was not measurable."""

    plan: Plan
    weights: Resamples
    sources: tuple[str, ...]
    auroc: dict[Key, FloatArray]
    accuracy: dict[Key, FloatArray]
    distance: dict[Key, FloatArray]
    shift: dict[tuple[str, str, str, str], FloatArray]
    """By family, source, later period and group."""
    tasks: dict[tuple[int, int], Positions]
    """The tasks of each cell, by series and place."""
    owner: Positions
    """The number of each task's source."""

    @property
    def draws_sources(self) -> bool:
        """Whether sources weigh differently in replicates."""
        return len(self.sources) >= FEWEST_SOURCES

    def source_tasks(self, source: str) -> int:
        """Return how many tasks a source has."""
        return int((self.owner == self.sources.index(source)).sum())

    def source_weight(self, source: str) -> FloatArray:
        """Return the weight of a source in each replicate."""
        return self.weights.source[:, self.sources.index(source)]

    def points(
        self, figures: dict[Key, FloatArray], kind: str, group: str, which: Chosen
    ) -> list[Point]:
        """Return the points of one classifier and group of the pairs that `which` accepts."""
        return [
            Point(
                number,
                cell.period,
                middle(cell.period),
                figures[number, at, kind, group],
                self.source_weight(series.source),
            )
            for number, series in enumerate(self.plan.series)
            for at, cell in enumerate(series.cells)
            if which(series.first, series.second) and (number, at, kind, group) in figures
        ]


def measures(
    samples: Arranged, plan: Plan, scores: Scores, weights: Resamples, owner: Positions
) -> Measures:
    """Turn scores into figures, and measure distances on all rows of every cell.

    `owner` (tasks,) numbers each task's source, sources in alphabetical order.
    """
    distance: dict[Key, FloatArray] = {}
    shift: dict[tuple[str, str, str, str], FloatArray] = {}
    numbers = {id(series): at for at, series in enumerate(plan.series)}
    for source, many in by_source(plan):
        rows = np.flatnonzero(samples.source == source)
        standard = _standard(samples, rows)
        for series in many:
            for place, cell in enumerate(series.cells):
                found = gaps(standard, cell.first, cell.second, weights)
                for group, each in found.items():
                    distance[numbers[id(series)], place, CENTROIDS, group] = each
        for family, period, first, later in moves(samples, rows):
            found = gaps(standard, first, later, weights)
            shift |= {(family, source, period, group): each for group, each in found.items()}
    tasks = {
        (number, place): np.unique(samples.task_at[cell.first])
        for number, series in enumerate(plan.series)
        for place, cell in enumerate(series.cells)
    }
    return Measures(
        plan=plan,
        weights=weights,
        sources=tuple(np.unique(samples.source).tolist()),
        auroc=_figures(samples, plan, scores, weights, auroc_tally),
        accuracy=_figures(samples, plan, scores, weights, accuracy_tally, only=ALL),
        distance=distance,
        shift=shift,
        tasks=tasks,
        owner=owner,
    )


def _standard(samples: Arranged, rows: Positions) -> Standardised:
    at = np.full(len(samples), -1, dtype=np.int64)
    at[rows] = np.arange(len(rows))
    values = standardised(samples.values[rows], np.zeros(len(rows), dtype=np.bool_))
    return Standardised(samples, values, at)


def _figures(
    samples: Arranged,
    plan: Plan,
    scores: Scores,
    weights: Resamples,
    tally: Callable[[Iterable[Scored]], Tally],
    *,
    only: str | None = None,
) -> dict[Key, FloatArray]:
    """Return replicates of a figure by cell, with what the choice of training samples adds."""
    found = {}
    for key, drawn in scores.of.items():
        if only in (None, key[3]):
            whole = figure(tally(drawn), weights)
            each = by_turn(drawn, tally)
            series = plan.series[key[0]]
            share = TRAINED * series.pairs / available(samples, series.cells[key[1]])
            whole[1:] += pull(each, share, len(whole) - 1, key[0])
            found[key] = whole
    return found


CENTROIDS = "centroids"


def moves(samples: Arranged, rows: Positions) -> Iterator[tuple[str, str, Positions, Positions]]:
    """Yield family, later period, and rows of the family's first period and of that one."""
    for family in sorted(set(samples.family[rows].tolist())):
        own = rows[samples.family[rows] == family]
        periods = sorted({*samples.period[own].tolist()} - {""})
        thick = [(p, own[samples.period[own] == p]) for p in periods]
        thick = [(p, its) for p, its in thick if len(its) >= FEWEST]
        for period, later in thick[1:]:
            first = thick[0][1]
            if len(np.intersect1d(samples.task_at[first], samples.task_at[later])) >= FEWEST_TASKS:
                yield family, period, first, later


def of_families(_: str, second: str) -> bool:
    """Accept pairs of model families, and not human against AI."""
    return second != AI


def of_human(_: str, second: str) -> bool:
    """Accept human against all AI."""
    return second == AI
