"""What a model folder must hold so that classes can be enrolled later: `enrolment.npz`.

A projection of the columns and some thousand left-out samples of the trained classes, 1 MiB.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fingerprint_models.calibration import Scores
from fingerprint_models.enrolling import FOLDS
from fingerprint_models.enrolment import Background, quantised, score_features
from fingerprint_training.corpora import Corpus
from fingerprint_training.errors import SplitError
from fingerprint_training.fit import Heads
from fingerprint_training.split import group_folds

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Columns = npt.NDArray[np.float32]

DIMENSIONS = 128
"""Principal components kept; 64 lose a tenth of an enrolled family's F1 (training/LOG.md)."""

SAMPLES = 4000
"""Samples of the background."""

MEASURED = 16_000
"""Samples that the components are measured on: more move nothing and take a minute."""


def enrolment_material(
    standardised: Columns,
    scores: Scores,
    truth: IntArray,
    *,
    sources: Sequence[str],
    tasks: Sequence[str],
    languages: Sequence[str | None],
    seed: int,
) -> Background:
    """Return the background that classes are enrolled against.

    `standardised` (n, columns) are the transfer head's standardised columns, and `scores` must be
    of heads that did not see the sample's task: on samples that it was fitted on the booster is
    too sure, so everything new would seem to be the enrolled class. `truth` (n,) holds class
    indices.
    """
    named = [language or "" for language in languages]
    order = _stratified(truth, sources, named, seed)
    centre, projection = _components(standardised[np.sort(order[:MEASURED])])
    rows = np.sort(order[:SAMPLES])
    said = score_features(scores.take(rows))
    scale = (said.std(axis=0) + 1e-3).astype(np.float32)
    space = (standardised[rows] - centre) @ projection
    return Background(
        projection=projection,
        centre=centre,
        scale=scale,
        values=quantised(np.column_stack((space, said / scale))),
        truth=truth[rows],
        tasks=_folds([tasks[i] for i in rows], truth[rows], seed),
        sources=_folds([sources[i].split("/")[0] for i in rows], truth[rows], seed),
        languages=np.array([named[i] for i in rows]),
    )


def material_of(
    heads: Heads,
    columns: Columns,
    scores: Scores,
    truth: IntArray,
    *,
    corpus: Corpus,
    languages: Sequence[str | None],
    seed: int,
) -> bytes:
    """Return the `enrolment.npz` of a training fold, all arguments row by row of the same samples.

    `columns` are what `heads.design` made, `scores` those of left-out tasks.
    """
    return enrolment_material(
        heads.transfer.family.standardise(columns),
        scores,
        truth,
        sources=corpus.column("source"),
        tasks=corpus.column("task"),
        languages=languages,
        seed=seed,
    ).to_bytes()


def _stratified(
    truth: IntArray, sources: Sequence[str], languages: Sequence[str], seed: int
) -> IntArray:
    """Return all positions, so that any first n of them take turns over class, source, language.

    A language of few sources has few such cells, so languages take turns first.
    """
    cells: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    shuffled = np.random.default_rng(seed).permutation(len(truth)).tolist()
    for at in shuffled:
        cells[languages[at], sources[at], int(truth[at])].append(at)
    turns = sorted((turn, at) for cell in cells.values() for turn, at in enumerate(cell))
    return np.array([at for _, at in turns], dtype=np.int64)


def _components(values: Columns) -> tuple[Columns, Columns]:
    """Return centre (columns,) and projection (columns, d) onto components of variance 1."""
    centre = values.mean(axis=0)
    apart = values - centre
    variance, axes = np.linalg.eigh((apart.T @ apart).astype(np.float64) / len(apart))
    kept = np.argsort(-variance, kind="stable")[: min(DIMENSIONS, len(values) - 1)]
    kept = kept[variance[kept] > 1e-6]
    # A component may point either way: its largest part is made positive, on any machine.
    signs = np.sign(axes[np.abs(axes[:, kept]).argmax(axis=0), kept])
    projection = axes[:, kept] * signs / np.sqrt(variance[kept])
    return centre.astype(np.float32), projection.astype(np.float16).astype(np.float32)


def _folds(groups: Sequence[str], truth: IntArray, seed: int) -> IntArray:
    """Return folds of whole groups; rows in turn where there are too few of these."""
    try:
        return group_folds(groups, [str(c) for c in truth], [1 / FOLDS] * FOLDS, seed)
    except SplitError:
        return np.arange(len(groups)) % FOLDS
