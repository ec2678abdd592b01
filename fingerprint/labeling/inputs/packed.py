"""Pieces that carry their rows: of kinds that cannot be entered in the middle."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from fingerprint.labeling.pieces import Piece, Reading

BATCH = 1024
"""Rows that are handed on at a time."""


def read(piece: Piece, reading: Reading) -> Iterator[pa.Table]:  # noqa: ARG001 - as every kind
    """Yield the rows that a piece carries."""
    with pa.ipc.open_stream(pa.py_buffer(piece.data or b"")) as reader:
        for batch in reader:
            for at in range(0, batch.num_rows, BATCH):
                yield pa.Table.from_batches([batch.slice(at, BATCH)])
