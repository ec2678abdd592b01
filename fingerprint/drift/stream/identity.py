"""Digests that tell one set of samples, and one kind of column, from another."""

from __future__ import annotations

from hashlib import sha256

import numpy as np

from fingerprint.drift.measured import Measured


def digest_of_columns(side: Measured) -> str:
    """Return a digest of the columns' names and groups and of the classes, in their order."""
    whole = "\n".join(("\t".join(side.columns), "\t".join(side.groups), "\t".join(side.classes)))
    return sha256(whole.encode()).hexdigest()


def digest_of_samples(side: Measured) -> str:
    """Return a digest of samples, whatever their order: columns, language and what is told.

    Probabilities stay out: their last bits change with the machine. Another model of the same name
    and version is known by what it tells.
    """
    values = np.ascontiguousarray(side.values, dtype="<f4")
    each = sorted(
        sha256(f"{language}\t{told}\t".encode() + row.tobytes()).digest()
        for language, told, row in zip(side.language, side.told, values, strict=True)
    )
    return sha256(b"".join(each)).hexdigest()
