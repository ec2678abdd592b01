"""Corpora as `fingerprint label` leaves them, small and by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

CLASSES = ("human", "claude", "gpt")
Row = dict[str, Any]
Write = Callable[..., Path]


def table_of(rows: Sequence[Row]) -> pa.Table:
    """Return rows as a labelled table; `ai` is the probability of AI, `family` its likeliest."""
    answers = []
    for row in rows:
        ai, family = row.get("ai", 0.5), row.get("family", "claude")
        rest = {name: ai * (0.9 if name == family else 0.1) for name in CLASSES[1:]}
        answers.append({"human": 1 - ai, **rest} if row.get("status", "ok") == "ok" else None)
    own = ("ai", "family", "status", "model")
    columns = {name: [row[name] for row in rows] for name in rows[0] if name not in own}
    told = pa.struct([(name, pa.float32()) for name in CLASSES])
    return pa.table(
        {
            **columns,
            "fp_ai_probability": pa.array(
                [None if a is None else 1 - a["human"] for a in answers], pa.float32()
            ),
            "fp_probabilities": pa.array(answers, told),
            "fp_status": [row.get("status", "ok") for row in rows],
            "fp_model": [row.get("model", "teams 0.1.0") for row in rows],
        }
    )


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes rows to a labelled Parquet file of that name, and returns its path."""

    def call(rows: Sequence[Row], name: str = "corpus.parquet", **how: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(table_of(rows), path, **how)
        return path

    return call


@pytest.fixture
def code() -> Callable[[int], str]:
    """Return what writes a piece of code, no two alike and none near another."""

    def call(n: int) -> str:
        words = [f"name_{(n * 131 + step * step * 7919) % 10_007}" for step in range(40)]
        return "\n".join(f"{word} = call_{n}({word}, {n})" for word in words)

    return call


@pytest.fixture
def corpus(code: Callable[[int], str]) -> list[Row]:
    """Return 120 rows: two thirds by AI, of two families, some with an answer, all different."""
    return [
        {
            "code": code(n),
            "path": f"file_{n}.py",
            "ai": [0.05, 0.7, 0.95][n % 3],
            "family": ["claude", "gpt"][n % 2],
            "status": "empty" if n % 30 == 0 else "ok",
            "merged": n % 4 == 0,
            "survived_days": float(n % 28),
        }
        for n in range(120)
    ]
