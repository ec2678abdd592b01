"""Calibration: one probability from two heads, by how familiar the sample's context is.

In a context like those of the training corpora the booster is to be trusted, in a new one the
transfer head, and less of either. Both heads' log-probabilities are pooled (a logarithmic
opinion pool), once with the weights fitted on known sources and once with those fitted on
sources left out; the two are mixed by the probability that the context is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_models.transfer import log_softmax

FloatArray = npt.NDArray[np.float64]

MIN_BATCH = 10
"""A source with fewer samples is scored as lone samples: too few to say what it holds."""

FLOOR = 1e-6
"""No probability below this is believed; it keeps logarithms finite."""


@dataclass(frozen=True)
class Scores:
    """What the heads say of n samples, and how far each is from any known source.

    `booster` and `transfer` are log-probabilities of the classes, `side` that of each class's
    side (human or not), all (n, classes); `distance` is (n,).
    """

    booster: FloatArray
    transfer: FloatArray
    side: FloatArray
    distance: FloatArray

    def take(self, rows: npt.NDArray[np.int64] | Sequence[int]) -> Scores:
        """Return some of the samples."""
        return Scores(self.booster[rows], self.transfer[rows], self.side[rows], self.distance[rows])

    @classmethod
    def concatenate(cls, parts: Sequence[Scores]) -> Scores:
        """Join the scores of several batches, in order."""
        names = ("booster", "transfer", "side", "distance")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True)
class Pool:
    """Weights of a logarithmic opinion pool over the heads' log-probabilities, and biases."""

    booster: float
    transfer: float
    side: float
    bias: tuple[float, ...]

    def __call__(self, scores: Scores) -> FloatArray:
        """Return pooled probabilities, shape (n, classes)."""
        heads = (scores.booster, scores.transfer, scores.side)
        weights = (self.booster, self.transfer, self.side)
        pooled = sum(w * head for w, head in zip(weights, heads, strict=True))
        return np.exp(log_softmax(pooled + np.array(self.bias)))


@dataclass(frozen=True)
class Gate:
    """Logistic models of "this context is known": of one sample, and of a batch of one source.

    `weights` are for `context(scores)`, `batch_weights` for the mean log-odds of the batch's
    samples and the logarithm of the batch's distance.
    """

    weights: tuple[float, ...]
    bias: float
    batch_weights: tuple[float, float]
    batch_bias: float

    def logits(self, scores: Scores) -> FloatArray:
        """Return the log-odds that each sample's context is known, shape (n,)."""
        logits: FloatArray = context(scores) @ np.array(self.weights) + self.bias
        return logits

    def batch(self, scores: Scores, distance: float) -> float:
        """Return the probability that the context of a whole batch is known."""
        mean, far = self.batch_weights
        logit = mean * float(self.logits(scores).mean()) + far * nearness(distance)
        return float(sigmoid(np.array(logit + self.batch_bias)))


@dataclass(frozen=True)
class Calibration:
    """A pool for known contexts, one for new ones, and the gate between them.

    `human` is the index of the class that means human, None where none does.
    """

    known: Pool
    unseen: Pool
    gate: Gate
    human: int | None
    concentration: float

    def alone(self, scores: Scores) -> FloatArray:
        """Return calibrated probabilities of samples of unknown context, shape (n, classes)."""
        known = sigmoid(self.gate.logits(scores))[:, None]
        return bounded(known * self.known(scores) + (1 - known) * self.unseen(scores))

    def batch(self, scores: Scores, distance: float) -> FloatArray:
        """Return calibrated probabilities of samples that are all of one source.

        `distance` is the batch's, from `Familiarity.distance`. In a known context the batch also
        tells how much of it is human; in a new one the pool is too weak for that (measured).
        """
        known = self.gate.batch(scores, distance)
        inside = adapt_sides(self.known(scores), self.human, self.concentration)
        return bounded(known * inside + (1 - known) * self.unseen(scores))

    def to_dict(self) -> dict[str, object]:
        """Return plain data for a model folder."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Calibration:
        """Return the record that `to_dict` wrote."""
        gate = dict(data["gate"])  # type: ignore[call-overload]  # a mapping in our own file
        gate["weights"] = tuple(gate["weights"])
        gate["batch_weights"] = tuple(gate["batch_weights"])
        human = data["human"]
        return cls(
            _pool(data["known"]),
            _pool(data["unseen"]),
            Gate(**gate),
            None if human is None else int(str(human)),
            float(str(data["concentration"])),
        )


def _pool(data: object) -> Pool:
    fields = dict(data)  # type: ignore[call-overload]  # a mapping in our own file
    fields["bias"] = tuple(fields["bias"])
    return Pool(**fields)


def sigmoid(values: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-x)) without overflow."""
    result: FloatArray = np.exp(-np.logaddexp(0.0, -values))
    return result


