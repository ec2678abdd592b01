"""Counts of a comparison from which its figures follow under any weights of tasks and models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.figures import Resamples

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of m held-out rows by one classifier, fitted on draw number `turn`.

    Above nought means the first family.
    """

    turn: int
    score: FloatArray
    first: BoolArray
    stratum: Positions
    task: Positions
    model: Positions


@dataclass(frozen=True, eq=False)
class Tally:
    """k entries that share a task, a stratum and models: `won` of `of` comparisons each."""

    won: FloatArray
    of: FloatArray
    part: Positions
    task: Positions
    models: Positions


def auroc_tally(drawn: Iterable[Scored]) -> Tally:
    """Count in each stratum how often a row of the first family scores above one of the second."""
    keys, won = [], []
    for each in drawn:
        left, right = _pairs(each)
        gap = each.score[left] - each.score[right]
        won.append(np.where(gap > 0, 1.0, np.where(gap == 0, 0.5, 0.0)))
        same = (each.stratum[left], each.task[left], each.model[left], each.model[right])
        keys.append(np.stack(same))
    return _tally(keys, won)


def accuracy_tally(drawn: Iterable[Scored]) -> Tally:
    """Count in each stratum and family how often a row lies on the right side of nought."""
    keys, won = [], []
    for each in drawn:
        right = (each.score > 0) == each.first
        won.append(np.where(each.score == 0, 0.5, right.astype(np.float64)))
        part = 2 * each.stratum + each.first
        keys.append(np.stack((part, each.task, each.model, np.full(len(part), -1))))
    return _tally(keys, won)


def figure(tally: Tally, weights: Resamples) -> FloatArray:
    """Return the figure under each set of weights, shape (1 + B,); NaN without entries.

    Within a part (a stratum, or a family in it) models weigh, then the parts' shares are averaged
    by the weights of their tasks.
    """
    if not len(tally.won):
        return np.full(len(weights.task), np.nan)
    models = weights.model[:, tally.models[:, 0]]
    paired = tally.models[:, 1] >= 0
    if paired.any():
        models = models * np.where(paired, weights.model[:, tally.models[:, 1]], 1.0)
    starts = np.flatnonzero(np.diff(tally.part, prepend=-1))
    won = np.add.reduceat(models * tally.won, starts, axis=1)
    of = np.add.reduceat(models * tally.of, starts, axis=1)
    task = weights.task[:, tally.task[starts]]
    shares: FloatArray = (task * won / of).sum(axis=1) / task.sum(axis=1)
    return shares


def by_turn(drawn: Sequence[Scored], tally: Callable[[Iterable[Scored]], Tally]) -> FloatArray:
    """Return the figure of each draw by itself, with even weights, shape (draws,)."""
    found = []
    for turn in sorted({each.turn for each in drawn}):
        own = tally([each for each in drawn if each.turn == turn])
        starts = np.flatnonzero(np.diff(own.part, prepend=-1))
        if len(starts):
            shares = np.add.reduceat(own.won, starts) / np.add.reduceat(own.of, starts)
            found.append(shares.mean())
    return np.array(found)


def _pairs(each: Scored) -> tuple[Positions, Positions]:
    """Return positions of all rows of the first family and of the second with the same stratum."""
    first, second = np.flatnonzero(each.first), np.flatnonzero(~each.first)
    same = each.stratum[first][:, None] == each.stratum[second][None, :]
    left, right = np.nonzero(same)
    return first[left], second[right]


def _tally(keys: list[npt.NDArray[np.int64]], won: list[FloatArray]) -> Tally:
    if not keys or not sum(each.shape[1] for each in keys):
        empty = np.zeros(0, dtype=np.int64)
        return Tally(np.zeros(0), np.zeros(0), empty, empty, empty.reshape(0, 2))
    joined = np.concatenate(keys, axis=1)
    order = np.lexsort(joined[::-1])
    sorted_keys = joined[:, order]
    fresh = np.concatenate(([True], (np.diff(sorted_keys, axis=1) != 0).any(axis=0)))
    starts = np.flatnonzero(fresh)
    summed = np.add.reduceat(np.concatenate(won)[order], starts)
    counts = np.diff(np.append(starts, len(order))).astype(np.float64)
    part, task, first, second = sorted_keys[:, starts]
    return Tally(summed, counts, part, task, np.stack((first, second), axis=1))
