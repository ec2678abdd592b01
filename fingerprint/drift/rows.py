"""Rows of a corpus of any kind that labelling reads, at most so many of them, drawn by chance."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fingerprint.drift.errors import DriftError
from fingerprint.labeling.inputs.kinds import KINDS, read
from fingerprint.labeling.inputs.sources import TREE, resolve
from fingerprint.labeling.pieces import FLAW, Reading, Source
from fingerprint.labeling.texts import (
    NoText,
    can_hold_text,
    language_of,
    text_of,
    values_of,
    word_of,
)

Strings = npt.NDArray[np.str_]
Days = npt.NDArray[np.datetime64]

USUAL = {
    "language": ("language", "lang"),
    "label": ("label", "family"),
    "model": ("model",),
    "date": ("date", "created_at"),
    "source": ("source", "repo", "repository", "repo_name"),
    "task": ("task",),
    "path": ("path", "file", "filename"),
}
"""What a column is looked for as where it is not named; the first that is there is taken."""

WORDS = ("label", "model", "source", "task", "path")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")


@dataclass(frozen=True)
class Columns:
    """Names of the columns; None: one of `USUAL`, if the corpus has it, else nothing."""

    code: str = "code"
    language: str | None = None
    label: str | None = None
    model: str | None = None
    date: str | None = None
    source: str | None = None
    task: str | None = None
    path: str | None = None


@dataclass(frozen=True, eq=False)
class Rows:
    """n rows of a corpus, in its order: `at` (n,) counts rows from 0 over all its files.

    Texts are "" and days NaT where nothing is known. `label` is what the corpus says, `model` the
    name of the model as it is written there, `path` where the code lay. `seen` counts all rows,
    `flawed` those without code by why; the n rows were drawn from the others.
    """

    name: str
    code: tuple[str, ...]
    at: npt.NDArray[np.int64]
    language: Strings
    label: Strings
    model: Strings
    source: Strings
    task: Strings
    date: Days
    seen: int
    flawed: Mapping[str, int] = field(default_factory=dict)
    path: Strings | None = None

    def __len__(self) -> int:
        return len(self.code)

    def take(self, rows: npt.NDArray[np.int64]) -> Rows:
        """Return some rows, in the order of their numbers here; counts stay the corpus's."""
        return replace(
            self,
            code=tuple(self.code[row] for row in rows.tolist()),
            at=self.at[rows],
            language=self.language[rows],
            label=self.label[rows],
            model=self.model[rows],
            source=self.source[rows],
            task=self.task[rows],
            date=self.date[rows],
            path=None if self.path is None else self.path[rows],
        )


def read_rows(
    inputs: Sequence[str], columns: Columns, *, most: int, seed: int = 0, name: str | None = None
) -> Rows:
    """Return at most `most` rows, each drawn with the same chance, in their order.

    `inputs` are Parquet, JSON Lines and CSV files, folders of shards, saved data sets, trees of
    code files, and globs. Raises `InputError` for what cannot be read, and `DriftError` for a
    column that is not there, when no row holds code, or for a `most` below 1.
    """
    if most < 1:
        raise DriftError(f"most is {most}: read 1 row or more")
    chance = np.random.default_rng(seed)
    kept: list[tuple[float, int, tuple[Any, ...]]] = []  # a heap: the largest key goes first
    flawed: Counter[str] = Counter()
    seen = 0
    for row in _rows(resolve(inputs), columns):
        at, seen = seen, seen + 1
        if isinstance(row[0], NoText):
            flawed[row[0].status] += 1
            continue
        entry = (-float(chance.random()), at, row)
        if len(kept) < most:
            heapq.heappush(kept, entry)
        elif entry[0] > kept[0][0]:
            heapq.heapreplace(kept, entry)
    if not kept:
        raise DriftError(f"{' '.join(inputs)}: no row holds code: is {columns.code!r} its column?")
    kept.sort(key=lambda entry: entry[1])
    code, language, label, model, source, task, path, date = zip(
        *(row for _, _, row in kept), strict=True
    )
    return Rows(
        name=name or " ".join(inputs),
        code=code,
        at=np.array([at for _, at, _ in kept], dtype=np.int64),
        language=np.array(language, dtype=np.str_),
        label=np.array(label, dtype=np.str_),
        model=np.array(model, dtype=np.str_),
        source=np.array(source, dtype=np.str_),
        task=np.array(task, dtype=np.str_),
        date=np.array(date, dtype="datetime64[D]"),
        seen=seen,
        flawed=dict(flawed),
        path=np.array(path, dtype=np.str_),
    )


