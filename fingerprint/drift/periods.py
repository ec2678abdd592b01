"""Which period a sample belongs to: half-years of models' releases, or of the samples' dates."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fingerprint.drift.rows import Days, Strings
from fingerprint_models.families import resolve
from fingerprint_training.dated import quarters

By = Literal["release", "quarter", "half", "none"]


def periods(date: Days, stated: Strings, by: By) -> Strings:
    """Return the period of each sample, shape (n,): "2025-H1", or "2025-Q3"; "" if unknown.

    "release" takes half-years in which the stated models came out, as the registry dates them;
    "quarter" and "half" the samples' own dates; "none" knows no periods.
    """
    if by == "none":
        return np.full(len(date), "", dtype=np.str_)
    quarter = quarters(_released(stated) if by == "release" else date)
    return quarter if by == "quarter" else np.array([_half(each) for each in quarter], np.str_)


def _released(stated: Strings) -> Days:
    names, member = np.unique(stated, return_inverse=True)
    found = [resolve(name) if name else None for name in names.tolist()]
    days = np.array([each.release_date if each else None for each in found], "datetime64[D]")
    return days[member]


def _half(quarter: str) -> str:
    return f"{quarter[:5]}H{(int(quarter[6]) + 1) // 2}" if quarter else ""
