"""Files and data sets as one pyarrow table, before anybody asks what the columns mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv, json, parquet

from fingerprint_training.errors import CorpusError, UnreadableCorpusError

BLOCK = 64 << 20  # bytes; a JSON or CSV row must fit in one block, and a sample is a whole file


def read_table(data: Any, *, text_columns: Sequence[str]) -> tuple[pa.Table, str]:
    """Read a file by the ending of its name, or a `datasets.Dataset`; return it and its name.

    `text_columns` stay text when a CSV file could be read otherwise ("0012", "null").
    Raises UnreadableCorpusError when the file is missing or is not what its name says.
    """
    if type(data).__module__.split(".")[0] == "datasets":
        return _from_dataset(data, text_columns)
    if not isinstance(data, str | Path):
        raise TypeError(f"a path or a datasets.Dataset is wanted, not {type(data).__name__}")
    path = Path(data)
    reader = _reader(path)
    try:
        return reader(path, text_columns), path.name
    except (OSError, pa.ArrowException) as error:
        raise UnreadableCorpusError(path, str(error)) from error


def _reader(path: Path) -> Callable[[Path, Sequence[str]], pa.Table]:
    readers = {
        ".parquet": _parquet,
        ".jsonl": _json_lines,
        ".jsonl.gz": _json_lines,
        ".csv": _csv,
    }
    for ending, reader in readers.items():
        if path.name.endswith(ending):
            return reader
    raise UnreadableCorpusError(path, f"its name ends in none of {', '.join(readers)}")


def _parquet(path: Path, _: Sequence[str]) -> pa.Table:
    return parquet.read_table(path, partitioning=None)


def _json_lines(path: Path, _: Sequence[str]) -> pa.Table:
    return json.read_json(path, read_options=json.ReadOptions(block_size=BLOCK))


def _csv(path: Path, text_columns: Sequence[str]) -> pa.Table:
    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(block_size=BLOCK),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types={name: pa.string() for name in text_columns}
        ),
    )


def _from_dataset(data: Any, text_columns: Sequence[str]) -> tuple[pa.Table, str]:
    if not hasattr(data, "with_format") or not hasattr(data, "num_rows"):
        raise TypeError(f"a datasets.Dataset is wanted, not {type(data).__name__}")
    if isinstance(data.num_rows, dict):
        raise CorpusError(f"hand over one split of the data set: {', '.join(data.num_rows)}")
    table = data.with_format("arrow")[:]
    for name in text_columns:
        to_name = getattr(data.features.get(name), "int2str", None)
        if to_name is not None:
            values = [None if v is None else to_name(v) for v in table.column(name).to_pylist()]
            table = table.set_column(
                table.column_names.index(name), name, pa.array(values, pa.string())
            )
    return table, str(data.info.dataset_name or "dataset")
