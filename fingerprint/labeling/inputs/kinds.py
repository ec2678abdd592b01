"""The kinds of input in plain sight: how each tells its columns, is cut, and is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from fingerprint.labeling.inputs import (
    arrow_files,
    csv_files,
    lines,
    packed,
    parquet_files,
    trees,
)
from fingerprint.labeling.pieces import FLAW_FIELDS, Piece, Reading, Source


@dataclass(frozen=True)
class Kind:
    """What every kind of input can do; each raises `InputError` for a file that is unsound."""

    schema: Callable[[Source, Reading], pa.Schema]
    cut: Callable[[Source, Reading], Iterator[Piece]]
    read: Callable[[Piece, Reading], Iterator[pa.Table]]


KINDS = {
    "parquet": Kind(parquet_files.schema, parquet_files.cut, parquet_files.read),
    "arrow": Kind(arrow_files.schema, arrow_files.cut, arrow_files.read),
    "lines": Kind(lines.schema, lines.cut, lines.read),
    "csv": Kind(csv_files.schema, csv_files.cut, packed.read),
    "tree": Kind(trees.schema, trees.cut, packed.read),
}

SPLIT = "split"
"""The column that says which split of a saved data set a row is of, where it has none."""


def read(piece: Piece, reading: Reading) -> Iterator[pa.Table]:
    """Yield the rows of a piece in few rows at a time: the columns read, then the two of flaws."""
    if piece.rows == 0:
        return
    for table in KINDS[piece.source.kind].read(piece, reading):
        yield conformed(table, piece.source, reading.schema)


def conformed(table: pa.Table, source: Source, schema: pa.Schema) -> pa.Table:
    """Return a table with the columns of `schema` in their types, null where it has none."""
    whole = pa.schema([*schema, *FLAW_FIELDS])
    arrays = []
    for field in whole:
        if field.name in table.column_names:
            column = table.column(field.name)
            arrays.append(column if column.type == field.type else column.cast(field.type))
        elif field.name == SPLIT and source.split is not None:
            arrays.append(pa.array([source.split] * table.num_rows, field.type))
        else:
            arrays.append(pa.nulls(table.num_rows, field.type))
    return pa.table(arrays, schema=whole)
