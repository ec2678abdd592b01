"""The work on a piece: read it, label it, sort its rows, write its shards. Runs in any process."""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.labeling.engine import Around
from fingerprint.labeling.errors import InputError
from fingerprint.labeling.inputs.kinds import read
from fingerprint.labeling.labeler import Labeler
from fingerprint.labeling.opened import open_model
from fingerprint.labeling.outputs.formats import Writer, open_writer, sync
from fingerprint.labeling.outputs.targets import Target, cannot_write
from fingerprint.labeling.pieces import FLAW, FLAW_PLACE, FLAW_REASON, FLAWS, Done, Piece, Reading
from fingerprint.labeling.texts import language_of, values_of
from fingerprint.labeling.where import parse

BECAUSE = "fp_rejected_because"
"""The column of a rejected row that says which conditions did not hold."""

_OPENED: set[tuple[str, int]] = set()

BATCH_BYTES = 8 << 20
"""Rows are labelled together up to this much data: one row may be large."""

NOTES = 3
"""Unsound rows of a piece that are named; the others are counted."""


@dataclass(frozen=True)
class Work:
    """Turns a piece into shards beside their final place, under temporary names.

    `schema` has the columns that are written, `conditions` those that a row must meet to be kept.
    `rejected` is where the other rows go, if they are wanted. `around` is entered while the model
    is opened, once in each process.
    """

    labeler: Labeler
    reading: Reading
    schema: pa.Schema
    conditions: tuple[str, ...]
    kept: Target
    rejected: Target | None = None
    around: Around = nullcontext

    def __call__(self, piece: Piece) -> Done:
        """Return what became of a piece; an input that cannot be read is in its `error`.

        Raises `OutputError` where the shards cannot be written, and `LabelError` as `Labeler`.
        """
        self._open()
        begun, tally = time.monotonic(), _Tally(self)
        shards = {role: _Shard.of(self, piece, role) for role in self._roles()}
        try:
            for table in _bounded(read(piece, self.reading)):
                for role, rows in tally.sorted(table, piece).items():
                    if role in shards:
                        shards[role].write(rows)
            written = {role: shard.close() for role, shard in shards.items()}
        except InputError as error:
            _drop(shards)
            return Done(*_place(piece), rows=0, error=str(error))
        except BaseException:
            _drop(shards)
            raise
        return tally.done(piece, written, time.monotonic() - begun)

    def labelled(self, table: pa.Table) -> pa.Table:
        """Return the columns that were read with the added ones, which replace earlier ones."""
        flawed = pc.is_valid(table.column(FLAW))
        asked = table.select(self.labeler.named)
        if pc.any(flawed).as_py():
            at = asked.column_names.index(self.labeler.code)
            column = asked.column(at)
            nothing = pa.scalar(None, column.type)
            asked = asked.set_column(at, self.labeler.code, pc.if_else(flawed, nothing, column))
        added = self.labeler.columns(asked)
        for name, source in (("fp_status", FLAW), ("fp_reason", FLAW_REASON)):
            at = added.column_names.index(name)
            told = pc.if_else(flawed, table.column(source), added.column(at))
            added = added.set_column(at, name, told)
        own = table.drop_columns([*FLAWS])
        for name in added.column_names:
            own = own.append_column(name, added.column(name))
        return own

    def schema_of(self, role: str) -> pa.Schema:
        """Return the columns of the kept or of the rejected rows."""
        return self.schema if role == "kept" else self.schema.append(pa.field(BECAUSE, pa.string()))

    def _open(self) -> None:
        """Open the model, once in each process."""
        key = (self.labeler.manifest, os.getpid())
        if key not in _OPENED:
            with self.around():
                open_model(self.labeler.model, self.labeler.manifest)
            _OPENED.add(key)

    def _roles(self) -> tuple[str, ...]:
        return ("kept",) if self.rejected is None else ("kept", "rejected")


