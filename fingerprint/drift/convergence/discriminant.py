"""A shrunk linear discriminant of two families, fitted from inner products of few samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
FloatMatrix = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SHRINKAGE = 1.0
"""Added to the diagonal of the covariance of standardised columns, whose mean variance is 1."""


@dataclass(frozen=True, eq=False)
class Design:
    """What of a fit depends on no column: who is first (n,), and two linear maps of rows.

    `contrast` (n,) yields the difference of the families' means, with strata even, and `residual`
    (n, n) what is left of a row without its stratum and its family, times the root of its weight.
    """

    first: BoolArray
    contrast: FloatArray
    residual: FloatArray


def designed(first: BoolArray, stratum: Positions) -> Design | None:
    """Return the design of rows (n,) of which each stratum holds as many of either family.

    Centring by stratum takes the task out of the covariance, so that a classifier learns how two
    families differ and not what tasks differ in. None with fewer than two strata.
    """
    _, place, size = np.unique(stratum, return_inverse=True, return_counts=True)
    if len(size) < 2:
        return None
    even = 2.0 / (len(size) * size[place])  # either family's weights add up to 1
    contrast = np.where(first, even, -even)
    one_hot = np.zeros((len(place), len(size)))
    one_hot[np.arange(len(place)), place] = 1.0
    centred = np.eye(len(place)) - (one_hot / size) @ one_hot.T
    means = np.stack([np.where(first, even, 0.0), np.where(first, 0.0, even)])
    own = np.where(first[:, None], means[0] @ centred, means[1] @ centred)
    return Design(first, contrast, (centred - own) * np.sqrt(even / 2)[:, None])


@dataclass(frozen=True, eq=False)
class Discriminant:
    """Score = rows @ weights - middle; above nought means the first family."""

    weights: FloatArray
    middle: float

    def __call__(self, rows: FloatMatrix) -> FloatArray:
        """Return the scores of rows (m, columns)."""
        scores: FloatArray = (rows @ self.weights.astype(np.float32)).astype(np.float64)
        return scores - self.middle


def fitted(design: Design, rows: FloatMatrix, inner: FloatArray) -> Discriminant:
    """Fit to rows (n, columns) with inner products `inner` = rows rowsᵀ.

    weights = (RᵀR + s I)⁻¹ δ with residuals R = `residual` rows and δ = `contrast` rows (Friedman,
    "Regularized discriminant analysis", 1989), by Woodbury's identity in n dimensions, not columns.
    The middle lies between the families' means.
    """
    d, r = design.contrast, design.residual
    spread = inner @ r.T
    system = r @ spread
    system[np.diag_indices_from(system)] += SHRINKAGE
    dual = (d - r.T @ np.linalg.solve(system, spread.T @ d)) / SHRINKAGE
    own = inner @ dual
    return Discriminant(dual @ rows, float(np.abs(d) @ own / 2))
