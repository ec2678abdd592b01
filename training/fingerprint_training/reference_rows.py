"""Which samples a model folder keeps as its reference sample, and what of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fingerprint_models.reference_sample import ReferenceSample, rounded
from fingerprint_training.corpora import Corpus

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

PER_SOURCE = 30
"""Most samples of one source: many sources say what is usual, and one must not drown them."""

MOST = 8000
"""Most samples in all, which a wheel can carry; of each source fewer where there would be more."""


def reference_sample(
    columns: npt.NDArray[np.float32],
    probabilities: FloatArray,
    truth: IntArray,
    *,
    corpus: Corpus,
    lines: npt.NDArray[np.int32],
    parsed: npt.NDArray[np.bool_],
    seed: int,
) -> ReferenceSample:
    """Return some samples of each source, all arguments row by row of the same samples.

    `columns` are what the model's design makes, `probabilities` calibrated answers of heads that
    did not see the sample's source.
    """
    source = corpus.column("source")
    rows = drawn(source, seed)
    language = corpus.column("language")
    return ReferenceSample(
        values=rounded(columns[rows]),
        probabilities=probabilities[rows],
        truth=truth[rows],
        language=np.array([language[i] or "" for i in rows]),
        source=np.array([source[i] for i in rows]),
        lines=lines[rows],
        parsed=parsed[rows],
    )


def drawn(source: Sequence[str], seed: int, whole: int = MOST) -> IntArray:
    """Return positions, ascending, of as many samples a source as the limits allow."""
    most = min(PER_SOURCE, max(whole // max(len(set(source)), 1), 1))
    taken: Counter[str] = Counter()
    rows = []
    for at in np.random.default_rng(seed).permutation(len(source)).tolist():
        if taken[source[at]] < most:
            taken[source[at]] += 1
            rows.append(at)
    return np.sort(np.array(rows, dtype=np.int64))
