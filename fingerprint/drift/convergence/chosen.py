"""Rows of some sources of a corpus."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import fields, replace
from typing import Any

import numpy as np

from fingerprint.drift.errors import DriftError
from fingerprint.drift.rows import Rows

_WHOLE = ("name", "seen", "flawed", "code")


def of_sources(rows: Rows, sources: AbstractSet[str], *, most: int, seed: int) -> Rows:
    """Return at most `most` rows of the named sources, drawn by chance, in their order.

    Raises DriftError for a source that no row is of.
    """
    absent = sorted(sources - set(rows.source.tolist()))
    if absent:
        there = sorted(set(rows.source.tolist()) - {""})
        told = ", ".join(there[:8]) + (" …" if len(there) > 8 else "")
        raise DriftError(f"no row is of source {absent[0]!r}: there are {told or 'none'}")
    kept = np.flatnonzero(np.isin(rows.source, sorted(sources)))
    if len(kept) > most:
        chance = np.random.default_rng([seed, 6])
        kept = np.sort(chance.choice(kept, most, replace=False))
    parts: dict[str, Any] = {
        each.name: getattr(rows, each.name)[kept]
        for each in fields(rows)
        if each.name not in _WHOLE
    }
    return replace(rows, code=tuple(rows.code[at] for at in kept.tolist()), **parts)
