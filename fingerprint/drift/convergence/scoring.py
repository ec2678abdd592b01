"""Cross-validated scores of every series: refitted in each period, frozen in the first, shipped.

Folds are whole tasks, the same for all pairs of a source. Columns are standardised by the training
tasks of a fold, over all families and periods of the source and blind to both: only scales are
shared between periods. Every classifier is fitted on `TRAINED` of one draw's pairs of the training
tasks and scored on the same draw's rows of the held-out ones: how much figures differ from draw to
draw tells how much the choice of training samples matters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.arranged import ALL, Arranged
from fingerprint.drift.convergence.discriminant import Discriminant, designed, fitted
from fingerprint.drift.convergence.figures import TRAINED
from fingerprint.drift.convergence.plan import FEWEST_PAIRS, Cell, Plan, Series, by_source, draw
from fingerprint.drift.convergence.tallies import Scored
from fingerprint_models.transfer import CLIP

FloatArray = npt.NDArray[np.float64]
FloatMatrix = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]

FOLDS = 5

REFIT, OTHERS, FROZEN, SHIPPED = "refit", "others", "frozen", "shipped"
"""Classifiers; "others" is fitted to models of the same period that it is not asked about."""

Key = tuple[int, int, str, str]
"""Number of a series, number of its cell, classifier, feature group."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Rows of either family, pair by pair, and of their pairs those to train on.

    `others` are as many rows of models that were not drawn, or none where there are too few.
    """

    first: Positions
    second: Positions
    kept: npt.NDArray[np.bool_]
    others: tuple[Positions, Positions]


Draws = dict[tuple[int, int], list[Drawn]]


@dataclass(eq=False)
class Scores:
    """Scores of held-out rows by series, cell, classifier and group; one entry a draw and fold."""

    of: dict[Key, list[Scored]] = field(default_factory=lambda: defaultdict(list))


def scored(
    samples: Arranged,
    plan: Plan,
    shipped: Mapping[str, FloatArray],
    *,
    draws: int,
    seed: int,
    log: Callable[[str], None],
) -> Scores:
    """Fit and score all series; `shipped` maps a family to log-probabilities (n,) of a model."""
    found = Scores()
    numbers = {id(series): at for at, series in enumerate(plan.series)}
    for source, many in by_source(plan):
        log(f"converge: {source or 'samples'}, {len(many)} pairs")
        chance = np.random.default_rng([seed, 3, min(numbers[id(each)] for each in many)])
        drawn = {
            (numbers[id(series)], at): _draws(samples, series, cell, draws, chance)
            for series in many
            for at, cell in enumerate(series.cells)
        }
        rows = np.flatnonzero(samples.source == source)
        fold_of = _folds(samples.task_at[rows], chance)
        for fold in range(FOLDS):
            held = np.zeros(samples.tasks, dtype=np.bool_)
            held[[task for task, its in fold_of.items() if its == fold]] = True
            values = standardised(samples.values[rows], held[samples.task_at[rows]])
            at = np.full(len(samples), -1, dtype=np.int64)
            at[rows] = np.arange(len(rows))
            one = _Fold(samples, values, at, held, drawn, found)
            for series in many:
                one.score(numbers[id(series)], series, shipped)
    return found


def _draws(
    samples: Arranged, series: Series, cell: Cell, draws: int, chance: np.random.Generator
) -> list[Drawn]:
    """Draw rows of either family so often, and which of their pairs are for training."""
    found = []
    for _ in range(draws):
        first, second = draw(samples, cell, series.models, series.pairs, chance)
        kept = chance.permutation(len(first)) < TRAINED * len(first)
        others = _others(samples, series, cell, (first, second), chance)
        found.append(Drawn(first, second, kept, others))
    return found


def _others(
    samples: Arranged,
    series: Series,
    cell: Cell,
    drawn: tuple[Positions, Positions],
    chance: np.random.Generator,
) -> tuple[Positions, Positions]:
    """Draw rows of a cell's models that are not among those drawn, or none."""
    rest = Cell(
        cell.period,
        *(
            rows[~np.isin(samples.model_at[rows], samples.model_at[used])]
            for rows, used in zip((cell.first, cell.second), drawn, strict=True)
        ),
    )
    pairs = round(TRAINED * series.pairs)
    if min(len(rest.first), len(rest.second)) >= pairs:
        models = [len(np.unique(samples.model_at[rows])) for rows in (rest.first, rest.second)]
        many = (min(series.models[0], models[0]), min(series.models[1], models[1]))
        first, second = draw(samples, rest, many, pairs, chance)
        if len(first) >= FEWEST_PAIRS * TRAINED:
            return first, second
    nobody = np.zeros(0, dtype=np.int64)
    return nobody, nobody


