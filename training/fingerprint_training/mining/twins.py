"""The same patch under another id, as rebases and cherry-picks leave it."""

from __future__ import annotations

import hashlib

from fingerprint_features.change import Change

SIZE = 8  # bytes; two of a million patches share a digest with a chance of 3e-8


def patch_digest(change: Change) -> str | None:
    """Return what rebased twins share: a digest of author's time, title and added lines.

    None for a merge and for a change that adds no line at hand.
    """
    if len(change.parents) > 1 or not change.files or change.authored is None:
        return None
    state = hashlib.blake2b(digest_size=SIZE)
    empty = True
    for file in change.files:
        for hunk in file.hunks:
            if hunk.added:
                state.update("\n".join(hunk.added).encode(errors="replace"))
                empty = False
    if empty:
        return None
    state.update(f"\0{change.authored.timestamp():.0f}\0{change.title}".encode(errors="replace"))
    return state.hexdigest()


def number(digest: str) -> int:
    """Return the first 8 bytes of a digest or sha as a number: what sets of them hold."""
    return int(digest[:16], 16)
