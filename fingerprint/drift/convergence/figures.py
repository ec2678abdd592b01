"""Estimates with intervals from replicates of a Bayesian bootstrap over tasks, models, sources."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

LEVEL = 0.95
"""Of the intervals shown."""

VERDICT_LEVEL = 0.99
"""Of the intervals a verdict needs: a corpus is asked several questions, and each may mislead."""

FEWEST_SOURCES = 5
"""Sources from which on they are drawn too; of fewer, nothing is known of sources in general."""


TRAINED = 0.75
"""Share of a draw's pairs that a classifier is fitted on, in every period."""


@dataclass(frozen=True)
class Estimate:
    """A figure with the interval around it; NaN where there is none."""

    value: float
    low: float
    high: float

    @property
    def excludes_nought(self) -> bool:
        """Whether nought lies outside the interval; False without one."""
        return self.low > 0 or self.high < 0


NOTHING = Estimate(math.nan, math.nan, math.nan)


@dataclass(frozen=True, eq=False)
class Resamples:
    """Weights of tasks (1 + B, tasks), models and sources likewise; row 0 is all ones.

    The others are standard exponentials (Rubin, "The Bayesian bootstrap", 1981): no unit ever
    vanishes, so no figure becomes undefined in a replicate.
    """

    task: FloatArray
    model: FloatArray
    source: FloatArray


def resamples(tasks: int, models: int, sources: int, *, n: int, seed: int) -> Resamples:
    """Draw the weights of all units once, so that what two figures share moves both.

    With fewer than `FEWEST_SOURCES` sources these keep their weight: intervals then speak of
    these sources alone.
    """
    chance = np.random.default_rng([seed, 1])
    one = [np.ones((1, count)) for count in (tasks, models, sources)]
    drawn = [chance.standard_exponential((n, count)) for count in (tasks, models, sources)]
    if sources < FEWEST_SOURCES:
        drawn[2] = np.ones((n, sources))
    return Resamples(*(np.concatenate(pair) for pair in zip(one, drawn, strict=True)))


def estimate(replicates: FloatArray, units: int, level: float = LEVEL) -> Estimate:
    """Return replicate 0 with a t interval of the others' spread, `units` being what was drawn.

    The spread is stretched by √(units / (units - 1)) and Student's quantile taken at units - 1:
    with a handful of tasks a percentile interval is too narrow. NaN interval with one unit.
    """
    value = float(replicates[0])
    known = replicates[1:][np.isfinite(replicates[1:])]
    if units < 2 or len(known) < 2 or not math.isfinite(value):
        return Estimate(value, math.nan, math.nan)
    spread = float(known.std(ddof=1)) * math.sqrt(units / (units - 1))
    reach = float(stats.t.ppf((1 + level) / 2, units - 1)) * spread
    return Estimate(value, value - reach, value + reach)


def pull(each: FloatArray, share: float, n: int, stream: int) -> FloatArray:
    """Return n deviations that the choice of training samples brings, from the figures of D draws.

    Weights leave the classifiers as they are. What these owe to their training samples shows in how
    much D draws differ: the delete-d jackknife (Shao and Wu 1989) has the variance of the draws
    times f / (1 - f), f being the `share` that trains, and their mean is known to 1 / D of it.
    Draw d pulls all figures of a `stream` alike.
    """
    factor = share / (1 - min(share, TRAINED)) + 1 / len(each)
    chance = np.random.default_rng([stream, 5]).standard_normal((n, len(each)))
    apart = (each - each.mean()) * np.sqrt(factor / max(len(each) - 1, 1))
    pulled: FloatArray = chance @ apart
    return pulled


def bounded(found: Estimate, low: float, high: float) -> Estimate:
    """Return an estimate with all its parts cut to what the figure can be; NaN stays."""
    parts = np.clip((found.value, found.low, found.high), low, high)
    return Estimate(*map(float, parts))


def chance_of(replicates: FloatArray, units: int) -> float:
    """Return the two-sided p-value of nought by the same t distribution; NaN without spread."""
    known = replicates[1:][np.isfinite(replicates[1:])]
    if units < 2 or len(known) < 2 or not math.isfinite(float(replicates[0])):
        return math.nan
    spread = float(known.std(ddof=1)) * math.sqrt(units / (units - 1))
    if spread == 0:
        return 1.0 if replicates[0] == 0 else 0.0
    return float(2 * stats.t.sf(abs(float(replicates[0])) / spread, units - 1))


def holm(chances: list[float]) -> list[float]:
    """Return p-values adjusted for their number (Holm 1979); NaN stays and does not count."""
    known = [at for at, p in enumerate(chances) if not math.isnan(p)]
    adjusted, highest = list(chances), 0.0
    for rank, at in enumerate(sorted(known, key=lambda at: chances[at])):
        highest = max(highest, min(1.0, (len(known) - rank) * chances[at]))
        adjusted[at] = highest
    return adjusted
