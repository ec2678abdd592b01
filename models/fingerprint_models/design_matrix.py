"""From features to the columns that both heads read: dense columns and selected n-grams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features import lexicon, registry
from fingerprint_features.extract import Features, SparseRows

FloatMatrix = npt.NDArray[np.float32]
IntVector = npt.NDArray[np.int32]

PER = 1000.0
"""Counts of n-grams are taken per so many n-grams of the sample."""


@dataclass(frozen=True)
class DesignMatrix:
    """Which buckets of which lexicon view stand behind the dense columns; each ascending."""

    buckets: Mapping[str, IntVector]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        chosen = (
            f"lexicon.{view}.{bucket}"
            for view in lexicon.VIEWS
            for bucket in self.buckets.get(view, np.zeros(0, dtype=np.int32)).tolist()
        )
        return (*registry.COLUMNS, *chosen)

    def __call__(self, features: Features) -> FloatMatrix:
        """Return the columns of n samples, shape (n, len(self.columns))."""
        parts = [features.dense]
        for view, rows in zip(lexicon.VIEWS, features.lexicon, strict=True):
            chosen = self.buckets.get(view)
            if chosen is not None and len(chosen):
                parts.append(rates(rows, chosen))
        return np.concatenate(parts, axis=1)

    def to_arrays(self) -> dict[str, IntVector]:
        """Return what a model folder keeps."""
        return {view: np.asarray(chosen, dtype=np.int32) for view, chosen in self.buckets.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> DesignMatrix:
        """Return the record that `to_arrays` wrote."""
        return cls({view: np.asarray(chosen, dtype=np.int32) for view, chosen in arrays.items()})


def rates(rows: SparseRows, chosen: IntVector) -> FloatMatrix:
    """Return log(1 + count per `PER` n-grams) of chosen buckets, shape (n, len(chosen)).

    The logarithm keeps one repeated n-gram from drowning the others.
    """
    n = len(rows.indptr) - 1
    slot = np.full(lexicon.BUCKETS, -1, dtype=np.int32)
    slot[chosen] = np.arange(len(chosen))
    at = slot[rows.indices]
    hit = at >= 0
    row = np.repeat(np.arange(n), np.diff(rows.indptr))
    dense = np.zeros((n, len(chosen)), dtype=np.float32)
    dense[row[hit], at[hit]] = rows.counts[hit]
    scale = (PER / np.maximum(rows.totals, 1.0)).astype(np.float32)
    dense *= scale[:, None]
    return np.log1p(dense, out=dense)
