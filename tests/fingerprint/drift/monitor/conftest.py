"""Samples of a made-up model, whose columns, answers and languages can be moved by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fingerprint.drift.measured import Measured
from fingerprint_features import registry
from fingerprint_models.attribution import ModelId

Make = Callable[..., Measured]

CLASSES = ("human", "claude", "gpt")
NAMED = {
    group: [name for name in registry.COLUMNS if registry.GROUPS[name] == group][:8]
    for group in ("stylometry", "shape", "comments")
}
COLUMNS = (
    *(name for names in NAMED.values() for name in names),
    *(f"lexicon.tokens.{i}" for i in range(12)),
)


def make(
    count: int = 300,
    *,
    seed: int = 0,
    languages: dict[str, float] | None = None,
    mix: tuple[float, ...] = (0.4, 0.4, 0.2),
    sources: int = 0,
    spread: float = 0.0,
    name: str = "made",
) -> Measured:
    """Return samples whose columns depend on language, class and (by `spread`) source."""
    random = np.random.default_rng(seed)
    shares = languages or {"python": 0.6, "java": 0.4}
    language = random.choice(list(shares), size=count, p=list(shares.values()))
    truth = random.choice(len(CLASSES), size=count, p=mix)
    width = len(COLUMNS)
    of_language = {each: np.random.default_rng(len(each)).normal(size=width) for each in shares}
    values = 3 + random.normal(size=(count, width))
    values += np.stack([of_language[each] for each in language])
    values[:, 0] += truth
    source = random.integers(sources, size=count) if sources else np.zeros(count, dtype=int)
    if sources:
        values += spread * random.normal(size=(sources, width))[source]
    scores = 1.2 * np.eye(len(CLASSES))[truth] + 0.7 * random.normal(size=(count, len(CLASSES)))
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    best = probabilities.argmax(axis=1)
    return Measured(
        name=name,
        model=ModelId("made", "1"),
        classes=CLASSES,
        human="human",
        columns=COLUMNS,
        groups=tuple(registry.GROUPS.get(each, "lexicon") for each in COLUMNS),
        values=np.maximum(values, 0).astype(np.float32),
        probabilities=probabilities,
        told=np.where(probabilities.max(axis=1) > 0.5, np.array(CLASSES)[best], "unknown"),
        novelty=random.random(count),
        language=language,
        source=np.array([f"{name}-{each}" for each in source]) if sources else np.full(count, ""),
        task=np.full(count, ""),
        label=np.array(CLASSES)[truth],
        stated=np.full(count, ""),
        date=np.full(count, "NaT", dtype="datetime64[D]"),
        lines=np.full(count, 20),
        at=np.arange(count) * 2,
    )


@pytest.fixture
def made() -> Make:
    """Return `make`."""
    return make
