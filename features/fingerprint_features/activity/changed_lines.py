"""The changed lines: hunks and their sizes, blanks, comments, repeats, names in the message."""

from __future__ import annotations

import re
from math import log1p, nan

import numpy as np

from fingerprint_features.activity import paths
from fingerprint_features.activity.comment_signs import is_comment
from fingerprint_features.activity.reading import IDENTIFIER, Activity
from fingerprint_features.change import FileChange
from fingerprint_features.ratios import quantiles, share

_HUNKS = {
    "hunks": "natural logarithm of 1 + hunks",
    "hunks_per_file": "natural logarithm of 1 + hunks per file that has any",
    "hunk_mean": "natural logarithm of 1 + mean lines of a hunk",
    "hunk_q50": "natural logarithm of 1 + median lines of a hunk",
    "hunk_q90": "natural logarithm of 1 + 90 % quantile of the lines of a hunk",
    "hunk_max": "natural logarithm of 1 + lines of the longest hunk",
    "hunk_single": "share of hunks of one added and at most one removed line",
    "hunk_pure_add": "share of hunks that only add",
    "hunk_pure_remove": "share of hunks that only remove",
    "hunk_even": "share of hunks that add as many lines as they remove",
    "hunk_start": "mean place of the first hunk, as the natural logarithm of 1 + its line",
}
_ADDED = {
    "added_blank": "share of added lines that are blank",
    "added_comment": "share of added lines that are comments, by their signs",
    "added_twice": "share of the added lines of five characters or more that were added before",
    "moved": "share of the added lines of five characters or more that were also removed",
    "message_in_diff": "share of the message's names of code that the added lines hold; NaN "
    "without such names",
    "diff_in_message": "share of the names in the added lines that the message says",
}
COLUMNS = {**_HUNKS, **_ADDED}

_WORDY = 5
_MAX_NAMES = 500
_COMPOUND = re.compile(r"[A-Za-z0-9]_[A-Za-z0-9]|[a-z][A-Z]")


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of the changed lines; NaN where no hunks or added lines are at hand."""
    return {**_hunks(activity.files or []), **_added(activity)}


def _hunks(files: list[FileChange]) -> dict[str, float]:
    hunks = [(len(h.added), len(h.removed)) for file in files for h in file.hunks]
    if not hunks:
        return dict.fromkeys(_HUNKS, nan)
    n = len(hunks)
    sizes = np.array([a + r for a, r in hunks], dtype=np.int64)
    q50, q90, longest = quantiles(sizes, (0.5, 0.9, 1.0))
    first = [file.hunks[0].start for file in files if file.hunks]
    return {
        "hunks": log1p(n),
        "hunks_per_file": log1p(n / len(first)),
        "hunk_mean": log1p(float(sizes.mean())),
        "hunk_q50": log1p(q50),
        "hunk_q90": log1p(q90),
        "hunk_max": log1p(longest),
        "hunk_single": sum(a == 1 >= r for a, r in hunks) / n,
        "hunk_pure_add": sum(r == 0 for _, r in hunks) / n,
        "hunk_pure_remove": sum(a == 0 for a, _ in hunks) / n,
        "hunk_even": sum(a == r for a, r in hunks) / n,
        "hunk_start": sum(log1p(max(start, 0)) for start in first) / len(first),
    }


def _added(activity: Activity) -> dict[str, float]:
    lines = activity.added_lines
    if not lines:
        return dict.fromkeys(_ADDED, nan)
    texts = [text.strip() for text, _ in lines]
    wordy = [text for text in texts if len(text) >= _WORDY]
    removed = {
        line.strip() for f in activity.files or () for hunk in f.hunks for line in hunk.removed
    }
    comments = sum(
        is_comment(text, paths.language(file.path))
        for text, (_, file) in zip(texts, lines, strict=True)
        if text
    )
    return {
        "added_blank": texts.count("") / len(texts),
        "added_comment": share(comments, len(texts) - texts.count("")),
        "added_twice": share(len(wordy) - len(set(wordy)), len(wordy)),
        "moved": share(sum(text in removed for text in wordy), len(wordy)),
        **_shared_names(activity, texts),
    }


def _shared_names(activity: Activity, texts: list[str]) -> dict[str, float]:
    names = set(IDENTIFIER.findall("\n".join(texts)))
    compound = sorted(filter(_COMPOUND.search, names))[:_MAX_NAMES]
    said = activity.identifiers
    return {
        "message_in_diff": len(said & names) / len(said) if said else nan,
        "diff_in_message": share(sum(name in said for name in compound), len(compound)),
    }
