"""Frozen against refit: what a model loses that is not refitted, and how fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.arranged import ALL, middle
from fingerprint.drift.convergence.figures import (
    LEVEL,
    NOTHING,
    VERDICT_LEVEL,
    Estimate,
    bounded,
    estimate,
)
from fingerprint.drift.convergence.measures import Measures, of_families
from fingerprint.drift.convergence.record import NOT_SHOWN, STALE, Age, Staleness
from fingerprint.drift.convergence.scoring import FROZEN, OTHERS, REFIT, SHIPPED, Key
from fingerprint.drift.convergence.trend import Point, defined, precision
from fingerprint.drift.convergence.trends import drawn_units

FloatArray = npt.NDArray[np.float64]

LOST = 0.2
"""Share of the edge over chance at whose loss a model is called due for retraining."""

MONTHS = 12


def staleness(found: Measures, *, by: str, lost: float) -> Staleness:
    """Compare frozen and refitted classifiers over all pairs of families and later periods.

    By release a refit has an advantage that no age explains: it knows the very models it is asked
    about. There the verdict goes by a refit to other models of the period.
    """
    basis = OTHERS if by == "release" else REFIT
    gap, ageing = (
        [_minus(fresh, frozen) for frozen, fresh in _later(found, kind)] for kind in (REFIT, OTHERS)
    )
    judged, fall = ageing if basis == OTHERS else gap, _falls(found)
    starts = [each for each in _points(found, found.accuracy, FROZEN) if _age(found, each) == 0]
    starts = [each for each in starts if any(each.series == one.series for one in gap)]
    strict = _over(found, judged, _mean, VERDICT_LEVEL)
    edge = _over(found, [_less(each, 0.5) for each in starts], _mean)
    lost_a_year = _over(found, [_less(each, 0.0, -1.0) for each in fall], _slope_of(found))
    behind = _over(found, judged, _slope_of(found))
    return Staleness(
        verdict=STALE if strict.low > 0 else NOT_SHOWN,
        basis=basis,
        gap=_over(found, gap, _mean),
        novelty=_over(found, _novelty(found), _mean),
        ageing=_over(found, ageing, _mean),
        strict=strict,
        edge=edge,
        share=lost,
        lost_a_year=lost_a_year,
        behind_a_year=behind,
        lost_by=_age_at(lost * edge.value, lost_a_year),
        retrain_by=_age_at(lost * edge.value, behind),
        ages=_ages(found),
    )


def _over(
    found: Measures,
    points: list[Point],
    figure: Callable[[list[Point]], FloatArray],
    level: float = LEVEL,
) -> Estimate:
    return estimate(figure(points), drawn_units(found, points), level)


def _slope_of(found: Measures) -> Callable[[list[Point]], FloatArray]:
    return lambda points: _through_nought(found, points)


def _less(point: Point, amount: float, sign: float = 1.0) -> Point:
    return replace(point, figures=sign * (point.figures - amount))


def _novelty(found: Measures) -> list[Point]:
    """Return, in each later period, what a refit gains by knowing the models it is asked about."""
    refit = {(each.series, each.period): each for _, each in _later(found)}
    others = [each for _, each in _later(found, OTHERS)]
    return [_minus(refit[each.series, each.period], each) for each in others]


def _points(found: Measures, figures: dict[Key, FloatArray], kind: str) -> list[Point]:
    return defined(found.points(figures, kind, ALL, of_families))


def _later(found: Measures, kind: str = REFIT) -> list[tuple[Point, Point]]:
    """Return frozen and refit of each period that is not the first of its series."""
    points = found.points(found.accuracy, kind, ALL, of_families)
    refit = {(each.series, each.period): each for each in points}
    return [
        (each, refit[each.series, each.period])
        for each in _points(found, found.accuracy, FROZEN)
        if _age(found, each) > 0 and (each.series, each.period) in refit
    ]


def _falls(found: Measures) -> list[Point]:
    """Return frozen accuracy of each later period less that of the first."""
    points = _points(found, found.accuracy, FROZEN)
    first = {each.series: each for each in points if _age(found, each) == 0}
    return [
        _minus(each, first[each.series])
        for each in points
        if _age(found, each) > 0 and each.series in first
    ]


def _minus(left: Point, right: Point) -> Point:
    return Point(left.series, left.period, left.time, left.figures - right.figures, left.source)


def _age(found: Measures, point: Point) -> float:
    """Return the months since the first period of the point's series."""
    start = middle(found.plan.series[point.series].cells[0].period)
    return round((point.time - start) * MONTHS, 6)


def _mean(points: list[Point]) -> FloatArray:
    if not points:
        return np.full(2, np.nan)
    weight = np.array([precision(each) for each in points])[:, None]
    own = weight * np.stack([each.source for each in points])
    figures = np.stack([each.figures for each in points])
    mean: FloatArray = (own * figures).sum(axis=0) / own.sum(axis=0)
    return mean


def _through_nought(found: Measures, points: list[Point]) -> FloatArray:
    """Return the slope a year of figures that are nought at age 0, by weighted least squares."""
    if not points:
        return np.full(2, np.nan)
    age = np.array([_age(found, each) / MONTHS for each in points])[:, None]
    weight = np.array([precision(each) for each in points])[:, None]
    own = weight * np.stack([each.source for each in points])
    figures = np.stack([each.figures for each in points])
    result: FloatArray = (own * age * figures).sum(axis=0) / (own * age**2).sum(axis=0)
    return result


def _age_at(amount: float, a_year: Estimate) -> Estimate:
    """Return the months after which `amount` is lost; nothing where no loss a year is shown."""
    if not (amount > 0 and a_year.low > 0):
        return NOTHING
    return Estimate(*(MONTHS * amount / x for x in (a_year.value, a_year.high, a_year.low)))


def _ages(found: Measures) -> tuple[Age, ...]:
    frozen = _points(found, found.accuracy, FROZEN)
    months = sorted({_age(found, each) for each in frozen})
    return tuple(_age_of(found, month) for month in months)


def _age_of(found: Measures, month: float) -> Age:
    frozen = _points(found, found.accuracy, FROZEN)

    def mean(figures: dict[Key, FloatArray], kind: str) -> Estimate:
        trended = {each.series for each in frozen}
        points = found.points(figures, kind, ALL, of_families)
        own = [each for each in points if each.series in trended]
        return _averaged(found, own, month, (0.0, 1.0))

    gaps = [_minus(refit, other) for other, refit in _later(found)]
    here = [each for each in frozen if _age(found, each) == month]
    return Age(
        months=month,
        series=len(here),
        refit=mean(found.accuracy, REFIT),
        others=mean(found.accuracy, OTHERS),
        frozen=mean(found.accuracy, FROZEN),
        shipped=mean(found.accuracy, SHIPPED),
        gap=_averaged(found, gaps, month, (-1.0, 1.0)),
        loss=_averaged(found, _falls(found), month, (-1.0, 1.0)),
        refit_auroc=mean(found.auroc, REFIT),
        frozen_auroc=mean(found.auroc, FROZEN),
        shipped_auroc=mean(found.auroc, SHIPPED),
    )


def _averaged(
    found: Measures, points: list[Point], month: float, ends: tuple[float, float]
) -> Estimate:
    own = [each for each in points if _age(found, each) == month]
    if not own:
        return NOTHING
    return bounded(estimate(_mean(own), drawn_units(found, own)), *ends)
