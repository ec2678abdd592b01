"""The Parquet files of a labelled corpus, read a batch at a time and always in one order."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from fingerprint.curation.errors import CurationError, NotLabelledError, UnreadableShardError
from fingerprint.labeling.columns import CHOSEN

BATCH = 1024
"""Rows that are in memory at a time; source files of a few KiB make some MiB of them."""

STATUS, AI, PROBABILITIES, MODEL = "fp_status", "fp_ai_probability", "fp_probabilities", "fp_model"
PREFIX = "fp_"

TEXTS = {".jsonl": "JSON Lines", ".ndjson": "JSON Lines", ".json": "JSON", ".csv": "CSV"}
"""Formats that are read or written elsewhere, but not here, by how names of files end."""

Batch = Any
"""A pyarrow record batch."""

Column = Any
"""A pyarrow array of whatever type. Its stubs let no function take one, so it has no type here."""


@dataclass(frozen=True)
class Shards:
    """Files of one schema, and how many rows they have together.

    `chosen`: rows of some were chosen by their answers, which then are not those of a corpus.
    `folders`: those that were named, and would be read with all that lies in them.
    """

    files: tuple[Path, ...]
    schema: pa.Schema
    rows: int
    chosen: bool = False
    folders: tuple[Path, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The model's classes, in its order."""
        return tuple(field.name for field in self.schema.field(PROBABILITIES).type)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[Batch]:
        """Yield all rows in order, at most `BATCH` at a time; `columns` None means all.

        Raises UnreadableShardError, which names the file and its row group.
        """
        names = self.schema.names if columns is None else list(columns)
        for path in self.files:
            yield from _batches(path, names)


def open_shards(inputs: Iterable[str | Path]) -> Shards:
    """Return the labelled Parquet files that files, folders and globs name, each once.

    A folder stands for all `*.parquet` below it by name, without what begins with "." or "_".
    Raises CurationError where there is none, where one cannot be read or differs in its columns,
    and NotLabelledError where the columns of `fingerprint label` are missing.
    """
    named = list(inputs)
    files = tuple(dict.fromkeys(path for each in named for path in _found(each)))
    folders = tuple(Path(each) for each in named if Path(each).is_dir())
    schemas, rows = [], 0
    for path in files:
        with _opened(path) as file:
            schemas.append(file.schema_arrow)
            rows += file.metadata.num_rows
        _check_labelled(path, schemas[-1])
        _check_same(files[0], schemas[0], path, schemas[-1])
    chosen = any(CHOSEN in (schema.metadata or {}) for schema in schemas)
    return Shards(files, schemas[0], rows, chosen, folders)


def _found(name: str | Path) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        found = sorted(each for each in path.rglob("*.parquet") if not _hidden(each, path))
    elif path.exists():
        found = [path]
    else:
        found = sorted(Path(each) for each in glob.glob(str(name), recursive=True))  # noqa: PTH207 - absolute patterns too
    if not found:
        what = "has no .parquet file below it" if path.is_dir() else "does not exist"
        raise CurationError(f"{name} {what}: name Parquet files, folders of them, or a glob")
    return [each for one in found for each in (_found(one) if one.is_dir() else [one])]


def _hidden(path: Path, home: Path) -> bool:
    return not path.is_file() or passed_over(path, home)


def passed_over(path: Path, home: Path) -> bool:
    """Return whether a path below the folder `home` is not read with it, by its name."""
    return any(part.startswith((".", "_")) for part in path.relative_to(home).parts)


def _opened(path: Path) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        text = next((TEXTS[each] for each in path.suffixes[-2:] if each in TEXTS), None)
        if text is not None:
            raise CurationError(
                f"{path} is {text}: curate and card read Parquet; label it to .parquet"
            ) from error
        raise UnreadableShardError(path, str(error)) from error


def _batches(path: Path, names: list[str]) -> Iterator[Batch]:
    with _opened(path) as file:
        for group in range(file.num_row_groups):
            try:
                for batch in file.iter_batches(BATCH, row_groups=[group], columns=names):
                    yield batch.select(names)
            except (OSError, pa.ArrowException) as error:
                raise UnreadableShardError(path, str(error), group) from error


def _check_labelled(path: Path, schema: pa.Schema) -> None:
    missing = [name for name in (STATUS, AI, PROBABILITIES, MODEL) if name not in schema.names]
    if missing:
        raise NotLabelledError(path, f"has no column {missing[0]}")
    fits = {
        AI: pa.types.is_floating(schema.field(AI).type),
        PROBABILITIES: pa.types.is_struct(schema.field(PROBABILITIES).type),
    }
    for name, good in fits.items():
        if not good:
            raise NotLabelledError(path, f"has {schema.field(name).type} in {name}")


def _check_same(first: Path, wanted: pa.Schema, path: Path, found: pa.Schema) -> None:
    own, theirs = ({field.name: field.type for field in each} for each in (wanted, found))
    for name in sorted(own.keys() | theirs.keys()):
        if own.get(name) != theirs.get(name):
            raise CurationError(
                f"{path} has {theirs.get(name, 'nothing')} in column {name}, {first.name} has "
                f"{own.get(name, 'nothing')}: give files of one schema, labelled by one model"
            )
