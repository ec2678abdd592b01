"""A model folder: written whole or not at all, verified before any of it is used.

`manifest.json` is written last and names every file with its size and SHA-256. Files are UTF-8
text, JSON or npz; nothing in a folder is ever unpickled. The sums tell damage from soundness, not
friend from foe: who can write the folder can write its manifest too, so pin `manifest_hash` where
that matters.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import numpy.typing as npt

from fingerprint_models.arrays import npz_bytes, read_npz
from fingerprint_models.errors import (
    DamagedModelError,
    ExistingModelError,
    MissingModelError,
    ModelError,
    NewerFormatError,
)

__all__ = [
    "FORMAT",
    "Folder",
    "check_target",
    "json_bytes",
    "npz_bytes",
    "open_folder",
    "write_folder",
]

FORMAT = 1
"""The format that is written; raised when a reader of the last one could not read it."""

MANIFEST = "manifest.json"

HEADER = ("name", "version", "schema_hash", "created_by")
"""Texts that every header holds; `created_by` is the version of the package that wrote it."""

MAX_MANIFEST = 1 << 20
"""Bytes of the largest manifest that is read; a model has some ten files of 150 bytes each."""

_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_-])?")
# What Python and download tools leave in a folder; names that start with a dot are passed over too.
_IGNORED = frozenset({"__pycache__"})


@dataclass(frozen=True, slots=True)
class Folder:
    """A verified model folder, held in memory so that what is used is what was verified.

    `header` is the manifest less its list of files.
    """

    path: Path
    header: Mapping[str, Any]
    manifest_hash: str
    files: Mapping[str, bytes] = field(repr=False)

    def text(self, name: str) -> str:
        """Return a file as text; raises `DamagedModelError` if it is absent or not UTF-8."""
        try:
            return self._data(name).decode("utf-8")
        except UnicodeDecodeError:
            raise DamagedModelError(self.path / name, "is not UTF-8 text") from None

    def json(self, name: str) -> Any:
        """Return what a JSON file holds; raises `DamagedModelError` if it is absent or no JSON."""
        return _parse(self.path / name, self._data(name))

    def arrays(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays of an npz file; raises `DamagedModelError` on absence or objects."""
        try:
            return read_npz(self._data(name))
        except ValueError as problem:
            raise DamagedModelError(self.path / name, str(problem)) from None

    def _data(self, name: str) -> bytes:
        if name not in self.files:
            raise DamagedModelError(self.path / MANIFEST, f"does not list {name}")
        return self.files[name]


def json_bytes(value: object) -> bytes:
    """Return JSON as a model folder keeps it: sorted keys, one space of indent, no NaN."""
    text = json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def write_folder(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    header: Mapping[str, object],
    replace: bool = False,
) -> str:
    """Write a model folder, whole or not at all, and return its manifest hash.

    The same files and header give the same hash. With `replace` an earlier model may stand at
    `folder`; it is there again after any failure. Only a kill between two renames can leave it
    beside, as `.NAME.old`, and `open_folder` then says so.
    Raises `ModelError` on file names that are not plain or a header without the texts of `HEADER`,
    and `ExistingModelError` where something that must not be replaced stands in the way.
    """
    _check_content(files, header)
    check_target(folder, replace=replace)
    manifest = json_bytes({**header, "format": FORMAT, "files": _describe(files)})
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.partial")
    try:
        partial.mkdir()
        for name in sorted(files):
            _write(partial / name, files[name])
        _write(partial / MANIFEST, manifest)
        _put_in_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return _hash(json.loads(manifest))


def open_folder(folder: Path) -> Folder:
    """Return a model folder after verifying every byte of it.

    Raises `MissingModelError`, `NewerFormatError`, or `DamagedModelError` for a file that is
    missing, unlisted, of another size or another SHA-256 than the manifest says.
    """
    if not folder.is_dir():
        old = _backup(folder)
        raise MissingModelError(
            folder,
            f"a replacement was cut short; rename {old} to {folder.name}"
            if old.is_dir()
            else "no such folder; check the path, or train or fetch the model",
        )
    path = folder / MANIFEST
    if not path.is_file():
        raise MissingModelError(folder, f"it has no {MANIFEST}; point to a whole model folder")
    manifest = _parse(path, _read(path, MAX_MANIFEST))
    version = manifest.get("format") if isinstance(manifest, dict) else None
    if type(version) is not int:
        raise DamagedModelError(path, "states no format")
    if version > FORMAT:
        raise NewerFormatError(path, version, FORMAT)
    if version not in READERS:
        raise DamagedModelError(path, f"states format {version}, which never was")
    return READERS[version](folder, manifest)


