"""The rhythm: gaps between the commits of a pull request, and from authored to committed.

Weekday, hour and zone are left out: they tell where a person lives.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from math import log1p, nan

from fingerprint_features.activity.reading import Activity
from fingerprint_features.change import Change
from fingerprint_features.ratios import share

SOON = 120.0
"""Seconds within which a commit follows the one before it at a machine's pace."""

_LONGEST = 10 * 365 * 86_400.0

_SERIES = {
    "commits": "natural logarithm of 1 + commits of the pull request",
    "merges": "share of the commits that are merges",
    "first_empty": "1 where the first commit touches no file; NaN where its diff is not at hand",
    "empty": "share of the commits that touch no file; NaN where no diff is at hand",
    "first_plan": "1 where the first commit's title speaks of a plan",
    "title_spread": "standard deviation of the titles' lengths over their mean",
    "repeated_titles": "share of the commits whose title was said before",
}
_GAPS = {
    "gap_log_mean": "mean of the natural logarithms of 1 + seconds between commits",
    "gap_min": "natural logarithm of 1 + seconds of the shortest gap",
    "gap_max": "natural logarithm of 1 + seconds of the longest gap",
    "burstiness": "(spread - mean) / (spread + mean) of the gaps (Goh and Barabási, 2008)",
    "soon": "share of the gaps of two minutes or less",
    "same_second": "share of the gaps of no second",
    "span": "natural logarithm of 1 + seconds from first to last commit",
}
_LAGS = {
    "lag": "natural logarithm of 1 + seconds from authored to committed, mean over commits",
    "lag_none": "share of commits committed in the second they were authored",
}
COLUMNS = {**_SERIES, **_GAPS, **_LAGS}


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of the rhythm; NaN where there are no commits or times at hand."""
    change = activity.change
    commits = change.commits
    return {
        **(_series(commits) if commits else dict.fromkeys(_SERIES, nan)),
        **_gaps(commits),
        **_lags(commits or (change,)),
    }


def _series(commits: tuple[Change, ...]) -> dict[str, float]:
    n = len(commits)
    titles = [commit.title.lower() for commit in commits]
    lengths = [len(title) for title in titles]
    mean = sum(lengths) / n
    apart = (sum((length - mean) ** 2 for length in lengths) / n) ** 0.5
    known = [not commit.files for commit in commits if commit.files is not None]
    first = commits[0]
    return {
        "commits": log1p(n),
        "merges": sum(len(commit.parents) > 1 for commit in commits) / n,
        "first_empty": float(not first.files) if first.files is not None else nan,
        "empty": sum(known) / len(known) if known else nan,
        "first_plan": float("plan" in titles[0].split()),
        "title_spread": share(apart, mean),
        "repeated_titles": (n - len(set(titles))) / n,
    }


def _gaps(commits: tuple[Change, ...]) -> dict[str, float]:
    # An author's clock: rebases write all commits of a branch anew within a second.
    times = sorted(_seconds(c.authored) for c in commits if c.authored is not None)
    gaps = [min(later - earlier, _LONGEST) for earlier, later in pairwise(times)]
    if not gaps:
        return dict.fromkeys(_GAPS, nan)
    n = len(gaps)
    return {
        "gap_log_mean": sum(map(log1p, gaps)) / n,
        "gap_min": log1p(min(gaps)),
        "gap_max": log1p(max(gaps)),
        "burstiness": burstiness(gaps),
        "soon": sum(gap <= SOON for gap in gaps) / n,
        "same_second": sum(gap < 1 for gap in gaps) / n,
        "span": log1p(sum(gaps)),
    }


def burstiness(gaps: list[float]) -> float:
    """Return the burstiness of gaps, -1 for even ones to 1; NaN for fewer than two gaps."""
    if len(gaps) < 2:
        return nan
    mean = sum(gaps) / len(gaps)
    apart = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    return (apart - mean) / (apart + mean) if apart + mean else -1.0


def _lags(commits: tuple[Change, ...]) -> dict[str, float]:
    lags = [
        min(max(_seconds(c.committed) - _seconds(c.authored), 0.0), _LONGEST)
        for c in commits
        if c.committed is not None and c.authored is not None
    ]
    if not lags:
        return dict.fromkeys(_LAGS, nan)
    return {
        "lag": sum(map(log1p, lags)) / len(lags),
        "lag_none": sum(lag < 1 for lag in lags) / len(lags),
    }


def _seconds(time: datetime) -> float:
    """Return seconds since 1970; a time without a zone counts as UTC, not as the reader's own."""
    return time.timestamp() if time.tzinfo else time.replace(tzinfo=UTC).timestamp()
