"""What other sources alone would give: people against people, and AI against AI."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.across.matched import halves
from fingerprint.drift.convergence.across.material import Material
from fingerprint.drift.convergence.across.scored import compared
from fingerprint.drift.convergence.arranged import ALL
from fingerprint.drift.convergence.figures import NOTHING, Estimate, bounded, estimate
from fingerprint.drift.convergence.plan import Series
from fingerprint.drift.convergence.scoring import REFIT

Positions = npt.NDArray[np.int64]
Rows = Callable[[Series], tuple[Positions, Positions]]


def people(series: Series) -> tuple[Positions, Positions]:
    """Return all of a language's human rows, for either half."""
    return series.cells[0].first, series.cells[0].first


def models(series: Series) -> tuple[Positions, Positions]:
    """Return the AI rows of a language's last period, for either half."""
    return series.cells[-1].second, series.cells[-1].second


def ages(found: Material) -> Rows:
    """Return what yields the human rows of a language dated before their median, and after."""

    def rows(series: Series) -> tuple[Positions, Positions]:
        human = series.cells[0].first[np.isfinite(found.year[series.cells[0].first])]
        late = found.year[human] > np.median(found.year[human]) if len(human) else human > 0
        return human[~late], human[late]

    return rows


def of_halves(
    found: Material, series: Sequence[Series], rows: Rows, *, times: int, seed: tuple[int, ...]
) -> Estimate:
    """Return the mean AUROC between halves of sources that chance makes, and where 95 % lie.

    Averaged over the languages that have sources enough for two halves.
    """
    told = []
    for turn in range(times):
        own = []
        for number, one in enumerate(series):
            place = (*seed, number, turn)
            split = halves(found.samples, rows(one), np.random.default_rng(place))
            if split is not None:
                won = compared(found.samples, split, draws=1, seed=place)
                own += [each.by_draw() for key, each in won.items() if key == (0, REFIT, ALL)]
        if own:
            told.append(np.concatenate(own).mean())
    if not told:
        return NOTHING
    return bounded(estimate(np.array([np.mean(told), *told]), len(told)), 0, 1)
