"""What is typical: means of every column by class, to set a sample's values against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_models.errors import ModelError

FloatArray = npt.NDArray[np.float64]
AnyFloat = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Training statistics: `mean` of shape (classes, columns), `spread` of shape (columns,).

    A class without samples has the mean of all. `spread` is the standard deviation over all
    samples, each class weighing what its samples weigh.
    Raises `ModelError` where the shapes do not agree with the names.
    """

    columns: tuple[str, ...]
    classes: tuple[str, ...]
    mean: FloatArray
    spread: FloatArray

    def __post_init__(self) -> None:
        expected = (len(self.classes), len(self.columns))
        if self.mean.shape != expected or self.spread.shape != expected[1:]:
            raise ModelError(
                f"reference statistics of shapes {self.mean.shape} and {self.spread.shape} "
                f"do not fit {expected[0]} classes and {expected[1]} columns; measure them again"
            )

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return plain arrays for an npz file; names become fixed-width text."""
        return {
            "columns": np.array(self.columns, dtype=np.str_),
            "classes": np.array(self.classes, dtype=np.str_),
            "mean": self.mean,
            "spread": self.spread,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Reference:
        """Return what `to_arrays` gave; raises `ModelError` on missing arrays or wrong shapes."""
        missing = sorted({"columns", "classes", "mean", "spread"} - arrays.keys())
        if missing:
            raise ModelError(f"reference statistics lack {', '.join(missing)}; measure them again")
        return cls(
            columns=tuple(arrays["columns"].tolist()),
            classes=tuple(arrays["classes"].tolist()),
            mean=arrays["mean"].astype(np.float64),
            spread=arrays["spread"].astype(np.float64),
        )


def measure_reference(
    values: AnyFloat,
    labels_index: npt.NDArray[np.integer[Any]],
    n_classes: int,
    weights: AnyFloat | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return `mean` and `spread` of a `Reference` over samples of shape (n, columns).

    `labels_index` of shape (n,) holds class positions, `weights` of shape (n,) none below 0 and
    not all 0. Raises ValueError without samples or without weight.
    """
    weight = np.ones(len(values)) if weights is None else weights.astype(np.float64)
    total = np.bincount(labels_index, weights=weight, minlength=n_classes)
    if not total.sum() > 0:
        raise ValueError("no samples with weight to measure a reference on")
    mean, inside = np.zeros((2, n_classes, values.shape[1]))
    # A class at a time: the samples are many, and a float64 copy of all might not fit.
    for label in np.flatnonzero(total):
        rows = labels_index == label
        chosen, share = values[rows].astype(np.float64), weight[rows] / total[label]
        mean[label] = share @ chosen
        inside[label] = share @ (chosen - mean[label]) ** 2
    prior = total / total.sum()
    overall = prior @ mean
    # Law of total variance: within the classes, and between their means.
    variance = prior @ (inside + (mean - overall) ** 2)
    mean[total == 0] = overall
    return mean, np.sqrt(variance)