def _folds(tasks: Positions, chance: np.random.Generator) -> dict[int, int]:
    """Return the fold of each task, the largest placed first, so that folds are of like size."""
    names, counts = np.unique(tasks, return_counts=True)
    order = np.lexsort((chance.random(len(names)), -counts))
    filled, fold_of = np.zeros(FOLDS), {}
    for at in order.tolist():
        fold_of[int(names[at])] = int(np.argmin(filled))
        filled[fold_of[int(names[at])]] += counts[at]
    return fold_of


def standardised(values: FloatMatrix, held: npt.NDArray[np.bool_]) -> FloatMatrix:
    """Return clipped standard scores, centred and scaled by the rows that are not held out."""
    train = values[~held] if (~held).any() else values
    centre, scale = train.mean(axis=0), train.std(axis=0) + np.float32(1e-3)
    out: FloatMatrix = (values - centre) / scale
    np.clip(out, -CLIP, CLIP, out=out)
    return out


def fits(
    samples: Arranged, values: FloatMatrix, rows: Positions, first: npt.NDArray[np.bool_]
) -> dict[str, Discriminant]:
    """Return classifiers by group, fitted on rows with these standardised `values`; {} if too few.

    Each stratum must hold as many rows of the `first` side as of the other.
    """
    design = designed(first, samples.stratum[rows]) if len(rows) else None
    if design is None:
        return {}
    inner = {
        group: (values[:, part] @ values[:, part].T).astype(np.float64)
        for group, part in samples.groups.items()
    }
    models = {
        group: fitted(design, values[:, part], inner[group])
        for group, part in samples.groups.items()
    }
    total = np.sum(list(inner.values()), axis=0)
    return {ALL: fitted(design, values, total), **models}


def by_group(
    samples: Arranged, models: Mapping[str, Discriminant], values: FloatMatrix
) -> dict[str, FloatArray]:
    """Return the scores of standardised rows by the group of the classifier."""
    parts = {ALL: slice(None), **samples.groups}
    return {group: model(values[:, parts[group]]) for group, model in models.items()}


@dataclass(frozen=True, eq=False)
class _Fold:
    """One fold of one source: its standardised rows, and which tasks are held out."""

    samples: Arranged
    values: FloatMatrix
    at: Positions
    held: npt.NDArray[np.bool_]
    drawn: Draws
    found: Scores

    def score(self, number: int, series: Series, shipped: Mapping[str, FloatArray]) -> None:
        """Fit and score one series in all its periods and draws."""
        for turn in range(len(self.drawn[number, 0])):
            frozen: Discriminant | None = None
            for at in range(len(series.cells)):
                drawn = self.drawn[number, at][turn]
                rows = np.concatenate((drawn.first, drawn.second))
                is_first = np.arange(len(rows)) < len(drawn.first)
                test = self.held[self.samples.task_at[rows]]
                train = ~test & np.concatenate((drawn.kept, drawn.kept))
                models = self._fit(rows[train], is_first[train])
                if at == 0:
                    frozen = models.get(ALL)
                if not models or not test.any():
                    continue
                told = by_group(self.samples, models, self.values[self.at[rows[test]]])
                answers = {(REFIT, group): each for group, each in told.items()}
                if frozen is not None:
                    answers[FROZEN, ALL] = frozen(self.values[self.at[rows[test]]])
                others = self._fit_others(drawn.others)
                if others is not None:
                    answers[OTHERS, ALL] = others(self.values[self.at[rows[test]]])
                if series.first in shipped and series.second in shipped:
                    p, q = shipped[series.first], shipped[series.second]
                    answers[SHIPPED, ALL] = (p - q)[rows[test]]
                for (kind, group), score in answers.items():
                    entry = self._scored(turn, score, rows[test], is_first[test])
                    self.found.of[number, at, kind, group].append(entry)

    def _fit(self, rows: Positions, first: npt.NDArray[np.bool_]) -> dict[str, Discriminant]:
        return fits(self.samples, self.values[self.at[rows]], rows, first)

    def _fit_others(self, others: tuple[Positions, Positions]) -> Discriminant | None:
        rows = np.concatenate(others)
        is_first = np.arange(len(rows)) < len(others[0])
        train = ~self.held[self.samples.task_at[rows]]
        return self._fit(rows[train], is_first[train]).get(ALL)

    def _scored(
        self, turn: int, score: FloatArray, rows: Positions, first: npt.NDArray[np.bool_]
    ) -> Scored:
        s = self.samples
        return Scored(turn, score, first, s.stratum[rows], s.task_at[rows], s.model_at[rows])
