"""What a command writes appears whole or not at all, and rows go out in row groups of one size."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pyarrow import parquet

from fingerprint.curation.errors import CurationError
from fingerprint.curation.shards import Batch

GROUP_BYTES = 64 << 20
"""Bytes of a row group in memory."""

SHARD_BYTES = 1 << 30
"""Bytes in memory after which a folder gets another file; a third to a tenth of it on disk."""

COMPRESSION: Literal["zstd"] = "zstd"
SHARD = "train-{:05d}-of-{:05d}.parquet"
"""Names by which the Hugging Face hub knows a training split."""

HUB = b"huggingface"
"""Where the hub's libraries keep what they know of the columns."""

_HUB_NAMES = {"float": "float32"}


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Yield a free path beside `target` that takes its place at the end, after no error.

    Folder or file; what stood there before is replaced. Raises CurationError where the place
    cannot be written.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        yield partial
        _put_in_place(partial, target)
    except OSError as error:
        raise CurationError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


def _put_in_place(partial: Path, target: Path) -> None:
    if not target.is_dir():
        partial.replace(target)
        return
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    target.rename(old)  # a folder cannot be renamed onto one that is not empty
    try:
        partial.replace(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def with_column(schema: pa.Schema, name: str, kind: pa.DataType) -> pa.Schema:
    """Return a schema with one more column at its end, in place of one of that name.

    What the hub's libraries have noted of the columns is told of it too, or they would refuse it.
    """
    fields = [each for each in schema if each.name != name]
    made = pa.schema([*fields, pa.field(name, kind)])
    metadata = dict(schema.metadata or {})
    if HUB in metadata:
        noted = json.loads(metadata[HUB])
        noted.get("info", {}).get("features", {})[name] = {
            "dtype": _HUB_NAMES.get(str(kind), str(kind)),
            "_type": "Value",
        }
        metadata[HUB] = json.dumps(noted).encode()
    return made.with_metadata(metadata) if metadata else made


@dataclass
class Buffered:
    """Rows on their way to Parquet files; `path_of` names the next one, by how many there are."""

    schema: pa.Schema
    path_of: Callable[[int], Path]
    shard_bytes: int | None = None
    paths: list[Path] = field(default_factory=list)
    _waiting: list[Batch] = field(default_factory=list)
    _held: int = 0
    _written: int = 0
    _file: parquet.ParquetWriter | None = None

    def add(self, batch: Batch) -> None:
        """Take the rows of a batch; they are written when there are enough of them."""
        if not batch.num_rows:
            return
        self._waiting.append(batch)
        self._held += batch.nbytes
        if self._held >= GROUP_BYTES:
            self._flush()

    def close(self, *, whole: bool = True) -> None:
        """Write what waits; an empty file where there were no rows at all.

        After an error (not `whole`) the file is closed as it is, to be thrown away.
        """
        if whole and (self._waiting or not self.paths):
            self._flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _flush(self) -> None:
        if self._file is None:
            self.paths.append(self.path_of(len(self.paths)))
            self._file = parquet.ParquetWriter(self.paths[-1], self.schema, compression=COMPRESSION)
        self._file.write_table(pa.Table.from_batches(self._waiting, self.schema))
        self._written += self._held
        self._waiting, self._held = [], 0
        if self.shard_bytes is not None and self._written >= self.shard_bytes:
            self._file.close()
            self._file, self._written = None, 0