def _read_1(folder: Path, manifest: dict[str, Any]) -> Folder:
    """Return a folder of format 1: flat, each file listed as {"sha256": hex, "size": bytes}."""
    path, listed = folder / MANIFEST, manifest.get("files")
    if not isinstance(listed, dict) or not all(
        isinstance(manifest.get(key), str) for key in HEADER
    ):
        raise DamagedModelError(path, f"lacks one of files, {', '.join(HEADER)}")
    for name in listed:
        if not _is_plain(name):
            raise DamagedModelError(path, f"lists {name!r}, which is no plain file name")
    for entry in sorted(folder.iterdir()):
        known = entry.name in listed or entry.name in _IGNORED or entry.name[0] == "."
        if not known and entry.name != MANIFEST:
            raise DamagedModelError(entry, "is not listed in the manifest")
    files = {name: _verified(folder / name, listed[name]) for name in sorted(listed)}
    header = {key: value for key, value in manifest.items() if key != "files"}
    return Folder(folder, MappingProxyType(header), _hash(manifest), MappingProxyType(files))


READERS: Mapping[int, Callable[[Path, dict[str, Any]], Folder]] = {1: _read_1}
"""The reader of each format that was ever released; old ones stay, and stay tested."""


def _verified(path: Path, entry: object) -> bytes:
    match entry:
        case {"sha256": str(digest), "size": int(size)}:
            data = _read(path, size)
        case _:
            raise DamagedModelError(path.with_name(MANIFEST), f"lacks size or sum of {path.name}")
    if len(data) != size:
        raise DamagedModelError(path, f"has {len(data)} bytes where the manifest says {size}")
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedModelError(path, "does not have the SHA-256 that the manifest says")
    return data


def _read(path: Path, size: int) -> bytes:
    """Return the bytes of a regular file, refusing one that is larger than it may be."""
    if not path.is_file():
        raise DamagedModelError(path, "is missing")
    try:
        with path.open("rb") as file:
            data = file.read(max(size, 0) + 1)
    except OSError as problem:
        raise DamagedModelError(path, f"cannot be read ({problem.strerror})") from problem
    if len(data) > size:
        raise DamagedModelError(path, f"is larger than its {size} bytes")
    return data


def _parse(path: Path, data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise DamagedModelError(path, "is not valid JSON") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _check_content(files: Mapping[str, bytes], header: Mapping[str, object]) -> None:
    for name in files:
        if not _is_plain(name):
            raise ModelError(f"file name {name!r} is not plain; use letters, digits and . _ -")
    for key in HEADER:
        if not isinstance(header.get(key), str):
            raise ModelError(f"the header lacks the text {key!r}; add it")
    if taken := {"files", "format"} & header.keys():
        raise ModelError(f"the header may not set {min(taken)!r}; rename the field")


def _is_plain(name: str) -> bool:
    return bool(_PLAIN.fullmatch(name)) and ".." not in name and name.lower() != MANIFEST


def check_target(folder: Path, *, replace: bool) -> None:
    """Refuse to write over anything; with `replace`, over anything but a model or nothing.

    Raises `ExistingModelError`, as `write_folder` would; ask before hours of work.
    """
    if not os.path.lexists(folder):
        return
    if not replace:
        raise ExistingModelError(folder, "choose another name, or ask to replace it")
    is_model = (folder / MANIFEST).is_file()
    if folder.is_symlink() or not folder.is_dir() or not (is_model or not any(folder.iterdir())):
        raise ExistingModelError(folder, "it is no model folder, so it is not replaced")


def _put_in_place(partial: Path, folder: Path) -> None:
    """Rename a finished folder to its name; a folder that is not empty must step aside first."""
    old = _backup(folder)
    if not folder.exists():
        partial.replace(folder)
    else:
        shutil.rmtree(old, ignore_errors=True)
        folder.replace(old)
        try:
            partial.replace(folder)
        except BaseException:
            old.replace(folder)
            raise
    shutil.rmtree(old, ignore_errors=True)


def _backup(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _write(path: Path, data: bytes) -> None:
    """Write a file and wait until the disk has it, so that no rename outlives what it names."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _describe(files: Mapping[str, bytes]) -> dict[str, dict[str, object]]:
    return {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in files.items()
    }


def _hash(manifest: Mapping[str, object]) -> str:
    """Return the SHA-256 of the canonical JSON: sorted keys, no white space, UTF-8."""
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
