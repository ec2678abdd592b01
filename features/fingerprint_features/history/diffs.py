"""The diff of one commit as git prints it, raw entries before patches, into records of files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from fingerprint_features.change import FileChange
from fingerprint_features.history.errors import HistoryError
from fingerprint_features.history.hunks import HUNK, bare_hunks

SECTION = b"\ndiff --git "  # no line of a file and no path, which git quotes, can look like it
MAX_CHANGE_LINES = 200_000  # added lines kept of one commit, and removed ones: a bound to memory

_STATUS = {
    "A": "added",
    "D": "deleted",
    "M": "modified",
    "T": "type",
    "R": "renamed",
    "C": "copied",
}
_SUBMODULE = "160000"
_ESCAPED = re.compile(r"\\([0-7]{3}|.)")
_LETTERS = dict(zip('abfnrtv"\\', '\a\b\f\n\r\t\v"\\', strict=True))


class _Entry(NamedTuple):
    """A raw entry: what git tells of a file before its patch."""

    status: str
    path: str
    old_path: str | None
    submodule: bool


def files_of(pieces: Iterable[bytes], max_file_lines: int) -> tuple[FileChange, ...]:
    """Read a commit's diff that comes in pieces, each of which ends where a file ends.

    Names, kinds and modes come from the raw entries; lines and counts come from the patches,
    which follow in the same order. Of a file at most `max_file_lines` added and as many removed
    lines are kept, of the commit `MAX_CHANGE_LINES` of each. HistoryError is raised where entries
    and patches do not fit together.
    """
    sections = _sections(pieces)
    entries = [_entry(line) for line in _text(next(sections, b"")).split("\n") if line[:1] == ":"]
    files, room = [], MAX_CHANGE_LINES
    for entry in entries:
        file = _file(entry, sections, max(min(max_file_lines, room), 0))
        room -= min(max_file_lines, max(file.added or 0, file.removed or 0))
        files.append(file)
    if next(sections, None) is not None:
        raise HistoryError(f"git printed more patches than its {len(entries)} changed files")
    return tuple(files)


def _sections(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the raw entries, then the patch of one file at a time."""
    first = True
    for piece in pieces:
        entries, *patches = piece.split(SECTION)
        if first:
            yield entries
        yield from patches
        first = False


def _text(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _entry(line: str) -> _Entry:
    """Read `:OLDMODE NEWMODE OLDID NEWID STATUS<tab>PATH`, of a rename with both paths."""
    about, *paths = line.split("\t")
    modes, status = about[1:14].split(" "), about.rpartition(" ")[2]
    old_path = _path(paths[0]) if len(paths) == 2 else None
    return _Entry(
        _STATUS.get(status[:1], "modified"), _path(paths[-1]), old_path, _SUBMODULE in modes
    )


def _path(written: str) -> str:
    """Undo how git quotes a path with control characters, quotes or backslashes."""
    if not written.startswith('"'):
        return written
    return _ESCAPED.sub(_character, written[1:-1])


def _character(escaped: re.Match[str]) -> str:
    code = escaped[1]
    return _LETTERS[code] if len(code) == 1 else chr(int(code, 8))


def _file(entry: _Entry, sections: Iterator[bytes], room: int) -> FileChange:
    """Build the record of a file out of its patch; a change of type is two patches, out and in."""
    status, path, old_path, submodule = entry
    wanted = 2 if status == "type" else 1
    patches = [_text(patch).split(HUNK) for patch in islice(sections, wanted)]
    if len(patches) < wanted:
        raise HistoryError(f"git printed no patch of {path!r}")
    if submodule:
        return FileChange(path, status, old_path, submodule=True)
    if any(len(patch) == 1 and "\nBinary files " in patch[0] for patch in patches):
        return FileChange(path, status, old_path, binary=True)
    hunks = (hunk for patch in patches for hunk in patch[1:])
    return FileChange(path, status, old_path, *bare_hunks(hunks, room))
