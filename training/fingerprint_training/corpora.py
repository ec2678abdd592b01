"""Labelled corpora: Parquet, JSON Lines, CSV or a `datasets.Dataset`, read into one shape."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pyarrow import compute

from fingerprint_training.errors import (
    ContradictoryLabelsError,
    CorpusError,
    MalformedCodeError,
    MissingColumnsError,
    TooFewSamplesError,
)
from fingerprint_training.tables import read_table

# Code is a large_string: a chunk of plain strings ends at 2 GiB.
REQUIRED = {"code", "label", "source", "task", "row", "origin"}
TYPES = {"code": pa.large_string(), "row": pa.int64(), "date": pa.date32()}
COLUMNS = (
    "code",
    "label",
    "language",
    "source",
    "task",
    "model",
    "variant",
    "path",
    "row",
    "origin",
    "date",
)
FIELDS: list[pa.Field[Any]] = [
    pa.field(name, TYPES.get(name, pa.string()), nullable=name not in REQUIRED) for name in COLUMNS
]
SCHEMA = pa.schema(FIELDS)
OPTIONAL = ("language", "source", "task", "model", "variant", "path", "date")
ROWS_NAMED = 5  # an error names this many culprits; the count says how many there are


@dataclass(frozen=True, slots=True)
class Corpus:
    """Labelled samples: a table with the columns of `SCHEMA`, one row a sample."""

    table: pa.Table

    def __len__(self) -> int:
        """Tell the number of samples."""
        return int(self.table.num_rows)

    @property
    def labels(self) -> tuple[str, ...]:
        """The label set, sorted: it is whatever the corpus holds."""
        return tuple(sorted(set(self.column("label"))))

    def column(self, name: str) -> list[Any]:
        """Return one canonical column as a list of len(self)."""
        return list(self.table.column(name).to_pylist())

    def take(self, rows: Sequence[int]) -> Corpus:
        """Return the samples at `rows` (positions, not the `row` column), in that order."""
        return Corpus(self.table.take(pa.array(rows, pa.int64())))

    def with_column(self, name: str, values: Sequence[str]) -> Corpus:
        """Return the samples with other values in one canonical column."""
        at = self.table.column_names.index(name)
        field = self.table.schema.field(at)
        return Corpus(self.table.set_column(at, field, pa.array(values, field.type)))


def read_corpus(
    data: Any,
    *,
    code: str = "code",
    label: str = "label",
    constant_label: str | None = None,
    language: str | None = None,
    source: str | None = None,
    task: str | None = None,
    model: str | None = None,
    variant: str | None = None,
    path: str | None = None,
    date: str | None = None,
    min_classes: int = 2,
    min_per_class: int = 2,
    on_contradiction: Literal["error", "drop"] = "error",
) -> Corpus:
    """Read a labelled corpus from a file's path or from a `datasets.Dataset`.

    The keywords name columns of the input. An optional column left at None is taken under its
    canonical name when the input has it. Without a source column the source is the file's
    stem; without a task column every row is its own task, "row:N". Integer labels of a
    data set's ClassLabel become their names. A date is a day, null where unknown: a column of
    dates, of times (the day in UTC) or of ISO days as text. `min_classes=1` reads a part
    of a corpus that is to be joined with others by `concat`.

    `constant_label` is the label of every row, whatever the label column says.

    Two rows with the same code up to white space and different labels contradict each other:
    an error by default, `on_contradiction="drop"` leaves all of them out.

    Raises MissingColumnsError, MalformedCodeError, ContradictoryLabelsError,
    TooFewSamplesError and UnreadableCorpusError, all of them CorpusError.
    """
    table, origin = read_table(data, text_columns=(code, label))
    wanted = dict(zip(OPTIONAL, (language, source, task, model, variant, path, date), strict=True))
    named = {"code": code, "label": label} | {k: v for k, v in wanted.items() if v is not None}
    present = table.column_names
    missing = [column for column in named.values() if column not in present]
    if missing:
        raise MissingColumnsError(origin, missing, present)
    named |= {k: k for k, v in wanted.items() if v is None and k in present}
    corpus = Corpus(_canonical(table, named, origin))
    if constant_label is not None:
        corpus = corpus.with_column("label", [constant_label] * len(corpus))
    corpus = _without_contradictions(corpus, origin, on_contradiction)
    check_labels(corpus, min_classes=min_classes, min_per_class=min_per_class)
    return corpus


def concat(corpora: Iterable[Corpus]) -> Corpus:
    """Join corpora one after the other; `row` and `origin` still name each sample's place.

    Raises CorpusError when there is nothing to join.
    """
    tables = [corpus.table for corpus in corpora]
    if not tables:
        raise CorpusError("no corpora to join: hand over at least one")
    return Corpus(pa.concat_tables(tables))


def check_labels(corpus: Corpus, *, min_classes: int = 2, min_per_class: int = 2) -> None:
    """Raise TooFewSamplesError when there are too few classes, or too few samples in one."""
    labels = corpus.column("label")
    counts = Counter(labels)
    if len(counts) < min_classes:
        found = ", ".join(map(repr, sorted(counts))) or "none"
        raise TooFewSamplesError(
            f"the corpus has {len(counts)} class(es) ({found}), and {min_classes} are needed: "
            "check the label column, or join another corpus"
        )
    for name, count in sorted(counts.items()):
        if count < min_per_class:
            rows = [r for r, each in zip(corpus.column("row"), labels, strict=True) if each == name]
            raise TooFewSamplesError(
                f"class {name!r} has {count} sample(s) (rows {name_rows(rows)}), and "
                f"{min_per_class} are needed: add samples or leave the class out"
            )


def code_key(code: str) -> bytes:
    """Return 16 bytes that two texts share when they differ in white space only."""
    return hashlib.blake2b(" ".join(code.split()).encode(), digest_size=16).digest()


def name_rows(rows: Sequence[int]) -> str:
    """Write row numbers for a message: the first few, and how many more."""
    named = ", ".join(map(str, rows[:ROWS_NAMED]))
    return named + (f" and {len(rows) - ROWS_NAMED} more" if len(rows) > ROWS_NAMED else "")


def _canonical(table: pa.Table, named: Mapping[str, str], origin: str) -> pa.Table:
    count = table.num_rows
    columns: dict[str, Any] = {
        "source": pa.array([Path(origin).name.split(".")[0]] * count, pa.string()),
        "task": pa.array([f"row:{row}" for row in range(count)], pa.string()),
        "row": pa.array(range(count), pa.int64()),
        "origin": pa.array([origin] * count, pa.string()),
    }
    columns["code"] = _code(table.column(named["code"]), origin)
    for canonical, column in named.items():
        if canonical == "date":
            columns["date"] = _days(table.column(column), origin, column)
        elif canonical != "code":
            columns[canonical] = _text(table.column(column), columns.get(canonical))
    if columns["label"].null_count:
        raise MalformedCodeError(origin, "label", _null_rows(columns["label"]))
    filled = [columns[f.name] if f.name in columns else pa.nulls(count, f.type) for f in SCHEMA]
    return pa.table(filled, schema=SCHEMA)


def _code(column: pa.ChunkedArray[Any], origin: str) -> pa.ChunkedArray[Any]:
    kind = column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise MalformedCodeError(origin, "code", list(range(len(column))))
    if column.null_count:
        raise MalformedCodeError(origin, "code", _null_rows(column))
    return column.cast(pa.large_string())


def _text(column: pa.ChunkedArray[Any], default: pa.Array[Any] | None) -> pa.Array[Any]:
    """Cast to strings; a null source or task falls back to what a missing column gives."""
    text = pa.array(column.cast(pa.string()).to_pylist(), pa.string())
    return text if default is None else compute.coalesce(text, default)


def _days(column: pa.ChunkedArray[Any], origin: str, name: str) -> pa.ChunkedArray[Any]:
    try:
        if pa.types.is_timestamp(column.type):  # safe=False drops the time of day
            return column.cast(pa.timestamp("us")).cast(pa.date32(), safe=False)
        if pa.types.is_date(column.type) or pa.types.is_null(column.type):
            return column.cast(pa.date32())
        return column.cast(pa.string()).cast(pa.date32())
    except pa.ArrowException as error:
        raise CorpusError(
            f"{origin}: column {name!r} holds no days ({error}): write YYYY-MM-DD, or rename it"
        ) from error


def _null_rows(column: pa.ChunkedArray[Any]) -> list[int]:
    return [row for row, value in enumerate(column.to_pylist()) if value is None]


def _without_contradictions(corpus: Corpus, origin: str, policy: str) -> Corpus:
    places = defaultdict(list)
    for place, code in enumerate(corpus.column("code")):
        places[code_key(code)].append(place)
    labels = corpus.column("label")
    bad = sorted(
        place
        for same in places.values()
        if len({labels[each] for each in same}) > 1
        for place in same
    )
    if not bad:
        return corpus
    if policy == "error":
        raise ContradictoryLabelsError(origin, name_rows(bad), sorted({labels[p] for p in bad}))
    dropped = set(bad)
    return corpus.take([place for place in range(len(corpus)) if place not in dropped])
