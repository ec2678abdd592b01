"""Fitting the two heads on one training fold: column selection, transfer head, booster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features import lexicon
from fingerprint_features.extract import Features, SparseRows
from fingerprint_models.booster import Booster
from fingerprint_models.design_matrix import DesignMatrix
from fingerprint_models.transfer import CLIP, LinearHead, log_softmax, signed_log
from fingerprint_training.recipe import Booster as BoosterSettings

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

RARE = 0.02
"""A source knows an n-gram when at least this share of its samples holds it."""

ABSENT = -30.0
"""Score of a class that a training fold lacks: practically never."""


@dataclass(frozen=True)
class Heads:
    """What one training fold yields: the columns, the transfer head and the booster."""

    design: DesignMatrix
    transfer: LinearHead
    booster: Booster

    def __call__(self, features: Features) -> tuple[FloatArray, FloatArray]:
        """Return log-probabilities of booster and transfer head, each (n, classes)."""
        columns = self.design(features)
        booster = np.log(np.maximum(self.booster.probabilities(columns), 1e-9))
        return booster, log_softmax(self.transfer(columns))

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return the heads as arrays, for a stage on disk."""
        text = np.frombuffer(self.booster.text.encode(), dtype=np.uint8)
        design = {f"design.{view}": chosen for view, chosen in self.design.to_arrays().items()}
        return {**design, **self.transfer.to_arrays("transfer"), "booster": text}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> Heads:
        """Return the heads that `to_arrays` wrote."""
        design = {
            name.removeprefix("design."): chosen
            for name, chosen in arrays.items()
            if name.startswith("design.")
        }
        return cls(
            DesignMatrix.from_arrays(design),
            LinearHead.from_arrays(arrays, "transfer"),
            Booster(arrays["booster"].tobytes().decode()),
        )


def fit_heads(
    features: Features,
    truth: IntArray,
    sources: Sequence[str],
    classes: int,
    *,
    selected: dict[str, int],
    settings: BoosterSettings,
    shrinkage: float,
    seed: int,
) -> Heads:
    """Fit both heads on a training fold; `truth` holds class indices, shape (n,)."""
    names, source = np.unique(np.asarray(sources), return_inverse=True)
    design = select(features, source, len(names), selected)
    columns = design(features)
    weights = source_weights(source, truth)
    transfer = fit_transfer(columns, truth, weights, classes, shrinkage)
    even = class_weights(truth, classes)
    booster = fit_booster(columns, truth, even, classes, settings=settings, seed=seed)
    return Heads(design, transfer, booster)


