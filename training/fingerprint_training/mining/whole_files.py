"""Files that appear whole or not at all, whatever stops the writing of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from fingerprint_training.mining.errors import CannotWriteError

CHUNK = 1 << 20  # bytes

Write = Callable[[pa.Table], None]


@contextmanager
def telling(path: Path, kept: Path) -> Iterator[None]:
    """Turn an OSError into CannotWriteError about `path`; finished work is `kept` there."""
    try:
        yield
    except OSError as error:
        raise CannotWriteError(path, error, kept) from error


@contextmanager
def whole(path: Path, kept: Path) -> Iterator[Path]:
    """Yield the name to write under; the file gets its own name when the block ends well.

    After an error nothing is left of it, and what stood at `path` before is untouched. Two runs
    may write at once: each has its own name to write under, and the last to finish wins.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        with telling(path, kept):
            os.replace(partial, path)  # noqa: PTH105 - the atomic call is meant
    finally:
        _remove(partial)


def write_text(path: Path, text: str, kept: Path) -> None:
    """Write a text as UTF-8; the file appears whole. Raises CannotWriteError."""
    with whole(path, kept) as partial, telling(path, kept):
        partial.write_text(text, encoding="utf-8")


@contextmanager
def parquet_file(path: Path, schema: pa.Schema, kept: Path) -> Iterator[Write]:
    """Yield a function that appends a table as row groups to a Parquet file that appears whole.

    Raises CannotWriteError where the file cannot be written; other errors of the block pass.
    """
    with whole(path, kept) as partial:
        with telling(path, kept):
            writer = parquet.ParquetWriter(partial, schema, compression="zstd")

        def write(table: pa.Table) -> None:
            with telling(path, kept):
                writer.write_table(table)

        try:
            yield write
        except BaseException:
            _give_up(writer)
            raise
        with telling(path, kept):
            writer.close()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            state.update(piece)
    return state.hexdigest()


def _give_up(writer: Any) -> None:
    """Close a writer whose file is to be thrown away; a full disk may refuse its last bytes."""
    try:
        writer.close()
    except OSError:
        return


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
