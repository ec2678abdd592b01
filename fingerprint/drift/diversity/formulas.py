"""The formulas: of numbers alone, without a word on where they come from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def vendi(kernels: FloatArray) -> FloatArray:
    """Return the Vendi score of n things, 1 (all alike) to n (nothing in common), shape (k,).

    `kernels` (k, n, n) are positive semidefinite with ones on their diagonals. The score is the
    exponential of the von Neumann entropy of K/n (Friedman and Dieng, "The Vendi Score", TMLR 2023,
    definition 3.1).
    """
    shares = np.linalg.eigvalsh(kernels / kernels.shape[-1])
    shares = np.maximum(shares, 1e-15)  # 0 log 0 is 0, and rounding leaves eigenvalues below 0
    scores: FloatArray = np.exp(-np.sum(shares * np.log(shares), axis=-1))
    return scores


def types(rows: IntArray) -> IntArray:
    """Return how many different numbers each row holds, (k, n) to (k,)."""
    ordered = np.sort(rows, axis=1)
    found: IntArray = 1 + np.count_nonzero(np.diff(ordered, axis=1), axis=1)
    return found


def entropies(rows: IntArray) -> FloatArray:
    """Return the entropy in bits of the numbers in each row, (k, n) to (k,).

    Corrected for n: to the plug-in estimate, which reads too low by about that much,
    (types - 1) / (2 n) nats are added (Miller, "Note on the bias of information estimates", 1955).
    """
    size = rows.shape[1]
    if not size:
        return np.zeros(len(rows))
    ordered = np.sort(rows, axis=1)
    begins = np.ones(rows.shape, dtype=np.bool_)
    begins[:, 1:] = np.diff(ordered, axis=1) != 0
    flat = np.flatnonzero(begins)  # each row begins a run, so no run goes from row to row
    counts = np.diff(np.append(flat, rows.size))
    nats = np.bincount(flat // size, counts * np.log(counts), minlength=len(rows)) / size
    kinds = np.count_nonzero(begins, axis=1)
    bits: FloatArray = (np.log(size) - nats + (kinds - 1) / (2 * size)) / np.log(2)
    return bits


def moving_type_token(tokens: IntArray, window: int) -> float:
    """Return the mean share of types among `window` tokens in a row; NaN where there are fewer.

    The moving-average type-token ratio (Covington and McFall, "Cutting the Gordian knot", 2010):
    the plain ratio falls with the length of a text, this one does not.
    """
    spare = len(tokens) - window
    if spare < 0:
        return float("nan")
    at = np.arange(len(tokens))
    # A token is the first of its type in those windows that begin after its last occurrence.
    first = np.maximum(_last_seen(tokens), at - window)
    counted = np.clip(np.minimum(at, spare) - first, 0, None)
    return float(counted.sum() / ((spare + 1) * window))


def _last_seen(tokens: IntArray) -> IntArray:
    """Return where each token's type was seen last before it, -1 where it was not."""
    order = np.argsort(tokens, kind="stable")
    again = tokens[order][1:] == tokens[order][:-1]
    seen = np.full(len(tokens), -1, dtype=np.int64)
    seen[order[1:][again]] = order[:-1][again]
    return seen


def shared(one: IntArray, other: IntArray) -> float:
    """Return the Jaccard similarity of two ascending sets: common members among all members."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / max(len(one) + len(other) - common, 1)
