"""Hunks of a unified diff, from text to records; lines are sliced and split, not walked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from fingerprint_features.change import Hunk

MAX_LINE = 2_000  # characters kept of a line; what is longer is data or minified
HUNK = "\n@@ "  # no line of a file can look like it: theirs begin with +, -, a space or \

_NO_NEWLINE = "\n\\ No newline at end of file"


class Patch(NamedTuple):
    """The hunks of one file, and how many lines it gained and lost in all."""

    hunks: tuple[Hunk, ...]
    added: int
    removed: int


def bare_hunks(parts: Iterable[str], max_lines: int) -> Patch:
    r"""Read hunks without context lines, each the text that follows its `\n@@ `.

    At most `max_lines` added and as many removed lines are kept, the first ones; a hunk of which
    nothing is kept is left out. The counts are those of the hunk headers, lines kept or not. A
    line is kept without its line end and up to `MAX_LINE` characters.
    """
    hunks: list[Hunk] = []
    added = removed = 0
    for part in parts:
        header, _, body = part.partition("\n")
        start, more, less = _header(header)
        if added < max_lines or removed < max_lines:
            hunk = _bare_hunk(start, body, (more, max_lines - added), (less, max_lines - removed))
            if hunk.added or hunk.removed:
                hunks.append(hunk)
        added += more
        removed += less
    return Patch(tuple(hunks), added, removed)


def patch_hunks(patch: str, max_lines: int) -> Patch:
    """Read the hunks of a patch with context lines: one hunk for each run of changed lines.

    Lines are kept and counted as in `bare_hunks`, but counted where they stand. ValueError is
    raised for a hunk header that is none.
    """
    hunks: list[Hunk] = []
    added = removed = 0
    for part in f"\n{patch}".split(HUNK)[1:]:
        header, _, body = part.partition("\n")
        for hunk in _runs(_header(header)[0], body):
            plus = hunk.added[: max(max_lines - added, 0)]
            minus = hunk.removed[: max(max_lines - removed, 0)]
            if plus or minus:
                hunks.append(Hunk(hunk.start, plus, minus))
            added += len(hunk.added)
            removed += len(hunk.removed)
    return Patch(tuple(hunks), added, removed)


def _header(header: str) -> tuple[int, int, int]:
    """Return where the added lines stand, how many they are, and how many lines go.

    For a hunk that only takes away, git names the line before; here it is the line after.
    """
    old, new, _ = header.split(" ", 2)
    at, comma, count = new[1:].partition(",")
    _, some, gone = old.partition(",")
    more = int(count) if comma else 1
    return int(at) + (not more), more, int(gone) if some else 1


def _bare_hunk(start: int, body: str, more: tuple[int, int], less: tuple[int, int]) -> Hunk:
    """Cut a body into its `-` lines and the `+` lines that follow; (count, room) of each."""
    if "\n\\" in body:
        body = body.replace(_NO_NEWLINE, "")
    body = body.rstrip("\n")
    if not less[0]:
        return Hunk(start, _lines(body[1:], "\n+", *more))
    minus, _, plus = body[1:].partition("\n+")
    gone = _lines(minus, "\n-", *less)
    return Hunk(start, _lines(plus, "\n+", *more) if more[0] else (), gone)


def _lines(text: str, mark: str, count: int, room: int) -> tuple[str, ...]:
    room = max(room, 0)
    return _tidy(text.split(mark) if count <= room else text.split(mark, room)[:room], text)


def _tidy(lines: Sequence[str], text: str) -> tuple[str, ...]:
    """Take carriage returns and overlong tails away; `text` tells cheaply that there are none."""
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    if len(text) > MAX_LINE:
        lines = [line[:MAX_LINE] for line in lines]
    return tuple(lines)


def _runs(start: int, body: str) -> Iterator[Hunk]:
    """Yield the runs of changed lines of a hunk body with context."""
    lines = (line for line in body.split("\n") if not line.startswith("\\"))
    for changed, run in groupby(lines, key=lambda line: line[:1] in ("+", "-")):
        texts = list(run)
        plus = [text[1:] for text in texts if text[:1] == "+"]
        minus = [text[1:] for text in texts if text[:1] == "-"]
        if changed:
            yield Hunk(start, _tidy(plus, body), _tidy(minus, body))
        start += len(plus) if changed else len(texts)
