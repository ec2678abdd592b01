"""The transfer head: shrunk linear discriminants that were weighted by source, not by sample.

A booster memorises the sources it saw; on new ones a strongly regularised linear score carries
over better (measured, see training/LOG.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
AnyFloat = npt.NDArray[np.float32] | FloatArray

LEAST = -20.0
"""No log-probability of a linear head is believed to be less."""

CLIP = 4.0
"""Standardised columns are clipped here, so that no single column decides."""


@dataclass(frozen=True)
class LinearHead:
    """Scores = clip((signed log(columns) - centre) / scale) @ weights + bias."""

    centre: npt.NDArray[np.float32]
    scale: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def standardise(self, columns: AnyFloat) -> npt.NDArray[np.float32]:
        """Return columns on a common scale, shape as given."""
        return standardise(columns, self.centre, self.scale)

    def __call__(self, columns: AnyFloat) -> FloatArray:
        """Return the scores of n samples, shape (n, classes): log-posteriors but for a constant."""
        scores: FloatArray = (self.standardise(columns) @ self.weights + self.bias).astype(
            np.float64
        )
        return scores

    def to_arrays(self, prefix: str) -> dict[str, npt.NDArray[np.float32]]:
        """Return what a model folder keeps, names led by `prefix`."""
        return {f"{prefix}.{name}": getattr(self, name) for name in _PARTS}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], prefix: str) -> LinearHead:
        """Return the head that `to_arrays` wrote."""
        return cls(*(np.asarray(arrays[f"{prefix}.{name}"], dtype=np.float32) for name in _PARTS))


_PARTS = ("centre", "scale", "weights", "bias")


@dataclass(frozen=True)
class TransferHead:
    """Two linear heads: which class, and before that, human or not.

    `side` scores (not human, human) and is None where no class is human. One head for all
    classes spends its discriminants on telling families apart and loses the side (measured).
    """

    family: LinearHead
    side: LinearHead | None
    human: int

    def __call__(self, columns: AnyFloat) -> tuple[FloatArray, FloatArray]:
        """Return log-probabilities of classes and of each class's side, both (n, classes)."""
        family = np.maximum(log_softmax(self.family(columns)), LEAST)
        if self.side is None:
            return family, np.zeros_like(family)
        side = np.maximum(log_softmax(self.side(columns)), LEAST)
        spread = np.repeat(side[:, :1], family.shape[1], axis=1)
        spread[:, self.human] = side[:, 1]
        return family, spread

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what a model folder keeps."""
        side = self.side.to_arrays("side") if self.side else {}
        human = np.array([self.human], dtype=np.int32)
        return {**self.family.to_arrays("family"), **side, "human": human}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> TransferHead:
        """Return the head that `to_arrays` wrote."""
        side = LinearHead.from_arrays(arrays, "side") if "side.bias" in arrays else None
        return cls(
            LinearHead.from_arrays(arrays, "family"), side, int(np.asarray(arrays["human"])[0])
        )


def signed_log(columns: AnyFloat) -> npt.NDArray[np.float32]:
    """Return sign(x) log(1 + |x|): long tails shortened, nought kept."""
    values = np.asarray(columns, dtype=np.float32)
    return np.sign(values) * np.log1p(np.abs(values))


def standardise(
    columns: AnyFloat, centre: npt.NDArray[np.float32], scale: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return clipped standard scores of the signed logarithms."""
    scores: npt.NDArray[np.float32] = np.clip((signed_log(columns) - centre) / scale, -CLIP, CLIP)
    return scores


def log_softmax(scores: FloatArray) -> FloatArray:
    """Return log-probabilities over the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: FloatArray = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result
