"""Which rows are post-review code: merged, and still there two weeks later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.curation.errors import CurationError
from fingerprint.curation.shards import Batch, Column

MERGED, SURVIVED = "merged", "survived_days"
"""Columns that are looked at where a corpus has them and no others are named."""

LEAST_DAYS = 14.0
"""Days that code must have survived its merge."""


@dataclass(frozen=True)
class Review:
    """Names of the columns that tell; None for one that the corpus has not."""

    merged: str | None = None
    survived: str | None = None
    least_days: float = LEAST_DAYS

    @property
    def known(self) -> bool:
        """Whether the corpus says anything of review."""
        return self.merged is not None or self.survived is not None

    def __call__(self, batch: Batch) -> npt.NDArray[np.bool_]:
        """Tell for each row whether every named column says so, (n,); null is no."""
        told = np.full(batch.num_rows, self.known)
        if self.merged is not None:
            told &= _true(batch.column(self.merged))
        if self.survived is not None:
            told &= _filled(
                pc.greater_equal(batch.column(self.survived), pa.scalar(self.least_days))
            )
        return told


def find_review(
    schema: pa.Schema, *, merged: str | None, survived: str | None, least_days: float = LEAST_DAYS
) -> Review:
    """Return which columns of a corpus tell; None stands for `MERGED` and `SURVIVED`, if there.

    Raises CurationError where a named column is missing or of a type that cannot tell.
    """
    names = [
        name or (default if default in schema.names else None)
        for name, default in ((merged, MERGED), (survived, SURVIVED))
    ]
    for name, option, fits, wanted in (
        (names[0], "--merged", _tells_merged, "a boolean, a number, or a date"),
        (names[1], "--survived", _is_number, "a number of days"),
    ):
        if name is not None and name not in schema.names:
            raise CurationError(f"there is no column {name}: {option} takes one of the corpus")
        if name is not None and not fits(schema.field(name).type):
            found = schema.field(name).type
            raise CurationError(f"column {name} is of type {found}: {option} takes {wanted}")
    return Review(names[0], names[1], least_days)


def _true(column: Column) -> npt.NDArray[np.bool_]:
    if pa.types.is_boolean(column.type):
        return _filled(column)
    if _is_number(column.type):
        return _filled(pc.not_equal(column, pa.scalar(0)))
    return _filled(column.is_valid())  # a date of the merge


def _filled(column: Column) -> npt.NDArray[np.bool_]:
    result: npt.NDArray[np.bool_] = np.array(
        [value is True for value in column.to_pylist()], dtype=np.bool_
    )
    return result


def _tells_merged(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_boolean(kind) or _is_number(kind) or types.is_temporal(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