@dataclass
class _Tally:
    """Sorts labelled rows, and counts them."""

    work: Work
    rows: int = 0
    kept: int = 0
    code_bytes: int = 0
    notes: list[str] = field(default_factory=list)
    unsound: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def sorted(self, table: pa.Table, piece: Piece) -> dict[str, pa.Table]:
        """Return the rows of a table that are kept and those that are rejected."""
        full = self.work.labelled(table)
        conditions = [parse(text) for text in self.work.conditions]
        masks = [mask for each in conditions for mask in each.masks(full)]
        names = [name for each in conditions for name in each.spelled()]
        self._count(full, table, piece)
        chosen = full.select(self.work.schema.names).cast(self.work.schema)
        if not masks:
            self.kept += full.num_rows
            return {"kept": chosen}
        good = masks[0]
        for mask in masks[1:]:
            good = pc.and_(good, mask)
        self.kept += pc.sum(good).as_py() or 0
        bad = pc.invert(good)
        reasons = _reasons([mask.filter(bad) for mask in masks], names)
        rejected = chosen.filter(bad).append_column(BECAUSE, reasons)
        return {"kept": chosen.filter(good), "rejected": rejected}

    def done(self, piece: Piece, written: dict[str, tuple[str, int]], seconds: float) -> Done:
        """Return the record of the piece."""
        more = self.unsound - len(self.notes)
        last = [f"{piece.source.path}: {more} more such rows in this piece"] if more else []
        return Done(
            *_place(piece),
            rows=self.rows,
            kept=self.kept,
            rejected=self.rows - self.kept,
            code_bytes=self.code_bytes,
            weight=piece.weight,
            seconds=round(seconds, 3),
            shards=written,
            counts={kind: dict(counter) for kind, counter in self.counts.items()},
            notes=(*self.notes, *last),
        )

    def _count(self, full: pa.Table, table: pa.Table, piece: Piece) -> None:
        self.rows += full.num_rows
        self.code_bytes += full.column(self.work.reading.code).nbytes
        self._add("family", full.column("fp_family").to_pylist())
        self._add("status", full.column("fp_status").to_pylist())
        language = self.work.reading.language
        if language is not None:  # by our names, of which there are few whatever stands there
            told = values_of(full.column(language))
            self._add("language", [language_of(value) or "other" for value in told])
        flawed = table.select([*FLAWS]).filter(pc.is_valid(table.column(FLAW_PLACE)))
        self.unsound += flawed.num_rows
        for row in flawed.slice(0, NOTES - len(self.notes)).to_pylist():
            status, why = row[FLAW], (row[FLAW_REASON] or row[FLAW]).replace("_", " ")
            place = f"{piece.source.path}, {row[FLAW_PLACE]}"
            self.notes.append(f"{place}: {why}: fp_status is {status}")

    def _add(self, kind: str, values: list[Any]) -> None:
        self.counts.setdefault(kind, Counter()).update(v for v in values if v is not None)


@dataclass
class _Shard:
    """A shard under a temporary name; its errors name the output."""

    path: str
    target: Target
    schema: pa.Schema
    header: bool
    writer: Writer | None = None

    @classmethod
    def of(cls, work: Work, piece: Piece, role: str) -> _Shard:
        target = work.kept if role == "kept" or work.rejected is None else work.rejected
        name = f"{piece.name}.{secrets.token_hex(4)}.part"
        header = not target.single or (piece.source.index, piece.number) == (0, 0)
        path = str(scratch(target) / name)
        return cls(path, target, work.schema_of(role), header)

    def write(self, table: pa.Table) -> None:
        try:
            self._opened().write(table)
        except OSError as error:
            raise cannot_write(self.target.path, error) from error

    def close(self) -> tuple[str, int]:
        """Return the path and the size in bytes of what is on the disk for good."""
        try:
            self._opened().close()
            return self.path, sync(self.path)
        except OSError as error:
            raise cannot_write(self.target.path, error) from error

    def _opened(self) -> Writer:
        if self.writer is None:
            kind = self.target.shard_format
            self.writer = open_writer(self.path, self.schema, kind, header=self.header)
        return self.writer


def scratch(target: Target) -> Path:
    """Return the folder of what is not finished."""
    return target.state / "scratch"


def _bounded(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    for table in tables:
        yield from _halved(table)


def _halved(table: pa.Table) -> Iterator[pa.Table]:
    if table.nbytes <= BATCH_BYTES or table.num_rows < 2:
        yield table
        return
    middle = table.num_rows // 2
    yield from _halved(table.slice(0, middle))
    yield from _halved(table.slice(middle))


def _reasons(masks: list[Any], names: list[str]) -> Any:
    columns = [mask.to_pylist() for mask in masks]
    rows = zip(*columns, strict=True)
    said = ["; ".join(n for n, met in zip(names, row, strict=True) if not met) for row in rows]
    return pa.array(said, pa.string())


def _place(piece: Piece) -> tuple[int, int, int]:
    return piece.source.index, piece.number, piece.first


def _drop(shards: dict[str, _Shard]) -> None:
    for shard in shards.values():
        if os.path.exists(shard.path):  # noqa: PTH110 - a str
            os.unlink(shard.path)  # noqa: PTH108 - a str
