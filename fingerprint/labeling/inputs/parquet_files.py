"""Parquet: cut by the row groups in its footer, read by workers; one giant group is streamed."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pyarrow as pa
from pyarrow import parquet

from fingerprint.labeling.inputs import packed
from fingerprint.labeling.inputs.streams import unreadable
from fingerprint.labeling.pieces import Piece, Reading, Source, pack

BATCH = 1024
"""Rows that are decoded at a time."""

GIANT = 8
"""A row group of more pieces than this is read once, where pieces are handed out: a worker that
enters it in the middle must decode all that stands before."""

_PAGES = 1 << 20  # bytes of a buffered read; without it a whole column chunk is fetched at once


def schema(source: Source, reading: Reading) -> pa.Schema:  # noqa: ARG001 - as every kind
    """Return the columns, from the footer."""
    with _open(source.path) as file:
        return file.schema_arrow


def cut(source: Source, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces: several small row groups, one, or a part of a large one."""
    with _open(source.path) as file:
        weigh = os.path.getsize(source.path) / max(file.metadata.num_rows, 1)  # noqa: PTH202
        number = 0
        for first, rows, groups in _runs(file, reading):
            step = rows if len(groups) > 1 else min(rows, _fitting(file, groups[0], reading))
            giant = rows > GIANT * step
            parts = (
                _streamed(file, source, groups[0], step, reading) if giant else _parts(rows, step)
            )
            for at, size, data in parts:
                weight = int(weigh * size)
                place = (groups[0], len(groups)) if data is None else (at, 0)
                yield Piece(source, number, first + at, size, *place, weight, data)
                number += 1
    if number == 0:
        yield Piece(source, 0, 0, 0)


def read(piece: Piece, reading: Reading) -> Iterator[pa.Table]:
    """Yield the rows of a piece, those before it in its first row group passed over."""
    if piece.data is not None:
        yield from packed.read(piece, reading)
        return
    groups = range(piece.start, piece.start + piece.length)
    with _open(piece.source.path) as file:
        before = sum(file.metadata.row_group(g).num_rows for g in range(piece.start))
        skip, left = piece.first - before, piece.rows
        for group in groups:
            for batch in _batches(file, piece.source, group, reading):
                table = pa.Table.from_batches([batch]).slice(skip, left)
                skip = max(0, skip - batch.num_rows)
                left -= table.num_rows
                if table.num_rows:
                    yield table
                if left == 0:
                    return


def _open(path: str) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(path, buffer_size=_PAGES, pre_buffer=False)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from error


def _batches(
    file: parquet.ParquetFile, source: Source, group: int, reading: Reading
) -> Iterator[pa.RecordBatch]:
    there = set(file.schema_arrow.names)
    columns = [name for name in reading.schema.names if name in there]
    try:
        yield from file.iter_batches(BATCH, row_groups=[group], columns=columns, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(source.path, error, f"row group {group}") from error


def _runs(file: parquet.ParquetFile, reading: Reading) -> Iterator[tuple[int, int, list[int]]]:
    """Yield (first row, rows, row groups): as many small groups as fit into a piece, or one."""
    first = rows = size = 0
    groups: list[int] = []
    for group in range(file.metadata.num_row_groups):
        more, weight = file.metadata.row_group(group).num_rows, _size(file, group, reading)
        if groups and (rows + more > reading.rows or size + weight > reading.bytes):
            yield first, rows, groups
            first, rows, size, groups = first + rows, 0, 0, []
        groups.append(group)
        rows, size = rows + more, size + weight
    if rows:
        yield first, rows, groups


def _parts(rows: int, step: int) -> Iterator[tuple[int, int, bytes | None]]:
    """Yield (row in the group, rows, nothing) of each part of a row group."""
    for at in range(0, rows, step):
        yield at, min(step, rows - at), None


def _fitting(file: parquet.ParquetFile, group: int, reading: Reading) -> int:
    """Return how many rows of a row group make a piece."""
    rows: int = file.metadata.row_group(group).num_rows
    size = max(_size(file, group, reading), 1)
    return max(1, min(reading.rows, reading.bytes * rows // size))


def _size(file: parquet.ParquetFile, group: int, reading: Reading) -> int:
    """Return the bytes of the columns that are read, encoded but not compressed."""
    wanted, meta = set(reading.schema.names), file.metadata.row_group(group)
    columns = (meta.column(i) for i in range(meta.num_columns))
    return sum(
        column.total_uncompressed_size
        for column in columns
        if column.path_in_schema.split(".")[0] in wanted
    )


def _streamed(
    file: parquet.ParquetFile, source: Source, group: int, step: int, reading: Reading
) -> Iterator[tuple[int, int, bytes | None]]:
    """Yield (row in the group, rows, the rows): the batches of `step` rows, each decoded once."""
    at = held = 0
    batches: list[pa.RecordBatch] = []
    for whole in _batches(file, source, group, reading):
        batch = whole
        while held + batch.num_rows >= step:
            batches.append(batch.slice(0, step - held))
            yield at, step, pack(pa.Table.from_batches(batches))
            at, batch = at + step, batch.slice(step - held)
            held, batches = 0, []
        if batch.num_rows:
            batches.append(batch)
            held += batch.num_rows
    if held:
        yield at, held, pack(pa.Table.from_batches(batches))
