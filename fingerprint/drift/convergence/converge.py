"""`converge`: from measured samples with models and dates to a verdict and all that it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.across import across
from fingerprint.drift.convergence.arranged import (
    BY,
    Arranged,
    arranged,
    families,
    kept_rows,
)
from fingerprint.drift.convergence.figures import resamples
from fingerprint.drift.convergence.measures import Measures, measures, of_families, of_human
from fingerprint.drift.convergence.notes import notes
from fingerprint.drift.convergence.plan import AI, planned
from fingerprint.drift.convergence.record import (
    BOTH,
    CONVERGED,
    NEITHER,
    STALE,
    Across,
    Convergence,
    Missing,
)
from fingerprint.drift.convergence.scoring import scored
from fingerprint.drift.convergence.shifts import group_shifts, reliabilities
from fingerprint.drift.convergence.staleness import LOST, staleness
from fingerprint.drift.convergence.trends import (
    cell_figures,
    ordered,
    pair_levels,
    pair_trends,
    timeline,
    trend,
)
from fingerprint.drift.measured import Measured
from fingerprint.drift.periods import By, periods
from fingerprint_models.families import HUMAN

FloatArray = npt.NDArray[np.float64]

DRAWS, REPLICATES = 8, 200
LEAST = 1e-6  # of a probability, under its logarithm


def converge(
    samples: Measured,
    *,
    by: By = "release",
    draws: int = DRAWS,
    replicates: int = REPLICATES,
    lost: float = LOST,
    seed: int = 0,
    log: Callable[[str], None] = lambda _: None,
) -> Convergence:
    """Compare model families over time: separability, distances, staleness and shifts.

    `by` "release" takes half-years of the release of each sample's stated model, "quarter" and
    "half" its own date; human samples stand beside every period. `draws` subsamples even out sizes,
    `replicates` bootstrap weights make intervals, `lost` is the share of the edge over chance
    whose loss makes a model due. Raises DriftError where models, dates, tasks or families are
    missing, and ValueError for settings that make no sense.
    """
    if by not in BY:
        raise ValueError(f"by is {by!r}, and one of {', '.join(BY)}")
    if draws < 1 or replicates < 2 or not 0 < lost < 1:
        raise ValueError("draws is 1 or more, replicates 2 or more, lost lies between 0 and 1")
    arrangement = arranged(samples, by)
    plan = planned(arrangement, seed)
    answers = _answers(samples, kept_rows(samples, by))
    scores = scored(arrangement, plan, answers, draws=draws, seed=seed, log=log)
    sources = tuple(sorted(set(arrangement.source.tolist())))
    weights = resamples(
        arrangement.tasks, arrangement.models, len(sources), n=replicates, seed=seed
    )
    log("converge: intervals")
    found = measures(arrangement, plan, scores, weights, task_sources(arrangement))
    settings = {"by": by, "draws": draws, "replicates": replicates, "lost": lost, "seed": seed}
    log("converge: human against AI across sources")
    apart = across(samples, by=by, draws=draws, replicates=replicates, seed=seed)
    return _told(samples, arrangement, found, apart, settings)


def task_sources(samples: Arranged) -> npt.NDArray[np.int64]:
    """Return the number of each task's source, shape (tasks,), sources in alphabetical order."""
    names = np.unique(samples.source, return_inverse=True)[1]
    owner = np.zeros(samples.tasks, dtype=np.int64)
    owner[samples.task_at] = names
    return owner


def _told(
    samples: Measured,
    arrangement: Arranged,
    found: Measures,
    apart: Across,
    settings: dict[str, Any],
) -> Convergence:
    by: By = settings["by"]
    groups, seed = ordered(tuple(arrangement.groups)), int(settings["seed"])
    pooled = [trend(found, g, of_families, pair=("", ""), by=by, seed=seed) for g in groups]
    human = [trend(found, g, of_human, pair=(HUMAN, AI), by=by, seed=seed) for g in groups]
    aged = staleness(found, by=by, lost=float(settings["lost"]))
    family, period = families(samples), periods(samples.date, samples.stated, by)
    period = np.where(family == HUMAN, "", period)
    counts = Counter(arrangement.family.tolist())
    return Convergence(
        name=samples.name,
        by=by,
        model=f"{samples.model.name} {samples.model.version}",
        samples=len(arrangement),
        sources=found.sources,
        periods=tuple(sorted({*arrangement.period.tolist()} - {""})),
        families=dict(sorted(counts.items())),
        settings=settings,
        verdict=_verdict(pooled[0].verdict, aged.verdict),
        convergence=pooled[0].verdict,
        pooled=tuple(pooled),
        pairs=tuple(pair_trends(found, groups, by=by, seed=seed)),
        timeline=tuple(timeline(found, groups, of_families)),
        heat=tuple(pair_levels(found, groups)),
        cells=tuple(cell_figures(found, groups, of_families)),
        human=tuple(human),
        human_timeline=tuple(timeline(found, groups, of_human)),
        human_cells=tuple(cell_figures(found, groups, of_human)),
        across=apart,
        staleness=aged,
        shifts=tuple(group_shifts(found, groups)),
        reliability=tuple(reliabilities(samples, family, period)),
        missing=tuple(
            Missing(each.first, each.second, each.source, each.period, each.why)
            for each in found.plan.thin
        ),
        notes=tuple(notes(samples, arrangement, found, by)),
    )


def _verdict(convergence: str, stale: str) -> str:
    if convergence == CONVERGED:
        return BOTH if stale == STALE else CONVERGED
    return STALE if stale == STALE else NEITHER


def _answers(samples: Measured, rows: npt.NDArray[np.int64]) -> dict[str, FloatArray]:
    """Return log-probabilities (n,) of the model for each family it knows, and for AI."""
    shares = samples.probabilities[rows]
    found = {name: np.log(shares[:, at] + LEAST) for at, name in enumerate(samples.classes)}
    if samples.human in samples.classes:
        human = shares[:, samples.classes.index(samples.human)]
        found[AI] = np.log(1 - human + LEAST)
    return found
