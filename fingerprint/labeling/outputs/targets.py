"""Where an output goes: a folder of shards, or one file that is made of them at the end."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from fingerprint.labeling.errors import OutputError
from fingerprint.labeling.outputs.formats import FORMATS, format_of

STATE = ".fingerprint-label"
"""The hidden folder that knows how far a run has come."""


@dataclass(frozen=True)
class Target:
    """An output: `path` as the user wrote it, `home` the folder of shards, and their format.

    Of a single file, the shards and all else that a run needs lie in a hidden folder beside it.
    """

    path: str
    home: Path
    format: str
    single: bool

    @property
    def state(self) -> Path:
        """The hidden folder with the manifest."""
        return self.home if self.single else self.home / STATE

    @property
    def shards(self) -> Path:
        """The folder that shards are in."""
        return self.home / "shards" if self.single else self.home

    @property
    def final(self) -> Path:
        """What the user gets: the file, or the folder."""
        return Path(self.path)

    @property
    def shard_format(self) -> str:
        """The format of shards; those of a single file in zstd are packed when they are joined."""
        return self.format.removesuffix(".zst") if self.single else self.format

    def shard(self, name: str) -> Path:
        """Return the path of a shard, given its name less the ending."""
        return self.shards / f"{name}.{self.shard_format}"


def target_of(path: str, chosen: str | None) -> Target:
    """Return the output at `path`: one file where its name has the ending of a format.

    Raises `OutputError` where `chosen` is another format than that ending, or the folder that it
    is to be in is missing.
    """
    told = format_of(path)
    if chosen is not None and chosen not in FORMATS:
        raise OutputError(f"--format is {chosen}, not one of {', '.join(FORMATS)}")
    if told is not None and chosen not in (None, told):
        raise OutputError(
            f"{path} ends in .{told}, but --format is {chosen}: leave one of them out"
        )
    final = Path(path)
    if not final.absolute().parent.is_dir():
        raise OutputError(f"{path}: there is no folder {final.parent}: make it first")
    if told is None:
        suffix = final.suffix
        if suffix and not final.is_dir() and suffix.lower() in _FILES:
            ends = ", ".join(f".{name}" for name in FORMATS)
            raise OutputError(f"{path}: {suffix} is no format of ours: name {ends}, or a folder")
        return Target(path, final, chosen or "parquet", single=False)
    real = final.resolve()  # a link stays a link, its target is replaced
    return Target(str(real), real.with_name(f".{real.name}{STATE}"), told, single=True)


def check_free(target: Target, *, begun: bool, ours: bool) -> None:
    """Raise `OutputError` where something stands at a target that is not ours to write over.

    `begun` says that a run of ours is at work there, `ours` that a file at its place may go. Only
    files are overwritten, never a folder that holds other things.
    """
    final = target.final
    if target.single and final.is_dir():
        raise OutputError(f"{target.path} is a folder: name a file that ends so, or another folder")
    if not target.single and final.is_file():
        raise OutputError(f"{target.path} is a file: name another folder")
    if target.single and os.path.lexists(final) and not ours:
        raise OutputError(f"{target.path} exists: name another file, or add --overwrite")
    if not begun and not target.single and final.is_dir() and any(final.iterdir()):
        raise OutputError(f"{target.path} holds other files: name an empty or a new folder")


def prepare(target: Target) -> None:
    """Make the folders of a target; raises `OutputError` where that fails."""
    try:
        target.shards.mkdir(parents=True, exist_ok=True)
        target.state.mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(target.path, error) from error


def clear(target: Target) -> None:
    """Remove all that a run of ours wrote at a target, but not a single file that is finished."""
    if target.single:
        shutil.rmtree(target.home, ignore_errors=True)
        return
    for entry in target.home.glob(_SHARDS) if target.home.is_dir() else ():
        entry.unlink()
    shutil.rmtree(target.state, ignore_errors=True)


def cannot_write(path: str, error: OSError) -> OutputError:
    """Return the error of an output, with the mend for the causes that there mostly are."""
    why = error.strerror or str(error)
    mend = "free some space or check the permissions, and run the same command again"
    return OutputError(f"cannot write {path}: {why}: {mend}")


_SHARDS = "part-[0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9].*"
_FILES = frozenset({".json", ".tsv", ".txt", ".arrow", ".gz", ".zst", ".feather", ".pq", ".xlsx"})
