"""Scores of sources that a classifier never saw, and how often people's lie above AI's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.arranged import ALL, Arranged
from fingerprint.drift.convergence.discriminant import Discriminant
from fingerprint.drift.convergence.plan import Cell, Series, draw, turns
from fingerprint.drift.convergence.scoring import FROZEN, REFIT, by_group, fits, standardised

FloatArray = npt.NDArray[np.float64]
FloatMatrix = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Key = tuple[int, str, str]
"""Number of a period, classifier, feature group."""

FOLDS = 4

MOST_ASKED = 30
"""Samples of a source in a period that one classifier is asked about."""


@dataclass(frozen=True, eq=False)
class Won:
    """Comparisons of people's samples with AI's of like stratum in one period of a series.

    `won` of `of` (draws, human sources, AI sources) put people's above; `human` and `ai` name the
    sources by number.
    """

    won: FloatArray
    of: FloatArray
    human: Positions
    ai: Positions

    def by_draw(self) -> FloatArray:
        """Return AUROC of each draw that has any comparison."""
        won, of = self.won.sum(axis=(1, 2)), self.of.sum(axis=(1, 2))
        found: FloatArray = won[of > 0] / of[of > 0]
        return found

    def by_source(self, weights: FloatArray) -> FloatArray:
        """Return AUROC of each AI source by weights (1 + B, sources) of people's; (1 + B, ai)."""
        own = weights[:, self.human]
        with np.errstate(invalid="ignore"):
            shares: FloatArray = (own @ self.won.sum(axis=0)) / (own @ self.of.sum(axis=0))
        return shares


def compared(
    samples: Arranged, series: Series, *, draws: int, seed: tuple[int, ...]
) -> dict[Key, Won]:
    """Compare either side of a series in all its periods, with whole sources held out in folds."""
    human, ai = _sources(samples, series)

    def nothing() -> Won:
        won, of = np.zeros((2, draws, len(human), len(ai)))
        return Won(won, of, human, ai)

    found: dict[Key, Won] = defaultdict(nothing)
    for turn in range(draws):
        chance = np.random.default_rng([*seed, turn])
        for fold in folds(samples, series, chance):
            frozen: Discriminant | None = None
            for at, cell in enumerate(series.cells):
                models = fold.learned(series, cell, chance)
                frozen = models.get(ALL) if not at else frozen
                rows = [fold.asked(side, chance) for side in (cell.first, cell.second)]
                if not models or not min(map(len, rows)):
                    continue
                both = fold.of(np.concatenate(rows))
                told = by_group(samples, models, both)
                answers = {(at, REFIT, group): score for group, score in told.items()}
                if frozen is not None:
                    answers[at, FROZEN, ALL] = frozen(both)
                for key, score in answers.items():
                    _count(samples, found[key], turn, rows, score)
    return dict(found)


@dataclass(frozen=True, eq=False)
class Fold:
    """Which samples are held out (n,), and a language's rows standardised by the others.

    Sample i stands in row `at[i]` of `values`.
    """

    samples: Arranged
    held: BoolArray
    values: FloatMatrix
    at: Positions

    def of(self, rows: Positions) -> FloatMatrix:
        """Return the values of samples by position."""
        return self.values[self.at[rows]]

    def learned(
        self, series: Series, cell: Cell, chance: np.random.Generator
    ) -> dict[str, Discriminant]:
        """Return classifiers by group, of a draw from the sources of a period not held out."""
        rest = [side[~self.held[side]] for side in (cell.first, cell.second)]
        if not min(map(len, rest)):
            return {}
        drawn = Cell(cell.period, *rest)
        first, second = draw(self.samples, drawn, series.models, series.pairs, chance)
        rows = np.concatenate((first, second))
        return fits(self.samples, self.of(rows), rows, np.arange(len(rows)) < len(first))

    def asked(self, rows: Positions, chance: np.random.Generator) -> Positions:
        """Return rows held out, drawn by chance, at most `MOST_ASKED` of a source."""
        rows = chance.permutation(rows[self.held[rows]])
        return rows[turns(self.samples.task_at[rows]) < MOST_ASKED]


def folds(samples: Arranged, series: Series, chance: np.random.Generator) -> Iterator[Fold]:
    """Yield the folds of a language.

    Either side's sources are dealt by chance, one after the other; all samples of a source, of
    both sides, lie in one fold.
    """
    human, ai = _sources(samples, series)
    ai = np.setdiff1d(ai, human)
    fold_of = np.full(samples.tasks, -1, dtype=np.int64)
    for names in (human, ai):
        fold_of[chance.permutation(names)] = np.arange(len(names)) % FOLDS
    rows = np.flatnonzero(samples.source == series.source)
    at = np.full(len(samples), -1, dtype=np.int64)
    at[rows] = np.arange(len(rows))
    for fold in range(FOLDS):
        held = fold_of[samples.task_at] == fold
        yield Fold(samples, held, standardised(samples.values[rows], held[rows]), at)


def trained_share(samples: Arranged, series: Series) -> float:
    """Return which share of people's sources a classifier learns from."""
    human, _ = _sources(samples, series)
    return series.models[0] / len(human)


def _sources(samples: Arranged, series: Series) -> tuple[Positions, Positions]:
    """Return the numbers of the sources of either side, of all periods."""
    human = np.concatenate([each.first for each in series.cells])
    ai = np.concatenate([each.second for each in series.cells])
    return np.unique(samples.task_at[human]), np.unique(samples.task_at[ai])


def _count(
    samples: Arranged, found: Won, turn: int, rows: list[Positions], score: FloatArray
) -> None:
    """Add the comparisons of one classifier's scores of both sides' rows."""
    first, second = rows
    gap = score[: len(first), None] - score[None, len(first) :]
    alike = samples.stratum[first][:, None] == samples.stratum[second][None, :]
    won = np.where(alike, (gap > 0) + 0.5 * (gap == 0), 0.0)
    left = (samples.task_at[first][:, None] == found.human).astype(np.float64)
    right = (samples.task_at[second][:, None] == found.ai).astype(np.float64)
    found.won[turn] += left.T @ won @ right
    found.of[turn] += left.T @ alike.astype(np.float64) @ right
