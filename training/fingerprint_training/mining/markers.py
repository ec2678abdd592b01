"""A message in two: what somebody wrote, and the lines in which tools sign."""

from __future__ import annotations

from collections import Counter

from fingerprint_features.provenance.strip import Tier, strip


def split_markers(message: str) -> tuple[str, tuple[str, ...]]:
    """Return the message without markers, and the lines of it that lost something, as written."""
    text = strip(message, Tier.MARKERS)
    if text == message:
        return text, ()
    left = Counter(line.rstrip() for line in text.split("\n"))
    markers = []
    for line in message.replace("\r\n", "\n").split("\n"):
        bare = line.rstrip()
        if left[bare]:
            left[bare] -= 1
        elif bare:
            markers.append(bare)
    return text, tuple(markers)
