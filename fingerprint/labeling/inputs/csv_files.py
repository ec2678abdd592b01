"""CSV, packed or not: every column is text, as it stands there. Read by whoever hands out pieces.

A row ends where no quote is open, so a file must be read from its beginning; Python's reader does
140 MB/s, some hundred times what one worker labels.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from fingerprint.labeling.errors import InputError
from fingerprint.labeling.inputs.streams import opened
from fingerprint.labeling.pieces import FLAWS, Piece, Reading, Source, pack

# Bytes pass through as Latin-1, which knows all of them, and are checked as UTF-8 by column.
_BYTES = "latin-1"
_BUFFER = 1 << 20
_BOM = "\xef\xbb\xbf"


def schema(source: Source, reading: Reading) -> pa.Schema:  # noqa: ARG001 - as every kind
    """Return the columns that the first line names; all are text."""
    with opened(source.path) as stream:
        rows = _rows(stream.file, source.path)
        return pa.schema([(name, pa.string()) for name in _header(rows, source.path)])


def cut(source: Source, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces, each with its rows."""
    with opened(source.path) as stream:
        rows = _rows(stream.file, source.path)
        header = _header(rows, source.path)
        held: list[list[str]] = []
        first = number = seen = size = 0
        for row in rows:
            held.append(row)
            size += sum(map(len, row))
            if len(held) >= reading.rows or size >= reading.bytes:
                at, data = stream.position(), _packed(held, first, header, reading)
                yield Piece(source, number, first, len(held), weight=at - seen, data=data)
                first, number, seen, held, size = first + len(held), number + 1, at, [], 0
        if held or number == 0:
            rest, data = stream.position() - seen, _packed(held, first, header, reading)
            yield Piece(source, number, first, len(held), weight=rest, data=data)


def _rows(file: io.RawIOBase, path: str) -> Iterator[list[str]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    raw: Any = io.BufferedReader(_Raw(file), _BUFFER)
    reader = csv.reader(io.TextIOWrapper(raw, _BYTES, newline=""))
    try:
        yield from (row for row in reader if row)
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}: mend the line") from error


class _Raw(io.RawIOBase):
    """An Arrow stream as Python's text layer wants it; closing it is left to its owner."""

    def __init__(self, file: io.RawIOBase) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any writable buffer
        data = self.file.read(len(buffer)) or b""
        buffer[: len(data)] = data
        return len(data)


def _header(rows: Iterator[list[str]], path: str) -> list[str]:
    names = next(rows, [])
    names = [name.removeprefix(_BOM) for name in names[:1]] + names[1:]
    header = [name.encode(_BYTES).decode("utf-8", "replace") for name in names]
    if not header:
        raise InputError(f"{path}: is empty: its first line must name the columns")
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise InputError(f"{path}: two columns are called {twice[0]!r}: rename one of them")
    return header


def _packed(rows: list[list[str]], first: int, header: list[str], reading: Reading) -> bytes:
    """Return rows, the first of them of that number, as a piece carries them."""
    flawed = [len(row) != len(header) for row in rows]
    arrays = []
    undecodable: set[int] = set()
    for field in reading.schema:
        at = header.index(field.name) if field.name in header else len(header)
        cells = [row[at].encode(_BYTES) if at < len(row) else None for row in rows]
        array, unsound = _texts(cells)
        arrays.append(array)
        if field.name == reading.code:
            undecodable.update(unsound)
    status = [
        "invalid" if flawed[row] else "undecodable" if row in undecodable else None
        for row in range(len(rows))
    ]
    reasons = ["wrong_number_of_cells" if flaw else None for flaw in flawed]
    places = [f"row {first + row + 1}" if flaw else None for row, flaw in enumerate(status)]
    arrays += [pa.array(each, pa.string()) for each in (status, reasons, places)]
    names = [*reading.schema.names, *FLAWS]
    return pack(pa.table(arrays, names=names))


def _texts(cells: list[bytes | None]) -> tuple[Any, list[int]]:
    """Return cells as text, and the rows whose bytes are no UTF-8."""
    try:
        return pa.array(cells, pa.binary()).cast(pa.string()), []
    except pa.ArrowInvalid:
        clean = [None if cell is None else cell.decode("utf-8", "replace") for cell in cells]
        unsound = [
            row
            for row, cell in enumerate(cells)
            if cell is not None and (clean[row] or "").encode() != cell
        ]
        return pa.array(clean, pa.string()), unsound
