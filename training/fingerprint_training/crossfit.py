"""Cross-fitting: what both heads say of every sample when its task, or its source, is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features.extract import Features
from fingerprint_training.fit import FloatArray, Heads

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LeftOut:
    """Log-probabilities of booster and transfer head on left-out folds, each (n, classes)."""

    booster: FloatArray
    transfer: FloatArray


def score_left_out(
    features: Features, rows: Rows, fold: Rows, classes: int, heads_of: Callable[[Rows], Heads]
) -> LeftOut:
    """Score every fold of `rows` by the heads that were fitted on all the other folds.

    `fold` has shape (len(rows),); the answers are in the order of `rows`. `heads_of` returns
    the heads fitted on the rows it is given.
    """
    booster = np.zeros((len(rows), classes))
    transfer = np.zeros((len(rows), classes))
    for held in np.unique(fold).tolist():
        heads = heads_of(rows[fold != held])
        at = np.flatnonzero(fold == held)
        booster[at], transfer[at] = heads(features.take(rows[at]))
    return LeftOut(booster, transfer)
