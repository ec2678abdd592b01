"""Trends and levels of AUROC across sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.across.scored import Key, Won, trained_share
from fingerprint.drift.convergence.arranged import Arranged, middle
from fingerprint.drift.convergence.figures import bounded, estimate, pull
from fingerprint.drift.convergence.plan import AI, Series
from fingerprint.drift.convergence.record import Level, Trend
from fingerprint.drift.convergence.trend import Point, defined, levels
from fingerprint.drift.convergence.trends import trend_of
from fingerprint_models.families import HUMAN

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Figures:
    """Comparisons `won` of each series by period, and `weights` (1 + B, sources) of sources."""

    samples: Arranged
    series: Sequence[Series]
    won: Sequence[Mapping[Key, Won]]
    weights: FloatArray

    def trend(self, kind: str, group: str, seed: int) -> Trend:
        """Return the change within a source of AI: which sources are in which period makes none."""
        points, owners, human = list[Point](), list[int](), set[int]()
        for number, period, won, shares in self._cells(kind, group):
            human |= set(won.human.tolist())
            for place, source in enumerate(won.ai.tolist()):
                at = number * self.samples.tasks + source
                own = self.weights[:, source]
                points.append(Point(at, period, middle(period), shares[:, place], own))
                owners.append(source)
        kept = {each.series for each in defined(points)}
        ai = {source for each, source in zip(points, owners, strict=True) if each.series in kept}
        units, why = min(len(ai), len(human)), "" if kept else "no source of AI has two periods"
        return trend_of(points, units, pair=(HUMAN, AI), group=group, seed=seed, why=why)

    def levels(self, kind: str, group: str) -> list[Level]:
        """Return AUROC by period, averaged over sources, then languages."""
        points, sources = list[Point](), [set[int](), set[int]()]
        for number, period, won, shares in self._cells(kind, group):
            known = np.isfinite(shares[0])
            own = self.weights[:, won.ai[known]]
            mean = (own * shares[:, known]).sum(axis=1) / own.sum(axis=1)
            points.append(Point(number, period, middle(period), mean, np.ones(len(mean))))
            sources[0] |= set(won.human.tolist())
            sources[1] |= set(won.ai[known].tolist())
        units = min(map(len, sources))
        return [
            Level(
                period,
                group,
                bounded(estimate(each, units), 0, 1),
                sum(point.period == period for point in points),
            )
            for period, each in levels(points).items()
        ]

    def _cells(self, kind: str, group: str) -> list[tuple[int, str, Won, FloatArray]]:
        """Return number of series, period, comparisons, and AUROC of each AI source (1 + B, ai)."""
        told = []
        for number, (series, won) in enumerate(zip(self.series, self.won, strict=True)):
            share = trained_share(self.samples, series)
            for at, cell in enumerate(series.cells):
                own = won.get((at, kind, group))
                if own is not None and own.of.any():
                    shares = own.by_source(self.weights)
                    each = own.by_draw()
                    shares[1:] += pull(each, share, len(shares) - 1, number)[:, None]
                    told.append((number, cell.period, own, shares))
        return told
