"""Synthetic samples: families with a signal of their own, tasks with an effect, periods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from fingerprint.drift.measured import Measured
from fingerprint_models.attribution import ModelId

GROUPS = ("stylometry",) * 6 + ("shape",) * 5 + ("comments",) * 3 + ("lexicon",) * 10
QUARTERS = ("2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01", "2026-02-01")
HUMAN_DAYS = tuple(f"{year}-05-01" for year in range(2014, 2026))
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


def repositories(
    seed: int,
    *,
    human: int = 12,
    ai: int = 12,
    each: int = 8,
    apart: float = 0.3,
    own: float = 0.3,
    faded: tuple[float, ...] = (0, 0, 0, 0, 0),
    moved: float = 0.0,
    sizes: tuple[int, ...] | None = None,
) -> Measured:
    """Make commits of repositories of people, dated 2014 to 2025, and of others of AI by quarter.

    Every repository has a manner of its own, of the spread `own`, and a quarter more of it in each
    quarter. In quarter q AI stands `1 - faded[q]` of its distance from people. People of 2022 and
    later have gone the share `moved` of the way a year. `sizes[q]` samples in place of `each`.
    """
    chance = np.random.default_rng(seed)
    width = len(GROUPS)
    signal = chance.normal(size=width) * apart
    rows: list[npt.NDArray[np.float64]] = []
    known: list[tuple[str, str, str]] = []
    for number in range(human + ai):
        label = "human" if number < human else "claude"
        manner = chance.normal(size=width) * own
        days = HUMAN_DAYS if label == "human" else QUARTERS
        for q, day in enumerate(days):
            here = manner + chance.normal(size=width) * own / 4
            late = max(0.0, float(day[:4]) - 2021)
            way = moved * late if label == "human" else 1 - faded[q]
            count = sizes[q] if sizes and label != "human" else each
            for _ in range(count):
                rows.append(here + way * signal + chance.normal(size=width) * SPREAD)
                known.append((label, f"repository{number}", day))
    made = wrapped(np.array(rows), known, "")
    lines = np.where(made.at % 2, 8, 20)
    return replace(made, source=made.task, task=np.array([f"p{at}" for at in made.at]), lines=lines)


@pytest.fixture
def commits() -> Make:
    """Return what makes synthetic commits of repositories."""
    return repositories


@pytest.fixture
def make() -> Make:
    """Return what makes synthetic samples."""
    return made