def bounded(probabilities: FloatArray) -> FloatArray:
    """Return probabilities kept away from 0 and summing to 1."""
    kept = np.maximum(probabilities, FLOOR)
    result: FloatArray = kept / kept.sum(axis=1, keepdims=True)
    return result


def nearness(distance: float | FloatArray) -> Any:
    """Return -log(0.01 + distance): large near a known source, flat where chance rules."""
    return -np.log(0.01 + np.asarray(distance))


def context(scores: Scores) -> FloatArray:
    """Return what tells a known context from a new one, shape (n, 7).

    The booster's confidence, margin and entropy, the transfer head's confidence, how far the
    two agree (where the booster memorised, it is surer than the linear head and agrees), and
    the nearness of a known source.
    """
    booster, transfer = scores.booster, scores.transfer
    p, q = np.exp(booster), np.exp(transfer)
    ordered = np.sort(booster, axis=1)
    best = booster.argmax(axis=1)
    return np.column_stack(
        (
            ordered[:, -1],
            np.minimum(ordered[:, -1] - ordered[:, -2], 10.0),
            -(p * booster).sum(axis=1),
            transfer.max(axis=1),
            np.maximum(transfer[np.arange(len(best)), best], -20.0),
            np.sqrt(p * q).sum(axis=1),
            nearness(scores.distance),
        )
    )


def adapt(probabilities: FloatArray, concentration: float, rounds: int = 30) -> FloatArray:
    """Return probabilities re-weighted to the shares of the classes in this very batch.

    Expectation maximisation of the class prior (Saerens, Latinne and Decaestecker, 2002) with a
    Dirichlet prior of `concentration` pseudo-samples a class, which leaves small batches alone.
    """
    n, classes = probabilities.shape
    if not n:
        return probabilities
    shares = np.full(classes, 1.0 / classes)
    for _ in range(rounds):
        weighted = probabilities * shares
        weighted /= weighted.sum(axis=1, keepdims=True)
        shares = (weighted.sum(axis=0) + concentration) / (n + concentration * classes)
    weighted = probabilities * shares
    result: FloatArray = weighted / weighted.sum(axis=1, keepdims=True)
    return result


def adapt_sides(probabilities: FloatArray, human: int | None, concentration: float) -> FloatArray:
    """Return probabilities re-weighted to the shares of human and not human in this very batch.

    The families keep their proportions: re-estimating the shares of all classes at once lets
    the strong ones swallow the weak (measured, see training/LOG.md).
    """
    if human is None:
        return probabilities
    before = np.column_stack((probabilities[:, human], 1.0 - probabilities[:, human]))
    after = adapt(before, concentration)
    # No floor below: the families must add up to their side, however little that is.
    other = before[:, 1:]
    factor = np.divide(after[:, 1:], other, out=np.zeros_like(other), where=other > 0)
    adapted: FloatArray = probabilities * factor
    adapted[:, human] = after[:, 0]
    return adapted
