"""What of a change is measured, part by part, and what is at hand of each part."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from fingerprint_features.activity import paths
from fingerprint_features.bounded import bounded_files
from fingerprint_features.change import Change

AT_HAND = ("diff", "message", "pull_request")
"""A change with its diff, a commit's message alone, the text of a pull request alone."""

KINDS = ("commit", "pull_request")
"""Each has a booster of its own: with one for both, either was told worse (training/LOG.md)."""

WITHOUT_DIFF = {"pull_request": "pull request", "message": "message alone"}
"""What changes without a diff are compared within, by what is at hand of them."""

SHORT_WORDS = 12
"""A text of no more words, without a diff, says too little for any mode but best-guess."""


def at_hand(change: Change) -> str:
    """Return which of `AT_HAND` a change is; of a pull request itself only the texts are read."""
    if change.kind == "pull_request":
        return "pull_request"
    return "diff" if change.files else "message"


def kind_of(hand: str) -> str:
    """Return which of `KINDS` answers where this is at hand."""
    return "pull_request" if hand == "pull_request" else "commit"


def stratum_of(change: Change) -> str:
    """Return what a change is compared within: the language of most of its changed lines.

    One of `WITHOUT_DIFF` where no diff is read, "other files" where no file is code.
    """
    hand = at_hand(change)
    if hand in WITHOUT_DIFF:
        return WITHOUT_DIFF[hand]
    lines: Counter[str] = Counter()
    for file in change.files or ():
        changed = sum(len(hunk.added) + len(hunk.removed) for hunk in file.hunks)
        language = paths.language(file.path)
        if language is not None and changed:
            lines[language] += changed
    return lines.most_common(1)[0][0] if lines else "other files"


def parts_of(change: Change) -> list[Change]:
    """Return what is measured, each part as training knew it.

    A commit is measured with the lines that mining keeps. Of a pull request the texts are measured
    without diff and times, and beside them its commits that have diffs; where only the whole diff
    is at hand, the squash that would come of it.
    """
    if change.kind != "pull_request":
        return [cut(change)]
    texts = tuple(replace(each, authored=None, committed=None) for each in change.commits)
    commits = [cut(commit) for commit in change.commits if _has_diff(commit)]
    if not commits and _has_diff(change):
        commits = [cut(replace(change, kind="commit", commits=()))]
    return [replace(change, files=None, commits=texts), *commits]


def cut(change: Change) -> Change:
    """Return a change with as many lines of its diff as mining keeps."""
    return replace(change, files=bounded_files(change.files)) if change.files else change


def has_content(change: Change) -> bool:
    """Tell whether there is a file or a text that is not blank."""
    texts = (change.message, *(commit.message for commit in change.commits))
    return bool(change.files) or any(text.strip() for text in texts)


def is_enough(change: Change) -> bool:
    """Tell whether more than a bare title is at hand."""
    return bool(change.files) or words(change) > SHORT_WORDS


def words(change: Change) -> int:
    """Return how many words the texts of a change and of its commits have."""
    texts = (change.message, *(commit.message for commit in change.commits))
    return sum(len(text.split()) for text in texts)


def _has_diff(change: Change) -> bool:
    return any(file.hunks for file in change.files or ())
