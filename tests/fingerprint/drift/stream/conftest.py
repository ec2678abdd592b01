from collections.abc import Callable

import numpy as np
import pytest

from fingerprint.drift.measured import Measured
from fingerprint.drift.stream import compare
from fingerprint_models.attribution import ModelId

Make = Callable[..., Measured]
GROUPS = {"stylometry": 6, "shape": 4, "comments": 3, "lexicon": 8}
CLASSES = ("claude", "gpt", "human")


@pytest.fixture
def make() -> Make:
    """Synthesise a side: `shift` moves one group's columns, `mix` are shares of languages."""

    def make(
        count: int,
        seed: int,
        *,
        shift: float = 0.0,
        group: str = "shape",
        share: float = 1.0,
        mix: tuple[float, ...] = (0.6, 0.4),
        version: str = "1.0.0",
        renamed: bool = False,
    ) -> Measured:
        chance = np.random.default_rng(seed)
        language = np.array(["python", "java", "go"])[chance.choice(len(mix), count, p=mix)]
        groups = tuple(name for name, width in GROUPS.items() for _ in range(width))
        values = chance.normal(size=(count, len(groups)))
        values += (language == "java")[:, None] * 0.5
        moved = chance.random(count) < share
        values[np.ix_(moved, np.array(groups) == group)] += shift
        probabilities = chance.dirichlet((2.0, 2.0, 2.0), size=count)
        nothing = np.full(count, "")
        return Measured(
            name=f"side {seed}",
            model=ModelId("toy", version),
            classes=CLASSES,
            human="human",
            columns=tuple(f"{'x' if renamed else 'c'}{at}" for at in range(len(groups))),
            groups=groups,
            values=values.astype(np.float32),
            probabilities=probabilities,
            told=np.array(CLASSES)[probabilities.argmax(axis=1)],
            novelty=probabilities.min(axis=1),
            language=language,
            source=nothing,
            task=nothing,
            label=nothing,
            stated=nothing,
            date=np.full(count, "NaT", dtype="datetime64[D]"),
            lines=np.full(count, 10),
            at=np.arange(count),
        )

    return make


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare with 199 permutations: many streams in little time."""
    monkeypatch.setattr(compare, "PERMUTATIONS", 199)
