"""Which pairs of families can be compared, in which source and periods, and on which samples.

A comparison is task-controlled: both families must have answered the same task in the same
language, source and period. A *series* is one pair in one source over its periods. What changes
between periods besides style is held even: each draw takes as many models of a family, and as many
pairs of samples of the same task, in every period of the series, and only tasks that occur in all
periods where these suffice. Without that a period with more samples would seem better separable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.arranged import Arranged
from fingerprint_models.families import HUMAN

Positions = npt.NDArray[np.int64]

AI = "ai"
"""All families but human taken together, where they are held against human."""

FEWEST = 30
"""Samples of each family that a period needs, at shared tasks."""

FEWEST_TASKS = 3
"""Tasks that both families must have answered in a period."""

FEWEST_PAIRS = 15
"""Pairs of samples of one task that a draw must yield."""

MOST_PAIRS = 120
"""Pairs of samples a draw takes at most: more make the fit slower and little better."""

_TRIALS = 12  # random choices of models by which the size of a draw is found


@dataclass(frozen=True, eq=False)
class Cell:
    """One period of a series: rows of either family at shared strata."""

    period: str
    first: Positions
    second: Positions


@dataclass(frozen=True, eq=False)
class Series:
    """One pair in one source: its periods in order, and how large a draw is in each.

    `models` are how many models of either family a draw takes, `pairs` how many pairs of samples;
    `fewest_models` is how many a family has in the period where it has the fewest.
    `same_tasks` tells whether only tasks of all periods are used.
    """

    source: str
    first: str
    second: str
    cells: tuple[Cell, ...]
    models: tuple[int, int]
    pairs: int
    same_tasks: bool
    fewest_models: int


@dataclass(frozen=True)
class Thin:
    """A pair that some period of a source holds, but with too little to compare."""

    source: str
    first: str
    second: str
    period: str
    why: str


@dataclass(eq=False)
class Plan:
    """All series, and what cannot be shown and why."""

    series: list[Series] = field(default_factory=list)
    thin: list[Thin] = field(default_factory=list)


def planned(samples: Arranged, seed: int) -> Plan:
    """Return the series of all pairs of families, and of human against all AI, in all sources."""
    plan = Plan()
    chance = np.random.default_rng([seed, 2])
    for source in sorted(set(samples.source.tolist())):
        rows = np.flatnonzero(samples.source == source)
        names = sorted({*samples.family[rows].tolist()} - {HUMAN})
        for first, second in combinations(names, 2):
            _add(plan, samples, rows, (first, second), chance)
        if (samples.family[rows] == HUMAN).any():
            _add(plan, samples, rows, (HUMAN, AI), chance)
    return plan


def sides(samples: Arranged, rows: Positions, first: str, second: str) -> tuple[Positions, ...]:
    """Return the rows of either family among `rows`."""
    family = samples.family[rows]
    other = family != HUMAN if second == AI else family == second
    return rows[family == first], rows[other]


def _add(
    plan: Plan,
    samples: Arranged,
    rows: Positions,
    pair: tuple[str, str],
    chance: np.random.Generator,
) -> None:
    source = str(samples.source[rows[0]])
    first, second = sides(samples, rows, *pair)
    cells = []
    for period in sorted({*samples.period[second].tolist()} - {""}):
        here = first if pair[0] == HUMAN else first[samples.period[first] == period]
        if not len(here):
            continue
        cell = shared(samples, period, here, second[samples.period[second] == period])
        why = thinness(samples, cell)
        if why:
            plan.thin.append(Thin(source, *pair, period, why))
        else:
            cells.append(cell)
    series = series_of(samples, source, pair, cells, chance)
    for cell in cells:
        if series is None or all(cell.period != each.period for each in series.cells):
            plan.thin.append(Thin(source, *pair, cell.period, "too few samples of one task"))
    if series is not None:
        plan.series.append(series)


def thinness(samples: Arranged, cell: Cell) -> str:
    """Return why a period cannot be shown, or ""."""
    fewest = min(len(cell.first), len(cell.second))
    tasks = len(np.unique(samples.task_at[cell.first]))
    if tasks < FEWEST_TASKS:
        return f"{tasks} shared tasks, {FEWEST_TASKS} needed"
    return f"{fewest} samples of a family, {FEWEST} needed" if fewest < FEWEST else ""


def shared(
    samples: Arranged, period: str, first: Positions, second: Positions, only: object = None
) -> Cell:
    """Return a period with the rows of either side at strata of both, and of `only` if given."""
    both = np.intersect1d(samples.stratum[first], samples.stratum[second])
    if only is not None:
        both = np.intersect1d(both, np.asarray(only))
    return Cell(
        period,
        first[np.isin(samples.stratum[first], both)],
        second[np.isin(samples.stratum[second], both)],
    )


def series_of(
    samples: Arranged,
    source: str,
    pair: tuple[str, str],
    cells: Sequence[Cell],
    chance: np.random.Generator,
) -> Series | None:
    """Return the series with draws of one size, without periods too thin for that; or None."""
    cells, same = _at_common_tasks(samples, cells)
    while cells:
        choices = _choices(samples, cells)
        for models in choices:
            sizes = [_mean_pairs(samples, cell, models, chance) for cell in cells]
            if min(sizes) >= FEWEST_PAIRS:
                pairs = min(int(min(sizes)), MOST_PAIRS)
                return Series(source, *pair, tuple(cells), models, pairs, same, min(choices[-1]))
        least = int(np.argmin(sizes))
        cells = [cell for at, cell in enumerate(cells) if at != least]
    return None


def _choices(samples: Arranged, cells: Sequence[Cell]) -> list[tuple[int, int]]:
    """Return how many models of either family to draw: half of the fewest, else as many.

    The other half is there to be met as models that were not trained on.
    """
    first, second = (
        min(len(np.unique(samples.model_at[rows])) for rows in side)
        for side in ([c.first for c in cells], [c.second for c in cells])
    )
    return [((first + 1) // 2, (second + 1) // 2), (first, second)]


def _at_common_tasks(samples: Arranged, cells: Sequence[Cell]) -> tuple[list[Cell], bool]:
    common: Positions | None = None
    for cell in cells:
        strata = np.unique(samples.stratum[cell.first])
        common = strata if common is None else np.intersect1d(common, strata)
    narrowed = [shared(samples, c.period, c.first, c.second, common) for c in cells]
    if len(cells) > 1 and not any(thinness(samples, cell) for cell in narrowed):
        return narrowed, True
    return list(cells), False


def _mean_pairs(
    samples: Arranged, cell: Cell, models: tuple[int, int], chance: np.random.Generator
) -> float:
    found = [len(draw(samples, cell, models, len(cell.first), chance)[0]) for _ in range(_TRIALS)]
    return float(np.mean(found))


def draw(
    samples: Arranged,
    cell: Cell,
    models: tuple[int, int],
    pairs: int,
    chance: np.random.Generator,
) -> tuple[Positions, Positions]:
    """Draw `pairs` rows of either family, row i of both from one stratum, of so many models each.

    Strata take turns in random order, so that all count as evenly as their samples permit. Fewer
    rows come back where the drawn models have fewer.
    """
    chosen = [
        _of_models(samples, rows, many, chance)
        for rows, many in zip((cell.first, cell.second), models, strict=True)
    ]
    places = [turns(samples.stratum[rows]) for rows in chosen]
    keys = [
        samples.stratum[rows] * len(samples) + place
        for rows, place in zip(chosen, places, strict=True)
    ]
    both, left, right = np.intersect1d(keys[0], keys[1], return_indices=True)
    order = np.lexsort((chance.random(len(both)), both % len(samples)))[:pairs]
    return chosen[0][left[order]], chosen[1][right[order]]


def available(samples: Arranged, cell: Cell) -> int:
    """Return how many pairs of samples of one stratum a cell has in all."""
    sides = [samples.stratum[rows] for rows in (cell.first, cell.second)]
    width = 1 + max(int(side.max()) for side in sides)
    counts = [np.bincount(side, minlength=width) for side in sides]
    return int(np.minimum(*counts).sum())


def _of_models(
    samples: Arranged, rows: Positions, many: int, chance: np.random.Generator
) -> Positions:
    names = np.unique(samples.model_at[rows])
    if many < len(names):
        names = chance.choice(names, many, replace=False)
        rows = rows[np.isin(samples.model_at[rows], names)]
    return chance.permutation(rows)


def turns(strata: Positions) -> Positions:
    """Return how many rows of the same stratum came before each."""
    order = np.argsort(strata, kind="stable")
    counts = np.unique(strata, return_counts=True)[1]
    found = np.empty(len(strata), dtype=np.int64)
    found[order] = np.concatenate([np.arange(count) for count in counts.tolist()] or [order])
    return found


def by_source(plan: Plan) -> Iterator[tuple[str, list[Series]]]:
    """Yield each source with its series."""
    for source in sorted({each.source for each in plan.series}):
        yield source, [each for each in plan.series if each.source == source]
