"""A folder or git tree of code files as rows: path, language and code, by the rules of `walk`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

import pyarrow as pa

from fingerprint.files import discover
from fingerprint.ignore import IgnoreFileError
from fingerprint.items import Item
from fingerprint.labeling.errors import InputError
from fingerprint.labeling.inputs.streams import unreadable
from fingerprint.labeling.pieces import FLAW, FLAW_REASON, Piece, Reading, Source, pack
from fingerprint.skip import INTERNAL_FOLDERS
from fingerprint_features.languages import language_of_path


def schema(source: Source, reading: Reading) -> pa.Schema:  # noqa: ARG001 - as every kind
    """Return the columns, called as those of the other inputs are."""
    return pa.schema([(name, pa.string()) for name in _names(reading)])


def cut(source: Source, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces, each with its files; prose and data are passed over."""
    held: list[Item] = []
    first = number = size = 0
    items = discover(
        [source.path],
        recursive=True,
        default_language=reading.default_language,
        patterns=reading.patterns,
    )
    try:
        for item in items:
            if item.status == "not_code":
                continue
            held.append(item)
            size += len(item.code)
            if len(held) >= reading.rows or size >= reading.bytes:
                data = _packed(held, reading)
                yield Piece(source, number, first, len(held), weight=size, data=data)
                first, number, held, size = first + len(held), number + 1, [], 0
    except IgnoreFileError as error:
        raise InputError(str(error)) from error
    if held or number == 0:
        data = _packed(held, reading)
        yield Piece(source, number, first, len(held), weight=size, data=data)


def holds_code(folder: str) -> bool:
    """Tell whether a file below a folder is a row of it, by its name or by its first line."""
    try:
        return any(item.status != "not_code" for item in discover([folder], recursive=True))
    except IgnoreFileError as error:
        raise InputError(str(error)) from error


def identity(folder: str) -> dict[str, object]:
    """Return how many files are below a folder, the size of the code, and a sum of the listing."""
    listing, size, number = hashlib.sha256(), 0, 0
    try:
        for home, folders, files in os.walk(folder):
            folders[:] = sorted(set(folders) - INTERNAL_FOLDERS)
            for name in sorted(files):
                path = os.path.join(home, name)  # noqa: PTH118 - strings, for speed over trees
                found = os.lstat(path)
                shown = os.path.relpath(path, folder)
                line = f"{shown}\0{found.st_size}\0{found.st_mtime_ns}\n"
                listing.update(line.encode("utf-8", "surrogateescape"))
                number += 1
                size += found.st_size if language_of_path(name) else 0
    except OSError as error:
        raise unreadable(folder, error) from error
    return {"files": number, "size": size, "listing": listing.hexdigest()}


def _names(reading: Reading) -> tuple[str, str, str]:
    return reading.path or "path", reading.language or "language", reading.code


def _packed(items: list[Item], reading: Reading) -> bytes:
    """Return files as the rows that a piece carries."""
    path, language, code = _names(reading)
    columns: dict[str, list[str | None]] = {
        path: [item.path.encode("utf-8", "replace").decode() for item in items],
        language: [item.language for item in items],
        code: [item.code if item.status == "ok" else None for item in items],
        FLAW: [None if item.status == "ok" else item.status for item in items],
        FLAW_REASON: [item.reason for item in items],
    }
    kept = [name for name in columns if name in (*reading.schema.names, FLAW, FLAW_REASON)]
    return pack(pa.table({name: pa.array(columns[name], pa.string()) for name in kept}))
