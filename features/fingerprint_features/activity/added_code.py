"""The added code's style: the dense columns of samples on the longest added runs, and counts."""

from __future__ import annotations

from math import log1p, nan

import numpy as np
import numpy.typing as npt

from fingerprint_features import registry
from fingerprint_features.activity import paths
from fingerprint_features.activity.comment_signs import is_comment
from fingerprint_features.activity.reading import Activity, prepare
from fingerprint_features.change import Change
from fingerprint_features.ratios import share
from fingerprint_features.sample import Sample
from fingerprint_features.source import MAX_BYTES
from fingerprint_features.source import prepare as prepare_sample

MAX_RUNS = 4
"""At most so many added runs of a change are measured, the longest ones."""

MIN_LINES = 5
"""A shorter run shows no habits."""

_PLAIN = {
    "runs": "runs of added code that were measured",
    "run_lines": "natural logarithm of 1 + mean lines of those runs",
    "comment_lines": "share of their lines that are comments, by their signs",
    "docstring_lines": "share of their lines that open with triple quotes or /**",
    "line_mean": "mean length of their lines that are not blank, in characters",
    "blank": "share of their lines that are blank",
    "trailing_space": "share of their lines with white space at the end",
    "new_files": "share of those runs that open a new file",
}
_STYLE = {name: f"{words}: mean over added runs" for name, words in registry.DESCRIPTIONS.items()}
COLUMNS = {**_PLAIN, **_STYLE}

_OPENS_DOC = ('"""', "'''", 'r"""', "/**", "///", "//!")


def added_runs(change: Change) -> list[Sample]:
    """Return the longest runs of added code, at most `MAX_RUNS` and `MAX_BYTES` in total.

    Runs of fewer than `MIN_LINES` lines, of generated files and of no known language are left
    out. Of runs of the same length the one first by path and line is taken.
    """
    runs = sorted(
        (-len(hunk.added), file.path, hunk.start, hunk.added)
        for file in change.files or ()
        if paths.is_written(file.path) and paths.language(file.path)
        for hunk in file.hunks
        if len(hunk.added) >= MIN_LINES
    )
    found: list[Sample] = []
    left = MAX_BYTES
    for _, path, _, lines in runs[:MAX_RUNS]:
        kept = _fitting(lines, left)
        if len(kept) >= MIN_LINES:
            found.append(Sample("\n".join(kept) + "\n", None, path))
            left -= len(found[-1].code.encode("utf-8", "replace"))
    return found


def measure_code(change: Change) -> npt.NDArray[np.float32]:
    """Return the columns of the added code, shape (len(COLUMNS),), all NaN without such code."""
    values = measure(prepare(change, ""))
    return np.array([values[name] for name in COLUMNS], dtype=np.float32)


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of the added code; NaN where there is none."""
    runs = added_runs(activity.change)
    if not runs:
        return dict.fromkeys(COLUMNS, nan)
    lines = [run.code.count("\n") for run in runs]
    style = np.stack([registry.measure(prepare_sample(run)) for run in runs])
    mean = np.average(style.astype(np.float64), axis=0, weights=lines)
    return {
        **_plain(activity, runs),
        **dict(zip(registry.COLUMNS, mean.tolist(), strict=True)),
    }


def _fitting(lines: tuple[str, ...], left: int) -> list[str]:
    """Return the first of the lines that fit into so many bytes, their line ends counted."""
    kept: list[str] = []
    for line in lines:
        left -= len(line.encode("utf-8", "replace")) + 1
        if left < 0:
            break
        kept.append(line)
    return kept


def _plain(activity: Activity, runs: list[Sample]) -> dict[str, float]:
    lines = [(line, run) for run in runs for line in run.code.split("\n")[:-1]]
    texts = [(line.strip(), run.path) for line, run in lines]
    inked = [(text, paths.language(path or "")) for text, path in texts if text]
    new = {file.path for file in activity.change.files or () if file.status == "added"}
    return {
        "runs": float(len(runs)),
        "run_lines": log1p(len(lines) / len(runs)),
        "comment_lines": share(sum(is_comment(*line) for line in inked), len(inked)),
        "docstring_lines": share(sum(text.startswith(_OPENS_DOC) for text, _ in inked), len(inked)),
        "line_mean": share(sum(len(line) for line, _ in lines if line.strip()), len(inked)),
        "blank": share(len(lines) - len(inked), len(lines)),
        "trailing_space": share(sum(line != line.rstrip() for line, _ in lines), len(lines)),
        "new_files": sum(run.path in new for run in runs) / len(runs),
    }
