"""Prediction sets that hold the truth as often as they say, on a source never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PredictionSets:
    """Levels of cumulated probability, chosen on left-out sources to cover the truth.

    `by_language` has the languages with sources enough for a level of their own (Mondrian
    conformal prediction; Vovk, Gammerman and Shafer, 2005); all others get `level`.
    """

    level: float
    by_language: Mapping[str, float] = field(default_factory=dict)

    def __call__(
        self,
        probabilities: FloatArray,
        languages: Sequence[str | None],
        classes: Sequence[str],
    ) -> list[tuple[str, ...]]:
        """Return the classes in the set of each of n samples, the likeliest first."""
        levels = [self.by_language.get(name or "", self.level) for name in languages]
        return smallest_sets(probabilities, np.array(levels), classes)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for a model folder."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> PredictionSets:
        """Return what a folder's configuration holds; before 1.2.0 one level for all."""
        if "sets" not in config:
            return cls(float(config["set_level"]))
        return cls(**config["sets"])


def smallest_sets(
    probabilities: FloatArray, level: float | FloatArray, classes: Sequence[str]
) -> list[tuple[str, ...]]:
    """Return for each sample the likeliest classes that together reach `level`, one or (n,).

    `level` was chosen on left-out samples such that the sets hold the truth as often as promised
    (adaptive prediction sets without randomisation; Romano, Sesia and Candès, 2020).
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    reached = np.cumsum(np.take_along_axis(probabilities, order, axis=1), axis=1)
    wanted = np.broadcast_to(np.asarray(level), len(probabilities))[:, None]
    sizes = 1 + (reached < wanted).sum(axis=1).clip(max=probabilities.shape[1] - 1)
    rows = zip(order.tolist(), sizes.tolist(), strict=True)
    return [tuple(classes[c] for c in row[:size]) for row, size in rows]
