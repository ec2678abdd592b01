"""What a comparison over time found: frozen records of plain values, ready for JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fingerprint.drift.convergence.figures import NOTHING, Estimate
from fingerprint_training.plain import fields_of

SCHEMA_VERSION = 1

CONVERGED, DIVERGED, NOT_SHOWN = "converged", "diverged", "not shown"
STALE, BOTH, NEITHER = "stale", "both", "neither shown"


@dataclass(frozen=True)
class Level:
    """A figure of one period, as if all pairs and sources were in all periods.

    `series` counts the pairs in sources that are in this period.
    """

    period: str
    group: str
    figure: Estimate
    series: int


@dataclass(frozen=True)
class PairLevel:
    """AUROC of one pair in one period, averaged over its sources: a field of the heat map."""

    first: str
    second: str
    period: str
    group: str
    auroc: Estimate
    sources: int


@dataclass(frozen=True)
class CellFigure:
    """One pair of families in one source, period and feature group.

    `auroc` is that of a classifier refitted there, cross-validated over whole tasks. `distance` is
    the squared distance of centroids over the variance within a family. `samples` counts both
    families' at shared tasks; `models` how many models of either family a draw takes.
    """

    first: str
    second: str
    source: str
    period: str
    group: str
    auroc: Estimate
    distance: Estimate
    samples: tuple[int, int]
    tasks: int
    models: tuple[int, int]
    same_tasks: bool


@dataclass(frozen=True)
class Trend:
    """Change of AUROC a year: `slope` with 95 %, `strict` the interval that the verdict needs.

    `tau` is Kendall's with `permuted`, its permutation p-value; `adjusted` the slope's p-value
    after Holm's correction over all pairs, NaN for trends over all pairs. `why` says in a
    word why nothing is shown. `distance` is the slope of the distance of centroids a year.
    """

    first: str
    second: str
    group: str
    verdict: str
    slope: Estimate
    strict: Estimate
    distance: Estimate
    tau: float
    permuted: float
    adjusted: float
    series: int
    periods: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Age:
    """Balanced accuracy, and AUROC, on unseen tasks of samples so many months after the first.

    Averages over series (pairs in sources) with a period at that age: of a model `refit` in the
    period, of one refitted to `others`, models of the period that it is not asked about, of one
    `frozen` in the series' first, and of the `shipped` one. `gap` = refit - frozen; `loss` =
    frozen here - frozen at age 0, in the same series.
    """

    months: float
    series: int
    refit: Estimate
    others: Estimate
    frozen: Estimate
    shipped: Estimate
    gap: Estimate
    loss: Estimate
    refit_auroc: Estimate
    frozen_auroc: Estimate
    shipped_auroc: Estimate


@dataclass(frozen=True)
class Staleness:
    """Whether a model that is not refitted falls behind one that is.

    Means over later periods: `gap` = refit - frozen, `novelty` = refit - others (what it costs at
    any age to meet models that were not trained on), `ageing` = others - frozen. The verdict goes
    by `basis`: "refit" takes the gap; "others" takes ageing, as by release all models of a later
    period are new. `strict` is its 99 % interval, `behind_a_year` its slope over age through
    nought. `edge` is the frozen model's accuracy above chance at age 0, `lost_a_year` what it loses
    a year. `lost_by` and `retrain_by` are the ages in months at which `share` of the edge is lost,
    and at which a refit would win it back; NaN where the slope's interval holds nought.
    """

    verdict: str
    basis: str
    gap: Estimate
    novelty: Estimate
    ageing: Estimate
    strict: Estimate
    edge: Estimate
    share: float
    lost_a_year: Estimate
    behind_a_year: Estimate
    lost_by: Estimate
    retrain_by: Estimate
    ages: tuple[Age, ...]


@dataclass(frozen=True)
class GroupShift:
    """How far a family's answers to the same tasks moved from its first period to a later one.

    `shift` is the squared distance of the means over the variance within, as `gaps` has it; family
    "" is the mean over families and sources.
    """

    family: str
    period: str
    group: str
    shift: Estimate
    series: int


@dataclass(frozen=True)
class Reliability:
    """The shipped model's calibration on samples of a period, ten bins of its confidence.

    `mass` holds the rows of each bin. `ece` is lifted by chance where rows are few.
    """

    period: str
    rows: int
    tasks: int
    accuracy: Estimate
    ece: Estimate
    mass: tuple[float, ...]
    confidence: tuple[float, ...]
    correct: tuple[float, ...]


@dataclass(frozen=True)
class Missing:
    """What cannot be shown, and why."""

    first: str
    second: str
    source: str
    period: str
    why: str


@dataclass(frozen=True)
class Moved:
    """How far people's samples moved towards AI's a year, in a span of their dates in years.

    `a_year` is a share of the way from their earlier half to AI, within a source.
    """

    samples: int
    sources: int
    first: float
    last: float
    a_year: Estimate


NOT_MOVED = Moved(0, 0, math.nan, math.nan, NOTHING)


@dataclass(frozen=True)
class Across:
    """Human against AI over time, where people's samples and AI's are of different sources.

    Within a language, of samples of like length and kind; classifiers are asked about sources that
    they never saw. `sources` and `samples` count people's and AI's. `trends` (a group each) are
    changes within an AI source, `frozen` that of a classifier fitted in the first period; `levels`
    and `frozen_levels` are averages over languages. `halves` is the AUROC between halves that
    chance made of people's sources, `ai_halves` of AI's in the last period, `ages` between people's
    earlier and later samples of other sources; their intervals hold 95 % of such halves.
    `before` and `since` tell how people moved before models wrote code, and since. `why` says why
    nothing is shown.
    """

    why: str = ""
    sources: tuple[int, int] = (0, 0)
    samples: tuple[int, int] = (0, 0)
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    trends: tuple[Trend, ...] = ()
    levels: tuple[Level, ...] = ()
    frozen: tuple[Trend, ...] = ()
    frozen_levels: tuple[Level, ...] = ()
    halves: Estimate = NOTHING
    ai_halves: Estimate = NOTHING
    ages: Estimate = NOTHING
    before: Moved = NOT_MOVED
    since: Moved = NOT_MOVED
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class Convergence:
    """Do families converge, and how fast does a model age: all that `converge` found.

    `verdict` is "converged", "stale", "both" or "neither shown"; `convergence` is "converged",
    "diverged" or "not shown", `staleness.verdict` "stale" or "not shown". `pooled` has a trend
    a group over all pairs of families, `pairs` those of each pair; `timeline` the levels by
    period, `heat` those of each pair. `human*` hold the same for human against all AI in one
    source, `across` for other sources. `notes` say what a reader must know.
    """

    name: str
    by: str
    model: str
    samples: int
    sources: tuple[str, ...]
    periods: tuple[str, ...]
    families: Mapping[str, int]
    settings: Mapping[str, Any]
    verdict: str
    convergence: str
    pooled: tuple[Trend, ...]
    pairs: tuple[Trend, ...]
    timeline: tuple[Level, ...]
    heat: tuple[PairLevel, ...]
    cells: tuple[CellFigure, ...]
    human: tuple[Trend, ...]
    human_timeline: tuple[Level, ...]
    human_cells: tuple[CellFigure, ...]
    across: Across
    staleness: Staleness
    shifts: tuple[GroupShift, ...]
    reliability: tuple[Reliability, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...]
    schema_version: int = SCHEMA_VERSION

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types; NaN becomes None."""
        return fields_of(self)
