"""Calibration: one probability from two heads, by how familiar the sample's context is.

In a context like those of the training corpora the booster is to be trusted, in a new one the
transfer head, and less of either. Both heads' log-probabilities are pooled (a logarithmic
opinion pool), once with the weights fitted on known sources and once with those fitted on
sources left out; the two are mixed by the probability that the context is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_models.transfer import log_softmax

FloatArray = npt.NDArray[np.float64]

FLOOR = 1e-6
"""No probability below this is believed; it keeps logarithms finite."""


@dataclass(frozen=True)
class Pool:
    """Weights of a logarithmic opinion pool: softmax(booster·log p + transfer·log q + bias)."""

    booster: float
    transfer: float
    bias: tuple[float, ...]

    def __call__(self, booster: FloatArray, transfer: FloatArray) -> FloatArray:
        """Return pooled probabilities; both heads give log-probabilities, shape (n, classes)."""
        pooled = self.booster * booster + self.transfer * transfer + np.array(self.bias)
        return np.exp(log_softmax(pooled))


@dataclass(frozen=True)
class Gate:
    """Logistic model of "this context is known" on the features of `context`."""

    weights: tuple[float, ...]
    bias: float
    batch_weight: float
    batch_bias: float

    def logits(self, context: FloatArray) -> FloatArray:
        """Return the log-odds that each sample's context is known, shape (n,)."""
        logits: FloatArray = context @ np.array(self.weights) + self.bias
        return logits

    def __call__(self, context: FloatArray) -> FloatArray:
        """Return the probability that each sample's context is known, shape (n,)."""
        return sigmoid(self.logits(context))

    def batch(self, context: FloatArray) -> float:
        """Return the probability that the context of a whole batch of one source is known."""
        mean = float(self.logits(context).mean())
        return float(sigmoid(np.array(self.batch_weight * mean + self.batch_bias)))


@dataclass(frozen=True)
class Calibration:
    """Both pools for a lone sample, both for a sample of a batch, and the gate between them."""

    known: Pool
    unseen: Pool
    known_batch: Pool
    unseen_batch: Pool
    gate: Gate
    concentration: float

    def alone(self, booster: FloatArray, transfer: FloatArray) -> FloatArray:
        """Return calibrated probabilities of samples of unknown context, shape (n, classes)."""
        known = self.gate(context(booster, transfer))[:, None]
        mixed = known * self.known(booster, transfer) + (1 - known) * self.unseen(booster, transfer)
        return bounded(mixed)

    def batch(self, booster: FloatArray, transfer: FloatArray) -> FloatArray:
        """Return calibrated probabilities of samples that are all of one source.

        The source's shares of the families are estimated from the batch itself.
        """
        known = self.gate.batch(context(booster, transfer))
        parts = [
            adapt(pool(booster, transfer), self.concentration)
            for pool in (self.known_batch, self.unseen_batch)
        ]
        return bounded(known * parts[0] + (1 - known) * parts[1])

    def to_dict(self) -> dict[str, object]:
        """Return plain data for a model folder."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Calibration:
        """Return the record that `to_dict` wrote."""
        pools = {name: _pool(data[name]) for name in _POOLS}
        gate = dict(data["gate"])  # type: ignore[call-overload]  # a mapping in our own file
        gate["weights"] = tuple(gate["weights"])
        return cls(**pools, gate=Gate(**gate), concentration=float(str(data["concentration"])))


_POOLS = ("known", "unseen", "known_batch", "unseen_batch")


def _pool(data: object) -> Pool:
    fields = dict(data)  # type: ignore[call-overload]  # a mapping in our own file
    return Pool(fields["booster"], fields["transfer"], tuple(fields["bias"]))


def sigmoid(values: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-x)) without overflow."""
    result: FloatArray = np.exp(-np.logaddexp(0.0, -values))
    return result


def bounded(probabilities: FloatArray) -> FloatArray:
    """Return probabilities kept away from 0 and summing to 1."""
    kept = np.maximum(probabilities, FLOOR)
    result: FloatArray = kept / kept.sum(axis=1, keepdims=True)
    return result


def context(booster: FloatArray, transfer: FloatArray) -> FloatArray:
    """Return what tells a known context from a new one, shape (n, 6).

    The booster's confidence, margin and entropy, the transfer head's confidence, and how far
    the two agree: where the booster memorised, it is surer than the linear head and agrees.
    """
    p, q = np.exp(booster), np.exp(transfer)
    ordered = np.sort(booster, axis=1)
    best = booster.argmax(axis=1)
    rows = np.arange(len(best))
    return np.column_stack(
        (
            ordered[:, -1],
            np.minimum(ordered[:, -1] - ordered[:, -2], 10.0),
            -(p * booster).sum(axis=1),
            transfer.max(axis=1),
            np.maximum(transfer[rows, best], -20.0),
            np.sqrt(p * q).sum(axis=1),
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


def smallest_sets(
    probabilities: FloatArray, level: float, classes: Sequence[str]
) -> list[tuple[str, ...]]:
    """Return for each sample the likeliest classes that together reach `level`.

    `level` was chosen on left-out samples such that the sets hold the truth as often as promised
    (adaptive prediction sets without randomisation; Romano, Sesia and Candès, 2020).
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    reached = np.cumsum(np.take_along_axis(probabilities, order, axis=1), axis=1)
    sizes = 1 + (reached < level).sum(axis=1).clip(max=probabilities.shape[1] - 1)
    return [tuple(classes[c] for c in row[:size]) for row, size in zip(order, sizes, strict=True)]
