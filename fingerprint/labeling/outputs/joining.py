"""One file from its shards, in bounded memory; it appears whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from fingerprint.labeling.outputs.formats import parquet_file, sync
from fingerprint.labeling.outputs.targets import Target, cannot_write

_BLOCK = 1 << 20


def join(target: Target, shards: Sequence[Path], schema: pa.Schema) -> None:
    """Write the file of a target from its shards in order; raises `OutputError` if it cannot."""
    part = target.state / "joined.part"
    try:
        if target.format == "parquet":
            _join_parquet(shards, part, schema)
        else:
            _join_bytes(shards, part, "zstd" if target.format.endswith(".zst") else None)
        sync(str(part))
        part.replace(target.final)
        sync_folder(target.final.parent)
    except OSError as error:
        raise cannot_write(target.path, error) from error


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, where the system can do so."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _join_parquet(shards: Sequence[Path], part: Path, schema: pa.Schema) -> None:
    with parquet_file(str(part), schema) as writer:
        for shard in shards:
            with parquet.ParquetFile(shard, pre_buffer=False) as file:
                for group in range(file.num_row_groups):
                    table = file.read_row_group(group)
                    writer.write_table(table, row_group_size=max(table.num_rows, 1))


def _join_bytes(shards: Sequence[Path], part: Path, codec: Any) -> None:
    """Packed with gzip, files one after the other are one file."""
    with pa.output_stream(str(part), compression=codec) as sink:
        for shard in shards:
            with shard.open("rb") as file:
                shutil.copyfileobj(file, sink, _BLOCK)
