"""Which period a sample belongs to: half-years of releases, or quarters of dates."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fingerprint.drift.rows import Rows, Strings
from fingerprint_models.families import resolve
from fingerprint_training.dated import quarters

By = Literal["release", "quarter", "none"]

ALL = "all"
"""The period that holds every sample, dated or not."""


def periods(rows: Rows, by: By) -> Strings:
    """Return the period of each row, shape (rows,), "" where none is known.

    "release" gives the half-year in which the stated model came out ("2025-H1"), "quarter" the
    quarter of the row's own date ("2025-Q1").
    """
    if by == "quarter":
        return quarters(rows.date)
    if by == "none":
        return np.full(len(rows), "", dtype=np.str_)
    names, member = np.unique(rows.model, return_inverse=True)
    return np.array([_half(name) for name in names.tolist()], dtype=np.str_)[member]


def _half(model: str) -> str:
    identity = resolve(model)
    if identity is None or identity.release_date is None:
        return ""
    year, month = identity.release_date[:4], int(identity.release_date[5:7])
    return f"{year}-H{1 if month <= 6 else 2}"
