"""Cross-fitting: what the heads say of every sample when its task, or its source, is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features.extract import Features
from fingerprint_models.calibration import Scores
from fingerprint_training.fit import FloatArray, Heads

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LeftOut:
    """Scores of left-out samples, and for each the distance of its batch, shape (n,).

    The batch of a sample is all samples of its source in the same fold.
    """

    scores: Scores
    batch_distance: FloatArray


def score_left_out(
    features: Features, rows: Rows, fold: Rows, source: Rows, heads_of: Callable[[Rows], Heads]
) -> LeftOut:
    """Score every fold of `rows` by the heads that were fitted on all the other folds.

    `fold` and `source` have shape (len(rows),); the answers are in the order of `rows`.
    `heads_of` returns the heads fitted on the rows it is given.
    """
    parts: list[Scores] = []
    order: list[Rows] = []
    batch = np.zeros(len(rows))
    for held in np.unique(fold).tolist():
        heads = heads_of(rows[fold != held])
        at = np.flatnonzero(fold == held)
        columns = heads.design(features.take(rows[at]))
        parts.append(heads.scores(columns))
        order.append(at)
        for name in np.unique(source[at]).tolist():
            inside = source[at] == name
            batch[at[inside]] = heads.familiarity.distance(columns[inside])
    back = np.argsort(np.concatenate(order))
    return LeftOut(Scores.concatenate(parts).take(back), batch)
