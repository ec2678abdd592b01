"""Merging: which neighbours in a file are told alike, and how sure it is that the file is mixed.

Every piece of a file has log-probabilities of the classes, of its own or the mean of those of the
windows around it. The file is cut where a two-state Viterbi path over the pieces changes sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from fingerprint_models.calibration import FLOOR, bounded, sigmoid
from fingerprint_models.transfer import log_softmax

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

PIECE_LINES = 15
"""A piece of so many lines weighs 1; shorter ones less, as each line says little."""

MOST_LINES = 40
"""Further lines of a piece add nothing: what more of the same function says is the same."""


@dataclass(frozen=True, slots=True)
class Merging:
    """How the pieces of a file are merged; fitted by `python -m fingerprint_training.spliced`.

    `bias` is the log-odds of AI from which a piece speaks for AI: a model's own sides need not be
    as many as a file's. `cost` is what a change of sides costs, in log-odds of a piece of
    `PIECE_LINES`. `slope` and `offset` make the spread of the pieces a probability of "mixed",
    which is told from `mixed_from`.
    """

    bias: float
    cost: float
    slope: float
    offset: float
    mixed_from: float


MERGING: Mapping[str, Merging] = MappingProxyType(
    {
        "function": Merging(bias=0.4, cost=1.5, slope=1.6, offset=-1.5, mixed_from=0.65),
        "window": Merging(bias=0.4, cost=1.5, slope=2.3, offset=-1.3, mixed_from=0.7),
    }
)
"""Fitted on spliced files of 11 human and 44 AI sources, by a model that saw none of them."""


def log_odds(ai_probability: float) -> float:
    """Return log(p / (1 - p)), finite also where a probability is 0 or 1."""
    kept = min(max(ai_probability, FLOOR), 1.0 - FLOOR)
    return float(np.log(kept / (1.0 - kept)))


def evidence(logs: FloatArray, odds: FloatArray | None, lines: IntArray, bias: float) -> FloatArray:
    """Return what each piece says for each state, shape (n, states), weighed by its lines.

    The states are human and AI, of which `odds` (n,) are the log-odds; without `odds` they are
    the classes, of which `logs` (n, classes) are log-probabilities.
    """
    weight = np.minimum(lines, MOST_LINES) / PIECE_LINES
    if odds is None:
        return logs * weight[:, None]
    return np.stack((np.zeros(len(odds)), (odds - bias) * weight), axis=1)


def best_path(said: FloatArray, cost: float) -> IntArray:
    """Return the likeliest state of each piece, shape (n,), at `cost` for every change of state.

    Viterbi's algorithm (1967); time grows with pieces and states, no faster.
    """
    if not len(said):
        return np.zeros(0, dtype=np.int64)
    states = np.arange(said.shape[1])
    score, came = said[0], []
    for each in said[1:]:
        best = int(np.argmax(score))
        changed = score[best] - cost > score
        came.append(np.where(changed, best, states))
        score = np.where(changed, score[best] - cost, score) + each
    path = [int(np.argmax(score))]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return np.array(path[::-1], dtype=np.int64)


def pooled(logs: FloatArray, lines: IntArray) -> FloatArray:
    """Return the probabilities of pieces by one author, shape (classes,).

    p ∝ exp(Σ lines · log p / Σ lines): a logarithmic opinion pool whose weights sum to one (Genest
    and Zidek 1986). Summing the logs, as if the pieces were independent, made the log-loss per
    line of merged parts 3 times as large: they share the model's error about their author.
    """
    mean = (lines @ logs / lines.sum())[None]
    return bounded(np.exp(log_softmax(mean))).reshape(-1)


def spread(odds: FloatArray, lines: IntArray) -> float:
    """Return how far the pieces' log-odds lie apart: their standard deviation, by lines.

    A model that misjudges a project shifts all of its pieces alike, which a spread does not feel:
    on sources it never saw this told mixed files better than sure human beside sure AI parts did.
    """
    mean = np.average(odds, weights=lines)
    return float(np.sqrt(np.average((odds - mean) ** 2, weights=lines)))


def mixed_probability(apart: float, merging: Merging) -> float:
    """Return how likely a file with this spread is mixed, where half of all files are."""
    return float(sigmoid(np.array(merging.slope * apart + merging.offset)))
