"""Every extractor in plain sight: one ordered tuple; its order is the order of the columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features import comments, lexicon
from fingerprint_features.batch import Batch, Columns
from fingerprint_features.groups import FloatArray
from fingerprint_features.shape import roles, tree
from fingerprint_features.source import MAX_BYTES, Source
from fingerprint_features.stylometry import idiom, layout, naming, spacing


@dataclass(frozen=True)
class Extractor:
    """A named, versioned block of columns. The version rises when a column's value changes.

    `group` is what ablations leave out and drift reports on; `parsed` says that the columns
    hold nothing without a grammar.
    """

    id: str
    group: str
    columns: Mapping[str, str]
    measure: Callable[[Batch], Columns]
    parsed: bool = False

    @property
    def prefix(self) -> str:
        """What the names of its columns start with."""
        return self.id.split(".")[0]


EXTRACTORS: tuple[Extractor, ...] = (
    Extractor("layout.v1", "stylometry", layout.COLUMNS, layout.measure),
    Extractor("spacing.v1", "stylometry", spacing.COLUMNS, spacing.measure),
    Extractor("naming.v1", "stylometry", naming.COLUMNS, naming.measure),
    Extractor("idiom.v1", "stylometry", idiom.COLUMNS, idiom.measure),
    Extractor("roles.v1", "shape", roles.COLUMNS, roles.measure, parsed=True),
    Extractor("tree.v1", "shape", tree.COLUMNS, tree.measure, parsed=True),
    Extractor("comments.v1", "comments", comments.COLUMNS, comments.measure),
)

COLUMNS: tuple[str, ...] = tuple(
    f"{extractor.prefix}.{name}" for extractor in EXTRACTORS for name in extractor.columns
)

DESCRIPTIONS: dict[str, str] = {
    f"{extractor.prefix}.{name}": words
    for extractor in EXTRACTORS
    for name, words in extractor.columns.items()
}

GROUPS: dict[str, str] = {
    f"{extractor.prefix}.{name}": extractor.group
    for extractor in EXTRACTORS
    for name in extractor.columns
}


def measure(source: Source) -> npt.NDArray[np.float32]:
    """Return all dense columns of a sample, shape (len(COLUMNS),), all finite."""
    row: npt.NDArray[np.float32] = measure_batch(Batch.of([source]))[0]
    return row


def measure_batch(batch: Batch) -> npt.NDArray[np.float32]:
    """Return all dense columns of samples, shape (samples, len(COLUMNS)), all finite."""
    rows: list[FloatArray] = []
    for extractor in EXTRACTORS:
        values = extractor.measure(batch)
        rows.extend(values[name] for name in extractor.columns)
    # Columns are laid side by side last: copying them whole into rows is slow.
    return np.ascontiguousarray(np.stack(rows).astype(np.float32).T)


def schema() -> dict[str, object]:
    """Return what a model must agree with: extractors, columns, lexicon views, bounds."""
    return {
        "extractors": [extractor.id for extractor in EXTRACTORS],
        "columns": list(COLUMNS),
        "lexicon": {
            "views": list(lexicon.VIEWS),
            "buckets": lexicon.BUCKETS,
            "character_orders": list(lexicon.CHARACTER_ORDERS),
            "token_orders": list(lexicon.TOKEN_ORDERS),
        },
        "max_bytes": MAX_BYTES,
    }


def schema_hash() -> str:
    """Return the SHA-256 of the schema; a model refuses to run on any other."""
    return hashlib.sha256(repr(sorted(schema().items())).encode()).hexdigest()
