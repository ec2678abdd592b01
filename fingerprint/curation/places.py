"""Where results may be written: not over what is read, and over nothing else unasked."""

from __future__ import annotations

import os
from pathlib import Path

from fingerprint.curation.errors import CurationError
from fingerprint.curation.shards import Shards, passed_over

PARQUET = ".parquet"
CARD = "README.md"


def card_path(out: Path) -> Path:
    """Return where the card of a mix lies."""
    return out.with_suffix(".md") if out.suffix == PARQUET else out / CARD


def check_out(out: Path, shards: Shards, *, replace: bool) -> None:
    """Raise CurationError where a mix must not be written to `out`.

    A folder is replaced only if it holds nothing but an earlier mix.
    """
    if out.suffix == PARQUET:
        check_file(out, shards, replace=replace)
        return
    if out.is_file():
        raise CurationError(f"{out} is a file: name a folder, or a file that ends in {PARQUET}")
    if _like_a_file(out) and not out.is_dir():
        raise CurationError(f"cannot write {out}: name a {PARQUET} file or a folder")
    _check_apart(out, shards)
    _check_parent(out)
    if any(out.resolve() in path.resolve().parents for path in shards.files):
        raise CurationError(f"{out} holds what is read: name another folder")
    if out.is_dir() and any(out.iterdir()):
        if not replace:
            raise CurationError(f"{out} is not empty: name another folder, or give --replace")
        strange = sorted(p.name for p in out.iterdir() if not _ours(p))
        if strange:
            raise CurationError(f"{out} holds {strange[0]}, which no mix has: name another folder")


def check_removed(path: Path, out: Path, shards: Shards, *, replace: bool) -> None:
    """Raise CurationError where removed rows must not be written to `path`, beside a mix `out`."""
    if out.resolve() in (path.resolve(), *path.resolve().parents):
        raise CurationError(f"{path} lies in {out}, the mix: name a file outside of it")
    check_file(path, shards, replace=replace)


def _like_a_file(path: Path) -> bool:
    """Return whether a name ends as that of a file does; `mix-v1.2` does not."""
    return path.suffix[1:2].isalpha()


def _check_apart(path: Path, shards: Shards) -> None:
    """Raise where a folder that is read would have `path` in it, to be counted twice next time."""
    place = path.resolve()
    for folder in shards.folders:
        home = folder.resolve()
        if home in place.parents and not passed_over(place, home):
            raise CurationError(
                f"{path} lies in {folder}, which is read with all in it: name a place outside of it"
            )


def _ours(path: Path) -> bool:
    return path.name == CARD or (path.name.startswith("train-") and path.suffix == PARQUET)


def check_file(path: Path, shards: Shards, *, replace: bool) -> None:
    """Raise CurationError where a Parquet file must not be written to `path`."""
    if path.suffix != PARQUET or path.is_dir():
        raise CurationError(f"cannot write {path}: name a file that ends in {PARQUET}")
    _check_parent(path)
    if path.resolve() in {each.resolve() for each in shards.files}:
        raise CurationError(f"{path} is one of the files that are read: name another")
    _check_apart(path, shards)
    if path.exists() and not replace:
        raise CurationError(f"{path} exists: name another file, or give --replace")


def _check_parent(path: Path) -> None:
    parent = path.absolute().parent
    if not parent.is_dir():
        raise CurationError(f"cannot write {path}: there is no folder {parent}")
    if not os.access(parent, os.W_OK):
        raise CurationError(f"cannot write {path}: {parent} lets nobody write there")
