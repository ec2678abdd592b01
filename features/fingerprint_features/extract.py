"""Many samples to arrays: dense columns and lexicon counts, with a status for each sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features import lexicon, registry
from fingerprint_features.errors import NotTextError
from fingerprint_features.not_code import is_not_code
from fingerprint_features.sample import Sample
from fingerprint_features.source import prepare


@dataclass(frozen=True)
class SparseRows:
    """Counts of one lexicon view for many samples, in compressed rows.

    `indptr` has shape (samples + 1,); row i holds `indices[indptr[i]:indptr[i + 1]]`.
    """

    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]

    def take(self, rows: npt.NDArray[np.int64]) -> SparseRows:
        """Return some of the rows, in the order asked for."""
        length = np.diff(self.indptr)[rows]
        indptr = np.concatenate(([0], np.cumsum(length)))
        at = np.arange(indptr[-1]) + np.repeat(self.indptr[rows] - indptr[:-1], length)
        return SparseRows(indptr, self.indices[at], self.counts[at])


@dataclass(frozen=True)
class Features:
    """What was measured of n samples; rows of samples that could not be measured are 0.

    `dense` has shape (n, len(registry.COLUMNS)); `lexicon` one entry a view; `lines` counts the
    lines that are not blank.
    """

    dense: npt.NDArray[np.float32]
    lexicon: tuple[SparseRows, ...]
    status: tuple[str, ...]
    language: tuple[str | None, ...]
    parsed: npt.NDArray[np.bool_]
    lines: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.status)

    def take(self, rows: npt.NDArray[np.int64]) -> Features:
        """Return some of the samples, in the order asked for."""
        return Features(
            self.dense[rows],
            tuple(view.take(rows) for view in self.lexicon),
            tuple(self.status[i] for i in rows),
            tuple(self.language[i] for i in rows),
            self.parsed[rows],
            self.lines[rows],
        )


def extract(samples: Iterable[Sample], *, only_code: bool = False) -> Features:
    """Measure samples one after the other; a bad one gets a status, the others are done.

    With `only_code`, prose and data get the status "not_code"; corpora are believed to hold code.
    """
    dense: list[npt.NDArray[np.float32]] = []
    views: list[list[lexicon.Counts]] = [[] for _ in lexicon.VIEWS]
    status: list[str] = []
    language: list[str | None] = []
    parsed: list[bool] = []
    lines: list[int] = []
    for sample in samples:
        row = _measure(sample, only_code)
        dense.append(row.dense)
        for view, counts in zip(views, row.lexicon, strict=True):
            view.append(counts)
        status.append(row.status)
        language.append(row.language)
        parsed.append(row.parsed)
        lines.append(row.lines)
    width = len(registry.COLUMNS)
    return Features(
        np.stack(dense) if dense else np.zeros((0, width), dtype=np.float32),
        tuple(_rows(view) for view in views),
        tuple(status),
        tuple(language),
        np.array(parsed, dtype=np.bool_),
        np.array(lines, dtype=np.int32),
    )


def concatenate(parts: Sequence[Features]) -> Features:
    """Join features of several batches, in order."""
    return Features(
        np.concatenate([part.dense for part in parts]),
        tuple(_join(views) for views in zip(*(part.lexicon for part in parts), strict=True)),
        tuple(s for part in parts for s in part.status),
        tuple(s for part in parts for s in part.language),
        np.concatenate([part.parsed for part in parts]),
        np.concatenate([part.lines for part in parts]),
    )


@dataclass(frozen=True)
class _Row:
    dense: npt.NDArray[np.float32]
    lexicon: tuple[lexicon.Counts, ...]
    status: str
    language: str | None
    parsed: bool
    lines: int


_NOTHING = lexicon.Counts(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))


def _measure(sample: Sample, only_code: bool) -> _Row:
    try:
        source = prepare(sample)
    except NotTextError:
        return _failed("invalid", sample.language)
    if not source.data.strip():
        return _failed("empty", source.language)
    if 0 in source.data:
        return _failed("binary", source.language)
    if only_code and is_not_code(source):
        return _failed("not_code", source.language)
    return _Row(
        registry.measure(source),
        lexicon.count(source),
        "ok",
        source.language,
        source.syntax is not None,
        int((~source.blank).sum()),
    )


def _failed(status: str, language: str | None) -> _Row:
    dense = np.zeros(len(registry.COLUMNS), dtype=np.float32)
    return _Row(dense, (_NOTHING,) * len(lexicon.VIEWS), status, language, False, 0)


def _rows(counts: list[lexicon.Counts]) -> SparseRows:
    indptr = np.concatenate(([0], np.cumsum([len(row.buckets) for row in counts])))
    empty = np.zeros(0, dtype=np.int32)
    return SparseRows(
        indptr.astype(np.int64),
        np.concatenate([empty, *(row.buckets for row in counts)]),
        np.concatenate([empty, *(row.counts for row in counts)]),
    )


def _join(views: Sequence[SparseRows]) -> SparseRows:
    lengths = np.concatenate([np.diff(view.indptr) for view in views])
    return SparseRows(
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        np.concatenate([view.indices for view in views]),
        np.concatenate([view.counts for view in views]),
    )
