"""Periods of samples: by release of the stated model, or by their own dates."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprint.drift.periods import By, periods


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("release", ["2024-H1", "", ""]),
        ("quarter", ["2025-Q2", "2025-Q3", ""]),
        ("half", ["2025-H1", "2025-H2", ""]),
        ("none", ["", "", ""]),
    ],
)
def test_periods(by: By, expected: list[str]) -> None:
    """A model's release tells its half-year, a date its quarter or half; nothing is guessed."""
    date = np.array(["2025-06-30", "2025-07-01", "NaT"], dtype="datetime64[D]")
    assert periods(date, np.array(["gpt-4o", "someone's own", ""]), by).tolist() == expected
