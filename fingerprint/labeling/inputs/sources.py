"""From INPUT arguments to sources: files by their names, saved data sets, folders, globs."""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fingerprint.labeling.errors import InputError
from fingerprint.labeling.inputs import trees
from fingerprint.labeling.inputs.streams import unreadable
from fingerprint.labeling.pieces import Source
from fingerprint.skip import INTERNAL_FOLDERS
from fingerprint_features.languages import language_of_path

KINDS = {
    ".parquet": "parquet",
    ".arrow": "arrow",
    **{
        f"{name}{packed}": "lines"
        for name in (".jsonl", ".ndjson")
        for packed in ("", ".gz", ".zst")
    },
    **{f".csv{packed}": "csv" for packed in ("", ".gz", ".zst")},
}
"""The kind of a file by how its name ends."""

TREE = "tree"
_DATASET, _DATASETS, _STATE = "dataset_info.json", "dataset_dict.json", "state.json"
_BESIDE = re.compile(r"(LICEN[SC]E|README).*|.*(\.(md|json|txt|ya?ml)|_SUCCESS)")


def resolve(arguments: Iterable[str]) -> list[Source]:
    """Return the inputs in order, those of a folder or a glob sorted by name.

    Raises `InputError` for what is not there, matches nothing, or is no kind of input, and for an
    input that is named twice.
    """
    found = [
        Source(index, kind, path, split)
        for index, (kind, path, split) in enumerate(
            each for argument in arguments for each in _found(argument)
        )
    ]
    places = [os.path.realpath(source.path) for source in found]
    for source, place in zip(found, places, strict=True):
        if places.count(place) > 1:
            raise InputError(f"{source.path} is named twice: its rows would be written twice")
    return found


def folders(arguments: Iterable[str]) -> list[str]:
    """Return the folders among the inputs, also those that a glob matches."""
    named = [
        match
        for argument in arguments
        for match in (
            [argument]
            if os.path.exists(argument)  # noqa: PTH110 - as `_found`
            else glob.glob(argument, recursive=True)  # noqa: PTH207 - likewise
        )
    ]
    return [each for each in named if os.path.isdir(each)]  # noqa: PTH112 - likewise


def kind_of(path: str) -> str | None:
    """Return the kind of file that a name tells, or None."""
    return next((kind for end, kind in KINDS.items() if path.lower().endswith(end)), None)


def identity(source: Source) -> dict[str, object]:
    """Return what tells whether an input is the one it was: size and time of its last change."""
    shown: dict[str, object] = {"path": os.path.abspath(source.path)}  # noqa: PTH100 - a str
    if source.kind == TREE:
        return shown | trees.identity(source.path)
    try:
        found = os.stat(source.path)  # noqa: PTH116 - a str
    except OSError as error:
        raise unreadable(source.path, error) from error
    return shown | {"size": found.st_size, "changed": found.st_mtime_ns}


def _found(argument: str) -> Iterator[tuple[str, str, str | None]]:
    if os.path.isdir(argument):  # noqa: PTH112 - pathlib's raises where access is denied
        yield from _folder(Path(argument))
    elif os.path.exists(argument):  # noqa: PTH110 - as above
        kind = kind_of(argument)
        if kind is None:
            ends = ", ".join(KINDS)
            raise InputError(f"{argument}: its name ends in none of {ends}: rename it")
        yield kind, argument, None
    elif glob.has_magic(argument):
        matches = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207 - as the user wrote
        if not matches:
            raise InputError(f"{argument}: no file matches: check the pattern")
        for match in matches:
            yield from _found(match)
    else:
        raise InputError(f"{argument}: no such file or folder: check the path")


def _folder(folder: Path) -> Iterator[tuple[str, str, str | None]]:
    if (folder / _DATASETS).is_file():
        for split in _json(folder / _DATASETS)["splits"]:
            yield from _saved(folder / split, split)
    elif (folder / _DATASET).is_file() and (folder / _STATE).is_file():
        yield from _saved(folder, None)
    else:
        shards = [folder / shard for shard in _shards(folder)] or _shards_below(folder)
        for shard in shards:
            yield str(kind_of(shard.name)), str(shard), None
        if not shards:
            yield TREE, str(folder), None


def _saved(folder: Path, split: str | None) -> Iterator[tuple[str, str, str | None]]:
    for entry in _json(folder / _STATE)["_data_files"]:
        yield "arrow", str(folder / entry["filename"]), split


def _shards(folder: Path) -> list[str]:
    """Return the shards in a folder that holds nothing else but notes on them, else none."""
    try:
        entries = sorted(
            (entry for entry in os.scandir(folder) if entry.name[0] != "."),
            key=lambda entry: entry.name,
        )
    except OSError as error:
        raise unreadable(str(folder), error) from error
    shards = [entry.name for entry in entries if entry.is_file() and kind_of(entry.name)]
    others = [entry for entry in entries if entry.name not in shards]
    plain = all(entry.is_file() and _BESIDE.fullmatch(entry.name) for entry in others)
    return shards if plain else []


def _shards_below(folder: Path) -> list[Path]:
    """Return the shards anywhere below a folder; none where code is there too.

    A data file in a tree of code is a fixture. Raises `InputError` where there is neither.
    """
    shards: list[Path] = []
    closed: list[OSError] = []
    for home, inner, files in os.walk(folder, onerror=closed.append):
        inner[:] = [name for name in inner if name not in INTERNAL_FOLDERS]
        if any(map(language_of_path, files)):
            return []
        told = [part[0] not in "._" for part in Path(home).relative_to(folder).parts]
        if all(told):
            shards += [Path(home, name) for name in files if name[0] not in "._" and kind_of(name)]
    if closed:
        raise unreadable(str(closed[0].filename), closed[0]) from closed[0]
    if not shards and not trees.holds_code(str(folder)):
        raise InputError(
            f"{folder}: no code and no shard in it (shards end in {', '.join(KINDS)}): "
            "check the path"
        )
    return sorted(shards)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error}: save the data set again") from error
