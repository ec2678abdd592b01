"""Frames of pandas and polars: their own columns stay untouched, the added ones come from Arrow.

Both are `Any` here, for neither library need be there; whoever hands a frame in has it loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from fingerprint.labeling.arrow_kinds import join, warn_of_replaced
from fingerprint.labeling.columns import NAMES
from fingerprint.labeling.labeler import Labeler
from fingerprint.labeling.parallel import Piece, answers


def label_pandas(frame: Any, labeler: Labeler, batch_size: int, workers: int) -> Any:
    """Return a pandas frame with the added columns; its index and dtypes stay."""
    labeler.check_names(frame.columns)
    labeler.check(pa.Schema.from_pandas(frame[labeler.named].head(0), preserve_index=False))
    warn_of_replaced(frame.columns)

    def pieces() -> Iterator[Piece]:
        for at in range(0, len(frame), batch_size):
            part = frame.iloc[at : at + batch_size]
            yield {role: part[name].tolist() for role, name in labeler.roles}

    added = join(answers(labeler, pieces(), workers), labeler).to_pandas()
    added.index = frame.index
    kept = frame.drop(columns=[*NAMES], errors="ignore")
    return kept.assign(**{name: added[name] for name in NAMES})


def label_polars(frame: Any, labeler: Labeler, batch_size: int, workers: int) -> Any:
    """Return a polars frame with the added columns."""
    labeler.check_names(frame.columns)
    labeler.check(frame.head(0).select(labeler.named).to_arrow().schema)
    warn_of_replaced(frame.columns)

    def pieces() -> Iterator[Piece]:
        for at in range(0, frame.height, batch_size):
            part = frame[at : at + batch_size]
            yield {role: part[name].to_list() for role, name in labeler.roles}

    added = join(answers(labeler, pieces(), workers), labeler)
    return frame.drop(NAMES, strict=False).hstack(type(frame)(added))


def label_lazy_polars(frame: Any, labeler: Labeler, batch_size: int, workers: int) -> Any:
    """Return a lazy polars frame with the added columns; it is collected for that, here and now."""
    return label_polars(frame.collect(), labeler, batch_size, workers).lazy()
