"""Dated samples: days, their quarters, and the owners of project code."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from fingerprint_training.dated import days, project_code, quarters, select
from fingerprint_training.predictions import Predictions


def predictions(owners: list[str]) -> Predictions:
    n = len(owners)
    return Predictions(
        classes=("human", "gpt"),
        truth=np.arange(n) % 2,
        probabilities=np.tile([0.6, 0.4], (n, 1)),
        told=np.full(n, "human"),
        source=np.array(owners),
        task=np.array([f"t{at}" for at in range(n)]),
        language=np.full(n, "go"),
        lines=np.arange(n),
    )


def test_days_and_quarters(make_corpus: Any) -> None:
    """Days come out as they went in, quarters begin in January, and nothing is guessed."""
    given = [date(2026, 1, 1), date(2025, 12, 31), None, date(1999, 7, 1), date(2024, 6, 30)]
    when = days(make_corpus([{"code": f"x = {at}", "date": each} for at, each in enumerate(given)]))
    assert when.tolist() == given
    assert quarters(when).tolist() == ["2026-Q1", "2025-Q4", "", "1999-Q3", "2024-Q2"]


def test_project_code_is_of_owners_with_dates(make_corpus: Any) -> None:
    """All answers on an owner with a dated sample stay, undated ones and other repositories too."""
    corpus = make_corpus(
        [
            {"code": "a", "source": "ann/tool", "date": date(2026, 1, 1)},
            {"code": "b", "source": "ann/other"},
            {"code": "c", "source": "bench/marks"},
        ]
    )
    found = project_code(predictions(["ann", "bench", "ann", "eve"]), corpus)
    assert found is not None
    assert found.source.tolist() == ["ann", "ann"]
    assert found.lines.tolist() == [0, 2]
    assert project_code(predictions(["bench"]), corpus) is None


def test_selected_answers_are_in_the_order_asked_for() -> None:
    """Every array follows the positions; classes stay."""
    given = predictions(["a", "b", "c"])
    found = select(given, np.array([2, 0]))
    assert found.source.tolist() == ["c", "a"]
    assert found.task.tolist() == ["t2", "t0"]
    assert found.truth.tolist() == [0, 0]
    assert found.classes == given.classes
