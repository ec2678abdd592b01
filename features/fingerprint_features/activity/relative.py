"""The added code's style against its surroundings: the lines it replaces, its repository."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import numpy.typing as npt

from fingerprint_features.activity import paths
from fingerprint_features.activity.comment_signs import is_comment
from fingerprint_features.activity.reading import IDENTIFIER, MAX_LINES, Activity
from fingerprint_features.change import Change, FileChange
from fingerprint_features.ratios import mean as mean_of
from fingerprint_features.ratios import spread as spread_of

MEASURES = {
    "line_length": "length of lines",
    "indent": "indent of lines",
    "comment": "share of comments",
    "blank": "share of blank lines",
    "snake": "share of snake case among compound names",
    "double_quote": "share of double quotes among quotes",
}
"""Style that is cheap enough to take of each line: a mean and a spread a measure."""

HISTORY = 100
"""Changes before one that its repository's style is taken from: habits change with the years."""

MIN_BASIS = 5
"""Fewer lines, or changes of a repository, are no basis to compare with."""

FLOORS = np.array([4.0, 1.0, 0.05, 0.05, 0.05, 0.05])
"""Least spread that a difference is divided by, in the order of `MEASURES`; set by hand, so that
a file all of one kind does not turn one other line into many standard deviations."""

_FURTHEST = 10.0

COLUMNS = {
    **{
        f"removed_{name}": f"{words}: added lines against removed lines of the same files, as a "
        "standardised difference; NaN without a basis"
        for name, words in MEASURES.items()
    },
    **{
        f"repository_{name}": f"{words}: added lines against the changes before, as a "
        "standardised difference; NaN without a basis"
        for name, words in MEASURES.items()
    },
}

Vector = npt.NDArray[np.float64]

_SNAKE = re.compile(r"[a-z0-9]_[a-z0-9]")
_CAMEL = re.compile(r"[a-z][A-Z]")


@dataclass(frozen=True)
class RepositoryStyle:
    """Mean and spread of each measure over changes of a repository, and of how many; (6,) each."""

    count: Vector
    mean: Vector
    spread: Vector

    @classmethod
    def of(cls, earlier: Sequence[Vector]) -> RepositoryStyle:
        """Return the style that `style_of` found in the changes before one, the last `HISTORY`.

        What comes later than a change must not speak for it.
        """
        values = np.array(earlier, dtype=np.float64).reshape(-1, len(MEASURES))
        seen = np.isfinite(values)
        count = seen.sum(axis=0).astype(np.float64)
        mean = np.where(seen, values, 0.0).sum(axis=0) / np.maximum(count, 1.0)
        squares = np.where(seen, values - mean, 0.0) ** 2
        return cls(count, mean, np.sqrt(squares.sum(axis=0) / np.maximum(count, 1.0)))


def style_of(change: Change) -> Vector:
    """Return the mean of each measure over a change's added lines, (6,); NaN without a basis."""
    return _statistics(_lines(change, "added"))[0]


def measure(activity: Activity) -> dict[str, float]:
    """Return the differences; NaN where lines, removed lines or the repository's style lack."""
    added, _ = _statistics(_lines(activity.change, "added"))
    removed, spread = _statistics(_lines(activity.change, "removed"))
    row = [*_apart(added, removed, spread), *_against(added, activity.style)]
    return dict(zip(COLUMNS, row, strict=True))


def _against(values: Vector, style: RepositoryStyle | None) -> list[float]:
    if style is None:
        return [nan] * len(MEASURES)
    mean = np.where(style.count >= MIN_BASIS, style.mean, nan)
    return _apart(values, mean, style.spread)


def _apart(values: Vector, mean: Vector, spread: Vector) -> list[float]:
    apart = (values - mean) / np.maximum(spread, FLOORS)
    bounded: list[float] = np.clip(apart, -_FURTHEST, _FURTHEST).tolist()
    return bounded


def _lines(change: Change, side: str) -> list[tuple[str, FileChange]]:
    """Return the first added or removed lines of the code, in the order of the paths."""
    files = sorted(change.files or (), key=lambda file: file.path)
    code = (f for f in files if paths.is_written(f.path) and paths.language(f.path))
    found: list[tuple[str, FileChange]] = []
    for file in code:
        found.extend((line, file) for hunk in file.hunks for line in getattr(hunk, side))
        if len(found) >= MAX_LINES:
            break
    return found[:MAX_LINES]


def _statistics(lines: list[tuple[str, FileChange]]) -> tuple[Vector, Vector]:
    """Return mean and spread of each measure over lines; NaN where there is no basis."""
    inked = [(line.expandtabs(4), file) for line, file in lines if line.strip()]
    code = "\n".join(line for line, _ in inked)
    names = IDENTIFIER.findall(code)
    snake = [True for name in names if _SNAKE.search(name)]
    camel = [False for name in names if _CAMEL.search(name)]
    moments = [
        _moments([len(line) for line, _ in inked]),
        _moments([len(line) - len(line.lstrip()) for line, _ in inked]),
        _moments([is_comment(line.strip(), paths.language(f.path)) for line, f in inked]),
        _moments([not line.strip() for line, _ in lines]),
        _moments(snake + camel),
        _moments([True] * code.count('"') + [False] * code.count("'")),
    ]
    return np.array([mean for mean, _ in moments]), np.array([apart for _, apart in moments])


def _moments(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < MIN_BASIS:
        return nan, nan
    return mean_of(np.array(values)), spread_of(np.array(values))
