"""Label a data set of any kind: what goes in comes out, with the `fp_` columns."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from fingerprint.labeling import arrow_kinds, frames, hugging_face
from fingerprint.labeling.errors import LabelError, LabelTypeError
from fingerprint.labeling.labeler import Labeler

T = TypeVar("T")

BATCH_ROWS = 512
"""Rows that are labelled at a time: enough that few batches wait for a slow one, and few enough
that two processes share a data set of some thousand rows evenly."""

KINDS: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "pyarrow": {
        "Table": arrow_kinds.label_table,
        "RecordBatch": arrow_kinds.label_batch,
        "RecordBatchReader": arrow_kinds.label_reader,
    },
    "datasets": {
        "Dataset": hugging_face.label_dataset,
        "IterableDataset": hugging_face.label_iterable,
        "DatasetDict": hugging_face.label_splits,
        "IterableDatasetDict": hugging_face.label_splits,
    },
    "pandas": {"DataFrame": frames.label_pandas},
    "polars": {"DataFrame": frames.label_polars, "LazyFrame": frames.label_lazy_polars},
}
"""What labels each kind of data set, by library and class."""


def label(
    dataset: T,
    code: str = "content",
    language: str | None = None,
    path: str | None = None,
    *,
    batch_size: int = BATCH_ROWS,
    workers: int = 1,
    mode: str = "balanced",
    model: str | Path | None = None,
) -> T:
    """Return `dataset` with the columns that say who wrote each row's code, and nothing else new.

    It is a `datasets.Dataset`, `IterableDataset`, `DatasetDict` or `IterableDatasetDict`, an Arrow
    table, record batch, reader or iterator of record batches, or a frame of pandas or polars; the
    same kind comes back, rows in order. Readers, iterators and iterable data sets are labelled as
    they are read, in constant memory; a `LazyFrame` is collected at once. Families are `ClassLabel`
    features in a `datasets` kind.

    `code`, `language` and `path` name columns; where a row's language is not stated or not known,
    its path tells, then its content. A row that cannot be scored has an `fp_status` other than
    "ok" (`null`, `invalid`, `undecodable`, `empty`, `binary`, `not_code`) and null answers. Added
    columns that are there already are replaced, with a warning. `workers` processes label
    `batch_size` rows at a time. `mode` is "best-guess", "balanced" or "high-precision", `model` a
    model folder, None the shipped one. Raises `LabelError` (a ValueError) for a missing column and
    a wrong setting, `LabelTypeError` (a TypeError too) for another kind of object and a column that
    cannot hold text, and as `fingerprint.load` for the model.
    """
    for name, value in (("batch_size", batch_size), ("workers", workers)):
        if value < 1:
            raise LabelError(f"{name} must be at least 1, not {value}")
    labels = _labels(dataset)
    folder = None if model is None else str(model)
    labeler = Labeler(code, language, path, mode, folder)
    labelled: T = labels(dataset, labeler, batch_size, workers)
    return labelled


def _labels(dataset: object) -> Callable[..., Any]:
    """Return what labels a data set; its library is loaded, or it would not be there."""
    for library, classes in KINDS.items():
        loaded = sys.modules.get(library)
        for name, labels in classes.items():
            # A module of the user's own may have the library's name.
            kind = getattr(loaded, name, None)
            if isinstance(kind, type) and isinstance(dataset, kind):
                return labels
    if isinstance(dataset, Iterator):
        return arrow_kinds.label_batches
    kinds = ", ".join(f"{library}.{name}" for library, each in KINDS.items() for name in each)
    raise LabelTypeError(
        f"a {type(dataset).__module__}.{type(dataset).__qualname__} cannot be labelled: "
        f"hand in {kinds} or an iterator of record batches"
    )
