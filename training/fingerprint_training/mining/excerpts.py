"""What one changed file offers as a sample: the file, a function of it, or a hunk."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from fingerprint_features.change import FileChange, Hunk
from fingerprint_features.languages import language_of
from fingerprint_training.cleaning_rules import licence_head
from fingerprint_training.cuts import BLOCK_LINES, FILE_LINES, HUNK_LINES
from fingerprint_training.mining.functions import added_functions
from fingerprint_training.own_code import LARGEST, is_written

Excerpt = tuple[str, str]  # code, language

MOVED_SHARE = 0.5  # of an excerpt's telling lines that the same change takes away elsewhere
TELLING = 4  # characters; braces and `end` stand everywhere


def kinds_of(file: FileChange) -> tuple[str, ...]:
    """Return the kinds of excerpts that the lengths of a file's hunks allow; nothing is parsed."""
    longest = max((len(hunk.added) for hunk in file.hunks), default=0)
    kinds = []
    if is_new(file) and FILE_LINES[0] <= longest:
        kinds.append("file")
    if longest >= BLOCK_LINES[0]:
        kinds.append("function")
    if file.status != "added" and longest >= HUNK_LINES[0]:
        kinds.append("hunk")
    return tuple(kinds)


def is_new(file: FileChange) -> bool:
    """Tell whether all of a new file is at hand: one hunk with as many lines as were added."""
    whole = len(file.hunks) == 1 and len(file.hunks[0].added) == file.added
    return file.status == "added" and whole


def excerpt(file: FileChange, kind: str, draw: int) -> Excerpt | None:
    """Return the code and language of an excerpt, None where the file has none that fits.

    `draw` is a random number that chooses among several. Files keep to the lengths of
    `cuts.FILE_LINES`, functions to `BLOCK_LINES`, set to the margin, hunks to `HUNK_LINES`; what a
    generator signed and what was minified is none.
    """
    text = "\n".join(file.hunks[0].added).removeprefix("\ufeff") + "\n"
    if file.status == "added" and not is_written(text):
        return None
    language = language_of(file.path, text)
    if language is None:
        return None
    if kind == "file":
        return _file(text, language)
    code = _function(file.hunks, language, draw) if kind == "function" else _hunk(file.hunks, draw)
    return None if code is None or not is_written(code) else (code, language)


def is_moved(code: str, removed: frozenset[str]) -> bool:
    """Tell whether most lines of an excerpt are among those (stripped) that the change removed."""
    lines = [line.strip() for line in code.split("\n")]
    telling = [line for line in lines if len(line) >= TELLING]
    return sum(line in removed for line in telling) > MOVED_SHARE * len(telling)


def _file(text: str, language: str) -> Excerpt | None:
    code = licence_head(text, language, 0).lstrip("\n")
    least, most = FILE_LINES
    fits = least <= _filled(code.split("\n")) <= most and len(text.encode()) <= LARGEST
    return (code, language) if fits else None


def _function(hunks: Sequence[Hunk], language: str, draw: int) -> str | None:
    found = []
    for hunk in hunks:
        if len(hunk.added) >= BLOCK_LINES[0] and sum(map(len, hunk.added)) <= LARGEST:
            spans = added_functions(hunk.added, language)
            found += [hunk.added[start:end] for start, end in spans]
    return _dedented(found[draw % len(found)]) if found else None


def _hunk(hunks: Sequence[Hunk], draw: int) -> str | None:
    least, most = HUNK_LINES
    found = [hunk.added for hunk in hunks if _filled(hunk.added) >= least]
    if not found:
        return None
    lines = found[draw % len(found)]
    start = draw // len(found) % max(len(lines) - most + 1, 1)
    window = lines[start : start + most]
    return "\n".join(window) + "\n" if _filled(window) >= least else None


def _dedented(lines: Sequence[str]) -> str:
    return textwrap.dedent("\n".join(lines) + "\n")


def _filled(lines: Sequence[str]) -> int:
    return sum(1 for line in lines if line.strip())
