"""JSON Lines, packed or not: cut at line ends by whoever hands out pieces, parsed by workers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from fingerprint.labeling.errors import InputError
from fingerprint.labeling.inputs.streams import Stream, compression_of, opened, unreadable
from fingerprint.labeling.inputs.values import array_of, merged_types, types_of
from fingerprint.labeling.pieces import FLAW_FIELDS, Piece, Reading, Source

BATCH = 1024
"""Rows that are parsed at a time."""

SCAN = 8 << 20
"""Bytes that are parsed at a time to find out the columns and their types."""

Row = tuple[dict[str, Any], str | None, str | None, int]
"""The fields of a line; status and reason where it is no JSON object; and its number in a block."""


_ARRAY = re.compile(r"\s*\[\s*(\{|$)")


def schema(source: Source, reading: Reading) -> pa.Schema:
    """Return the columns, having read the whole file: a key may appear in the last line.

    Where no line is sound, the code is the one column. Raises `InputError` for a JSON array.
    """
    types: dict[str, pa.DataType] = {}
    first: Row | None = None
    with opened(source.path) as stream:
        for data, _ in blocks(stream, rows=BATCH * 8, size=SCAN):
            rows = list(parsed(data, reading.code))
            first = first or next(iter(rows), None)
            types = merged_types(types, types_of([fields for fields, flaw, *_ in rows if not flaw]))
    if first and _begins_array(first, reading.code, alone=not types):
        raise InputError(f"{source.path}: is a JSON array: write one object a line")
    if first and not types:
        types = {reading.code: pa.string()}
    types |= {name: pa.string() for name in reading.texts if name in types}
    return pa.schema(list(types.items()))


def cut(source: Source, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces; those of a packed file carry their lines with them."""
    packed = compression_of(source.path) is not None
    first = start = number = seen = 0
    with opened(source.path) as stream:
        for data, rows in blocks(stream, rows=reading.rows, size=reading.bytes):
            at = stream.position() if packed else start + len(data)
            kept = data if packed else None
            yield Piece(source, number, first, rows, start, len(data), at - seen, kept)
            first, start, number, seen = first + rows, start + len(data), number + 1, at
    if number == 0:
        yield Piece(source, 0, 0, 0, data=b"")


def read(piece: Piece, reading: Reading) -> Iterator[pa.Table]:
    """Yield the rows of a piece; a line that is no JSON object has a flaw, and is the code."""
    data = piece.data if piece.data is not None else _bytes_of(piece)
    rows: list[Row] = []
    for row in parsed(data, reading.code):
        rows.append(row)
        if len(rows) == BATCH:
            yield _table(rows, piece, reading)
            rows = []
    if rows:
        yield _table(rows, piece, reading)


def blocks(stream: Stream, *, rows: int, size: int) -> Iterator[tuple[bytes, int]]:
    """Yield (whole lines, how many) of at most `rows` lines and, one line aside, `size` bytes."""
    kept, ended = b"", False
    while kept or not ended:
        while not ended and len(kept) < size:
            more = stream.file.read(size)
            kept, ended = kept + more, not more
        ends = np.flatnonzero(np.frombuffer(kept, np.uint8) == ord("\n")) + 1
        if ended and kept and (not len(ends) or ends[-1] < len(kept)):
            ends = np.append(ends, len(kept))
        if not len(ends) and not ended:  # one line longer than a block
            more = stream.file.read(size)
            kept, ended = kept + more, not more
            continue
        at = line = 0
        while line < len(ends):
            fitting = int(np.searchsorted(ends, at + size, side="right"))
            stop = min(line + rows, max(fitting, line + 1))
            if stop == len(ends) and not ended:
                break  # what follows may belong to it
            yield kept[at : ends[stop - 1]], stop - line
            at, line = int(ends[stop - 1]), stop
        if at == 0 and not ended:
            more = stream.file.read(size)
            kept, ended = kept + more, not more
        kept = kept[at:]


def parsed(data: bytes, code: str) -> Iterator[Row]:
    """Yield a row for each line that is not blank."""
    for at, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n")):
        if line.strip():
            yield *_parse(line, code), at


def _begins_array(row: Row, code: str, *, alone: bool) -> bool:
    """Tell whether the first line begins an array of objects; `alone`: no line is an object.

    An array that ends on that line is else an unsound line among sound ones.
    """
    fields, _, reason, _ = row
    told = reason == "invalid_json" or (reason == "no_json_object" and alone)
    return told and bool(_ARRAY.match(str(fields[code])))


def _parse(line: bytes, code: str) -> tuple[dict[str, Any], str | None, str | None]:
    try:
        fields = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return {code: line.decode("utf-8", "replace")}, "undecodable", None
    except (ValueError, RecursionError):
        return {code: line.decode("utf-8")}, "invalid", "invalid_json"
    if not isinstance(fields, dict):
        return {code: line.decode("utf-8")}, "invalid", "no_json_object"
    if not isinstance(fields.get(code), str | None):
        return fields, "invalid", "code_is_no_text"
    return fields, None, None


def _table(rows: list[Row], piece: Piece, reading: Reading) -> pa.Table:
    arrays = []
    flaws, reasons = [row[1] for row in rows], [row[2] for row in rows]
    for field in reading.schema:
        values = [row[0].get(field.name) for row in rows]
        try:
            array, unsound = array_of(values, field.type)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise InputError(
                f"{piece.where}: column {field.name!r} does not hold {field.type} there ({error}): "
                "the file is another than when the run began; use --overwrite"
            ) from error
        if field.name == reading.code:
            for row in unsound:
                flaws[row] = "undecodable"
        arrays.append(array)
    places = [
        None if flaw is None else f"line {piece.first + row[3] + 1}"
        for flaw, row in zip(flaws, rows, strict=True)
    ]
    arrays += [pa.array(each, pa.string()) for each in (flaws, reasons, places)]
    return pa.table(arrays, schema=pa.schema([*reading.schema, *FLAW_FIELDS]))


def _bytes_of(piece: Piece) -> bytes:
    path = piece.source.path
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - paths are strings here
            file.seek(piece.start)
            return file.read(piece.length)
    except OSError as error:
        raise unreadable(path, error, f"line {piece.first + 1}") from error
