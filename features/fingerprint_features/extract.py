"""Many samples to arrays: dense columns and lexicon counts, with a status for each sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from fingerprint_features import lexicon, registry
from fingerprint_features.batch import BATCH, BATCH_BYTES, Batch
from fingerprint_features.errors import NotTextError
from fingerprint_features.not_code import is_not_code, may_be_no_code
from fingerprint_features.sample import Sample
from fingerprint_features.source import Source, prepare
from fingerprint_features.sparse import SparseRows, join

__all__ = ("Features", "SparseRows", "concatenate", "extract")


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


def extract(
    samples: Iterable[Sample],
    *,
    only_code: bool = False,
    chosen: lexicon.Chosen | None = None,
) -> Features:
    """Measure samples; a bad one gets a status, the others are done.

    With `only_code`, prose and data get the status "not_code"; corpora are believed to hold code.
    With `chosen`, of each lexicon view only these buckets are counted, which is faster.
    """
    ready = map(_ready, samples)
    parts = [_measured(part, only_code, chosen) for part in _batches(ready)]
    return concatenate(parts) if parts else _measured([], only_code, chosen)


def concatenate(parts: Sequence[Features]) -> Features:
    """Join features of several batches, in order."""
    return Features(
        np.concatenate([part.dense for part in parts]),
        tuple(join(views) for views in zip(*(part.lexicon for part in parts), strict=True)),
        tuple(s for part in parts for s in part.status),
        tuple(s for part in parts for s in part.language),
        np.concatenate([part.parsed for part in parts]),
        np.concatenate([part.lines for part in parts]),
    )


@dataclass(frozen=True)
class _Ready:
    """A sample's status, and what is measured of it where that is "ok"."""

    status: str
    language: str | None
    source: Source | None = None


def _ready(sample: Sample) -> _Ready:
    try:
        source = prepare(sample)
    except NotTextError:
        return _Ready("invalid", sample.language)
    if not source.data.strip():
        return _Ready("empty", source.language)
    if 0 in source.data:
        return _Ready("binary", source.language)
    return _Ready("ok", source.language, source)


def _batches(samples: Iterable[_Ready]) -> Iterator[list[_Ready]]:
    """Cut samples into batches that are bounded in number and in bytes."""
    batch: list[_Ready] = []
    size = 0
    for sample in samples:
        batch.append(sample)
        size += len(sample.source.data) if sample.source else 0
        if len(batch) == BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _measured(samples: list[_Ready], only_code: bool, chosen: lexicon.Chosen | None) -> Features:
    status = [sample.status for sample in samples]
    sources = {i: sample.source for i, sample in enumerate(samples) if sample.source}
    batch = Batch.of(tuple(sources.values()))
    if only_code and (prose := _no_code(sources, batch)):
        for i in prose:
            status[i] = "not_code"
            del sources[i]
        batch = Batch.of(tuple(sources.values()))
    at = np.array(list(sources), dtype=np.intp)
    dense = np.zeros((len(samples), len(registry.COLUMNS)), dtype=np.float32)
    lines, parsed = np.zeros(len(samples), np.int32), np.zeros(len(samples), np.bool_)
    views = lexicon.nothing(chosen)
    if sources:
        dense[at] = registry.measure_batch(batch)
        lines[at] = batch.lines
        parsed[at] = [source.syntax is not None for source in batch.sources]
        views = lexicon.count_batch(batch, chosen)
    return Features(
        dense,
        tuple(view.spread(at, len(samples)) for view in views),
        tuple(status),
        tuple(sample.language for sample in samples),
        parsed,
        lines,
    )


def _no_code(sources: Mapping[int, Source], batch: Batch) -> list[int]:
    """Return which samples, laid together in `batch`, are clearly no code."""
    if not sources:
        return []
    return [i for i in compress(sources, may_be_no_code(batch).tolist()) if is_not_code(sources[i])]
