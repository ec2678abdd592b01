"""Many changes to arrays: dense columns and lexicon counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import numpy.typing as npt

from fingerprint_features.activity import registry, words
from fingerprint_features.activity.reading import prepare
from fingerprint_features.activity.relative import RepositoryStyle
from fingerprint_features.change import Change
from fingerprint_features.extract import SparseRows
from fingerprint_features.lexicon import Counts


@dataclass(frozen=True)
class ActivityFeatures:
    """What was measured of n changes.

    `dense` has shape (n, len(registry.COLUMNS)) and is NaN where a thing was not at hand;
    `lexicon` holds one entry a view of `words.VIEWS`.
    """

    dense: npt.NDArray[np.float32]
    lexicon: tuple[SparseRows, ...]

    def __len__(self) -> int:
        return len(self.dense)

    def take(self, rows: npt.NDArray[np.int64]) -> ActivityFeatures:
        """Return some of the changes, in the order asked for."""
        return ActivityFeatures(self.dense[rows], tuple(view.take(rows) for view in self.lexicon))


def extract(
    changes: Iterable[Change],
    code: bool = True,
    styles: Sequence[RepositoryStyle | None] | None = None,
) -> ActivityFeatures:
    """Measure changes whose markers were stripped.

    Without `code` the costly columns are NaN. `styles` says of each change what its repository
    was used to before it. Raises TypeError where a message is no string.
    """
    dense: list[npt.NDArray[np.float32]] = []
    views: list[list[Counts]] = [[] for _ in words.VIEWS]
    known = repeat(None) if styles is None else styles
    for change, style in zip(changes, known, strict=styles is not None):
        activity = prepare(change, change.message, style)
        dense.append(registry.measure(activity, code))
        for view, counts in zip(views, words.count(activity), strict=True):
            view.append(counts)
    width = len(registry.COLUMNS)
    return ActivityFeatures(
        np.stack(dense) if dense else np.zeros((0, width), dtype=np.float32),
        tuple(map(_rows, views)),
    )


def _rows(counts: list[Counts]) -> SparseRows:
    indptr = np.cumsum([0, *(len(row.buckets) for row in counts)], dtype=np.int64)
    empty = np.zeros(0, dtype=np.int32)
    return SparseRows(
        indptr,
        np.concatenate([empty, *(row.buckets for row in counts)]),
        np.concatenate([empty, *(row.counts for row in counts)]),
    )
