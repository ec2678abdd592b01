"""Fitting the two heads on one training fold: column selection, transfer head, booster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features import lexicon
from fingerprint_features.extract import Features, SparseRows
from fingerprint_models.booster import Booster
from fingerprint_models.calibration import Scores
from fingerprint_models.design_matrix import DesignMatrix
from fingerprint_models.familiarity import Familiarity
from fingerprint_models.model import score
from fingerprint_models.transfer import CLIP, LinearHead, TransferHead, signed_log
from fingerprint_training.recipe import Booster as BoosterSettings

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

RARE = 0.02
"""A source knows an n-gram when at least this share of its samples holds it."""

MIN_SOURCE = 10
"""Samples that a source must have for its mean to say where it lies."""

INNER_FLOOR = 0.05
"""Added to the variances within sources: a column that never varied there is no proof."""

ABSENT = -1e4
"""Score of a class that a training fold lacks: practically never."""


@dataclass(frozen=True)
class Heads:
    """What one training fold yields: the columns, the transfer head and the booster."""

    design: DesignMatrix
    transfer: TransferHead
    familiarity: Familiarity
    booster: Booster

    def scores(self, columns: npt.NDArray[np.float32]) -> Scores:
        """Return what the heads say of columns that `design` made."""
        return score(columns, self.booster, self.transfer, self.familiarity)

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return the heads as arrays, for a stage on disk."""
        text = np.frombuffer(self.booster.text.encode(), dtype=np.uint8)
        design = {f"design.{view}": chosen for view, chosen in self.design.to_arrays().items()}
        linear = {f"transfer.{name}": part for name, part in self.transfer.to_arrays().items()}
        return {**design, **linear, **self.familiarity.to_arrays("familiarity"), "booster": text}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> Heads:
        """Return the heads that `to_arrays` wrote."""
        return cls(
            DesignMatrix.from_arrays(_led(arrays, "design.")),
            TransferHead.from_arrays(_led(arrays, "transfer.")),
            Familiarity.from_arrays(arrays, "familiarity"),
            Booster(arrays["booster"].tobytes().decode()),
        )


def _led(
    arrays: Mapping[str, npt.NDArray[np.generic]], prefix: str
) -> dict[str, npt.NDArray[np.generic]]:
    return {k.removeprefix(prefix): part for k, part in arrays.items() if k.startswith(prefix)}


@dataclass(frozen=True)
class Start:
    """What heads go on from: a model's columns and trees, to which `rounds` more are added."""

    design: DesignMatrix
    booster: Booster
    rounds: int


@dataclass(frozen=True)
class Augmentation:
    """Transformed copies of training samples, to fit the heads on beside these.

    Copy i was made of sample `of[i]` of the fold and weighs `weight` of what that weighs.
    """

    features: Features
    of: IntArray
    weight: float


def fit_heads(
    features: Features,
    truth: IntArray,
    sources: Sequence[str],
    classes: int,
    *,
    human: int | None,
    selected: dict[str, int],
    settings: BoosterSettings,
    shrinkage: float,
    seed: int,
    copies: Augmentation | None = None,
    start: Start | None = None,
) -> Heads:
    """Fit the heads on a training fold; `truth` holds class indices, shape (n,).

    Columns are selected, and sources placed, by the samples alone: copies are of no source. With a
    `start` its columns stay, and its trees are gone on from; all else is fitted anew.
    """
    names, source = np.unique(np.asarray(sources), return_inverse=True)
    design = start.design if start else select(features, source, len(names), selected)
    columns = design(features)
    weights, even = source_weights(source, truth), class_weights(truth, classes)
    side = source_weights(source, (truth == human).astype(np.int64))
    familiarity = fit_familiarity(features.dense, source, weights, len(names))
    if copies is not None:
        columns = np.concatenate((columns, design(copies.features)))
        truth = np.concatenate((truth, truth[copies.of]))
        weights, even, side = (
            np.concatenate((each, copies.weight * each[copies.of]))
            for each in (weights, even, side)
        )
    transfer = TransferHead(
        fit_linear(columns, truth, weights, classes, shrinkage),
        None if human is None else _fit_side(columns, truth == human, side, shrinkage),
        -1 if human is None else human,
    )
    booster = fit_booster(columns, truth, even, classes, settings=settings, seed=seed, start=start)
    return Heads(design, transfer, familiarity, booster)


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


def fit_linear(
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
    values, centre, scale = _standardised(columns, weights)
    w = (weights / weights.sum()).astype(np.float32)
    means, mass = _class_means(values, truth, w, classes)
    root = values * np.sqrt(w)[:, None]
    scatter = (root.T @ root).astype(np.float64) - (means.T * mass) @ means
    scatter[np.diag_indices_from(scatter)] += shrinkage
    inverse = np.linalg.solve(scatter, means.T)
    bias = -0.5 * np.einsum("cd,dc->c", means, inverse)
    bias[mass == 0] = ABSENT
    return LinearHead(
        centre,
        scale,
        inverse.astype(np.float32),
        bias.astype(np.float32),
    )


def _fit_side(
    columns: npt.NDArray[np.float32],
    is_human: npt.NDArray[np.bool_],
    weights: FloatArray,
    shrinkage: float,
) -> LinearHead | None:
    """Fit human against not human, both sides even; None where a fold holds one side alone."""
    truth = is_human.astype(np.int64)
    mass = np.bincount(truth, weights=weights, minlength=2)
    if not mass.all():
        return None
    return fit_linear(columns, truth, weights / mass[truth], 2, shrinkage)


def fit_familiarity(
    dense: npt.NDArray[np.float32], source: IntArray, weights: FloatArray, sources: int
) -> Familiarity:
    """Measure where the sources lie; those with fewer than `MIN_SOURCE` samples are left out."""
    values, centre, scale = _standardised(dense, weights)
    means = np.zeros((sources, values.shape[1]), dtype=np.float32)
    size = np.bincount(source, minlength=sources)
    for s in np.flatnonzero(size).tolist():
        means[s] = values[source == s].mean(axis=0)
    inner = np.sqrt(((values - means[source]) ** 2).mean(axis=0) + INNER_FLOOR)
    kept = size >= min(MIN_SOURCE, int(size.max()))
    return Familiarity(centre, scale, inner.astype(np.float32), means[kept] / inner)


def _standardised(
    columns: npt.NDArray[np.float32], weights: FloatArray
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return clipped standard scores of the signed logarithms, with centre and scale."""
    values = signed_log(columns)
    w = (weights / weights.sum()).astype(np.float32)
    centre = w @ values
    scale = np.sqrt(np.maximum(w @ (values - centre) ** 2, 0.0)) + np.float32(1e-3)
    values -= centre
    values /= scale
    np.clip(values, -CLIP, CLIP, out=values)
    return values, centre.astype(np.float32), scale.astype(np.float32)


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
    start: Start | None = None,
) -> Booster:
    """Fit the LightGBM head; same data, settings, seed and threads: same trees.

    With a `start` its trees come first, as they are, and are followed by its `rounds` more.
    """
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
    if start is None:
        return Booster(lightgbm.train(parameters, data, settings.rounds).model_to_string())
    first = lightgbm.Booster(model_str=start.booster.text)
    parameters["seed"] = seed + first.current_iteration()  # not the draws of its first trees again
    return Booster(
        lightgbm.train(parameters, data, start.rounds, init_model=first).model_to_string()
    )
