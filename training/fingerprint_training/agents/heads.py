"""Fitting the word head, the booster and the blends of an agent model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fingerprint_features.activity import words
from fingerprint_features.extract import SparseRows
from fingerprint_models.agent_model import Blend
from fingerprint_models.change_parts import AT_HAND
from fingerprint_models.word_head import WordHead, weigh
from fingerprint_training.agents.material import Design
from fingerprint_training.calibrate import fit_weights
from fingerprint_training.recipe import Booster as BoosterSettings

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FEWEST_OWNERS = 4
"""An n-gram counts when so many owners' changes hold it: names of one project are no style."""

ITERATIONS = 40
"""Steps of L-BFGS; more change no answer that could be measured."""

EVENNESS = 0.75
"""0 leaves the classes of pull requests as they are, 1 makes them even."""


def booster_weights(made: Design) -> FloatArray:
    """Return what the booster weighs changes by; pull requests alone come nearer to even.

    Of these an owner has few, and a stratum of n weighs n^(1 - `EVENNESS`): chosen on left-out
    owners (training/LOG.md).
    """
    if not (made.hand == "pull_request").all():
        return made.weight
    mass = np.bincount(made.stratum)[made.stratum].astype(np.float64)
    weight: FloatArray = mass**-EVENNESS
    weight /= weight.mean()
    return weight


def fit_words(
    views: Sequence[SparseRows],
    truth: IntArray,
    owner: IntArray,
    weight: FloatArray,
    *,
    classes: int,
    c: float,
) -> WordHead:
    """Fit a multinomial logistic regression on tf-idf of n-grams that several owners' texts hold.

    A class that a fold lacks is given the least score that any class can have.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - training extra

    idf = np.concatenate([_idf(view, owner) for view in views])
    model = LogisticRegression(C=c, max_iter=ITERATIONS, tol=1e-3)
    model.fit(matrix(views, idf), truth, sample_weight=weight)
    weights = np.zeros((len(idf), classes))
    bias = np.full(classes, LEAST)
    coefficients, intercept = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # sklearn keeps one column of two
        coefficients = np.vstack((-coefficients, coefficients)) / 2
        intercept = np.concatenate((-intercept, intercept)) / 2
    weights[:, model.classes_] = coefficients.T
    bias[model.classes_] = intercept
    return WordHead(idf.astype(np.float16), weights.astype(np.float16), bias.astype(np.float32))


LEAST = -20.0


def matrix(views: Sequence[SparseRows], idf: FloatArray) -> sparse.csr_matrix:
    """Return the weighted n-grams of all views side by side, shape (n, views x buckets)."""
    parts = []
    for at, view in enumerate(views):
        own = idf[at * words.BUCKETS : (at + 1) * words.BUCKETS].astype(np.float32)
        value = weigh(view, own[view.indices])
        shape = (len(view.indptr) - 1, words.BUCKETS)
        parts.append(sparse.csr_matrix((value, view.indices, view.indptr), shape=shape))
    return sparse.hstack(parts, format="csr", dtype=np.float32)


def _idf(view: SparseRows, owner: IntArray) -> FloatArray:
    """Return log((1 + n) / (1 + df)) + 1 of each bucket, 0 of those that few owners know."""
    n = len(view.indptr) - 1
    row = np.repeat(np.arange(n), np.diff(view.indptr))
    frequency = np.bincount(view.indices, minlength=words.BUCKETS)
    pairs = np.unique(owner[row] * words.BUCKETS + view.indices)
    owners = np.bincount(pairs % words.BUCKETS, minlength=words.BUCKETS)
    idf: FloatArray = np.log((1 + n) / (1 + frequency)) + 1
    idf[owners < min(FEWEST_OWNERS, len(np.unique(owner)))] = 0.0
    return idf


def fit_booster(
    columns: npt.NDArray[np.float32],
    truth: IntArray,
    weight: FloatArray,
    *,
    classes: int,
    settings: BoosterSettings,
    seed: int,
) -> str:
    """Fit the LightGBM head; returns its text."""
    from fingerprint_training.fit import fit_booster as fit  # noqa: PLC0415 - lightgbm's weight

    return fit(columns, truth, weight, classes, settings=settings, seed=seed).text


def fit_blends(
    booster: FloatArray, said: FloatArray, truth: IntArray, hand: npt.NDArray[np.str_]
) -> dict[str, Blend]:
    """Fit a blend for each of `AT_HAND` on left-out answers, by maximum likelihood.

    Each change counts once: with rare classes lifted, calibration is worse (training/LOG.md) and
    no class is told better. A class that does not occur among them keeps the bias 0: that a corpus
    has none of a kind does not mean that there is none.
    """
    blends = {}
    for each in AT_HAND:
        rows = np.flatnonzero(hand == each)
        if not len(rows):
            rows = np.arange(len(truth))
        factors, bias = fit_weights(
            (booster[rows], said[rows]), truth[rows], np.ones(len(rows)), start=(0.6, 0.3)
        )
        seen = np.bincount(truth[rows], minlength=len(bias)) > 0
        centred = np.where(seen, bias - bias[seen].mean(), 0.0)
        blends[each] = Blend(factors[0], factors[1], tuple(centred.tolist()))
    return blends
