"""Formats of shards: Parquet, JSON Lines and CSV, the last two packed or not."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from fingerprint.labeling.columns import PREFIX
from fingerprint.labeling.inputs.streams import compression_of

FORMATS = ("parquet", *(f"{n}{c}" for n in ("jsonl", "csv") for c in ("", ".gz", ".zst")))
"""The formats, each the ending of a name."""

GROUP = 16 << 20
"""Bytes that are held before a row group is written."""


class Writer(Protocol):
    """A shard that is being written."""

    def write(self, table: pa.Table) -> None:
        """Add rows."""

    def close(self) -> None:
        """Write what is held."""


def format_of(path: str) -> str | None:
    """Return the format that a name tells, or None."""
    return next((name for name in FORMATS if path.lower().endswith(f".{name}")), None)


def open_writer(path: str, schema: pa.Schema, kind: str, *, header: bool = True) -> Writer:
    """Return a writer of a new shard; a CSV one without `header` has rows only."""
    if kind == "parquet":
        return ParquetWriter(parquet_file(path, schema))
    codec: Any = compression_of(f".{kind}")
    stream = pa.output_stream(path, compression=codec)
    if kind.startswith("csv"):
        stream.write(_header(schema) if header else b"")
        return CsvWriter(stream)
    return LinesWriter(stream)


def parquet_file(path: str, schema: pa.Schema) -> parquet.ParquetWriter:
    """Return a Parquet file to be written, with statistics of numbers and of our own texts.

    Those of other texts are left out: for its minimum and maximum, a text of 100 MB is copied so
    often that it takes 600 MB more.
    """
    plain = [each for each in schema if not pa.types.is_nested(each.type)]
    told = [each.name for each in plain if each.name.startswith(PREFIX) or _is_short(each.type)]
    return parquet.ParquetWriter(path, schema, compression="zstd", write_statistics=told or False)


def sync(path: str) -> int:
    """Wait until the disk has a file; return its size in bytes."""
    with open(path, "rb") as file:  # noqa: PTH123 - a str
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size


@dataclass
class ParquetWriter:
    """Holds tables until they make a row group."""

    file: parquet.ParquetWriter
    held: list[pa.Table] = field(default_factory=list)

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        self.held.append(table)
        if sum(each.nbytes for each in self.held) >= GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is held, and the footer."""
        self._flush()
        self.file.close()

    def _flush(self) -> None:
        if self.held:
            table = pa.concat_tables(self.held)
            self.held = []
            self.file.write_table(table, row_group_size=max(table.num_rows, 1))


@dataclass(frozen=True)
class LinesWriter:
    """One JSON object a line, its keys in the order of the columns."""

    stream: Any

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        for row in _sound(_rounded(table)).to_pylist():
            line = json.dumps(row, ensure_ascii=False, default=str) + "\n"
            self.stream.write(line.encode("utf-8", "replace"))

    def close(self) -> None:
        """Write what is held."""
        self.stream.close()


@dataclass(frozen=True)
class CsvWriter:
    """Cells as Arrow writes them; lists and structs as JSON."""

    stream: Any

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        flat = _flat(_sound(_rounded(table)))
        csv.write_csv(flat, self.stream, csv.WriteOptions(include_header=False))

    def close(self) -> None:
        """Write what is held."""
        self.stream.close()


def _is_short(type_: pa.DataType) -> bool:
    kinds = (pa.types.is_primitive, pa.types.is_boolean, pa.types.is_decimal)
    return any(is_kind(type_) for is_kind in kinds)


def _header(schema: pa.Schema) -> bytes:
    quoted = (name.replace('"', '""') for name in schema.names)
    return ",".join(f'"{name}"' for name in quoted).encode() + b"\n"


def _flat(table: pa.Table) -> pa.Table:
    for at, each in enumerate(table.schema):
        if pa.types.is_nested(each.type):
            cells = [
                None if value is None else json.dumps(value, ensure_ascii=False, default=str)
                for value in table.column(at).to_pylist()
            ]
            table = table.set_column(at, each.name, pa.array(cells, pa.string()))
    return table


def _rounded(table: pa.Table) -> pa.Table:
    """Return our own 32-bit numbers with six decimals, and not with the digits of a 64-bit one."""
    for at, each in enumerate(table.schema):
        if each.name.startswith(PREFIX):
            table = table.set_column(at, each.name, _six(table.column(at).combine_chunks()))
    return table


def _six(array: Any) -> Any:
    if array.type == pa.float32():
        return pc.round(array.cast(pa.float64()), ndigits=6)
    if not pa.types.is_struct(array.type):
        return array
    fields = [_six(each) for each in array.flatten()]
    names = [each.name for each in array.type]
    return pa.StructArray.from_arrays(fields, names=names, mask=pc.is_null(array))


def _sound(table: pa.Table) -> pa.Table:
    """Return a table whose texts and bytes are Unicode text, for what is written as such."""
    for at, each in enumerate(table.schema):
        if each.type in (pa.string(), pa.large_string(), pa.binary(), pa.large_binary()):
            table = table.set_column(at, each.name, _decoded(table.column(at)))
    return table


def _decoded(column: Any) -> Any:
    large = column.type in (pa.large_string(), pa.large_binary())
    raw = column.cast(pa.large_binary() if large else pa.binary())
    try:
        return raw.cast(pa.large_string() if large else pa.string())
    except pa.ArrowInvalid:
        return pa.array(list(_replaced(raw)), pa.large_string() if large else pa.string())


def _replaced(column: Any) -> Iterator[str | None]:
    for value in column:
        data = value.as_py()
        yield None if data is None else data.decode("utf-8", "replace")
