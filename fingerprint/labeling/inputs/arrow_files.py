"""Arrow files, as `datasets` saves them: streams of record batches, mapped into memory."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from fingerprint.labeling.inputs.streams import unreadable
from fingerprint.labeling.pieces import Piece, Reading, Source

BATCH = 1024
"""Rows that are handed on at a time."""

_FILE_MAGIC = b"ARROW1"


def schema(source: Source, reading: Reading) -> pa.Schema:  # noqa: ARG001 - as every kind
    """Return the columns."""
    try:
        with pa.memory_map(source.path) as mapped:
            if mapped.read(len(_FILE_MAGIC)) == _FILE_MAGIC:
                return pa.ipc.open_file(mapped).schema
            mapped.seek(0)
            return pa.ipc.open_stream(mapped).schema
    except (OSError, pa.ArrowException) as error:
        raise unreadable(source.path, error) from error


def cut(source: Source, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces; the sizes of batches are known without reading what is in them."""
    first = rows = size = number = 0
    for batch in _batches(source):
        wanted = [name for name in reading.schema.names if name in batch.schema.names]
        weight = sum(batch.column(name).nbytes for name in wanted) // max(batch.num_rows, 1)
        step = min(BATCH, reading.rows, max(1, reading.bytes // max(weight, 1)))
        for at in range(0, batch.num_rows, step):
            more = min(step, batch.num_rows - at)
            if rows and (rows + more > reading.rows or size + more * weight > reading.bytes):
                yield Piece(source, number, first, rows, weight=size)
                first, rows, size, number = first + rows, 0, 0, number + 1
            rows, size = rows + more, size + more * weight
    if rows or number == 0:
        yield Piece(source, number, first, rows, weight=size)


def read(piece: Piece, reading: Reading) -> Iterator[pa.Table]:
    """Yield the rows of a piece."""
    skip, left = piece.first, piece.rows
    for batch in _batches(piece.source):
        if skip >= batch.num_rows:
            skip -= batch.num_rows
            continue
        wanted = [name for name in reading.schema.names if name in batch.schema.names]
        chosen = pa.Table.from_batches([batch]).select(wanted).slice(skip, left)
        skip, left = 0, left - chosen.num_rows
        for at in range(0, chosen.num_rows, BATCH):
            yield chosen.slice(at, BATCH)
        if left == 0:
            return


def _batches(source: Source) -> Iterator[pa.RecordBatch]:
    number = 0
    try:
        with pa.memory_map(source.path) as mapped:
            if mapped.read(len(_FILE_MAGIC)) == _FILE_MAGIC:
                file = pa.ipc.open_file(mapped)
                for number in range(file.num_record_batches):
                    yield file.get_batch(number)
                return
            mapped.seek(0)
            for batch in pa.ipc.open_stream(mapped):
                yield batch
                number += 1
    except (OSError, pa.ArrowException) as error:
        raise unreadable(source.path, error, f"batch {number}") from error
