"""A change of bounded size: what is kept of a very large one."""

from __future__ import annotations

from dataclasses import replace

from fingerprint_features.change import FileChange, Hunk

MOST_LINES = 400
"""Added and removed lines of a change that are looked at; mining keeps as many, so that a model
meets changes as it met them in training."""


def bounded_files(files: tuple[FileChange, ...], most: int = MOST_LINES) -> tuple[FileChange, ...]:
    """Return the files with their first `most` changed lines in all; their counts stay whole.

    A hunk that is cut keeps its removed lines before its added ones, as a diff prints them.
    """
    kept, room = [], most
    for file in files:
        lines = sum(len(hunk.added) + len(hunk.removed) for hunk in file.hunks)
        kept.append(file if lines <= room else replace(file, hunks=_cut(file.hunks, room)))
        room = max(room - lines, 0)
    return tuple(kept)


def _cut(hunks: tuple[Hunk, ...], room: int) -> tuple[Hunk, ...]:
    kept = []
    for hunk in hunks:
        if room <= 0:
            break
        removed = hunk.removed[:room]
        added = hunk.added[: room - len(removed)]
        room -= len(removed) + len(added)
        kept.append(Hunk(hunk.start, added, removed))
    return tuple(kept)
