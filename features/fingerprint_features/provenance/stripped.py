"""A change without the markers in its texts: what style is measured on."""

from __future__ import annotations

from dataclasses import replace

from fingerprint_features.change import Change
from fingerprint_features.provenance.strip import Tier, strip


def stripped(change: Change, tier: Tier = Tier.MARKERS) -> Change:
    """Return a change whose message, and those of its commits, went through `strip`.

    A commit of which nothing is left, neither text nor files, is left out: that there was one
    that said "Initial plan" and nothing else would tell its author.
    """
    commits = (replace(commit, message=strip(commit.message, tier)) for commit in change.commits)
    return replace(
        change,
        message=strip(change.message, tier),
        commits=tuple(commit for commit in commits if commit.message.strip() or commit.files),
    )
