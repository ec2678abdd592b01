"""Familiarity: how near a sample, or a batch of one source, lies to the sources of the training.

One sample is weak evidence, since samples of a source scatter widely. The mean of a batch does not:
on left-out tasks and left-out sources the distance of a batch to the nearest source tells the
two apart far better than anything a single sample shows (figures in training/LOG.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_models.transfer import standardise

FloatArray = npt.NDArray[np.float64]
Columns = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Familiarity:
    """Means of the training sources, shape (sources, columns), in units of their inner scatter.

    The columns are the dense ones, standardised by `centre` and `scale`, both (columns,).
    """

    centre: Columns
    scale: Columns
    inner: Columns
    sources: Columns

    def _units(self, columns: Columns) -> FloatArray:
        width = len(self.centre)
        values = standardise(columns[:, :width], self.centre, self.scale)
        return (values / self.inner).astype(np.float64)

    def distances(self, columns: Columns) -> FloatArray:
        """Return the mean squared distance of each sample to its nearest source, shape (n,)."""
        values = self._units(columns)
        near = self.sources.astype(np.float64)
        squared = (values**2).sum(axis=1)[:, None] - 2.0 * values @ near.T + (near**2).sum(axis=1)
        nearest: FloatArray = np.maximum(squared.min(axis=1), 0.0) / values.shape[1]
        return nearest

    def distance(self, columns: Columns) -> float:
        """Return the mean squared distance of a batch's mean to its nearest source.

        What chance adds to it, one over the size of the batch, is taken off.
        """
        mean = self._units(columns).mean(axis=0)
        gaps = ((mean - self.sources) ** 2).mean(axis=1)
        return max(float(gaps.min()) - 1.0 / len(columns), 0.0)

    def to_arrays(self, prefix: str) -> dict[str, Columns]:
        """Return what a model folder keeps, names led by `prefix`."""
        return {f"{prefix}.{name}": getattr(self, name) for name in _PARTS}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], prefix: str) -> Familiarity:
        """Return the record that `to_arrays` wrote."""
        return cls(*(np.asarray(arrays[f"{prefix}.{name}"], dtype=np.float32) for name in _PARTS))


_PARTS = ("centre", "scale", "inner", "sources")
