"""Champion against challenger on the same samples: gains with intervals.

The primary figure, chosen beforehand, is log-loss. All figures weigh an owner by the root of the
number of its samples, as calibration does: neither one large owner nor many tiny ones decide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtrit

from fingerprint_training.assessment import Estimate
from fingerprint_training.metrics import BINS, LEVEL
from fingerprint_training.plain import fields_of
from fingerprint_training.retrain_temper import LEAST_P, refitted

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SCHEMA_VERSION = 1

DRAWS = 4000
"""Resamples: the tails of few owners are cut at a few thousandths."""

SIGNS = {"log_loss": -1.0, "refitted": -1.0, "macro_f1": 1.0, "ece": -1.0, "accused": -1.0}
"""Figures, and which way is better. `refitted`: log-loss of answers that were fitted to their
surroundings (retrain_temper.py). `accused`: human samples told to be AI, in mode `balanced`."""


@dataclass(frozen=True)
class Judged:
    """One model's answers on n samples: `probabilities` (n, K), and which it accuses (n,)."""

    probabilities: FloatArray
    accuses: BoolArray


@dataclass(frozen=True)
class Side:
    """n samples that both models answered: class indices (n,), owners (n,), folds (n,).

    Folds are of whole owners. `liable` (n,): human samples, long enough for an accusation.
    """

    name: str
    truth: IntArray
    owner: npt.NDArray[np.str_]
    fold: IntArray
    liable: BoolArray
    champion: Judged
    challenger: Judged


@dataclass(frozen=True)
class Compared:
    """A figure of both, and the challenger's gain (positive: better) with its 95 % interval."""

    figure: str
    champion: float
    challenger: float
    gain: Estimate


@dataclass(frozen=True)
class Comparison:
    """All figures of one side; `liable` human samples, of so many owners, could be accused."""

    side: str
    samples: int
    owners: int
    liable: int
    liable_owners: int
    figures: tuple[Compared, ...]

    def __getitem__(self, figure: str) -> Compared:
        return next(each for each in self.figures if each.figure == figure)


@dataclass(frozen=True)
class Check:
    """One condition of the gate, and what was found, in words."""

    passed: bool
    said: str


@dataclass(frozen=True)
class Verdict:
    """What came out: both names, how the challenger was made, figures, checks, and notes."""

    champion: str
    challenger: str
    warm: bool
    rounds: tuple[int, int]
    classes: tuple[str, ...]
    tolerance: float
    sides: tuple[Comparison, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]

    @property
    def published(self) -> bool:
        """Whether every check was passed."""
        return all(check.passed for check in self.checks)

    def to_dict(self) -> dict[str, object]:
        """Return plain data; a figure that the samples leave undefined is None."""
        head = {"schema_version": SCHEMA_VERSION, "published": self.published}
        return {**head, **fields_of(self)}


def compare(side: Side, seed: int) -> Comparison:
    """Return the figures of both and the gains, by a paired cluster bootstrap over owners.

    The interval is the expanded percentile interval (Hesterberg 2015, "What teachers should know
    about the bootstrap", section 5.3): percentiles at Phi(-t sqrt(g / (g - 1))), t being Student's
    with g - 1 degrees of freedom, since the plain one is too narrow for few owners g.
    """
    names, owner = np.unique(side.owner, return_inverse=True)
    g = len(names)
    draws = np.random.default_rng(seed).multinomial(g, np.full(g, 1 / g), size=DRAWS)
    times = np.concatenate((np.ones((1, g)), draws.astype(np.float64)))
    champion, challenger = (
        _figures(side, each, owner.astype(np.int64), times)
        for each in (side.champion, side.challenger)
    )
    figures = []
    for name, sign in SIGNS.items():
        gain = sign * (challenger[name] - champion[name]) + 0.0  # no -0.0
        low, high = _interval(gain[1:], g)
        figures.append(
            Compared(
                name,
                float(champion[name][0]),
                float(challenger[name][0]),
                Estimate(float(gain[0]), low, high),
            )
        )
    liable = owner[side.liable]
    return Comparison(
        side.name, len(side.truth), g, len(liable), len(np.unique(liable)), tuple(figures)
    )


def _interval(gains: FloatArray, groups: int) -> tuple[float, float]:
    known = gains[~np.isnan(gains)]
    if groups < 2 or not known.size:
        return math.nan, math.nan
    t = float(stdtrit(groups - 1, (1 + LEVEL) / 2))
    tail = float(ndtr(-t * math.sqrt(groups / (groups - 1))))
    low, high = np.quantile(known, (tail, 1 - tail)).tolist()
    return low, high


def _figures(
    side: Side, model: Judged, owner: IntArray, times: FloatArray
) -> dict[str, FloatArray]:
    """Return each figure for each row of `times` (draws, owners): how often an owner counts.

    Every figure is a function of sums over owners, so a resample needs no pass over the samples.
    """
    n, k = model.probabilities.shape
    groups = times.shape[1]
    weights = 1.0 / np.sqrt(np.bincount(owner)[owner])
    best = model.probabilities.argmax(axis=1)
    confidence = np.minimum(model.probabilities.max(axis=1), 1.0)
    calm = refitted(model.probabilities, side.truth, weights, side.fold)
    loss, left = (
        -np.log(np.maximum(each[np.arange(n), side.truth], LEAST_P))
        for each in (model.probabilities, calm)
    )
    place = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)

    def sums(values: FloatArray | BoolArray, cell: IntArray | None = None, cells: int = 1) -> Any:
        at = owner if cell is None else owner * cells + cell
        return times @ np.bincount(at, weights * values, groups * cells).reshape(groups, cells)

    mass = sums(np.ones(n))[:, 0]
    gaps = np.abs(sums((best == side.truth) - confidence, place, BINS)).sum(axis=1)
    cells = sums(np.ones(n), side.truth * k + best, k * k).reshape(-1, k, k)
    accused, liable = sums(model.accuses & side.liable)[:, 0], sums(side.liable)[:, 0]
    return {
        "log_loss": sums(loss)[:, 0] / mass,
        "refitted": sums(left)[:, 0] / mass,
        "macro_f1": _macro_f1(cells),
        "ece": gaps / mass,
        "accused": np.divide(accused, liable, out=np.full_like(accused, np.nan), where=liable > 0),
    }


def _macro_f1(cells: FloatArray) -> FloatArray:
    """Return the mean F1 over the classes that occur in the truth; cells (draws, truth, told)."""
    support, told = cells.sum(axis=2), cells.sum(axis=1)
    hits = cells.diagonal(axis1=1, axis2=2)
    f1 = 2 * hits / np.where(support > 0, support + told, 1.0)
    occurs = support > 0
    mean: FloatArray = (f1 * occurs).sum(axis=1) / occurs.sum(axis=1)
    return mean
