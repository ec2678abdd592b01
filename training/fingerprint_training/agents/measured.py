"""Labelled changes measured once a tier of stripping, in parallel, finished parts kept on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from tqdm import tqdm

from fingerprint_features.activity import registry, words
from fingerprint_features.activity.extract import ActivityFeatures, extract
from fingerprint_features.extract import SparseRows
from fingerprint_features.provenance.strip import Tier
from fingerprint_features.provenance.stripped import stripped
from fingerprint_training.agents.rows import Labelled
from fingerprint_training.stages import Arrays, digest, stage

CHUNK = 250  # changes: some seconds of work, which is what a killed run loses per worker

STRIPPING = 1
"""Rises whenever `strip` gives other texts, so that no old part is taken."""


@dataclass(frozen=True)
class Measured:
    """Features of the same changes under each tier, in their order."""

    tiers: dict[Tier, ActivityFeatures]

    def __getitem__(self, tier: Tier) -> ActivityFeatures:
        return self.tiers[tier]


def measure(
    rows: Sequence[Labelled],
    tiers: Sequence[Tier],
    *,
    workers: int,
    cache: Path | None,
    progress: bool = False,
) -> Measured:
    """Measure changes under each tier; code, which no tier touches, is measured once."""
    chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    parts: dict[Tier, list[ActivityFeatures]] = {tier: [] for tier in tiers}
    parallel = Parallel(n_jobs=workers, backend="loky", return_as="generator")
    with tqdm(total=len(rows), unit="change", disable=not progress) as bar:
        for found in parallel(delayed(_part)(chunk, tuple(tiers), cache) for chunk in chunks):
            for tier in tiers:
                parts[tier].append(found[tier])
            bar.update(len(found[tiers[0]]))
    return Measured({tier: concatenate(each) for tier, each in parts.items()})


def concatenate(parts: Sequence[ActivityFeatures]) -> ActivityFeatures:
    """Join features of several batches, in order."""
    return ActivityFeatures(
        np.concatenate([part.dense for part in parts]),
        tuple(_joined(views) for views in zip(*(part.lexicon for part in parts), strict=True)),
    )


def _joined(views: Sequence[SparseRows]) -> SparseRows:
    lengths = np.concatenate([np.diff(view.indptr) for view in views])
    return SparseRows(
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        np.concatenate([view.indices for view in views]),
        np.concatenate([view.counts for view in views]),
    )


def _part(
    chunk: Sequence[Labelled], tiers: Sequence[Tier], cache: Path | None
) -> dict[Tier, ActivityFeatures]:
    told = (repr((row.change, row.style)) for row in chunk)
    key = digest(registry.schema_hash(), str(STRIPPING), *told)
    found: dict[Tier, ActivityFeatures] = {}
    for tier in tiers:
        known = found[tiers[0]].dense[:, _CODE] if found else None
        compute = partial(_measured, chunk, tier, known)
        found[tier] = _features(stage(cache, f"{key[:40]}-{tier}", compute))
    return found


_CODE = np.array([registry.GROUPS[name] == "code" for name in registry.COLUMNS])


def _measured(
    chunk: Sequence[Labelled], tier: Tier, code: npt.NDArray[np.float32] | None
) -> Arrays:
    changes = (stripped(row.change, tier) for row in chunk)
    features = extract(changes, code=code is None, styles=[row.style for row in chunk])
    dense = features.dense
    if code is not None:
        dense[:, _CODE] = code
    arrays: dict[str, npt.NDArray[np.generic]] = {"dense": dense}
    for name, view in zip(words.VIEWS, features.lexicon, strict=True):
        arrays |= {
            f"{name}.indptr": view.indptr,
            f"{name}.indices": view.indices,
            f"{name}.counts": view.counts,
        }
    return arrays


def _features(arrays: Arrays) -> ActivityFeatures:
    views = (
        SparseRows(*(arrays[f"{name}.{part}"] for part in ("indptr", "indices", "counts")))  # type: ignore[arg-type]
        for name in words.VIEWS
    )
    return ActivityFeatures(np.asarray(arrays["dense"], dtype=np.float32), tuple(views))