def select(
    features: Features, source: IntArray, sources: int, selected: dict[str, int]
) -> DesignMatrix:
    """Choose n-grams of each view that many sources know and that not every sample holds.

    The score is the variance p(1 - p) of presence, p being the mean over sources of the share
    of samples that hold the n-gram, so that a big source has no more say than a small one. An
    n-gram must be known to a quarter of the sources.
    """
    chosen = {}
    for view, rows in zip(lexicon.VIEWS, features.lexicon, strict=True):
        most = selected.get(view, 0)
        if most:
            shares = _presence(rows, source, sources)
            known = (shares > RARE).sum(axis=0) >= max(sources // 4, 1)
            p = shares.mean(axis=0)
            score = np.where(known, p * (1 - p), 0.0)
            best = np.argsort(-score, kind="stable")[:most]
            chosen[view] = np.sort(best[score[best] > 0]).astype(np.int32)
    return DesignMatrix(chosen)


def _presence(rows: SparseRows, source: IntArray, sources: int) -> npt.NDArray[np.float32]:
    """Return the share of each source's samples that hold each bucket, (sources, buckets)."""
    row_source = np.repeat(source, np.diff(rows.indptr))
    flat = row_source * lexicon.BUCKETS + rows.indices
    counts = np.bincount(flat, minlength=sources * lexicon.BUCKETS)
    size = np.bincount(source, minlength=sources)
    table = counts.reshape(sources, lexicon.BUCKETS) / np.maximum(size, 1)[:, None]
    return table.astype(np.float32)


def source_weights(source: IntArray, truth: IntArray) -> FloatArray:
    """Weigh samples so that classes are even within a source and a source counts as √n.

    Otherwise a source that holds one family alone would teach "this source is that family".
    """
    cells, cell = np.unique(source * (truth.max() + 1) + truth, return_inverse=True)
    in_cell = np.bincount(cell)[cell]
    cell_source = cells // (truth.max() + 1)
    families = np.bincount(cell_source.astype(np.int64), minlength=int(source.max()) + 1)[source]
    size = np.bincount(source)[source]
    weights: FloatArray = np.sqrt(size) / families / in_cell
    weights /= weights.mean()
    return weights


def class_weights(truth: IntArray, classes: int) -> FloatArray:
    """Weigh samples by 1 / √(size of their class), mean 1: between even and as found."""
    weights: FloatArray = 1.0 / np.sqrt(np.maximum(np.bincount(truth, minlength=classes), 1))[truth]
    weights /= weights.mean()
    return weights


def fit_transfer(
    columns: npt.NDArray[np.float32],
    truth: IntArray,
    weights: FloatArray,
    classes: int,
    shrinkage: float,
) -> LinearHead:
    """Fit linear discriminants with a pooled covariance shrunk towards the identity.

    scores_c = x S⁻¹ m_c - m_c S⁻¹ m_c / 2, S = pooled within-class covariance of the
    standardised columns + shrinkage · I (Friedman, "Regularized discriminant analysis", 1989);
    class priors are taken as even.
    """
    values = signed_log(columns)
    w = (weights / weights.sum()).astype(np.float32)
    centre = w @ values
    scale = np.sqrt(np.maximum(w @ (values - centre) ** 2, 0.0)) + np.float32(1e-3)
    values -= centre
    values /= scale
    np.clip(values, -CLIP, CLIP, out=values)
    means, mass = _class_means(values, truth, w, classes)
    root = values * np.sqrt(w)[:, None]
    scatter = (root.T @ root).astype(np.float64) - (means.T * mass) @ means
    scatter[np.diag_indices_from(scatter)] += shrinkage
    inverse = np.linalg.solve(scatter, means.T)
    bias = -0.5 * np.einsum("cd,dc->c", means, inverse)
    bias[mass == 0] = ABSENT
    return LinearHead(
        centre.astype(np.float32),
        scale.astype(np.float32),
        inverse.astype(np.float32),
        bias.astype(np.float32),
    )


def _class_means(
    values: npt.NDArray[np.float32], truth: IntArray, w: npt.NDArray[np.float32], classes: int
) -> tuple[FloatArray, FloatArray]:
    means = np.zeros((classes, values.shape[1]))
    mass = np.bincount(truth, weights=w, minlength=classes).astype(np.float64)
    for c in np.flatnonzero(mass):
        rows = truth == c
        means[c] = (w[rows] @ values[rows]) / mass[c]
    return means, mass


def fit_booster(
    columns: npt.NDArray[np.float32],
    truth: IntArray,
    weights: FloatArray,
    classes: int,
    *,
    settings: BoosterSettings,
    seed: int,
) -> Booster:
    """Fit the LightGBM head; same data, settings, seed and threads: same trees."""
    import lightgbm  # noqa: PLC0415 - not before a fork

    parameters = {
        "objective": "multiclass",
        "num_class": classes,
        "num_leaves": settings.leaves,
        "learning_rate": settings.learning_rate,
        "min_data_in_leaf": settings.min_data_in_leaf,
        "feature_fraction": settings.feature_fraction,
        "bagging_fraction": settings.bagging_fraction,
        "bagging_freq": 1,
        "lambda_l2": settings.lambda_l2,
        "max_bin": settings.max_bin,
        "num_threads": settings.threads,
        "seed": seed,
        "deterministic": True,
        "force_col_wise": True,
        "verbose": -1,
    }
    data = lightgbm.Dataset(columns, truth, weight=weights, free_raw_data=True)
    return Booster(lightgbm.train(parameters, data, settings.rounds).model_to_string())
