"""What a labelled corpus holds: the figures of its data card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.curation.copies import exact_copies, near_copies
from fingerprint.curation.model_answers import mean_answers_of
from fingerprint.curation.review import Review
from fingerprint.curation.rows import Progress, Rows, found_column, measured
from fingerprint.curation.rules import HUMAN
from fingerprint.curation.shards import STATUS, Batch, Column, open_shards
from fingerprint.curation.shares import SOURCES, Mix, Sample, estimate_mix, sampled
from fingerprint.curation.writing import HUB

TOLD = "fp_family"
LANGUAGES = ("language", "lang", "programming_language")
LICENCES = (
    "license",
    "licence",
    "licenses",
    "license_type",
    "detected_licenses",
    "max_stars_repo_licenses",
)
"""Columns that are looked at, the first that is there, unless another is named."""


@dataclass(frozen=True)
class Survey:
    """Figures of a corpus of `rows` rows. Counters are by value, "" for none.

    `exact` rows copy another's text, `near` nearly do, beyond the one that stands for all.
    `mix` is the corpus's alone. `chosen`: its rows were so by their answers.
    """

    files: int
    rows: int
    characters: int
    statuses: Mapping[str, int]
    told: Mapping[str, int]
    languages: Mapping[str, int]
    licences: Mapping[str, int]
    language_column: str | None
    licence_column: str | None
    exact: int
    near: int
    mix: Mix
    models: tuple[str, ...]
    chosen: bool


@dataclass
class _Counts:
    """Counters that batches are added to."""

    columns: Mapping[str, str | None]
    code: str
    classes: Mapping[str, Sequence[str]]
    characters: int = 0
    by_column: dict[str, Counter[str]] = field(default_factory=dict)

    def __call__(self, batch: Batch) -> None:
        self.characters += pc.sum(pc.binary_length(_flat(batch.column(self.code)))).as_py() or 0
        for name in filter(None, self.columns.values()):
            self.by_column.setdefault(name, Counter()).update(
                _values(batch.column(name), self.classes.get(name))
            )

    def of(self, what: str) -> Counter[str]:
        """Return the counter of a column by what it holds."""
        return self.by_column.get(self.columns[what] or "", Counter())


def survey(
    inputs: Iterable[str | Path],
    *,
    code: str = "code",
    language: str | None = None,
    licence: str | None = None,
    source: str | None = None,
    model: str | None = None,
    progress: Progress = lambda *_: None,
) -> Survey:
    """Measure labelled Parquet files; named columns must be there, others are looked for.

    Needs `PERMUTATIONS` bytes a row of temporary files. Raises CurationError.
    """
    shards = open_shards(inputs)
    source = found_column(shards, source, "--source", SOURCES)
    columns = {
        "status": STATUS,
        "told": TOLD if TOLD in shards.schema.names else None,
        "language": found_column(shards, language, "--language", LANGUAGES),
        "licence": found_column(shards, licence, "--licence", LICENCES),
    }
    counts = _Counts(columns, code, _class_names(shards.schema))
    with measured(
        shards,
        code=code,
        near=True,
        review=Review(),
        seed=0,
        beside=None,
        progress=progress,
        each=counts,
    ) as rows:
        exact, near = _copies(rows)
    mix = estimate_mix(
        sampled(shards, rows, np.ones(len(rows), dtype=np.bool_), source),
        Sample(np.empty((0, len(rows.classes))), np.empty(0, dtype=np.uint64)),
        rows.classes,
        mean_answers_of(rows.models, rows.classes, model, chosen=shards.chosen),
        rows.classes.index(HUMAN) if HUMAN in rows.classes else None,
    )
    return Survey(
        files=len(shards.files),
        rows=len(rows),
        characters=counts.characters,
        statuses=counts.of("status"),
        told=counts.of("told"),
        languages=counts.of("language"),
        licences=counts.of("licence"),
        language_column=columns["language"],
        licence_column=columns["licence"],
        exact=exact,
        near=near,
        mix=mix,
        models=rows.models,
        chosen=shards.chosen,
    )


def _copies(rows: Rows) -> tuple[int, int]:
    ranked = np.argsort(rows.draw, kind="stable")
    exact = exact_copies(rows.text, ranked)
    stands = np.ones(len(rows), dtype=np.bool_)
    stands[exact] = False
    near = () if rows.signatures is None else near_copies(rows.signatures, ranked[stands[ranked]])
    return len(exact), len(near)


def _flat(column: Column) -> Column:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column


def _values(column: Column, names: Sequence[str] | None) -> Iterable[str]:
    """Yield a row's value as text, "" for none; of a list, each of its values.

    `names` are those of a column that holds the numbers of classes.
    """
    for value in column.to_pylist():
        if isinstance(value, list):
            yield from [str(each) for each in value] or [""]
        elif value is None:
            yield ""
        else:
            yield str(value) if names is None else names[value]


def _class_names(schema: pa.Schema) -> dict[str, Sequence[str]]:
    """Return the classes of columns that `datasets` keeps as numbers, by column."""
    noted = json.loads((schema.metadata or {}).get(HUB, b"{}"))
    features = noted.get("info", {}).get("features", {})
    return {name: each["names"] for name, each in features.items() if "names" in each}
