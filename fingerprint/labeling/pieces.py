"""Inputs cut into pieces, and what becomes of a piece: the records that engines pass on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

ROWS = 10_000
"""Rows of a piece unless asked otherwise: some ten seconds of work, lost at most by a kill."""

BYTES = 32 << 20
"""A piece is cut earlier at about this much data (32 MiB), so that memory stays flat."""

FLAW, FLAW_REASON, FLAW_PLACE = FLAWS = ("fp_flaw", "fp_flaw_reason", "fp_flaw_place")
"""Columns between readers and the labelling: status and reason of a row that cannot be scored, and
where it stands, if a user is to be told so."""

FLAW_FIELDS = tuple(pa.field(name, pa.string()) for name in FLAWS)


@dataclass(frozen=True, slots=True)
class Source:
    """One input: a file of rows, or a tree of code files; `split` is that of a saved data set."""

    index: int
    kind: str
    path: str
    split: str | None = None


@dataclass(frozen=True)
class Reading:
    """How all inputs are read: the columns in their types, what they are for, size of pieces.

    `code`, `language` and `path` name columns; `default_language` and `patterns` (gitignore
    syntax) are for trees. `schema` has the columns that are read, and no flaws.
    """

    schema: pa.Schema
    code: str
    language: str | None = None
    path: str | None = None
    rows: int = ROWS
    bytes: int = BYTES
    default_language: str | None = None
    patterns: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that hold text, whatever a file without types says."""
        return tuple(name for name in (self.code, self.language, self.path) if name is not None)


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive rows of one input; `number` counts the pieces of that input.

    `first` is the first row (of JSON Lines: the first line), counted from 0, and `rows` at most
    how many there are. Where they lie is for the reader of that kind: bytes from `start` on, or
    row groups; or they are here as `data`, where a file cannot be entered in the middle. `weight`
    is their share of the input's size in bytes.
    """

    source: Source
    number: int
    first: int
    rows: int
    start: int = 0
    length: int = 0
    weight: int = 0
    data: bytes | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The name of its shards, less the ending; by these names, shards sort as rows do."""
        return f"part-{self.source.index:05}-{self.number:05}"

    @property
    def where(self) -> str:
        """The rows and the file, for a message."""
        return f"rows {self.first + 1}-{self.first + self.rows} of {self.source.path}"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a piece: counts, and the shards that were written.

    `shards` has, of "kept" and perhaps "rejected", the temporary path and the size in bytes.
    `counts` has, for "family", "language" and "status", how many rows have each value. `notes` say
    which rows are unsound. With an `error` the input could not be read there, and there are no
    shards.
    """

    source: int
    number: int
    first: int
    rows: int
    kept: int = 0
    rejected: int = 0
    code_bytes: int = 0
    weight: int = 0
    seconds: float = 0.0
    shards: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str | None = None

    @property
    def key(self) -> tuple[int, int]:
        """Which piece it was: index of the input, and number."""
        return self.source, self.number


def pack(table: pa.Table) -> bytes:
    """Return a table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
