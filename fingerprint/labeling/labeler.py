"""The labeller: a small callable that can be sent to any process, and opens the model there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import pyarrow as pa

from fingerprint.labeling import columns as added
from fingerprint.labeling.errors import LabelError, LabelTypeError
from fingerprint.labeling.opened import header_of, open_model, read_header
from fingerprint.labeling.texts import (
    can_hold_text,
    language_of,
    text_of,
    values_of,
    word_of,
)
from fingerprint_features.sample import Sample
from fingerprint_models.attribution import Attribution
from fingerprint_models.decision import MODES

ROWS = 1024
"""Rows that are scored at a time: memory stays the same however large a table is."""


@dataclass(frozen=True)
class Labeler:
    """Labels batches of a data set: `columns` for Arrow, a call for `datasets.map`.

    `code`, `language` and `path` name columns; where a row's language is not stated or not known,
    its path tells, then its content. `mode` is "best-guess", "balanced" or "high-precision".
    `model` is a model folder, None the shipped one. `manifest`, the SHA-256 of the model's
    manifest, is found out: whoever unpickles a labeller labels with that model or not at all, and
    what is cached for one model is not taken for another's. The model itself is opened at the
    first batch, once in each process. Raises `LabelError` for an unknown mode, and as
    `fingerprint.load` does for a model that is missing or damaged.
    """

    code: str = "code"
    language: str | None = None
    path: str | None = None
    mode: str = "balanced"
    model: str | None = None
    manifest: str = field(default="", init=False)

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise LabelError(f"mode must be one of {', '.join(MODES)}, not {self.mode!r}")
        if not isinstance(self.code, str):
            raise LabelTypeError(f"code must be the name of a column, not {self.code!r}")
        if self.model is not None:
            object.__setattr__(self, "model", os.path.abspath(self.model))  # noqa: PTH100 - a str
        object.__setattr__(self, "manifest", read_header(self.model).manifest)

    @property
    def classes(self) -> tuple[str, ...]:
        """The model's classes, in the order of `fp_probabilities`."""
        return header_of(self.model, self.manifest).classes

    @property
    def model_id(self) -> str:
        """Name and version of the model, as in `fp_model`."""
        return header_of(self.model, self.manifest).name

    @property
    def schema(self) -> pa.Schema:
        """The columns that are added, with their Arrow types."""
        return added.schema(self.classes)

    @property
    def roles(self) -> list[tuple[str, str]]:
        """What each named column is for ("code", "language", "path"), with its name."""
        given = (("code", self.code), ("language", self.language), ("path", self.path))
        return [(role, name) for role, name in given if name is not None]

    @property
    def named(self) -> list[str]:
        """The columns that are read, each once."""
        return list(dict.fromkeys(name for _, name in self.roles))

    def check(self, schema: pa.Schema) -> None:
        """Raise where the columns of a data set cannot be labelled.

        As `check_names`, and `LabelTypeError` for a column of a type that cannot hold text.
        """
        self.check_names(schema.names)
        for role, name in self.roles:
            type_ = schema.field(name).type
            if not can_hold_text(type_):
                raise LabelTypeError(
                    f"column {name!r} holds {type_}, which cannot be {role}: "
                    f"name the column of the {role} with {role}=..."
                )

    def check_names(self, names: Iterable[object]) -> None:
        """Raise `LabelError` where a named column is not there, or not once, among `names`."""
        there = [str(name) for name in names]
        for role, name in self.roles:
            if name not in there:
                raise missing_column(role, name, there)
            if there.count(name) > 1:
                raise LabelError(
                    f"{there.count(name)} columns are called {name!r}: rename all but the {role}"
                )

    def check_condition(self, names: Iterable[str]) -> None:
        """Raise `LabelError` where a condition on these columns could hold for no row at all."""
        if "fp_ai_probability" in names and not header_of(self.model, self.manifest).tells_ai:
            raise LabelError(
                f"fp_ai_probability is null in every row: {self.model_id} has no class that means "
                "human; ask for fp_family or fp_probabilities instead"
            )

    def columns(self, table: pa.Table | pa.RecordBatch) -> pa.Table:
        """Return the added columns alone, a row for each row of `table`; raises as `check`."""
        starts = range(0, max(table.num_rows, 1), ROWS)
        parts = [self.answer(**self.values(table.slice(at, ROWS))) for at in starts]
        return pa.concat_tables(parts)

    def values(self, table: pa.Table | pa.RecordBatch) -> dict[str, list[object]]:
        """Return what `answer` takes of an Arrow table; raises as `check`.

        Texts are bytes, cut behind `reading.MAX_BYTES`, where reading them ends.
        """
        self.check(table.schema)
        return {role: values_of(table[name]) for role, name in self.roles}

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[Any]]:
        """Return the added columns of a batch of `datasets.map(labeler, batched=True)`.

        Text comes out as text and missing answers as None. Raises `LabelError` where a column is
        missing, and `LabelTypeError` where `batch` is an Arrow table, or one row since `batched`
        was left out.
        """
        if isinstance(batch, pa.Table):
            raise LabelTypeError("this is a table: use fingerprint.label, or map without a format")
        self.check_names(batch)
        given = {role: batch[name] for role, name in self.roles}
        if isinstance(given["code"], str):
            raise LabelTypeError("this is one row, not a batch: use map(labeler, batched=True)")
        found: dict[str, list[Any]] = self.answer(**given).to_pydict()
        return found

    def answer(
        self,
        code: Sequence[object],
        language: Sequence[object] | None = None,
        path: Sequence[object] | None = None,
    ) -> pa.Table:
        """Return the added columns of rows given as Python values, of whatever type.

        What is no text has a status (`null`, `invalid`, `undecodable`); bytes are UTF-8.
        """
        nothing = [None] * len(code)
        rows = list(
            zip(
                code,
                nothing if language is None else language,
                nothing if path is None else path,
                strict=True,
            )
        )
        parts = [
            added.to_arrow(self._attributed(rows[at : at + ROWS]), self.classes)
            for at in range(0, len(rows), ROWS)
        ]
        return pa.concat_tables(parts) if parts else self.schema.empty_table()

    def _attributed(self, rows: Sequence[tuple[object, object, object]]) -> list[Attribution]:
        """Return an attribution for each row of code, language and path."""
        model = open_model(self.model, self.manifest)
        texts = [text_of(code) for code, _, _ in rows]
        samples = [
            Sample(text, language_of(language), word_of(path))
            for text, (_, language, path) in zip(texts, rows, strict=True)
            if isinstance(text, str)
        ]
        scored = iter(model.predict_many(samples, mode=self.mode))
        return [
            next(scored)
            if isinstance(text, str)
            else Attribution.not_scored(text.status, model=model.id)
            for text in texts
        ]


def missing_column(role: str, name: str, names: Sequence[str]) -> LabelError:
    """Return the error of a data set that lacks a column; it names those that it has."""
    nearest = get_close_matches(name, names, n=1)
    guess = f"; did you mean {nearest[0]!r}?" if nearest else ""
    there = ", ".join(map(str, names)) or "none"
    return LabelError(
        f"no column {name!r} for the {role}{guess} (columns: {there}): name it with {role}=..."
    )
