"""The material for enrolment: as many kinds of samples as there are, small, and repeatable."""

from __future__ import annotations

from typing import Any

import numpy as np

from fingerprint_models.calibration import Scores
from fingerprint_models.enrolling import FOLDS
from fingerprint_models.enrolment import STEP, Background
from fingerprint_training import enrolment_material as module
from fingerprint_training.enrolment_material import enrolment_material


def made(n: int = 300, seed: int = 0) -> Background:
    """Return the material of random columns, one language and source being rare."""
    random = np.random.default_rng(5)
    columns = (random.normal(size=(n, 6)) @ random.normal(size=(6, 6))).astype(np.float32)
    heads = np.log(random.dirichlet((1, 1, 1), size=n))
    return enrolment_material(
        columns,
        Scores(heads, heads, heads, np.zeros(n)),
        np.arange(n) % 3,
        sources=["big/one" if i % 50 else "small/one" for i in range(n)],
        tasks=[f"task {i // 7}" for i in range(n)],
        languages=[None if i % 50 == 0 else "python" for i in range(n)],
        seed=seed,
    )


def test_rare_kinds_are_in(monkeypatch: Any) -> None:
    """Classes, sources and languages take turns, so that the rare ones are there as a whole."""
    monkeypatch.setattr(module, "SAMPLES", 30)
    background = made()
    assert len(background.values) == 30
    assert (background.languages == "").sum() == 6
    assert set(background.truth.tolist()) == {0, 1, 2}


def test_components_are_even() -> None:
    """Each component has variance 1, and what is kept is within half a step of what it was."""
    background = made()
    space = background.values[:, : background.projection.shape[1]] * STEP
    assert np.allclose(space.std(axis=0), 1, atol=0.05)
    assert background.projection.shape[1] == 6


def test_folds_are_whole() -> None:
    """There are folds of tasks for all, and rows in turn where sources are fewer than folds."""
    background = made()
    assert set(background.tasks.tolist()) == set(range(FOLDS))
    assert set(background.sources.tolist()) == set(range(FOLDS))


def test_same_bytes() -> None:
    """The same samples give the same file."""
    assert made().to_bytes() == made().to_bytes()
