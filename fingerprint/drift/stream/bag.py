"""The bag: samples seen so far, reference and windows alike, in the form that tests compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint.drift.measured import Measured
from fingerprint.drift.stream.projection import Halves, Projection

Strings = npt.NDArray[np.str_]

CAPACITY = 6000
"""Most samples that are kept: about 600 KB."""


@dataclass(frozen=True, eq=False)
class Bag:
    """n samples: `outputs` (n, outputs) of a projection, likeliest class, and language; both (n,).

    A test asks which samples of a bag are the window, and a p-value is worth the same whatever
    the bag later becomes only if that never depends on the answer. So all samples are forgotten
    alike: those of the reference too. Then the p-values of a stream are independent and uniform
    while nothing changes (Vovk, Gammerman and Shafer, "Algorithmic learning in a random world",
    2005, on conformal transducers). A change that creeps in more slowly than a bag forgets is
    therefore not for a stream to find, but for a comparison with the whole reference.
    """

    outputs: Halves
    answer: npt.NDArray[np.int8]
    language: Strings

    def __len__(self) -> int:
        return len(self.answer)

    def take(self, rows: npt.NDArray[Any]) -> Bag:
        """Return some of the samples."""
        return Bag(self.outputs[rows], self.answer[rows], self.language[rows])

    def with_window(self, window: Bag) -> Bag:
        """Return all samples of both, the window's last."""
        return Bag(
            np.concatenate((self.outputs, window.outputs)),
            np.concatenate((self.answer, window.answer)),
            np.concatenate((self.language, window.language)),
        )

    def thinned(self, chance: np.random.Generator) -> Bag:
        """Return at most `CAPACITY` of the samples, each kept with the same chance."""
        if len(self) <= CAPACITY:
            return self
        return self.take(np.sort(chance.choice(len(self), CAPACITY, replace=False)))


def bag_of(side: Measured, projection: Projection) -> Bag:
    """Return samples as a bag keeps them."""
    answer = side.probabilities.argmax(axis=1).astype(np.int8)
    return Bag(projection(side), answer, side.language)
