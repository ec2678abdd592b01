"""Corpora made of words: families that differ in what they vary, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from fingerprint.drift.rows import Rows

COMMON = ["len", "print", "range", "sorted"]
RARE = [f"rare_{at}" for at in range(40)]


def function(chance: np.random.Generator, names: Sequence[str], calls: Sequence[str]) -> str:
    """Return a Python function with some names that calls what is given, in one order of many."""
    picked = [str(name) for name in chance.choice(names, 6)]
    lines = [f"def {picked[0]}({picked[1]}, {picked[2]}):"]
    for at, call in enumerate(calls):
        head = f"    if {picked[1]} > {at}:\n    " if chance.random() < 0.3 else ""
        lines.append(f"{head}    {picked[3 + at % 3]} = {call}({picked[1]}, {picked[2]}, {at})")
    return "\n".join([*lines, f"    return {picked[3]}"]) + "\n"


@pytest.fixture(scope="session")
def corpus() -> Callable[..., Rows]:
    """Return a maker of rows: label, samples, a list of names and a chance of rare calls each."""

    def make(
        families: Sequence[tuple[str, int, Sequence[str], float]],
        *,
        sources: int = 8,
        model: str = "",
        seed: int = 0,
    ) -> Rows:
        chance = np.random.default_rng(seed)
        code, label, source, task = [], [], [], []
        for family, samples, names, rare in families:
            for at in range(samples):
                calls = [
                    str(chance.choice(RARE if chance.random() < rare else COMMON)) for _ in range(8)
                ]
                code.append(function(chance, names, calls))
                label.append(family)
                source.append(f"repository {at % sources}")
                task.append(f"task {at % 6}")
        count = len(code)
        return Rows(
            "made",
            tuple(code),
            at=np.arange(count),
            language=np.full(count, "python"),
            label=np.array(label),
            model=np.full(count, model),
            source=np.array(source),
            task=np.array(task),
            date=np.full(count, "2025-05-01", dtype="datetime64[D]"),
            seen=count,
        )

    return make