def _rows(sources: Sequence[Source], columns: Columns) -> Iterator[tuple[Any, ...]]:
    """Yield code (or why there is none), language, label, model, source, task, path and date."""
    for source in sources:
        schema = KINDS[source.kind].schema(source, Reading(pa.schema([]), columns.code))
        named = _named(source, schema, columns)
        chosen = pa.schema([schema.field(name) for name in dict.fromkeys(named.values())])
        reading = Reading(chosen, named["code"], named.get("language"))
        for piece in KINDS[source.kind].cut(source, reading):
            for table in read(piece, reading):
                yield from _rows_of(table, named)


def _named(source: Source, schema: pa.Schema, columns: Columns) -> dict[str, str]:
    """Return the name of the column that plays each role; roles without one are left out.

    A column that has a usual name by chance, and holds lists or records, plays none.
    """
    tree = source.kind == TREE
    named = {"code": "code" if tree else columns.code}
    for role, usual in USUAL.items():
        asked = None if tree else getattr(columns, role)
        there = (name for name in usual if name in schema.names)
        found = asked or next((name for name in there if _has_words(schema.field(name).type)), None)
        if found is not None:
            named[role] = found
    for role, name in named.items():
        if name not in schema.names:
            if not schema.names:
                raise DriftError(f"{source.path} is empty: it has no columns")
            raise DriftError(
                f"{source.path} has no column {name!r}; it has {', '.join(schema.names)}: "
                f"name the right one with --{'model-column' if role == 'model' else role}"
            )
        type_ = schema.field(name).type
        if not (can_hold_text(type_) if role == "code" else _has_words(type_)):
            raise DriftError(
                f"{source.path}: column {name!r} holds {type_}, which cannot be the {role}: "
                f"name the right one with --{'model-column' if role == 'model' else role}"
            )
    return named


def _has_words(type_: pa.DataType) -> bool:
    """Tell whether the values of a column are texts, or numbers and times, which can be written."""
    if pa.types.is_dictionary(type_):
        return _has_words(type_.value_type)
    return can_hold_text(type_) or not (
        pa.types.is_nested(type_) or isinstance(type_, pa.BaseExtensionType)
    )


def _rows_of(table: pa.Table, named: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    flaws = table.column(FLAW).to_pylist()
    code = [
        NoText(flaw) if flaw else text_of(value)
        for flaw, value in zip(flaws, values_of(table.column(named["code"])), strict=True)
    ]
    language = [
        (language_of(each) or each) if each else "" for each in _words(table, named.get("language"))
    ]
    words = (_words(table, named.get(role)) for role in WORDS)
    yield from zip(code, language, *words, _days(table, named.get("date")), strict=True)


def _words(table: pa.Table, name: str | None) -> list[str]:
    if name is None:
        return [""] * int(table.num_rows)
    column = table.column(name)
    texts = column if can_hold_text(column.type) else column.cast(pa.string())
    return [word_of(value) or "" for value in values_of(texts)]


def _days(table: pa.Table, name: str | None) -> list[Any]:
    """Return days of a column of dates, of times (UTC), or of texts that begin with YYYY-MM-DD."""
    if name is None:
        return [None] * int(table.num_rows)
    column = table.column(name)
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return list(column.to_numpy().astype("datetime64[D]"))
    return [_day(value) for value in _words(table, name)]


def _day(value: str) -> np.datetime64 | None:
    """Return the day at the head of a text; other digits, such as seconds or years, are none."""
    try:
        return np.datetime64(value[:10], "D") if _DAY.match(value) else None
    except ValueError:
        return None
