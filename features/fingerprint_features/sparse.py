"""Counts of a lexicon view for many samples, kept sparsely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class SparseRows:
    """Counts of one lexicon view for many samples, in compressed rows.

    `indptr` has shape (samples + 1,); row i holds `indices[indptr[i]:indptr[i + 1]]`, ascending.
    Where only chosen buckets were counted, `all_counts` (samples,) says how many n-grams there
    were in all.
    """

    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    all_counts: npt.NDArray[np.float64] | None = None

    @property
    def totals(self) -> npt.NDArray[np.float64]:
        """How many n-grams each sample has, shape (samples,)."""
        if self.all_counts is not None:
            return self.all_counts
        size = len(self.indptr) - 1
        row = np.repeat(np.arange(size), np.diff(self.indptr))
        return np.bincount(row, weights=self.counts, minlength=size).astype(np.float64)

    def take(self, rows: npt.NDArray[np.int64]) -> SparseRows:
        """Return some of the rows, in the order asked for."""
        length = np.diff(self.indptr)[rows]
        indptr = np.concatenate(([0], np.cumsum(length)))
        at = np.arange(indptr[-1]) + np.repeat(self.indptr[rows] - indptr[:-1], length)
        whole = None if self.all_counts is None else self.all_counts[rows]
        return SparseRows(indptr, self.indices[at], self.counts[at], whole)

    def spread(self, rows: npt.NDArray[np.intp], samples: int) -> SparseRows:
        """Return a view of more samples, empty but for `rows`, ascending, which hold these."""
        length, whole = np.zeros(samples, dtype=np.int64), np.zeros(samples)
        length[rows] = np.diff(self.indptr)
        indptr = np.concatenate(([0], np.cumsum(length)))
        if self.all_counts is None:
            return SparseRows(indptr, self.indices, self.counts)
        whole[rows] = self.all_counts
        return SparseRows(indptr, self.indices, self.counts, whole)


def join(views: Sequence[SparseRows]) -> SparseRows:
    """Return the rows of several batches, in order."""
    lengths = np.concatenate([np.diff(view.indptr) for view in views])
    whole = [view.all_counts for view in views if view.all_counts is not None]
    return SparseRows(
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        np.concatenate([view.indices for view in views]),
        np.concatenate([view.counts for view in views]),
        np.concatenate(whole) if len(whole) == len(views) else None,
    )
