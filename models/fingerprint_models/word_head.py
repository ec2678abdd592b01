"""The word head: a linear model over hashed n-grams of a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features.extract import SparseRows
from fingerprint_models.transfer import log_softmax

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WordHead:
    """Scores = weighted n-grams @ weights + bias, each view scaled to unit length.

    `idf` has shape (views x buckets,); `weights` (views x buckets, classes), kept in half
    precision, for a quarter of the size and no difference that could be measured.
    """

    idf: npt.NDArray[np.float16]
    weights: npt.NDArray[np.float16]
    bias: npt.NDArray[np.float32]

    def __call__(self, views: Sequence[SparseRows]) -> FloatArray:
        """Return log-probabilities of n messages, shape (n, classes)."""
        buckets = len(self.idf) // max(len(views), 1)
        scores = np.tile(self.bias.astype(np.float64), (len(views[0].indptr) - 1, 1))
        for at, view in enumerate(views):
            column = view.indices + at * buckets
            value = weigh(view, self.idf[column].astype(np.float32))
            # A row at a time: what all rows hold at once would be large for long messages.
            for i, (start, end) in enumerate(zip(view.indptr[:-1], view.indptr[1:], strict=True)):
                inside = slice(start, end)
                scores[i] += value[inside] @ self.weights[column[inside]].astype(np.float32)
        return log_softmax(scores)

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what a model folder keeps."""
        return {"idf": self.idf, "weights": self.weights, "bias": self.bias}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> WordHead:
        """Return the head that `to_arrays` wrote."""
        return cls(
            np.asarray(arrays["idf"], dtype=np.float16),
            np.asarray(arrays["weights"], dtype=np.float16),
            np.asarray(arrays["bias"], dtype=np.float32),
        )


def weigh(view: SparseRows, idf: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return (1 + log count) x idf of every stored count, rows scaled to unit length.

    `idf` has the shape of `view.counts` (sublinear tf-idf; Manning et al., "Introduction to
    information retrieval", 2008, section 6.4).
    """
    value = (1.0 + np.log(view.counts.astype(np.float32))) * idf
    row = np.repeat(np.arange(len(view.indptr) - 1), np.diff(view.indptr))
    squares = np.bincount(row, weights=value**2, minlength=len(view.indptr) - 1)
    lengths = np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)
    return np.divide(value, lengths[row], dtype=np.float32)
