"""Fitting the word head, the booster and the blends of an agent model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fingerprint_features.activity import registry, words
from fingerprint_features.activity.extract import ActivityFeatures
from fingerprint_features.extract import SparseRows
from fingerprint_models.agent_model import AT_HAND, Blend
from fingerprint_models.word_head import WordHead, weigh
from fingerprint_training.calibrate import fit_weights
from fingerprint_training.recipe import Booster as BoosterSettings

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]

FEWEST_OWNERS = 4
"""An n-gram counts when so many owners' changes hold it: names of one project are no style."""

ITERATIONS = 40
"""Steps of L-BFGS; more change no answer that could be measured."""

EVENNESS = 0.75
"""0 leaves the classes of pull requests as they are, 1 makes them even."""

TEXT_WEIGHT = 0.5
"""Weight of a change's copy without its diff, beside 1 for the change itself."""


@dataclass(frozen=True)
class Design:
    """What is fitted on: features, truth, owners and what is at hand of n changes.

    Changes with a diff stand in it twice, the second time with the message alone, so that the
    model learns to do without. `row` (n,) says which change each is.
    """

    features: ActivityFeatures
    truth: IntArray
    owner: IntArray
    hand: npt.NDArray[np.str_]
    row: Rows
    weight: FloatArray

    def take(self, rows: Rows) -> Design:
        """Return some of it, in the order asked for."""
        return Design(
            self.features.take(rows), self.truth[rows], self.owner[rows], self.hand[rows],
            self.row[rows], self.weight[rows],
        )  # fmt: skip


def design(
    features: ActivityFeatures, truth: IntArray, owner: IntArray, hand: npt.NDArray[np.str_]
) -> Design:
    """Return the design of n changes, copies without diffs after them."""
    rows = np.arange(len(truth))
    again = rows[hand == "diff"]
    both = np.concatenate((rows, again))
    doubled = features.take(both)
    dense = doubled.dense.copy()
    dense[len(rows) :, ~_TEXT] = np.nan
    weight = np.ones(len(both))
    weight[len(rows) :] = TEXT_WEIGHT
    hands = np.concatenate((hand, np.full(len(again), "message")))
    weight *= balanced(truth[both], owner[both], hands)
    return Design(
        ActivityFeatures(dense, doubled.lexicon), truth[both], owner[both], hands, both, weight
    )


_TEXT = np.array([registry.GROUPS[name] == "text" for name in registry.COLUMNS])


def balanced(truth: IntArray, owner: IntArray, hand: npt.NDArray[np.str_]) -> FloatArray:
    """Weigh changes so that classes come nearer to each other, and owners within a class; mean 1.

    An owner's changes of one class count as √n, and a class as the root of its mass, both among
    changes of which the same is at hand: an agent of whom only pull requests are known in number
    must not drown its own commits.
    """
    _, kind = np.unique(hand, return_inverse=True)
    group = kind * (truth.max() + 1) + truth
    _, cell = np.unique(np.stack((owner, group)), axis=1, return_inverse=True)
    weight = 1.0 / np.sqrt(np.bincount(cell.reshape(-1))[cell.reshape(-1)])
    mass = np.bincount(group, weights=weight)
    even: FloatArray = weight / np.sqrt(np.maximum(mass, 1e-12))[group]
    for each in np.unique(kind):
        even[kind == each] /= even[kind == each].mean()
    return even


def booster_weights(made: Design) -> FloatArray:
    """Return what the booster weighs changes by; pull requests alone come nearer to even.

    Of these an owner has few, and a class of mass m weighs m^(1 - `EVENNESS`): chosen on left-out
    owners (training/LOG.md).
    """
    if not (made.hand == "pull_request").all():
        return made.weight
    mass = np.maximum(np.bincount(made.truth), 1)[made.truth]
    weight: FloatArray = 1.0 / mass**EVENNESS
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
    booster: FloatArray, said: FloatArray, truth: IntArray, hand: npt.NDArray[np.str_],
    weight: FloatArray,
) -> dict[str, Blend]:  # fmt: skip
    """Fit a blend for each of `AT_HAND` on left-out answers, by maximum likelihood.

    A class that does not occur among them keeps the bias 0: that no pull request of a person is
    in a corpus does not mean that people open none.
    """
    blends = {}
    for each in AT_HAND:
        rows = np.flatnonzero(hand == each)
        if not len(rows):
            rows = np.arange(len(truth))
        factors, bias = fit_weights(
            (booster[rows], said[rows]), truth[rows], weight[rows], start=(0.6, 0.3)
        )
        seen = np.bincount(truth[rows], minlength=len(bias)) > 0
        centred = np.where(seen, bias - bias[seen].mean(), 0.0)
        blends[each] = Blend(factors[0], factors[1], tuple(centred.tolist()))
    return blends
