"""The titles of a pull request's commits: length, case, conventional types, opening verbs.

Titles are read as they stand, merges aside, whose titles name branches. Whoever strips markers of
a pull request strips those of its commits too; a title that was stripped as a whole is left out.
"""

from __future__ import annotations

import re
from math import nan

from fingerprint_features.activity.reading import WORD, Activity
from fingerprint_features.activity.verbs import FORMS, form_shares
from fingerprint_features.ratios import share

COLUMNS = {
    "length": "mean characters of the commits' titles",
    "words": "mean words of the commits' titles",
    "over_72": "share of titles longer than 72 characters",
    "conventional": "share of titles with a conventional-commit type",
    "scope": "share of titles with a scope",
    "capital": "share of titles that start with a capital, their type aside",
    "full_stop": "share of titles that end with a full stop",
    **{f"opens_{form}": f"share of titles that open with a verb, form: {form}" for form in FORMS},
    "backtick": "share of titles with back-ticks",
    "joined": "share of titles that join two things by and",
    "like_title": "share of the pull request's words that the first commit's title repeats",
    "same_as_title": "1 where the pull request's title is one of its commits' titles",
}

_TYPE = re.compile(r"[a-z]+(\([^)]*\))?!?:\s+")
_MERGE = re.compile(r"[Mm]erge\b")


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of the commits' titles, all NaN where no commits are at hand."""
    titles = [
        commit.title
        for commit in activity.change.commits
        if commit.title and len(commit.parents) < 2 and not _MERGE.match(commit.title)
    ]
    if not titles:
        return dict.fromkeys(COLUMNS, nan)
    n = len(titles)
    types = [_TYPE.match(title) for title in titles]
    said = [
        title[kind.end() :] if kind else title for title, kind in zip(titles, types, strict=True)
    ]
    words = [WORD.findall(text.lower()) for text in said]
    own = set(WORD.findall(activity.title.lower()))
    opening = form_shares(each[0] for each in words if each)
    return {
        "length": min(sum(map(len, titles)) / n, 500.0),
        "words": min(sum(map(len, words)) / n, 100.0),
        "over_72": sum(len(title) > 72 for title in titles) / n,
        "conventional": sum(kind is not None for kind in types) / n,
        "scope": sum(kind is not None and kind[1] is not None for kind in types) / n,
        "capital": sum(text[:1].isupper() for text in said) / n,
        "full_stop": sum(title.endswith(".") for title in titles) / n,
        **{f"opens_{form}": value for form, value in opening.items()},
        "backtick": sum("`" in title for title in titles) / n,
        "joined": sum("and" in each for each in words) / n,
        "like_title": share(len(own & set(words[0])), len(own)),
        "same_as_title": float(activity.title in titles),
    }
