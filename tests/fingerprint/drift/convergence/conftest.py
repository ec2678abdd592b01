"""Synthetic samples: families with a signal of their own, tasks with an effect, periods."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from fingerprint.drift.measured import Measured
from fingerprint_models.attribution import ModelId

GROUPS = ("stylometry",) * 6 + ("shape",) * 5 + ("comments",) * 3 + ("lexicon",) * 10
QUARTERS = ("2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01", "2026-02-01")
SPREAD = 0.5  # of a column within a family and task

Make = Callable[..., Measured]


def made(
    seed: int,
    *,
    families: tuple[str, ...] = ("claude", "gpt"),
    tasks: int = 24,
    each: int = 3,
    apart: float = 0.25,
    converged: tuple[float, ...] = (0, 0, 0, 0, 0),
    moved: tuple[float, ...] = (0, 0, 0, 0, 0),
    sizes: tuple[int, ...] | None = None,
    human: bool = False,
    source: str = "bench",
) -> Measured:
    """Make samples of two families and more over five quarters.

    In quarter q, the share `converged[q]` of the second family's samples is drawn as the first's
    are, and all samples are moved by `moved[q]` spreads along one direction; `sizes[q]` answers to
    a task in place of `each`.
    """
    chance = np.random.default_rng(seed)
    width = len(GROUPS)
    signals = {name: chance.normal(size=width) * apart for name in (*families, "human")}
    away = chance.normal(size=width)
    effects = chance.normal(size=(tasks, width)) * 0.5
    rows: list[npt.NDArray[np.float64]] = []
    known: list[tuple[str, str, str]] = []
    for q, day in enumerate(QUARTERS):
        for name in families:
            count = sizes[q] if sizes else each
            for task in range(tasks):
                for _ in range(count):
                    as_first = name == families[1] and chance.random() < converged[q]
                    signal = signals[families[0] if as_first else name]
                    noise = chance.normal(size=width) * SPREAD
                    rows.append(signal + effects[task] + noise + moved[q] * SPREAD * away)
                    known.append((name, f"task{task}", day))
    if human:
        for task in range(tasks):
            for _ in range(each):
                noise = chance.normal(size=width) * SPREAD
                rows.append(signals["human"] + effects[task] + noise)
                known.append(("human", f"task{task}", "NaT"))
    return wrapped(np.array(rows), known, source)


def wrapped(
    rows: npt.NDArray[np.float64], known: list[tuple[str, str, str]], source: str
) -> Measured:
    """Return columns (n, columns) with family, task and day of each as `measured` would."""
    n = len(rows)
    label, task, day = (np.array(part) for part in zip(*known, strict=True))
    classes = ("human", "claude", "gpt")
    probabilities = np.full((n, 3), 0.1)
    probabilities[:, 0] = 0.8
    return Measured(
        "synthetic",
        model=ModelId("code-family", "0.0.0"),
        classes=classes,
        human="human",
        columns=tuple(f"c{at}" for at in range(rows.shape[1])),
        groups=GROUPS,
        # values that signed_log turns into `rows`
        values=(np.sign(rows) * np.expm1(np.abs(rows))).astype(np.float32),
        probabilities=probabilities,
        told=np.full(n, "human"),
        novelty=np.zeros(n),
        language=np.full(n, "python"),
        source=np.full(n, source),
        task=task,
        label=label,
        stated=np.full(n, ""),
        date=day.astype("datetime64[D]"),
        lines=np.full(n, 20),
        at=np.arange(n),
    )


@pytest.fixture
def make() -> Make:
    """Return what makes synthetic samples."""
    return made
