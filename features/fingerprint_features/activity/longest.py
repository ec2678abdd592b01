"""The longest commit message of a pull request: the columns of a text, once more.

Whoever opens a pull request may write its text by the repository's template; the commits are
written by whoever worked. Messages are read as they stand: whoever strips markers of a pull request
strips those of its commits too.
"""

from __future__ import annotations

from math import nan

from fingerprint_features.activity import lists, markup, prose, sections, title
from fingerprint_features.activity.reading import Activity, prepare
from fingerprint_features.change import Change

_BLOCKS = (
    ("title", title.COLUMNS, title.measure),
    ("markup", markup.COLUMNS, markup.measure),
    ("lists", lists.COLUMNS, lists.measure),
    ("prose", prose.COLUMNS, prose.measure),
    ("sections", sections.COLUMNS, sections.measure),
)

COLUMNS = {
    f"{block}.{name}": f"in the longest commit message: {words}"
    for block, columns, _ in _BLOCKS
    for name, words in columns.items()
}


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of the longest message, all NaN where no commit has one."""
    messages = [commit.message for commit in activity.change.commits if len(commit.parents) < 2]
    # The text breaks ties, so that the order of the commits says nothing.
    longest = max(messages, key=lambda message: (len(message), message), default="")
    if not longest.strip():
        return dict.fromkeys(COLUMNS, nan)
    own = prepare(Change(longest), longest)
    return {
        f"{block}.{name}": value
        for block, _, measured in _BLOCKS
        for name, value in measured(own).items()
    }
